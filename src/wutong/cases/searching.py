"""How cases are found: by title and number, among those that somebody can be permitted to see at all.

Each entry carries who could see its case (`reach`): the type, the units and people that hold or held it or its parent,
its firm. That narrows a search down before the policy judges every single hit; it never permits anything.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from django.db.models import Q

from wutong.base.search.services import Document, declare_documents
from wutong.cases.models import Assignment, Case, Change
from wutong.cases.procedures import FOLLOW_VERB, OPEN_VERB

KIND = "case"


def type_token(case_type: str) -> str:
    return f".t{case_type}"


def unit_token(unit_id: int) -> str:
    return f".u{unit_id}"


def person_token(official_id: int) -> str:
    return f".o{official_id}"


def firm_token(enterprise_id: int) -> str:
    return f".e{enterprise_id}"


def case_documents(keys: Sequence[int]) -> Iterator[Document]:
    """Of the cases and of those below them, which are seen by whoever sees the parent."""
    cases = list(
        Case.objects.filter(Q(pk__in=keys) | Q(parent__in=keys)).select_related("parent").defer("head_mac")
    )
    held: dict[int, set[str]] = defaultdict(set)
    ids = {case.pk for case in cases} | {case.parent_id for case in cases if case.parent_id}
    seats = Assignment.objects.filter(case__in=ids).values_list("case_id", "unit_id", "person_id")
    for case_id, unit_id, person_id in seats:
        held[case_id].add(unit_token(unit_id))
        if person_id is not None:
            held[case_id].add(person_token(person_id))
    for case in cases:
        reach = {type_token(case.case_type)} | held[case.pk]
        if case.enterprise_id:
            reach.add(firm_token(case.enterprise_id))
        if case.parent is not None:
            reach |= held[case.parent.pk] | {type_token(case.parent.case_type)}
            if case.parent.enterprise_id:
                reach.add(firm_token(case.parent.enterprise_id))
        yield Document(KIND, case.pk, (case.title,), (case.number,), tuple(reach), is_many=True)


def keys_to_refresh(changes: Iterable[Change]) -> list[int]:
    """Cases whose title, number or reach followed from one of the changes."""
    return [
        change.case_id
        for change in changes
        if change.verb in {OPEN_VERB, FOLLOW_VERB}
        or change.snapshot.get("holders")
        or change.snapshot.get("released")
    ]


def declare() -> None:
    declare_documents(KIND, case_documents)
