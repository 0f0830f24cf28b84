"""What somebody asks of a case: the input of `act` and `act_many`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from wutong.base.files.models import StoredFile
from wutong.cases.models import Assignment, Case, Change, Evidence
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.organisation.models import Official, Unit


@dataclass(frozen=True)
class Holder:
    """Who takes a role: a unit, and a person of it when it is known."""

    role: str
    unit: Unit
    person: Official | None = None


@dataclass(frozen=True)
class Succession:
    """A seat that passes from its holder to the next one; its role stays, and what is waited for is waited for on."""

    seat: Assignment
    unit: Unit
    person: Official | None = None


@dataclass(frozen=True)
class NewEvidence:
    """A stored file handed in as `kind`; `dated_on` is the day on the document or photo."""

    kind: str
    file: StoredFile
    name: str
    dated_on: date


@dataclass(frozen=True)
class NewCase:
    """A case that does not exist yet. `state` is the state it is entered in (an entry made late may start in the
    middle of its life); `detail` are the columns of the ledger's row; `number` is given when the ledger has taken
    it before (a project's code is its case number). `enterprise` is the firm it concerns: without one, that of the
    parent."""

    case_type: str
    title: str
    state: str
    detail: Mapping[str, Any] = field(default_factory=dict)
    parent: Case | None = None
    number: str = ""
    enterprise: Enterprise | None = None

    @property
    def enterprise_id(self) -> int | None:
        if self.enterprise is not None:
            return self.enterprise.pk
        return self.parent.enterprise_id if self.parent else None


@dataclass(frozen=True)
class Pause:
    """A suspension that is asked for: the reason where the transition leaves it open, and the end that was told."""

    reason: str = ""
    ends_on: date | None = None


@dataclass(frozen=True)
class ClockWork:
    """What time itself does to one clock in a step: rungs that were reached, a suspension that is over at a point,
    or a projection under another calendar."""

    clock_id: int
    rungs: Sequence[str] = ()
    point: int | None = None


@dataclass(frozen=True)
class Step:
    """One verb on one case. `data` are columns of the detail row, `effective_on` is the day in the world.

    `expected_seq` is the last change the actor has seen: when there is a newer one, nothing is written.
    `request_key` makes a repeated request harmless. `due_on` sets the due day of clocks without own budget, `extend_by`
    is what an extension adds in the clock's unit. `enterprise` is the firm that the case follows in a merge.
    `effective_at` is the moment in the world; without it a step of today happens now. `successions` are the seats that
    a handover passes on. `amount_yuan` is the amount at stake from now on (None: unchanged). `gate_verb` is the step
    whose gate is asked about, of a step that asks for a waiver or grants it.
    """

    case: Case | NewCase
    verb: str
    effective_on: date
    data: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    evidence: Sequence[NewEvidence] = ()
    checks: Sequence[tuple[Evidence, bool]] = ()
    holders: Sequence[Holder] = ()
    due_on: date | None = None
    amount_yuan: int | None = None
    expected_seq: int | None = None
    request_key: str | None = None
    replaces: Change | None = None
    effective_at: datetime | None = None
    extend_by: int | None = None
    pause: Pause | None = None
    clock_work: ClockWork | None = None
    enterprise: Enterprise | None = None
    successions: Sequence[Succession] = ()
    by_clock: str = ""
    gate_verb: str = ""
