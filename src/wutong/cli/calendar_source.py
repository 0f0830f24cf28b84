"""Which calendar a command counts with: the recorded one, or the shipped one where no database answers."""

from dataclasses import dataclass
from pathlib import Path

from django.db import DatabaseError, connection

from wutong.base.calendar.services import recorded_time, shipped_calendar, shipped_working_time
from wutong.cases.clocks.scales import Counting


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
                return CalendarSource("recorded", "已登记的工作日历", Counting(time))
    time = shipped_working_time(shipped_calendar())
    return CalendarSource(
        "shipped", "随产品附带的国务院办公厅通知（没有读到已登记的工作日历）", Counting(time)
    )


def has_database() -> bool:
    """Whether asking would not create a file. A database in memory is one that is open already."""
    if connection.vendor != "sqlite" or connection.connection is not None:
        return True
    return Path(str(connection.settings_dict["NAME"])).is_file()
