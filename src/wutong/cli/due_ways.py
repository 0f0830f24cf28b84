"""The way from the first day of a clock to its due day, in stretches that are told in one line each.

Nothing is decided here: where the clock ends and how many ticks lie between two points say the scales of the product.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any, Literal

from wutong.cases.clocks.scales import Counting, Point, is_moment
from wutong.cases.clocks.state import ClockState

Kind = Literal["counted", "made_up", "weekend", "holiday", "suspended", "rolled"]
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Stretch:
    """Days of one kind in a row: the ticks of one day, and how many were counted at the end of them."""

    kind: Kind
    first: date
    last: date
    each: int = 0
    total: int = 0

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def as_row(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "ticks": self.each * self.days,
            "total": self.total,
        }


def way(counting: Counting, clock: ClockState) -> Iterator[Stretch]:
    """In order of time; a day on which a clock of hours rested for a while is told with what it counted."""
    assert clock.due is not None
    unit, total, before = clock.terms.unit, 0, None
    for item in clock.stretches:
        if before is not None:
            yield from _pause(counting, unit, before, item.start, total)
        end = clock.due if item.end is None else item.end
        for stretch in _joined(_days(counting, clock, item.start, end, total)):
            total = stretch.total
            yield stretch
        before = end


def _pause(counting: Counting, unit: str, since: Point, until: Point, total: int) -> Iterator[Stretch]:
    first, last = counting.day(unit, since), counting.day(unit, until)
    if not is_moment(unit):
        first += ONE_DAY
    if first <= last:
        yield Stretch("suspended", first, last, 0, total)


def _days(counting: Counting, clock: ClockState, since: Point, until: Point, total: int) -> Iterator[Stretch]:
    """Every day of a time in which the clock ran, alone."""
    unit = clock.terms.unit
    elapsed = counting.scale(unit).elapsed
    if not is_moment(unit):
        for point in range(since + 1, until + 1):
            ticks = min(elapsed(point - 1, point), clock.total - total)
            total += ticks
            day = date.fromordinal(point)
            is_over = ticks == 0 and (unit != "working_day" or counting.calendar.is_workday(day))
            yield Stretch("rolled" if is_over else _kind(counting, unit, day, ticks), day, day, ticks, total)
        return
    day = counting.day(unit, since)
    while (begins := counting.time.start_of(day)) <= until:
        ticks = elapsed(max(since, begins), min(until, counting.time.start_of(day + ONE_DAY)))
        total += ticks
        if ticks or unit == "working_hour":
            yield Stretch(_kind(counting, unit, day, ticks), day, day, ticks, total)
        day += ONE_DAY


def _kind(counting: Counting, unit: str, day: date, ticks: int) -> Kind:
    if unit not in {"working_day", "working_hour"}:
        return "counted"
    is_weekend = day.weekday() > 4
    if counting.calendar.is_workday(day):
        return "made_up" if is_weekend else "counted"
    return "weekend" if is_weekend else "holiday"


def _joined(days: Iterable[Stretch]) -> Iterator[Stretch]:
    """Days of one kind together; a weekend beside a holiday belongs to it."""
    for is_off, run in groupby(days, key=lambda item: item.kind in {"weekend", "holiday"}):
        items = list(run)
        if is_off:
            kind: Kind = "holiday" if any(item.kind == "holiday" for item in items) else "weekend"
            yield Stretch(kind, items[0].first, items[-1].last, 0, items[-1].total)
            continue
        for (kind, each), same in groupby(items, key=lambda item: (item.kind, item.each)):
            alike = list(same)
            yield Stretch(kind, alike[0].first, alike[-1].last, each, alike[-1].total)
