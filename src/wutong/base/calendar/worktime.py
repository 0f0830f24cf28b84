"""Counting working time in seconds: working days with the office hours of the day.

Moments are whole seconds since 1970 (UTC). Time is counted over [after, until): working time begins with the event,
or with the next opening when the office is closed. Source of the unit: 数字化城市管理信息系统的“工作时” (office hours are
set by the zone and differ in summer and winter).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from itertools import accumulate

from wutong.base.calendar.workdays import WorkingCalendar

DAY = 86400
EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class OfficeDay:
    """Office hours from `valid_from` until the next row: spans in seconds since midnight, in order."""

    valid_from: date
    spans: tuple[tuple[int, int], ...]

    @property
    def seconds(self) -> int:
        return sum(end - start for start, end in self.spans)

    def worked_until(self, second: int) -> int:
        """Seconds worked from midnight until `second`."""
        return sum(max(0, min(second, end) - start) for start, end in self.spans)

    def second_after(self, worked: int) -> int:
        """The second of the day at which `worked` (>= 1) seconds have been worked."""
        for start, end in self.spans:
            if worked <= end - start:
                return start + worked
            worked -= end - start
        raise ValueError("the office closes earlier")


class WorkingTime:
    """Working seconds of a calendar. The zones of China know no summer time since 1992, therefore the distance of
    local time from UTC is one number."""

    def __init__(self, calendar: WorkingCalendar, hours: Iterable[OfficeDay], zone: tzinfo) -> None:
        """Days before the first row have its hours. Raises ValueError without any row."""
        self.calendar = calendar
        self.zone = zone
        self._rows = sorted(hours, key=lambda row: row.valid_from)
        if not self._rows:
            raise ValueError("office hours are needed")
        offset = zone.utcoffset(datetime(2026, 1, 1))  # noqa: DTZ001 - asked for the zone itself
        assert offset is not None
        self._offset = int(offset.total_seconds())
        self._first = calendar.first_day.toordinal()
        self._starts = [row.valid_from.toordinal() for row in self._rows]
        length = calendar.last_day.toordinal() - self._first + 1
        self._sums = [0, *accumulate(self._seconds_of(self._first + index) for index in range(length))]

    def _row(self, ordinal: int) -> OfficeDay:
        return self._rows[max(0, bisect_right(self._starts, ordinal) - 1)]

    def _seconds_of(self, ordinal: int) -> int:
        is_worked = self.calendar.is_workday(date.fromordinal(ordinal))
        return self._row(ordinal).seconds if is_worked else 0

    def _worked_until(self, moment: int) -> int:
        day, second = divmod(moment + self._offset, DAY)
        index = day + EPOCH - self._first
        if not 0 <= index < len(self._sums) - 1:
            raise ValueError("the moment lies outside the calendar")
        inside = self._row(self._first + index).worked_until(second) if self._is_worked(index) else 0
        return self._sums[index] + inside

    def _is_worked(self, index: int) -> bool:
        return self._sums[index + 1] > self._sums[index]

    def elapsed(self, after: int, until: int) -> int:
        """Working seconds from one moment to another; negative when `until` is earlier."""
        return self._worked_until(until) - self._worked_until(after)

    def advance(self, since: int, seconds: int) -> int:
        """The first moment at which `seconds` (>= 0) of working time have passed since `since`."""
        if seconds == 0:
            return since
        return self._moment_of(self._worked_until(since) + seconds)

    def retreat(self, until: int, seconds: int) -> int:
        """The moment from which `seconds` of working time remain until `until`."""
        return self._moment_of(self._worked_until(until) - seconds)

    def _moment_of(self, worked: int) -> int:
        index = bisect_left(self._sums, worked) - 1
        if not 0 <= index < len(self._sums) - 1:
            raise ValueError("the moment lies outside the calendar")
        second = self._row(self._first + index).second_after(worked - self._sums[index])
        return (self._first + index - EPOCH) * DAY + second - self._offset

    def day_of(self, moment: int) -> date:
        """The local day of a moment."""
        return date.fromordinal((moment + self._offset) // DAY + EPOCH)

    def start_of(self, day: date) -> int:
        """The moment at which a local day begins."""
        return (day.toordinal() - EPOCH) * DAY - self._offset


def spans_of(periods: Iterable[tuple[str, str]]) -> tuple[tuple[int, int], ...]:
    """`("08:30", "12:00")` in seconds since midnight. Raises ValueError when spans overlap or run backwards."""
    spans = tuple((_second(start), _second(end)) for start, end in periods)
    edges = [edge for span in spans for edge in span]
    if not spans or edges != sorted(set(edges)):
        raise ValueError("office hours must follow one another")
    return spans


def _second(text: str) -> int:
    hour, minute = text.split(":")
    return int(timedelta(hours=int(hour), minutes=int(minute)).total_seconds())
