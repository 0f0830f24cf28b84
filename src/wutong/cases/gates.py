"""One gate, one definition: what must be there before a case enters a state.

The same evaluation serves the form, the API, the import and the "what is missing" panel.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from django.db.models import Q

from wutong.cases.models import Case, Evidence, GateRule

GateState = Literal["ok", "waiting", "missing"]


@dataclass(frozen=True)
class GateFacts:
    """What is known of one case: field values, its size, and per kind of document how many were handed in and
    how many of these somebody else has verified."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    size_yuan: int = 0
    handed_in: Mapping[str, int] = field(default_factory=dict)
    verified: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class GateItem:
    """One line of "what is missing". `waiting` means handed in, not yet verified by somebody else."""

    kind: str
    item: str
    label: str
    state: GateState
    provider: str
    edition: str


def rules_on(case_types: Iterable[str], on: date) -> list[GateRule]:
    """Rules in force on a day, one query."""
    return rules_between(case_types, on, on)


def rules_between(case_types: Iterable[str], first: date, last: date) -> list[GateRule]:
    """Rules in force on some day from `first` to `last`, one query."""
    return list(
        GateRule.objects.filter(case_type__in=set(case_types), valid_from__lte=last)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gte=first))
        .order_by("order", "pk")
    )


def holds_on(rule: GateRule, on: date) -> bool:
    return rule.valid_from <= on and (rule.valid_to is None or rule.valid_to >= on)


def evaluate(rules: Iterable[GateRule], facts: GateFacts) -> list[GateItem]:
    """Every item of a gate for one case. Of rules for the same item, the one of the largest band holds; of these,
    the one that came into force last."""
    chosen: dict[str, GateRule] = {}
    for rule in rules:
        if rule.band_from_yuan > facts.size_yuan:
            continue
        present = chosen.get(rule.item)
        if present is None or _precedence(rule) > _precedence(present):
            chosen[rule.item] = rule
    return [
        GateItem(rule.kind, rule.item, rule.label, _state(rule, facts), rule.provider, rule.edition)
        for rule in chosen.values()
    ]


def _precedence(rule: GateRule) -> tuple[int, date]:
    return rule.band_from_yuan, rule.valid_from


def _state(rule: GateRule, facts: GateFacts) -> GateState:
    if rule.kind == "field":
        return "missing" if facts.fields.get(rule.item) in (None, "") else "ok"
    if rule.kind == "count":
        return "ok" if int(facts.fields.get(rule.item) or 0) >= rule.minimum else "missing"
    if facts.verified.get(rule.item, 0) >= rule.minimum:
        return "ok"
    if facts.handed_in.get(rule.item, 0) >= rule.minimum:
        return "waiting"
    return "missing"


def missing(items: Iterable[GateItem]) -> list[GateItem]:
    return [item for item in items if item.state != "ok"]


def counted_evidence(cases: Sequence[Case]) -> dict[int, tuple[dict[str, int], dict[str, int]]]:
    """Per case the handed-in and the verified number of each kind of document, two queries for all cases.

    A document counts as verified when the last check on it accepted it.
    """
    counts: dict[int, tuple[dict[str, int], dict[str, int]]] = {case.pk: ({}, {}) for case in cases}
    evidence = Evidence.objects.filter(case__in=counts).prefetch_related("checks")
    for item in evidence:
        handed_in, verified = counts[item.case_id]
        checks = sorted(item.checks.all(), key=lambda check: check.pk)
        if checks and not checks[-1].is_accepted:
            continue
        handed_in[item.kind] = handed_in.get(item.kind, 0) + 1
        if checks:
            verified[item.kind] = verified.get(item.kind, 0) + 1
    return counts
