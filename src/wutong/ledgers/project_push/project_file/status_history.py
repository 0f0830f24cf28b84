"""How long a project was in each state, and how planned and actual days differ. Pure: changes, day and calendar come
in from outside.

Days are counted as the law counts them: the first does not count (民法典第二百零一条). Time aside (suspended) belongs to
the stay that it interrupts and is counted apart. Time as a double that was taken back again counts as if it had never
been merged.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

ASIDE = ("suspended",)
"""States in which work rests; the project comes back to where it was."""
ENDED = ("terminated", "at_capacity", "merged")
"""States that a project does not stay in: they have a first day and no length."""


class LifeChange(Protocol):
    """What a stay is counted from: a change of the case as known (a correction has taken the place of what it
    corrects), in the order of positions."""

    @property
    def state_before(self) -> str: ...
    @property
    def state_after(self) -> str: ...
    @property
    def effective_on(self) -> date: ...


class WorkdayCount(Protocol):
    """The calendar of working days, as `base.calendar` keeps it."""

    def workdays_between(self, after: date, until: date) -> int: ...


@dataclass(frozen=True)
class Stay:
    """One stay in a state: from the day it was entered to the day it was left (None while it lasts).

    `days` and `working_days` leave out suspended time, `suspended_days` is that time in calendar days. Working days
    are None where the calendar does not reach. A state that ends the life has no length: `to_on` is None, days are 0.
    """

    state: str
    from_on: date
    to_on: date | None
    days: int
    working_days: int | None
    suspended_days: int


def status_history(changes: Iterable[LifeChange], as_of: date, counting: WorkdayCount) -> list[Stay]:
    """All stays of a life up to a day, in their order. A state that is entered again is another stay."""
    entered: list[tuple[str, date]] = []
    rests: list[tuple[date, date | None]] = []
    ended: tuple[str, date] | None = None
    for change in changes:
        before, after, on = change.state_before, change.state_after, change.effective_on
        if on > as_of:
            break
        if after == before:
            continue
        if before in ASIDE and rests and rests[-1][1] is None:
            rests[-1] = (rests[-1][0], on)
        ended = None
        if after in ASIDE:
            rests.append((on, None))
        elif after in ENDED:
            ended = (after, on)
        elif not entered or entered[-1][0] != after:
            entered.append((after, on))
    until = ended[1] if ended else None
    stays = []
    for index, (state, from_on) in enumerate(entered):
        to_on = entered[index + 1][1] if index + 1 < len(entered) else until
        stays.append(_stay(state, from_on, to_on, as_of, rests, counting))
    if ended:
        stays.append(Stay(ended[0], ended[1], None, 0, 0, 0))
    return stays


def _stay(
    state: str,
    from_on: date,
    to_on: date | None,
    as_of: date,
    rests: Iterable[tuple[date, date | None]],
    counting: WorkdayCount,
) -> Stay:
    last = to_on or as_of
    parts = [(max(start, from_on), min(end or as_of, last)) for start, end in rests]
    within = [(start, end) for start, end in parts if start < end]
    suspended = sum((end - start).days for start, end in within)
    try:
        resting = sum(counting.workdays_between(start, end) for start, end in within)
        working: int | None = counting.workdays_between(from_on, last) - resting
    except ValueError:
        working = None
    return Stay(state, from_on, to_on, (last - from_on).days - suspended, working, suspended)


@dataclass(frozen=True)
class NodeDelay:
    """A planned day against the actual one. `days_late` is negative when it was early; for a node that is planned and
    not reached it counts up to the day asked for and is None before its planned day."""

    plan_on: date | None
    actual_on: date | None
    days_late: int | None

    @property
    def is_reached(self) -> bool:
        return self.actual_on is not None


def node_delay(plan_on: date | None, actual_on: date | None, as_of: date) -> NodeDelay:
    """How late a node is, in calendar days. Without a planned day nobody can tell. An actual day after `as_of` had
    not come yet."""
    reached = actual_on if actual_on is not None and actual_on <= as_of else None
    if plan_on is None:
        return NodeDelay(None, reached, None)
    if reached is not None:
        return NodeDelay(plan_on, reached, (reached - plan_on).days)
    return NodeDelay(plan_on, None, (as_of - plan_on).days if as_of > plan_on else None)
