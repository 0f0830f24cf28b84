"""The agenda comes from lamps and late rectifications, by lead official, and stays as people arranged it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from tests.meetings.hall import Hall, late_problem
from wutong.base.errors import NotAllowed, Refused
from wutong.ledgerkit.testing import client_of
from wutong.ledgers.meetings.agenda_services import (
    add_item,
    make_agenda,
    mark_item,
    move_item,
    new_proposals,
    remove_item,
)
from wutong.ledgers.meetings.models import AgendaItem
from wutong.ledgers.meetings.rules import agenda_key, moved, placed
from wutong.ledgers.project_push.services import NewProject, enter_projects
from wutong.registers.history.models import RegisterChange
from wutong.registers.organisation.actors import SYSTEM, actor_of

KEYS = st.tuples(
    st.none() | st.tuples(st.integers(1, 3), st.integers(1, 3)),
    st.sampled_from(["red", "yellow", "green", ""]),
    st.integers(0, 50),
    st.text("0123456789", min_size=1, max_size=3),
)


@given(batches=st.lists(st.lists(KEYS, max_size=5), max_size=5))
def test_an_agenda_made_bit_by_bit_is_the_one_made_at_once(batches: list[list[tuple]]) -> None:
    items: list[tuple] = []
    for batch in batches:
        items = placed(items, batch, lambda item: agenda_key(*item))
    every = [item for batch in batches for item in batch]
    assert items == sorted(every, key=lambda item: agenda_key(*item))


@given(items=st.lists(st.integers(), unique=True, min_size=1, max_size=9), data=st.data())
def test_moving_keeps_all_others_in_their_order(items: list[int], data: st.DataObject) -> None:
    item = data.draw(st.sampled_from(items))
    to = data.draw(st.integers(0, len(items) - 1))
    found = moved(items, item, to)
    assert found[to] == item
    assert [other for other in found if other != item] == [other for other in items if other != item]


def titles(hall: Hall, meeting: object) -> list[str]:
    rows = AgendaItem.objects.filter(meeting=meeting).exclude(state="removed").order_by("position")
    return [row.case.title for row in rows.select_related("case")]


def test_it_is_ordered_by_lead_official_and_inside_red_before_yellow(hall: Hall) -> None:
    meeting = hall.meeting(begun=False)
    assert titles(hall, meeting) == ["示例红灯项目", "示例黄灯项目", "示例二号红灯项目"]
    first = hall.items(meeting)[0]
    assert (first.lamp, first.source) == ("red", "stalled")
    assert "超红灯线" in first.reason
    assert first.days_over > 0


def test_made_twice_it_is_the_same_and_it_tells_what_is_new_since(hall: Hall) -> None:
    meeting = hall.meeting(begun=False)
    before = RegisterChange.objects.count()
    assert make_agenda(meeting, actor=hall.recorder, as_of=hall.today, now=hall.now) == 0
    assert RegisterChange.objects.count() == before
    late_problem(hall, hall.projects[3])
    late_problem(hall, hall.projects[0])
    [(code, new)] = new_proposals(meeting, hall.recorder, hall.today)
    assert (code, new.case_id) == ("overdue", hall.projects[3].pk)
    assert new.reason == f"整改“示例地块控规调整”超时{new.days_over}天"
    assert make_agenda(meeting, actor=hall.recorder, as_of=hall.today, now=hall.now) == 1
    assert titles(hall, meeting)[-2:] == ["示例二号红灯项目", "示例正常项目"]


def test_two_reasons_make_one_item(hall: Hall) -> None:
    late_problem(hall, hall.projects[1])
    late_problem(hall, hall.projects[1], days=30)
    meeting = hall.meeting(begun=False)
    [item] = [item for item in hall.items(meeting) if item.case_id == hall.projects[1].pk]
    assert item.lamp == "red"
    assert "超黄灯线" in item.reason
    assert "2项整改超时，最久的“示例地块控规调整”已" in item.reason


def test_the_reason_stays_that_of_its_day(hall: Hall) -> None:
    meeting = hall.meeting(begun=False)
    reason = hall.items(meeting)[0].reason
    make_agenda(meeting, actor=hall.recorder, as_of=hall.today + timedelta(days=30), now=hall.now)
    assert hall.items(meeting)[0].reason == reason


def test_somebody_puts_it_into_another_order_and_that_order_stays(hall: Hall) -> None:
    meeting = hall.meeting(begun=False)
    last = hall.items(meeting)[-1]
    move_item(last, -2, actor=hall.recorder, on=hall.today, now=hall.now)
    assert titles(hall, meeting)[0] == "示例二号红灯项目"
    late_problem(hall, hall.projects[3])
    make_agenda(meeting, actor=hall.recorder, as_of=hall.today, now=hall.now)
    assert titles(hall, meeting)[0] == "示例二号红灯项目"
    move_item(hall.items(meeting)[0], -1, actor=hall.recorder, on=hall.today, now=hall.now)
    assert titles(hall, meeting)[0] == "示例二号红灯项目"
    assert [item.position for item in hall.items(meeting)] == [1, 2, 3, 4]


def test_what_was_removed_with_a_reason_does_not_come_back_by_itself(hall: Hall) -> None:
    meeting = hall.meeting(begun=False)
    item = hall.items(meeting)[0]
    with pytest.raises(Refused, match="理由"):
        remove_item(item, " ", actor=hall.recorder, on=hall.today, now=hall.now)
    remove_item(item, "领导外出", actor=hall.recorder, on=hall.today, now=hall.now)
    assert make_agenda(meeting, actor=hall.recorder, as_of=hall.today, now=hall.now) == 0
    assert "示例红灯项目" not in titles(hall, meeting)
    change = RegisterChange.objects.get(entry_kind="agenda_item", entry_id=item.pk, verb="remove")
    assert change.reason == "领导外出"
    add_item(meeting, item.case, reason="领导回来了", actor=hall.recorder, as_of=hall.today, now=hall.now)
    assert "示例红灯项目" in titles(hall, meeting)


def test_a_project_is_added_by_hand_once(hall: Hall) -> None:
    meeting = hall.meeting(begun=False)
    told = {"reason": "主要领导点名", "actor": hall.recorder, "as_of": hall.today, "now": hall.now}
    add_item(meeting, hall.projects[3], **told)
    assert titles(hall, meeting)[-1] == "示例正常项目"
    with pytest.raises(Refused, match="已经在议程里"):
        add_item(meeting, hall.projects[3], **told)


def test_what_only_few_may_know_of_is_not_spoken_about(hall: Hall) -> None:
    meeting = hall.meeting(begun=False)
    new = NewProject("示例线索项目", "示例线索投资方", 10**9, "lead", hall.today, hall.zone.elsewhere)
    [lead] = enter_projects([new], actor=SYSTEM, now=hall.now)
    with pytest.raises(Refused, match="保密阶段"):
        add_item(meeting, lead, reason="示例", actor=hall.recorder, as_of=hall.today, now=hall.now)


def test_nobody_else_arranges_it(hall: Hall) -> None:
    meeting = hall.meeting(begun=False)
    host = actor_of(hall.zone.host.account, hall.today)  # type: ignore[arg-type]
    item = hall.items(meeting)[0]
    for act in (
        lambda: make_agenda(meeting, actor=host, as_of=hall.today, now=hall.now),
        lambda: move_item(item, 1, actor=host, on=hall.today, now=hall.now),
        lambda: remove_item(item, "示例", actor=host, on=hall.today, now=hall.now),
        lambda: mark_item(item, "discussed", actor=host, now=hall.now),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_the_page_makes_it_moves_it_and_gives_the_key_back(hall: Hall) -> None:
    meeting = hall.meeting(begun=False, agenda=False)
    client = client_of(hall.zone.accounts["clerk"])
    path = reverse("meeting_agenda", args=[meeting.case.number])
    page = client.get(path).content.decode()
    assert "示例红灯项目" in page
    assert client.post(path).status_code == 302
    first, second, _third = hall.items(meeting)
    answer = client.post(
        reverse("meeting_agenda_move", args=[meeting.case.number, second.pk]), {"step": "up", "by": "0"}
    )
    page = client.get(answer["Location"]).content.decode()
    assert [item.pk for item in hall.items(meeting)][:2] == [second.pk, first.pk]
    assert page.count("autofocus") == 1
    dragged = {"by": "2"}
    client.post(reverse("meeting_agenda_move", args=[meeting.case.number, second.pk]), dragged)
    assert hall.items(meeting)[2].pk == second.pk
    nonsense = reverse("meeting_agenda_move", args=[meeting.case.number, second.pk])
    assert client.post(nonsense, {"by": "x"}).status_code == 422
    remove = reverse("meeting_agenda_remove", args=[meeting.case.number, second.pk])
    assert client.post(remove, {"reason": ""}).status_code == 422
    assert client.post(remove, {"reason": "示例"}).status_code == 302
    page = client.get(path).content.decode()
    assert "加回议程" in page
    add = reverse("meeting_agenda_add", args=[meeting.case.number])
    assert "没有编号是XM1的办件" in client.post(add, {"case": "xm1", "reason": "示例"}).content.decode()
    assert client.post(add, {"case": second.case.number, "reason": "示例"}).status_code == 302
