"""What events do to a clock: a fold over its life. The rows of a clock are this state, and `wutong verify` folds again.

`armed -> running <-> suspended -> met | missed | void | superseded`. Missed is latched: a later completion keeps it, only
a completion that truly lay before the due point takes it back. Overdue is never stored: it follows from the due point.
"""

from dataclasses import dataclass, replace
from typing import Literal

from wutong.cases.clocks.declared import Terms
from wutong.cases.clocks.scales import Counting, Point

State = Literal["armed", "running", "suspended", "met", "missed", "void", "superseded"]


@dataclass(frozen=True)
class Stretch:
    """A time in which the clock ran: after `start` through `end`; `end` is None while it runs.

    `late_from` is where the budget was used up in this stretch: what lies after it up to the end is delay.
    """

    start: Point
    end: Point | None = None
    late_from: Point | None = None


@dataclass(frozen=True)
class ClockState:
    """A clock after some events. `budget` is in units as the law writes it; the rest are ticks: `total` is the whole
    budget, `consumed` what ran in stretches that are over, `late` that part of it which was delay."""

    terms: Terms
    state: State = "armed"
    budget: int = 0
    total: int = 0
    consumed: int = 0
    late: int = 0
    started: Point | None = None
    due: Point | None = None
    provisional: bool = False
    missed: Point | None = None
    ended: Point | None = None
    extensions: int = 0
    stretches: tuple[Stretch, ...] = ()

    @property
    def running_since(self) -> Point | None:
        last = self.stretches[-1] if self.stretches else None
        return last.start if last is not None and last.end is None else None

    @property
    def is_live(self) -> bool:
        return self.ended is None

    @property
    def left(self) -> int:
        return self.total - (self.consumed - self.late)


def start(counting: Counting, terms: Terms, at: Point, *, until: Point | None = None) -> ClockState:
    """A clock that runs from `at`. With `until` its budget is what lies between (the opener set the due day)."""
    unit = terms.unit
    total = (
        counting.ticks(unit, terms.budget, at) if until is None else ticks_until(counting, terms, at, until)
    )
    budget = terms.budget if until is None else total
    state = ClockState(terms, "running", budget, total, started=at, stretches=(Stretch(at),))
    return project(counting, state)


def ticks_until(counting: Counting, terms: Terms, since: Point, until: Point) -> int:
    """Ticks to a wished due day; one on a day off rolls on to the next working day (民法典第二百零三条)."""
    if until <= since:
        return 0
    last = counting.roll(until) if terms.rolls else until
    return counting.scale(terms.unit).elapsed(since, last)


def project(counting: Counting, clock: ClockState) -> ClockState:
    """The due point again. A late clock keeps the one that it missed."""
    since = clock.running_since
    if since is None or (clock.missed is not None and clock.left <= 0):
        return clock
    projected = counting.due(clock.terms.unit, clock.terms.rolls, since, clock.left)
    return replace(clock, due=projected.point, provisional=projected.provisional)


def used(counting: Counting, clock: ClockState, on: Point) -> int:
    """Ticks used in the running stretch up to `on`. Days off over which a last day rolled on cost nothing, so that
    whoever acts on the due day has used exactly what was left."""
    since = clock.running_since
    if since is None or on <= since:
        return 0
    elapsed = counting.scale(clock.terms.unit).elapsed
    limit = _limit(counting, clock)
    if on > limit:
        return clock.left + elapsed(limit, on)
    return min(elapsed(since, on), clock.left)


def _limit(counting: Counting, clock: ClockState) -> Point:
    """The point after which the running stretch is delay."""
    since = clock.running_since
    assert since is not None
    return counting.due(clock.terms.unit, clock.terms.rolls, since, clock.left).point


def delay(counting: Counting, clock: ClockState, on: Point) -> int:
    """Ticks over the budget up to `on`: exactly those of `late_stretches`."""
    if clock.running_since is None:
        return clock.late
    limit = max(_limit(counting, clock), clock.running_since)
    return clock.late + (counting.scale(clock.terms.unit).elapsed(limit, on) if on > limit else 0)


