"""Which calendar a command counts with: the recorded one, or the shipped one where no database answers."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db import DatabaseError, connection

from wutong.base.calendar.models import CalendarDay, CalendarYear
from wutong.base.calendar.services import (
    recorded_time,
    shipped_calendar,
    shipped_working_time,
    shipped_years,
)
from wutong.base.errors import Refused
from wutong.cases.clocks.publishing import Notice
from wutong.cases.clocks.scales import Counting

RECORDED = "已登记的工作日历"
SHIPPED = "随产品附带的国务院办公厅通知（没有读到已登记的工作日历）"


@dataclass(frozen=True)
class CalendarSource:
    """`code` is `recorded` or `shipped`, `words` says the same to a reader."""

    code: str
    words: str
    counting: Counting

    @property
    def published_through(self) -> int:
        return max(self.counting.calendar.published_years)


def calendar_source() -> CalendarSource:
    """Asks the database only where there is one: an embedded database is never created by asking."""
    if has_database():
        try:
            time = recorded_time()
        except DatabaseError:
            pass  # it does not answer, or has no tables yet
        else:
            if time.calendar.published_years:
                return CalendarSource("recorded", RECORDED, Counting(time))
    time = shipped_working_time(shipped_calendar())
    return CalendarSource("shipped", SHIPPED, Counting(time))


def has_database() -> bool:
    """Whether asking would not create a file. A database in memory is one that is open already."""
    if connection.vendor != "sqlite" or connection.connection is not None:
        return True
    return Path(str(connection.settings_dict["NAME"])).is_file()


def calendar_years() -> tuple[str, list[Notice]]:
    """Where the years come from, in words, and their notices by year."""
    if has_database():
        try:
            recorded = _recorded_years()
        except DatabaseError:
            pass
        else:
            if recorded:
                return RECORDED, recorded
    return SHIPPED, [
        Notice(year, row["notice"], row["published_on"], _days(year, row["rest"]), _days(year, row["work"]))
        for year, row in sorted(shipped_years().items())
    ]


def refuse_without_database() -> None:
    """Raises Refused where nothing can be recorded, without making a database by asking."""
    try:
        if has_database():
            CalendarYear.objects.exists()
            return
    except DatabaseError:
        pass
    raise Refused("没有可用的数据库，不能登记。请先运行 wutong migrate。")


def _recorded_years() -> list[Notice]:
    days: dict[tuple[int, bool], list[date]] = {}
    for year, day, is_workday in CalendarDay.objects.order_by("day").values_list(
        "year_id", "day", "is_workday"
    ):
        days.setdefault((year, is_workday), []).append(day)
    return [
        Notice(
            row.year,
            row.notice,
            row.published_on,
            tuple(days.get((row.year, False), ())),
            tuple(days.get((row.year, True), ())),
            row.revision,
        )
        for row in CalendarYear.objects.order_by("year")
    ]


def _days(year: int, texts: list[str]) -> tuple[date, ...]:
    return tuple(date.fromisoformat(f"{year}-{text}") for text in texts)
