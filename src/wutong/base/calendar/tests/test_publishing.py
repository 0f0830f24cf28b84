"""Recording a year's notice: clocks count with it at once."""

from datetime import date

import pytest
from django.conf import LazySettings

from wutong.base.calendar.models import CalendarDay, CalendarYear
from wutong.base.calendar.services import (
    load_published_years,
    publish_year,
    stamp_with_account,
    working_calendar,
)
from wutong.base.errors import Refused

pytestmark = pytest.mark.django_db
NEW_YEAR = date(2027, 1, 1)


def publish(**values: object) -> None:
    given = {"notice": "示例通知", "published_on": date(2026, 11, 1), "off": [NEW_YEAR], "work": [], **values}
    publish_year(2027, **given)  # type: ignore[arg-type]


def test_a_new_notice_makes_its_year_certain() -> None:
    load_published_years()
    assert working_calendar().add_workdays(date(2026, 12, 31), 1).provisional
    publish()
    due = working_calendar().add_workdays(date(2026, 12, 31), 1)
    assert (due.on, due.provisional) == (date(2027, 1, 4), False)


def test_a_corrected_notice_replaces_the_exceptions_of_its_year() -> None:
    publish()
    publish(off=[date(2027, 1, 4)], work=[date(2027, 1, 9)])
    calendar = working_calendar()
    assert calendar.is_workday(NEW_YEAR)
    assert not calendar.is_workday(date(2027, 1, 4))
    assert calendar.is_workday(date(2027, 1, 9))
    assert CalendarYear.objects.get(year=2027).revision == 2
    assert CalendarDay.objects.filter(year_id=2027).count() == 2


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"off": [date(2026, 1, 1)]}, "不在2027年内"),
        ({"off": [date(2027, 1, 2)]}, "不是例外"),
        ({"work": [date(2027, 1, 4)]}, "不是例外"),
    ],
)
def test_a_notice_with_a_slip_is_refused_and_nothing_changes(values: dict[str, object], words: str) -> None:
    with pytest.raises(Refused, match=words):
        publish(**values)
    assert not CalendarYear.objects.exists()


def test_what_an_office_recorded_stays_when_the_shipped_years_are_loaded() -> None:
    publish_year(2026, notice="本区通知", published_on=date(2025, 11, 1), off=[], work=[])
    load_published_years()
    load_published_years()
    assert CalendarYear.objects.get(year=2026).notice == "本区通知"
    assert working_calendar().is_workday(date(2026, 1, 1))
    assert not working_calendar().is_workday(date(2025, 10, 1))


def test_the_calendar_is_read_once_and_then_costs_one_query(
    settings: LazySettings, django_assert_num_queries: object
) -> None:
    publish()
    working_calendar()
    with django_assert_num_queries(1):  # type: ignore[operator]
        working_calendar()


def stamp() -> int | None:
    return CalendarYear.objects.annotate(stamp=stamp_with_account()).values_list("stamp", flat=True).first()


def test_whoever_read_the_stamp_along_asks_nothing_until_a_notice_comes(
    django_assert_num_queries: object,
) -> None:
    load_published_years()
    working_calendar()
    before = stamp()
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert working_calendar(before).add_workdays(date(2026, 12, 31), 1).provisional
    publish()
    assert stamp() != before
    assert not working_calendar(stamp()).add_workdays(date(2026, 12, 31), 1).provisional
    publish(off=[], work=[])
    assert working_calendar(stamp()).is_workday(NEW_YEAR)
