"""The rows behind the figures of overdue work: clocks with what is late and who is charged with it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.cases.clocks.charging import Charge, charges_of
from wutong.cases.clocks.counting import counting_now
from wutong.cases.clocks.scales import Counting
from wutong.cases.clocks.words import basis_words, due_words, ticks_words
from wutong.cases.models import Clock
from wutong.desk.due_clocks import (
    DueLine,
    clocks_on,
    due_line,
    is_late,
    of,
    page_moment,
    running_clocks,
    soon_at,
    with_cases,
)
from wutong.desk.overdue import GROUPS, charges_until, link, scale_of
from wutong.ledgerkit.registry import ledger_of
from wutong.ledgerkit.viewer import today_of, viewer
from wutong.registers.organisation.models import Official, Unit
from wutong.ui.pages import Crumb, ListPage, Tab
from wutong.ui.tables import Cell, Column, Row, Table, Text, place_of

PAGE_SIZE = 50
KINDS = ("overdue", "soon", "charged", "running")
LONGEST_ID = 18
Holder = tuple[int | None, int | None]

COLUMNS = (
    Column("case", gettext_lazy("办件"), "name", phone="show"),
    Column("clock", gettext_lazy("时限"), phone="show"),
    Column("host", gettext_lazy("主办"), phone="show"),
    Column("due", gettext_lazy("到期"), "date", phone="show"),
    Column("late", gettext_lazy("超时"), "lamp", total=True, phone="show"),
    Column("charged", gettext_lazy("超时记在谁名下"), "long", phone="show"),
)
OWN = Column("own", gettext_lazy("记在本单位"), total=True, phone="show")
SOON_COLUMNS = (*COLUMNS[:4], Column("late", gettext_lazy("剩余"), "lamp", phone="show"))


@dataclass(frozen=True)
class Question:
    """Which rows are asked for. `group` is leader or unit, and `key` None the row of those that have none; `who` asks
    for the reader's own; `scale` for the delay of one scale."""

    kind: str
    group: str = ""
    key: int | None = None
    who: str = "all"
    scale: str = ""

    @property
    def query(self) -> dict[str, object]:
        """As it stands in an address, without the kind."""
        asked: dict[str, object] = {self.group: self.key or "none"} if self.group else {}
        return {**asked, **({"who": self.who} if self.who != "all" else {})}


@dataclass(frozen=True)
class LateClock:
    """What is kept of each late clock while all are gone through. `own` are the ticks that the question asks for."""

    pk: int
    case_id: int
    unit: str
    due_on: date
    charges: Sequence[Charge]
    own: int

    @property
    def delay(self) -> int:
        return sum(charge.ticks for charge in self.charges)


def overdue_cases(request: HttpRequest) -> HttpResponse:
    """Clocks that are late, due soon or run at all: of one leader or unit, of oneself, or of all."""
    question, counting = _question(request), counting_now()
    day, at = page_moment(request, counting)
    page_day = "" if day == today_of(request) else day.isoformat()
    actor = viewer(request)
    clocks = running_clocks(actor) if question.kind == "running" else clocks_on(actor, day)
    clocks = of(question.who, clocks, actor)
    totals: dict[str, Cell] = {}
    columns: tuple[Column, ...] = COLUMNS
    if question.kind in {"overdue", "charged"}:
        late = late_clocks(counting, clocks, question, day, at)
        pages: Paginator[Any] = Paginator(late, PAGE_SIZE)
        page = pages.get_page(request.GET.get("page", "1"))
        rows = _late_rows(counting, list(page.object_list), at)
        totals = {
            "late": Cell(_added(late, lambda item: item.delay)),
            "own": Cell(_added(late, lambda item: item.own)),
        }
        cases = len({item.case_id for item in late})
        columns = (*COLUMNS, OWN) if question.kind == "charged" and question.group == "unit" else COLUMNS
    else:
        found = clocks if question.kind == "running" else soon_at(clocks, at, day, counting)
        found = _of_group(found, question)
        pages = Paginator(with_cases(found).order_by("due_on", "due_at", "pk"), PAGE_SIZE)
        page = pages.get_page(request.GET.get("page", "1"))
        rows = [_row(due_line(counting, clock, at)) for clock in page.object_list]
        cases = found.order_by().values("case").distinct().count()
        columns = SOON_COLUMNS
    kept = {**question.query, "kind": question.kind, **({"scale": question.scale} if question.scale else {})}
    title = _title(question)
    table = Table(
        title,
        columns,
        rows,
        **place_of(page),
        totals=totals,
        query=urlencode({**kept, "as_of": page_day} if page_day else kept),
        empty=_("没有这样的时限。"),
    )
    summary = link("overdue", page_day, by=question.group) if question.group else link("overdue", page_day)
    shown = ListPage(
        title=title,
        table=table,
        intro=_("%(whose)s：%(cases)s件办件，%(clocks)s项时限。")
        % {"whose": _whose(question), "cases": cases, "clocks": pages.count},
        crumbs=[Crumb(_("工作台")), Crumb(_("超时"), summary), Crumb(title)],
        tabs=_tabs(question, page_day),
    )
    return render(request, "ui/list.html", {"page": shown})


# ---- what is asked -----------------------------------------------------------------------------------------------


def _question(request: HttpRequest) -> Question:
    """From the address; an unknown kind means late ones, a leader or unit that cannot be is not found."""
    asked = request.GET
    kind = asked.get("kind", "")
    group = next((name for name in GROUPS if name in asked), "")
    who = asked.get("who", "")
    scale = asked.get("scale", "")
    return Question(
        kind if kind in KINDS else "overdue",
        group,
        _key(asked[group]) if group else None,
        who if who in {"me", "unit"} else "all",
        scale if scale in {"working_day", "calendar_day", "hour"} else "",
    )


