"""Which procedures there are. Ledgers register theirs when the product starts; the engine names no ledger."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wutong.cases.clocks.declared import Rung
from wutong.cases.gates import GateFacts
from wutong.cases.models import Case, CaseDetail, Change, Clock
from wutong.cases.procedures import Procedure, Text, faults_of_procedure
from wutong.registers.organisation.actors import Actor

FactsOfDetail = Callable[[Any, Mapping[str, int], Mapping[str, int]], GateFacts]
GateCounts = Callable[[Sequence[Case]], Mapping[int, Mapping[str, int]]]
"""Numbers per case, by the key of the case, with a number of queries that does not grow with the set."""
Reaction = Callable[[Case, Change, Actor, datetime], None]
SetReaction = Callable[[Sequence[tuple[Case, Change]], Actor, datetime], None]
RungReaction = Callable[[Case, Clock, Rung | None, Change, datetime], None]
"""Case, clock, the rung that was reached (None: the limit itself), its change, and the moment of the sweep."""


def _only_documents(_detail: Any, handed_in: Mapping[str, int], verified: Mapping[str, int]) -> GateFacts:
    return GateFacts(handed_in=handed_in, verified=verified)


@dataclass(frozen=True)
class CaseType:
    """A registered type: its procedure, its detail row and what its gates look at.

    `facts_of_detail` makes gate facts of a detail row and the numbers of documents handed in and verified;
    `related` are the relations of the detail row that it reads. `gate_counts` reads what is counted, for a set of cases.
    `gate_fields` and `gate_numbers` name the fields and numbers that an office may demand, with their labels; documents
    are those of the procedure.
    """

    procedure: Procedure
    detail: type[CaseDetail]
    facts_of_detail: FactsOfDetail = _only_documents
    related: tuple[str, ...] = ()
    gate_counts: GateCounts | None = None
    gate_fields: tuple[tuple[str, Text], ...] = ()
    gate_numbers: tuple[tuple[str, Text], ...] = ()


_types: dict[tuple[str, int], CaseType] = {}
_latest: dict[str, CaseType] = {}
_rung_reactions: list[RungReaction] = []
_waiver_reactions: list[Reaction] = []
_reactions: dict[tuple[str, str], list[Reaction]] = {}
_set_reactions: list[tuple[str, frozenset[str], SetReaction]] = []


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


def react_to_waivers(reaction: Reaction) -> Reaction:
    """Declare what else happens, in the same transaction, when a waiver is asked for, granted or declined, whatever
    the procedure calls these steps."""
    if reaction not in _waiver_reactions:
        _waiver_reactions.append(reaction)
    return reaction


def reactions_to(case: Case, change: Change) -> Sequence[Reaction]:
    own = _reactions.get((case.case_type, change.verb), ())
    transition = case_type_of(case).procedure.transition(change.verb)
    return [*own, *_waiver_reactions] if transition is not None and transition.waiver else own


def react_to_sets(case_type: str, *verbs: str) -> Callable[[SetReaction], SetReaction]:
    """Declare what else happens, in the same transaction, once for all cases of a set that take one of the verbs."""

    def add(reaction: SetReaction) -> SetReaction:
        entry = (case_type, frozenset(verbs), reaction)
        if entry not in _set_reactions:
            _set_reactions.append(entry)
        return reaction

    return add


def set_reactions_to(
    done: Sequence[tuple[Case, Change]],
) -> Iterator[tuple[SetReaction, Sequence[tuple[Case, Change]]]]:
    """Every reaction that concerns some of what was done, with these."""
    for case_type, verbs, reaction in _set_reactions:
        members = [
            (case, change) for case, change in done if case.case_type == case_type and change.verb in verbs
        ]
        if members:
            yield reaction, members


def react_to_rungs(reaction: RungReaction) -> RungReaction:
    """Declare what else happens, in the same transaction, when a clock reaches a rung."""
    if reaction not in _rung_reactions:
        _rung_reactions.append(reaction)
    return reaction


def rung_reactions() -> Sequence[RungReaction]:
    return tuple(_rung_reactions)
