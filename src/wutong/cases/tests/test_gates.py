"""One gate, read alike everywhere: what must be there before a state is entered."""

from datetime import date, timedelta

import pytest

from wutong.base.errors import MissingItems
from wutong.cases.act import act_many
from wutong.cases.gates import GateFacts, evaluate, missing, rules_on
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


@pytest.mark.parametrize(("value", "state"), [(None, "missing"), (2, "missing"), (3, "ok"), (4, "ok")])
def test_a_count_has_to_reach_its_minimum(value: object, state: str) -> None:
    found = states([rule("visits", "count", minimum=3)], GateFacts(fields={"visits": value}))
    assert found == {"visits": state}


def test_two_documents_of_which_one_is_verified_wait(zone: Zone) -> None:
    facts = GateFacts(handed_in={"permit": 2}, verified={"permit": 1})
    items = evaluate([rule(minimum=2)], facts)
    assert [item.state for item in items] == ["waiting"]
    assert missing(items) == items


def test_rules_of_other_types_are_not_read(zone: Zone) -> None:
    gate_rule("permit")
    assert rules_on(["something_else"], MONDAY) == []
    assert [item.item for item in rules_on([TYPE], MONDAY)] == ["permit"]
