"""The investment of many projects at once: three queries, however many there are."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from django.db.models import OuterRef, Subquery

from wutong.cases.history import changes_as_known
from wutong.ledgers.project_push.models import MonthReport, YearPlan
from wutong.ledgers.project_push.reports.investment import Investment, MonthFigures, investment_as_of
from wutong.registers.projects.models import Project


def investment_of(project_ids: Sequence[int], as_of: date) -> Mapping[int, Investment]:
    """The investment of projects by their keys, as of a day, from the reports as they stand now. Whoever asks has
    narrowed the keys to projects that the reader may see."""
    months: dict[int, list[MonthFigures]] = defaultdict(list)
    reports = MonthReport.objects.filter(project__in=project_ids, year__lte=as_of.year)
    for project, year, month, done, planned in reports.values_list(
        "project", "year", "month", "done_yuan", "planned_yuan"
    ):
        months[project].append(MonthFigures((year, month), done, planned))
    plans = dict(
        YearPlan.objects.filter(project__in=project_ids, year=as_of.year).values_list(
            "project", "planned_yuan"
        )
    )
    started = (
        changes_as_known(as_of)
        .filter(case=OuterRef("push__case"), state_after="started")
        .exclude(state_before="started")
        .order_by("effective_on")
    )
    lives = Project.objects.filter(pk__in=project_ids).annotate(
        started_on=Subquery(started.values("effective_on")[:1])
    )
    return {
        pk: investment_as_of(
            months[pk],
            as_of,
            total_yuan=total,
            year_plan_yuan=plans.get(pk),
            started_on=started_on,
            ended_on=ended_on,
        )
        for pk, total, started_on, ended_on in lives.values_list(
            "pk", "total_investment_yuan", "started_on", "push__case__closed_on"
        )
    }
