"""Many steps at once: all or none, once per request, and no more queries for more cases."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from wutong.base.errors import Refused
from wutong.cases.act import act_many
from wutong.cases.models import Case, Change, Clock, ClockSegment, NumberCounter
from wutong.cases.steps import NewCase, Step
from wutong.cases.testing import MONDAY, NOW, TYPE, Zone, do, document, errand, gate_rule
from wutong.registers.organisation.actors import SYSTEM

DUE = date(2026, 3, 16)


def opening(zone: Zone, *, key: str | None = None, parent: Case | None = None) -> Step:
    new = NewCase(TYPE, title="示例差事", state="working", parent=parent)
    return Step(new, "open", MONDAY, holders=zone.holders(), due_on=DUE, request_key=key)


def cases(zone: Zone, count: int) -> list[Case]:
    return [done.case for done in act_many([opening(zone) for _ in range(count)], actor=SYSTEM, now=NOW)]


def test_one_refused_step_refuses_the_whole_set(zone: Zone) -> None:
    good, bad = cases(zone, 2)
    do(bad, "rest", zone.host, reason="等材料")
    before = Change.objects.count()
    steps = [
        Step(good, "note", MONDAY, data={"words": "新"}),
        opening(zone),
        Step(bad, "rest", MONDAY, reason="再等"),
    ]
    with pytest.raises(Refused, match=bad.number):
        act_many(steps, actor=SYSTEM, now=NOW)
    assert Change.objects.count() == before
    assert Case.objects.count() == 2
    assert NumberCounter.objects.get().last == 2


def test_a_set_may_open_some_and_move_others(zone: Zone) -> None:
    (old,) = cases(zone, 1)
    done = act_many([opening(zone), Step(old, "rest", MONDAY, reason="等")], actor=SYSTEM, now=NOW)
    assert [item.change.verb for item in done] == ["open", "rest"]
    assert [item.case.state for item in done] == ["working", "resting"]
    assert done[1].case.pk == old.pk


def test_a_case_occurs_once_in_a_set(zone: Zone) -> None:
    (case,) = cases(zone, 1)
    with pytest.raises(ValueError, match="once in a set"):
        act_many([Step(case, "note", MONDAY), Step(case, "note", MONDAY)], actor=SYSTEM, now=NOW)


def test_nothing_to_do_does_nothing(zone: Zone) -> None:
    assert act_many([], actor=SYSTEM, now=NOW) == []


# ---- the same request twice ----------------------------------------------------------------------------------


def test_the_same_request_twice_is_one_change(zone: Zone) -> None:
    case = errand(zone)
    first = do(case, "note", zone.host, data={"words": "一次"}, request_key="k-1", expected_seq=1)
    again = do(case, "note", zone.host, data={"words": "一次"}, request_key="k-1", expected_seq=1)
    assert again.change.pk == first.change.pk
    assert again.case.pk == case.pk
    assert Change.objects.filter(case=case).count() == 2


def test_the_same_opening_twice_is_one_case(zone: Zone) -> None:
    first = act_many([opening(zone, key="a"), opening(zone, key="b")], actor=SYSTEM, now=NOW)
    again = act_many([opening(zone, key="a"), opening(zone, key="b")], actor=SYSTEM, now=NOW)
    assert [item.case.pk for item in again] == [item.case.pk for item in first]
    assert Case.objects.count() == 2
    assert NumberCounter.objects.get().last == 2


def test_another_request_is_another_change(zone: Zone) -> None:
    case = errand(zone)
    for key in ("k-1", "k-2"):
        do(case, "note", zone.host, data={"words": key}, request_key=key)
    assert Change.objects.filter(case=case).count() == 3


def test_a_repeated_set_with_other_steps_in_it_is_an_error(zone: Zone) -> None:
    act_many([opening(zone, key="a")], actor=SYSTEM, now=NOW)
    with pytest.raises(ValueError, match="repeated"):
        act_many([opening(zone, key="a"), opening(zone, key="b")], actor=SYSTEM, now=NOW)
    assert Case.objects.count() == 1


# ---- queries ---------------------------------------------------------------------------------------------------


def steps_for(verb: str, zone: Zone, members: list[Case]) -> list[Step]:
    """The verb for each case, on different days."""
    days = [MONDAY + timedelta(days=index % 10) for index, _case in enumerate(members)]
    if verb == "submit":
        return [
            Step(c, verb, d, evidence=[document(text=c.number)]) for c, d in zip(members, days, strict=True)
        ]
    if verb == "sub_case":
        return [opening(zone, parent=case) for case in members]
    return [
        Step(
            case, verb, on, reason="示例", due_on=DUE if verb == "extend" else None,
            data={"words": "新"} if verb == "note" else {},
        )
        for case, on in zip(members, days, strict=True)
    ]  # fmt: skip


def queries(action: Callable[[], object]) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        action()
    return len(captured)


# One statement of SQLite carries 999 values: fifteen cases with two clocks each fit into it.
@pytest.mark.parametrize("verb", ["submit", "note", "rest", "extend", "permit", "visit", "sub_case"])
def test_fifteen_cases_take_as_many_queries_as_one(zone: Zone, verb: str) -> None:
    gate_rule("words", "field")
    members = cases(zone, 16)
    if verb == "permit":
        act_many([Step(c, "note", MONDAY, data={"words": "有"}) for c in members], actor=SYSTEM, now=NOW)
    one, many = steps_for(verb, zone, members[:1]), steps_for(verb, zone, members[1:])
    few = queries(lambda: act_many(one, actor=SYSTEM, now=NOW))
    assert queries(lambda: act_many(many, actor=SYSTEM, now=NOW)) <= few
    assert few <= 20


def test_closing_and_coming_back_take_as_many_queries_for_fifteen_as_for_one(zone: Zone) -> None:
    members = cases(zone, 16)
    act_many([Step(c, "rest", MONDAY, reason="等") for c in members], actor=SYSTEM, now=NOW)
    counted = {}
    for verb in ("resume", "permit", "finish"):
        for name, group in (("one", members[:1]), ("many", members[1:])):
            steps = [Step(case, verb, MONDAY) for case in group]
            counted[name] = queries(lambda steps=steps: act_many(steps, actor=SYSTEM, now=NOW))  # type: ignore[misc]
        assert counted["many"] <= counted["one"], verb


def test_opening_fifteen_takes_as_many_queries_as_opening_one(zone: Zone) -> None:
    cases(zone, 1)
    few = queries(lambda: cases(zone, 1))
    assert queries(lambda: cases(zone, 15)) <= few
    assert few <= 20


def test_a_set_ends_the_stretches_of_exactly_its_own_clocks(zone: Zone) -> None:
    first, second, third = cases(zone, 3)
    days = {first.pk: MONDAY + timedelta(days=1), second.pk: MONDAY + timedelta(days=2)}
    steps = [Step(case, "rest", days[case.pk], reason="等") for case in (first, second)]
    act_many(steps, actor=SYSTEM, now=NOW)
    ended = {case: set() for case in (first.pk, second.pk, third.pk)}
    for segment in ClockSegment.objects.select_related("clock"):
        ended[segment.clock.case_id].add(segment.to_on)
    assert ended == {first.pk: {days[first.pk]}, second.pk: {days[second.pk]}, third.pk: {None}}
    assert Clock.objects.filter(case=third, state="running").count() == 2


def test_a_big_set_keeps_each_chain_whole(zone: Zone) -> None:
    members = cases(zone, 20)
    act_many([Step(c, "note", MONDAY, data={"words": c.number}) for c in members], actor=SYSTEM, now=NOW)
    assert [case.last_seq for case in Case.objects.all()] == [2] * 20
    assert len(set(Case.objects.values_list("number", flat=True))) == 20
