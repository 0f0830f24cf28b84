"""The monthly report of projects (项目投资月报): who owes it, until when, and what it writes.

Source: 项目推进库管理办法 (the zone's own rule): projects report each month by the fifth working day of the next one.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from wutong.base.calendar.services import working_calendar
from wutong.cases.act import act_many
from wutong.cases.history import changes_as_known
from wutong.cases.models import Case
from wutong.cases.rounds.declared import Handed, ReportField, ReportKind, Text, Values
from wutong.cases.rounds.periods import Period
from wutong.cases.steps import Step
from wutong.ledgers.project_push.models import FundSource, MonthReport, ProjectFunds, ProjectPush
from wutong.ledgers.project_push.procedures import EDIT
from wutong.registers.history.services import Fact, record_many
from wutong.registers.organisation.actors import Actor
from wutong.registers.projects.models import Project

REPORTING_STATES = ("signed", "registered", "started", "in_production")
BUILDING = "started"
DUE_WORKDAYS = 5


def projects_owing(period: Period, _on: date) -> Sequence[Case]:
    """Open projects that were signed, registered, started or in production at the end of the month."""
    return list(_at_end_of(period).filter(is_open=True, state_then__in=REPORTING_STATES).order_by("pk"))


def _at_end_of(period: Period) -> QuerySet[Any]:
    """Projects with the state that they had on the last day."""
    last = changes_as_known(period.last_day).filter(case=OuterRef("pk")).order_by("-position")
    cases = Case.objects.filter(case_type=ProjectPush.case_type)
    return cases.annotate(state_then=Subquery(last.values("state_after")[:1]))


def due_on(period: Period) -> date:
    return working_calendar().add_workdays(period.last_day, DUE_WORKDAYS).on


def needed_fields(case_ids: Sequence[int], period: Period) -> Mapping[int, frozenset[str]]:
    """Of a project under construction the progress of the works."""
    building = _at_end_of(period).filter(pk__in=case_ids, state_then=BUILDING)
    return dict.fromkeys(building.values_list("pk", flat=True), frozenset({"progress"}))


def faults(values: Values) -> Mapping[str, Text]:
    """Money that arrived comes from somewhere."""
    arrived, source = values.get("arrived_yuan"), values.get("source")
    if arrived is not None and not source:
        return {"source": _("填了到位资金，请选资金来源")}
    if source and arrived is None:
        return {"arrived_yuan": _("选了资金来源，请填到位资金")}
    return {}


def accept_months(
    period: Period, handed: Sequence[Handed], *, actor: Actor, on: date, now: datetime, reason: str
) -> None:
    """Write the month, the money that arrived, and progress that is new; set by set."""
    pushes = {
        push.case_id: push for push in ProjectPush.objects.filter(case__in=[item.case.pk for item in handed])
    }
    projects = sorted(push.project_id for push in pushes.values())
    # Two people who write the facts of a project wait for each other.
    list(Project.objects.select_for_update().filter(pk__in=projects).order_by("pk"))
    told: dict[str, Any] = {"actor": actor.account, "effective_on": on, "now": now, "reason": reason}
    record_many(_month_facts(period, handed, pushes), **told)
    record_many(_fund_facts(period, handed, pushes), **told)
    act_many(_progress_steps(period, handed, pushes, on), actor=actor, now=now)


def _month_facts(period: Period, handed: Sequence[Handed], pushes: Mapping[int, ProjectPush]) -> list[Fact]:
    projects = [push.project_id for push in pushes.values()]
    known = {
        item.project_id: item
        for item in MonthReport.objects.filter(project__in=projects, year=period.year, month=period.number)
    }
    facts = []
    for item in handed:
        project = pushes[item.case.pk].project_id
        values = {
            "planned_yuan": item.values.get("planned_yuan"),
            "done_yuan": item.values["done_yuan"],
            "progress": item.values.get("progress") or "",
        }
        entry = known.get(project)
        if entry is None:
            key = {"project_id": project, "year": period.year, "month": period.number}
            facts.append(Fact(MonthReport(), key | values))
        elif changed := {name: value for name, value in values.items() if getattr(entry, name) != value}:
            facts.append(Fact(entry, changed))
    return facts


def _fund_facts(period: Period, handed: Sequence[Handed], pushes: Mapping[int, ProjectPush]) -> list[Fact]:
    """The amount goes to its source; a source that the report named before and names no more has nothing."""
    projects = [push.project_id for push in pushes.values()]
    known = {
        (item.project_id, item.source): item
        for item in ProjectFunds.objects.filter(project__in=projects, year=period.year, month=period.number)
    }
    facts = []
    for item in handed:
        project = pushes[item.case.pk].project_id
        source, before = item.values.get("source"), item.before.get("source")
        amounts = {before: 0} if before and before != source else {}
        if source:
            amounts[source] = item.values["arrived_yuan"]
        for code, amount in amounts.items():
            entry = known.get((project, code))
            if entry is None and amount:
                key = {
                    "project_id": project,
                    "year": period.year,
                    "month": period.number,
                    "source": code,
                }
                facts.append(Fact(ProjectFunds(), key | {"arrived_yuan": amount}))
            elif entry is not None and entry.arrived_yuan != amount:
                facts.append(Fact(entry, {"arrived_yuan": amount}))
    return facts


def _progress_steps(
    period: Period, handed: Sequence[Handed], pushes: Mapping[int, ProjectPush], on: date
) -> list[Step]:
    """Progress of today, where the text is new. What is told late of an old month is not the latest any more, and a day
    of the case never lies before its last change."""
    projects = [push.project_id for push in pushes.values()]
    newer = {
        project
        for project, year, month in MonthReport.objects.filter(project__in=projects).values_list(
            "project", "year", "month"
        )
        if (year, month) > (period.year, period.number)
    }
    steps = []
    for item in handed:
        push, text = pushes[item.case.pk], item.values.get("progress")
        if not text or text in (push.latest_progress, item.before.get("progress")):
            continue
        if push.project_id not in newer and item.case.is_open and item.case.changed_on <= on:
            steps.append(Step(item.case, "note_progress", on, data={"latest_progress": text}))
    return steps


PROJECT_MONTH = ReportKind(
    code="project_month",
    label=_("项目投资月报"),
    period="month",
    fields=(
        ReportField("planned_yuan", _("计划完成投资"), "money", "万元"),
        ReportField("done_yuan", _("完成投资"), "money", "万元", required=True),
        ReportField("progress", _("形象进度"), "text"),
        ReportField("arrived_yuan", _("到位资金"), "money", "万元"),
        ReportField("source", _("资金来源"), "choice", choices=tuple(FundSource.choices)),
    ),
    subjects=projects_owing,
    due_on=due_on,
    accept=accept_months,
    needed=needed_fields,
    faults=faults,
    roles=EDIT.roles,
)
