"""Clocks in words: amounts with their unit, days and moments, and how a period was counted."""

from datetime import datetime

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from wutong.cases.models import Clock


def unit_words(unit: str) -> str:
    return {
        "minute": _("分钟"),
        "hour": _("小时"),
        "working_hour": _("工作小时"),
        "working_day": _("个工作日"),
        "calendar_day": _("天"),
        "month": _("个月"),
    }[unit]


def amount_words(unit: str, amount: int) -> str:
    """`20个工作日`."""
    return _("%(amount)s%(unit)s") % {"amount": amount, "unit": unit_words(unit)}


def ticks_words(unit: str, ticks: int) -> str:
    """Ticks in the unit a reader knows: seconds become hours and minutes, a month's ticks are days."""
    if unit in {"minute", "hour", "working_hour"}:
        hours, rest = divmod(ticks, 3600)
        minutes, seconds = divmod(rest, 60)
        parts = [
            _("%(n)s小时") % {"n": hours} if hours else "",
            _("%(n)s分") % {"n": minutes} if minutes or not (hours or seconds) else "",
            _("%(n)s秒") % {"n": seconds} if seconds and not hours else "",
        ]
        return "".join(parts)
    return amount_words("calendar_day" if unit == "month" else unit, ticks)


def due_words(clock: Clock) -> str:
    """The due day, or the moment for clocks of hours and minutes; a dash while it rests."""
    if clock.due_at is not None:
        return moment_words(clock.due_at)
    return clock.due_on.isoformat() if clock.due_on else "—"


def moment_words(moment: datetime) -> str:
    local = localtime(moment)
    return local.strftime("%Y-%m-%d %H:%M:%S" if local.second else "%Y-%m-%d %H:%M")


def basis_words(basis: str) -> str:
    return {"statutory": _("法定"), "promised": _("承诺"), "internal": _("内部")}[basis]
