"""The card of one project: one sheet of A4 for a leader's visit. What fits is chosen here; the sheet says on which day it
holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from wutong.base.lamps.queries import current_and_previous
from wutong.base.lamps.words import COLOUR_WORDS
from wutong.base.personal.fields import masked
from wutong.cases.models import Assignment
from wutong.ledgerkit.detail_pages import CaseFile, read_case
from wutong.ledgerkit.timeline import in_order, told_elsewhere
from wutong.ledgerkit.viewer import as_of, viewer
from wutong.ledgers.project_push.facts.life import known_by, stalled_of
from wutong.ledgers.project_push.facts.reading import ProjectFacts, facts_of, told_about
from wutong.ledgers.project_push.project_file.page import child_words
from wutong.ledgers.project_push.project_file.panels import (
    Page,
    Photo,
    chart_nodes,
    invested,
    percent,
    photos_of,
    total_words,
)
from wutong.ledgers.project_push.stalled.queries import STALLED
from wutong.ui.formats import days_text, in_wan
from wutong.ui.nodes_chart import Node, days_late, happened_on
from wutong.ui.pages import Crumb
from wutong.ui.panels import Fact, TimelineEntry
from wutong.ui.tables import LampColour, Text

SLUG = "projects"
MOST_NODES, MOST_PROBLEMS, MOST_DECISIONS, MOST_PEOPLE, MOST_PHOTOS = 9, 4, 3, 6, 2
LONG, SHORT = 110, 60
"""Characters of a text that the sheet has room for."""


@dataclass(frozen=True)
class CardNode:
    label: Text
    planned_on: date | None
    actual_on: date | None
    late: str


@dataclass(frozen=True)
class CardProblem:
    title: str
    doing: str
    who: str
    due_on: date | None
    late: bool


@dataclass(frozen=True)
class CardPerson:
    role: Text
    name: str
    unit: str
    phone: str


@dataclass(frozen=True)
class Card:
    """Everything on the sheet. Lists are cut to what fits; `more_problems` counts those that are left out."""

    title: str
    number: str
    stage: Text
    lamp: LampColour
    lamp_text: Text
    reason: str
    facts: Sequence[Fact]
    money: Sequence[Fact]
    nodes: Sequence[CardNode]
    problems: Sequence[CardProblem]
    more_problems: int
    decisions: Sequence[TimelineEntry]
    people: Sequence[CardPerson]
    photos: Sequence[Photo]
    day: date


def card_page(request: HttpRequest, project_no: str) -> HttpResponse:
    """The sheet, for everybody who sees the project."""
    file = read_case(request, SLUG, project_no)
    day = as_of(request)
    card = card_of(file, day)
    href = reverse("case_detail", args=[SLUG, card.number])
    crumbs = [
        Crumb(file.ledger.menu_group),
        Crumb(file.pages.listing.title, reverse("case_list", args=[SLUG])),
        Crumb(card.number, href),
        Crumb(_("项目卡片")),
    ]
    told = {"card": card, "crumbs": crumbs, "href": href, "reader": viewer(request).name}
    return render(request, "project_push/card.html", told)


def card_of(file: CaseFile, day: date) -> Card:
    project, case = file.detail.project, file.case
    told = facts_of(told_about(project.pk), day)
    page = Page(case.number, project, told, day, False)
    found = stalled_of(case.number, project, file.changes, day, current_and_previous(STALLED, day))
    known = known_by(file.changes, day)
    state = file.procedure.state(known[-1].state_after if known else case.state)
    open_now = [child for child in file.children if child.is_open]
    return Card(
        title=project.name,
        number=case.number,
        stage=state.label,
        lamp=found.verdict.colour if found else "",
        lamp_text=COLOUR_WORDS[found.verdict.colour] if found else "",
        reason=found.reason() if found else "",
        facts=[
            Fact(_("投资方"), project.investor.name),
            Fact(_("项目公司"), project.company.name if project.company else ""),
            Fact(_("总投资"), total_words(project)),
            Fact(_("建设地点"), project.place),
            Fact(_("建设内容"), shortened(project.content, LONG), wide=True),
            Fact(_("最新进展"), shortened(file.detail.latest_progress, LONG), wide=True),
        ],
        money=_money(page),
        nodes=_nodes(chart_nodes(page, file.procedure, file.changes), day),
        problems=_problems(file, day),
        more_problems=max(0, len(open_now) - MOST_PROBLEMS),
        decisions=_decisions(file, told, day),
        people=_people(file),
        photos=photos_of(page, file.evidence, MOST_PHOTOS),
        day=day,
    )


def shortened(text: str, most: int) -> str:
    """A text cut to what the sheet has room for."""
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1] + "…"


def _money(page: Page) -> list[Fact]:
    money, arrived = invested(page), page.facts.arrived
    shown = []
    for label, yuan, share in (
        (_("%(year)s年计划") % {"year": page.day.year}, money.year_plan_yuan, None),
        (_("本年完成"), money.done_in_year_yuan, money.share_of_year_plan),
        (_("累计完成"), money.done_yuan, money.share_of_total),
        (_("到位资金"), sum(arrived.values()) if arrived else None, None),
    ):
        words = _("%(amount)s万元") % {"amount": in_wan(yuan)} if yuan is not None else _("未报")
        note = f"{percent(share)}%" if share is not None else ""
        shown.append(Fact(label, words, note=note))
    return shown


def _nodes(nodes: Sequence[Node], day: date) -> list[CardNode]:
    """The nodes that matter now: those ahead and late, and of what is done the last ones."""
    done = [node for node in nodes if happened_on(node, day)]
    ahead = [node for node in nodes if not happened_on(node, day)][: MOST_NODES - 3]
    chosen = [*done[-(MOST_NODES - len(ahead)) :], *ahead]
    return [
        CardNode(
            node.label,
            node.planned_on,
            happened_on(node, day),
            _("晚%(days)s") % {"days": days_text(late)} if (late := days_late(node, day) or 0) > 0 else "",
        )
        for node in chosen
    ]


def _problems(file: CaseFile, day: date) -> list[CardProblem]:
    words = child_words(file)
    found = [child for child in file.children if child.is_open]
    found.sort(key=lambda child: (child.due_on or date.max, child.pk))
    return [
        CardProblem(
            shortened(child.title, SHORT),
            shortened(str(words[child.pk].doing), SHORT),
            "，".join(str(part) for part in (child.host_unit, child.host_person) if part),
            child.due_on,
            child.due_on is not None and child.due_on < day,
        )
        for child in found[:MOST_PROBLEMS]
    ]


def _decisions(file: CaseFile, facts: ProjectFacts, day: date) -> list[TimelineEntry]:
    """What was decided elsewhere and what was agreed at the last visits, newest first."""
    lines = [line for line in told_elsewhere(file.case, file.actor, day) if line.on <= day]
    for visit in facts.visits:
        if visit.facts.get("next_step"):
            note = _("%(on)s前") % {"on": visit.facts["next_on"]} if visit.facts.get("next_on") else ""
            text = _("走访时说好：%(step)s") % {"step": shortened(visit.facts["next_step"], SHORT)}
            lines.append(TimelineEntry(visit.on, text, note))
    return in_order(lines)[:MOST_DECISIONS]


def _people(file: CaseFile) -> list[CardPerson]:
    """Who answers now, in the order of the roles. Telephone numbers stand masked, as on every page."""
    order = {role.code: index for index, role in enumerate(file.procedure.roles)}
    seats: list[Assignment] = sorted(file.assignments_open, key=lambda item: order.get(item.role, 99))
    return [
        CardPerson(
            file.procedure.role_label(item.role),
            str(item.person or item.unit),
            str(item.unit) if item.person else "",
            masked(item.person, "phone") if item.person else "",
        )
        for item in seats[:MOST_PEOPLE]
    ]
