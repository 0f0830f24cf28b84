"""Beside the page of a project: the entries that were merged into it, or the one that it was merged into."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from wutong.cases.models import Case, Change
from wutong.ledgerkit.policy import visible_cases
from wutong.ledgers.project_push.models import ProjectPush
from wutong.registers.organisation.actors import Actor
from wutong.registers.projects.models import Project
from wutong.ui.panels import ListItem, ListPanel


def visible_projects(actor: Actor) -> QuerySet[Project]:
    """Projects whose life the actor may see."""
    return Project.objects.filter(push__case__in=visible_cases(actor, ProjectPush.case_type))


def lives_of_one(case: Case, actor: Actor) -> QuerySet[Case]:
    """The lives of the doubles of a project with their open problems, and the life that a double was merged into, as
    far as the actor may see them: one project, one timeline."""
    doubles = ProjectPush.objects.filter(project__merged_into__push__case=case).values("case_id")
    kept = ProjectPush.objects.filter(project__doubles__push__case=case).values("case_id")
    problems = Case.objects.filter(parent__in=doubles, is_open=True).values("pk")
    return visible_cases(actor).filter(pk__in=doubles.union(kept, problems, all=True))


def merged_panels(detail: ProjectPush, related: Mapping[int, Sequence[Change]]) -> Sequence[ListPanel]:
    """Beside the page of a project: into which one it was merged, and which doubles are part of it, with their open
    problems. `related` are the changes that the page has read along: no query."""
    kept = detail.project.merged_into
    cases = [changes[0].case for changes in related.values()]
    lives = [case for case in cases if case.case_type == ProjectPush.case_type]
    items = []
    for life in sorted(lives, key=lambda case: case.pk):
        is_kept = kept is not None and life.number == kept.code
        items.append(
            ListItem(
                life.title,
                href=reverse("case_detail", args=["projects", life.number]),
                side=_("保留的项目") if is_kept else _("已并入本项目"),
                note=life.number,
            )
        )
        problems = [case for case in cases if case.parent_id == life.pk and case.is_open]
        items += [
            ListItem(
                problem.title,
                href=reverse("case_detail", args=["rectifications", problem.number]),
                side=_("未销号"),
                note=_("时限%(due)s") % {"due": problem.due_on or "—"},
            )
            for problem in sorted(problems, key=lambda case: (case.due_on or date.max, case.pk))
        ]
    return [ListPanel(title=_("登记了两次的项目"), id="doubles", items=items)] if items else []
