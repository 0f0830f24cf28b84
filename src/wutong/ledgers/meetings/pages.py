"""The list of meetings and what the page of one meeting adds."""

from collections.abc import Sequence
from datetime import date
from typing import cast

from django import forms
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.base.lamps.words import COLOUR_WORDS
from wutong.cases.models import Case
from wutong.ledgerkit.ledger import DetailExtras, Lamp, ListQuery
from wutong.ledgerkit.registry import find_pages
from wutong.ledgers.meetings.models import AgendaItem, DispatchMeeting, ItemState
from wutong.ledgers.meetings.procedure import DISPATCH_MEETING
from wutong.ledgers.meetings.queries import (
    Agenda,
    Follow,
    FollowUp,
    Result,
    agenda_of,
    decision_counts,
    decisions_of,
    kind_words_of,
    meetings,
    visible_meetings,
)
from wutong.registers.organisation.actors import Actor
from wutong.ui.forms import FilterForm
from wutong.ui.pages import Action
from wutong.ui.panels import Fact, PanelEnd, TablePanel
from wutong.ui.tables import Cell, Column, LampColour, Row, Table, Text, day_cell

COLUMNS = (
    Column("name", gettext_lazy("会议"), "name", phone="show"),
    Column("state", gettext_lazy("状态"), "lamp", phone="show"),
    Column("meeting_on", gettext_lazy("会议日期"), "date", sortable=True, phone="show"),
    Column("begins", gettext_lazy("开始时间")),
    Column("place", gettext_lazy("地点")),
    Column("chair", gettext_lazy("主持"), phone="show"),
    Column("items", gettext_lazy("议题"), "number", unit=gettext_lazy("项")),
    Column("decisions", gettext_lazy("决定"), "number", unit=gettext_lazy("项")),
)
STATE_LAMPS: dict[str, LampColour] = {"in_session": "yellow", "minuted": "yellow", "closed": "green"}
STANDING_WORDS = {
    "done": gettext_lazy("已完成"),
    "running": gettext_lazy("办理中"),
    "overdue": gettext_lazy("已超期"),
    "noted": gettext_lazy("已记录"),
    "withdrawn": gettext_lazy("已撤回"),
}
STANDING_LAMPS: dict[str, LampColour] = {"done": "green", "running": "yellow", "overdue": "red"}


class MeetingFilters(FilterForm):
    q = forms.CharField(label=gettext_lazy("会议、编号、地点"), required=False, max_length=50)


def entries(query: ListQuery) -> QuerySet[DispatchMeeting]:
    rows = visible_meetings(query.actor)
    if query.view == "open":
        rows = rows.filter(case__is_open=True)
    if "q" in query.filters:
        text = query.filters["q"].strip()
        rows = rows.filter(
            Q(title__icontains=text) | Q(case__number__icontains=text) | Q(place__icontains=text)
        )
    return rows.order_by("-meeting_on", "-pk")


def rows(entries: Sequence[DispatchMeeting], _query: ListQuery) -> list[Row]:
    keys = [meeting.pk for meeting in entries]
    on_agenda = AgendaItem.objects.filter(meeting__in=keys).exclude(state=ItemState.REMOVED)
    items = dict(on_agenda.values_list("meeting").annotate(count=Count("pk")))
    decided = decision_counts(keys)
    drawn = []
    for meeting in entries:
        case = meeting.case
        href = reverse("case_detail", args=["meetings", case.number])
        lamp = meeting_lamp(case)
        cells = {
            "name": Cell(meeting.title, href=href, note=case.number),
            "state": Cell(lamp.text, lamp=lamp.colour),
            "meeting_on": day_cell(meeting.meeting_on),
            "begins": Cell(meeting.begins),
            "place": Cell(meeting.place),
            "chair": Cell(str(case.host_person or "")),
            "items": Cell(
                str(items.get(meeting.pk, 0)), value=items.get(meeting.pk, 0), href=f"{href}#agenda"
            ),
            "decisions": Cell(
                str(decided.get(meeting.pk, 0)), value=decided.get(meeting.pk, 0), href=f"{href}#decisions"
            ),
        }
        drawn.append(Row(case.number, cells, href=href))
    return drawn


def meeting_lamp(case: Case) -> Lamp:
    return Lamp(STATE_LAMPS.get(case.state, "grey"), DISPATCH_MEETING.state(case.state).label, "")


def intro(_query: ListQuery) -> Text:
    return _("每周调度：议程来自亮灯和超时整改，会上的决定当场变成整改、责任和督办，下次会议从落实情况开始。")


def details() -> QuerySet[DispatchMeeting]:
    return meetings()


