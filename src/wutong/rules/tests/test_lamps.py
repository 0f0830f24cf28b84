"""Lamps as sentences, and what holds for every rule set. No database."""

import random
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wutong.rules.lamps import Comparator, LampRule, RuleSet, judge_lamp

RANK = {"red": 0, "yellow": 1, "green": 2}
YELLOW = LampRule("days", "over", 60, "yellow", "signed", clause="第1条")
RED = LampRule("days", "over", 120, "red", "signed", clause="第2条")


def rule_set(*rules: LampRule) -> RuleSet:
    return RuleSet("example", "第一版", date(2024, 1, 1), None, rules)


def days(value: int | None) -> dict[str, list[int | None]]:
    return {"days": [value]}


@pytest.mark.parametrize(
    ("comparator", "colours"),
    [
        ("over", ["green", "green", "red"]),
        ("at_least", ["green", "red", "red"]),
        ("under", ["red", "green", "green"]),
        ("at_most", ["red", "red", "green"]),
    ],
)
def test_each_comparator_has_its_own_side_of_the_line(comparator: Comparator, colours: list[str]) -> None:
    rules = rule_set(LampRule("days", comparator, 10, "red", "signed"))
    assert [judge_lamp(rules, "signed", 0, days(value)).colour for value in (9, 10, 11)] == colours


def test_a_lamp_says_by_which_rule_and_by_how_much() -> None:
    lamp = judge_lamp(rule_set(YELLOW, RED), "signed", 0, days(150))
    assert (lamp.colour, lamp.rule, lamp.metric, lamp.value, lamp.over) == ("red", RED, "days", 150, 30)


def test_the_worst_colour_decides_and_of_equal_ones_the_first() -> None:
    idle = LampRule("idle", "over", 5, "yellow", "signed")
    both = {"days": [61], "idle": [99]}
    assert judge_lamp(rule_set(idle, YELLOW, RED), "signed", 0, both).rule == idle
    assert judge_lamp(rule_set(YELLOW, idle, RED), "signed", 0, both).rule == YELLOW
    assert judge_lamp(rule_set(idle, YELLOW, RED), "signed", 0, {"days": [121], "idle": [9]}).rule == RED


def test_grey_says_what_is_missing() -> None:
    assert judge_lamp(None, "signed", 0, days(500)).cause == "no_rule_set"
    assert judge_lamp(rule_set(YELLOW), "started", 0, days(500)).cause == "no_rule"
    lamp = judge_lamp(rule_set(YELLOW), "signed", 0, days(None))
    assert (lamp.colour, lamp.cause) == ("grey", "no_data")
    assert judge_lamp(rule_set(YELLOW), "signed", 0, {}).cause == "no_data"


def test_one_metric_with_data_is_enough_to_be_green() -> None:
    points = LampRule("points", "at_least", 10, "yellow", "signed")
    assert judge_lamp(rule_set(points, YELLOW), "signed", 0, days(3)).colour == "green"


def test_the_largest_band_that_is_reached_counts() -> None:
    rules = rule_set(
        LampRule("days", "over", 10, "red", "signed"),
        LampRule("days", "over", 50, "red", "signed", band_from_yuan=1000),
    )
    assert judge_lamp(rules, "signed", 999, days(11)).colour == "red"
    assert judge_lamp(rules, "signed", 1000, days(11)).colour == "green"
    assert judge_lamp(rules, "signed", 1000, days(51)).colour == "red"


def test_a_band_of_one_metric_leaves_the_rules_of_the_others_in_force() -> None:
    rules = rule_set(
        LampRule("idle", "over", 10, "red", "signed"),
        LampRule("days", "over", 50, "red", "signed", band_from_yuan=1000),
    )
    assert judge_lamp(rules, "signed", 5000, {"days": [1], "idle": [11]}).metric == "idle"


def test_below_the_lowest_band_no_rule_applies() -> None:
    rules = rule_set(LampRule("days", "over", 10, "red", "signed", band_from_yuan=1000))
    assert judge_lamp(rules, "signed", 999, days(11)).cause == "no_rule"


def test_consecutive_periods_must_all_be_past_the_line() -> None:
    rules = rule_set(LampRule("output", "under", 80, "red", "signed", consecutive=3))

    def colour(*values: int | None) -> str:
        return judge_lamp(rules, "signed", 0, {"output": values}).colour

    assert colour(79, 70, 60) == "red"
    assert colour(79, 80, 60) == "green"
    assert colour(79, None, 60) == "green"
    assert colour(79, 70) == "green"
    assert colour(79, 70, 60, 100) == "red"
    assert colour(None, 70, 60) == "grey"


def test_an_excuse_pauses_the_lamp_and_stays_visible() -> None:
    lamp = judge_lamp(rule_set(YELLOW, RED), "signed", 0, days(150), excused=True)
    assert (lamp.colour, lamp.excused, lamp.rule, lamp.over) == ("pause", True, RED, 30)
    assert judge_lamp(rule_set(YELLOW), "signed", 0, days(1), excused=True).colour == "pause"
    assert judge_lamp(None, "signed", 0, days(1), excused=True).colour == "pause"


