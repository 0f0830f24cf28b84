"""Pages of rounds: all of them with their figures, one with its rows, what I have to hand in, one report."""

import math
from io import BytesIO
from urllib.parse import quote

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from wutong.base.audit.addresses import client_address
from wutong.base.audit.services import record_event
from wutong.cases.rounds.declared import report_kind, report_kinds
from wutong.cases.rounds.models import Report, ReportState, Round
from wutong.cases.rounds.queries import (
    RoundFigures,
    figures_by_round,
    figures_by_unit,
    own_reports,
    rounds_in_use,
)
from wutong.cases.rounds.rights import RUN
from wutong.exchange.writing import write_table
from wutong.ledgerkit.list_pages import XLSX
from wutong.ledgerkit.lists import query_without
from wutong.ledgerkit.policy import visible_cases
from wutong.ledgerkit.round_forms import RoundFilters
from wutong.ledgerkit.round_lists import (
    FIGURE_COLUMNS,
    figure_cells,
    filtered,
    find_round,
    report_columns,
    report_row,
    round_crumbs,
    round_href,
    round_title,
    unit_names,
    visible_reports,
)
from wutong.ledgerkit.viewer import now_of, today_of, viewer
from wutong.ui.columns import chosen_columns
from wutong.ui.pages import Action, Chip, Crumb, ListPage, Tab
from wutong.ui.tables import Cell, Column, Row, Table, day_cell

SHOWN_ROUNDS = 60
PAGE_SIZE = 100


def rounds(request: HttpRequest) -> HttpResponse:
    """Every round with its figures, counted over what the reader may see."""
    actor, on = viewer(request), today_of(request)
    found = list(rounds_in_use()[:SHOWN_ROUNDS])
    figures = figures_by_round(found, visible_cases(actor), on)
    rows = [_round_row(item, figures.get(item.pk, RoundFigures()), round_href(item)) for item in found]
    actions = [Action(_("我的填报"), reverse("my_reports"))]
    if actor.has(RUN):
        actions.insert(0, Action(_("发起填报"), reverse("round_open"), main=True, drawer=True))
    page = ListPage(
        title=_("填报轮次"),
        table=Table(_("填报轮次"), _round_columns(), rows, len(rows), empty=_("还没有发起过填报。")),
        intro=_("每月第一个工作日自动发起上月的填报。数字只算您能查看的，点数字看是哪些。"),
        crumbs=[Crumb(_("工作台")), Crumb(_("填报轮次"))],
        actions=actions,
        foot_notes=[_("逾期：首次报送晚于截止日，或截止日已过还没有报。退回后重报的，按首次报送算。")],
    )
    return render(request, "ui/list.html", {"page": page})


def _round_columns() -> list[Column]:
    return [
        Column("round", _("填报"), "name", phone="show"),
        Column("due_on", _("截止日"), "date", phone="show"),
        *FIGURE_COLUMNS,
        Column("locked", _("锁定")),
    ]


def _round_row(found: Round, figures: RoundFigures, href: str) -> Row:
    cells = {
        "round": Cell(round_title(found), href=href),
        "due_on": day_cell(found.due_on),
        "locked": Cell(_("已锁定") if found.locked_at else ""),
    }
    return Row(str(found.pk), cells | figure_cells(figures, round_href(found)))


def my_reports(request: HttpRequest) -> HttpResponse:
    """The rounds in which the reader hands in reports; each opens its form."""
    actor, on = viewer(request), today_of(request)
    rows = []
    for kind in report_kinds():
        own = own_reports(actor, kind).filter(case__in=visible_cases(actor))
        mine = Exists(own.filter(round=OuterRef("pk")))
        found = list(rounds_in_use().filter(mine, kind=kind.code)[:SHOWN_ROUNDS])
        figures = figures_by_round(found, visible_cases(actor).filter(pk__in=own.values("case")), on)
        rows += [_own_row(item, figures[item.pk]) for item in found]
    columns = [column for column in _round_columns() if column.key != "locked"]
    page = ListPage(
        title=_("我的填报"),
        table=Table(_("我的填报"), columns, rows, len(rows), empty=_("没有由您填报的项目。")),
        intro=_("由您主办、帮办或由您的招商组负责的项目。点名称开始填报。"),
        crumbs=[Crumb(_("工作台")), Crumb(_("我的填报"))],
        actions=[Action(_("填报轮次"), reverse("rounds"))],
    )
    return render(request, "ui/list.html", {"page": page})


