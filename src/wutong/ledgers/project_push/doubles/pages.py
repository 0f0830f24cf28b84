"""Projects that seem to have been entered twice: the pairs, two entries side by side, merging them, and taking a merge
back."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.base.errors import Refused
from wutong.cases.history import changes_as_known
from wutong.cases.models import Case
from wutong.ledgerkit.policy import visible_cases
from wutong.ledgerkit.saving import answer_form
from wutong.ledgerkit.viewer import holder_of, now_of, today_of, viewer
from wutong.ledgers.project_push.counting.queries import CASE_TYPE
from wutong.ledgers.project_push.doubles.merging import merge_of, merge_projects, undo_merge
from wutong.ledgers.project_push.doubles.panels import visible_projects
from wutong.ledgers.project_push.models import ProjectPush
from wutong.ledgers.project_push.procedures import PROJECT_LIFE
from wutong.ledgers.project_push.step_pages import (
    asked_step,
    find_project,
    no_future,
    project_href,
    step_crumbs,
)
from wutong.registers.history.models import RegisterChange
from wutong.registers.history.queries import last_changes
from wutong.registers.projects.distinct import standing_distinct
from wutong.registers.projects.duplicates import ProjectPair, suspected_doubles
from wutong.registers.projects.merging import ProjectLoad, loads
from wutong.registers.projects.models import Project, ProjectMerge
from wutong.ui.formats import date_text, money_text
from wutong.ui.forms import HouseForm
from wutong.ui.pages import Action, Crumb, DetailPage, ListPage, Tab
from wutong.ui.panels import Block, TablePanel
from wutong.ui.tables import Cell, Column, Row, Table, day_cell, place_of

MERGE = "project_push.merge"
PAGE_SIZE = 50


def crumbs(*more: Crumb) -> list[Crumb]:
    start = [Crumb(_("招商")), Crumb(_("项目推进库"), reverse("case_list", args=["projects"]))]
    if not more:
        return [*start, Crumb(_("疑似重复项目"))]
    return [*start, Crumb(_("疑似重复项目"), reverse("project_doubles")), *more]


def tabs(current: str) -> list[Tab]:
    return [
        Tab(_("疑似重复"), None, reverse("project_doubles"), current == "doubles"),
        Tab(_("已合并"), None, reverse("project_merges"), current == "merges"),
        Tab(_("不是同一项目"), None, reverse("project_distincts"), current == "distincts"),
    ]


# ---- pairs -------------------------------------------------------------------------------------------------------


def project_doubles(request: HttpRequest) -> HttpResponse:
    """Pairs of projects that the reader may see and that may be one, the surest first."""
    holder_of(request, MERGE)
    pages = Paginator(suspected_doubles(visible_projects(viewer(request))), PAGE_SIZE)
    page = pages.get_page(request.GET.get("page", "1"))
    table = Table(
        _("疑似重复项目"),
        [
            Column("first", _("先登记的"), "name", phone="show"),
            Column("second", _("后登记的"), "long", phone="show"),
            Column("reason", _("为什么"), phone="show"),
            Column("compare", _("合并"), phone="show"),
            Column("distinct", _("不合并"), phone="show"),
        ],
        [_pair_row(pair) for pair in page.object_list],
        **place_of(page),
        empty=_("没有疑似重复的项目。"),
    )
    shown = ListPage(
        title=_("疑似重复项目"),
        intro=_(
            "同一投资方，名称、地点或总投资相近的。是不是同一个项目由人判断；判断过“不是同一项目”的不再列。"
        ),
        table=table,
        crumbs=crumbs(),
        tabs=tabs("doubles"),
    )
    return render(request, "ui/list.html", {"page": shown})


def _pair_row(pair: ProjectPair) -> Row:
    codes = [pair.first.code, pair.second.code]
    cells = {
        "first": project_cell(pair.first),
        "second": project_cell(pair.second),
        "reason": Cell(pair.words),
        "compare": Cell(_("比对"), href=reverse("project_compare", args=codes)),
        "distinct": Cell(_("不是同一项目"), href=reverse("project_distinct", args=codes)),
    }
    return Row("-".join(codes), cells)


def project_cell(project: Project) -> Cell:
    about = [project.code, project.investor.name, money_text(project.total_investment_yuan, 2), project.place]
    return Cell(project.name, href=project_href(project.code), note="，".join(part for part in about if part))


# ---- two entries side by side ------------------------------------------------------------------------------------


def project_compare(request: HttpRequest, kept_no: str, double_no: str) -> HttpResponse:
    """The two entries column by column, and which facts would go along. The one named first in the address stays."""
    kept, double = find_project(request, kept_no), find_project(request, double_no)
    holder_of(request, MERGE)
    if kept.pk == double.pk:
        raise Http404
    confirm = reverse("project_merge_into", args=[double_no]) + "?" + urlencode({"into": kept_no})
    blocks: list[Block] = [
        _columns_panel(kept, double),
        _loads_panel(loads(double.project, kept.project)),
    ]
    names = {"kept": kept.project, "double": double.project}
    codes = [kept_no, double_no]
    if standing_distinct(kept.project, double.project) is not None:
        told = _("“%(double)s”和“%(kept)s”已认定不是同一项目。") % names
        actions = [Action(_("撤销认定"), reverse("project_distinct_undo", args=codes), drawer=True)]
    else:
        told = _("保留“%(kept)s”，“%(double)s”并入它。") % names
        actions = [
            Action(_("不是同一项目"), reverse("project_distinct", args=codes), drawer=True),
            Action(_("换过来，保留另一个"), reverse("project_compare", args=codes[::-1])),
            Action(_("合并"), confirm, main=True, drawer=True),
        ]
    page = DetailPage(
        title=_("合并重复项目"),
        lamp_reason=told,
        crumbs=crumbs(Crumb(_("合并重复项目"))),
        actions=actions,
        main=blocks,
    )
    return render(request, "ui/detail.html", {"page": page})


COMPARED: Mapping[str, Callable[[Project], str]] = {
    "name": lambda item: item.name,
    "investor": lambda item: item.investor.name,
    "company": lambda item: item.company.name if item.company else "",
    "team": lambda item: item.team.name if item.team else "",
    "total_investment_yuan": lambda item: money_text(item.total_investment_yuan, 4),
    "place": lambda item: item.place,
    "content": lambda item: item.content,
    "plan_start_on": lambda item: date_text(item.plan_start_on),
    "plan_production_on": lambda item: date_text(item.plan_production_on),
}
"""Facts of the comparison, each as a text. They stay as each entry has them; a wrong one is put right by itself."""


def _columns_panel(kept: ProjectPush, double: ProjectPush) -> TablePanel:
    rows = [
        _compared(str(Project._meta.get_field(name).verbose_name).removesuffix("（元）"), say(kept.project), say(double.project))  # type: ignore[union-attr]
        for name, say in COMPARED.items()
    ]  # fmt: skip
    rows += [
        _compared(_("状态"), *(str(PROJECT_LIFE.state(item.case.state).label) for item in (kept, double))),
        _compared(_("首次签约"), *(date_text(_first_signed(item.case)) for item in (kept, double))),
    ]
    columns = [
        Column("column", _("事项"), "name", phone="show"),
        Column("kept", _("保留的项目"), "long", phone="show"),
        Column("double", _("被并入的项目"), "long", phone="show"),
        Column("after", _("合并以后"), phone="show"),
    ]
    return TablePanel(
        title=_("逐项比对"), note=_("两边不同的以保留的为准；签约日期、金额记错的请先更正"), id="columns",
        table=Table(_("逐项比对"), columns, rows, len(rows)),
    )  # fmt: skip


def _compared(label: str, ours: str, theirs: str) -> Row:
    after = _("以保留的为准") if theirs and theirs != ours else ""
    cells = {
        "column": Cell(label),
        "kept": Cell(ours or "—"),
        "double": Cell(theirs or "—"),
        "after": Cell(after),
    }
    return Row(label, cells)


def _first_signed(case: Case) -> date | None:
    signed = changes_as_known().filter(case=case, state_after="signed").exclude(state_before="signed")
    return signed.order_by("position").values_list("effective_on", flat=True).first()


def _loads_panel(found: Iterable[ProjectLoad]) -> TablePanel:
    """Which facts go along, by kind; what stays behind is counted."""
    rows = [
        Row(
            load.model._meta.label_lower,
            {
                "kind": Cell(load.label),
                "along": Cell(str(len(load.keys)), value=len(load.keys)),
                "back": Cell(str(len(load.kept_back)), value=len(load.kept_back)),
            },
        )
        for load in found
    ]
    columns = [
        Column("kind", _("种类"), "name", phone="show"),
        Column("along", _("转到保留的项目"), "number", phone="show"),
        Column("back", _("留在原处（保留的项目已有同样的）"), "number", phone="show"),
    ]
    empty = _("被并入的项目没有节点、投资、资金等记录。")
    return TablePanel(
        title=_("随同转移的记录"), note=_("走访和没办完的整改留在原处，从保留的项目可以打开"), id="loads",
        table=Table(_("随同转移的记录"), columns, rows, len(rows), empty=empty), empty=empty,
    )  # fmt: skip


# ---- the steps ---------------------------------------------------------------------------------------------------


class MergeForm(HouseForm):
    into = forms.CharField(label=gettext_lazy("并入哪个项目（编号）"), max_length=30)
    effective_on = forms.DateField(label=gettext_lazy("日期"))
    reason = forms.CharField(
        label=gettext_lazy("理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


class UnmergeForm(HouseForm):
    effective_on = forms.DateField(label=gettext_lazy("日期"))
    reason = forms.CharField(
        label=gettext_lazy("理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


def merge_into(request: HttpRequest, project_no: str) -> HttpResponse:
    """Merge a double into the project whose number is given. A project that the reader may not see is not there."""
    detail = find_project(request, project_no)
    case = detail.case
    step = asked_step(request, case, "merge_into")
    form = MergeForm(
        request.POST or None, initial={"into": request.GET.get("into", ""), "effective_on": today_of(request)}
    )

    def save(typed: dict[str, Any]) -> str:
        no_future(typed["effective_on"], today_of(request))
        number = typed["into"].strip()
        kept = visible_cases(viewer(request), CASE_TYPE).filter(number=number).first()
        if kept is None:
            message = _("没有编号为%(number)s的项目。") % {"number": number}
            raise Refused(message, fields={"into": message})
        merge_projects(
            kept, case, reason=typed["reason"], actor=viewer(request), on=typed["effective_on"],
            now=now_of(request),
        )  # fmt: skip
        messages.success(request, _("已并入%(number)s。") % {"number": number})
        return project_href(kept.number)

    intro = f"{case.number} {case.title}。{step.words}"
    return answer_form(
        request, form, step.label, save, project_href(case.number), step_crumbs(case, step.label),
        intro=intro, stop=True,
    )  # fmt: skip


def unmerge(request: HttpRequest, project_no: str) -> HttpResponse:
    """The double stands for itself again."""
    detail = find_project(request, project_no)
    case = detail.case
    step = asked_step(request, case, "unmerge")
    merge = merge_of(detail.project)
    form = UnmergeForm(request.POST or None, initial={"effective_on": today_of(request)})

    def save(typed: dict[str, Any]) -> str:
        no_future(typed["effective_on"], today_of(request))
        if merge is None:
            raise Refused(_("没有找到这次合并的记录。"))
        undo_merge(
            merge, reason=typed["reason"], actor=viewer(request), on=typed["effective_on"],
            now=now_of(request),
        )  # fmt: skip
        messages.success(request, _("已撤销并入，“%(double)s”重新单列。") % {"double": detail.project})
        return project_href(case.number)

    intro = f"{case.number} {case.title}。{step.words}"
    return answer_form(
        request, form, step.label, save, project_href(case.number), step_crumbs(case, step.label), intro=intro
    )


# ---- merges done -------------------------------------------------------------------------------------------------


def project_merges(request: HttpRequest) -> HttpResponse:
    """Merges of projects that the reader may see, the latest first."""
    holder_of(request, MERGE)
    seen = visible_projects(viewer(request)).values("pk")
    found = (
        ProjectMerge.objects.filter(kept__in=seen, double__in=seen)
        .select_related("kept", "double")
        .order_by("-pk")
    )
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page", "1"))
    listed = list(page.object_list)
    last = last_changes(ProjectMerge.entry_kind, (item.pk for item in listed))
    table = Table(
        _("已合并"),
        [
            Column("double", _("被并入的项目"), "name", phone="show"),
            Column("kept", _("保留的项目"), "long", phone="show"),
            Column("on", _("日期"), "date", phone="show"),
            Column("who", _("操作人")),
            Column("reason", _("理由"), "long", phone="show"),
            Column("undo", _("处理"), phone="show"),
        ],
        [_merge_row(item, last[item.pk]) for item in listed],
        **place_of(page),
        empty=_("还没有合并过。"),
    )
    shown = ListPage(
        title=_("已合并"),
        intro=_("撤销以后，转过去的记录回到原来的项目。公布过的统计不受影响。"),
        table=table,
        crumbs=crumbs(Crumb(_("已合并"))),
        tabs=tabs("merges"),
    )
    return render(request, "ui/list.html", {"page": shown})


def _merge_row(item: ProjectMerge, last: RegisterChange) -> Row:
    undo = "" if item.is_undone else reverse("project_unmerge", args=[item.double.code])
    cells = {
        "double": Cell(item.double.name, note=item.double.code, href=project_href(item.double.code)),
        "kept": Cell(item.kept.name, note=item.kept.code, href=project_href(item.kept.code)),
        "on": day_cell(last.effective_on),
        "who": Cell(last.actor.display_name if last.actor else _("系统")),
        "reason": Cell(last.reason),
        "undo": Cell(_("撤销") if undo else _("已撤销"), href=undo),
    }
    return Row(str(item.pk), cells)
