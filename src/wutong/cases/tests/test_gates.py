"""One gate, read alike everywhere: what must be there before a state is entered."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from hypothesis import given
from hypothesis import strategies as st

from wutong.base.errors import MissingItems
from wutong.cases.act import act_many
from wutong.cases.gate_editing import RuleValues, plan_change, plan_end
from wutong.cases.gates import GateFacts, evaluate, holds_on, missing, rules_for, rules_of
from wutong.cases.models import Case, Evidence, GateRule
from wutong.cases.steps import Step
from wutong.cases.testing import MONDAY, NOW, TYPE, Zone, do, document, errand, gate_rule

YI = 100_000_000


def lacking(case: Case, zone: Zone, *, on: date = MONDAY) -> list[str]:
    with pytest.raises(MissingItems) as refusal:
        do(case, "permit", zone.host, on=on)
    return [str(item) for item in refusal.value.items]


def test_a_document_is_missing_then_waits_then_counts(zone: Zone) -> None:
    gate_rule("permit")
    case = errand(zone)
    assert lacking(case, zone) == ["许可证"]
    do(case, "hand_in", zone.host, evidence=[document("permit")])
    assert lacking(case, zone) == ["许可证（已交，待他人核验）"]
    do(case, "check", zone.verifier, checks=[(Evidence.objects.get(case=case), True)])
    do(case, "permit", zone.host)
    case.refresh_from_db()
    assert case.state == "permitted"


def test_a_document_that_was_not_accepted_is_missing_again(zone: Zone) -> None:
    gate_rule("permit")
    case = errand(zone)
    do(case, "hand_in", zone.host, evidence=[document("permit")])
    evidence = Evidence.objects.get(case=case)
    do(case, "check", zone.verifier, checks=[(evidence, True)])
    do(case, "check", zone.verifier, checks=[(evidence, False)])
    assert lacking(case, zone) == ["许可证"]
    do(case, "check", zone.verifier, checks=[(evidence, True)])
    do(case, "permit", zone.host)


def test_all_missing_items_are_named_at_once_in_their_order(zone: Zone) -> None:
    gate_rule("survey", order=2)
    gate_rule("permit", order=1)
    gate_rule("visits", "count", minimum=3, order=3)
    case = errand(zone)
    with pytest.raises(MissingItems) as refusal:
        do(case, "permit", zone.host)
    assert refusal.value.items == ["许可证", "勘测报告", "走访次数"]
    assert "还缺3项：许可证、勘测报告、走访次数" in str(refusal.value)


def test_a_rule_that_begins_tomorrow_does_not_hold_today(zone: Zone) -> None:
    gate_rule("permit", valid_from=MONDAY + timedelta(days=1))
    tomorrow = errand(zone)
    do(errand(zone), "permit", zone.host, on=MONDAY)
    assert lacking(tomorrow, zone, on=MONDAY + timedelta(days=1)) == ["许可证"]


def test_a_rule_holds_through_its_last_day(zone: Zone) -> None:
    gate_rule("permit", valid_to=MONDAY)
    assert lacking(errand(zone), zone, on=MONDAY) == ["许可证"]
    do(errand(zone), "permit", zone.host, on=MONDAY + timedelta(days=1))


def test_the_day_of_the_step_decides_not_the_day_of_the_entry(zone: Zone) -> None:
    gate_rule("permit", valid_from=date(2026, 2, 1))
    case = errand(zone, on=date(2026, 1, 5), due_on=date(2026, 4, 1))
    do(case, "permit", zone.host, on=date(2026, 1, 30))


def test_in_a_set_of_steps_each_is_judged_by_the_rules_of_its_own_day(zone: Zone) -> None:
    early, late = (errand(zone, on=date(2026, 1, 5), due_on=date(2026, 4, 1)) for _ in range(2))
    gate_rule("permit", valid_from=date(2026, 2, 1))
    gate_rule("survey", valid_to=date(2026, 1, 31))
    days = {early: date(2026, 1, 30), late: date(2026, 2, 2)}
    for first, second, item in ((early, late, "勘测报告"), (late, early, "许可证")):
        steps = [Step(case, "permit", days[case]) for case in (first, second)]
        with pytest.raises(MissingItems) as refusal:
            act_many(steps, actor=zone.host, now=NOW)
        assert refusal.value.items == [item]


def test_a_rule_holds_from_its_size_upwards(zone: Zone) -> None:
    gate_rule("survey", band_from_yuan=5 * YI)
    do(errand(zone, size_yuan=5 * YI - 1), "permit", zone.host)
    assert lacking(errand(zone, size_yuan=5 * YI), zone) == ["勘测报告"]
    assert lacking(errand(zone, size_yuan=50 * YI), zone) == ["勘测报告"]


def rule(item: str = "permit", kind: str = "document", **values: object) -> GateRule:
    given = {"label": item, "edition": "示例版", "valid_from": date(2020, 1, 1), **values}
    return GateRule(case_type=TYPE, state="permitted", kind=kind, item=item, **given)


def states(rules: list[GateRule], facts: GateFacts) -> dict[str, str]:
    return {item.item: item.state for item in evaluate(rules, facts)}


def test_of_two_bands_the_larger_one_holds_whatever_their_order() -> None:
    small, large = rule(minimum=1), rule(minimum=3, band_from_yuan=5 * YI)
    facts = GateFacts(size_yuan=6 * YI, handed_in={"permit": 2}, verified={"permit": 2})
    for rules in ([small, large], [large, small]):
        assert states(rules, facts) == {"permit": "missing"}
        assert states(rules, GateFacts(size_yuan=YI, verified={"permit": 1})) == {"permit": "ok"}


def test_of_two_rules_of_one_band_the_newer_one_holds_whatever_their_order() -> None:
    old, new = rule(minimum=1), rule(minimum=2, valid_from=date(2026, 1, 1))
    for rules in ([old, new], [new, old]):
        assert states(rules, GateFacts(verified={"permit": 1})) == {"permit": "missing"}


@pytest.mark.parametrize(("value", "state"), [(None, "missing"), ("", "missing"), (0, "ok"), ("有", "ok")])
def test_a_field_counts_when_something_stands_in_it(value: object, state: str) -> None:
    assert states([rule("words", "field")], GateFacts(fields={"words": value})) == {"words": state}


@pytest.mark.parametrize(("value", "state"), [(0, "missing"), (2, "missing"), (3, "ok"), (4, "ok")])
def test_a_count_has_to_reach_its_minimum(value: int, state: str) -> None:
    found = states([rule("visits", "count", minimum=3)], GateFacts(counts={"visits": value}))
    assert found == {"visits": state}


def test_two_documents_of_which_one_is_verified_wait(zone: Zone) -> None:
    facts = GateFacts(handed_in={"permit": 2}, verified={"permit": 1})
    items = evaluate([rule(minimum=2)], facts)
    assert [item.state for item in items] == ["waiting"]
    assert missing(items) == items


def rule_as_told(rule: GateRule, opened_on: date, on: date) -> bool:
    """The same in the office's words: walk through the days from the opening to the entry, note when the rule begins and
    when it ends for this case."""
    began = rule.starts_for == "all" and rule.valid_from <= on or rule.valid_from <= opened_on
    if rule.valid_to is None:
        return began
    past_end = on > rule.valid_to
    spared = rule.ends_for == "new" and opened_on <= rule.valid_to
    return began and (not past_end or spared)


days = st.integers(0, 40).map(lambda number: date(2026, 1, 1) + timedelta(days=number))
scopes = st.sampled_from(["new", "all"])


@given(days, st.none() | days, scopes, scopes, days, days)
def test_a_rule_holds_as_the_office_was_told(
    valid_from: date, valid_to: date | None, starts_for: str, ends_for: str, one: date, other: date
) -> None:
    opened_on, on = sorted((one, other))
    given_rule = rule(valid_from=valid_from, valid_to=valid_to, starts_for=starts_for, ends_for=ends_for)
    assert holds_on(given_rule, opened_on, on) == rule_as_told(given_rule, opened_on, on)


@given(days, days, st.booleans(), days, days)
def test_a_changed_rule_leaves_neither_a_gap_nor_an_overlap(
    began: date, changed: date, for_all: bool, one: date, other: date
) -> None:
    """The old row ends on the day before the new one begins, for the same cases."""
    began, changed = min(began, changed), max(began, changed) + timedelta(days=1)
    scope = "all" if for_all else "new"
    old = rule(valid_from=began, valid_to=changed - timedelta(days=1), starts_for=scope, ends_for=scope)
    new = rule(valid_from=changed, starts_for=scope)
    opened_on, on = sorted((one, other))
    never_changed = rule(valid_from=began, starts_for=scope)
    holding = [holds_on(item, opened_on, on) for item in (old, new)]
    assert sum(holding) == holds_on(never_changed, opened_on, on)


@dataclass(frozen=True)
class Edit:
    """One act of the office: from a day on the demand has another minimum, or (None) is no more."""

    on: date
    running_too: bool
    minimum: int | None


def minimum_as_told(edits: list[Edit], opened_on: date, on: date) -> int | None:
    """What one case has to have by the office's words: what stood on the day it was opened, then every later change that
    was made for running cases too."""
    minimum = None
    for edit in edits:
        if edit.on <= opened_on or (edit.on <= on and edit.running_too):
            minimum = edit.minimum
    return minimum


def rows_of(edits: list[Edit]) -> list[GateRule]:
    """The rows that the office's acts make, through the same plans as its page."""
    first = edits[0]
    scope = GateRule.For.ALL if first.running_too else GateRule.For.NEW
    rows = [rule(pk=1, minimum=first.minimum, valid_from=first.on, starts_for=scope)]
    for edit in edits[1:]:
        told: Any = {"running_too": edit.running_too, "on": edit.on}
        if edit.minimum is None:
            rows[-1] = plan_end(rows[-1], first_day_without=edit.on, **told).rule
            break
        planned = plan_change(rows[-1], RuleValues(minimum=edit.minimum), valid_from=edit.on, **told)
        rows = planned.applied_to(rows)
        rows[-1].pk = len(rows)
    return rows


