"""An office records a year's notice, and every due date that lies differently moves.

Publishing is one transaction. The clocks are moved after it in blocks; if the process dies in between, the nightly job moves
the rest: what has to move follows from the rows.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from wutong.base.calendar.models import CalendarYear
from wutong.base.calendar.services import publish_year
from wutong.base.errors import Conflict
from wutong.cases.clocks.reprojection import reproject_clocks


@dataclass(frozen=True)
class Notice:
    """A year's notice as an office types it. `revision` is the state that the office has seen: 0 for a year without a
    notice."""

    year: int
    number: str
    published_on: date
    off: tuple[date, ...]
    work: tuple[date, ...]
    revision: int = 0


@transaction.atomic
def record_notice(notice: Notice) -> None:
    """Publish or correct a year. Raises Conflict when somebody else has recorded it meanwhile, Refused for days that
    are no exceptions."""
    row = CalendarYear.objects.select_for_update().filter(year=notice.year).first()
    if (row.revision if row else 0) != notice.revision:
        raise Conflict(
            _("您打开之后，%(year)s年的放假安排已被别人登记过，您填的没有写入。请看过现在的内容再改。")
            % {"year": notice.year},
            [_("现在的文号：%(notice)s") % {"notice": row.notice if row else "—"}],
        )
    publish_year(
        notice.year, notice=notice.number, published_on=notice.published_on, off=notice.off, work=notice.work
    )


def publish_and_move(notice: Notice, *, now: datetime) -> int:
    """Record the notice and move the clocks; returns how many moved."""
    record_notice(notice)
    return reproject_clocks(now, notice.year)


def weekdays_among(days: Iterable[date]) -> tuple[date, ...]:
    """The days of a holiday that would be worked without it: only these are exceptions."""
    return tuple(sorted({day for day in days if day.weekday() < 5}))
