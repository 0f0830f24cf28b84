"""Days as somebody types them from a notice, and the slips that are made with them."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from unicodedata import normalize

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.base.errors import Refused
from wutong.cases.clocks.publishing import weekdays_among

WEEKDAYS = (
    gettext_lazy("周一"),
    gettext_lazy("周二"),
    gettext_lazy("周三"),
    gettext_lazy("周四"),
    gettext_lazy("周五"),
    gettext_lazy("周六"),
    gettext_lazy("周日"),
)
FEWEST_OFF, MOST_OFF = 5, 40
"""Days off of a year, weekends within a holiday among them. Notices have had 28 to 33."""
LONGEST = 31
IN_BRACKETS = re.compile(r"\([^()]*\)")
SEPARATORS = re.compile(r"[、,;。\s]+")
UNTIL = re.compile(r"\s*(?:至|到|~|—+|–|\.\.)\s*")
DAY = re.compile(r"(?:(\d{4})[-/.年])?(?:(\d{1,2})[-/.月])?(\d{1,2})[日号]?")


def typed_days(text: str, year: int) -> list[date]:
    """`2027-02-05至2027-02-11、2月20日`: in order, each once. Raises Refused in words that quote what was typed."""
    plain = UNTIL.sub("至", IN_BRACKETS.sub("", normalize("NFKC", text)))
    days: set[date] = set()
    for piece in filter(None, SEPARATORS.split(plain)):
        first, *rest = piece.split("至")
        begin = _day(piece, first, year, None)
        end = _day(piece, rest[0], year, begin) if len(rest) == 1 else begin
        if len(rest) > 1:
            raise Refused(_unreadable(piece))
        if end < begin:
            raise Refused(_("“%(text)s”的开始晚于结束。") % {"text": piece[:40]})
        if (end - begin).days >= LONGEST:
            raise Refused(_("“%(text)s”超过一个月，请核对。") % {"text": piece[:40]})
        days |= {begin + timedelta(days=number) for number in range((end - begin).days + 1)}
    return sorted(days)


def _day(piece: str, text: str, year: int, begin: date | None) -> date:
    """A day without its year lies in `year`, one without its month in that of `begin`."""
    found = DAY.fullmatch(text)
    if found is None or (found[2] is None and begin is None) or (found[1] and not found[2]):
        raise Refused(_unreadable(piece))
    month = int(found[2]) if found[2] else begin.month if begin else 0
    try:
        return date(int(found[1] or year), month, int(found[3]))
    except ValueError:
        raise Refused(_("“%(text)s”没有这一天，请核对。") % {"text": text[:40]}) from None


def _unreadable(piece: str) -> str:
    return _("看不懂“%(text)s”。请写成2027-02-20，一段日子写成2027-02-05至2027-02-11。") % {
        "text": piece[:40]
    }


def days_off(year: int, days: Sequence[date]) -> tuple[date, ...]:
    """The weekdays among the typed days off. Raises Refused for what is most likely a slip."""
    _refuse_other_years(year, days)
    count = len(days)
    if count < FEWEST_OFF:
        words = _("放假只有%(count)d天，像是漏了。全年一般有30天左右，请对照通知补全。")
        raise Refused(words % {"count": count})
    if count > MOST_OFF:
        words = _("放假有%(count)d天，太多了，像是填错了。全年一般有30天左右，请对照通知核对。")
        raise Refused(words % {"count": count})
    return weekdays_among(days)


def make_up_days(year: int, days: Sequence[date], off: Iterable[date]) -> tuple[date, ...]:
    """The typed make-up days. Raises Refused for a weekday, and for a day that is also off."""
    _refuse_other_years(year, days)
    rests = set(off)
    for day in days:
        if day in rests:
            raise Refused(_("%(day)s既填了放假又填了上班，请去掉一处。") % {"day": day})
        if day.weekday() < 5:
            words = _("%(day)s是%(weekday)s，本来就上班。调休上班的日子应当是周六或周日，请核对。")
            raise Refused(words % {"day": day, "weekday": WEEKDAYS[day.weekday()]})
    return tuple(days)


def _refuse_other_years(year: int, days: Iterable[date]) -> None:
    for day in days:
        if day.year != year:
            raise Refused(
                _("%(day)s不在%(year)s年内。别的年份的日子，请登记在那一年。") % {"day": day, "year": year}
            )


def shown_days(days: Iterable[date]) -> str:
    """Days as somebody would type them, one stretch a line."""
    return "\n".join(
        first.isoformat() if first == last else f"{first.isoformat()}至{last.isoformat()}"
        for first, last in stretches(sorted(days))
    )


def stretches(days: Iterable[date]) -> Iterator[tuple[date, date]]:
    """Days in a row as their first and last."""
    first = last = None
    for day in days:
        if last is not None and day - last != timedelta(days=1):
            assert first is not None
            yield first, last
            first = day
        first, last = first or day, day
    if first is not None and last is not None:
        yield first, last


def holidays_of(year: int, exceptions: Mapping[date, bool]) -> list[date]:
    """All days off of the holidays of a year: the weekdays off with the weekends that they touch."""
    first = date(year, 1, 1)
    every = (first + timedelta(days=number) for number in range(366))
    rests = [day for day in every if day.year == year and not exceptions.get(day, day.weekday() < 5)]
    holidays: list[date] = []
    for begin, end in stretches(rests):
        days = [begin + timedelta(days=number) for number in range((end - begin).days + 1)]
        if any(day in exceptions for day in days):
            holidays += days
    return holidays
