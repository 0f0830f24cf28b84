"""Working days in law and on paper."""

from datetime import date, timedelta

import chinese_calendar
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from wutong.base.calendar.services import SEED, _days
from wutong.base.calendar.workdays import DueDay, WorkingCalendar


def shipped_calendar() -> WorkingCalendar:
    rows = yaml.safe_load(SEED.read_text(encoding="utf-8"))
    exceptions = {}
    for year, row in rows.items():
        exceptions |= dict.fromkeys(_days(year, row, "rest"), False)
        exceptions |= dict.fromkeys(_days(year, row, "work"), True)
    return WorkingCalendar(rows, exceptions)


CALENDAR = shipped_calendar()
DAYS = st.dates(date(2010, 1, 1), date(2026, 12, 31))


def test_every_day_from_2010_to_2026_agrees_with_an_independent_calendar():
    day = date(2010, 1, 1)
    while day <= date(2026, 12, 31):
        assert CALENDAR.is_workday(day) == chinese_calendar.is_workday(day), day
        day += timedelta(days=1)


def test_twenty_working_days_from_22_september_2025_end_on_24_october():
    assert CALENDAR.add_workdays(date(2025, 9, 22), 20) == DueDay(date(2025, 10, 24), provisional=False)


def test_the_last_working_day_before_the_spring_festival_counts_once():
    # 2026-02-14 is a make-up Saturday, the festival runs from 15 to 23 February.
    assert CALENDAR.add_workdays(date(2026, 2, 13), 1).on == date(2026, 2, 14)
    assert CALENDAR.add_workdays(date(2026, 2, 14), 1).on == date(2026, 2, 24)


def test_a_period_that_reaches_into_an_unpublished_year_is_provisional():
    assert CALENDAR.add_workdays(date(2026, 12, 30), 5).provisional
    assert not CALENDAR.add_workdays(date(2026, 12, 1), 5).provisional


def test_a_negative_period_is_refused():
    with pytest.raises(ValueError, match="negative"):
        CALENDAR.add_workdays(date(2025, 1, 1), -1)


@given(start=DAYS, days=st.integers(1, 400))
def test_walking_day_by_day_gives_the_same_due_day(start: date, days: int):
    day, left = start, days
    while left:
        day += timedelta(days=1)
        if chinese_calendar.is_workday(day) if day.year <= 2026 else day.weekday() < 5:
            left -= 1
    due = CALENDAR.add_workdays(start, days)
    assert due.on == day
    assert CALENDAR.workdays_between(start, due.on) == days


@pytest.mark.deep
@settings(max_examples=200_000)
@given(start=DAYS, days=st.integers(1, 60))
def test_walking_day_by_day_gives_the_same_due_day_200_000_times(start: date, days: int):
    day, left = start, days
    while left:
        day += timedelta(days=1)
        if chinese_calendar.is_workday(day) if day.year <= 2026 else day.weekday() < 5:
            left -= 1
    assert CALENDAR.add_workdays(start, days).on == day


@given(start=DAYS, days=st.integers(0, 400))
def test_the_units_between_two_days_are_those_of_a_walk(start: date, days: int):
    until = start + timedelta(days=days)
    walk = [start + timedelta(days=number) for number in range(1, days + 1)]
    worked = [
        day for day in walk if (chinese_calendar.is_workday(day) if day.year <= 2026 else day.weekday() < 5)
    ]
    assert CALENDAR.workdays_between(start, until) == len(worked)
    assert CALENDAR.workdays_between(until, start) == -len(worked)


@given(day=DAYS)
def test_no_days_at_all_end_on_the_day_itself_or_on_the_next_that_is_worked(day: date):
    due = day
    while not (chinese_calendar.is_workday(due) if due.year <= 2026 else due.weekday() < 5):
        due += timedelta(days=1)
    assert CALENDAR.add_workdays(day, 0).on == due


def test_days_outside_the_calendar_are_an_error_and_no_guess():
    with pytest.raises(ValueError, match="outside the calendar"):
        CALENDAR.is_workday(date(1990, 1, 1))
    with pytest.raises(ValueError, match="outside the calendar"):
        CALENDAR.add_workdays(date(2026, 1, 1), 10_000)


def test_a_million_look_ups_take_no_walk():
    """Prefix sums: a long period costs as much as a short one."""
    assert CALENDAR.add_workdays(date(2010, 1, 4), 4000).on.year == 2026


def test_2027_is_monday_to_friday_and_provisional():
    assert CALENDAR.is_workday(date(2027, 1, 1))  # a Friday; nobody has said otherwise yet
    assert not CALENDAR.is_workday(date(2027, 1, 2))
    assert not CALENDAR.is_published(date(2026, 12, 31), date(2027, 1, 1))
