"""What the gates look at, for a set of cases: the number of queries does not grow with the set."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from wutong.cases.gates import GateFacts, counted_evidence, evaluate, missing, rules_for
from wutong.cases.models import Case, CaseDetail, GateRule
from wutong.cases.registry import CaseType

Documents = Mapping[int, tuple[Mapping[str, int], Mapping[str, int]]]
"""Per case the numbers of documents handed in and verified, by kind."""


def facts_of_set(
    kind: CaseType,
    members: Sequence[tuple[Case, CaseDetail]],
    documents: Documents,
    rules: Iterable[GateRule],
) -> dict[int, GateFacts]:
    """Facts by key of the case. What is counted is read only when one of the rules asks for a number."""
    facts = {case.pk: kind.facts_of_detail(detail, *documents[case.pk]) for case, detail in members}
    if kind.gate_counts is None or all(rule.kind != "count" for rule in rules):
        return facts
    counted = kind.gate_counts([case for case, _detail in members])
    return {pk: replace(found, counts={**found.counts, **counted.get(pk, {})}) for pk, found in facts.items()}


def newly_lacking(
    kind: CaseType,
    members: Sequence[tuple[Case, CaseDetail]],
    before: Sequence[GateRule],
    after: Sequence[GateRule],
    state: str,
    on: date,
) -> list[Case]:
    """Cases that would lack something under other rules which they do not lack now, if they entered a state on a day. The
    number of queries does not grow with the cases."""
    documents = counted_evidence([case for case, _detail in members])
    facts = facts_of_set(kind, members, documents, [*before, *after])

    def lacking(case: Case, rules: Sequence[GateRule]) -> set[tuple[str, str]]:
        held = rules_for(rules, case.case_type, state, opened_on=case.opened_on, on=on)
        return {(item.kind, item.item) for item in missing(evaluate(held, facts[case.pk]))}

    return [case for case, _detail in members if lacking(case, after) - lacking(case, before)]
