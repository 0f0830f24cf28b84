"""Which procedures there are. Ledgers register theirs when the product starts; the engine names no ledger."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wutong.cases.clocks.declared import Rung
from wutong.cases.gates import GateFacts
from wutong.cases.models import Case, CaseDetail, Change, Clock
from wutong.cases.procedures import Procedure, faults_of_procedure
from wutong.registers.organisation.actors import Actor

FactsOfDetail = Callable[[Any, Mapping[str, int], Mapping[str, int]], GateFacts]
Reaction = Callable[[Case, Change, Actor, datetime], None]
RungReaction = Callable[[Case, Clock, Rung | None, Change, datetime], None]
"""Case, clock, the rung that was reached (None: the limit itself), its change, and the moment of the sweep."""


def _only_documents(_detail: Any, handed_in: Mapping[str, int], verified: Mapping[str, int]) -> GateFacts:
    return GateFacts(handed_in=handed_in, verified=verified)


@dataclass(frozen=True)
class CaseType:
    """A registered type: its procedure, its detail row and what its gates look at.

    `facts_of_detail` makes gate facts of a detail row and the numbers of documents handed in and verified;
    `related` are the relations of the detail row that it reads.
    """

    procedure: Procedure
    detail: type[CaseDetail]
    facts_of_detail: FactsOfDetail = _only_documents
    related: tuple[str, ...] = ()


_types: dict[tuple[str, int], CaseType] = {}
_latest: dict[str, CaseType] = {}
_rung_reactions: list[RungReaction] = []
_reactions: dict[tuple[str, str], list[Reaction]] = {}


def register(case_type: CaseType) -> None:
    """Raises ValueError for a declaration that cannot work, so that it never starts."""
    procedure = case_type.procedure
    faults = faults_of_procedure(procedure)
    if faults:
        raise ValueError(f"{procedure.case_type}: " + "; ".join(faults))
    _types[procedure.case_type, procedure.version] = case_type
    latest = _latest.get(procedure.case_type)
    if latest is None or latest.procedure.version <= procedure.version:
        _latest[procedure.case_type] = case_type


def unregister(case_type: str) -> None:
    """Take a type out again; for a ledger that is switched off while the process runs (tests)."""
    _latest.pop(case_type, None)
    for key in [key for key in _types if key[0] == case_type]:
        del _types[key]


def case_type_of(case: Case) -> CaseType:
    return _types[case.case_type, case.procedure_version]


def find_type(case_type: str, version: int) -> CaseType | None:
    return _types.get((case_type, version))


def latest(case_type: str) -> CaseType:
    return _latest[case_type]


def all_types() -> list[CaseType]:
    return list(_latest.values())


def react_to(case_type: str, verb: str) -> Callable[[Reaction], Reaction]:
    """Declare what else happens, in the same transaction, when a case of a type takes a verb."""

    def add(reaction: Reaction) -> Reaction:
        known = _reactions.setdefault((case_type, verb), [])
        if reaction not in known:
            known.append(reaction)
        return reaction

    return add


def reactions_to(case: Case, change: Change) -> Sequence[Reaction]:
    return _reactions.get((case.case_type, change.verb), ())


def react_to_rungs(reaction: RungReaction) -> RungReaction:
    """Declare what else happens, in the same transaction, when a clock reaches a rung."""
    if reaction not in _rung_reactions:
        _rung_reactions.append(reaction)
    return reaction


def rung_reactions() -> Sequence[RungReaction]:
    return tuple(_rung_reactions)
