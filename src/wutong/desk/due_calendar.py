"""Due days as a month: days off and make-up days are told in words, each day lists what is due. Below it the address by
which the own calendar program reads the same."""

from calendar import Calendar
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from re import ASCII, fullmatch
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, F, QuerySet, Window
from django.db.models.functions import RowNumber
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from wutong.base.audit.addresses import client_address
from wutong.base.errors import Refused
from wutong.base.feeds.queries import feed_of
from wutong.base.feeds.services import open_feed, stop_feed
from wutong.cases.clocks.counting import counting_now
from wutong.cases.clocks.scales import Counting
from wutong.cases.clocks.words import basis_words, due_words
from wutong.cases.models import Clock
from wutong.desk.due_clocks import DueLine, due_line, of, running_clocks, with_cases
from wutong.ledgerkit.viewer import account_of, now_of, today_of, viewer
from wutong.ui.formats import long_date_text, month_text
from wutong.ui.pages import Crumb, ListPage, Tab
from wutong.ui.tables import Cell, Column, Row, Table, Text, place_of

MOST_A_DAY = 5
PAGE_SIZE = 50
FIRST_YEAR, LAST_YEAR = 1990, 2100
WHO = {"me": gettext_lazy("我经手的"), "unit": gettext_lazy("本单位的"), "all": gettext_lazy("我能查看的")}
WEEKDAYS = (
    gettext_lazy("周一"),
    gettext_lazy("周二"),
    gettext_lazy("周三"),
    gettext_lazy("周四"),
    gettext_lazy("周五"),
    gettext_lazy("周六"),
    gettext_lazy("周日"),
)


@dataclass(frozen=True)
class DayCell:
    """One day of the grid. `mark` says in words that a day is off (休) or a make-up day (班)."""

    day: date
    weekday: Text
    in_month: bool
    is_today: bool
    mark: Text
    lines: Sequence[DueLine]
    count: int
    href: str

    @property
    def more(self) -> int:
        return self.count - len(self.lines)


@dataclass(frozen=True)
class Week:
    """Seven days from Monday. An empty one is left out of the list that a phone shows."""

    cells: Sequence[DayCell]

    @property
    def is_empty(self) -> bool:
        return not any(cell.count for cell in self.cells)


def due_calendar(request: HttpRequest) -> HttpResponse:
    """A month of due days: of the cases that I hold a role in, of the own unit, or of all that I may see."""
    return _month_page(request, "")


def _month_page(request: HttpRequest, new_address: str) -> HttpResponse:
    month, who, counting = _month(request), _who(request), counting_now()
    weeks = Calendar().monthdatescalendar(month.year, month.month)
    last = _later(month, 1) - timedelta(days=1)
    clocks = _clocks(request, who).filter(due_on__range=(month, last))
    counts = dict(clocks.order_by().values_list("due_on").annotate(count=Count("pk")))
    lines = _lines_by_day(counting, clocks, now_of(request))
    today = today_of(request)

    def cell(day: date) -> DayCell:
        href = f"{reverse('due_day', args=[day.isoformat()])}?{urlencode({'who': who})}"
        return DayCell(
            day,
            WEEKDAYS[day.weekday()],
            day.month == month.month,
            day == today,
            day_mark(counting, day),
            lines.get(day, []),
            counts.get(day, 0),
            href,
        )

    actor = viewer(request)
    context = {
        "month": month,
        "title": month_text(month),
        "weekdays": WEEKDAYS,
        "weeks": [Week([cell(day) for day in week]) for week in weeks],
        "count": sum(counts.values()),
        "tabs": [Tab(label, None, _href(month, code), code == who) for code, label in WHO.items()],
        "before": _href(_later(month, -1), who) if month > date(FIRST_YEAR, 1, 1) else "",
        "after": _href(_later(month, 1), who) if month < date(LAST_YEAR, 12, 1) else "",
        "is_published": month.year in counting.calendar.published_years,
        "crumbs": [Crumb(_("工作台")), Crumb(_("到期日历"))],
        "has_official": actor.official is not None,
        "feed": feed_of(account_of(request)) if actor.official is not None else None,
        "new_address": new_address,
    }
    return render(request, "desk/due_calendar.html", context)


def _lines_by_day(counting: Counting, clocks: QuerySet[Clock], at: datetime) -> dict[date, list[DueLine]]:
    """The first few of every day, by one query, however many there are."""
    place = Window(
        RowNumber(), partition_by=F("due_on"), order_by=[F("due_at").asc(nulls_last=True), F("pk").asc()]
    )
    first = with_cases(clocks).annotate(place=place).filter(place__lte=MOST_A_DAY)
    by_day: dict[date, list[DueLine]] = defaultdict(list)
    for clock in first.order_by("due_on", "place"):
        by_day[clock.due_on or at.date()].append(due_line(counting, clock, at))
    return by_day


