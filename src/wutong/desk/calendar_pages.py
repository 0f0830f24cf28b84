"""The working calendar: its years, one year month by month, recording a notice, and the office hours."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from wutong.base.calendar.models import CalendarDay, CalendarYear, OfficeHours
from wutong.base.calendar.rights import PUBLISH
from wutong.base.errors import Conflict, DomainError
from wutong.cases.clocks.publishing import moves_of, publish_and_move, set_hours_and_move
from wutong.desk.calendar_forms import HoursForm, YearForm, typed_year
from wutong.desk.calendar_months import MonthsPanel, months_of
from wutong.desk.calendar_moves import counted_moves, figures_panel, moves_panel
from wutong.desk.calendar_reading import shown_days
from wutong.ledgerkit.middleware import audit_refusal
from wutong.ledgerkit.viewer import holder_of, now_of, today_of, viewer
from wutong.registers.organisation.actors import Actor
from wutong.ui.pages import Action, Crumb, DetailPage, FormPage
from wutong.ui.panels import Fact, FactsPanel, TablePanel
from wutong.ui.responses import form_response, saved_response
from wutong.ui.tables import Cell, Column, Row, Table

FIRST_YEAR = 2010


def calendar_years(request: HttpRequest) -> HttpResponse:
    """All years with their notices, the next one even when it is not published, and the office hours."""
    may_publish = viewer(request).has(PUBLISH)
    page = DetailPage(
        title=_("工作日历"),
        crumbs=[Crumb(_("规则")), Crumb(_("工作日历"))],
        lamp_reason=_("到期日按这里的放假安排计算。没有公布的年份先按周一至周五算，到期日标“暂定”。"),
        actions=[Action(_("登记办公时间"), reverse("calendar_hours"), drawer=True)] if may_publish else [],
        main=[_years_panel(today_of(request), may_publish=may_publish), _hours_panel(None)],
    )
    return render(request, "ui/detail.html", {"page": page})


def _years_panel(today: date, *, may_publish: bool) -> TablePanel:
    columns = [
        Column("year", _("年份"), "name", phone="show"),
        Column("state", _("状态"), phone="show"),
        Column("notice", _("通知文号"), "long"),
        Column("published_on", _("通知日期"), "date", phone="show"),
    ]
    if may_publish:
        columns.append(Column("record", _("登记"), phone="show"))
    recorded = {row.year: row for row in CalendarYear.objects.all()}
    rows = []
    for year in sorted({*recorded, today.year, today.year + 1}, reverse=True):
        found = recorded.get(year)
        cells = {
            "year": Cell(str(year), href=reverse("calendar_year", args=[year])),
            "state": Cell(_("已公布") if found else _("未公布")),
            "notice": Cell(found.notice if found else ""),
            "published_on": Cell(found.published_on.isoformat(), value=found.published_on)
            if found
            else Cell(),
        }
        if may_publish:
            cells["record"] = Cell(
                _("更正") if found else _("登记通知"), href=reverse("calendar_record", args=[year])
            )
        rows.append(Row(str(year), cells))
    return TablePanel(title=_("年份"), id="years", table=Table(_("年份"), columns, rows, len(rows)))


def _hours_panel(year: int | None) -> TablePanel:
    """All rows, or those that hold on a day of a year."""
    columns = [
        Column("valid_from", _("从哪天起"), "date", phone="show"),
        Column("label", _("名称"), "name", phone="show"),
        Column("morning", _("上午"), phone="show"),
        Column("afternoon", _("下午"), phone="show"),
        Column("source", _("依据"), "long"),
    ]
    found = list(OfficeHours.objects.order_by("valid_from"))
    if year is not None:
        starts = [item.valid_from for item in found if item.valid_from <= date(year, 1, 1)]
        first = max(starts, default=date(year, 1, 1))
        found = [item for item in found if first <= item.valid_from <= date(year, 12, 31)]
    rows = [
        Row(
            str(item.pk),
            {
                "valid_from": Cell(item.valid_from.isoformat(), value=item.valid_from),
                "label": Cell(item.label),
                **_half_days(item),
                "source": Cell(item.source),
            },
        )
        for item in found
    ]
    empty = _("还没有登记办公时间，先按8:30至12:00、13:30至17:30计。")
    return TablePanel(
        title=_("办公时间"),
        note=_("按工作小时计的时限只计办公时间"),
        id="hours",
        empty=empty,
        table=Table(_("办公时间"), columns, rows, len(rows), empty=empty),
    )


def _half_days(row: OfficeHours) -> Mapping[str, Cell]:
    if row.break_from is None or row.break_to is None:
        whole = f"{row.opens:%H:%M}–{row.closes:%H:%M}"
        return {"morning": Cell(whole, note=_("中午不休息")), "afternoon": Cell()}
    return {
        "morning": Cell(f"{row.opens:%H:%M}–{row.break_from:%H:%M}"),
        "afternoon": Cell(f"{row.break_to:%H:%M}–{row.closes:%H:%M}"),
    }


def calendar_year(request: HttpRequest, year: int) -> HttpResponse:
    """One year month by month."""
    row = _find_year(year, today_of(request))
    actions = []
    if viewer(request).has(PUBLISH):
        label = _("更正这一年") if row else _("登记通知")
        actions = [
            Action(_("登记办公时间"), reverse("calendar_hours"), drawer=True),
            Action(label, reverse("calendar_record", args=[year]), main=True),
        ]
    page = DetailPage(
        title=_("%(year)s年工作日历") % {"year": year},
        crumbs=[*_crumbs(), Crumb(str(year))],
        lamp_reason=_("%(notice)s，%(day)s") % {"notice": row.notice, "day": row.published_on}
        if row
        else _("未公布。先按周一至周五算，到期日标“暂定”。"),
        actions=actions,
        main=[
            MonthsPanel(title=_("各月"), months=months_of(year, _exceptions(year))),
            _hours_panel(year),
        ],
    )
    return render(request, "ui/detail.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
def calendar_record(request: HttpRequest, year: int) -> HttpResponse:
    """Record a year's notice: type it, look at what moves, publish."""
    today = today_of(request)
    actor = _publisher(request)
    row = _find_year(year, today)
    if request.method != "POST":
        form = YearForm(year=year, today=today, initial=typed_year(row, _exceptions(year)))
        return _year_form(request, form)
    form, step = YearForm(request.POST, year=year, today=today), request.POST.get("step", "")
    if not form.is_valid() or form.notice_of_year is None:
        return _year_form(request, form)
    if step == "edit":
        return _year_form(request, YearForm(year=year, today=today, initial=form.cleaned_data))
    try:
        if step == "publish":
            count = publish_and_move(form.notice_of_year, actor=actor, now=now_of(request))
            messages.success(request, _published_words(year, count))
            return saved_response(request, reverse("calendar_year", args=[year]))
        if form.notice_of_year.revision != (row.revision if row else 0):
            raise Conflict(
                _("您打开之后，%(year)s年的放假安排已被别人登记过，您填的没有写入。请看过现在的内容再改。")
                % {"year": year}
            )
        return _preview(request, form, actor)
    except Conflict:
        raise
    except DomainError as error:
        audit_refusal(request, error)
        form.add_refusal(error)
        return _year_form(request, form)


