"""Counting working days, without a database and without a clock.

The first day does not count (民法典第二百零一条: 按照日、月、年计算期间的，开始的当日不计入); a period of n working days that starts
on day s ends on the n-th working day after s. Prefix sums make every question one or two look-ups.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

_ONE_DAY = timedelta(days=1)
UNPUBLISHED_YEARS_AHEAD = 10


@dataclass(frozen=True)
class DueDay:
    """The last day of a period. `provisional` says that it was counted over an unpublished year."""

    on: date
    provisional: bool


class WorkingCalendar:
    """Monday-Friday with the exceptions of the published years; later years are Monday-Friday, provisional."""

    def __init__(self, published_years: Iterable[int], exceptions: Mapping[date, bool]) -> None:
        """`exceptions` maps a day to whether it is worked."""
        self.published_years = frozenset(published_years)
        last = max(self.published_years, default=date.min.year)
        self._first = date(min(self.published_years, default=2010) - 10, 1, 1)
        self._last = date(max(last, 2026) + UNPUBLISHED_YEARS_AHEAD, 12, 31)
        count = (self._last - self._first).days + 1
        days = (self._first + _ONE_DAY * index for index in range(count))
        worked = [exceptions.get(day, day.weekday() < 5) for day in days]
        # _sums[i] = working days among the first i days
        self._sums = [0, *accumulate(int(is_worked) for is_worked in worked)]

    def _index(self, day: date) -> int:
        if not self._first <= day <= self._last:
            raise ValueError(f"{day} lies outside the calendar {self._first} to {self._last}")
        return (day - self._first).days

    def is_workday(self, day: date) -> bool:
        index = self._index(day)
        return self._sums[index + 1] > self._sums[index]

    def workdays_between(self, after: date, until: date) -> int:
        """Working days later than `after`, up to and including `until`; negative when `until` is earlier."""
        return self._sums[self._index(until) + 1] - self._sums[self._index(after) + 1]

    def add_workdays(self, start: date, days: int) -> DueDay:
        """The `days`-th working day after `start`. With 0, `start` itself or the next working day."""
        if days < 0:
            raise ValueError("a period cannot have a negative length")
        if days == 0:
            target = self._sums[self._index(start)] + 1
        else:
            target = self._sums[self._index(start) + 1] + days
        position = bisect_left(self._sums, target)
        if position == len(self._sums):
            raise ValueError(f"{days} working days after {start} lie outside the calendar")
        due = self._first + _ONE_DAY * (position - 1)
        return DueDay(due, provisional=not self.is_published(start, due))

    def is_published(self, first: date, last: date) -> bool:
        """Whether every year from `first` to `last` has its notice."""
        return all(year in self.published_years for year in range(first.year, last.year + 1))