def test_a_rule_without_excuse_lights_in_spite_of_it() -> None:
    strict = LampRule("days", "over", 100, "yellow", "signed", excuse_allowed=False)
    lamp = judge_lamp(rule_set(RED, strict), "signed", 0, days(150), excused=True)
    assert (lamp.colour, lamp.rule, lamp.excused) == ("yellow", strict, True)


def test_lines_are_exact() -> None:
    third = rule_set(LampRule("points", "over", Fraction(100, 3), "red", "signed"))
    assert judge_lamp(third, "signed", 0, {"points": [Fraction(100, 3)]}).colour == "green"
    tenth = rule_set(LampRule("points", "over", Decimal("0.3"), "red", "signed"))
    lamp = judge_lamp(tenth, "signed", 0, {"points": [Fraction(31, 100)]})
    assert (lamp.colour, lamp.over) == ("red", Fraction(1, 100))


def test_floats_are_refused() -> None:
    with pytest.raises(TypeError):
        LampRule("days", "over", 0.3, "red", "signed")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        judge_lamp(rule_set(RED), "signed", 0, {"days": [0.3]})  # type: ignore[list-item]


def test_an_edition_is_in_force_from_its_first_to_its_last_day() -> None:
    edition = RuleSet("example", "第一版", date(2024, 1, 1), date(2024, 4, 30), ())
    asked = [date(2023, 12, 31), date(2024, 1, 1), date(2024, 4, 30), date(2024, 5, 1)]
    assert [edition.is_in_force(day) for day in asked] == [False, True, True, False]
    assert not RuleSet("example", "草稿", None, None, ()).is_in_force(date(2024, 1, 1))


# ---- what holds for every rule set --------------------------------------------------------------------------------

values = st.one_of(st.integers(-50, 400), st.fractions(-50, 400, max_denominator=30))


def rules_with(comparators: list[Comparator]) -> st.SearchStrategy[list[LampRule]]:
    return st.lists(
        st.builds(
            LampRule,
            metric=st.just("days"),
            comparator=st.sampled_from(comparators),
            threshold=values,
            colour=st.sampled_from(["red", "yellow"]),
            group=st.just("signed"),
            band_from_yuan=st.sampled_from([0, 10, 100]),
            excuse_allowed=st.booleans(),
        ),
        min_size=1,
        max_size=8,
    )


UPWARD: list[Comparator] = ["over", "at_least"]
DOWNWARD: list[Comparator] = ["under", "at_most"]


@given(rules_with(UPWARD), values, values, st.integers(0, 200))
def test_a_larger_value_is_never_better_where_larger_is_worse(
    rules: list[LampRule], one: Fraction, other: Fraction, amount: int
) -> None:
    low, high = sorted([one, other])
    lower, higher = (judge_lamp(rule_set(*rules), "signed", amount, {"days": [v]}) for v in (low, high))
    if lower.colour == "grey":
        assert higher == lower
    else:
        assert RANK[higher.colour] <= RANK[lower.colour]


@given(rules_with(DOWNWARD), values, values)
def test_a_smaller_value_is_never_better_where_smaller_is_worse(
    rules: list[LampRule], one: Fraction, other: Fraction
) -> None:
    low, high = sorted([one, other])
    lower, higher = (judge_lamp(rule_set(*rules), "signed", 500, {"days": [v]}) for v in (low, high))
    assert RANK[lower.colour] <= RANK[higher.colour]


@given(rules_with(UPWARD + DOWNWARD), values, st.integers(0, 200), st.booleans(), st.randoms())
def test_the_order_of_rows_never_changes_the_colour(
    rules: list[LampRule], value: Fraction, amount: int, excused: bool, dice: random.Random
) -> None:
    mixed = dice.sample(rules, len(rules))
    one, other = (
        judge_lamp(rule_set(*rows), "signed", amount, {"days": [value]}, excused) for rows in (rules, mixed)
    )
    assert one.colour == other.colour


@given(rules_with(UPWARD + DOWNWARD), values, st.integers(0, 200))
def test_the_colour_is_that_of_the_rows_of_the_largest_band_reached(
    rules: list[LampRule], value: Fraction, amount: int
) -> None:
    """Said anew: look for the band, then for the worst row of it whose condition holds."""
    holds: dict[str, Callable[[LampRule], bool]] = {
        "over": lambda rule: value > rule.threshold,
        "at_least": lambda rule: value >= rule.threshold,
        "under": lambda rule: value < rule.threshold,
        "at_most": lambda rule: value <= rule.threshold,
    }
    bands = [rule.band_from_yuan for rule in rules if rule.band_from_yuan <= amount]
    rows = [rule for rule in rules if bands and rule.band_from_yuan == max(bands)]
    lit = {rule.colour for rule in rows if holds[rule.comparator](rule)}
    expected = "red" if "red" in lit else "yellow" if "yellow" in lit else "green" if rows else "grey"
    assert judge_lamp(rule_set(*rules), "signed", amount, {"days": [value]}).colour == expected


@given(rules_with(UPWARD), values)
def test_of_two_lines_the_one_that_comes_before_is_met_whenever_the_other_is(
    rules: list[LampRule], value: Fraction
) -> None:
    for one in rules:
        for other in rules:
            if one.comes_before(other) and other.is_past(value):
                assert one.is_past(value)
