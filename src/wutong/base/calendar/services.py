"""Recording a year's notice and the office hours, and the tables that clocks count with."""

from collections.abc import Iterable, Mapping
from datetime import date, time
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction
from django.db.models import F, Subquery, Sum, Value
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext as _

from wutong.base.calendar.models import CalendarDay, CalendarYear, OfficeHours
from wutong.base.calendar.workdays import WorkingCalendar
from wutong.base.calendar.worktime import OfficeDay, WorkingTime
from wutong.base.errors import Refused

SEED = Path(__file__).parent / "seeds" / "years.yaml"
HOURS_SEED = Path(__file__).parent / "seeds" / "office_hours.yaml"
_calendars: dict[tuple[tuple[int, int], ...], WorkingCalendar] = {}
_times: dict[tuple[tuple[int, int, int | None], ...], WorkingTime] = {}


@transaction.atomic
def publish_year(
    year: int, *, notice: str, published_on: date, off: Iterable[date], work: Iterable[date]
) -> None:
    """Record a year's notice, or correct it. `off` are weekdays without work, `work` are make-up days."""
    exceptions = exceptions_of(year, off, work)
    row, _created = CalendarYear.objects.update_or_create(
        year=year, defaults={"notice": notice, "published_on": published_on}
    )
    CalendarYear.objects.filter(pk=row.pk).update(revision=F("revision") + 1)
    CalendarDay.objects.filter(year_id=year).delete()
    CalendarDay.objects.bulk_create(
        CalendarDay(year_id=year, day=day, is_workday=is_workday) for day, is_workday in exceptions.items()
    )
    _calendars.clear()
    _times.clear()


def exceptions_of(year: int, off: Iterable[date], work: Iterable[date]) -> dict[date, bool]:
    """The exceptions of a year as the calendar keeps them. Refuses days that are none."""
    exceptions = {**dict.fromkeys(off, False), **dict.fromkeys(work, True)}
    for day, is_workday in exceptions.items():
        if day.year != year:
            raise Refused(_("%(day)s不在%(year)s年内。") % {"day": day, "year": year})
        if is_workday == (day.weekday() < 5):
            raise Refused(_("%(day)s本来就是这样，不是例外。") % {"day": day})
    return exceptions


@transaction.atomic
def set_office_hours(
    valid_from: date,
    *,
    label: str,
    opens: time,
    closes: time,
    break_from: time | None = None,
    break_to: time | None = None,
    source: str = "",
) -> None:
    """Office hours from a day on, until the next row."""
    edges = [edge for edge in (opens, break_from, break_to, closes) if edge is not None]
    if (break_from is None) != (break_to is None) or edges != sorted(set(edges)):
        raise Refused(
            _("上下班时间要依次往后：上午上班、上午下班、下午上班、下午下班。中间不休息就两格都不填。")
        )
    row, _created = OfficeHours.objects.update_or_create(
        valid_from=valid_from,
        defaults={
            "label": label,
            "opens": opens,
            "break_from": break_from,
            "break_to": break_to,
            "closes": closes,
            "source": source,
        },
    )
    OfficeHours.objects.filter(pk=row.pk).update(revision=F("revision") + 1)
    _times.clear()


def load_published_years() -> None:
    """Load the shipped notices and hours; what an office has recorded itself stays as it is."""
    for year, row in shipped_years().items():
        if not CalendarYear.objects.filter(year=year).exists():
            publish_year(
                year,
                notice=row["notice"],
                published_on=row["published_on"],
                off=_days(year, row, "rest"),
                work=_days(year, row, "work"),
            )
    if not OfficeHours.objects.exists():
        for row in yaml.safe_load(HOURS_SEED.read_text(encoding="utf-8")):
            set_office_hours(
                row["valid_from"],
                label=row["label"],
                opens=time.fromisoformat(row["opens"]),
                break_from=time.fromisoformat(row["break_from"]),
                break_to=time.fromisoformat(row["break_to"]),
                closes=time.fromisoformat(row["closes"]),
                source=row["source"],
            )