histories = st.lists(st.tuples(days, st.booleans(), st.none() | st.just(0)), min_size=1, max_size=5)


@given(histories, days, days)
def test_after_any_number_of_changes_a_case_keeps_what_the_office_said(
    history: list[tuple[date, bool, int | None]], one: date, other: date
) -> None:
    distinct = sorted({item[0]: item for item in history}.values())
    edits = [Edit(*item) for item in distinct]
    edits = [
        replace(edit, minimum=None if edit.minimum is None and index else index + 1)
        for index, edit in enumerate(edits)
    ]
    last = next((index for index, edit in enumerate(edits) if edit.minimum is None), len(edits))
    edits = edits[: last + 1]
    opened_on, on = sorted((one, other))
    held = rules_for(rows_of(edits), TYPE, "permitted", opened_on=opened_on, on=on)
    expected = minimum_as_told(edits, opened_on, on)
    assert [item.minimum for item in held] == ([] if expected is None else [expected])


def test_a_migration_keeps_old_rules_for_all_cases(zone: Zone) -> None:
    old = gate_rule("permit", starts_for="new", ends_for="new")
    migration = import_module("wutong.cases.migrations.0005_gates_for_running_cases")
    migration.keep_holding(apps, None)
    old.refresh_from_db()
    assert (old.starts_for, old.ends_for) == ("all", "all")


def test_running_cases_keep_the_edition_of_their_time(zone: Zone) -> None:
    running = errand(zone, on=MONDAY)
    change_day = MONDAY + timedelta(days=1)
    gate_rule("permit", valid_from=change_day, starts_for="new")
    new = errand(zone, on=change_day)
    do(running, "permit", zone.host, on=MONDAY + timedelta(days=3))
    assert lacking(new, zone, on=MONDAY + timedelta(days=3)) == ["许可证"]


def test_a_rule_that_ends_for_new_cases_goes_on_for_running_ones(zone: Zone) -> None:
    gate_rule("permit", valid_to=MONDAY, ends_for="new")
    running, new = errand(zone, on=MONDAY), errand(zone, on=MONDAY + timedelta(days=1))
    later = MONDAY + timedelta(days=3)
    assert lacking(running, zone, on=later) == ["许可证"]
    do(new, "permit", zone.host, on=later)


def test_rules_of_other_types_are_not_read(zone: Zone) -> None:
    gate_rule("permit")
    assert rules_of(["something_else"]) == []
    assert [item.item for item in rules_of([TYPE])] == ["permit"]
