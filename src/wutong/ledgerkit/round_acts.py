"""What is done in rounds: open, fill in, return, remind, lock, correct."""

import math
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from wutong.base.errors import Conflict, DomainError, Refused
from wutong.cases.rounds import services
from wutong.cases.rounds.declared import ReportKind, report_kind
from wutong.cases.rounds.models import Report, ReportState, Round
from wutong.cases.rounds.queries import own_reports
from wutong.cases.rounds.rights import RUN, require
from wutong.cases.rounds.services import cell_name
from wutong.cases.rounds.telling import remind_now
from wutong.ledgerkit.middleware import audit_refusal, status_of
from wutong.ledgerkit.policy import visible_cases
from wutong.ledgerkit.round_forms import CorrectForm, FillForm, OpenRoundForm, ReturnForm
from wutong.ledgerkit.round_lists import (
    filtered,
    find_round,
    round_crumbs,
    round_href,
    round_title,
    visible_reports,
)
from wutong.ledgerkit.round_pages import filters_of, find_report, page_of
from wutong.ledgerkit.round_words import value_words
from wutong.ledgerkit.saving import answer_form
from wutong.ledgerkit.viewer import now_of, today_of, viewer
from wutong.ui.forms import HouseForm
from wutong.ui.pages import Action, Crumb, FormPage
from wutong.ui.tables import Row, Table

FORM_ROWS = 50
"""So many rows stand on one page of the form; a browser may send a thousand fields."""


class SureForm(HouseForm):
    """Nothing to type: the act is asked for once more."""


def _told(request: HttpRequest) -> dict[str, Any]:
    return {"actor": viewer(request), "on": today_of(request), "now": now_of(request)}


def round_open(request: HttpRequest) -> HttpResponse:
    """Open a round by hand, or take in what has come since."""
    require(viewer(request), RUN)
    form = OpenRoundForm(request.POST or None)

    def save(typed: dict[str, Any]) -> str:
        kind = report_kind(typed["kind"])
        found = services.open_round(kind, typed["period"], due_on=typed["due_on"], **_told(request))
        return round_href(found)

    intro = _("已经发起过的，只补上后来登记的项目。")
    label = _("发起填报")
    return answer_form(request, form, label, save, reverse("rounds"), round_crumbs(Crumb(label)), intro=intro)


# ---- filling in --------------------------------------------------------------------------------------------------


def own_of_round(request: HttpRequest, found: Round) -> list[Report]:
    """The reports of a round that the reader hands in, in the order of the form and of the workbook."""
    actor = viewer(request)
    own = own_reports(actor, report_kind(found.kind)).filter(round=found, case__in=visible_cases(actor))
    return list(own.select_related("case__host_unit").order_by("case__number", "pk"))


def round_fill(request: HttpRequest, round_pk: int) -> HttpResponse:
    """All own reports of a round as one table. A refusal stands at its cell, what was typed stays."""
    found = find_round(round_pk)
    kind = report_kind(found.kind)
    if found.locked_at is not None:
        raise Refused(
            _("%(round)s已经锁定。要改已报的数，请打开那一项用“更正”。") % {"round": round_title(found)}
        )
    own = own_of_round(request, found)
    page_count = max(1, math.ceil(len(own) / FORM_ROWS))
    page = min(page_of(request), page_count)
    shown = own[(page - 1) * FORM_ROWS : page * FORM_ROWS]
    form = FillForm(request.POST if request.method == "POST" else None, kind=kind, reports=shown)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                written = services.submit_reports(found, form.handings(), **_told(request))
            except DomainError as error:
                audit_refusal(request, error)
                status = status_of(error)
                form = _refused_form(form, error, request.POST)
            else:
                messages.success(request, _("已报%(count)s项。") % {"count": len(written)})
                return HttpResponseRedirect(request.get_full_path())
        else:
            status = 422
    title = round_title(found)
    rows = [Row(str(report.pk), {}) for report in shown]
    pager = Table(title, (), rows, len(own), (page - 1) * FORM_ROWS + 1, page, page_count)
    shown_page = FormPage(
        title=title,
        form=form,
        submit_label=_("报送"),
        cancel_href=reverse("my_reports"),
        intro=_("%(due)s截止，由您填报的共%(count)s项。") % {"due": found.due_on, "count": len(own)},
        crumbs=[Crumb(_("工作台")), Crumb(_("我的填报"), reverse("my_reports")), Crumb(title)],
        action_href=request.get_full_path(),
        actions=[
            Action(_("下载填报表"), reverse("round_workbook", args=[found.pk])),
            Action(_("上传填报表"), reverse("round_upload", args=[found.pk])),
        ],
    )
    context = {"page": shown_page, "pages": pager}
    return render(request, "ledgerkit/round_fill.html", context, status=status)


