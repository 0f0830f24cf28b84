"""Every error that a case can meet is refused, in words, and nothing is written."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from wutong.base.errors import Conflict, DomainError, MissingItems, NotAllowed, Refused
from wutong.cases.models import Assignment, Case, Change, Evidence, Task
from wutong.cases.steps import Holder
from wutong.cases.testing import MONDAY, NOW, Zone, do, document, errand, holder

TUESDAY = MONDAY + timedelta(days=1)
SUNDAY = MONDAY - timedelta(days=1)


def refused(kind: type[DomainError], action: Callable[[], object]) -> DomainError:
    """The refusal, after checking that nothing was written."""
    before = (Change.objects.count(), sorted(Case.objects.values_list("pk", "last_seq", "state")))
    with pytest.raises(kind) as refusal, transaction.atomic():
        action()
    assert (Change.objects.count(), sorted(Case.objects.values_list("pk", "last_seq", "state"))) == before
    return refusal.value


# ---- exactly one host ------------------------------------------------------------------------------------------


def test_a_case_without_a_host_is_not_opened(zone: Zone) -> None:
    error = refused(Refused, lambda: errand(zone, holders=[holder("verifier", zone.verifier)]))
    assert "责任单位" in str(error)
    assert "host" in error.fields


def test_the_database_keeps_a_second_open_host_out(zone: Zone) -> None:
    case = errand(zone)
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.create(case=case, role="host", unit=zone.other_unit, from_on=MONDAY)


def test_a_new_host_ends_the_time_of_the_old_one(zone: Zone) -> None:
    case = errand(zone)
    do(case, "reassign", zone.leader, on=TUESDAY, reason="轮岗", holders=[holder("host", zone.stranger)])
    hosts = case.assignments.filter(role="host").order_by("pk")
    assert [(item.person_id, item.from_on, item.to_on) for item in hosts] == [
        (zone.host.official_id, MONDAY, TUESDAY),
        (zone.stranger.official_id, TUESDAY, None),
    ]
    case.refresh_from_db()
    assert (case.host_person_id, case.host_unit_id) == (zone.stranger.official_id, zone.other_unit.pk)


def test_helpers_are_held_side_by_side(zone: Zone) -> None:
    case = errand(zone)
    helpers = [Holder("helper", zone.unit), Holder("helper", zone.other_unit)]
    do(case, "reassign", zone.leader, reason="协同", holders=helpers)
    assert case.assignments.filter(role="helper", to_on__isnull=True).count() == 2


# ---- the table of transitions -----------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["close", "send_back", "finish", "resume", "reopen", "no_such_verb"])
def test_a_verb_that_does_not_lead_from_the_state_is_refused(zone: Zone, verb: str) -> None:
    case = errand(zone)
    error = refused(Refused, lambda: do(case, verb, reason="试试", due_on=TUESDAY))
    assert case.number in str(error)
    assert "办理中" in str(error)


def test_nothing_but_reopening_leads_out_of_a_closed_case(zone: Zone) -> None:
    case = errand(zone)
    do(case, "submit", zone.host, evidence=[document()])
    do(case, "close", zone.verifier)
    for verb in ("note", "hand_in", "rest", "submit"):
        refused(Refused, lambda verb=verb: do(case, verb, reason="试试"))  # type: ignore[misc]
    do(case, "reopen", zone.leader, reason="复查", due_on=date(2026, 3, 20))
    case.refresh_from_db()
    assert (case.state, case.is_open, case.result, case.closed_on) == ("working", True, "", None)


def test_a_closed_case_has_its_result_and_its_day(zone: Zone) -> None:
    case = errand(zone)
    do(case, "submit", zone.host, evidence=[document()])
    do(case, "close", zone.verifier, on=TUESDAY)
    case.refresh_from_db()
    assert (case.state, case.is_open, case.result, case.closed_on) == ("closed", False, "done", TUESDAY)


def test_a_column_that_the_transition_does_not_own_is_not_written(zone: Zone) -> None:
    case = errand(zone)
    with pytest.raises(ValueError, match="may not write"):
        do(case, "visit", data={"words": "顺手改"})
    with pytest.raises(ValueError, match="may not assign"):
        do(case, "visit", holders=[holder("host", zone.stranger)])


# ---- open children ------------------------------------------------------------------------------------------------


def test_a_case_with_an_open_sub_case_is_not_closed(zone: Zone) -> None:
    parent = errand(zone)
    child = errand(zone, parent=parent)
    do(parent, "permit", zone.host)
    error = refused(Refused, lambda: do(parent, "finish", zone.host))
    assert child.number in str(error)
    do(child, "submit", zone.host, evidence=[document()])
    do(child, "close", zone.verifier)
    do(parent, "finish", zone.host)
    parent.refresh_from_db()
    assert not parent.is_open


def test_below_a_closed_case_no_mandatory_sub_case_is_opened_or_opened_again(zone: Zone) -> None:
    parent = errand(zone)
    child = errand(zone, parent=parent)
    do(child, "submit", zone.host, evidence=[document()])
    do(child, "close", zone.verifier)
    do(parent, "permit", zone.host)
    do(parent, "finish", zone.host)
    error = refused(Refused, lambda: errand(zone, parent=parent))
    assert parent.number in str(error)
    error = refused(Refused, lambda: do(child, "reopen", zone.leader, reason="复查", due_on=TUESDAY))
    assert parent.number in str(error)


# ---- the second person ----------------------------------------------------------------------------------------------


def test_the_host_does_not_verify_his_own_case(zone: Zone) -> None:
    case = errand(zone, holders=[holder("host", zone.verifier)])
    do(case, "submit", zone.verifier, evidence=[document()])
    error = refused(NotAllowed, lambda: do(case, "close", zone.verifier))
    assert "另一个人" in str(error)
    assert "主办" in str(error)


def test_a_member_of_the_hosting_unit_counts_as_host_when_nobody_is_named(zone: Zone) -> None:
    case = errand(zone, holders=[Holder("host", zone.other_unit)])
    do(case, "submit", zone.verifier, evidence=[document()])
    refused(NotAllowed, lambda: do(case, "close", zone.verifier))


def test_who_submitted_does_not_close_even_after_the_case_went_to_somebody_else(zone: Zone) -> None:
    case = errand(zone, holders=[holder("host", zone.verifier)])
    do(case, "submit", zone.verifier, evidence=[document()])
    do(case, "reassign", zone.leader, reason="轮岗", holders=[holder("host", zone.host)])
    error = refused(NotAllowed, lambda: do(case, "close", zone.verifier))
    assert "申请核查" in str(error)
    assert "另一个人" in str(error)
    refused(NotAllowed, lambda: do(case, "send_back", zone.verifier, reason="不行"))


def test_own_evidence_is_not_checked_by_who_handed_it_in(zone: Zone) -> None:
    case = errand(zone)
    do(case, "reassign", zone.leader, reason="核查", holders=[holder("verifier", zone.leader)])
    do(case, "hand_in", zone.leader, evidence=[document("permit")])
    evidence = Evidence.objects.get(case=case)
    error = refused(NotAllowed, lambda: do(case, "check", zone.leader, checks=[(evidence, True)]))
    assert "另一个人" in str(error)
    do(case, "check", zone.verifier, checks=[(evidence, True)])


def test_evidence_of_another_case_is_not_checked_here(zone: Zone) -> None:
    """Otherwise the check would stand in the wrong chain."""
    case, other = errand(zone), errand(zone)
    do(other, "hand_in", zone.host, evidence=[document("permit")])
    foreign = Evidence.objects.get(case=other)
    with pytest.raises(ValueError, match="another case"):
        do(case, "check", zone.verifier, checks=[(foreign, True)])


def test_somebody_without_role_and_right_is_refused(zone: Zone) -> None:
    case = errand(zone)
    for verb in ("submit", "note", "reassign", "correct"):
        error = refused(NotAllowed, lambda verb=verb: do(case, verb, zone.stranger, reason="试试"))  # type: ignore[misc]
        assert "权限" in str(error)
    refused(NotAllowed, lambda: errand(zone, actor=zone.stranger))


def test_the_host_of_a_case_may_open_a_sub_case_below_it(zone: Zone) -> None:
    parent = errand(zone)
    assert errand(zone, parent=parent, actor=zone.host).parent_id == parent.pk
    refused(NotAllowed, lambda: errand(zone, actor=zone.host))


# ---- evidence, reasons, days --------------------------------------------------------------------------------------


def test_missing_evidence_is_named(zone: Zone) -> None:
    case = errand(zone)
    error = refused(MissingItems, lambda: do(case, "submit", zone.host))
    assert isinstance(error, MissingItems)
    assert error.items == ["办理佐证"]
    assert "办理佐证" in str(error)
    refused(MissingItems, lambda: do(case, "submit", zone.host, evidence=[document("permit")]))


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_missing_reason_is_asked_for(zone: Zone, reason: str) -> None:
    case = errand(zone)
    error = refused(Refused, lambda: do(case, "rest", zone.host, reason=reason))
    assert list(error.fields) == ["reason"]


def test_a_missing_due_day_is_asked_for(zone: Zone) -> None:
    case = errand(zone)
    error = refused(Refused, lambda: do(case, "extend", zone.leader, reason="复杂"))
    assert list(error.fields) == ["due_on"]
    refused(Refused, lambda: errand(zone, due_on=None))  # type: ignore[arg-type]


def test_a_due_day_before_the_day_itself_is_refused(zone: Zone) -> None:
    case = errand(zone)
    error = refused(Refused, lambda: do(case, "extend", zone.leader, reason="复杂", due_on=SUNDAY))
    assert "早于" in str(error)
    refused(Refused, lambda: errand(zone, due_on=SUNDAY))


def test_days_of_a_case_never_run_backwards(zone: Zone) -> None:
    case = errand(zone)
    do(case, "note", zone.host, on=TUESDAY, data={"words": "第一次"})
    error = refused(Refused, lambda: do(case, "note", zone.host, on=MONDAY, data={"words": "补记"}))
    assert "更正" in str(error)
    assert list(error.fields) == ["effective_on"]
    do(case, "note", zone.host, on=TUESDAY, data={"words": "同一天"})


# ---- two people ------------------------------------------------------------------------------------------------------


def test_the_second_of_two_people_is_told_what_the_first_did(zone: Zone) -> None:
    case = errand(zone)
    seen = Case.objects.get(pk=case.pk).last_seq
    do(case, "note", zone.host, on=TUESDAY, data={"words": "第一人"}, expected_seq=seen)
    error = refused(
        Conflict,
        lambda: do(case, "note", zone.leader, on=TUESDAY, data={"words": "第二人"}, expected_seq=seen),
    )
    assert isinstance(error, Conflict)
    assert error.changes == [f"甲某于{TUESDAY}：记事"]
    assert "没有写入" in str(error)


def test_what_the_system_did_meanwhile_is_told_too(zone: Zone) -> None:
    case = errand(zone)
    do(case, "rest", reason="节前")
    do(case, "resume")
    error = refused(Conflict, lambda: do(case, "note", zone.host, data={"words": "晚到"}, expected_seq=1))
    assert isinstance(error, Conflict)
    assert error.changes == [f"系统于{MONDAY}：搁置", f"系统于{MONDAY}：恢复"]


def test_a_conflict_comes_before_any_other_refusal(zone: Zone) -> None:
    """The state may have changed because of what the other person did; that is what has to be said."""
    case = errand(zone)
    do(case, "submit", zone.host, evidence=[document()])
    refused(Conflict, lambda: do(case, "submit", zone.host, expected_seq=1))


# ---- what is owed ----------------------------------------------------------------------------------------------------


def test_each_state_says_who_owes_what(zone: Zone) -> None:
    case = errand(zone)
    do(case, "submit", zone.host, on=TUESDAY, evidence=[document()])
    do(case, "note", zone.host, on=TUESDAY, data={"words": "不换待办"})
    tasks = Task.objects.filter(case=case).order_by("pk")
    assert [(task.role, task.state, task.opened_on, task.closed_on) for task in tasks] == [
        ("host", "working", MONDAY, TUESDAY),
        ("verifier", "submitted", TUESDAY, None),
    ]
    do(case, "close", zone.verifier, on=TUESDAY)
    assert not Task.objects.filter(case=case, closed_on__isnull=True).exists()


def test_every_step_leaves_exactly_one_change(zone: Zone) -> None:
    case = errand(zone)
    for number, (verb, actor) in enumerate([("note", zone.host), ("visit", zone.host)], start=2):
        done = do(case, verb, actor, now=NOW)
        assert (done.change.seq, done.change.actor_id) == (number, actor.account.pk)  # type: ignore[union-attr]
        assert Change.objects.filter(case=case).count() == number
