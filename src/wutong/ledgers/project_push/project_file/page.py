"""The file of one project: what the ledger adds to the page of its case, from what the page has read and one query of
its dated facts."""

from datetime import date

from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.translation import gettext as _

from wutong.base.calendar.services import working_calendar
from wutong.base.calendar.workdays import WorkingCalendar
from wutong.base.lamps.queries import current_and_previous
from wutong.base.lamps.words import COLOUR_WORDS
from wutong.ledgerkit.detail_pages import CaseFile
from wutong.ledgerkit.ledger import ChildWords, DetailExtras, Lamp
from wutong.ledgerkit.timeline import TimelineSource, declare_timeline
from wutong.ledgers.project_push.doubles.panels import lives_of_one, merged_panels
from wutong.ledgers.project_push.facts.life import known_by, life_of, stalled_of
from wutong.ledgers.project_push.facts.reading import facts_of, told_about
from wutong.ledgers.project_push.facts.services import may_write_facts
from wutong.ledgers.project_push.facts.timeline import fact_lines
from wutong.ledgers.project_push.models import BlockingClass, ProjectPush
from wutong.ledgers.project_push.project_file.limits import late_by_host, limits_of, limits_panel
from wutong.ledgers.project_push.project_file.panels import (
    Page,
    address,
    chart_nodes,
    end_for,
    money_panel,
    months_table,
    nodes_table,
    partners_panel,
    photos_panel,
    states_panel,
    total_words,
)
from wutong.ledgers.project_push.stalled.queries import STALLED, Stalled, said_before
from wutong.registers.organisation.actors import Actor
from wutong.registers.projects.bands import band_label, band_of
from wutong.ui.pages import Action
from wutong.ui.panels import Fact
from wutong.ui.tables import Text


def project_details() -> QuerySet[ProjectPush]:
    return ProjectPush.objects.select_related(
        "case", "project__investor", "project__company", "project__team", "project__merged_into"
    )


declare_timeline(TimelineSource("doubles", also=lives_of_one, case_types=(ProjectPush.case_type,)))


def project_extras(file: CaseFile, actor: Actor, as_of: date) -> DetailExtras:
    project, case = file.detail.project, file.case
    told = told_about(project.pk)
    may_write = may_write_facts(case, actor, file.assignments_open)
    life, known = life_of(file.changes, as_of), known_by(file.changes, as_of)
    page = Page(
        case.number, project, facts_of(told, as_of), as_of, may_write, life.started_on, case.closed_on
    )
    rule_sets = current_and_previous(STALLED, as_of)
    found = stalled_of(case.number, project, file.changes, as_of, rule_sets)
    limits = limits_of(life, rule_sets[0], (known[-1].amount_yuan or 0) if known else 0, as_of)
    panels = [
        nodes_table(page),
        months_table(page),
        photos_panel(page, file.evidence),
        states_panel(file.procedure, known, file.assignments, _calendar(actor), as_of),
    ]
    planned = {"started": project.plan_start_on, "in_production": project.plan_production_on}
    return DetailExtras(
        title=project.name,
        facts=register_facts(file.detail),
        facts_end=end_for(page, _("修改"), "project_facts"),
        lamp=_lamp(found, as_of) if found else None,
        planned={state: day for state, day in planned.items() if day},
        first=[limits_panel(limits, found, file.children, as_of)],
        nodes=chart_nodes(page, file.procedure, file.changes),
        panels=[panel for panel in panels if panel is not None],
        side=[money_panel(page), partners_panel(page), *merged_panels(file.detail, file.related)],
        actions=_actions(page),
        timeline=fact_lines(told),
        children=child_words(file),
        late=late_by_host(limits, file.assignments, life, as_of),
    )


def _calendar(actor: Actor) -> WorkingCalendar:
    """Of a page the stamp came with the account."""
    return working_calendar(getattr(actor.account, "calendar_stamp", None))


def _actions(page: Page) -> list[Action]:
    actions = [Action(_("项目卡片"), address("project_card", page))]
    if page.may_write:
        actions.append(Action(_("记走访"), address("project_visit", page), drawer=True))
    return actions


def register_facts(detail: ProjectPush) -> list[Fact]:
    """What the register knows of a project."""
    project = detail.project
    land = f"{project.land_mu:f}".rstrip("0").rstrip(".") if project.land_mu else ""
    position = ""
    if project.longitude is not None and project.latitude is not None:
        position = f"{project.longitude:.6f}, {project.latitude:.6f}"
    return [
        Fact(_("编号"), project.code),
        Fact(_("投资方"), project.investor.name),
        Fact(_("项目公司"), project.company.name if project.company else ""),
        Fact(_("总投资"), total_words(project), href="#timeline"),
        Fact(_("用地"), _("%(mu)s亩") % {"mu": land} if land else ""),
        Fact(_("建设地点"), project.place, note=position),
        Fact(_("产业组"), project.team.name if project.team else ""),
        Fact(_("规模档"), band_label(band_of(project.total_investment_yuan))),
        Fact(_("建设内容"), project.content, wide=True),
        Fact(_("最新进展"), detail.latest_progress, wide=True),
    ]


def child_words(file: CaseFile) -> dict[int, ChildWords]:
    """Of each problem its class, the day on which it was raised, and what is done about it: as its changes tell."""
    labels = dict(BlockingClass.choices)
    found = {}
    for child in file.children:
        data: dict[str, str] = {}
        for change in file.related[child.pk]:
            data |= change.snapshot.get("data", {})
        kind = labels.get(data.get("blocking_class", ""), "")
        note = _("%(kind)s　%(on)s提出") % {"kind": kind, "on": child.opened_on} if kind else ""
        found[child.pk] = ChildWords(note, data.get("measure", ""))
    return found


def _lamp(item: Stalled, as_of: date) -> Lamp:
    """The lamp with its reason and rule; below it what the edition before would say, where that differs."""
    reason: Text = f"{item.reason()}（{item.rule_words()}）"
    before = said_before(item, as_of)
    if before:
        reason = format_html("{}<br>{}", reason, before)
    return Lamp(item.verdict.colour, COLOUR_WORDS[item.verdict.colour], reason)
