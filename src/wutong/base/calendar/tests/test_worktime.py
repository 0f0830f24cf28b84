"""Working time equals a walk that looks at every minute, over seasons, holidays and make-up days."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from wutong.base.calendar.services import shipped_calendar, shipped_years
from wutong.base.calendar.worktime import OfficeDay, WorkingTime, spans_of

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = shipped_calendar()
WINTER = spans_of([("08:30", "12:00"), ("13:30", "17:30")])
SUMMER = spans_of([("09:00", "12:00"), ("14:30", "18:00")])
THROUGH = spans_of([("09:00", "17:00")])
HOURS = [
    OfficeDay(date(2010, 1, 1), WINTER),
    OfficeDay(date(2025, 5, 6), SUMMER),
    OfficeDay(date(2025, 10, 1), WINTER),
    OfficeDay(date(2026, 6, 1), THROUGH),
]
TIME = WorkingTime(CALENDAR, HOURS, ZONE)
HOUR = 3600

moments = some.datetimes(datetime(2025, 1, 20), datetime(2026, 8, 30)).map(  # noqa: DTZ001 - local
    lambda at: at.replace(second=0, microsecond=0)
)


def at(text: str) -> int:
    return int(datetime.fromisoformat(f"{text}+08:00").timestamp())


def words(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).astimezone(ZONE).strftime("%Y-%m-%d %H:%M")


def exceptions() -> dict[date, bool]:
    days = {}
    for year in (2025, 2026):
        for key, is_worked in (("rest", False), ("work", True)):
            days |= {date.fromisoformat(f"{year}-{day}"): is_worked for day in shipped_years()[year][key]}
    return days


EXCEPTIONS = exceptions()


def is_open(minute: datetime) -> bool:
    """Whether the office works in the minute that begins then; said anew, without the tables."""
    day = minute.date()
    if not EXCEPTIONS.get(day, day.weekday() < 5):
        return False
    spans = [row.spans for row in HOURS if row.valid_from <= day][-1]
    second = minute.hour * 3600 + minute.minute * 60
    return any(start <= second < end for start, end in spans)


def walked(after: datetime, until: datetime) -> int:
    total, minute = 0, after
    while minute < until:
        total += 60 * is_open(minute)
        minute += timedelta(minutes=1)
    return total


def point(moment: datetime) -> int:
    return int(moment.replace(tzinfo=ZONE).timestamp())


@given(moments, some.integers(0, 20 * 24 * 60))
def test_elapsed_is_what_a_walk_counts(after: datetime, minutes: int) -> None:
    until = after + timedelta(minutes=minutes)
    expected = walked(after, until)
    assert TIME.elapsed(point(after), point(until)) == expected
    assert TIME.elapsed(point(until), point(after)) == -expected


@given(moments, some.integers(1, 60 * 60))
def test_advance_is_the_first_moment_at_which_the_time_has_passed(since: datetime, minutes: int) -> None:
    minute, left = since, minutes
    while left:
        left -= is_open(minute)
        minute += timedelta(minutes=1)
    assert words(TIME.advance(point(since), minutes * 60)) == minute.strftime("%Y-%m-%d %H:%M")


@given(moments, some.integers(1, 200 * HOUR))
def test_retreat_is_the_inverse_of_advance(since: datetime, seconds: int) -> None:
    start = point(since)
    end = TIME.advance(start, seconds)
    back = TIME.retreat(end, seconds)
    assert TIME.elapsed(back, end) == seconds
    if is_open(since) and is_open(since - timedelta(minutes=1)):
        assert back == start
    else:
        assert back <= start, "a moment at which the office is closed goes back to the closing before it"
    assert TIME.elapsed(back, start) == 0


@given(moments, some.integers(0, 500 * HOUR), some.integers(0, 500 * HOUR))
def test_time_adds_up(since: datetime, first: int, second: int) -> None:
    start = point(since)
    assert TIME.advance(TIME.advance(start, first), second) == TIME.advance(start, first + second)
    assert TIME.elapsed(start, TIME.advance(start, first)) == first


@pytest.mark.parametrize(
    ("event", "hours", "due"),
    [
        ("2025-03-03 07:00", 1, "2025-03-03 09:30"),  # before opening
        ("2025-03-03 12:40", 1, "2025-03-03 14:30"),  # at lunch
        ("2025-03-03 19:00", 1, "2025-03-04 09:30"),  # after closing
        ("2025-03-08 10:00", 1, "2025-03-10 09:30"),  # on a Saturday
        ("2025-03-03 16:30", 1, "2025-03-03 17:30"),  # ends exactly at closing, not at the next opening
        ("2025-03-03 17:30", 1, "2025-03-04 09:30"),  # begins exactly at closing
        ("2025-03-03 11:00", 1, "2025-03-03 12:00"),  # ends exactly at noon
        ("2025-03-03 08:30", 7.5, "2025-03-03 17:30"),  # a whole day
        ("2025-09-30 17:00", 2, "2025-10-09 09:30"),  # summer hours, then over National Day into winter hours
        ("2025-09-27 10:00", 2, "2025-09-28 11:00"),  # the Sunday after is worked
        ("2026-02-13 17:00", 1, "2026-02-14 09:00"),  # a make-up Saturday before the Spring Festival
        ("2026-02-14 17:00", 1, "2026-02-24 09:00"),  # the last working day before it
        ("2025-05-05 10:00", 1, "2025-05-06 10:00"),  # a day off, then the first day of the summer hours
        ("2025-04-30 17:00", 3, "2025-05-06 11:30"),  # half an hour in winter, the rest in summer
        ("2026-05-29 17:00", 6, "2026-06-01 14:30"),  # the office no longer rests at noon
    ],
)
def test_events_at_every_time_of_the_day(event: str, hours: float, due: str) -> None:
    assert words(TIME.advance(at(event), int(hours * HOUR))) == due


def test_nothing_left_ends_at_once_even_at_night() -> None:
    assert TIME.advance(at("2025-03-08 23:00"), 0) == at("2025-03-08 23:00")


def test_time_outside_the_office_costs_nothing() -> None:
    assert TIME.elapsed(at("2025-03-07 17:30"), at("2025-03-10 08:30")) == 0
    assert TIME.elapsed(at("2025-09-30 18:00"), at("2025-10-09 08:30")) == 0


def test_days_before_the_first_row_have_its_hours() -> None:
    time = WorkingTime(CALENDAR, [OfficeDay(date(2026, 6, 1), SUMMER)], ZONE)
    assert words(time.advance(at("2025-03-03 07:00"), HOUR)) == "2025-03-03 10:00"


def test_a_period_that_leaves_the_calendar_is_an_error() -> None:
    for wrong in (
        lambda: TIME.advance(at("2025-03-03 07:00"), 100_000 * HOUR),
        lambda: TIME.retreat(at("2025-03-03 07:00"), 100_000 * HOUR),
        lambda: TIME.elapsed(at("1990-01-01 10:00"), at("2025-03-03 07:00")),
    ):
        with pytest.raises(ValueError, match="outside the calendar"):
            wrong()


@pytest.mark.parametrize("periods", [[], [("12:00", "08:30")], [("08:30", "12:00"), ("11:00", "17:00")]])
def test_hours_that_do_not_follow_one_another_are_refused(periods: list[tuple[str, str]]) -> None:
    with pytest.raises(ValueError, match="follow one another"):
        spans_of(periods)