def extras(detail: DispatchMeeting, actor: Actor, as_of: date) -> DetailExtras:
    case = detail.case
    agenda = agenda_of(detail, actor)
    decided = decisions_of(detail, actor, as_of)
    number = case.number
    actions = [Action(_("议程"), reverse("meeting_agenda", args=[number]))]
    actions.append(
        Action(_("进入会场"), reverse("meeting_session", args=[number]), main=case.state == "in_session")
    )
    if case.state in {"minuted", "closed"}:
        actions.append(Action(_("纪要"), reverse("meeting_minutes", args=[number])))
    facts = [
        Fact(_("编号"), number),
        Fact(_("时间"), f"{detail.meeting_on} {detail.begins}"),
        Fact(_("地点"), detail.place),
        Fact(_("主持"), str(case.host_person or "")),
        Fact(_("请假"), detail.excused, wide=True),
        Fact(_("列席"), detail.attending, wide=True),
    ]
    return DetailExtras(
        title=detail.title,
        facts=facts,
        lamp=meeting_lamp(case),
        panels=[agenda_panel(agenda, number), decisions_panel(decided, with_item=True)],
        actions=actions,
    )


def hidden_words(hidden: int) -> str:
    return _("另有%(count)s项不在您的查看范围。") % {"count": hidden} if hidden else ""


def case_href(case: Case) -> str:
    """Empty for a type whose ledger is switched off."""
    pages = find_pages(case.case_type)
    return reverse("case_detail", args=[pages.slug, case.number]) if pages else ""


def agenda_panel(agenda: Agenda, number: str) -> TablePanel:
    columns = (
        Column("place", _("序号")),
        Column("case", _("项目"), "name", phone="show"),
        Column("leader", _("包保领导"), phone="show"),
        Column("lamp", _("亮灯"), "lamp", phone="show"),
        Column("reason", _("上会原因"), "long", phone="show"),
        Column("state", _("状态"), phone="show"),
    )
    rows = []
    for place, item in enumerate(agenda.items, start=1):
        cells = {
            "place": Cell(str(place)),
            "case": Cell(item.case.title, href=case_href(item.case), note=item.case.number),
            "leader": Cell(str(item.leader or "")),
            "lamp": Cell(COLOUR_WORDS.get(item.lamp, ""), lamp=cast(LampColour, item.lamp)),
            "reason": Cell(item.reason),
            "state": Cell(item.get_state_display()),
        }
        rows.append(Row(str(item.pk), cells))
    return TablePanel(
        title=_("议程"),
        note=" ".join(filter(None, (_("%(count)s项") % {"count": len(rows)}, hidden_words(agenda.hidden)))),
        id="agenda",
        end=PanelEnd(_("编排议程"), reverse("meeting_agenda", args=[number])),
        table=Table(_("议程"), columns, rows, len(rows)),
        empty=_("还没有议题。"),
    )


def decisions_panel(found: FollowUp, *, with_item: bool) -> TablePanel:
    columns = [
        Column("number", _("序号")),
        Column("text", _("事项"), "name", phone="show"),
        Column("item", _("项目")),
        Column("who", _("责任"), phone="show"),
        Column("due", _("时限"), "date", phone="show"),
        Column("made", _("生成")),
        Column("state", _("落实"), "lamp", phone="show"),
    ]
    if not with_item:
        columns = [column for column in columns if column.key != "item"]
    rows = [Row(str(row.decision.pk), decision_cells(row)) for row in found.rows]
    return TablePanel(
        title=_("会议决定"),
        note=" ".join(filter(None, (_("%(count)s项") % {"count": len(rows)}, hidden_words(found.hidden)))),
        id="decisions",
        table=Table(_("会议决定"), columns, rows, len(rows)),
        empty=_("还没有决定。"),
    )


def decision_cells(row: Follow) -> dict[str, Cell]:
    decision = row.decision
    case = decision.item.case
    made = next((item for item in row.results if item.is_seen), None)
    return {
        "number": Cell(str(decision.number)),
        "text": Cell(decision.text),
        "item": Cell(case.title, href=case_href(case), note=case.number),
        "who": Cell(str(decision.unit or ""), note=str(decision.person or "")),
        "due": day_cell(decision.due_on),
        "made": Cell(
            kind_words_of(decision),
            href=case_href(made.case) if made else "",
            note=results_words(row.results),
        ),
        "state": Cell(STANDING_WORDS[row.standing], lamp=STANDING_LAMPS.get(row.standing, "grey")),
    }


def results_words(results: Sequence[Result]) -> str:
    return "、".join(item.case.number for item in results if item.is_seen)
