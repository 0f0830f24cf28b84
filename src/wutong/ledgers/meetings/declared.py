"""What other ledgers bring to a meeting and what a meeting does to them. Ledgers do not know each other: the root
declares here where agenda items come from, what is shown of a case, and what a decision of a kind writes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from wutong.cases.models import Case
from wutong.registers.organisation.actors import Actor
from wutong.registers.organisation.models import Official, Unit
from wutong.ui.nodes_chart import Node
from wutong.ui.tables import LampColour, Text

JOIN = "+"
"""Between the codes of a decision of several kinds."""


@dataclass(frozen=True)
class Proposed:
    """A case that should be spoken about: under which lead official, how it shines, why, how many days over."""

    case_id: int
    number: str
    leader_id: int | None
    lamp: LampColour
    reason: str
    days_over: int = 0


@dataclass(frozen=True)
class AgendaSource:
    """Where agenda items come from. `items` gives only cases that the actor may see, with a number of queries that does
    not grow with them."""

    code: str
    label: Text
    items: Callable[[Actor, date], Sequence[Proposed]]


@dataclass(frozen=True)
class Figure:
    label: Text
    value: str
    unit: Text = ""
    href: str = ""
    alarm: bool = False


@dataclass(frozen=True)
class Brief:
    """What the hall sees of one case: a line of facts, what holds it up, figures with their rows, nodes."""

    facts: Sequence[str] = ()
    hangs: str = ""
    figures: Sequence[Figure] = ()
    nodes: Sequence[Node] = ()


BriefOf = Callable[[Case, Actor, date], Brief]


@dataclass(frozen=True)
class Ordered:
    """A decision as a kind gets it. `reason` names the meeting and the number of the decision; `made` are the cases
    that kinds declared before have already made of the same decision, by their code."""

    about: Case
    text: str
    unit: Unit | None
    person: Official | None
    due_on: date | None
    chair: Official | None
    reason: str
    made: Mapping[str, Case] = field(default_factory=dict)


@dataclass(frozen=True)
class Written:
    """What a kind did: the case, and the number of the change that it wrote there."""

    case: Case
    seq: int


@dataclass(frozen=True)
class DecisionKind:
    """What a decision becomes. `needs` are the columns without which it cannot be written: unit, person, due_on.

    `write` runs in the transaction of the decision, on the day of the meeting; None only keeps the words. `undo` takes
    back what `write` did, as long as nobody has worked on it; else it raises Refused. `is_followed`: the case is closed
    one day, and the next meeting asks for it.
    """

    code: str
    label: Text
    needs: tuple[str, ...] = ()
    write: Callable[[Ordered, Actor, date, datetime], Written] | None = None
    undo: Callable[[Written, Actor, date, datetime, str], None] | None = None
    is_followed: bool = True


_sources: dict[str, AgendaSource] = {}
_briefs: dict[str, BriefOf] = {}
_kinds: dict[str, DecisionKind] = {}


def declare_source(source: AgendaSource) -> None:
    _sources[source.code] = source


def declare_brief(case_type: str, brief: BriefOf) -> None:
    _briefs[case_type] = brief


def declare_kind(kind: DecisionKind) -> None:
    """In the order in which the kinds are declared they are offered, and written."""
    _kinds[kind.code] = kind


def sources() -> list[AgendaSource]:
    return list(_sources.values())


def brief_of(case: Case, actor: Actor, as_of: date) -> Brief:
    """Empty for a case type that nobody declared."""
    brief = _briefs.get(case.case_type)
    return brief(case, actor, as_of) if brief else Brief()


def kinds() -> list[DecisionKind]:
    return list(_kinds.values())


def kinds_of(codes: str) -> list[DecisionKind]:
    """The kinds of a decision in their order; codes that are no longer declared are left out."""
    wanted = set(codes.split(JOIN))
    return [kind for kind in _kinds.values() if kind.code in wanted]


def kind_choices() -> list[tuple[str, str]]:
    """What may be chosen: every set of kinds that write something, those with the first kind before; then those that
    only keep the words."""
    writing = [kind for kind in _kinds.values() if kind.write]
    sets: list[list[DecisionKind]] = [[]]
    for kind in writing:
        sets += [[*chosen, kind] for chosen in sets]
    places = {kind.code: place for place, kind in enumerate(writing)}
    chosen = sorted(
        filter(None, sets), key=lambda item: (places[item[0].code], len(item), [places[k.code] for k in item])
    )
    chosen += [[kind] for kind in _kinds.values() if not kind.write]
    return [(JOIN.join(k.code for k in item), kind_words(item)) for item in chosen]


def kind_words(chosen: Sequence[DecisionKind]) -> str:
    return "＋".join(str(kind.label) for kind in chosen)
