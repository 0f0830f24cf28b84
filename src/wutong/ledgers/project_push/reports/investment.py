"""The investment of one project: done in the year, since it began, shares of the plan and of the whole. Pure; shares are
exact fractions, rounded only where they are shown.

What nobody reported is missing and never nought: without a year plan the share of it is unknown, a month without report
is listed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

Month = tuple[int, int]
"""Year and month."""


@dataclass(frozen=True)
class MonthFigures:
    """One reported month, in yuan."""

    month: Month
    done_yuan: int
    planned_yuan: int | None = None


@dataclass(frozen=True)
class Investment:
    """As of a day. Amounts are None while no month was reported: `done_in_year_yuan` counts the reported months of the
    day's year, `done_yuan` all of them, the ones before the start too (land is paid for before it). `missing` are the
    months since the start, or since the first report, that are over and were not reported."""

    total_yuan: int
    months: tuple[MonthFigures, ...] = ()
    missing: tuple[Month, ...] = ()
    year_plan_yuan: int | None = None
    done_in_year_yuan: int | None = None
    done_yuan: int | None = None

    @property
    def last(self) -> MonthFigures | None:
        """The latest month that was reported."""
        return self.months[-1] if self.months else None

    @property
    def share_of_year_plan(self) -> Fraction | None:
        """Done in the year as a part of the year's plan; None without plan or report."""
        return share(self.done_in_year_yuan, self.year_plan_yuan)

    @property
    def share_of_total(self) -> Fraction | None:
        """Done so far as a part of the total investment."""
        return share(self.done_yuan, self.total_yuan)


def share(part: int | None, whole: int | None) -> Fraction | None:
    """`part` of `whole`; None where one is unknown or there is no whole."""
    return Fraction(part, whole) if part is not None and whole else None


def investment_as_of(
    reported: Iterable[MonthFigures],
    as_of: date,
    *,
    total_yuan: int,
    year_plan_yuan: int | None = None,
    started_on: date | None = None,
    ended_on: date | None = None,
) -> Investment:
    """What the reported months come to on a day. `year_plan_yuan` is the plan of the day's year. Months are expected
    from the start of construction (or the first report, if that is earlier) to the end of the project's life or the last
    month that is over."""
    this_month = as_of.year, as_of.month
    months = tuple(
        sorted((item for item in reported if item.month <= this_month), key=lambda item: item.month)
    )
    in_year = [item.done_yuan for item in months if item.month[0] == as_of.year]
    known = {item.month for item in months}
    begins = [months[0].month] if months else []
    if started_on is not None and started_on <= as_of:
        begins.append((started_on.year, started_on.month))
    last = this_month
    if ended_on is not None:
        last = min(last, (ended_on.year, ended_on.month))
    expected = months_between(min(begins), last) if begins else ()
    return Investment(
        total_yuan=total_yuan,
        months=months,
        missing=tuple(month for month in expected if month not in known),
        year_plan_yuan=year_plan_yuan,
        done_in_year_yuan=sum(in_year) if in_year else None,
        done_yuan=sum(item.done_yuan for item in months) if months else None,
    )


def months_between(first: Month, end: Month) -> Iterator[Month]:
    """The months from `first` to the one before `end`."""
    for index in range(first[0] * 12 + first[1] - 1, end[0] * 12 + end[1] - 1):
        yield index // 12, index % 12 + 1
