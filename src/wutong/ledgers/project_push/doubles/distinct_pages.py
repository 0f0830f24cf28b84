"""Two projects that seem to be one and are two: saying so, the list of what was said, and taking it back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.ledgerkit.saving import answer_form
from wutong.ledgerkit.viewer import holder_of, now_of, today_of, viewer
from wutong.ledgers.project_push.doubles.pages import MERGE, PAGE_SIZE, crumbs, tabs
from wutong.ledgers.project_push.doubles.panels import visible_projects
from wutong.ledgers.project_push.step_pages import find_project, project_href
from wutong.registers.history.models import RegisterChange
from wutong.registers.history.queries import last_changes
from wutong.registers.projects.distinct import declare_distinct, standing_distinct, withdraw_distinct
from wutong.registers.projects.models import Project, ProjectDistinct
from wutong.ui.forms import HouseForm
from wutong.ui.pages import Crumb, ListPage
from wutong.ui.tables import Cell, Column, Row, Table, day_cell, place_of


class ReasonForm(HouseForm):
    reason = forms.CharField(
        label=gettext_lazy("理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


def project_distinct(request: HttpRequest, kept_no: str, double_no: str) -> HttpResponse:
    """Two projects after all: not offered as a pair again."""
    one, other = _two(request, kept_no, double_no)
    form = ReasonForm(request.POST or None)

    def save(typed: dict[str, Any]) -> str:
        declare_distinct(
            one, other, reason=typed["reason"], actor=viewer(request).account, on=today_of(request),
            now=now_of(request),
        )  # fmt: skip
        messages.success(request, _("已记下：不是同一项目，不再列为疑似重复。"))
        return reverse("project_doubles")

    label = _("不是同一项目")
    intro = _("“%(one)s”和“%(other)s”是两个项目，各自照常办理。认定可以撤销。") % {"one": one, "other": other}
    back = reverse("project_compare", args=[kept_no, double_no])
    return answer_form(request, form, label, save, back, crumbs(Crumb(label)), intro=intro)


def project_distinct_undo(request: HttpRequest, kept_no: str, double_no: str) -> HttpResponse:
    """They may be one after all. Nothing to take back is "not found"."""
    one, other = _two(request, kept_no, double_no)
    pair = standing_distinct(one, other)
    if pair is None:
        raise Http404
    form = ReasonForm(request.POST or None)

    def save(typed: dict[str, Any]) -> str:
        withdraw_distinct(
            pair, reason=typed["reason"], actor=viewer(request).account, on=today_of(request),
            now=now_of(request),
        )  # fmt: skip
        messages.success(request, _("已撤销认定，重新列入疑似重复。"))
        return reverse("project_distincts")

    label = _("撤销认定")
    intro = _("“%(one)s”和“%(other)s”不再认定为两个项目。") % {"one": one, "other": other}
    back = reverse("project_distincts")
    return answer_form(request, form, label, save, back, crumbs(Crumb(label)), intro=intro)


def project_distincts(request: HttpRequest) -> HttpResponse:
    """Pairs that were told apart, of projects that the reader may see, the latest first."""
    holder_of(request, MERGE)
    seen = visible_projects(viewer(request)).values("pk")
    found = (
        ProjectDistinct.objects.filter(first__in=seen, second__in=seen)
        .select_related("first", "second")
        .order_by("-pk")
    )
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page", "1"))
    listed = list(page.object_list)
    last = last_changes(ProjectDistinct.entry_kind, (item.pk for item in listed))
    table = Table(
        _("不是同一项目"),
        [
            Column("first", _("先登记的"), "name", phone="show"),
            Column("second", _("后登记的"), "long", phone="show"),
            Column("on", _("日期"), "date", phone="show"),
            Column("who", _("操作人")),
            Column("reason", _("理由"), "long", phone="show"),
            Column("undo", _("处理"), phone="show"),
        ],
        [_pair_row(item, last[item.pk]) for item in listed],
        **place_of(page),
        empty=_("还没有认定过。"),
    )
    shown = ListPage(
        title=_("不是同一项目"),
        intro=_("看着像、其实是两个项目的，不再列为疑似重复。撤销以后重新列出。"),
        table=table,
        crumbs=crumbs(Crumb(_("不是同一项目"))),
        tabs=tabs("distincts"),
    )
    return render(request, "ui/list.html", {"page": shown})


def _pair_row(item: ProjectDistinct, last: RegisterChange) -> Row:
    codes = [item.first.code, item.second.code]
    undo = "" if item.is_undone else reverse("project_distinct_undo", args=codes)
    cells = {
        "first": _project_cell(item.first),
        "second": _project_cell(item.second),
        "on": day_cell(last.effective_on),
        "who": Cell(last.actor.display_name if last.actor else _("系统")),
        "reason": Cell(last.reason),
        "undo": Cell(_("撤销") if undo else _("已撤销"), href=undo),
    }
    return Row("-".join(codes), cells)


def _project_cell(project: Project) -> Cell:
    return Cell(project.name, note=project.code, href=project_href(project.code))


def _two(request: HttpRequest, one_no: str, other_no: str) -> tuple[Project, Project]:
    """Two different projects that the reader may see and may judge; anything else is 404."""
    one, other = find_project(request, one_no).project, find_project(request, other_no).project
    holder_of(request, MERGE)
    if one.pk == other.pk:
        raise Http404
    return one, other
