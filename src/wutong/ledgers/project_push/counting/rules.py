"""How projects are counted, by the published rules of a city. Pure: events, days and bands come in from outside.

- A project counts once, for its first signing; entering a state again (after a suspension, back and forth) counts
  nothing.
- A rise in status (registered, started, in production, at capacity) counts as status only.
- Added investment counts only the increment; a decrease is a negative increment and stands apart.
- What happens after a change of investor is booked to the new one; what was counted before stays where it was. When two
  register entries of one firm are merged, it is the same firm, before and after.
- Bands by total investment are cumulative and never added up.
- A project that was entered twice counts once: an entry that is known to have been merged into another counts nothing,
  on no day. A count that was made before that was known stays as it was.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

SIGNED, REGISTERED, STARTED, PRODUCED, CAPACITY = (
    "signed", "registered", "started", "in_production", "at_capacity",
)  # fmt: skip
TERMINATED, MERGED = "terminated", "merged"
CONTRACT, INCREASE, DECREASE = "contract", "increase", "decrease"
STATUSES = (SIGNED, REGISTERED, STARTED, PRODUCED, CAPACITY)
"""States that count, each on the day of its first entry."""
NUMBERS, AMOUNTS = (*STATUSES, TERMINATED), (CONTRACT, INCREASE, DECREASE)
MEASURES = (*NUMBERS, *AMOUNTS)
"""Numbers count projects, amounts are whole yuan; decreases are negative."""
STOCK = "stock"
"""Projects that had been signed by the day, ended ones too; with a state behind a dot, those in it on the day."""
ALL, BELOW = "all", "below"
"""Groups of every measure: all projects, and those below the lowest band."""


@dataclass(frozen=True)
class LifeEvent:
    """What happened to a project on a day, as known: a change of its case, its day as corrected.

    `seq` tells the change. `investor`, `unit` and `team` are keys of who they are from this event on; None where the
    event says nothing of them. `is_new_investor`: the investor changed; else another investor is the same firm under
    another register entry.
    """

    seq: int
    on: date
    before: str
    after: str
    amount_yuan: int
    investor: int | None = None
    unit: int | None = None
    team: int | None = None
    is_new_investor: bool = False


@dataclass(frozen=True)
class Booking:
    """One thing that counts: on which day, by which event, how much (1, or yuan), and to whom."""

    measure: str
    on: date
    seq: int
    value: int
    investor: int | None
    unit: int | None
    team: int | None


@dataclass(frozen=True)
class Counted:
    """One project of a count: what was booked in the period, its amount on the last day, and its state since when.
    `state` is empty for a project that had not been signed by then."""

    case_id: int
    amount_yuan: int
    state: str
    state_on: date
    state_seq: int
    bookings: tuple[Booking, ...]
    investor: int | None
    unit: int | None
    team: int | None


def is_double(events: Sequence[LifeEvent]) -> bool:
    """Whether the entry is known to have been merged into another one, whenever that happened."""
    return bool(events) and events[-1].after == MERGED


def bookings(events: Sequence[LifeEvent]) -> list[Booking]:
    """Everything that one project ever counts for, in the order of its life (not of corrected days)."""
    if is_double(events):
        return []
    found: list[Booking] = []
    seen: set[str] = set()
    amount = 0
    for event, whose in _with_whose(events):
        entered = event.after if event.after != event.before else ""
        was_counted = not seen.isdisjoint(STATUSES)
        if entered in STATUSES and entered not in seen:
            found.append(Booking(entered, event.on, event.seq, 1, *whose))
            if entered == SIGNED and not was_counted and event.amount_yuan:
                found.append(Booking(CONTRACT, event.on, event.seq, event.amount_yuan, *whose))
        elif entered == TERMINATED and TERMINATED not in seen and was_counted:
            found.append(Booking(TERMINATED, event.on, event.seq, 1, *whose))
        if was_counted and event.amount_yuan != amount:
            change = event.amount_yuan - amount
            found.append(Booking(INCREASE if change > 0 else DECREASE, event.on, event.seq, change, *whose))
        amount = event.amount_yuan
        seen.add(entered)
    return found


Whose = tuple[int | None, int | None, int | None]


def _with_whose(events: Sequence[LifeEvent]) -> Iterator[tuple[LifeEvent, Whose]]:
    """Each event with the investor, unit and team that it belongs to. Within the time of one investor the entry that
    is known last stands for it."""
    firms: list[int | None] = []
    segment: list[int] = []
    place = -1
    for event in events:
        if place < 0 or event.is_new_investor:
            firms.append(None)
            place += 1
        if event.investor is not None:
            firms[place] = event.investor
        segment.append(place)
    unit = team = None
    for event, index in zip(events, segment, strict=True):
        unit = event.unit if event.unit is not None else unit
        team = event.team if event.team is not None else team
        yield event, (firms[index], unit, team)


def counted(case_id: int, events: Sequence[LifeEvent], from_on: date | None, as_of: date) -> Counted | None:
    """What one project is in a count from `from_on` (None: from the beginning) to `as_of`, both included. None when it
    holds nothing at all."""
    passed = [(event, whose) for event, whose in _with_whose(events) if event.on <= as_of]
    if not passed or is_double(events):
        return None
    within = tuple(
        item for item in bookings(events) if item.on <= as_of and (from_on is None or item.on >= from_on)
    )
    last, (investor, unit, team) = passed[-1]
    turn = next((event for event, _whose in reversed(passed) if event.after != event.before), passed[0][0])
    had_signed = any(event.after in STATUSES for event, _whose in passed)
    if not had_signed and not within:
        return None
    return Counted(
        case_id, last.amount_yuan, last.after if had_signed else "", turn.on, turn.seq, within,
        investor, unit, team,
    )  # fmt: skip


def count(lives: Mapping[int, Sequence[LifeEvent]], from_on: date | None, as_of: date) -> dict[int, Counted]:
    """All projects that a count holds, by key."""
    found = (counted(case_id, events, from_on, as_of) for case_id, events in lives.items())
    return {item.case_id: item for item in found if item is not None}


def bands_of(amount_yuan: int, bands: Iterable[int]) -> list[str]:
    """Groups by size: every band that the amount reaches (12 亿 stands in ≥1, ≥5 and ≥10), or below all of them."""
    reached = [f"band:{band}" for band in sorted(bands) if amount_yuan >= band]
    return reached or [BELOW]


@dataclass(frozen=True)
class Number:
    """One number with the projects behind it: `parts` is what each of them gives to it."""

    parts: Mapping[int, int]

    @property
    def value(self) -> int:
        return sum(self.parts.values())

    @property
    def ids(self) -> list[int]:
        return sorted(self.parts)


NOTHING = Number({})


def numbers(projects: Mapping[int, Counted], bands: Sequence[int]) -> dict[str, Number]:
    """Every number that is not empty, by `measure/group`.

    Measures by all, band, unit, team and investor; the stock and its states by all and band. A number that is added up
    over units, teams or investors is that of all; bands are never added up.
    """
    parts: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for case_id, item in projects.items():
        sizes = [ALL, *bands_of(item.amount_yuan, bands)]
        for booking in item.bookings:
            whose = (("unit", booking.unit), ("team", booking.team), ("investor", booking.investor))
            for group in (*sizes, *(f"{kind}:{key or 0}" for kind, key in whose)):
                parts[f"{booking.measure}/{group}"][case_id] += booking.value
        if item.state:
            for group in sizes:
                parts[f"{STOCK}/{group}"][case_id] = 1
                parts[f"{STOCK}.{item.state}/{group}"][case_id] = 1
    return {key: Number(dict(found)) for key, found in sorted(parts.items())}


def frozen(found: Mapping[str, Number]) -> dict[str, Any]:
    """Numbers as they are published: value and projects, in an order that does not depend on anything."""
    return {key: {"value": number.value, "ids": number.ids} for key, number in sorted(found.items())}


@dataclass(frozen=True)
class Difference:
    """One project that makes a number another one than it was: what it gave then, and what it gives now."""

    key: str
    case_id: int
    then: int
    now: int


def differences(then: Mapping[str, Number], now: Mapping[str, Number]) -> list[Difference]:
    """Project by project, everything that differs. Added up per number they are exactly its difference."""
    found = []
    for key in sorted({*then, *now}):
        old, new = then.get(key, NOTHING).parts, now.get(key, NOTHING).parts
        found += [
            Difference(key, case_id, old.get(case_id, 0), new.get(case_id, 0))
            for case_id in sorted({*old, *new})
            if old.get(case_id) != new.get(case_id)
        ]
    return found