DAY_COLUMNS = (
    Column("case", gettext_lazy("办件"), "name", phone="show"),
    Column("clock", gettext_lazy("时限"), "long", phone="show"),
    Column("host", gettext_lazy("主办"), phone="show"),
    Column("due", gettext_lazy("到期"), "date", phone="show"),
    Column("lamp", gettext_lazy("亮灯"), "lamp", phone="show"),
)


def due_day(request: HttpRequest, day: str) -> HttpResponse:
    """Everything that is due on one day."""
    on, who, counting = _day(day), _who(request), counting_now()
    found = with_cases(_clocks(request, who).filter(due_on=on)).order_by(
        F("due_at").asc(nulls_last=True), "pk"
    )
    pages = Paginator(found, PAGE_SIZE)
    page = pages.get_page(request.GET.get("page", "1"))
    rows = [_row(due_line(counting, clock, now_of(request))) for clock in page.object_list]
    title = _("%(day)s到期") % {"day": long_date_text(on)}
    mark = day_mark(counting, on)
    table = Table(
        title,
        DAY_COLUMNS,
        rows,
        **place_of(page),
        query=urlencode({"who": who}),
        empty=_("这一天没有到期的时限。"),
    )
    shown = ListPage(
        title=title,
        table=table,
        intro=_("%(weekday)s，%(mark)s") % {"weekday": WEEKDAYS[on.weekday()], "mark": mark}
        if mark
        else WEEKDAYS[on.weekday()],
        crumbs=[Crumb(_("工作台")), Crumb(_("到期日历"), _href(on, who)), Crumb(title)],
        tabs=[Tab(label, None, f"?{urlencode({'who': code})}", code == who) for code, label in WHO.items()],
    )
    return render(request, "ui/list.html", {"page": shown})


def _row(line: DueLine) -> Row:
    clock, case = line.clock, line.case
    cells = {
        "case": Cell(case.title, href=line.href, note=case.number),
        "clock": Cell(line.label, note=f"{basis_words(clock.basis)}：{clock.article}"),
        "host": Cell(str(case.host_unit or ""), note=str(case.host_person or "")),
        "due": Cell(due_words(clock), clock.due_on, note=_("暂定") if clock.is_provisional else ""),
        "lamp": Cell(line.lamp.text, lamp=line.lamp.colour, note=line.lamp.reason),  # type: ignore[arg-type]
    }
    return Row(str(clock.pk), cells, href=line.href)


def _clocks(request: HttpRequest, who: str) -> QuerySet[Clock]:
    actor = viewer(request)
    return of(who, running_clocks(actor), actor)


# ---- what is asked -----------------------------------------------------------------------------------------------


def _who(request: HttpRequest) -> str:
    who = request.GET.get("who", "")
    return who if who in WHO else "me"


def _month(request: HttpRequest) -> date:
    text = request.GET.get("month", "")
    if not text:
        return today_of(request).replace(day=1)
    found = fullmatch(r"(\d{4})-(\d{2})", text, ASCII)
    year, month = (int(found[1]), int(found[2])) if found else (0, 0)
    if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12):
        shown = text[:20].replace("\0", "")
        raise Refused(_("“%(text)s”不是能看的月份，请写成2026-03这样。") % {"text": shown})
    return date(year, month, 1)


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Http404 from None
    if day.isoformat() != text or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Http404
    return day


def _later(month: date, months: int) -> date:
    return (month.replace(day=15) + timedelta(days=30 * months)).replace(day=1)


def _href(month: date, who: str) -> str:
    return f"{reverse('due_calendar')}?{urlencode({'month': f'{month:%Y-%m}', 'who': who})}"


def day_mark(counting: Counting, day: date) -> Text:
    """休 for a day off, 班 for a make-up day at a weekend, nothing for an ordinary day or beyond the calendar."""
    try:
        is_worked = counting.calendar.is_workday(day)
    except ValueError:
        return ""
    if not is_worked:
        return _("休")
    return _("班") if day.weekday() > 4 else ""


# ---- the address of the feed ------------------------------------------------------------------------------------


@never_cache
@require_POST
def feed_renew(request: HttpRequest) -> HttpResponse:
    """A new address, shown in this answer and never again: it is kept nowhere, not even for a redirect."""
    if viewer(request).official is None:
        raise Refused(_("您的账号没有对应的工作人员，没有可以订阅的到期日。请联系系统管理员。"))
    token = open_feed(account_of(request), now=now_of(request), address=client_address(request))
    return _month_page(request, request.build_absolute_uri(reverse("due_feed", args=[token])))


@require_POST
def feed_stop(request: HttpRequest) -> HttpResponse:
    """The address opens nothing any more."""
    stop_feed(account_of(request), now=now_of(request), address=client_address(request))
    messages.success(request, _("已停用，原来的订阅地址打不开了。"))
    return HttpResponseRedirect(f"{reverse('due_calendar')}#feed")
