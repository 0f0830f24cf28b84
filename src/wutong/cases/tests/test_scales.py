"""How each unit counts, without a database."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wutong.base.calendar.services import shipped_calendar, shipped_working_time
from wutong.cases.clocks.declared import Terms, Unit
from wutong.cases.clocks.scales import Counting, add_months
from wutong.cases.clocks.state import delay, extend, resume, start, stop, suspend, used

COUNTING = Counting(shipped_working_time(shipped_calendar()))
DAYS = st.dates(date(2011, 1, 1), date(2026, 6, 30)).map(date.toordinal)
DAY_UNITS = st.sampled_from(["working_day", "calendar_day", "month"])


def due(unit: Unit, budget: int, on: date, *, rolls: bool = True) -> date:
    clock = start(COUNTING, Terms(unit, budget, rolls), on.toordinal())
    assert clock.due is not None
    return date.fromordinal(clock.due)


def second(text: str) -> int:
    return int(datetime.fromisoformat(f"{text}+08:00").timestamp())


@pytest.mark.parametrize(
    ("unit", "budget", "on", "expected"),
    [
        ("working_day", 20, date(2025, 9, 22), date(2025, 10, 24)),
        (
            "working_day",
            1,
            date(2026, 2, 13),
            date(2026, 2, 14),
        ),  # a make-up Saturday before the Spring Festival
        ("working_day", 2, date(2026, 2, 13), date(2026, 2, 24)),  # and the first working day after it
        ("working_day", 5, date(2026, 2, 14), date(2026, 2, 28)),
        ("calendar_day", 10, date(2026, 2, 9), date(2026, 2, 24)),  # the 19th lies in the festival
        ("calendar_day", 5, date(2026, 2, 9), date(2026, 2, 14)),  # a Saturday that is worked
        ("month", 1, date(2026, 1, 31), date(2026, 2, 28)),
        ("month", 1, date(2024, 1, 31), date(2024, 2, 29)),
        ("month", 3, date(2025, 11, 30), date(2026, 2, 28)),
        ("month", 12, date(2024, 2, 29), date(2025, 2, 28)),
        ("month", 1, date(2025, 9, 1), date(2025, 10, 9)),  # 1 October: on to the first day after the holiday
    ],
)
def test_periods_worked_out_by_hand(unit: Unit, budget: int, on: date, expected: date) -> None:
    assert due(unit, budget, on) == expected


def test_a_limit_that_does_not_roll_ends_on_its_day() -> None:
    assert due("month", 3, date(2025, 11, 30), rolls=False) == date(2026, 2, 28)
    assert due("calendar_day", 10, date(2026, 2, 9), rolls=False) == date(2026, 2, 19)
    assert due("month", 1, date(2025, 9, 1), rolls=False) == date(2025, 10, 1)


@pytest.mark.parametrize(
    ("unit", "budget"), [("working_day", 15), ("calendar_day", 11), ("month", 1), ("working_hour", 60)]
)
def test_what_reaches_into_a_year_without_notice_is_provisional(unit: Unit, budget: int) -> None:
    point = second("2026-12-28 09:00") if unit == "working_hour" else date(2026, 12, 25).toordinal()
    assert start(COUNTING, Terms(unit, budget), point).provisional
    assert not start(
        COUNTING, Terms(unit, 1), second("2026-12-28 09:00") if unit == "working_hour" else point - 60
    ).provisional


def test_hours_and_minutes_are_never_provisional() -> None:
    assert not start(COUNTING, Terms("hour", 48), second("2026-12-31 09:00")).provisional


@pytest.mark.parametrize(
    ("budget", "at", "expected"),
    [
        (4, "2025-09-22 10:00", "2025-09-22 15:30"),
        (4, "2025-09-22 06:00", "2025-09-22 14:00"),
        (4, "2025-09-22 12:30", "2025-09-22 17:30"),  # to the very closing
        (1, "2025-09-22 17:00", "2025-09-23 09:00"),
        (
            8,
            "2025-09-26 17:30",
            "2025-09-29 09:00",
        ),  # Sunday the 28th is worked, half an hour is left for Monday
        (2, "2025-09-30 16:30", "2025-10-09 09:30"),
    ],
)
def test_working_hours_worked_out_by_hand(budget: int, at: str, expected: str) -> None:
    assert start(COUNTING, Terms("working_hour", budget), second(at)).due == second(expected)


@given(day=DAYS, months=st.integers(0, 240))
def test_a_month_later_is_the_same_day_or_the_last_of_its_month(day: int, months: int) -> None:
    before, after = date.fromordinal(day), date.fromordinal(add_months(day, months))
    assert (after.year * 12 + after.month) - (before.year * 12 + before.month) == months
    is_last = (after + timedelta(days=1)).day == 1
    assert after.day == before.day or (is_last and after.day < before.day)


@given(unit=DAY_UNITS, since=DAYS, budget=st.integers(1, 12), later=st.integers(-40, 40))
def test_more_than_the_budget_is_used_exactly_when_the_due_day_is_past(
    unit: Unit, since: int, budget: int, later: int
) -> None:
    """The ways to say "late" never disagree, also when the last day rolled on."""
    clock = start(COUNTING, Terms(unit, budget), since)
    assert clock.due is not None
    on = max(since, clock.due + later)
    late = COUNTING.scale(unit).elapsed(clock.due, on) if on > clock.due else 0
    assert delay(COUNTING, clock, on) == late
    assert (used(COUNTING, clock, on) > clock.total) == (late > 0)
    assert (stop(COUNTING, clock, on).state == "missed") == (on > clock.due)


@given(
    unit=DAY_UNITS, since=DAYS, budget=st.integers(1, 12), ran=st.integers(0, 30), rested=st.integers(0, 60)
)
def test_a_rest_moves_the_due_day_by_exactly_what_was_left(
    unit: Unit, since: int, budget: int, ran: int, rested: int
) -> None:
    clock = start(COUNTING, Terms(unit, budget), since)
    assert clock.due is not None
    if since + ran > clock.due:
        return
    still = suspend(COUNTING, clock, since + ran)
    assert still.due is None and still.state == "suspended"
    again = resume(COUNTING, still, since + ran + rested)
    assert again.due is not None and again.due >= clock.due
    assert again.due == COUNTING.due(unit, True, since + ran + rested, still.left).point


@given(since=DAYS, budget=st.integers(1, 40), by=st.integers(1, 30))
def test_an_extension_by_days_is_the_longer_budget_from_the_start(since: int, budget: int, by: int) -> None:
    for unit in ("working_day", "calendar_day"):
        clock = start(COUNTING, Terms(unit, budget), since)
        longer = start(COUNTING, Terms(unit, budget + by), since)
        assert extend(COUNTING, clock, by=by).due == longer.due


@given(unit=st.sampled_from(["working_day", "calendar_day"]), day=DAYS, amount=st.integers(1, 40))
def test_what_lies_before_a_day_leads_back_to_it(unit: str, day: int, amount: int) -> None:
    rolled = COUNTING.roll(day)
    before = COUNTING.shift(unit, rolled, -amount)
    assert COUNTING.shift(unit, before, amount) == rolled
