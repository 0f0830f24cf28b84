"""Due days as a month: days off and make-up days are told in words, each day lists what is due."""

from calendar import Calendar
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wutong.base.accounts.models import Account
from wutong.base.audit.addresses import client_address
from wutong.base.errors import Refused
from wutong.base.feeds.queries import feed_of
from wutong.base.feeds.services import open_feed, stop_feed
from wutong.cases.clocks.counting import counting_now
from wutong.cases.clocks.scales import Counting
from wutong.cases.clocks.words import due_words
from wutong.cases.models import Clock
from wutong.desk.due_clocks import DueLine, due_line, of, running_clocks, with_cases
from wutong.ledgerkit.viewer import now_of, today_of, viewer
from wutong.registers.organisation.actors import Actor
from wutong.ui.pages import Crumb, ListPage, Tab
from wutong.ui.tables import Cell, Column, Row, Table, Text

MOST_A_DAY = 5
SHOWN_ONCE = "wutong_feed_token"
"""Where a new address waits in the browser's session data until it has been shown once."""


@dataclass(frozen=True)
class DayCell:
    """One day of the grid. `mark` says in words that a day is off (休) or a make-up day (班)."""

    day: date
    in_month: bool
    is_today: bool
    mark: Text
    lines: Sequence[DueLine]
    more: int
    href: str


def due_calendar(request: HttpRequest) -> HttpResponse:
    month, who = _month(request), _who(request)
    counting, actor = counting_now(), viewer(request)
    weeks = Calendar(firstweekday=0).monthdatescalendar(month.year, month.month)
    first, last = weeks[0][0], weeks[-1][-1]
    clocks = _clocks(actor, who).filter(due_on__range=(first, last)).order_by("due_on", "due_at", "pk")
    by_day: dict[date, list[Clock]] = defaultdict(list)
    for clock in clocks:
        if clock.due_on is not None:
            by_day[clock.due_on].append(clock)
    today, now = today_of(request), now_of(request)

    def cell(day: date) -> DayCell:
        found = by_day.get(day, [])
        lines = [due_line(counting, clock, now) for clock in found[:MOST_A_DAY]]
        href = f"{reverse('due_day', args=[day.isoformat()])}?{urlencode({'who': who})}" if found else ""
        more = max(0, len(found) - MOST_A_DAY)
        return DayCell(day, day.month == month.month, day == today, _mark(counting, day), lines, more, href)

    context = {
        "month": month,
        "weeks": [[cell(day) for day in week] for week in weeks],
        "count": sum(len(found) for day, found in by_day.items() if day.month == month.month),
        "tabs": [
            Tab(label, None, _href(month, code), code == who)
            for code, label in (("me", _("我经手的")), ("unit", _("本单位")), ("all", _("全部看得到的")))
        ],
        "before": _href(_later(month, -1), who),
        "after": _href(_later(month, 1), who),
        "feed": feed_of(_account(request)),
        "feed_url": _new_address(request),
    }
    return render(request, "desk/due_calendar.html", context)


def due_day(request: HttpRequest, day: str) -> HttpResponse:
    """Everything that is due on one day."""
    try:
        on = date.fromisoformat(day)
    except ValueError:
        raise Refused(_("“%(text)s”不是日期。") % {"text": day[:20]}) from None
    counting, now = counting_now(), now_of(request)
    lines = [
        due_line(counting, clock, now)
        for clock in _clocks(viewer(request), _who(request)).filter(due_on=on).order_by("due_at", "pk")[:500]
    ]
    rows = [
        Row(
            str(line.clock.pk),
            {
                "case": Cell(line.case.title, href=line.href, note=line.case.number),
                "clock": Cell(line.label, note=line.clock.article),
                "who": Cell(str(line.case.host_person or line.case.host_unit or "")),
                "due": Cell(due_words(line.clock), note=_("暂定") if line.clock.is_provisional else ""),
                "lamp": Cell(line.lamp.text, lamp=line.lamp.colour, note=line.lamp.reason),  # type: ignore[arg-type]
            },
            href=line.href,
        )
        for line in lines
    ]
    columns = (
        Column("case", _("办件"), "name", phone="show"),
        Column("clock", _("时限"), "long", phone="show"),
        Column("who", _("责任"), phone="show"),
        Column("due", _("到期"), "date", phone="show"),
        Column("lamp", _("亮灯"), "lamp", phone="show"),
    )
    title = _("%(day)s到期") % {"day": on.isoformat()}
    page = ListPage(
        title=title,
        table=Table(title, columns, rows, len(rows), empty=_("这一天没有到期的事。")),
        crumbs=[Crumb(_("工作台")), Crumb(_("到期日历"), _href(on, _who(request))), Crumb(on.isoformat())],
    )
    return render(request, "ui/list.html", {"page": page})


def _clocks(actor: Actor, who: str) -> QuerySet[Clock]:
    return with_cases(of(who, running_clocks(actor), actor))


def _who(request: HttpRequest) -> str:
    who = request.GET.get("who", "me")
    return who if who in {"me", "unit", "all"} else "me"


def _month(request: HttpRequest) -> date:
    text = request.GET.get("month", "")
    if not text:
        return today_of(request).replace(day=1)
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError:
        month = date.min
    if not 2010 <= month.year <= 2100:
        raise Refused(_("月份“%(text)s”请写成2026-03。") % {"text": text[:20]})
    return month


def _later(month: date, months: int) -> date:
    return (month.replace(day=15) + timedelta(days=30 * months)).replace(day=1)


def _href(month: date, who: str) -> str:
    return f"{reverse('due_calendar')}?{urlencode({'month': f'{month:%Y-%m}', 'who': who})}"


def _mark(counting: Counting, day: date) -> Text:
    try:
        is_worked = counting.calendar.is_workday(day)
    except ValueError:
        return ""
    if not is_worked:
        return _("休")
    return _("班") if day.weekday() > 4 else ""


# ---- the address of the feed ------------------------------------------------------------------------------------


@require_POST
def feed_renew(request: HttpRequest) -> HttpResponse:
    """A new address, shown once on the next page."""
    request.session[SHOWN_ONCE] = open_feed(
        _account(request), now=now_of(request), address=client_address(request)
    )
    return HttpResponseRedirect(f"{reverse('due_calendar')}#feed")


@require_POST
def feed_stop(request: HttpRequest) -> HttpResponse:
    stop_feed(_account(request), now=now_of(request), address=client_address(request))
    messages.success(request, _("日历订阅地址已停用。"))
    return HttpResponseRedirect(f"{reverse('due_calendar')}#feed")


def _account(request: HttpRequest) -> Account:
    assert isinstance(request.user, Account), "pages need a signed-in account"
    return request.user


def _new_address(request: HttpRequest) -> str:
    secret = request.session.pop(SHOWN_ONCE, "")
    return request.build_absolute_uri(reverse("due_feed", args=[secret])) if secret else ""
