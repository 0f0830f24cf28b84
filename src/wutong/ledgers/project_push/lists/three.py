"""The three lists of the push library (三张清单): who answers, what holds projects up, what is done about it.

Source: 项目推进库管理办法: each project of the library has its people, each problem its measure with a due day.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.cases.models import Assignment, Case, Change, Evidence
from wutong.cases.procedures import OPEN_VERB
from wutong.ledgerkit.ledger import CasePages, Listing, ListQuery, View
from wutong.ledgerkit.policy import visible_cases
from wutong.ledgers.project_push.lists.order_links import orders_of
from wutong.ledgers.project_push.lists.rectification_pages import (
    rectification_details,
    rectification_extras,
    rectification_lamp,
    reopened_cell,
    times_reopened,
)
from wutong.ledgers.project_push.models import BlockingClass, ProjectPush, Rectification
from wutong.ledgers.project_push.procedures import PROJECT_LIFE
from wutong.registers.organisation.models import Official, Unit
from wutong.ui.forms import FilterForm
from wutong.ui.tables import Cell, Column, Row, Text, day_cell

IN_LIBRARY = ("signed", "registered", "started")
"""States of a project that the library pushes; a suspended one stays in it when it was in one of them."""
ROLES = ("host", "lead_official", "concierge", "team", "verifier")
LISTS = (
    View("", gettext_lazy("责任清单")),
    View("problems", gettext_lazy("问题清单")),
    View("rectifications", gettext_lazy("整改清单")),
)


class ThreeListsFilters(FilterForm):
    q = forms.CharField(label=gettext_lazy("项目、问题、编号"), required=False, max_length=50)
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
    blocking = forms.ChoiceField(
        label=gettext_lazy("卡点"),
        required=False,
        choices=[("", gettext_lazy("全部卡点")), *BlockingClass.choices],
    )
    overdue = forms.ChoiceField(
        label=gettext_lazy("时限"),
        required=False,
        choices=[("", gettext_lazy("全部时限")), ("yes", gettext_lazy("整改超时"))],
    )


# ---- which rows --------------------------------------------------------------------------------------------------


def library_projects(query: ListQuery) -> QuerySet[ProjectPush]:
    """Projects that are signed, have not begun to produce and have not ended. The filters for problems ask for projects
    with such an open problem."""
    been = Change.objects.filter(case=OuterRef("case_id"), state_after__in=IN_LIBRARY)
    rows = ProjectPush.objects.filter(case__in=visible_cases(query.actor, ProjectPush.case_type)).filter(
        Q(case__state__in=IN_LIBRARY) | (Q(case__state="suspended") & Exists(been))
    )
    filters = query.filters
    if "q" in filters:
        text = filters["q"].strip()
        rows = rows.filter(Q(project__name__icontains=text) | Q(case__number__icontains=text))
    if "unit" in filters:
        rows = rows.filter(case__host_unit=filters["unit"])
    if "leader" in filters:
        rows = rows.filter(case__leader=filters["leader"])
    problem = Q()
    if "blocking" in filters:
        problem &= Q(blocking_class=filters["blocking"])
    if "overdue" in filters:
        problem &= Q(case__due_on__lt=query.as_of)
    if problem:
        problems = Rectification.objects.filter(problem, case__parent=OuterRef("case_id"), case__is_open=True)
        rows = rows.filter(Exists(problems))
    return rows


def open_problems(query: ListQuery) -> QuerySet[Rectification]:
    """Problems that nobody has found done yet, each with its rectification. Leader: of the rectification, or where it
    has none, of its project."""
    rows = Rectification.objects.filter(
        case__in=visible_cases(query.actor, Rectification.case_type), case__is_open=True
    )
    filters = query.filters
    if "q" in filters:
        text = filters["q"].strip()
        rows = rows.filter(
            Q(problem__icontains=text)
            | Q(case__parent__title__icontains=text)
            | Q(case__number__icontains=text)
        )
    if "unit" in filters:
        rows = rows.filter(case__host_unit=filters["unit"])
    if "leader" in filters:
        leader = filters["leader"]
        rows = rows.filter(Q(case__leader=leader) | Q(case__leader__isnull=True, case__parent__leader=leader))
    if "blocking" in filters:
        rows = rows.filter(blocking_class=filters["blocking"])
    if "overdue" in filters:
        rows = rows.filter(case__due_on__lt=query.as_of)
    return rows


def list_counts(query: ListQuery) -> dict[str, int]:
    """Rows of each list under the same filters, one query; a problem stands in two of them."""
    counts = Case.objects.filter(case_type__in=[ProjectPush.case_type, Rectification.case_type]).aggregate(
        projects=Count("pk", filter=Q(pk__in=library_projects(query).values("case_id"))),
        problems=Count("pk", filter=Q(pk__in=open_problems(query).values("case_id"))),
    )
    return {"": counts["projects"], "problems": counts["problems"], "rectifications": counts["problems"]}


# ---- who answers (责任清单) --------------------------------------------------------------------------------------

RESPONSIBILITY_COLUMNS = (
    Column("name", gettext_lazy("项目名称"), "name", phone="show"),
    Column("state", gettext_lazy("状态"), phone="show"),
    Column("host_unit", gettext_lazy("责任单位"), group=gettext_lazy("主办"), phone="show"),
    Column("host", gettext_lazy("责任人"), group=gettext_lazy("主办"), phone="show"),
    Column("host_days", gettext_lazy("天数"), "number", group=gettext_lazy("主办")),
    Column("lead_official", gettext_lazy("姓名"), group=gettext_lazy("包保领导"), phone="show"),
    Column("lead_official_days", gettext_lazy("天数"), "number", group=gettext_lazy("包保领导")),
    Column("concierge", gettext_lazy("姓名"), group=gettext_lazy("帮办专员")),
    Column("concierge_days", gettext_lazy("天数"), "number", group=gettext_lazy("帮办专员")),
    Column("team", gettext_lazy("名称"), group=gettext_lazy("产业招商组")),
    Column("team_days", gettext_lazy("天数"), "number", group=gettext_lazy("产业招商组")),
    Column("verifier", gettext_lazy("姓名"), group=gettext_lazy("核查人")),
    Column("verifier_days", gettext_lazy("天数"), "number", group=gettext_lazy("核查人")),
)


def responsibility_entries(query: ListQuery) -> QuerySet[ProjectPush]:
    return (
        library_projects(query)
        .select_related("case", "project")
        .order_by("case__host_unit__path", "case__pk")
    )


def responsibility_rows(entries: Sequence[ProjectPush], query: ListQuery) -> list[Row]:
    held: dict[tuple[int, str], Assignment] = {
        (item.case_id, item.role): item
        for item in Assignment.objects.filter(
            case__in=[entry.case_id for entry in entries], role__in=ROLES, to_on__isnull=True
        ).select_related("unit", "person")
    }
    rows = []
    for entry in entries:
        case = entry.case
        href = reverse("case_detail", args=["projects", case.number])
        cells = {
            "name": Cell(entry.project.name, href=href, note=case.number),
            "state": Cell(PROJECT_LIFE.state(case.state).label),
        }
        for role in ROLES:
            cells |= _seat_cells(role, held.get((case.pk, role)), query.as_of)
        rows.append(Row(case.number, cells, href=href))
    return rows


def _seat_cells(role: str, seat: Assignment | None, on: date) -> dict[str, Cell]:
    """Who holds a role and for how many days; a role that nobody holds is an alarm, for then nobody answers."""
    if seat is None:
        return {role: Cell(_("未明确"), alarm=True)}
    days = max(0, (on - seat.from_on).days)
    cells = {
        role: Cell(str(seat.person or seat.unit)),
        f"{role}_days": Cell(str(days), days, note=_("%(on)s起") % {"on": seat.from_on}),
    }
    if role == "host":
        cells["host_unit"] = Cell(str(seat.unit))
        cells["host"] = Cell(str(seat.person)) if seat.person else Cell(_("未明确"), alarm=True)
    return cells


# ---- what holds projects up (问题清单) ----------------------------------------------------------------------------

PROBLEM_COLUMNS = (
    Column("name", gettext_lazy("存在问题"), "name", phone="show"),
    Column("project", gettext_lazy("项目"), "long", phone="show"),
    Column("blocking", gettext_lazy("卡点类别"), phone="show"),
    Column("opened_on", gettext_lazy("提出日期"), "date", sortable=True),
    Column("days", gettext_lazy("已存在"), "number", unit=gettext_lazy("天"), phone="show"),
    Column("raised_by", gettext_lazy("提出人")),
    Column("reopened", gettext_lazy("重新整改"), "number", unit=gettext_lazy("次"), sortable=True),
    Column("unit", gettext_lazy("责任单位"), phone="show"),
    Column("leader", gettext_lazy("包保领导")),
)


def problem_entries(query: ListQuery) -> QuerySet[Rectification]:
    raised = Change.objects.filter(case=OuterRef("case_id"), verb=OPEN_VERB).order_by("seq")
    return (
        _with_cases(open_problems(query))
        .annotate(raised_by=Subquery(raised.values("actor__display_name")[:1]))
        .order_by("case__opened_on", "case__pk")
    )


def _with_cases(rows: QuerySet[Rectification]) -> QuerySet[Rectification]:
    return rows.select_related(
        "case__parent__leader", "case__host_unit", "case__host_person", "case__leader"
    ).annotate(reopened=times_reopened("case_id"))


def problem_rows(entries: Sequence[Rectification], query: ListQuery) -> list[Row]:
    rows = []
    for item in entries:
        case = item.case
        href = reverse("case_detail", args=["rectifications", case.number])
        days = max(0, (query.as_of - case.opened_on).days)
        cells = _problem_cells(item, href) | {
            "opened_on": day_cell(case.opened_on),
            "days": Cell(str(days), days),
            "raised_by": Cell(item.raised_by or _("系统")),  # type: ignore[attr-defined]
        }
        rows.append(Row(case.number, cells, href=href))
    return rows


def _problem_cells(item: Rectification, href: str) -> dict[str, Cell]:
    """What both lists say of a problem."""
    case: Case = item.case
    project = case.parent
    leader = case.leader or (project.leader if project else None)
    return {
        "name": Cell(item.problem, href=href, note=case.number),
        "project": Cell(
            project.title if project else "",
            href=reverse("case_detail", args=["projects", project.number]) if project else "",
        ),
        "blocking": Cell(item.get_blocking_class_display()),
        "reopened": reopened_cell(item.reopened, href),  # type: ignore[attr-defined]
        "unit": Cell(str(case.host_unit or "")),
        "leader": Cell(str(leader or "")),
    }


# ---- what is done about it (整改清单) -----------------------------------------------------------------------------

RECTIFICATION_COLUMNS = (
    Column("measure", gettext_lazy("整改措施"), "name", phone="show"),
    Column("name", gettext_lazy("存在问题"), "long", phone="show"),
    Column("project", gettext_lazy("项目"), "long"),
    Column("state", gettext_lazy("状态"), "lamp", phone="show"),
    Column("due_on", gettext_lazy("整改时限"), "date", sortable=True, phone="show"),
    Column("late", gettext_lazy("超时"), "number", unit=gettext_lazy("天")),
    Column("evidence", gettext_lazy("佐证")),
    Column("reopened", gettext_lazy("重新整改"), "number", unit=gettext_lazy("次"), sortable=True),
    Column("order", gettext_lazy("督办级别"), phone="show"),
    Column("unit", gettext_lazy("责任单位"), phone="show"),
    Column("person", gettext_lazy("责任人")),
    Column("leader", gettext_lazy("包保领导")),
)


def rectification_list_entries(query: ListQuery) -> QuerySet[Rectification]:
    proofs = Evidence.objects.filter(case=OuterRef("case_id")).order_by().values("case")
    counted = Subquery(proofs.annotate(count=Count("pk")).values("count"), output_field=IntegerField())
    return (
        _with_cases(open_problems(query))
        .annotate(proof_count=Coalesce(counted, Value(0)))
        .order_by(F("case__due_on").asc(nulls_last=True), "case__pk")
    )


def rectification_list_rows(entries: Sequence[Rectification], query: ListQuery) -> list[Row]:
    orders = orders_of(query.actor, [item.case_id for item in entries], query.as_of)
    rows = []
    for item in entries:
        case = item.case
        href = reverse("case_detail", args=["rectifications", case.number])
        lamp = rectification_lamp(case, query.as_of)
        late = max(0, (query.as_of - case.due_on).days) if case.due_on else 0
        order = next(iter(orders.get(case.pk, ())), None)
        cells = _problem_cells(item, href) | {
            "measure": Cell(item.measure, href=href, note=case.number),
            "name": Cell(item.problem),
            "state": Cell(lamp.text, lamp=lamp.colour, note=lamp.reason),
            "due_on": day_cell(case.due_on),
            "late": Cell(str(late), late, alarm=late > 0),
            "evidence": Cell(proof_words(case, item.proof_count)),  # type: ignore[attr-defined]
            "order": Cell(order.level, href=order.href, note=order.state) if order else Cell(),
            "person": Cell(str(case.host_person or "")),
        }
        rows.append(Row(case.number, cells, href=href))
    return rows


def proof_words(case: Case, count: int) -> Text:
    """What became of the proof: an open rectification that has some and is being worked on was sent back."""
    if not count:
        return _("未交")
    if case.state == "submitted":
        return _("已交%(count)s份，待核查") % {"count": count}
    return _("已交%(count)s份，已退回") % {"count": count}


# ---- the three as lists ------------------------------------------------------------------------------------------


def _intro(words: Text) -> Callable[[ListQuery], Text]:
    return lambda _query: words


def _title(words: Text) -> Callable[[ListQuery], Text]:
    return lambda query: _("%(list)s（%(on)s）") % {"list": words, "on": query.as_of}


def _totals(column: str, words: Text) -> Callable[[Any, ListQuery], Mapping[str, Cell]]:
    """The number of rows in words; the page has counted them already and says so in the memo of the query."""

    def totals(entries: Any, query: ListQuery) -> Mapping[str, Cell]:
        count = query.memo["count"] if "count" in query.memo else entries.count()
        return {column: Cell(str(words) % {"count": count})}

    return totals


def listed(case_type: str, slug: str, listing: Listing) -> CasePages:
    """As the machinery of lists wants it; these are not the pages of the case type."""
    return CasePages(case_type, slug, listing, rectification_details, rectification_extras)


RESPONSIBILITY = listed(
    ProjectPush.case_type,
    "",
    Listing(
        title=gettext_lazy("三张清单"),
        intro=_intro(gettext_lazy("已签约、没有投产的项目由谁负责，从哪天起。没有明确的标红。")),
        columns=RESPONSIBILITY_COLUMNS,
        entries=responsibility_entries,
        rows=responsibility_rows,
        filters=ThreeListsFilters,
        views=LISTS,
        totals=_totals("name", gettext_lazy("合计 %(count)s个项目")),
        file_title=_title(gettext_lazy("责任清单")),
    ),
)
PROBLEMS = listed(
    Rectification.case_type,
    "problems",
    Listing(
        title=gettext_lazy("三张清单"),
        intro=_intro(gettext_lazy("没有销号的问题：卡在哪一类，从哪天起，谁提出的，销号后又出现过几次。")),
        columns=PROBLEM_COLUMNS,
        entries=problem_entries,
        rows=problem_rows,
        filters=ThreeListsFilters,
        order={"opened_on": "case__opened_on", "reopened": "reopened"},
        views=LISTS,
        totals=_totals("name", gettext_lazy("合计 %(count)s个问题")),
        file_title=_title(gettext_lazy("问题清单")),
    ),
)
RECTIFICATIONS = listed(
    Rectification.case_type,
    "rectifications",
    Listing(
        title=gettext_lazy("三张清单"),
        intro=_intro(gettext_lazy("没有销号的整改：措施、时限、佐证，和转出的督办到了哪一级。")),
        columns=RECTIFICATION_COLUMNS,
        entries=rectification_list_entries,
        rows=rectification_list_rows,
        filters=ThreeListsFilters,
        order={"due_on": "case__due_on", "reopened": "reopened"},
        views=LISTS,
        totals=_totals("measure", gettext_lazy("合计 %(count)s项整改")),
        file_title=_title(gettext_lazy("整改清单")),
    ),
)
THREE_LISTS = {pages.slug: pages for pages in (RESPONSIBILITY, PROBLEMS, RECTIFICATIONS)}
