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
    """Of the cases and of those below them, which are seen by whoever sees the parent. Two queries."""
    cases = list(Case.objects.filter(Q(pk__in=keys) | Q(parent__in=keys)).select_related("parent"))
    ids = {case.pk for case in cases} | {case.parent_id for case in cases if case.parent_id}
    held: dict[int, list[Assignment]] = defaultdict(list)
    for seat in Assignment.objects.filter(case__in=ids).only("case_id", "unit_id", "person_id"):
        held[seat.case_id].append(seat)
    for case in cases:
        yield case_document(case, held[case.pk], held[case.parent_id] if case.parent_id else ())


def case_document(case: Case, seats: Iterable[Assignment], parent_seats: Iterable[Assignment]) -> Document:
    """Without a query, when the case has its parent at hand. Open and past assignments count alike."""
    reach = _reach(case, seats)
    if case.parent is not None:
        reach |= _reach(case.parent, parent_seats)
    return Document(KIND, case.pk, (case.title,), (case.number,), tuple(reach), is_many=True)


def _reach(case: Case, seats: Iterable[Assignment]) -> set[str]:
    reach = {type_token(case.case_type)}
    if case.enterprise_id:
        reach.add(firm_token(case.enterprise_id))
    for seat in seats:
        reach.add(unit_token(seat.unit_id))
        if seat.person_id is not None:
            reach.add(person_token(seat.person_id))
    return reach


def keys_to_refresh(changes: Iterable[Change]) -> list[int]:
    """Cases that were there before and whose reach followed from one of the changes."""
    return [
        change.case_id
        for change in changes
        if change.verb == FOLLOW_VERB
        or (
            change.verb != OPEN_VERB
            and any(change.snapshot.get(name) for name in ("holders", "released", "enterprise"))
        )
    ]


def declare() -> None:
    declare_documents(KIND, case_documents, Case)