def _refused_form(form: FillForm, error: DomainError, data: QueryDict) -> FillForm:
    """The form with the refusal. Where somebody else was first, the row says what it holds now, and sending it again
    takes its place."""
    if not isinstance(error, Conflict):
        form.add_refusal(error)
        return form
    fresh = {item.pk: item for item in Report.objects.filter(pk__in=[report.pk for report in form.reports])}
    again = data.copy()
    changed = [report for report in form.reports if _is_stale(fresh[report.pk], data)]
    for report in changed:
        again[cell_name(report, "seq")] = str(fresh[report.pk].last_seq)
    form = FillForm(again, kind=form.kind, reports=form.reports)
    form.add_error(None, str(error.message))
    for report in changed:
        words = _held_words(form.kind, fresh[report.pk])
        form.add_error(cell_name(report, form.kind.fields[0].code), words)
    return form


def _is_stale(report: Report, data: QueryDict) -> bool:
    return data.get(cell_name(report, "seq"), "") not in ("", str(report.last_seq))


def _held_words(kind: ReportKind, report: Report) -> str:
    values = kind.typed(report.values)
    words = "，".join(f"{item.label}{value_words(item, values[item.code])}" for item in kind.fields)
    return _("别人刚填：%(values)s。再报送一次，就以您的为准。") % {"values": words}


def round_report_correct(request: HttpRequest, round_pk: int, report_pk: int) -> HttpResponse:
    """After the lock: the author changes a report and says why."""
    report = find_report(request, round_pk, report_pk)
    found, kind = report.round, report_kind(report.round.kind)
    if not own_reports(viewer(request), kind).filter(pk=report.pk).exists():
        raise services.not_the_holder()
    services.require_author(report, viewer(request))
    form = CorrectForm(request.POST or None, kind=kind, report=report)

    def save(typed: dict[str, Any]) -> str:
        services.correct_report(found, form.handing(), reason=typed["reason"], **_told(request))
        return reverse("round_report", args=[found.pk, report.pk])

    label = _("更正") if report.first_submitted_on else _("补报")
    back = reverse("round_report", args=[found.pk, report.pk])
    crumbs = round_crumbs(Crumb(round_title(found), round_href(found)), Crumb(label))
    return answer_form(request, form, label, save, back, crumbs, intro=report.case.title)


# ---- running a round ---------------------------------------------------------------------------------------------


def round_return(request: HttpRequest, round_pk: int) -> HttpResponse:
    """Give reports back with a reason, one or several."""
    found = find_round(round_pk)
    require(viewer(request), report_kind(found.kind).review_right)
    asked = filters_of(request, found).cleaned_data
    submitted = list(
        filtered(visible_reports(request, found), asked, today_of(request))
        .filter(state=ReportState.SUBMITTED)
        .order_by("case__number")
    )
    if not submitted:
        raise Refused(_("没有可以退回的填报：还没有人报，或已经锁定。"))
    ticked = [item.pk for item in submitted if str(item.pk) == request.GET.get("report", "")]
    form = ReturnForm(request.POST or None, choices=submitted, initial={"reports": ticked})

    def save(typed: dict[str, Any]) -> str:
        chosen = [item for item in submitted if item.pk in typed["reports"]]
        count = services.return_reports(found, chosen, reason=typed["reason"], **_told(request))
        messages.success(request, _("已退回%(count)s项，并通知了填报人。") % {"count": count})
        return round_href(found)

    label = _("退回")
    crumbs = round_crumbs(Crumb(round_title(found), round_href(found)), Crumb(label))
    return answer_form(request, form, label, save, round_href(found), crumbs)


def round_remind(request: HttpRequest, round_pk: int) -> HttpResponse:
    """Remind whoever owes the rows of the page now."""
    found = find_round(round_pk)
    require(viewer(request), report_kind(found.kind).right)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if found.locked_at is not None:
        raise Refused(_("%(round)s已经锁定。") % {"round": round_title(found)})
    asked = filters_of(request, found).cleaned_data
    reports = filtered(visible_reports(request, found), asked, today_of(request))
    told = remind_now(found, reports, **_told(request))
    words = _("已催%(count)s人。") if told else _("没有新催的人：都报了，或今天已经催过。")
    messages.success(request, words % {"count": told} if told else words)
    return HttpResponseRedirect(round_href(found))


def round_lock(request: HttpRequest, round_pk: int) -> HttpResponse:
    """End the round."""
    found = find_round(round_pk)
    require(viewer(request), report_kind(found.kind).right)

    def save(_typed: dict[str, Any]) -> str:
        services.lock_round(found, **_told(request))
        messages.success(request, _("已锁定。"))
        return round_href(found)

    label = _("锁定")
    form = SureForm(request.POST if request.method == "POST" else None)
    intro = _("锁定以后不再收报和退回，填报人写明理由才能更正。没有报的仍算未报。")
    crumbs = round_crumbs(Crumb(round_title(found), round_href(found)), Crumb(label))
    return answer_form(
        request, form, label, save, round_href(found), crumbs, intro=intro, stop=True, draft=False
    )
