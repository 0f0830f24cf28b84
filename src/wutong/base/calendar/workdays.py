"""Counting working days, without a database and without a clock.

The first day does not count (民法典第二百零一条: 按照日、月、年计算期间的，开始的当日不计入); a period of n working days that starts
on day s ends on the n-th working day after s. Two tables made once answer every question by look-up: how many of the
first i days are worked, and which day is the n-th worked one.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import accumulate
from typing import NamedTuple

_ONE_DAY = timedelta(days=1)
UNPUBLISHED_YEARS_AHEAD = 10


class DueDay(NamedTuple):
    """The last day of a period. `provisional` says that it was counted over an unpublished year."""

    on: date
    provisional: bool


class WorkingCalendar:
    """Monday-Friday with the exceptions of the published years; later years are Monday-Friday, provisional."""

    def __init__(self, published_years: Iterable[int], exceptions: Mapping[date, bool]) -> None:
        """`exceptions` maps a day to whether it is worked."""
        self.published_years = frozenset(published_years)
        last = max(self.published_years, default=date.min.year)
        self.first_day = date(min(self.published_years, default=2010) - 10, 1, 1)
        self.last_day = date(max(last, 2026) + UNPUBLISHED_YEARS_AHEAD, 12, 31)
        self._origin = self.first_day.toordinal()
        self._length = self.last_day.toordinal() - self._origin + 1
        days = (self.first_day + _ONE_DAY * index for index in range(self._length))
        worked = [exceptions.get(day, day.weekday() < 5) for day in days]
        # _sums[i] = working days among the first i days; _worked[n - 1] = index of the n-th working day
        self._sums = [0, *accumulate(int(is_worked) for is_worked in worked)]
        self._worked = [index for index, is_worked in enumerate(worked) if is_worked]

    def _index(self, day: date) -> int:
        index = day.toordinal() - self._origin
        if not 0 <= index < self._length:
            raise ValueError(f"{day} lies outside the calendar {self.first_day} to {self.last_day}")
        return index

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
        index = self._index(start)
        number = self._sums[index] + 1 if days == 0 else self._sums[index + 1] + days
        if number > len(self._worked):
            raise ValueError(f"{days} working days after {start} lie outside the calendar")
        due = date.fromordinal(self._origin + self._worked[number - 1])
        return DueDay(due, not self.is_published(start, due))

    def workday_before(self, day: date, days: int) -> date:
        """The `days`-th working day before `day`; for a day off it is counted from the day off itself."""
        number = self._sums[self._index(day)] - days
        if number < 0:
            raise ValueError(f"{days} working days before {day} lie outside the calendar")
        return date.fromordinal(self._origin + self._worked[number])

    def due_days(self, starts: Sequence[date], budgets: Sequence[int]) -> list[date]:
        """Many at once: the last day of each period of `budgets[i]` >= 1 working days after `starts[i]`."""
        origin, sums, worked, day_of = self._origin, self._sums, self._worked, date.fromordinal
        return [
            day_of(origin + worked[sums[start.toordinal() - origin + 1] + budget - 1])
            for start, budget in zip(starts, budgets, strict=True)
        ]

    def is_published(self, first: date, last: date) -> bool:
        """Whether every year from `first` to `last` has its notice."""
        if first.year == last.year:
            return first.year in self.published_years
        return all(year in self.published_years for year in range(first.year, last.year + 1))
