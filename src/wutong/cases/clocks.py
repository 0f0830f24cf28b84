"""The arithmetic of a clock: a budget plus segments. Pure functions; the calendar is passed in.

A segment runs from one day to another; its first day does not count, its last day does
(民法典第二百零一条、第二百零三条). A suspended clock has no due day. Overdue is never stored: it follows from the due
day and the day one looks.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from wutong.base.calendar.workdays import DueDay, WorkingCalendar


@dataclass(frozen=True)
class Segment:
    """Runs after `from_on` through `to_on`; `to_on` is None while it runs."""

    from_on: date
    to_on: date | None = None


def elapsed(calendar: WorkingCalendar, unit: str, after: date, until: date) -> int:
    """Units later than `after` up to and including `until`."""
    if unit == "working_day":
        return calendar.workdays_between(after, until)
    return (until - after).days


def consumed(calendar: WorkingCalendar, unit: str, segments: Iterable[Segment], on: date) -> int:
    """Units used up to and including `on`, over all segments."""
    total = 0
    for segment in segments:
        end = on if segment.to_on is None else min(segment.to_on, on)
        if end > segment.from_on:
            total += elapsed(calendar, unit, segment.from_on, end)
    return total


def due_day(calendar: WorkingCalendar, unit: str, since: date, left: int) -> DueDay:
    """The last day when `left` units remain after `since`. Nothing left means `since` itself.

    Calendar days that end on a day off roll on to the next working day (民法典第二百零三条).
    """
    if left <= 0:
        return DueDay(since, provisional=False)
    if unit == "working_day":
        return calendar.add_workdays(since, left)
    end = since + timedelta(days=left)
    while not calendar.is_workday(end):
        end += timedelta(days=1)
    return DueDay(end, provisional=not calendar.is_published(since, end))


def used(calendar: WorkingCalendar, unit: str, since: date, on: date, left: int) -> int:
    """Units of `left` used after `since` up to `on`. The days off over which a last day rolls on cost nothing:
    whoever acts on the due day has used exactly what was left."""
    units = elapsed(calendar, unit, since, on)
    if units > left > 0 and on <= due_day(calendar, unit, since, left).on:
        return left
    return units


def overdue(calendar: WorkingCalendar, unit: str, due_on: date | None, on: date) -> int:
    """Units that a running clock is past its due day on `on`; 0 while there is time or it is suspended."""
    if due_on is None or on <= due_on:
        return 0
    return elapsed(calendar, unit, due_on, on)
