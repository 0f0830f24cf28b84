"""Two recorders at the same moment lose nothing."""

from pathlib import Path

import pytest

from tests.meetings.hall import make_hall
from wutong.cases.models import Case
from wutong.cases.tests.at_once import meeting_place, together
from wutong.ledgers.meetings.decision_services import NewDecision, record_decision
from wutong.ledgers.meetings.models import AgendaItem, Decision, DispatchMeeting
from wutong.ledgers.meetings.services import NewMeeting, plan_meeting


@pytest.mark.django_db(transaction=True)
def test_everything_that_is_typed_at_once_is_there_with_a_number_of_its_own(tmp_path: Path) -> None:
    with meeting_place(tmp_path):
        hall = make_hall()
        item = hall.items(hall.meeting())[0]

        def type_line(text: str, key: str):  # type: ignore[no-untyped-def]
            own = AgendaItem.objects.select_related("meeting__case", "case").get(pk=item.pk)
            new = NewDecision(text, hall.zone.home, None, hall.today, "rectify", request_key=key)
            return record_decision(own, new, actor=hall.recorder, now=hall.now)

        found = together(
            lambda: type_line("甲写的", "k1"),
            lambda: type_line("乙写的", "k2"),
            lambda: type_line("乙又点了一次", "k2"),
        )
        assert all(isinstance(row, Decision) for row in found), found
        rows = list(Decision.objects.order_by("number"))
        assert [row.number for row in rows] == [1, 2]
        assert Case.objects.filter(case_type="rectification", parent=item.case_id).count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_meetings_planned_at_once_have_places_of_their_own(tmp_path: Path) -> None:
    with meeting_place(tmp_path):
        hall = make_hall()
        new = NewMeeting(hall.today, "08:30", "示例", hall.zone.leader, hall.zone.host)

        def plan():  # type: ignore[no-untyped-def]
            return plan_meeting(new, actor=hall.recorder, on=hall.today, now=hall.now)

        found = together(plan, plan)
        assert all(isinstance(case, Case) for case in found), found
        assert sorted(DispatchMeeting.objects.values_list("ordinal", flat=True)) == [1, 2]
