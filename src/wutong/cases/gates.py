"""One gate, one definition: what must be there before a case enters a state.

The same evaluation serves the form, the API, the import, the "what is missing" panel and the page on which an office
changes the rules.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from django.utils.translation import gettext as _

from wutong.cases.models import Case, Evidence, GateRule

GateState = Literal["ok", "waiting", "missing"]


@dataclass(frozen=True)
class GateFacts:
    """What is known of one case: field values, numbers of what is counted, its size, and per kind of document how many
    were handed in and how many of these somebody else has verified."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    size_yuan: int = 0
    handed_in: Mapping[str, int] = field(default_factory=dict)
    verified: Mapping[str, int] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class GateItem:
    """One line of "what is missing". `waiting` means handed in, not yet verified by somebody else."""

    kind: str
    item: str
    label: str
    state: GateState
    provider: str
    edition: str

    @property
    def words(self) -> str:
        """The label as every door says it: form, API, import and panel."""
        return self.label + (_("（已交，待他人核验）") if self.state == "waiting" else "")


def rules_of(case_types: Iterable[str]) -> list[GateRule]:
    """All rules of some case types, past and future ones too, one query: an office writes dozens, not thousands."""
    return list(GateRule.objects.filter(case_type__in=set(case_types)).order_by("order", "pk"))


def holds_on(rule: GateRule, opened_on: date, on: date) -> bool:
    """Whether a rule holds for a case that was opened on a day and enters the state on another.

    Its beginning and its end each compare with the day of opening, or, where the office wants running cases to follow,
    with the day of entering.
    """
    begins, ends = (
        opened_on if wanted == GateRule.For.NEW else on for wanted in (rule.starts_for, rule.ends_for)
    )
    return rule.valid_from <= begins and (rule.valid_to is None or ends <= rule.valid_to)


def rules_for(
    rules: Iterable[GateRule], case_type: str, state: str, *, opened_on: date, on: date
) -> list[GateRule]:
    """The rules that one case has to keep when it enters a state on a day, of all rules of its type."""
    own = [rule for rule in rules if rule.case_type == case_type and rule.state == state]
    following = {rule.replaces_id: rule for rule in own if rule.replaces_id}
    return [rule for rule in own if holds_on(rule, opened_on, on) and not _is_overtaken(rule, following, on)]


def _is_overtaken(rule: GateRule, following: Mapping[int, GateRule], on: date) -> bool:
    """Whether a later change of the same demand was made for running cases too: then an older row that went on for the
    cases of its time has come to its end with it."""
    later = following.get(rule.pk)
    while later is not None:
        begun_for_all = later.starts_for == GateRule.For.ALL and later.valid_from <= on
        ended_for_all = (
            later.ends_for == GateRule.For.ALL and later.valid_to is not None and later.valid_to < on
        )
        if begun_for_all or ended_for_all:
            return True
        later = following.get(later.pk) if later.pk else None
    return False


def evaluate(rules: Iterable[GateRule], facts: GateFacts) -> list[GateItem]:
    """Every item of a gate for one case. Of rules for the same item, the one of the largest band holds; of these,
    the one that came into force last."""
    chosen: dict[tuple[str, str], GateRule] = {}
    for rule in rules:
        if rule.band_from_yuan > facts.size_yuan:
            continue
        key = _source(rule.kind), rule.item
        present = chosen.get(key)
        if present is None or _precedence(rule) > _precedence(present):
            chosen[key] = rule
    return [
        GateItem(rule.kind, rule.item, rule.label, _state(rule, facts), rule.provider, rule.edition)
        for rule in chosen.values()
    ]


def _source(kind: str) -> str:
    """Documents and approvals are both files: a rule for one takes the place of one for the other."""
    return "document" if kind == "approval" else kind


def _precedence(rule: GateRule) -> tuple[int, date]:
    return rule.band_from_yuan, rule.valid_from


def _state(rule: GateRule, facts: GateFacts) -> GateState:
    if rule.kind == "field":
        return "missing" if facts.fields.get(rule.item) in (None, "") else "ok"
    if rule.kind == "count":
        return "ok" if int(facts.counts.get(rule.item) or 0) >= rule.minimum else "missing"
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
