"""Overdue work across ledgers, by leader and by unit; every figure opens its rows."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.base.errors import Refused
from wutong.cases.clocks.charging import Charged, charges_of
from wutong.cases.clocks.counting import counting_now
from wutong.cases.clocks.words import due_words, ticks_words
from wutong.cases.models import Clock
from wutong.desk.due_clocks import due_line, late_at, running_clocks, soon_at
from wutong.ledgerkit.clock_panel import moment_shown
from wutong.ledgerkit.registry import ledger_of
from wutong.ledgerkit.viewer import as_of, now_of, today_of, viewer
from wutong.registers.organisation.models import Official, Unit
from wutong.ui.pages import Crumb, ListPage, Tab
from wutong.ui.tables import Cell, Column, Row, Table, Text

KINDS = {"working_day": "workdays", "calendar_day": "days", "month": "days"}
"""Days and hours are never added together."""
COLUMNS = (
    Column("name", gettext_lazy("领导、单位"), "name", phone="show"),
    Column("late", gettext_lazy("已超时"), "number", gettext_lazy("个"), total=True, phone="show"),
    Column("soon", gettext_lazy("3个工作日内到期"), "number", gettext_lazy("个"), total=True, phone="show"),
    Column("workdays", gettext_lazy("累计超时"), "number", gettext_lazy("工作日"), total=True, phone="show"),
    Column("days", gettext_lazy("累计超时"), "number", gettext_lazy("天"), total=True, phone="show"),
    Column("hours", gettext_lazy("累计超时"), "number", gettext_lazy("小时分"), total=True, phone="show"),
)


@dataclass
class Share:
    """What falls to one leader or unit: clocks, and ticks of delay by kind of unit."""

    late: int = 0
    soon: int = 0
    ticks: dict[str, int] = field(default_factory=lambda: defaultdict(int))


def _moment(request: HttpRequest) -> tuple[date, datetime]:
    day = as_of(request)
    return day, moment_shown(day, now_of(request), today_of(request))


def kind_of(unit: str) -> str:
    return KINDS.get(unit, "hours")


def overdue(request: HttpRequest) -> HttpResponse:
    """One row for each leader, or each unit that is host or charged."""
    by = "unit" if request.GET.get("by") == "unit" else "leader"
    day, at = _moment(request)
    counting, clocks = counting_now(), running_clocks(viewer(request))
    shares: dict[int | None, Share] = defaultdict(Share)
    for item in charges_of(late_at(clocks, at, day), at):
        shares[_key(item.clock, by)].late += 1
        for key, ticks in _charged_to(item, by):
            shares[key].ticks[kind_of(item.clock.unit)] += ticks
    for clock in soon_at(clocks, at, day, counting):
        shares[_key(clock, by)].soon += 1
    names = _names(shares, by)
    rows = [
        _row(key, name, shares[key], by, day, request)
        for key, name in sorted(names.items(), key=lambda item: (-shares[item[0]].late, str(item[1])))
    ]
    total = Share(sum(s.late for s in shares.values()), sum(s.soon for s in shares.values()))
    for share in shares.values():
        for kind, ticks in share.ticks.items():
            total.ticks[kind] += ticks
    table = Table(
        _("超时"), COLUMNS, rows, len(rows), totals=_cells(None, total, by, day, request, of_all=True),
        empty=_("没有超时和快到期的事。"),
    )  # fmt: skip
    page = ListPage(
        title=_("超时"),
        table=table,
        intro=_("各台账在办的时限。超时记在当时经手的人和单位名下，等协办反馈的时间记在协办单位名下。"),
        crumbs=[Crumb(_("工作台")), Crumb(_("超时"))],
        tabs=[
            Tab(_("按包保领导"), None, _href("overdue", day, request, by="leader"), by == "leader"),
            Tab(_("按单位"), None, _href("overdue", day, request, by="unit"), by == "unit"),
        ],
    )
    return render(request, "ui/list.html", {"page": page})


def _key(clock: Clock, by: str) -> int | None:
    return clock.case.leader_id if by == "leader" else clock.case.host_unit_id


def _charged_to(item: Charged, by: str) -> Sequence[tuple[int | None, int]]:
    """A leader answers for the whole delay of his cases; a unit for what was late in its hands."""
    if by == "leader":
        return [(item.clock.case.leader_id, item.delay)]
    return [(charge.key[0], charge.ticks) for charge in item.charges]


def _names(shares: dict[int | None, Share], by: str) -> dict[int | None, Text]:
    keys = [key for key in shares if key is not None]
    model = Official if by == "leader" else Unit
    names: dict[int | None, Text] = {row.pk: str(row) for row in model._default_manager.filter(pk__in=keys)}
    if None in shares:
        names[None] = _("没有包保领导") if by == "leader" else _("没有责任单位")
    return names


def _row(key: int | None, name: Text, share: Share, by: str, day: date, request: HttpRequest) -> Row:
    cells = _cells(key, share, by, day, request)
    return Row(str(key or 0), {"name": Cell(name), **cells})


def _cells(
    key: int | None, share: Share, by: str, day: date, request: HttpRequest, *, of_all: bool = False
) -> dict[str, Cell]:
    where = {} if of_all else {by: key or 0}

    def figure(value: int, words: str, kind: str) -> Cell:
        href = _href("overdue_clocks", day, request, kind=kind, **where) if value else ""
        return Cell(words, value, href, alarm=kind == "late" and value > 0)

    hours = share.ticks["hours"]
    return {
        "late": figure(share.late, str(share.late), "late"),
        "soon": figure(share.soon, str(share.soon), "soon"),
        "workdays": figure(share.ticks["workdays"], str(share.ticks["workdays"]), "late"),
        "days": figure(share.ticks["days"], str(share.ticks["days"]), "late"),
        "hours": figure(hours, ticks_words("hour", hours) if hours else "0", "late"),
    }


def _href(name: str, day: date, request: HttpRequest, **query: object) -> str:
    if day != today_of(request):
        query["as_of"] = day.isoformat()
    return f"{reverse(name)}?{urlencode(query)}"


CLOCK_COLUMNS = (
    Column("case", gettext_lazy("办件"), "name", phone="show"),
    Column("ledger", gettext_lazy("台账")),
    Column("clock", gettext_lazy("时限"), "long", phone="show"),
    Column("who", gettext_lazy("责任"), phone="show"),
    Column("due", gettext_lazy("到期"), "date", phone="show"),
    Column("lamp", gettext_lazy("亮灯"), "lamp", phone="show"),
    Column("charged", gettext_lazy("超时记在谁名下"), "long", phone="show"),
)
MOST_ROWS = 500


def overdue_clocks(request: HttpRequest) -> HttpResponse:
    """The rows behind a figure: late or soon due clocks, of one leader or unit or of all."""
    day, at = _moment(request)
    counting, clocks = counting_now(), running_clocks(viewer(request))
    is_soon = request.GET.get("kind") == "soon"
    leader, unit = _number(request, "leader"), _number(request, "unit")
    found = soon_at(clocks, at, day, counting) if is_soon else late_at(clocks, at, day)
    if leader is not None:
        found = (
            found.filter(case__leader=leader or None) if leader else found.filter(case__leader__isnull=True)
        )
    charged = {item.clock.pk: item for item in charges_of(found, at)} if not is_soon else {}
    if unit is not None:
        own = {key for key, item in charged.items() if any(c.key[0] == (unit or None) for c in item.charges)}
        hosted = found.filter(case__host_unit=unit) if unit else found.filter(case__host_unit__isnull=True)
        own |= set(hosted.values_list("pk", flat=True))
        found = found.filter(pk__in=own)
    shown = list(found.order_by("due_on", "pk")[:MOST_ROWS])
    names = _holder_names([charged[clock.pk] for clock in shown if clock.pk in charged])
    rows = []
    for clock in shown:
        line = due_line(counting, clock, at)
        case = clock.case
        item = charged.get(clock.pk)
        rows.append(
            Row(
                str(clock.pk),
                {
                    "case": Cell(case.title, href=line.href, note=case.number),
                    "ledger": Cell(ledger_of(case.case_type).name),
                    "clock": Cell(line.label, note=clock.article),
                    "who": Cell(str(case.host_person or case.host_unit or ""), note=_host_note(clock)),
                    "due": Cell(due_words(clock), clock.due_on),
                    "lamp": Cell(line.lamp.text, lamp=line.lamp.colour, note=line.lamp.reason),  # type: ignore[arg-type]
                    "charged": Cell(charged_words(item, names) if item else ""),
                },
                href=line.href,
            )
        )
    count = found.count() if len(shown) == MOST_ROWS else len(shown)
    title = _("快到期的时限") if is_soon else _("超时的时限")
    notes = [_("共%(count)s个，这里列出最早的%(most)s个。") % {"count": count, "most": MOST_ROWS}]
    page = ListPage(
        title=title,
        table=Table(title, CLOCK_COLUMNS, rows, count, empty=_("没有这样的时限。")),
        crumbs=[Crumb(_("工作台")), Crumb(_("超时"), reverse("overdue")), Crumb(title)],
        foot_notes=notes if count > MOST_ROWS else (),
    )
    return render(request, "ui/list.html", {"page": page})


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    if not text:
        return None
    if not text.isdecimal() or len(text) > 15:
        raise Refused(_("地址里的“%(name)s”不是编号。") % {"name": name})
    return int(text)


def _host_note(clock: Clock) -> str:
    return str(clock.case.host_unit or "") if clock.case.host_person else ""


def _holder_names(items: Sequence[Charged]) -> dict[tuple[int | None, int | None], str]:
    """Names of units and persons that are charged: two queries."""
    keys = {charge.key for item in items for charge in item.charges}
    units = Unit.objects.in_bulk([unit for unit, _person in keys if unit is not None])
    people = Official.objects.in_bulk([person for _unit, person in keys if person is not None])
    names = {}
    for unit, person in keys:
        parts = [str(units[unit])] if unit in units else []
        parts += [str(people[person])] if person in people else []
        names[unit, person] = "，".join(parts) or _("无人主办")
    return names


def charged_words(item: Charged, names: dict[tuple[int | None, int | None], str]) -> str:
    """`建设管理部，许可欣：2个工作日；自然资源分局：3个工作日`; adds up to the delay of the clock."""
    ticks: dict[tuple[int | None, int | None], int] = defaultdict(int)
    for charge in item.charges:
        ticks[charge.key] += charge.ticks
    return "；".join(f"{names[key]}：{ticks_words(item.clock.unit, amount)}" for key, amount in ticks.items())
