"""Counts of projects (项目统计): of any period, as of any day; every number opens its rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any
from urllib.parse import quote

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.base.audit.addresses import client_address
from wutong.base.audit.services import record_event
from wutong.base.errors import Refused
from wutong.base.money import in_unit
from wutong.exchange.writing import write_table
from wutong.ledgerkit.list_pages import XLSX
from wutong.ledgerkit.lists import query_without
from wutong.ledgerkit.viewer import as_of, now_of, today_of, viewer
from wutong.ledgers.project_push.counting.publishing import PUBLISH, SEE_ALL, judge_period
from wutong.ledgers.project_push.counting.queries import Counts, group_names, project_counts
from wutong.ledgers.project_push.counting.rules import CONTRACT, Booking
from wutong.ledgers.project_push.counting.words import (
    KINDS,
    RULES,
    group_columns,
    group_rows,
    group_totals,
    is_amount,
    is_known_key,
    measure_words,
    number_words,
    size_tables,
    value_text,
)
from wutong.ledgers.project_push.models import ProjectPush
from wutong.registers.organisation.actors import Actor
from wutong.ui.formats import in_yi
from wutong.ui.forms import FilterForm
from wutong.ui.pages import Action, Crumb, ListPage, Tab
from wutong.ui.tables import Cell, Column, Row, Table, Text, day_cell, place_of

PAGE_SIZE = 50


class CountFilters(FilterForm):
    from_on = forms.DateField(label=gettext_lazy("期初"), required=False)
    as_of = forms.DateField(label=gettext_lazy("数据日"), required=False)


@dataclass(frozen=True)
class Period:
    """The period that a page counts, and how its links say it."""

    from_on: date | None
    as_of: date

    @property
    def words(self) -> str:
        if self.from_on is None:
            return _("有记录以来至%(as_of)s") % {"as_of": self.as_of}
        return _("%(from_on)s至%(as_of)s") % {"from_on": self.from_on, "as_of": self.as_of}

    @property
    def query(self) -> dict[str, str]:
        return {
            "from_on": self.from_on.isoformat() if self.from_on else "",
            "as_of": self.as_of.isoformat(),
        }


def period_of(request: HttpRequest) -> Period:
    """Asked for in the address; without a first day the year of the last one, with an empty one from the beginning."""
    day = as_of(request)
    text = request.GET.get("from_on")
    if text is None:
        return Period(date(day.year, 1, 1), day)
    if not text:
        return Period(None, day)
    try:
        from_on = date.fromisoformat(text)
    except ValueError:
        raise Refused(_("期初“%(text)s”不是日期，请写成2024-01-15。") % {"text": text[:20]}) from None
    judge_period(from_on, day)
    return Period(from_on, day)


def crumbs(*more: Crumb) -> list[Crumb]:
    start = [Crumb(_("招商"))]
    return [*start, Crumb(_("项目统计"), reverse("project_counts")), *more] if more else [
        *start, Crumb(_("项目统计")),
    ]  # fmt: skip


def project_counts_page(request: HttpRequest) -> HttpResponse:
    """Measures by size and state, or by unit, team or investor."""
    actor, period = viewer(request), period_of(request)
    counts = project_counts(actor, period.from_on, period.as_of)

    def cell(key: str) -> Cell:
        number = counts.numbers.get(key)
        measure = key.partition("/")[0]
        if number is None:
            return Cell(value_text(measure, 0), value=0)
        href = reverse("project_count_rows") + "?" + urlencode({**period.query, "number": key})
        return Cell(value_text(measure, number.value), value=number.value, href=href)

    context: dict[str, Any] = {
        "title": _("项目统计"),
        "intro": RULES,
        "crumbs": crumbs(),
        "actions": _actions(actor, period),
        "tabs": group_tabs(request),
        "filters": CountFilters(period.query),
        "kept": [("by", kind)] if (kind := chosen_kind(request)) else [],
        "notes": [] if sees_all(actor) else [_("只统计您能查看的项目。")],
    }
    if kind:
        keys = [f"{kind}:{pk}" for pk in counts.groups.get(kind, [])]
        context["table"] = paged_groups(
            request, kind, keys, group_names({kind: counts.groups.get(kind, [])}), cell,
            lambda key: counts.numbers[key].value if key in counts.numbers else 0,
        )  # fmt: skip
    else:
        context["blocks"] = size_tables(cell, period.words, _("截至%(on)s") % {"on": period.as_of})
    return render(request, "project_push/counts.html", context)


def sees_all(actor: Actor) -> bool:
    return actor.has(SEE_ALL)


def chosen_kind(request: HttpRequest) -> str:
    kind = request.GET.get("by", "")
    return kind if kind in KINDS else ""


def group_tabs(request: HttpRequest) -> list[Tab]:
    rest = query_without(request.GET, "by", "page")
    kept = f"&{rest}" if rest else ""
    every = Tab(_("总表"), None, request.path + (f"?{rest}" if rest else ""), not chosen_kind(request))
    return [
        every,
        *(
            Tab(words, None, f"{request.path}?by={kind}{kept}", chosen_kind(request) == kind)
            for kind, words in KINDS.items()
        ),
    ]


def _actions(actor: Actor, period: Period) -> list[Action]:
    actions = []
    if actor.has(PUBLISH) and sees_all(actor):
        href = reverse("project_count_publish") + "?" + urlencode(period.query)
        actions.append(Action(_("公布"), href, main=True, drawer=True))
    actions.append(Action(_("已公布的统计"), reverse("published_counts")))
    return actions


def paged_groups(
    request: HttpRequest,
    kind: str,
    keys: Sequence[str],
    names: Mapping[str, str],
    cell: Callable[[str], Cell],
    value: Callable[[str], int],
) -> Table:
    """One page of a table by unit, team or investor: the largest contract amount first."""
    ordered = sorted(keys, key=lambda key: (-value(f"{CONTRACT}/{key}"), names.get(key, ""), key))
    page = Paginator(ordered, PAGE_SIZE).get_page(request.GET.get("page", "1"))
    return Table(
        _("项目统计"),
        group_columns(kind),
        group_rows(list(page.object_list), names, cell),
        **place_of(page),
        totals=group_totals(cell) if ordered else {},
        query=query_without(request.GET, "page"),
        empty=_("这个期间没有。"),
    )


# ---- the rows behind a number -------------------------------------------------------------------------------------

ROW_COLUMNS = (
    Column("name", gettext_lazy("项目名称"), "name", phone="show"),
    Column("investor", gettext_lazy("投资方"), "long", phone="show"),
    Column("unit", gettext_lazy("责任单位")),
    Column("team", gettext_lazy("产业招商组")),
    Column("total", gettext_lazy("截至日总投资"), "money", unit=gettext_lazy("亿元")),
    Column("event", gettext_lazy("计入依据"), phone="show"),
    Column("on", gettext_lazy("日期"), "date", phone="show"),
)


def row_columns(measure: str) -> list[Column]:
    counted = (
        Column("counted", _("计入金额"), "money", unit=_("亿元"), total=True, phone="show")
        if is_amount(measure)
        else Column("counted", _("计入个数"), "number", total=True, phone="show")
    )
    return [*ROW_COLUMNS, counted]


def asked_number(request: HttpRequest) -> str:
    key = request.GET.get("number", "")
    if not is_known_key(key):
        raise Http404
    return key


def rows_of(counts: Counts, key: str, case_ids: Sequence[int]) -> list[Row]:
    """The projects behind a number, each with every event that put it there. Four queries; the caller has made sure
    that the reader may see the projects."""
    measure, _slash, group = key.partition("/")
    found = [
        (case_id, booking) for case_id in case_ids for booking in counts.deciding(measure, group, case_id)
    ]
    details = {
        row.case_id: row
        for row in ProjectPush.objects.select_related("case", "project").filter(case__in=list(case_ids))
    }
    whose: dict[str, set[int]] = {
        kind: {pk for _id, booking in found if (pk := getattr(booking, kind))} for kind in KINDS
    }
    names = group_names(whose)
    return [
        _row(details[case_id], booking, counts.projects[case_id].amount_yuan, measure, names)
        for case_id, booking in found
    ]


def _row(
    detail: ProjectPush, booking: Booking, amount_yuan: int, measure: str, names: Mapping[str, str]
) -> Row:
    case = detail.case
    href = reverse("case_detail", args=["projects", case.number])

    def named(kind: str) -> Cell:
        return Cell(names.get(f"{kind}:{getattr(booking, kind) or 0}", ""))

    cells = {
        "name": Cell(detail.project.name, note=case.number, href=href),
        "investor": named("investor"),
        "unit": named("unit"),
        "team": named("team"),
        "total": Cell(in_yi(amount_yuan, 2), value=_yi(amount_yuan)),
        "event": Cell(event_words(measure), href=f"{href}#timeline"),
        "on": day_cell(booking.on),
        "counted": Cell(
            value_text(measure, booking.value),
            value=_yi(booking.value) if is_amount(measure) else booking.value,
        ),
    }
    return Row(f"{case.number}-{booking.seq}", cells, href=href)


def _yi(yuan: int) -> Decimal:
    return in_unit(yuan, "亿元", 4)


def event_words(measure: str) -> str:
    """What happened on the deciding day."""
    words = {
        CONTRACT: _("首次签约"),
        "increase": _("调增总投资"),
        "decrease": _("调减总投资"),
        "stock": _("最近一次状态变更"),
    }
    return words.get(measure) or measure_words(measure)


@dataclass(frozen=True)
class RowsPage:
    """Rows behind one number, ready to be drawn or exported."""

    title: Text
    intro: Text
    measure: str
    rows: Sequence[Row]
    total: Cell
    notes: Sequence[Text] = ()


def total_cell(measure: str, value: int) -> Cell:
    return Cell(value_text(measure, value), value=_yi(value) if is_amount(measure) else value)


def answer_rows(request: HttpRequest, shown: RowsPage, path: Sequence[Crumb]) -> HttpResponse:
    """One page of the rows; with `export=1` all of them as a workbook."""
    columns = row_columns(shown.measure)
    if request.GET.get("export"):
        return _export(request, shown, columns)
    page = Paginator(shown.rows, PAGE_SIZE).get_page(request.GET.get("page", "1"))
    query = query_without(request.GET, "page")
    listed = ListPage(
        title=shown.title,
        intro=shown.intro,
        table=Table(
            shown.title,
            columns,
            list(page.object_list),
            **place_of(page),
            totals={"counted": shown.total} if shown.rows else {},
            query=query,
            empty=_("没有您能查看的项目。"),
        ),
        crumbs=path,
        actions=[Action(_("导出"), f"{request.path}?{query}&export=1")],
        foot_notes=shown.notes,
    )
    return render(request, "ui/list.html", {"page": listed})


def _export(request: HttpRequest, shown: RowsPage, columns: Sequence[Column]) -> HttpResponse:
    stream = BytesIO()
    notes = [str(shown.intro), *map(str, shown.notes)]
    write_table(stream, columns, shown.rows, title=shown.title, subtitle=notes, sums={"counted": shown.total})
    record_event(
        action="export_list",
        now=now_of(request),
        actor=viewer(request).account,
        target_kind="list",
        target_id="project_counts",
        words=_("导出项目统计明细"),
        detail={"rows": len(shown.rows), "query": request.GET.urlencode()[:500]},
        address=client_address(request),
    )
    response = HttpResponse(stream.getvalue(), content_type=XLSX)
    name = quote(f"{shown.title}-{today_of(request)}.xlsx")
    response["Content-Disposition"] = f"attachment; filename=\"export.xlsx\"; filename*=UTF-8''{name}"
    return response


def project_count_rows(request: HttpRequest) -> HttpResponse:
    """Exactly the projects behind one number, with the deciding event and day of each."""
    key, period = asked_number(request), period_of(request)
    counts = project_counts(viewer(request), period.from_on, period.as_of)
    number = counts.numbers.get(key)
    measure, _slash, group = key.partition("/")
    if number is None and ":" in group and not group.startswith("band:"):
        # Neither that nobody is meant nor that something of his is hidden is told.
        raise Http404
    names = group_names(_kind_of(group)) if number is not None else {}
    shown = RowsPage(
        title=number_words(key, names),
        intro=period.words,
        measure=measure,
        rows=rows_of(counts, key, number.ids) if number is not None else [],
        total=total_cell(measure, number.value if number is not None else 0),
        notes=[] if sees_all(viewer(request)) else [_("只统计您能查看的项目。")],
    )
    back = reverse("project_counts") + "?" + urlencode(period.query)
    path = [Crumb(_("招商")), Crumb(_("项目统计"), back), Crumb(shown.title)]
    return answer_rows(request, shown, path)


def _kind_of(group: str) -> dict[str, list[int]]:
    kind, _colon, pk = group.partition(":")
    return {kind: [int(pk)]} if kind in KINDS else {}
