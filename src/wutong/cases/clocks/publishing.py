"""An office records a year's notice or new office hours, and every due date that lies differently moves.

Publishing and its audit are one transaction. The clocks are moved after it in blocks; if the process dies in between, the
nightly job moves the rest: what has to move follows from the rows.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from wutong.base.audit.services import record_event
from wutong.base.calendar.models import CalendarYear, OfficeHours
from wutong.base.calendar.services import calendar_with, publish_year, set_office_hours, working_time
from wutong.base.errors import Conflict
from wutong.cases.clocks.reprojection import Move, moves_under, reproject_clocks
from wutong.registers.organisation.actors import Actor


@dataclass(frozen=True)
class Notice:
    """A year's notice as an office types it: `off` are weekdays without work, `work` make-up Saturdays and Sundays.
    `revision` is the state that the office has seen: 0 for a year without a notice."""

    year: int
    number: str
    published_on: date
    off: tuple[date, ...]
    work: tuple[date, ...]
    revision: int = 0


def moves_of(notice: Notice) -> Iterable[Move]:
    """What would move if the notice were recorded; nothing is written. Raises Refused for days that cannot be."""
    calendar = calendar_with(notice.year, notice.off, notice.work)
    return moves_under(working_time(calendar), notice.year)


@transaction.atomic
def record_notice(notice: Notice, *, actor: Actor, now: datetime) -> None:
    """Publish or correct a year. Raises Conflict when somebody else has recorded it meanwhile, Refused for days that
    are no exceptions."""
    _compare(notice.year, notice.revision)
    publish_year(
        notice.year, notice=notice.number, published_on=notice.published_on, off=notice.off, work=notice.work
    )
    # Two may record a new year at once: there was no row to lock, and the second has just changed that of the first.
    _compare(notice.year, notice.revision + 1)
    detail = {
        "notice": notice.number,
        "published_on": notice.published_on.isoformat(),
        "off": [day.isoformat() for day in sorted(notice.off)],
        "work": [day.isoformat() for day in sorted(notice.work)],
        "revision": notice.revision + 1,
    }
    words = _("公布%(year)s年的工作日历：%(notice)s") % {"year": notice.year, "notice": notice.number}
    _audit("publish_calendar", "calendar.calendaryear", notice.year, words, detail, actor, now)


def _compare(year: int, revision: int) -> None:
    row = CalendarYear.objects.select_for_update().filter(year=year).first()
    if (row.revision if row else 0) != revision:
        raise Conflict(
            _("您打开之后，%(year)s年的放假安排已被别人登记过，您填的没有写入。请看过现在的内容再改。")
            % {"year": year},
            [_("现在的文号：%(notice)s") % {"notice": row.notice if row else "—"}],
        )


def publish_and_move(notice: Notice, *, actor: Actor, now: datetime) -> int:
    """Record the notice and move the clocks; returns how many moved."""
    record_notice(notice, actor=actor, now=now)
    return reproject_clocks(now, notice.year)


def weekdays_among(days: Iterable[date]) -> tuple[date, ...]:
    """The days of a holiday that would be worked without it: only these are exceptions."""
    return tuple(sorted({day for day in days if day.weekday() < 5}))


def set_hours_and_move(
    valid_from: date,
    *,
    label: str,
    opens: time,
    closes: time,
    break_from: time | None,
    break_to: time | None,
    source: str,
    actor: Actor,
    now: datetime,
) -> int:
    """Office hours from a day on, and the clocks of working hours move; returns how many. Raises Refused."""
    edges = {"opens": opens, "break_from": break_from, "break_to": break_to, "closes": closes}
    with transaction.atomic():
        set_office_hours(
            valid_from,
            label=label,
            opens=opens,
            closes=closes,
            break_from=break_from,
            break_to=break_to,
            source=source,
        )
        row = OfficeHours.objects.get(valid_from=valid_from)
        detail = {name: edge.isoformat("minutes") if edge else "" for name, edge in edges.items()}
        words = _("办公时间“%(label)s”自%(day)s起") % {"label": label, "day": valid_from}
        _audit(
            "set_office_hours", "calendar.officehours", row.pk, words, detail | {"source": source}, actor, now
        )
    return reproject_clocks(now)


def _audit(
    action: str, kind: str, key: object, words: str, detail: dict[str, Any], actor: Actor, now: datetime
) -> None:
    record_event(
        action=action,
        now=now,
        actor=actor.account,
        target_kind=kind,
        target_id=key,
        words=words,
        detail=detail,
    )