def _year_form(request: HttpRequest, form: YearForm) -> HttpResponse:
    label = _("登记%(year)s年放假通知") % {"year": form.year}
    page = FormPage(
        label,
        form,
        _("看影响"),
        reverse("calendar_year", args=[form.year]),
        intro=_("照着通知填。下一步先看哪些到期日会变动，确认以后才公布。"),
        crumbs=[
            *_crumbs(),
            Crumb(str(form.year), reverse("calendar_year", args=[form.year])),
            Crumb(label),
        ],
        action_href=request.path,
    )
    return form_response(request, page)


def _preview(request: HttpRequest, form: YearForm, actor: Actor) -> HttpResponse:
    """What was read from the notice, and what would move."""
    notice = form.notice_of_year
    assert notice is not None
    year = notice.year
    exceptions = {**dict.fromkeys(notice.off, False), **dict.fromkeys(notice.work, True)}
    moves = counted_moves(moves_of(notice), actor)
    label = _("公布%(year)s年工作日历") % {"year": year}
    page = DetailPage(
        title=label,
        crumbs=[*_crumbs(), Crumb(str(year), reverse("calendar_year", args=[year])), Crumb(label)],
        main=[
            _notice_panel(form.cleaned_data["notice"], notice.published_on, exceptions),
            figures_panel(moves),
            moves_panel(moves),
            MonthsPanel(title=_("各月"), months=months_of(year, exceptions)),
        ],
    )
    question = ngettext(
        "还没有写入。公布以后，%(count)d个时限的到期日随之改算，每个都留下变更记录。",
        "还没有写入。公布以后，%(count)d个时限的到期日随之改算，每个都留下变更记录。",
        moves.count,
    ) % {"count": moves.count}
    context = {
        "page": page,
        "form": form,
        "question": question,
        "cancel_href": reverse("calendar_year", args=[year]),
    }
    return render(request, "desk/calendar_publish.html", context)


