"""The list of stalled projects: its columns, filters, rows and totals."""

from collections.abc import Hashable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from django import forms
from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from wutong.base.lamps.words import COLOUR_WORDS
from wutong.base.money import in_unit
from wutong.ledgerkit.ledger import ListQuery
from wutong.ledgers.project_push.models import BlockingClass, ProjectPush, Rectification
from wutong.ledgers.project_push.procedures import RECTIFICATION
from wutong.ledgers.project_push.stalled.found_before import may_be_kept, stalled_today, summary_of
from wutong.ledgers.project_push.stalled.queries import Stalled, Summary, stalled_projects
from wutong.registers.projects.bands import BANDS_YUAN, band_label, band_of
from wutong.ui.forms import FilterForm
from wutong.ui.tables import Cell, Column, KeptRows, Row, Text, day_cell

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


OPEN_STATES = [state.code for state in RECTIFICATION.states if state.kind != "closed"]
"""The same as being open, as the index of cases knows it."""


def stalled_entries(query: ListQuery) -> Sequence[Stalled]:
    found = _filtered(query)
    if query.view in {"signed", "started"}:
        return [item for item in found if item.stage == query.view]
    if query.view == "red":
        return [item for item in found if item.verdict.colour == "red"]
    return found


def _filtered(query: ListQuery) -> Sequence[Stalled]:
    """All views of one request look at the same finding."""
    if "stalled" not in query.memo:
        query.memo["stalled"] = _find(query)
    found: Sequence[Stalled] = query.memo["stalled"]
    return found


def _find(query: ListQuery) -> Sequence[Stalled]:
    filters = query.filters
    found = _stalled(query)
    if "band" in filters:
        found = [item for item in found if item.amount_yuan >= int(filters["band"])]
    if "lamp" in filters:
        found = [item for item in found if item.verdict.colour == filters["lamp"]]
    if "q" in filters:
        named = _named(filters["q"].strip())
        found = [item for item in found if item.case_id in named]
    if "blocking" in filters:
        blocked = _blocked(filters["blocking"])
        found = [item for item in found if item.case_id in blocked]
    return found


def _stalled(query: ListQuery) -> Sequence[Stalled]:
    """Today's list is asked for all day long; any other day, and what was known at a moment, is found for the asking."""
    if query.known_at is None and query.as_of == query.actor.on and may_be_kept():
        return stalled_today(query.actor, query.as_of)
    return stalled_projects(query.actor, query.as_of, known_at=query.known_at)


def _named(text: str) -> set[int]:
    """Cases of projects with this text in their name or code, or in the name of their investor or team."""
    condition = (
        Q(project__name__icontains=text)
        | Q(project__investor__name__icontains=text)
        | Q(project__code__icontains=text)
        | Q(project__team__name__icontains=text)
    )
    return set(ProjectPush.objects.filter(condition).values_list("case_id", flat=True))


def _blocked(blocking_class: str) -> set[int | None]:
    """Cases with an open rectification of this class."""
    rows = Rectification.objects.filter(
        case__case_type=Rectification.case_type, case__state__in=OPEN_STATES, blocking_class=blocking_class
    )
    return set(rows.values_list("case__parent_id", flat=True))


EMPTY = Cell()
BLOCKING_WORDS = dict(BlockingClass.choices)


class Shown(NamedTuple):
    """What a row shows of a project, by the columns of `SHOWN`: fifty rows need no four hundred objects."""

    case_id: int
    code: str
    name: str
    investor: str
    team: str | None
    plan_start_on: date | None
    plan_production_on: date | None
    unit: str | None
    person: str | None
    leader: str | None
    progress: str


SHOWN = (
    "case_id", "project__code", "project__name", "project__investor__name", "project__team__name",
    "project__plan_start_on", "project__plan_production_on", "case__host_unit__name", "case__host_person__name",
    "case__leader__name", "latest_progress",
)  # fmt: skip


class Problem(NamedTuple):
    """What a row shows of a rectification."""

    parent_id: int | None
    due_on: date | None
    blocking_class: str
    problem: str
    measure: str


PAGES_KEPT, ROWS_KEPT = 64, 100
"""So many pages of the list a process keeps drawn; an export of all rows is none of them."""
_kept: dict[Hashable, tuple[tuple[Stalled, ...], KeptRows]] = {}


def stalled_rows(entries: Sequence[Stalled], query: ListQuery) -> Sequence[Row]:
    """What the rows show is read each time; they are put together only when it has changed."""
    ids = [item.case_id for item in entries]
    found = {row[0]: Shown(*row) for row in ProjectPush.objects.filter(case__in=ids).values_list(*SHOWN)}
    problems = _open_problems(ids)
    shown = [(item, found[item.case_id], problems.get(item.case_id)) for item in entries]
    # The findings are kept beside the rows: as long as they are, no other ones have their identity.
    key = get_language(), query.as_of, tuple((id(item), *told) for item, *told in shown)
    known = _kept.get(key)
    if known is not None:
        return known[1]
    rows = KeptRows.of([_stalled_row(item, told, problem, query) for item, told, problem in shown])
    if len(rows) <= ROWS_KEPT:
        if len(_kept) >= PAGES_KEPT:
            _kept.clear()
        _kept[key] = tuple(entries), rows
    return rows


