"""A recount of clocks by somebody who knows neither the product's calendar nor its clocks: it walks the calendar of
another package day by day with a pencil. Slow, and simple enough to be believed.
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import chinese_calendar

Event = tuple[str, int, int]
"""What happened (suspend, resume, extend, stop), where on the axis, and by how many units."""
SHIFT = 8 * 3600
EPOCH = date(1970, 1, 1).toordinal()
OFFICE = ((30600, 43200), (48600, 63000))
"""8:30 to 12:00 and 13:30 to 17:30, in seconds of the day."""
WORKED = {
    day.toordinal(): chinese_calendar.is_workday(day)
    for day in (date(2010, 1, 1) + timedelta(days=index) for index in range(17 * 366))
    if day.year <= 2026
}
SECONDS = {"minute": 60, "hour": 3600, "working_hour": 3600}


def is_worked(day: int) -> bool:
    """Years after 2026 have no notice: Monday to Friday."""
    known = WORKED.get(day)
    return date.fromordinal(day).weekday() < 5 if known is None else known


def later_month(day: int, months: int) -> int:
    start = date.fromordinal(day)
    year, month = start.year, start.month
    for _step in range(months):
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return date(year, month, min(start.day, monthrange(year, month)[1])).toordinal()


@dataclass
class Pencil:
    """What stands on the paper: budget used, delay, and where the limit lies."""

    unit: str
    start: int
    units: int
    used: int = 0
    late: int = 0
    since: int | None = None
    limit: int | None = None
    missed: bool = False
    ended: bool = False

    @property
    def total(self) -> int:
        if self.unit == "month":
            return later_month(self.start, self.units) - self.start
        return self.units * SECONDS.get(self.unit, 1)


def recount(unit: str, units: int, start: int, events: Sequence[Event], until: int) -> Pencil:
    paper = Pencil(unit, start, units, since=start)
    _draw_limit(paper)
    for what, where, amount in events:
        if what == "extend":
            before = paper.total
            paper.units += amount
            if paper.since is not None:
                _draw_limit(paper)
            assert paper.total >= before
        elif what == "resume":
            paper.since = where
            _draw_limit(paper)
        else:
            if paper.since is not None:
                _run(paper, where)
            paper.since = None
            paper.ended = what == "stop"
    if paper.since is not None:
        _run(paper, until)
    return paper


def _run(paper: Pencil, until: int) -> None:
    """From where the clock began to run, one day (or one stretch of a day) after another."""
    assert paper.since is not None and paper.limit is not None
    inside = min(until, paper.limit)
    paper.used += min(_count(paper.unit, paper.since, inside), paper.total - paper.used)
    if until > paper.limit:
        paper.late += _count(paper.unit, max(paper.limit, paper.since), until)
        paper.missed = True


def _count(unit: str, after: int, until: int) -> int:
    if unit in {"calendar_day", "month", "minute", "hour"}:
        return max(0, until - after)
    if unit == "working_day":
        return sum(is_worked(day) for day in range(after + 1, until + 1))
    seconds = 0
    for day in range((after + SHIFT) // 86400, (until + SHIFT) // 86400 + 1):
        if is_worked(day + EPOCH):
            midnight = day * 86400 - SHIFT
            for opens, closes in OFFICE:
                seconds += max(0, min(until, midnight + closes) - max(after, midnight + opens))
    return seconds


def _draw_limit(paper: Pencil) -> None:
    """Walk until the rest of the budget is used; a last day off goes on to the next working day."""
    assert paper.since is not None
    left, here = paper.total - paper.used, paper.since
    if paper.unit in {"minute", "hour"}:
        paper.limit = here + left
        return
    if paper.unit == "working_hour":
        paper.limit = _walk_office(here, left)
        return
    while left > 0:
        here += 1
        left -= paper.unit != "working_day" or is_worked(here)
    while not is_worked(here):
        here += 1
    paper.limit = here


def _walk_office(here: int, left: int) -> int:
    if left == 0:
        return here
    day = (here + SHIFT) // 86400
    while True:
        if is_worked(day + EPOCH):
            midnight = day * 86400 - SHIFT
            for opens, closes in OFFICE:
                begin, end = max(here, midnight + opens), midnight + closes
                if begin < end:
                    if left <= end - begin:
                        return begin + left
                    left -= end - begin
        day += 1
