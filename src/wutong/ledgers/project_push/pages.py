"""The pages of the ledger: lists, and what the ledger adds to the page of one case."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.base.lamps.words import COLOUR_WORDS
from wutong.base.money import in_unit
from wutong.cases.gates import GateFacts
from wutong.cases.models import Case
from wutong.ledgerkit.ledger import DetailExtras, Lamp, ListQuery
from wutong.ledgerkit.policy import visible_cases
from wutong.ledgers.project_push.models import BlockingClass, ProjectPush, Rectification
from wutong.ledgers.project_push.procedures import RECTIFICATION
from wutong.ledgers.project_push.queries import (
    Stalled,
    projects_for_page,
    said_before,
    stalled_among,
    stalled_projects,
)
from wutong.registers.organisation.actors import Actor
from wutong.registers.projects.bands import BANDS_YUAN, band_label, band_of
from wutong.ui.forms import FilterForm
from wutong.ui.panels import Fact
from wutong.ui.tables import Cell, Column, Row, Text

STALLED_COLUMNS = (
    Column("name", gettext_lazy("项目名称"), "name", phone="show"),
    Column("lamp", gettext_lazy("亮灯及原因"), "lamp", total=True, phone="show"),
    Column("investor", gettext_lazy("投资方"), "long", group=gettext_lazy("基本情况")),
    Column(
        "total", gettext_lazy("总投资"), "money", unit=gettext_lazy("亿元"), group=gettext_lazy("基本情况"),
        sortable=True, total=True, phone="show",
    ),
    Column("band", gettext_lazy("规模档"), group=gettext_lazy("基本情况"), optional=True),
    Column("signed_on", gettext_lazy("签约时间"), "date", group=gettext_lazy("签约未开工"), sortable=True),
    Column("plan_start_on", gettext_lazy("计划开工时间"), "date", group=gettext_lazy("签约未开工"), optional=True),
    Column(
        "signed_days", gettext_lazy("签约未开工天数"), "number", group=gettext_lazy("签约未开工"), sortable=True
    ),
    Column("started_on", gettext_lazy("实际开工时间"), "date", group=gettext_lazy("开工未投产"), sortable=True),
    Column(
        "plan_production_on", gettext_lazy("计划投产时间"), "date", group=gettext_lazy("开工未投产"), optional=True
    ),
    Column(
        "started_days", gettext_lazy("开工未投产天数"), "number", group=gettext_lazy("开工未投产"), sortable=True
    ),
    Column("blocking", gettext_lazy("卡点类别"), group=gettext_lazy("问题整改"), phone="show"),
    Column("problem", gettext_lazy("存在问题"), "long", group=gettext_lazy("问题整改")),
    Column("measure", gettext_lazy("整改措施"), "long", group=gettext_lazy("问题整改"), optional=True),
    Column("due_on", gettext_lazy("整改时限"), "date", group=gettext_lazy("问题整改"), phone="show"),
    Column("unit", gettext_lazy("责任单位"), group=gettext_lazy("责任"), phone="show"),
    Column("person", gettext_lazy("责任人"), group=gettext_lazy("责任")),
    Column("leader", gettext_lazy("包保领导"), group=gettext_lazy("责任")),
    Column("team", gettext_lazy("产业招商组"), optional=True),
    Column("progress", gettext_lazy("最新进展"), "long", optional=True),
)  # fmt: skip


class StalledFilters(FilterForm):
    q = forms.CharField(label=gettext_lazy("名称、投资方、编号、产业组"), required=False, max_length=50)
    lamp = forms.ChoiceField(
        label=gettext_lazy("亮灯"),
        required=False,
        choices=[("", gettext_lazy("全部亮灯")), *COLOUR_WORDS.items()],
    )
    band = forms.ChoiceField(
        label=gettext_lazy("规模档"),
        required=False,
        choices=[("", gettext_lazy("全部规模")), *((str(band), band_label(band)) for band in BANDS_YUAN)],
    )
    blocking = forms.ChoiceField(
        label=gettext_lazy("卡点"),
        required=False,
        choices=[("", gettext_lazy("全部卡点")), *BlockingClass.choices],
    )


def stalled_entries(query: ListQuery) -> list[Stalled]:
    found = _filtered(query)
    if query.view in {"signed", "started"}:
        return [item for item in found if item.stage == query.view]
    if query.view == "red":
        return [item for item in found if item.verdict.colour == "red"]
    return found


def _filtered(query: ListQuery) -> list[Stalled]:
    """All views of one request look at the same finding."""
    if "stalled" not in query.memo:
        query.memo["stalled"] = _find(query)
    found: list[Stalled] = query.memo["stalled"]
    return found


def _find(query: ListQuery) -> list[Stalled]:
    filters = query.filters
    condition = Q()
    if "q" in filters:
        text = filters["q"].strip()
        condition &= (
            Q(project__name__icontains=text)
            | Q(project__investor__name__icontains=text)
            | Q(project__code__icontains=text)
            | Q(project__team__name__icontains=text)
        )
    if "blocking" in filters:
        condition &= Q(
            Exists(
                Rectification.objects.filter(
                    case__parent=OuterRef("case_id"), case__is_open=True, blocking_class=filters["blocking"]
                )
            )
        )
    found = stalled_projects(
        query.actor, query.as_of, known_at=query.known_at, projects=condition if condition else None
    )
    if "band" in filters:
        found = [item for item in found if item.amount_yuan >= int(filters["band"])]
    if "lamp" in filters:
        found = [item for item in found if item.verdict.colour == filters["lamp"]]
    return found


def stalled_rows(entries: Sequence[Stalled], query: ListQuery) -> list[Row]:
    ids = [item.case_id for item in entries]
    details = projects_for_page(ids)
    problems = _open_problems(ids)
    return [_stalled_row(item, details[item.case_id], problems.get(item.case_id), query) for item in entries]


def _open_problems(case_ids: Sequence[int]) -> dict[int, Rectification]:
    """Per project the open rectification that is due first, one query."""
    rows = (
        Rectification.objects.filter(case__parent__in=case_ids, case__is_open=True)
        .select_related("case")
        .order_by("-case__due_on", "-case__pk")
    )
    return {row.case.parent_id or 0: row for row in rows}


def _stalled_row(item: Stalled, detail: ProjectPush, problem: Rectification | None, query: ListQuery) -> Row:
    project, case = detail.project, detail.case
    href = reverse("case_detail", args=["projects", item.number])
    days = Cell(str(item.verdict.days), value=item.verdict.days, href=f"{href}#timeline")
    cells = {
        "name": Cell(
            project.name, note=f"{project.code}　{project.team.name if project.team else ''}", href=href
        ),
        "lamp": Cell(COLOUR_WORDS[item.verdict.colour], lamp=item.verdict.colour, note=item.reason()),
        "investor": Cell(project.investor.name),
        "total": Cell(
            str(in_unit(item.amount_yuan, "亿元", 1)),
            value=in_unit(item.amount_yuan, "亿元", 4),
            href=f"{href}#timeline",
        ),
        "band": Cell(band_label(band_of(item.amount_yuan))),
        "signed_on": _day(item.life.signed_on),
        "plan_start_on": _day(project.plan_start_on),
        "signed_days": days if item.stage == "signed" else Cell(),
        "started_on": _day(item.life.started_on),
        "plan_production_on": _day(project.plan_production_on),
        "started_days": days if item.stage == "started" else Cell(),
        "unit": Cell(str(case.host_unit or "")),
        "person": Cell(str(case.host_person or "")),
        "leader": Cell(str(case.leader or "")),
        "team": Cell(project.team.name if project.team else ""),
        "progress": Cell(detail.latest_progress),
    }
    if problem is not None:
        due = problem.case.due_on
        cells |= {
            "blocking": Cell(problem.get_blocking_class_display()),
            "problem": Cell(problem.problem),
            "measure": Cell(problem.measure),
            "due_on": Cell(
                due.isoformat() if due else "", value=due, alarm=due is not None and due < query.as_of
            ),
        }
    return Row(item.number, cells, href=href)


def _day(day: date | None) -> Cell:
    return Cell(day.isoformat(), value=day) if day else Cell()


def stalled_totals(entries: Sequence[Stalled], _query: ListQuery) -> Mapping[str, Cell]:
    total = sum(item.amount_yuan for item in entries)
    lamps = Counter(item.verdict.colour for item in entries)
    words = _("，").join(
        _("%(lamp)s%(count)s") % {"lamp": COLOUR_WORDS[colour], "count": lamps[colour]}
        for colour in ("red", "yellow")
        if lamps[colour]
    )
    return {
        "name": Cell(_("合计 %(count)s个项目") % {"count": len(entries)}),
        "lamp": Cell(words),
        "total": Cell(str(in_unit(total, "亿元", 1)), value=in_unit(total, "亿元", 4)),
    }


def stalled_counts(query: ListQuery) -> Mapping[str, int]:
    found = _filtered(query)
    return {
        "": len(found),
        "signed": sum(item.stage == "signed" for item in found),
        "started": sum(item.stage == "started" for item in found),
        "red": sum(item.verdict.colour == "red" for item in found),
    }


def stalled_notes(entries: Sequence[Stalled], query: ListQuery) -> list[Text]:
    """The order, and the cumulative bands: each number is a link to its rows."""
    counts = format_html_join(
        "，",
        '{}<a class="fig" href="?band={}&amp;as_of={}">{}</a>',
        (
            (
                band_label(band),
                band,
                query.as_of.isoformat(),
                sum(item.amount_yuan >= band for item in entries),
            )
            for band in reversed(BANDS_YUAN)
        ),
    )
    return [_("排序：亮灯、总投资降序"), format_html("{}{}", _("规模档累计，各档不相加："), counts)]


def stalled_intro(_query: ListQuery) -> Text:
    return _("近24个月内已签约未开工、已开工未投产的项目。随时重算，结果只看数据日。")


def stalled_title(query: ListQuery) -> Text:
    return _("项目推进库一览表（%(on)s）") % {"on": query.as_of}


def project_details() -> QuerySet[ProjectPush]:
    return ProjectPush.objects.select_related(
        "case", "project__investor", "project__company", "project__team"
    )


def gate_facts(detail: ProjectPush, handed_in: Mapping[str, int], verified: Mapping[str, int]) -> GateFacts:
    """What the gates look at: planned days of the project, its size, its documents."""
    project = detail.project
    return GateFacts(
        fields={
            "plan_start_on": project.plan_start_on,
            "plan_production_on": project.plan_production_on,
            "land_mu": project.land_mu,
        },
        size_yuan=project.total_investment_yuan,
        handed_in=handed_in,
        verified=verified,
    )


def project_extras(detail: ProjectPush, actor: Actor, as_of: date) -> DetailExtras:
    project, case = detail.project, detail.case
    found = stalled_among(visible_cases(actor, "project_push").filter(pk=case.pk), as_of)
    lamp = None
    if found:
        lamp = _lamp(found[0], as_of)
    planned = {}
    if project.plan_start_on:
        planned["started"] = project.plan_start_on
    if project.plan_production_on:
        planned["in_production"] = project.plan_production_on
    total = in_unit(project.total_investment_yuan, "亿元", 1)
    facts = [
        Fact(_("编号"), project.code),
        Fact(_("投资方"), project.investor.name),
        Fact(_("项目公司"), project.company.name if project.company else ""),
        Fact(_("总投资"), _("%(total)s亿元") % {"total": total}, href="#timeline"),
        Fact(
            _("用地"),
            _("%(mu)s亩") % {"mu": f"{project.land_mu:f}".rstrip("0").rstrip(".")} if project.land_mu else "",
        ),
        Fact(_("建设地点"), project.place),
        Fact(_("产业组"), project.team.name if project.team else ""),
        Fact(_("规模档"), band_label(band_of(project.total_investment_yuan))),
        Fact(_("最新进展"), detail.latest_progress, wide=True),
    ]
    return DetailExtras(title=project.name, facts=facts, lamp=lamp, planned=planned)


def _lamp(item: Stalled, as_of: date) -> Lamp:
    """The lamp with its reason and rule; below it what the edition before would say, where that differs."""
    reason: Text = f"{item.reason()}（{item.rule_words()}）"
    before = said_before(item, as_of)
    if before:
        reason = format_html("{}<br>{}", reason, before)
    return Lamp(item.verdict.colour, COLOUR_WORDS[item.verdict.colour], reason)


# ---- rectifications ------------------------------------------------------------------------------------------

RECTIFICATION_COLUMNS = (
    Column("name", gettext_lazy("存在问题"), "name", phone="show"),
    Column("state", gettext_lazy("状态"), "lamp", phone="show"),
    Column("project", gettext_lazy("项目"), "long", phone="show"),
    Column("blocking", gettext_lazy("卡点类别"), phone="show"),
    Column("measure", gettext_lazy("整改措施"), "long"),
    Column("unit", gettext_lazy("责任单位"), phone="show"),
    Column("person", gettext_lazy("责任人"), phone="show"),
    Column("leader", gettext_lazy("包保领导")),
    Column("opened_on", gettext_lazy("提出日期"), "date", sortable=True),
    Column("due_on", gettext_lazy("整改时限"), "date", sortable=True, phone="show"),
)


class RectificationFilters(FilterForm):
    q = forms.CharField(label=gettext_lazy("问题、项目、编号"), required=False, max_length=50)
    blocking = forms.ChoiceField(
        label=gettext_lazy("卡点"),
        required=False,
        choices=[("", gettext_lazy("全部卡点")), *BlockingClass.choices],
    )


def rectification_entries(query: ListQuery) -> QuerySet[Rectification]:
    rows = Rectification.objects.select_related(
        "case__parent", "case__host_unit", "case__host_person", "case__leader"
    ).filter(case__in=visible_cases(query.actor, Rectification.case_type))
    if query.view == "":
        rows = rows.filter(case__is_open=True)
    elif query.view == "overdue":
        rows = rows.filter(case__is_open=True, case__due_on__lt=query.as_of)
    elif query.view == "submitted":
        rows = rows.filter(case__state="submitted")
    elif query.view == "closed":
        rows = rows.filter(case__is_open=False)
    if "q" in query.filters:
        text = query.filters["q"].strip()
        rows = rows.filter(
            Q(problem__icontains=text)
            | Q(case__parent__title__icontains=text)
            | Q(case__number__icontains=text)
        )
    if "blocking" in query.filters:
        rows = rows.filter(blocking_class=query.filters["blocking"])
    return rows.order_by("case__due_on", "case__pk")


def rectification_rows(entries: Sequence[Rectification], query: ListQuery) -> list[Row]:
    rows = []
    for item in entries:
        case = item.case
        href = reverse("case_detail", args=["rectifications", case.number])
        parent = case.parent
        lamp = rectification_lamp(case, query.as_of)
        cells = {
            "name": Cell(item.problem, href=href, note=case.number),
            "project": Cell(
                parent.title if parent else "",
                href=reverse("case_detail", args=["projects", parent.number]) if parent else "",
            ),
            "blocking": Cell(item.get_blocking_class_display()),
            "measure": Cell(item.measure),
            "unit": Cell(str(case.host_unit or "")),
            "person": Cell(str(case.host_person or "")),
            "leader": Cell(str(case.leader or "")),
            "opened_on": _day(case.opened_on),
            "due_on": _day(case.due_on),
            "state": Cell(lamp.text, lamp=lamp.colour, note=lamp.reason),
        }
        rows.append(Row(case.number, cells, href=href))
    return rows


def rectification_lamp(case: Case, as_of: date) -> Lamp:
    state = RECTIFICATION.state(case.state)
    if not case.is_open:
        on = case.closed_on.isoformat() if case.closed_on else ""
        return Lamp("green", state.label, _("%(on)s销号") % {"on": on})
    if case.state == "submitted":
        return Lamp("pause", state.label, _("佐证已交，停止计时，待核查"))
    if case.due_on is not None and case.due_on < as_of:
        days = (as_of - case.due_on).days
        return Lamp("red", _("已超时"), _("时限%(due)s，已过%(days)s天") % {"due": case.due_on, "days": days})
    return Lamp("green", state.label, _("时限%(due)s") % {"due": case.due_on or "—"})


def rectification_intro(_query: ListQuery) -> Text:
    return _("项目的问题、责任和整改。交佐证的人和销号的人不是同一个人。")


def rectification_details() -> QuerySet[Rectification]:
    return Rectification.objects.select_related("case__parent")


def rectification_extras(detail: Rectification, _actor: Actor, as_of: date) -> DetailExtras:
    case = detail.case
    parent = case.parent
    facts = [
        Fact(_("编号"), case.number),
        Fact(
            _("项目"),
            parent.title if parent else "",
            href=reverse("case_detail", args=["projects", parent.number]) if parent else "",
        ),
        Fact(_("卡点类别"), detail.get_blocking_class_display()),
        Fact(_("整改措施"), detail.measure, wide=True),
        Fact(_("到期日"), case.due_on.isoformat() if case.due_on else ""),
    ]
    return DetailExtras(title=detail.problem, facts=facts, lamp=rectification_lamp(case, as_of))
