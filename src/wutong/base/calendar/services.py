"""Recording a year's notice, and the calendar that clocks count with."""

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from wutong.base.calendar.models import CalendarDay, CalendarYear
from wutong.base.calendar.workdays import WorkingCalendar
from wutong.base.errors import Refused

SEED = Path(__file__).parent / "seeds" / "years.yaml"
_cache: dict[tuple[tuple[int, int], ...], WorkingCalendar] = {}


@transaction.atomic
def publish_year(
    year: int, *, notice: str, published_on: date, off: Iterable[date], work: Iterable[date]
) -> None:
    """Record a year's notice, or correct it. `off` are weekdays without work, `work` are make-up days."""
    exceptions = {**dict.fromkeys(off, False), **dict.fromkeys(work, True)}
    for day, is_workday in exceptions.items():
        if day.year != year:
            raise Refused(_("%(day)s不在%(year)s年内。") % {"day": day, "year": year})
        if is_workday == (day.weekday() < 5):
            raise Refused(_("%(day)s本来就是这样，不是例外。") % {"day": day})
    row, _created = CalendarYear.objects.update_or_create(
        year=year, defaults={"notice": notice, "published_on": published_on}
    )
    CalendarYear.objects.filter(pk=row.pk).update(revision=F("revision") + 1)
    CalendarDay.objects.filter(year_id=year).delete()
    CalendarDay.objects.bulk_create(
        CalendarDay(year_id=year, day=day, is_workday=is_workday) for day, is_workday in exceptions.items()
    )
    _cache.clear()


def load_published_years() -> None:
    """Load the shipped notices; years that an office has recorded itself stay as they are."""
    for year, row in yaml.safe_load(SEED.read_text(encoding="utf-8")).items():
        if not CalendarYear.objects.filter(year=year).exists():
            publish_year(
                year,
                notice=row["notice"],
                published_on=row["published_on"],
                off=_days(year, row, "rest"),
                work=_days(year, row, "work"),
            )


def _days(year: int, row: Mapping[str, Any], key: str) -> list[date]:
    return [date.fromisoformat(f"{year}-{day}") for day in row[key]]


def working_calendar() -> WorkingCalendar:
    """The calendar of the recorded years. One query tells whether the one built before still holds."""
    years = tuple(CalendarYear.objects.order_by("year").values_list("year", "revision"))
    if years not in _cache:
        exceptions = dict(CalendarDay.objects.values_list("day", "is_workday"))
        _cache.clear()
        _cache[years] = WorkingCalendar((year for year, _revision in years), exceptions)
    return _cache[years]