def _key(text: str) -> int | None:
    if text == "none":
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= LONGEST_ID):
        raise Http404
    return int(text)


def _of_group(clocks: QuerySet[Clock], question: Question) -> QuerySet[Clock]:
    if not question.group:
        return clocks
    column = GROUPS[question.group]
    wanted = {f"{column}__isnull": True} if question.key is None else {column: question.key}
    return clocks.filter(**wanted)


def late_clocks(
    counting: Counting, clocks: QuerySet[Clock], question: Question, day: date, at: datetime
) -> list[LateClock]:
    """The late clocks asked for, what was due first on top. By unit, delay is asked of those charged with it."""
    by_charge = question.kind == "charged" and question.group == "unit"
    found = clocks.filter(is_late(at, day))
    late = []
    for item in charges_of(found if by_charge else _of_group(found, question), at):
        clock = item.clock
        if question.scale and scale_of(clock.unit) != question.scale:
            continue
        charges = tuple(charges_until(counting, item, at))
        own = sum(charge.ticks for charge in charges if not by_charge or charge.key[0] == question.key)
        if question.kind == "charged" and not own:
            continue
        late.append(LateClock(clock.pk, clock.case_id, clock.unit, clock.due_on or day, charges, own))
    return sorted(late, key=lambda item: (item.due_on, item.pk))


# ---- how it is shown ---------------------------------------------------------------------------------------------


def _late_rows(counting: Counting, late: Sequence[LateClock], at: datetime) -> list[Row]:
    clocks = with_cases(Clock.objects.all()).in_bulk([item.pk for item in late])
    names = holder_names(late)
    return [_row(due_line(counting, clocks[item.pk], at), item, names) for item in late]


def _row(line: DueLine, late: LateClock | None = None, names: Mapping[Holder, str] | None = None) -> Row:
    clock, case, text = line.clock, line.case, line.lamp.text
    if late is not None:
        text = (
            _("超%(late)s") % {"late": ticks_words(clock.unit, late.delay)} if late.delay else _("已过到期日")
        )
    host = str(case.host_unit or _("没有责任单位"))
    cells = {
        "case": Cell(case.title, href=line.href, note=f"{case.number}，{ledger_of(case.case_type).name}"),
        "clock": Cell(line.label, note=f"{basis_words(clock.basis)}：{clock.article}"),
        "host": Cell(host, note=str(case.host_person or "")),
        "due": Cell(due_words(clock), clock.due_on, note=_("暂定") if clock.is_provisional else ""),
        "late": Cell(text, lamp=line.lamp.colour, note=line.lamp.reason),  # type: ignore[arg-type]
    }
    if late is not None:
        cells["charged"] = Cell(charged_words(late, names or {}))
        cells["own"] = Cell(ticks_words(clock.unit, late.own))
    return Row(str(clock.pk), cells, href=line.href)


def holder_names(late: Iterable[LateClock]) -> dict[Holder, str]:
    """Names of the units and people that are charged. Two queries."""
    keys = {charge.key for item in late for charge in item.charges}
    units = Unit.objects.in_bulk([unit for unit, _person in keys if unit is not None])
    people = Official.objects.in_bulk([person for _unit, person in keys if person is not None])
    names = {}
    for unit, person in keys:
        parts = [str(row) for row in (units.get(unit or 0), people.get(person or 0)) if row is not None]
        names[unit, person] = " ".join(parts) or _("当时无人主办")
    return names


def charged_words(late: LateClock, names: Mapping[Holder, str]) -> str:
    """`示例建设部 甲某2个工作日；示例督查办3个工作日`: what was late in whose hands; adds up to the delay."""
    ticks: dict[Holder, int] = defaultdict(int)
    for charge in late.charges:
        ticks[charge.key] += charge.ticks
    return "；".join(
        _("%(who)s：%(late)s") % {"who": names[key], "late": ticks_words(late.unit, amount)}
        for key, amount in ticks.items()
    )


def _added(late: Sequence[LateClock], ticks_of: Any) -> str:
    """`5个工作日、3小时`: each scale for itself."""
    sums: dict[str, int] = defaultdict(int)
    for item in late:
        sums[scale_of(item.unit)] += ticks_of(item)
    return "、".join(ticks_words(scale, sums[scale]) for scale in sorted(sums) if sums[scale])


def _title(question: Question) -> str:
    titles = {
        "overdue": _("超时的时限"),
        "soon": _("3个工作日内到期的时限"),
        "charged": _("累计超时的时限"),
        "running": _("在走的时限"),
    }
    return titles[question.kind]


def _whose(question: Question) -> Text:
    if question.group == "leader":
        named = Official.objects.filter(pk=question.key).first() if question.key else None
        return str(named) if named else _("没有包保领导")
    if question.group == "unit":
        unit = Unit.objects.filter(pk=question.key).first() if question.key else None
        return str(unit) if unit else _("没有责任单位")
    return {"me": _("我经手的"), "unit": _("本单位")}.get(question.who, _("您能查看的"))


def _tabs(question: Question, page_day: str) -> list[Tab]:
    kinds = [("overdue", _("超时")), ("soon", _("3个工作日内到期"))]
    if question.group == "unit":
        kinds.append(("charged", _("记在本单位的超时")))
    if question.who != "all":
        kinds.append(("running", _("全部")))
    return [
        Tab(
            label,
            None,
            link("overdue_cases", page_day, **question.query, kind=kind),
            current=question.kind == kind and not question.scale,
        )
        for kind, label in kinds
    ]
