"""Twelve months of a year as tables, with holidays and make-up days marked in words."""

from calendar import Calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal

from django.utils.translation import gettext as _

from wutong.desk.calendar_reading import WEEKDAYS, holidays_of
from wutong.ui.panels import Panel
from wutong.ui.tables import Text


@dataclass(frozen=True)
class MonthDay:
    """`mark` says that a day is off for a holiday or worked as a make-up day; ordinary days have none."""

    number: int
    mark: Literal["", "off", "work"] = ""


@dataclass(frozen=True)
class Month:
    """Weeks from Monday on; None stands for days of other months."""

    number: int
    title: str
    weeks: Sequence[Sequence[MonthDay | None]]
    words: str


@dataclass(frozen=True, kw_only=True)
class MonthsPanel(Panel):
    template: ClassVar[str] = "desk/calendar_months.html"
    months: Sequence[Month]
    weekdays: Sequence[Text] = WEEKDAYS


def months_of(year: int, exceptions: Mapping[date, bool]) -> list[Month]:
    """The months as the exceptions of the year make them."""
    holidays = set(holidays_of(year, exceptions))
    made_up = {day for day, is_workday in exceptions.items() if is_workday}

    def cell(day: date, month: int) -> MonthDay | None:
        if day.month != month:
            return None
        return MonthDay(day.day, "off" if day in holidays else "work" if day in made_up else "")

    months = []
    for month in range(1, 13):
        weeks = Calendar().monthdatescalendar(year, month)
        off = sum(day.month == month for day in holidays)
        work = sum(day.month == month for day in made_up)
        words = [
            _("放假%(count)d天") % {"count": off} if off else "",
            _("调休上班%(count)d天") % {"count": work} if work else "",
        ]
        months.append(
            Month(
                month,
                _("%(year)s年%(month)s月") % {"year": year, "month": month},
                [[cell(day, month) for day in week] for week in weeks],
                _("，").join(filter(None, words)),
            )
        )
    return months
