"""What is typed in a meeting becomes work at once, and can be taken back as long as nobody has worked on it."""

from datetime import timedelta

import pytest

from tests.meetings.hall import Hall
from wutong.base.errors import NotAllowed, Refused
from wutong.cases.act import act
from wutong.cases.models import Assignment, Case, Change
from wutong.ledgerkit.verify import all_faults
from wutong.ledgers.meetings.decision_services import (
    NewDecision,
    correct_decision,
    record_decision,
    withdraw_decision,
)
from wutong.ledgers.meetings.declared import kind_choices
from wutong.ledgers.meetings.models import Decision, DecisionResult
from wutong.ledgers.meetings.queries import decisions_about, decisions_of
from wutong.ledgers.project_push.models import Rectification
from wutong.ledgers.supervision_orders.models import SupervisionOrder
from wutong.registers.organisation.actors import SYSTEM, actor_of


def test_every_set_of_kinds_is_offered_and_rectification_comes_first() -> None:
    labels = [label for _code, label in kind_choices()]
    assert labels == [
        "整改",
        "整改＋责任",
        "整改＋督办",
        "整改＋责任＋督办",
        "责任",
        "责任＋督办",
        "督办",
        "仅记录",
    ]


def test_a_decision_opens_a_rectification_below_the_project(hall: Hall) -> None:
    meeting = hall.meeting()
    item = hall.items(meeting)[0]
    decision = hall.decide(item, text="净地证明办结")
    [result] = decision.results.all()
    case = result.case
    detail = Rectification.objects.get(case=case)
    assert (case.parent_id, case.host_unit, case.host_person) == (
        item.case_id,
        hall.zone.home,
        hall.zone.host,
    )
    assert case.due_on >= hall.today + timedelta(days=4)  # a day off moves on
    assert case.leader == hall.zone.leader
    assert (detail.problem, detail.blocking_class) == ("净地证明办结", "land")
    opening = Change.objects.get(case=case, verb="open")
    assert opening.actor == hall.recorder.account
    assert opening.reason == f"第1次调度会（{meeting.case.number}）决定1"
    item.refresh_from_db()
    assert item.state == "discussed"
    assert list(all_faults()) == []


def test_a_decision_of_several_kinds_is_one_act(hall: Hall) -> None:
    meeting = hall.meeting()
    item = hall.items(meeting)[0]
    decision = hall.decide(item, "rectify+reassign+order")
    results = {row.kind: row.case for row in decision.results.all()}
    assert set(results) == {"rectify", "reassign", "order"}
    project = Case.objects.get(pk=item.case_id)
    assert results["reassign"] == project
    assert (project.host_unit, project.host_person) == (hall.zone.home, hall.zone.host)
    order = SupervisionOrder.objects.get(case=results["order"])
    assert order.source == results["rectify"]
    assert order.case.leader == hall.chair.official
    assert order.case.due_on == results["rectify"].due_on


def test_nothing_is_written_when_a_part_of_it_is_refused(hall: Hall) -> None:
    meeting = hall.meeting()
    item = hall.items(meeting)[0]
    act(item.case, "terminate", actor=SYSTEM, now=hall.now, effective_on=hall.today, reason="示例")
    before = (Decision.objects.count(), Case.objects.count(), Change.objects.count())
    with pytest.raises(Refused):
        hall.decide(item, "rectify+order")
    assert (Decision.objects.count(), Case.objects.count(), Change.objects.count()) == before
    assert hall.decide(item, "note").number == 1


@pytest.mark.parametrize(
    ("new", "field"),
    [
        (NewDecision(" ", kinds="note"), "text"),
        (NewDecision("示例", kinds="rectify"), "unit"),
        (NewDecision("示例", kinds="rectify"), "due"),
        (NewDecision("示例", kinds="order"), "unit"),
        (NewDecision("示例", kinds=""), "kinds"),
        (NewDecision("示例", kinds="dance"), "kinds"),
        (NewDecision("示例", kinds="rectify+dance"), "kinds"),
    ],
)
def test_what_a_kind_needs_is_asked_for_at_its_field(hall: Hall, new: NewDecision, field: str) -> None:
    item = hall.items(hall.meeting())[0]
    with pytest.raises(Refused) as refusal:
        record_decision(item, new, actor=hall.recorder, now=hall.now)
    assert field in refusal.value.fields
    assert not Decision.objects.exists()


def test_the_same_line_sent_twice_is_one_decision(hall: Hall) -> None:
    item = hall.items(hall.meeting())[0]
    new = NewDecision("示例", hall.zone.home, None, hall.today, "rectify", request_key="k1")
    first = record_decision(item, new, actor=hall.recorder, now=hall.now)
    again = record_decision(item, new, actor=hall.recorder, now=hall.now)
    assert first.pk == again.pk
    assert DecisionResult.objects.count() == 1


def test_decisions_are_numbered_through_the_meeting(hall: Hall) -> None:
    items = hall.items(hall.meeting())
    numbers = [hall.decide(item).number for item in (items[0], items[1], items[0])]
    assert numbers == [1, 2, 3]