def shipped_years() -> dict[int, dict[str, Any]]:
    rows: dict[int, dict[str, Any]] = yaml.safe_load(SEED.read_text(encoding="utf-8"))
    return rows


def shipped_calendar() -> WorkingCalendar:
    """The calendar of the shipped notices alone, for where there is no database."""
    exceptions: dict[date, bool] = {}
    rows = shipped_years()
    for year, row in rows.items():
        exceptions |= exceptions_of(year, _days(year, row, "rest"), _days(year, row, "work"))
    return WorkingCalendar(rows, exceptions)


def shipped_working_time(calendar: WorkingCalendar) -> WorkingTime:
    rows = yaml.safe_load(HOURS_SEED.read_text(encoding="utf-8"))
    hours = [
        _office_day(row["valid_from"], *(time.fromisoformat(row[key]) for key in _EDGES)) for row in rows
    ]
    return WorkingTime(calendar, hours, get_default_timezone())


_EDGES = ("opens", "break_from", "break_to", "closes")


def _days(year: int, row: Mapping[str, Any], key: str) -> list[date]:
    return [date.fromisoformat(f"{year}-{day}") for day in row[key]]


def stamp_with_account() -> Subquery:
    """Tells one state of the recorded years from every other one, as a column of whatever is being read: the years
    only become more, and their revisions only grow."""
    every = CalendarYear.objects.order_by().values(every=Value(1))
    return Subquery(every.annotate(stamp=Sum(F("year") * (F("revision") + 1))).values("stamp"))


def working_calendar(stamp: int | None = None) -> WorkingCalendar:
    """The calendar of the recorded years. One query tells whether the one built before still holds; none, for whoever
    has read its stamp along with something else."""
    for years, calendar in list(_calendars.items()):
        if stamp is not None and stamp == sum(year * (revision + 1) for year, revision in years):
            return calendar
    years = tuple(CalendarYear.objects.order_by("year").values_list("year", "revision"))
    if years not in _calendars:
        exceptions = dict(CalendarDay.objects.values_list("day", "is_workday"))
        _calendars.clear()
        _calendars[years] = WorkingCalendar((year for year, _revision in years), exceptions)
    return _calendars[years]


def calendar_with(year: int, off: Iterable[date], work: Iterable[date]) -> WorkingCalendar:
    """The recorded calendar as it would be with one year's notice; nothing is written."""
    exceptions = dict(CalendarDay.objects.exclude(year_id=year).values_list("day", "is_workday"))
    years = {*CalendarYear.objects.values_list("year", flat=True), year}
    return WorkingCalendar(years, exceptions | exceptions_of(year, off, work))


def working_time(calendar: WorkingCalendar) -> WorkingTime:
    """Working seconds of a calendar within the recorded office hours; without any row, the shipped ones."""
    rows = list(OfficeHours.objects.order_by("valid_from"))
    if not rows:
        return shipped_working_time(calendar)
    hours = [_office_day(row.valid_from, row.opens, row.break_from, row.break_to, row.closes) for row in rows]
    return WorkingTime(calendar, hours, get_default_timezone())


def recorded_time() -> WorkingTime:
    """The recorded calendar with the recorded office hours. One query tells whether the tables built before still
    hold: revisions only grow, and no row is ever taken away."""
    total = OfficeHours.objects.values(every=Value(1)).annotate(all=Sum("revision")).values("all")
    versions = CalendarYear.objects.order_by("year").annotate(hours=Subquery(total))
    key = tuple(versions.values_list("year", "revision", "hours"))
    known = _times.get(key)
    if known is None:
        known = working_time(working_calendar())
        _times.clear()
        _times[key] = known
    return known


def _office_day(
    valid_from: date, opens: time, break_from: time | None, break_to: time | None, closes: time
) -> OfficeDay:
    edges = (
        [opens, closes] if break_from is None or break_to is None else [opens, break_from, break_to, closes]
    )
    seconds = [edge.hour * 3600 + edge.minute * 60 + edge.second for edge in edges]
    return OfficeDay(valid_from, tuple(zip(seconds[::2], seconds[1::2], strict=True)))