def _open_problems(case_ids: Sequence[int]) -> dict[int | None, Problem]:
    """Per project the open rectification that is due first, one query."""
    rows = (
        Rectification.objects.filter(case__parent__in=case_ids, case__is_open=True)
        .order_by("-case__due_on", "-case__pk")
        .values_list("case__parent_id", "case__due_on", "blocking_class", "problem", "measure")
    )
    return {row[0]: Problem(*row) for row in rows}


def _stalled_row(item: Stalled, shown: Shown, problem: Problem | None, query: ListQuery) -> Row:
    href = reverse("case_detail", args=["projects", item.number])
    days = Cell(str(item.verdict.days), value=item.verdict.days, href=f"{href}#timeline")
    cells = {
        "name": Cell(shown.name, note=f"{shown.code}　{shown.team or ''}", href=href),
        "lamp": Cell(str(COLOUR_WORDS[item.verdict.colour]), lamp=item.verdict.colour, note=item.reason()),
        "investor": Cell(shown.investor),
        "total": Cell(
            str(in_unit(item.amount_yuan, "亿元", 1)),
            value=in_unit(item.amount_yuan, "亿元", 4),
            href=f"{href}#timeline",
        ),
        "band": Cell(str(band_label(band_of(item.amount_yuan)))),
        "signed_on": day_cell(item.life.signed_on),
        "plan_start_on": day_cell(shown.plan_start_on),
        "signed_days": days if item.stage == "signed" else EMPTY,
        "started_on": day_cell(item.life.started_on),
        "plan_production_on": day_cell(shown.plan_production_on),
        "started_days": days if item.stage == "started" else EMPTY,
        "unit": Cell(shown.unit or ""),
        "person": Cell(shown.person or ""),
        "leader": Cell(shown.leader or ""),
        "team": Cell(shown.team or ""),
        "progress": Cell(shown.progress),
    }
    if problem is not None:
        due = problem.due_on
        cells |= {
            "blocking": Cell(str(BLOCKING_WORDS.get(problem.blocking_class, problem.blocking_class))),
            "problem": Cell(problem.problem),
            "measure": Cell(problem.measure),
            "due_on": Cell(
                due.isoformat() if due else "", value=due, alarm=due is not None and due < query.as_of
            ),
        }
    return Row(item.number, cells, href=href)


def _summary(items: Sequence[Stalled], query: ListQuery) -> Summary:
    """Worked out once for the tabs, the totals and the notes of a page."""
    key = f"summary of {id(items)}"
    if key not in query.memo:
        query.memo[key] = items, summary_of(items)
    summary: Summary = query.memo[key][1]
    return summary


def stalled_totals(entries: Sequence[Stalled], query: ListQuery) -> Mapping[str, Cell]:
    summary = _summary(entries, query)
    total, lamps = summary.total_yuan, summary.lamps
    words = _("，").join(
        _("%(lamp)s%(count)s") % {"lamp": COLOUR_WORDS[colour], "count": lamps[colour]}
        for colour in ("red", "yellow")
        if lamps.get(colour)
    )
    return {
        "name": Cell(_("合计 %(count)s个项目") % {"count": len(entries)}),
        "lamp": Cell(words),
        "total": Cell(str(in_unit(total, "亿元", 1)), value=in_unit(total, "亿元", 4)),
    }


def stalled_counts(query: ListQuery) -> Mapping[str, int]:
    found = _filtered(query)
    summary = _summary(found, query)
    return {
        "": len(found),
        "signed": summary.stages.get("signed", 0),
        "started": summary.stages.get("started", 0),
        "red": summary.lamps.get("red", 0),
    }


def stalled_notes(entries: Sequence[Stalled], query: ListQuery) -> list[Text]:
    """The order, and the cumulative bands: each number is a link to its rows."""
    summary = _summary(entries, query)
    counts = format_html_join(
        "，",
        '{}<a class="fig" href="?band={}&amp;as_of={}">{}</a>',
        (
            (
                band_label(band),
                band,
                query.as_of.isoformat(),
                summary.reaching(band),
            )
            for band in reversed(BANDS_YUAN)
        ),
    )
    return [_("排序：亮灯、总投资降序"), format_html("{}{}", _("规模档累计，各档不相加："), counts)]


def stalled_intro(_query: ListQuery) -> Text:
    return _("近24个月内已签约未开工、已开工未投产的项目。随时重算，结果只看数据日。")


def stalled_title(query: ListQuery) -> Text:
    return _("项目推进库一览表（%(on)s）") % {"on": query.as_of}
