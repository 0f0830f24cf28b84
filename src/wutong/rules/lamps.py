"""Which lamp a thing shows, and by which rule. Pure: the rule set, the readings and the excuse come in from outside.

Cities differ in what they measure and where they draw the line (10 to 30 points behind plan; 2, 3 or 6 months without
progress), therefore a lamp rule is a row of data: of this metric, past this line, in this group and from this size
on, the lamp has this colour. Rules of one edition stand together in a rule set with its days. What another edition
would say is asked with the same function and another rule set.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Literal

Number = int | Fraction | Decimal
"""Exact numbers only. A float is refused: 0.1 + 0.2 would lie past a line at 0.3."""
Readings = Mapping[str, Sequence[Number | None]]
"""Per metric its values by period, newest first; a count of days has one. None: nothing is known."""
Comparator = Literal["over", "at_least", "under", "at_most"]
RuleColour = Literal["red", "yellow"]
Colour = Literal["red", "yellow", "green", "grey", "pause"]
Cause = Literal["", "no_rule_set", "no_rule", "no_data"]

SEVERITY: Mapping[str, int] = {"red": 0, "yellow": 1}


@dataclass(frozen=True)
class LampRule:
    """One row: the lamp of `group` shows `colour` when `metric` is past `threshold`.

    `threshold` is in the unit of the metric. `band_from_yuan` is the lower end of the size band. `consecutive` periods
    must all be past the line. With `excuse_allowed` an excuse (a suspended project) keeps the lamp from turning.
    `action` is a code of what has to follow, within `deadline_days` calendar days; None means no deadline.
    `clause` is the article of the source.
    """

    metric: str
    comparator: Comparator
    threshold: Number
    colour: RuleColour
    group: str
    band_from_yuan: int = 0
    consecutive: int = 1
    excuse_allowed: bool = True
    action: str = ""
    deadline_days: int | None = None
    clause: str = ""

    def __post_init__(self) -> None:
        _refuse_float(self.threshold)
        if self.consecutive < 1:
            raise ValueError("a rule looks at one period at least")

    @property
    def is_upward(self) -> bool:
        """Whether larger values are worse."""
        return self.comparator in {"over", "at_least"}

    def is_past(self, value: Number) -> bool:
        """Whether one value lies past the line."""
        if self.comparator == "over":
            return value > self.threshold
        if self.comparator == "at_least":
            return value >= self.threshold
        if self.comparator == "under":
            return value < self.threshold
        return value <= self.threshold

    def is_met(self, values: Sequence[Number | None]) -> bool:
        """Whether the newest `consecutive` values are all known and past the line."""
        recent = values[: self.consecutive]
        return len(recent) == self.consecutive and all(
            value is not None and self.is_past(value) for value in recent
        )

    def comes_before(self, other: "LampRule") -> bool:
        """Whether a value that grows worse passes this line before the other one. Both lines have one direction."""
        sign = 1 if self.is_upward else -1
        return (sign * Fraction(self.threshold), self.comparator in {"over", "under"}) < (
            sign * Fraction(other.threshold),
            other.comparator in {"over", "under"},
        )


@dataclass(frozen=True)
class RuleSet:
    """The rules of one edition, in order. `valid_to` is its last day; None while no later edition is published."""

    subject: str
    edition: str
    valid_from: date | None
    valid_to: date | None
    rules: tuple[LampRule, ...]

    def is_in_force(self, on: date) -> bool:
        """A draft has no first day and is never in force."""
        if self.valid_from is None or on < self.valid_from:
            return False
        return self.valid_to is None or on <= self.valid_to

    @cached_property
    def metrics(self) -> frozenset[str]:
        """What has to be measured."""
        return frozenset(rule.metric for rule in self.rules)

    @cached_property
    def _by_group(self) -> dict[str, list[LampRule]]:
        found: dict[str, list[LampRule]] = {}
        for rule in self.rules:
            found.setdefault(rule.group, []).append(rule)
        return found

    def rules_for(self, group: str, amount_yuan: int) -> list[LampRule]:
        """The rules that apply to a thing of that size, in order: of each metric those of the largest band that the
        amount reaches."""
        reached = [rule for rule in self._by_group.get(group, ()) if rule.band_from_yuan <= amount_yuan]
        bands: dict[str, int] = {}
        for rule in reached:
            bands[rule.metric] = max(rule.band_from_yuan, bands.get(rule.metric, rule.band_from_yuan))
        return [rule for rule in reached if rule.band_from_yuan == bands[rule.metric]]


@dataclass(frozen=True)
class Lamp:
    """What a lamp shows, and why.

    `rule` decides; `metric` is what it measures, `value` the newest reading and `over` by how much that lies past the
    line (both in the unit of the metric). A lamp that an excuse keeps from turning is "pause" and keeps the rule that
    it is excused from; `excused` stays visible as well where the rule knows no excuse. `cause` says why a lamp is grey.
    """

    colour: Colour
    rule: LampRule | None = None
    metric: str = ""
    value: Number | None = None
    over: Number = 0
    excused: bool = False
    cause: Cause = ""


def judge_lamp(
    rule_set: RuleSet | None, group: str, amount_yuan: int, readings: Readings, excused: bool = False
) -> Lamp:
    """The worst colour decides (red, then yellow, then green); of equal colours the rule that stands first.

    Grey when there is no rule set, no rule for the group and size, or no reading of any metric they ask for.
    Raises TypeError for a reading that is a float.
    """
    rules = [] if rule_set is None else rule_set.rules_for(group, amount_yuan)
    met = [rule for rule in rules if rule.is_met(_values(rule, readings))]
    if excused:
        binding = [rule for rule in met if not rule.excuse_allowed]
        return _lit(binding, readings, excused=True) or _paused(met, readings)
    return _lit(met, readings) or _unlit(rule_set, rules, readings)


def _values(rule: LampRule, readings: Readings) -> Sequence[Number | None]:
    values = readings.get(rule.metric, ())
    for value in values:
        _refuse_float(value)
    return values


def _refuse_float(value: object) -> None:
    if isinstance(value, float):
        raise TypeError("lines and readings are exact numbers, not floats")


def _worst(rules: Sequence[LampRule]) -> LampRule | None:
    return min(rules, key=lambda rule: SEVERITY[rule.colour], default=None)


def _lit(rules: Sequence[LampRule], readings: Readings, *, excused: bool = False) -> Lamp | None:
    rule = _worst(rules)
    if rule is None:
        return None
    value = _newest(rule, readings)
    return Lamp(rule.colour, rule, rule.metric, value, _past_by(rule, value), excused)


def _paused(rules: Sequence[LampRule], readings: Readings) -> Lamp:
    rule = _worst(rules)
    if rule is None:
        return Lamp("pause", excused=True)
    value = _newest(rule, readings)
    return Lamp("pause", rule, rule.metric, value, _past_by(rule, value), excused=True)


def _unlit(rule_set: RuleSet | None, rules: Sequence[LampRule], readings: Readings) -> Lamp:
    if rule_set is None:
        return Lamp("grey", cause="no_rule_set")
    if not rules:
        return Lamp("grey", cause="no_rule")
    if not any(_is_known(rule, readings) for rule in rules):
        return Lamp("grey", cause="no_data")
    return Lamp("green")


def _is_known(rule: LampRule, readings: Readings) -> bool:
    values = readings.get(rule.metric, ())
    return bool(values) and values[0] is not None


def _newest(rule: LampRule, readings: Readings) -> Number:
    value = readings[rule.metric][0]
    assert value is not None, "a rule that is met has a reading"
    return value


def _past_by(rule: LampRule, value: Number) -> Number:
    if isinstance(value, int) and isinstance(rule.threshold, int):
        return abs(value - rule.threshold)
    return abs(Fraction(value) - Fraction(rule.threshold))
