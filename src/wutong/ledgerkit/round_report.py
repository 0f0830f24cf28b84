"""One report: what it says, who owes it and owed it, and its whole history."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from wutong.cases.rounds.declared import ReportKind, report_kind
from wutong.cases.rounds.models import Report, ReportState
from wutong.cases.rounds.queries import report_is_late
from wutong.ledgerkit.registry import find_pages
from wutong.ledgerkit.round_lists import round_crumbs, round_href, round_title, state_words
from wutong.ledgerkit.round_pages import find_report, is_correctable
from wutong.ledgerkit.round_words import NOTHING, VERBS, told_changes, value_words
from wutong.ledgerkit.viewer import today_of, viewer
from wutong.registers.history.models import RegisterChange
from wutong.ui.pages import Action, Crumb, DetailPage
from wutong.ui.panels import Fact, FactsPanel, TablePanel
from wutong.ui.tables import Cell, Column, Row, Table


def round_report(request: HttpRequest, round_pk: int, report_pk: int) -> HttpResponse:
    report = find_report(request, round_pk, report_pk)
    found, kind = report.round, report_kind(report.round.kind)
    is_late = report_is_late(report, today_of(request))
    page = DetailPage(
        title=report.case.title,
        crumbs=round_crumbs(Crumb(round_title(found), round_href(found)), Crumb(report.case.number)),
        lamp="red" if is_late else "",
        lamp_text=_("逾期") if is_late else "",
        lamp_reason=_("%(round)s，%(due)s截止。") % {"round": round_title(found), "due": found.due_on},
        actions=_actions(request, report, kind),
        main=[_values_panel(report, kind), _history_panel(report, kind)],
        side=[_owing_panel(report)],
    )
    return render(request, "ui/detail.html", {"page": page})


def _actions(request: HttpRequest, report: Report, kind: ReportKind) -> list[Action]:
    actions = []
    if is_correctable(request, report):
        href = reverse("round_report_correct", args=[report.round_id, report.pk])
        label = _("更正") if report.first_submitted_on else _("补报")
        actions.append(Action(label, href, main=True, drawer=True))
    if report.state == ReportState.SUBMITTED and viewer(request).has(kind.review_right):
        href = reverse("round_return", args=[report.round_id])
        actions.append(Action(_("退回"), f"{href}?report={report.pk}", drawer=True))
    return actions


def _values_panel(report: Report, kind: ReportKind) -> FactsPanel:
    values = kind.typed(report.values)
    facts = [
        Fact(item.label, value_words(item, values[item.code]), wide=item.kind == "text")
        for item in kind.fields
    ]
    return FactsPanel(title=_("填报内容"), facts=facts, id="values")


def _owing_panel(report: Report) -> FactsPanel:
    case = report.case
    pages = find_pages(case.case_type)
    href = reverse("case_detail", args=[pages.slug, case.number]) if pages else ""
    facts = [
        Fact(_("编号"), case.number, href=href),
        Fact(_("状态"), state_words(report), note=report.return_reason),
        Fact(_("责任单位"), str(case.host_unit or ""), note=str(case.host_person or "")),
        Fact(_("首次报送"), report.first_submitted_on.isoformat() if report.first_submitted_on else ""),
    ]
    if report.due_unit is not None:
        owed = str(report.due_unit)
        facts.append(Fact(_("截止日的责任单位"), owed, note=str(report.due_person or "")))
    return FactsPanel(title=_("责任"), facts=facts, id="owing")


def _history_panel(report: Report, kind: ReportKind) -> TablePanel:
    """Every entry, newest first: who, when, why, from what to what."""
    entries = list(
        RegisterChange.objects.filter(entry_kind=Report.entry_kind, entry_id=report.pk)
        .select_related("actor")
        .order_by("seq")
    )
    told = told_changes(kind, (entry.snapshot for entry in entries))
    rows = [
        Row(
            str(entry.seq),
            {
                "at": Cell(f"{localtime(entry.recorded_at):%Y-%m-%d %H:%M}"),
                "who": Cell(entry.actor.display_name if entry.actor else _("系统")),
                "what": Cell(VERBS.get(entry.verb, entry.verb)),
                "changed": Cell("；".join(words) or NOTHING),
                "reason": Cell(entry.reason),
            },
        )
        for entry, words in zip(entries, told, strict=True)
    ]
    columns = (
        Column("at", _("时间"), "name", phone="show"),
        Column("who", _("谁"), phone="show"),
        Column("what", _("做了什么"), phone="show"),
        Column("changed", _("改动"), "long", phone="show"),
        Column("reason", _("理由"), "long", phone="show"),
    )
    table = Table(_("填报历史"), columns, rows[::-1], len(rows))
    return TablePanel(title=_("填报历史"), id="history", table=table)
