"""How units count. A point is the ordinal of a day, or for hours and minutes a second since 1970 (UTC).

Days: the first does not count (民法典第二百零一条), a last day on a day off rolls on to the next working day (第二百零三条).
Months end on the same day of the month, or on its last; they are counted in days once they have begun. Hours and
minutes count from the event. A tick is a working day, a day, a second, or a second within office hours.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Protocol

from wutong.base.calendar.workdays import WorkingCalendar
from wutong.base.calendar.worktime import WorkingTime
from wutong.cases.clocks.declared import MOMENT_UNITS, Unit

Point = int
SECONDS = {"minute": 60, "hour": 3600, "working_hour": 3600}


class Scale(Protocol):
    """One way of counting ticks between points."""

    def elapsed(self, after: Point, until: Point) -> int:
        """Ticks later than `after` up to and including `until`."""

    def advance(self, since: Point, ticks: int) -> Point:
        """The earliest point at which `ticks` have passed; with 0 `since` itself."""

    def retreat(self, until: Point, ticks: int) -> Point:
        """The point `ticks` before `until`."""

    def is_certain(self, first: Point, last: Point) -> bool:
        """Whether the calendar of every year in between is published."""


@dataclass(frozen=True)
class CalendarDays:
    def elapsed(self, after: Point, until: Point) -> int:
        return until - after

    def advance(self, since: Point, ticks: int) -> Point:
        return since + ticks

    def retreat(self, until: Point, ticks: int) -> Point:
        return until - ticks

    def is_certain(self, first: Point, last: Point) -> bool:
        return True


@dataclass(frozen=True)
class WorkingDays:
    calendar: WorkingCalendar

    def elapsed(self, after: Point, until: Point) -> int:
        return self.calendar.workdays_between(date.fromordinal(after), date.fromordinal(until))

    def advance(self, since: Point, ticks: int) -> Point:
        return since if ticks == 0 else self.calendar.add_workdays(_day(since), ticks).on.toordinal()

    def retreat(self, until: Point, ticks: int) -> Point:
        return self.calendar.workday_before(_day(until), ticks).toordinal()

    def is_certain(self, first: Point, last: Point) -> bool:
        return self.calendar.is_published(_day(first), _day(last))


@dataclass(frozen=True)
class Seconds(CalendarDays):
    """The same sums as calendar days, on another axis."""


@dataclass(frozen=True)
class WorkingSeconds:
    time: WorkingTime

    def elapsed(self, after: Point, until: Point) -> int:
        return self.time.elapsed(after, until)

    def advance(self, since: Point, ticks: int) -> Point:
        return self.time.advance(since, ticks)

    def retreat(self, until: Point, ticks: int) -> Point:
        return self.time.retreat(until, ticks)

    def is_certain(self, first: Point, last: Point) -> bool:
        return self.time.calendar.is_published(self.time.day_of(first), self.time.day_of(last))


@dataclass(frozen=True)
class Projection:
    """Where a period ends; `provisional` when a year without its notice was counted."""

    point: Point
    provisional: bool


class Counting:
    """The scales of one calendar with its office hours."""

    def __init__(self, time: WorkingTime) -> None:
        self.time = time
        self.calendar = time.calendar
        days, seconds = CalendarDays(), Seconds()
        self._scales: dict[str, Scale] = {
            "minute": seconds,
            "hour": seconds,
            "working_hour": WorkingSeconds(time),
            "working_day": WorkingDays(self.calendar),
            "calendar_day": days,
            "month": days,
        }

    def scale(self, unit: str) -> Scale:
        return self._scales[unit]

    def ticks(self, unit: str, amount: int, since: Point) -> int:
        """`amount` units in ticks; a month's length depends on where it begins."""
        if unit == "month":
            return add_months(since, amount) - since
        return amount * SECONDS.get(unit, 1)

    def due(self, unit: str, rolls: bool, since: Point, left: int) -> Projection:
        """The last point when `left` ticks remain after `since`. Nothing left means `since` itself, rolled on."""
        scale = self.scale(unit)
        end = since if left <= 0 else scale.advance(since, left)
        certain = scale.is_certain(since, end)
        if unit not in MOMENT_UNITS and (rolls or unit == "working_day"):
            rolled = self.roll(end)
            certain = certain and self.calendar.is_published(_day(end), _day(rolled))
            end = rolled
        return Projection(end, provisional=not certain)

    def roll(self, day: Point) -> Point:
        """The day itself, or the next working day after a day off."""
        return self.calendar.add_workdays(_day(day), 0).on.toordinal()

    def shift(self, unit: str, point: Point, amount: int) -> Point:
        """`amount` units before (negative) or after a point; days before a day off are counted from it."""
        scale = self.scale(unit)
        if unit == "month":
            return add_months(point, amount)
        ticks = amount * SECONDS.get(unit, 1)
        return scale.retreat(point, -ticks) if ticks < 0 else scale.advance(point, ticks)

    # ---- points and what people read -----------------------------------------------------------------------

    def moment(self, unit: str, point: Point) -> datetime:
        """The moment at which a point begins: a second, or local midnight of a day."""
        second = point if unit in MOMENT_UNITS else self.time.start_of(_day(point))
        return datetime.fromtimestamp(second, UTC)

    def point_at(self, unit: str, moment: datetime) -> Point:
        """The point in which a moment lies."""
        second = int(moment.timestamp())
        return second if unit in MOMENT_UNITS else self.time.day_of(second).toordinal()

    def day(self, unit: str, point: Point) -> date:
        return self.time.day_of(point) if unit in MOMENT_UNITS else _day(point)


def _day(point: Point) -> date:
    return date.fromordinal(point)


def add_months(day: Point, months: int) -> Point:
    """The same day `months` later, or that month's last day (民法典第二百零二条)."""
    start = date.fromordinal(day)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(start.day, last)).toordinal()


def is_moment(unit: Unit | str) -> bool:
    return unit in MOMENT_UNITS