def _notice_panel(number: str, published_on: date, exceptions: Mapping[date, bool]) -> FactsPanel:
    off = [day for day, is_workday in sorted(exceptions.items()) if not is_workday]
    work = [day for day, is_workday in sorted(exceptions.items()) if is_workday]
    facts = [
        Fact(_("通知文号"), number, wide=True),
        Fact(_("通知日期"), published_on.isoformat()),
        Fact(_("放假占用的周一至周五"), _("%(count)d天") % {"count": len(off)}),
        Fact(_("调休上班"), "、".join(shown_days(work).splitlines()), wide=True),
    ]
    return FactsPanel(title=_("读到的通知"), facts=facts)


def _published_words(year: int, count: int) -> str:
    return ngettext(
        "%(year)s年的工作日历已公布，%(count)d个时限已改算。",
        "%(year)s年的工作日历已公布，%(count)d个时限已改算。",
        count,
    ) % {"year": year, "count": count}


@require_http_methods(["GET", "HEAD", "POST"])
def calendar_hours(request: HttpRequest) -> HttpResponse:
    """Record office hours from a day on."""
    actor = _publisher(request)
    form = HoursForm(request.POST if request.method == "POST" else None, today=today_of(request))
    if request.method == "POST" and form.is_valid():
        typed: dict[str, Any] = form.cleaned_data
        try:
            count = set_hours_and_move(**typed, actor=actor, now=now_of(request))
        except DomainError as error:
            audit_refusal(request, error)
            form.add_refusal(error)
        else:
            words = ngettext(
                "办公时间已登记，%(count)d个时限已改算。", "办公时间已登记，%(count)d个时限已改算。", count
            )
            messages.success(request, words % {"count": count})
            return saved_response(request, reverse("calendar_years"))
    label = _("登记办公时间")
    page = FormPage(
        label,
        form,
        label,
        reverse("calendar_years"),
        intro=_("同一天再登记一次，就是更正。按工作小时计的到期日随之改算。"),
        crumbs=[*_crumbs(), Crumb(label)],
        action_href=request.path,
    )
    return form_response(request, page)


# ---- what the pages share ----------------------------------------------------------------------------------------


def _publisher(request: HttpRequest) -> Actor:
    """Raises NotAllowed for everybody else."""
    holder_of(request, PUBLISH)
    return viewer(request)


def _find_year(year: int, today: date) -> CalendarYear | None:
    """The recorded row; None for a year without one; 404 for a year that nobody plans with yet."""
    if not FIRST_YEAR <= year <= today.year + 1:
        raise Http404
    return CalendarYear.objects.filter(year=year).first()


def _exceptions(year: int) -> dict[date, bool]:
    return dict(CalendarDay.objects.filter(year_id=year).order_by("day").values_list("day", "is_workday"))


def _crumbs() -> list[Crumb]:
    return [Crumb(_("规则")), Crumb(_("工作日历"), reverse("calendar_years"))]
