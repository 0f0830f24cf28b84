"""Beside the page of a project: the entries that were merged into it, or the one that it was merged into."""

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from wutong.cases.models import Case
from wutong.ledgerkit.policy import visible_cases
from wutong.ledgers.project_push.models import ProjectPush
from wutong.registers.organisation.actors import Actor
from wutong.registers.projects.models import Project
from wutong.ui.panels import ListItem, ListPanel


def visible_projects(actor: Actor) -> QuerySet[Project]:
    """Projects whose life the actor may see."""
    return Project.objects.filter(push__case__in=visible_cases(actor, ProjectPush.case_type))


def told_of_doubles(details: QuerySet[ProjectPush]) -> QuerySet[ProjectPush]:
    """The same rows, each with whether another project was merged into it: the usual project takes no query more."""
    return details.annotate(has_doubles=Exists(Project.objects.filter(merged_into=OuterRef("project"))))


def merged_panels(detail: ProjectPush, actor: Actor) -> Sequence[ListPanel]:
    """Beside the page of a project (a row of `told_of_doubles`): into which one it was merged, and which doubles are
    part of it, with their open problems. Nothing, and without a query, for the usual project; else two queries."""
    project = detail.project
    if project.merged_into_id is None and not getattr(detail, "has_doubles", False):
        return []
    related = Q(merged_into=project.pk)
    if project.merged_into_id is not None:
        related |= Q(pk=project.merged_into_id)
    others = list(visible_projects(actor).filter(related).select_related("push__case").order_by("pk"))
    if not others:
        return []
    open_problems: dict[int, list[Case]] = defaultdict(list)
    below = Case.objects.filter(parent__in=[item.push.case_id for item in others], is_open=True)
    for child in below.order_by("due_on", "pk"):
        open_problems[child.parent_id or 0].append(child)
    items = []
    for other in others:
        is_kept = other.pk == project.merged_into_id
        items.append(
            ListItem(
                other.name,
                href=reverse("case_detail", args=["projects", other.code]),
                side=_("保留的项目") if is_kept else _("已并入本项目"),
                note=other.code,
            )
        )
        if not is_kept:
            items += [
                ListItem(
                    child.title,
                    href=reverse("case_detail", args=["rectifications", child.number]),
                    side=_("未销号"),
                    note=_("时限%(due)s") % {"due": child.due_on or "—"},
                )
                for child in open_problems[other.push.case_id]
            ]
    return [ListPanel(title=_("登记了两次的项目"), id="doubles", items=items)]
