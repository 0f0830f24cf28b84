"""The lists of projects that wait between two nodes, as one page with a tab for each, and as workbooks."""

from collections import Counter
from collections.abc import Mapping, Sequence

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.base.money import in_unit
from wutong.ledgerkit.ledger import Listing, ListQuery, View
from wutong.ledgerkit.lists import select
from wutong.ledgers.project_push.lists.further import WAITS, Waiting, waiting_projects
from wutong.ledgers.project_push.lists.three import listed
from wutong.ledgers.project_push.lists.three_pages import list_page, workbook
from wutong.ledgers.project_push.models import ProjectPush
from wutong.ledgers.project_push.stalled.queries import projects_for_page
from wutong.registers.organisation.models import Official, Unit
from wutong.ui.forms import FilterForm
from wutong.ui.tables import Cell, Column, Row, Text, day_cell

WORDS = {
    "approved": (gettext_lazy("批而未开"), gettext_lazy("已批准%(days)s天未开工")),
    "started": (gettext_lazy("开而未建"), gettext_lazy("已开工%(days)s天未进入主体施工")),
    "building": (gettext_lazy("建而未竣"), gettext_lazy("主体施工%(days)s天未竣工验收")),
}
"""By list its name, and what it says of a project."""
COLUMNS = (
    Column("name", gettext_lazy("项目名称"), "name", phone="show"),
    Column("wait", gettext_lazy("清单"), "long", phone="show"),
    Column("since_on", gettext_lazy("起算日期"), "date", sortable=True),
    Column("days", gettext_lazy("已等待"), "number", unit=gettext_lazy("天"), sortable=True, phone="show"),
    Column("plan_on", gettext_lazy("计划日期"), "date", sortable=True),
    Column("late", gettext_lazy("超计划"), "number", unit=gettext_lazy("天"), sortable=True, phone="show"),
    Column("total", gettext_lazy("总投资"), "money", unit=gettext_lazy("亿元")),
    Column("unit", gettext_lazy("责任单位"), phone="show"),
    Column("person", gettext_lazy("责任人")),
    Column("leader", gettext_lazy("包保领导")),
    Column("team", gettext_lazy("产业招商组"), optional=True),
)


class FurtherListsFilters(FilterForm):
    q = forms.CharField(label=gettext_lazy("项目、编号"), required=False, max_length=50)
    unit = forms.ModelChoiceField(
        Unit.objects.order_by("path"),
        label=gettext_lazy("责任单位"),
        required=False,
        empty_label=gettext_lazy("全部单位"),
    )
    leader = forms.ModelChoiceField(
        Official.objects.filter(led_cases__case_type=ProjectPush.case_type).distinct().order_by("pk"),
        label=gettext_lazy("包保领导"),
        required=False,
        empty_label=gettext_lazy("全部包保领导"),
    )
    late = forms.ChoiceField(
        label=gettext_lazy("计划"),
        required=False,
        choices=[("", gettext_lazy("全部")), ("yes", gettext_lazy("超计划"))],
    )


def found(query: ListQuery) -> list[Waiting]:
    """All three lists under the filters, found once for the page, its tabs and its totals."""
    if "waiting" not in query.memo:
        filters, condition = query.filters, Q()
        if "q" in filters:
            text = filters["q"].strip()
            condition &= Q(project__name__icontains=text) | Q(case__number__icontains=text)
        if "unit" in filters:
            condition &= Q(case__host_unit=filters["unit"])
        if "leader" in filters:
            condition &= Q(case__leader=filters["leader"])
        rows = waiting_projects(
            query.actor, query.as_of, known_at=query.known_at, condition=condition or None
        )
        query.memo["waiting"] = [item for item in rows if item.is_late or "late" not in filters]
    result: list[Waiting] = query.memo["waiting"]
    return result


def entries(query: ListQuery) -> list[Waiting]:
    return [item for item in found(query) if item.wait == (query.view or "approved")]


def rows(entries: Sequence[Waiting], _query: ListQuery) -> list[Row]:
    details = projects_for_page(item.case_id for item in entries)
    drawn = []
    for item in entries:
        detail = details[item.case_id]
        project, case = detail.project, detail.case
        href = reverse("case_detail", args=["projects", item.number])
        late = max(item.days_late or 0, 0)
        cells = {
            "name": Cell(project.name, href=href, note=item.number),
            "wait": Cell(str(WORDS[item.wait][1]) % {"days": item.days}),
            "since_on": day_cell(item.since_on),
            "days": Cell(str(item.days), item.days, f"{href}#timeline"),
            "plan_on": day_cell(item.plan_on),
            "late": Cell(str(late), late, alarm=late > 0) if item.plan_on else Cell(note=_("没有计划日期")),
            "total": Cell(
                str(in_unit(project.total_investment_yuan, "亿元", 1)),
                in_unit(project.total_investment_yuan, "亿元", 4),
            ),
            "unit": Cell(str(case.host_unit or "")),
            "person": Cell(str(case.host_person or "")),
            "leader": Cell(str(case.leader or "")),
            "team": Cell(project.team.name if project.team else ""),
        }
        drawn.append(Row(item.number, cells, href=href))
    return drawn


def totals(entries: Sequence[Waiting], _query: ListQuery) -> Mapping[str, Cell]:
    late = sum(item.is_late for item in entries)
    return {
        "name": Cell(_("合计 %(count)s个项目") % {"count": len(entries)}),
        "wait": Cell(_("超计划%(count)s个") % {"count": late} if late else ""),
    }


def notes(_entries: Sequence[Waiting], _query: ListQuery) -> list[Text]:
    return [_("排序：等待天数降序。暂停的日子不算。计划日期按数据日当天有效的计划。")]


def _intro(query: ListQuery) -> Text:
    words = {
        "approved": _("已取得项目批准、还没有开工的项目。"),
        "started": _("已开工、还没有进入主体施工、也没有投产的项目。"),
        "building": _("主体施工已开始、还没有竣工验收的项目；先投产的也在内。"),
    }
    return words[query.view or "approved"]


def _title(query: ListQuery) -> Text:
    name = WORDS[query.view or "approved"][0]
    return _("%(list)s项目清单（%(on)s）") % {"list": name, "on": query.as_of}


FURTHER_LISTS = listed(
    ProjectPush.case_type,
    "nodes",
    Listing(
        title=gettext_lazy("节点清单"),
        intro=_intro,
        columns=COLUMNS,
        entries=entries,
        rows=rows,
        filters=FurtherListsFilters,
        order={
            "since_on": lambda item: item.since_on,
            "days": lambda item: item.days,
            "plan_on": lambda item: item.plan_on,
            "late": lambda item: item.days_late,
        },
        views=tuple(View("" if code == "approved" else code, WORDS[code][0]) for code in WAITS),
        totals=totals,
        notes=notes,
        file_title=_title,
    ),
)


def further_lists(request: HttpRequest) -> HttpResponse:
    """`?view=` chooses the list; as of the day of the page."""
    selection = select(request, FURTHER_LISTS)
    counts = Counter(item.wait for item in found(selection.query))
    shown = {"" if code == "approved" else code: counts[code] for code in WAITS}
    return list_page(request, selection, "further_lists", shown)


def further_lists_export(request: HttpRequest) -> HttpResponse:
    return workbook(request, select(request, FURTHER_LISTS), "further_lists")
