"""A day as it is said in a meeting."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wutong.ledgers.meetings.rules import PastDay, UnreadableDay, parse_due

MONDAY = date(2026, 1, 12)
DAYS = st.dates(date(2001, 1, 1), date(2090, 12, 31))


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("1月19日", date(2026, 1, 19)),
        ("1-19", date(2026, 1, 19)),
        ("1/19", date(2026, 1, 19)),
        ("1.19", date(2026, 1, 19)),
        ("1月19日前", date(2026, 1, 19)),
        ("1月19日之前", date(2026, 1, 19)),
        ("一月十九日", date(2026, 1, 19)),
        ("１月１９日", date(2026, 1, 19)),
        ("2026-01-19", date(2026, 1, 19)),
        ("2026年1月19日", date(2026, 1, 19)),
        ("二〇二六年一月十九号", date(2026, 1, 19)),
        ("20260119", date(2026, 1, 19)),
        ("26-1-19", date(2026, 1, 19)),
        ("19日", date(2026, 1, 19)),
        ("十九号", date(2026, 1, 19)),
        ("9日", date(2026, 2, 9)),
        ("下月5日", date(2026, 2, 5)),
        ("今天", MONDAY),
        ("明天", date(2026, 1, 13)),
        ("大后天", date(2026, 1, 15)),
        ("周五", date(2026, 1, 16)),
        ("周一", MONDAY),
        ("本周五", date(2026, 1, 16)),
        ("星期天", date(2026, 1, 18)),
        ("下周五", date(2026, 1, 23)),
        ("下周五前", date(2026, 1, 23)),
        ("下下周三", date(2026, 1, 28)),
        ("3天内", date(2026, 1, 15)),
        ("十天内", date(2026, 1, 22)),
        ("两周内", date(2026, 1, 26)),
        ("一个月内", date(2026, 2, 12)),
        ("月底", date(2026, 1, 31)),
        ("本月底", date(2026, 1, 31)),
        ("下月底", date(2026, 2, 28)),
        ("3月底", date(2026, 3, 31)),
        ("年底", date(2026, 12, 31)),
        (" 1 月 19 日 ", date(2026, 1, 19)),
    ],
)
def test_what_people_say_is_understood(said: str, meant: date) -> None:
    assert parse_due(said, MONDAY) == meant


@pytest.mark.parametrize(
    "said",
    ["", "尽快", "2月30日", "13月1日", "32日", "1月", "0天", "周八", "下周", "2999-01-01", "1-19-", "二二"],
)
def test_what_nobody_understands_is_refused(said: str) -> None:
    with pytest.raises(UnreadableDay):
        parse_due(said, MONDAY)


@pytest.mark.parametrize(
    ("said", "meant"),
    [("1月11日", date(2026, 1, 11)), ("2026-1-5", date(2026, 1, 5)), ("2025-12-31", date(2025, 12, 31))],
)
def test_a_day_that_is_over_is_a_slip(said: str, meant: date) -> None:
    with pytest.raises(PastDay) as refusal:
        parse_due(said, MONDAY)
    assert refusal.value.day == meant


def test_a_day_before_the_meeting_in_its_week_is_over() -> None:
    with pytest.raises(PastDay):
        parse_due("本周一", date(2026, 1, 14))
    assert parse_due("周一", date(2026, 1, 14)) == date(2026, 1, 19)


def test_in_december_january_is_that_of_the_next_year() -> None:
    assert parse_due("1月19日", date(2026, 12, 21)) == date(2027, 1, 19)
    assert parse_due("1月底", date(2026, 12, 21)) == date(2027, 1, 31)


@given(meeting_on=DAYS, later=st.integers(0, 180))
def test_every_way_to_write_a_day_means_the_same(meeting_on: date, later: int) -> None:
    day = meeting_on + timedelta(days=later)
    ways = [
        day.isoformat(),
        f"{day:%Y%m%d}",
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.month}月{day.day}日",
        f"{day.month}-{day.day}前",
    ]
    assert {parse_due(way, meeting_on) for way in ways} == {day}


@given(meeting_on=DAYS, weekday=st.sampled_from("一二三四五六日"))
def test_a_weekday_is_the_next_one(meeting_on: date, weekday: str) -> None:
    found = parse_due(f"周{weekday}", meeting_on)
    assert 0 <= (found - meeting_on).days <= 6
    assert "一二三四五六日"[found.weekday()] == weekday
    following = parse_due(f"下周{weekday}", meeting_on)
    monday = meeting_on - timedelta(days=meeting_on.weekday())
    assert 7 <= (following - monday).days <= 13
    assert following.weekday() == found.weekday()


LIKE_A_DAY = st.text(alphabet="0123456789一二十〇年月日号底周天下本内前-/.个", max_size=9)


@given(meeting_on=DAYS, said=st.text(max_size=12) | LIKE_A_DAY)
def test_nothing_typed_breaks_the_row(meeting_on: date, said: str) -> None:
    try:
        day = parse_due(said, meeting_on)
    except (UnreadableDay, PastDay):
        return
    assert day >= meeting_on
