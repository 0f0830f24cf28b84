"""Clocks without a database, against somebody who walks the calendar day by day."""

from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wutong.base.calendar.services import SEED, _days
from wutong.base.calendar.workdays import DueDay, WorkingCalendar
from wutong.cases.clocks import Segment, consumed, due_day, elapsed, overdue, used


def shipped_calendar() -> WorkingCalendar:
    import yaml

    rows = yaml.safe_load(SEED.read_text(encoding="utf-8"))
    exceptions: dict[date, bool] = {}
    for year, row in rows.items():
        exceptions |= dict.fromkeys(_days(year, row, "rest"), False)
        exceptions |= dict.fromkeys(_days(year, row, "work"), True)
    return WorkingCalendar(rows, exceptions)


CALENDAR = shipped_calendar()
UNITS = st.sampled_from(["working_day", "calendar_day"])
DAYS = st.dates(date(2012, 1, 1), date(2026, 6, 30))
ONE = timedelta(days=1)


def is_worked(day: date) -> bool:
    """Years after 2026 have no notice: Monday to Friday."""
    return bool(chinese_calendar.is_workday(day)) if day.year <= 2026 else day.weekday() < 5


def walked(unit: str, after: date, until: date) -> int:
    """Units after one day through another, day by day."""
    count, day = 0, after
    while day < until:
        day += ONE
        count += unit == "calendar_day" or is_worked(day)
    return count


def walked_due(unit: str, since: date, left: int) -> date:
    day = since
    while left > 0:
        day += ONE
        left -= unit == "calendar_day" or is_worked(day)
    while day > since and not is_worked(day):
        day += ONE
    return day


@given(unit=UNITS, after=DAYS, days=st.integers(0, 200))
@settings(max_examples=200, deadline=None)
def test_elapsed_units_are_those_of_the_walk(unit: str, after: date, days: int) -> None:
    until = after + timedelta(days=days)
    assert elapsed(CALENDAR, unit, after, until) == walked(unit, after, until)


@given(unit=UNITS, since=DAYS, left=st.integers(-3, 120))
@settings(max_examples=200, deadline=None)
def test_the_due_day_is_where_the_walk_ends(unit: str, since: date, left: int) -> None:
    assert due_day(CALENDAR, unit, since, left).on == walked_due(unit, since, left)


@given(
    unit=UNITS,
    start=DAYS,
    gaps=st.lists(st.integers(0, 30), min_size=1, max_size=8),
    later=st.integers(0, 40),
)
@settings(max_examples=200, deadline=None)
def test_units_used_over_all_stretches_are_those_of_the_walk(
    unit: str, start: date, gaps: list[int], later: int
) -> None:
    """Runs and rests alternate; the last stretch may still run."""
    days = [start]
    for gap in gaps:
        days.append(days[-1] + timedelta(days=gap))
    ends: list[date | None] = list(days[1::2])
    begins = days[0::2]
    segments = [Segment(begin, end) for begin, end in zip(begins, ends + [None], strict=False)]
    on = days[-1] + timedelta(days=later)
    expected = sum(walked(unit, s.from_on, min(s.to_on or on, on)) for s in segments)
    assert consumed(CALENDAR, unit, segments, on) == expected


@given(unit=UNITS, start=DAYS, budget=st.integers(1, 40), ran=st.integers(0, 60), rested=st.integers(0, 60))
@settings(max_examples=200, deadline=None)
def test_a_rest_moves_the_due_day_by_exactly_the_units_that_were_left(
    unit: str, start: date, budget: int, ran: int, rested: int
) -> None:
    stopped = start + timedelta(days=ran)
    resumed = stopped + timedelta(days=rested)
    spent = used(CALENDAR, unit, start, stopped, budget)
    due = due_day(CALENDAR, unit, resumed, budget - spent).on
    if walked(unit, walked_due(unit, start, budget), stopped) == 0:
        assert spent == min(budget, walked(unit, start, stopped))
        assert due == walked_due(unit, resumed, budget - spent)
    else:
        assert spent > budget
        assert due == resumed


@given(unit=UNITS, since=DAYS, budget=st.integers(1, 60), later=st.integers(-30, 30))
@settings(max_examples=200, deadline=None)
def test_more_than_the_budget_is_used_exactly_when_the_due_day_is_past(
    unit: str, since: date, budget: int, later: int
) -> None:
    """The two ways to say "late" never disagree, also when the last day rolled on."""
    due = due_day(CALENDAR, unit, since, budget).on
    on = max(since, due + timedelta(days=later))
    is_late = walked(unit, due, on) > 0
    assert (used(CALENDAR, unit, since, on, budget) > budget) == is_late
    assert (overdue(CALENDAR, unit, due, on) > 0) == is_late


@given(unit=UNITS, due=DAYS, later=st.integers(-20, 60))
@settings(max_examples=100, deadline=None)
def test_overdue_units_are_those_after_the_due_day(unit: str, due: date, later: int) -> None:
    on = due + timedelta(days=later)
    assert overdue(CALENDAR, unit, due, on) == walked(unit, due, on)


def test_a_suspended_clock_is_never_overdue() -> None:
    assert overdue(CALENDAR, "working_day", None, date(2030, 1, 1)) == 0


def test_the_first_day_does_not_count_and_the_last_does() -> None:
    monday = date(2026, 3, 2)
    assert due_day(CALENDAR, "working_day", monday, 1).on == date(2026, 3, 3)
    assert consumed(CALENDAR, "working_day", [Segment(monday, monday)], monday) == 0
    assert consumed(CALENDAR, "working_day", [Segment(monday)], date(2026, 3, 3)) == 1


def test_twenty_working_days_over_the_national_day_of_2025() -> None:
    assert due_day(CALENDAR, "working_day", date(2025, 9, 22), 20) == DueDay(date(2025, 10, 24), False)


@pytest.mark.parametrize(
    ("since", "days", "due"),
    [
        (date(2026, 3, 2), 5, date(2026, 3, 9)),  # Saturday rolls on to Monday
        (date(2026, 2, 9), 5, date(2026, 2, 14)),  # a Saturday that is worked stays
        (date(2026, 2, 10), 6, date(2026, 2, 24)),  # into the Spring Festival: on to its end
        (date(2025, 9, 24), 7, date(2025, 10, 9)),  # 1 October: on to the 9th
    ],
)
def test_calendar_days_that_end_on_a_day_off_roll_on(since: date, days: int, due: date) -> None:
    assert due_day(CALENDAR, "calendar_day", since, days).on == due


def test_whoever_acts_on_a_rolled_due_day_is_in_time() -> None:
    friday_and_a_half = used(CALENDAR, "calendar_day", date(2026, 3, 2), date(2026, 3, 9), 5)
    assert friday_and_a_half == 5
    assert used(CALENDAR, "calendar_day", date(2026, 3, 2), date(2026, 3, 10), 5) > 5


@pytest.mark.parametrize("unit", ["working_day", "calendar_day"])
def test_a_due_day_in_2027_is_provisional(unit: str) -> None:
    assert due_day(CALENDAR, unit, date(2026, 12, 28), 10).provisional
    assert not due_day(CALENDAR, unit, date(2026, 12, 14), 10).provisional
