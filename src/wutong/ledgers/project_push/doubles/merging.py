"""A project that was entered twice: its life and its facts are merged into the entry that stays, and taken apart
again. A count that was published does not change; a later one counts the project once."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from wutong.base.errors import Refused
from wutong.cases.act import act
from wutong.cases.models import Case, Change
from wutong.ledgers.project_push.counting.rules import STATUSES
from wutong.ledgers.project_push.models import ProjectPush
from wutong.ledgers.project_push.procedures import PROJECT_LIFE
from wutong.registers.organisation.actors import Actor
from wutong.registers.projects.merging import record_merge, record_unmerge
from wutong.registers.projects.models import Project, ProjectMerge


@transaction.atomic
def merge_projects(
    kept: Case, double: Case, *, reason: str, actor: Actor, on: date, now: datetime
) -> ProjectMerge:
    """Close the life of the double as merged into the kept one and move its facts there. Its open rectifications go
    on below it. Both cases are lives of projects that the actor may see.

    Raises Refused when the double got further than the one that stays (a signing or a start would be lost to every
    count), and whatever the engine and the register refuse.
    """
    if kept.pk == double.pk:
        raise Refused(_("请选两个不同的项目。"))
    projects = _projects(kept, double)
    ours, theirs = furthest(kept), furthest(double)
    if theirs > ours:
        state = PROJECT_LIFE.state(STATUSES[theirs]).label
        raise Refused(
            _("“%(double)s”已经%(state)s，“%(kept)s”还没有：请保留走得更远的那个。")
            % {"double": projects[double.pk], "kept": projects[kept.pk], "state": state}
        )
    words = _("“%(double)s”并入“%(kept)s”：%(reason)s") % {
        "double": double.number,
        "kept": kept.number,
        "reason": reason.strip(),
    }
    # Asked first: who may not merge gets no further, and an empty reason is refused there.
    act(double, "merge_into", actor=actor, now=now, effective_on=on, reason=words if reason.strip() else "")
    return record_merge(
        projects[kept.pk], projects[double.pk], reason=words, actor=actor.account, on=on, now=now
    )


@transaction.atomic
def undo_merge(merge: ProjectMerge, *, reason: str, actor: Actor, on: date, now: datetime) -> ProjectMerge:
    """The double stands for itself again, in the state that it was merged in, with the facts that went along.

    Raises Refused when it was taken back before, or when facts have gone elsewhere since.
    """
    double = Case.objects.get(
        pk=ProjectPush.objects.values("case_id").get(project=merge.double_id)["case_id"]
    )
    act(double, "unmerge", actor=actor, now=now, effective_on=on, reason=reason)
    return record_unmerge(merge, reason=reason.strip(), actor=actor.account, on=on, now=now)


def merge_of(double: Project) -> ProjectMerge | None:
    """The merge by which a project is a double now."""
    found = ProjectMerge.objects.filter(double=double, is_undone=False).select_related("kept", "double")
    return found.order_by("-pk").first()


def furthest(case: Case) -> int:
    """How far along the way a life ever came, as a place in STATUSES; -1 before signing."""
    states = set(Change.objects.filter(case=case).values_list("state_after", flat=True))
    return max((index for index, state in enumerate(STATUSES) if state in states), default=-1)


def _projects(*cases: Case) -> dict[int, Project]:
    rows = ProjectPush.objects.filter(case__in=[case.pk for case in cases]).select_related("project")
    return {row.case_id: row.project for row in rows}