def _own_row(found: Round, figures: RoundFigures) -> Row:
    """Figures without links: the rows are on the form itself."""
    href = round_href(found) if found.locked_at else reverse("round_fill", args=[found.pk])
    row = _round_row(found, figures, href)
    keys = {column.key for column in FIGURE_COLUMNS}
    cells = {
        key: Cell(cell.text, cell.value, alarm=cell.alarm) if key in keys else cell
        for key, cell in row.cells.items()
    }
    return Row(row.key, cells, href=href)


# ---- one round ---------------------------------------------------------------------------------------------------


def round_page(request: HttpRequest, round_pk: int) -> HttpResponse:
    """The reports of a round, by project or by unit."""
    found = find_round(round_pk)
    if request.GET.get("by") == "unit":
        return _by_unit(request, found)
    on = today_of(request)
    kind, form = report_kind(found.kind), filters_of(request, found)
    reports = filtered(visible_reports(request, found), form.cleaned_data, on)
    count = reports.count()
    page_count = max(1, math.ceil(count / PAGE_SIZE))
    page = min(page_of(request), page_count)
    start = (page - 1) * PAGE_SIZE
    ordered = reports.order_by("case__host_unit__path", "case__number", "pk")
    all_columns = report_columns(kind)
    asked = {name: value for name, value in form.cleaned_data.items() if value}
    table = Table(
        caption=round_title(found),
        columns=chosen_columns(all_columns, request.GET.getlist("cols")),
        rows=[report_row(kind, report, on) for report in ordered[start : start + PAGE_SIZE]],
        row_count=count,
        first_number=start + 1,
        page=page,
        page_count=page_count,
        query=query_without(request.GET, "page", "sort"),
        empty=_("没有符合条件的填报。"),
    )
    listed = ListPage(
        title=round_title(found),
        table=table,
        intro=_round_intro(found),
        crumbs=round_crumbs(Crumb(round_title(found))),
        actions=_round_actions(request, found),
        tabs=_tabs(found, "case"),
        filters=form,
        filter_chips=_chips(request, form),
        clear_href=request.path if asked else "",
        chooser_columns=all_columns,
        foot_notes=[_("责任单位是现在的主办单位；截止日以后，逾期算在截止日的责任单位名下。")],
    )
    return render(request, "ui/list.html", {"page": listed})


def page_of(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    return max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) < 10 else 1


def _round_intro(found: Round) -> str:
    words = _("%(opened)s发起，%(due)s截止。") % {"opened": found.opened_on, "due": found.due_on}
    return words + (_("已锁定，只能由填报人更正。") if found.locked_at else "")


def filters_of(request: HttpRequest, found: Round) -> RoundFilters:
    """The filters that the request asks for, looked at."""
    units = figures_by_unit(visible_reports(request, found), today_of(request))
    names = unit_names(list(units))
    choices = [("none" if key is None else str(key), name) for key, name in names.items()]
    form = RoundFilters(request.GET, units=choices)
    form.is_valid()
    return form


def _chips(request: HttpRequest, form: RoundFilters) -> list[Chip]:
    chips = []
    for name, value in form.cleaned_data.items():
        if value:
            choices = dict(getattr(form.fields[name], "choices", []) or [])
            rest = query_without(request.GET, name, "page")
            label = (
                f"{form.fields[name].label}：{choices[value]}" if choices else form.fields[name].label or ""
            )
            chips.append(Chip(label, f"{request.path}?{rest}" if rest else request.path))
    return chips


def _tabs(found: Round, current: str) -> list[Tab]:
    href = round_href(found)
    return [
        Tab(_("按项目"), None, href, current == "case"),
        Tab(_("按单位"), None, f"{href}?by=unit", current == "unit"),
    ]


def _round_actions(request: HttpRequest, found: Round) -> list[Action]:
    actor, kind = viewer(request), report_kind(found.kind)
    actions = []
    is_open = found.locked_at is None
    if is_open and own_reports(actor, kind).filter(round=found).exists():
        actions.append(Action(_("填报"), reverse("round_fill", args=[found.pk]), main=True))
    query = query_without(request.GET, "page", "by")
    rest = f"?{query}" if query else ""
    if is_open and actor.has(kind.right):
        actions.append(Action(_("催报"), reverse("round_remind", args=[found.pk]) + rest, post=True))
    if is_open and actor.has(kind.review_right):
        actions.append(Action(_("退回"), reverse("round_return", args=[found.pk]) + rest, drawer=True))
    if is_open and actor.has(kind.right):
        actions.append(Action(_("锁定"), reverse("round_lock", args=[found.pk]), stop=True, drawer=True))
    actions.append(Action(_("导出一览表"), reverse("round_export", args=[found.pk]) + rest))
    return actions