def test_it_is_written_during_the_meeting_only_and_by_those_who_may(hall: Hall) -> None:
    meeting = hall.meeting(begun=False)
    item = hall.items(meeting)[0]
    with pytest.raises(Refused, match="还没开始"):
        hall.decide(item)
    meeting.case = act(meeting.case, "start", actor=hall.recorder, now=hall.now, effective_on=hall.today).case
    host = actor_of(hall.zone.host.account, hall.today)  # type: ignore[arg-type]
    with pytest.raises(NotAllowed):
        record_decision(item, NewDecision("示例", kinds="note"), actor=host, now=hall.now)
    hall.adjourn(meeting)
    with pytest.raises(Refused, match="继续开会"):
        hall.decide(item)


def test_the_recorder_gets_no_right_that_the_meeting_did_not_lend(hall: Hall) -> None:
    """The clerk reassigns a project because the meeting says so, and may not by hand."""
    item = hall.items(hall.meeting())[0]
    assert not hall.recorder.has("project_push.assign")
    hall.decide(item, "reassign")
    assert not hall.recorder.has("project_push.assign")
    project = Case.objects.get(pk=item.case_id)
    with pytest.raises(NotAllowed):
        act(project, "reassign", actor=hall.recorder, now=hall.now, effective_on=hall.today, reason="示例")


def test_a_meeting_begins_on_its_day(hall: Hall) -> None:
    meeting = hall.meeting(hall.today + timedelta(days=7), begun=False)
    with pytest.raises(Refused, match="调整安排"):
        act(meeting.case, "start", actor=hall.recorder, now=hall.now, effective_on=hall.today)


# ---- corrected and withdrawn -----------------------------------------------------------------------------------


def test_withdrawn_it_stays_in_the_list_and_what_it_made_is_revoked(hall: Hall) -> None:
    meeting = hall.meeting()
    item = hall.items(meeting)[0]
    before = Assignment.objects.get(case=item.case_id, role="host", to_on__isnull=True)
    decision = hall.decide(item, "rectify+reassign+order")
    with pytest.raises(Refused, match="理由"):
        withdraw_decision(decision, "", actor=hall.recorder, on=hall.today, now=hall.now)
    withdraw_decision(decision, "听错了", actor=hall.recorder, on=hall.today, now=hall.now)
    states = {row.kind: row.case.state for row in decision.results.select_related("case")}
    assert states["rectify"] == states["order"] == "revoked"
    now_host = Assignment.objects.get(case=item.case_id, role="host", to_on__isnull=True)
    assert (now_host.unit_id, now_host.person_id) == (before.unit_id, before.person_id)
    [row] = decisions_of(meeting, hall.recorder, hall.today).rows
    assert row.standing == "withdrawn"
    assert decisions_about([item.case_id], hall.recorder, hall.today) == []
    with pytest.raises(Refused, match="已经撤回"):
        withdraw_decision(decision, "再来", actor=hall.recorder, on=hall.today, now=hall.now)
    assert hall.decide(item).number == 2
    assert list(all_faults()) == []


def test_what_somebody_has_worked_on_is_not_taken_back(hall: Hall) -> None:
    item = hall.items(hall.meeting())[0]
    decision = hall.decide(item)
    case = decision.results.get().case
    act(
        case, "ask_help", actor=SYSTEM, now=hall.now, effective_on=hall.today, reason="示例",
        holders=[],
    )  # fmt: skip
    with pytest.raises(Refused, match=f"{case.number}已经有人办理"):
        withdraw_decision(decision, "听错了", actor=hall.recorder, on=hall.today, now=hall.now)
    decision.refresh_from_db()
    assert decision.withdrawn_on is None


def test_other_words_leave_the_work_alone(hall: Hall) -> None:
    item = hall.items(hall.meeting())[0]
    decision = hall.decide(item)
    case = decision.results.get().case
    new = NewDecision("改过的文字", decision.unit, decision.person, decision.due_on, "rectify")
    correct_decision(decision, new, "错字", actor=hall.recorder, on=hall.today, now=hall.now)
    decision.refresh_from_db()
    assert (decision.text, decision.version) == ("改过的文字", 1)
    assert Case.objects.get(pk=case.pk).state == "working"


def test_another_day_or_unit_makes_the_work_anew_under_the_same_number(hall: Hall) -> None:
    meeting = hall.meeting()
    item = hall.items(meeting)[0]
    decision = hall.decide(item)
    old = decision.results.get().case
    new = NewDecision(
        decision.text, hall.zone.elsewhere, None, hall.today + timedelta(days=9), "rectify+order"
    )
    correct_decision(decision, new, "单位记错了", actor=hall.recorder, on=hall.today, now=hall.now)
    assert Case.objects.get(pk=old.pk).state == "revoked"
    [row] = decisions_of(meeting, hall.recorder, hall.today).rows
    assert row.decision.number == 1
    assert {result.kind for result in row.results} == {"rectify", "order"}
    assert {result.case.host_unit for result in row.results} == {hall.zone.elsewhere}
    assert row.standing == "running"


def test_two_who_correct_at_once_do_not_overwrite_each_other(hall: Hall) -> None:
    item = hall.items(hall.meeting())[0]
    decision = hall.decide(item, "note")
    seq = decision.last_seq
    told = {"actor": hall.recorder, "on": hall.today, "now": hall.now}
    correct_decision(decision, NewDecision("甲", kinds="note"), "示例", expected_seq=seq, **told)
    stale = Decision.objects.get(pk=decision.pk)
    with pytest.raises(Exception, match="刚被别人改过"):
        correct_decision(stale, NewDecision("乙", kinds="note"), "示例", expected_seq=seq, **told)
    assert Decision.objects.get(pk=decision.pk).text == "甲"