def late_stretches(counting: Counting, clock: ClockState, on: Point) -> list[tuple[Point, Point]]:
    """The times in which the clock ran over its budget, up to `on`: after the first point through the second."""
    late = [
        (item.late_from, item.end)
        for item in clock.stretches
        if item.late_from is not None and item.end is not None and item.late_from < item.end
    ]
    if clock.running_since is not None:
        limit = max(_limit(counting, clock), clock.running_since)
        if limit < on:
            late.append((limit, on))
    return late


def _close_stretch(counting: Counting, clock: ClockState, at: Point) -> ClockState:
    """End the running stretch. Latches a miss, or takes one back that turns out not to be true."""
    since = clock.running_since
    if since is None:
        return clock
    limit = _limit(counting, clock)
    is_late = at > limit
    stretch = Stretch(since, at, max(limit, since) if is_late else None)
    consumed = clock.consumed + used(counting, clock, at)
    late = clock.late + (counting.scale(clock.terms.unit).elapsed(limit, at) if is_late else 0)
    missed = clock.missed
    if missed is None and is_late:
        missed = limit + 1
    elif missed is not None and not is_late and missed == limit + 1:
        missed = None  # a completion entered later, but done in time
    return replace(
        clock, consumed=consumed, late=late, missed=missed, stretches=(*clock.stretches[:-1], stretch)
    )


def suspend(counting: Counting, clock: ClockState, at: Point) -> ClockState:
    closed = _close_stretch(counting, clock, at)
    if closed.missed is not None:
        return replace(closed, state="missed", due=clock.due)
    return replace(closed, state="suspended", due=None, provisional=False)


def resume(counting: Counting, clock: ClockState, at: Point) -> ClockState:
    begun = replace(clock, stretches=(*clock.stretches, Stretch(at)))
    return project(counting, replace(begun, state="missed" if clock.missed is not None else "running"))


def extend(counting: Counting, clock: ClockState, *, by: int = 0, until: Point | None = None) -> ClockState:
    """`by` units more, or so that the clock ends on `until`. Works on a suspended clock too (`by` only)."""
    assert clock.started is not None
    unit = clock.terms.unit
    if until is None:
        budget = clock.budget + by
        total = (
            clock.total
            + counting.ticks(unit, budget, clock.started)
            - counting.ticks(unit, clock.budget, clock.started)
        )
    else:
        since = clock.running_since
        assert since is not None, "judged before: a suspended clock is extended by units"
        total = clock.consumed - clock.late + ticks_until(counting, clock.terms, since, until)
        budget = total
    return project(counting, replace(clock, budget=budget, total=total, extensions=clock.extensions + 1))


def stop(counting: Counting, clock: ClockState, at: Point) -> ClockState:
    """What it waited for has happened: met, or missed when that was late."""
    closed = _close_stretch(counting, clock, at)
    return replace(closed, state="met" if closed.missed is None else "missed", ended=at)


def end(counting: Counting, clock: ClockState, at: Point, state: Literal["void", "superseded"]) -> ClockState:
    """It no longer matters; a miss that was latched stays to be read in `missed`."""
    return replace(_close_stretch(counting, clock, at), state=state, ended=at)


def miss(clock: ClockState) -> ClockState:
    """The due point has passed and the work is not done: latched, and the delay goes on running."""
    assert clock.due is not None
    return clock if clock.missed is not None else replace(clock, state="missed", missed=clock.due + 1)


def recount(counting: Counting, clock: ClockState) -> ClockState:
    """The same life under another calendar: stretches keep their points, what was used in them is counted again.

    A running clock that was late and under the new calendar is not is no longer missed.
    """
    again = replace(clock, consumed=0, late=0, stretches=(), missed=None)
    for item in clock.stretches:
        again = replace(again, stretches=(*again.stretches, Stretch(item.start)))
        if item.end is not None:
            again = _close_stretch(counting, again, item.end)
    again = project(counting, again)
    if clock.missed is not None and again.missed is None and clock.running_since is not None:
        was_extended_late = clock.due is not None and clock.due >= clock.missed
        if was_extended_late:
            again = replace(again, missed=clock.missed)
        elif again.due is not None and again.due < clock.missed:
            again = replace(again, missed=again.due + 1)
    if again.missed is not None:
        return replace(again, state="missed")
    return replace(again, state="suspended" if again.running_since is None else "running")
