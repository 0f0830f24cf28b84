"""The rows of rounds as tables: figures that open their rows, the reports of one round, the same by unit."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.cases.rounds.declared import ReportField, ReportKind, report_kind
from wutong.cases.rounds.models import Report, ReportState, Round
from wutong.cases.rounds.queries import (
    ANSWERING_UNIT,
    HANDED_IN,
    MISSING,
    RoundFigures,
    is_late,
    report_is_late,
    rounds_in_use,
)
from wutong.ledgerkit.policy import visible_cases
from wutong.ledgerkit.round_words import cell_text, money_in
from wutong.ledgerkit.viewer import viewer
from wutong.registers.organisation.models import Unit
from wutong.ui.pages import Crumb
from wutong.ui.tables import Cell, Column, Row, Text, day_cell

FIGURE_COLUMNS = (
    Column("total", gettext_lazy("应报"), "number", gettext_lazy("项"), total=True, phone="show"),
    Column("handed_in", gettext_lazy("已报"), "number", gettext_lazy("项"), total=True, phone="show"),
    Column("missing", gettext_lazy("未报"), "number", gettext_lazy("项"), total=True, phone="show"),
    Column("returned", gettext_lazy("已退回"), "number", gettext_lazy("项"), total=True, phone="show"),
    Column("late", gettext_lazy("逾期"), "number", gettext_lazy("项"), total=True, phone="show"),
)
STATES: Mapping[str, Q] = {
    "missing": MISSING,
    "handed_in": HANDED_IN,
    "returned": Q(state=ReportState.RETURNED),
}


def find_round(pk: int) -> Round:
    found = rounds_in_use().filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def round_title(found: Round) -> str:
    return report_kind(found.kind).title(found.period)


def round_crumbs(*rest: Crumb) -> list[Crumb]:
    return [Crumb(_("工作台")), Crumb(_("填报轮次"), reverse("rounds")), *rest]


def round_href(found: Round) -> str:
    return reverse("round", args=[found.pk])


def visible_reports(request: HttpRequest, found: Round) -> QuerySet[Report]:
    """Reports of a round whose cases the reader may see."""
    reports = Report.objects.filter(round=found, case__in=visible_cases(viewer(request)))
    return reports.select_related("round", "case__host_unit", "case__host_person", "due_unit", "due_person")


def filtered(reports: QuerySet[Report], asked: Mapping[str, Any], on: date) -> QuerySet[Report]:
    """`asked` are the cleaned filters: state, unit (the one that a report counts for), late."""
    if asked.get("state"):
        reports = reports.filter(STATES[asked["state"]])
    if asked.get("unit"):
        reports = reports.annotate(answering=ANSWERING_UNIT)
        unit = asked["unit"]
        reports = reports.filter(answering=None if unit == "none" else int(unit))
    if asked.get("late"):
        reports = reports.filter(is_late(on))
    return reports


def figure_cells(figures: RoundFigures, href: str, **asked: Any) -> dict[str, Cell]:
    """Each figure opens its rows at `href`."""

    def figure(value: int, alarm: bool = False, **filters: Any) -> Cell:
        query = urlencode(asked | filters)
        return Cell(str(value), value, f"{href}?{query}" if query else href, alarm=alarm and value > 0)

    return {
        "total": figure(figures.total),
        "handed_in": figure(figures.handed_in, state="handed_in"),
        "missing": figure(figures.missing, state="missing"),
        "returned": figure(figures.returned, alarm=True, state="returned"),
        "late": figure(figures.late, alarm=True, late="on"),
    }


def unit_names(units: Sequence[int | None]) -> dict[int | None, str]:
    """Names by key, in the order of the tree. One query."""
    known = Unit.objects.filter(pk__in=[key for key in units if key is not None]).order_by("path")
    names: dict[int | None, str] = dict(known.values_list("pk", "name"))
    return names | {None: _("没有责任单位")} if None in units else names


# ---- the reports of one round ------------------------------------------------------------------------------------


def report_columns(kind: ReportKind) -> list[Column]:
    kinds = {"money": "money", "date": "date", "text": "long", "choice": "text"}
    return [
        Column("title", _("名称"), "name", phone="show"),
        Column("number", _("编号"), optional=True),
        Column("unit", _("责任单位"), phone="show"),
        Column("person", _("责任人"), optional=True),
        Column("state", _("状态"), phone="show"),
        *(
            Column(item.code, item.label, kinds[item.kind], item.unit, optional=True)  # type: ignore[arg-type]
            for item in kind.fields
        ),
        Column("submitted_on", _("首次报送"), "date", phone="show"),
        Column("late", _("逾期"), phone="show"),
    ]


def report_row(kind: ReportKind, report: Report, on: date) -> Row:
    case, values = report.case, kind.typed(report.values)
    href = reverse("round_report", args=[report.round_id, report.pk])
    host = str(case.host_unit or "")
    owed_by = str(report.due_unit) if report.due_unit and report.due_unit_id != case.host_unit_id else ""
    is_returned = report.state == ReportState.RETURNED
    cells = {
        "title": Cell(case.title, href=href),
        "number": Cell(case.number),
        "unit": Cell(host, note=_("截止日由%(unit)s负责") % {"unit": owed_by} if owed_by else ""),
        "person": Cell(str(case.host_person or "")),
        "state": Cell(state_words(report), alarm=is_returned, note=report.return_reason),
        "submitted_on": day_cell(report.first_submitted_on),
        "late": Cell(_("逾期"), alarm=True) if report_is_late(report, on) else Cell(),
    }
    return Row(
        str(report.pk), cells | {item.code: _value_cell(item, values[item.code]) for item in kind.fields}
    )


def state_words(report: Report) -> Text:
    """A locked report that nobody handed in is still missing."""
    if report.state == ReportState.LOCKED and report.first_submitted_on is None:
        return _("已锁定，未报")
    return report.get_state_display()


def _value_cell(field: ReportField, value: Any) -> Cell:
    exact: Decimal | None = None
    if field.kind == "money" and value is not None:
        exact = money_in(value, field.unit)
    text = cell_text(field, value)
    return Cell(text, exact if exact is not None else value if field.kind == "date" else text or None)