def _by_unit(request: HttpRequest, found: Round) -> HttpResponse:
    """Who is behind, unit by unit: most late ones on top."""
    units = figures_by_unit(visible_reports(request, found), today_of(request))
    names = unit_names(list(units))
    keys = sorted(names, key=lambda key: (-units[key].late, -units[key].missing, names[key]))
    rows = [
        Row(
            str(key or "none"),
            {"unit": Cell(names[key])} | figure_cells(units[key], round_href(found), unit=key or "none"),
        )
        for key in keys
    ]
    columns = [Column("unit", _("单位"), "name", phone="show"), *FIGURE_COLUMNS]
    totals = {
        column.key: _sum_cell([getattr(figures, column.key) for figures in units.values()])
        for column in FIGURE_COLUMNS
    }
    page = ListPage(
        title=round_title(found),
        table=Table(
            _("按单位"),
            columns,
            rows,
            len(rows),
            totals=totals,
            empty=_("没有您能查看的填报。"),
            query="by=unit",
        ),
        intro=_round_intro(found),
        crumbs=round_crumbs(Crumb(round_title(found))),
        actions=_round_actions(request, found),
        tabs=_tabs(found, "unit"),
        foot_notes=[_("截止日以后，逾期算在截止日的责任单位名下，以前算在现在的主办单位名下。")],
    )
    return render(request, "ui/list.html", {"page": page})


def _sum_cell(values: list[int]) -> Cell:
    return Cell(str(sum(values)), sum(values))


def round_export(request: HttpRequest, round_pk: int) -> HttpResponse:
    """The rows of the page as a workbook: same filters, order and columns."""
    found = find_round(round_pk)
    on, kind, form = today_of(request), report_kind(found.kind), filters_of(request, found)
    reports = filtered(visible_reports(request, found), form.cleaned_data, on)
    rows = [
        report_row(kind, report, on)
        for report in reports.order_by("case__host_unit__path", "case__number", "pk")
    ]
    columns = chosen_columns(report_columns(kind), request.GET.getlist("cols"))
    stream = BytesIO()
    write_table(stream, columns, rows, title=round_title(found), subtitle=subtitle(request))
    return workbook_answer(request, found, stream, round_title(found), len(rows))


def subtitle(request: HttpRequest) -> list[str]:
    actor = viewer(request)
    unit = actor.official.unit.name if actor.official else ""
    return [
        _("填报单位：%(unit)s") % {"unit": unit},
        _("填报人：%(name)s") % {"name": actor.name},
        _("审核人："),
        _("日期：%(on)s") % {"on": today_of(request)},
    ]


def workbook_answer(
    request: HttpRequest, found: Round, stream: BytesIO, name: str, count: int
) -> HttpResponse:
    """The finished workbook, with a line in the audit."""
    record_event(
        action="export_list",
        now=now_of(request),
        actor=viewer(request).account,
        target_kind="round",
        target_id=found.pk,
        words=_("导出填报"),
        detail={"rows": count, "query": request.GET.urlencode()[:500]},
        address=client_address(request),
    )
    answer = HttpResponse(stream.getvalue(), content_type=XLSX)
    answer["Content-Disposition"] = (
        f"attachment; filename=\"export.xlsx\"; filename*=UTF-8''{quote(f'{name}.xlsx')}"
    )
    return answer


def find_report(request: HttpRequest, round_pk: int, report_pk: int) -> Report:
    """A report that the reader may see, else 404."""
    report = visible_reports(request, find_round(round_pk)).filter(pk=report_pk).first()
    if report is None:
        raise Http404
    return report


def is_correctable(request: HttpRequest, report: Report) -> bool:
    """Whether the reader may correct a locked report: its author, or anybody who owes it when it never came."""
    if report.state != ReportState.LOCKED:
        return False
    account = viewer(request).account
    is_author = report.submitted_by_id is None or (
        account is not None and report.submitted_by_id == account.pk
    )
    return (
        is_author
        and own_reports(viewer(request), report_kind(report.round.kind)).filter(pk=report.pk).exists()
    )
