"""Two entries that are one project: the double's facts go to the entry that stays, and back again.

Facts are register entries with a foreign key to Project (nodes, plans, monthly reports, funds, participants, papers).
What would be there twice with the entry that stays (the same node, the same month) stays with the double and is named
before the merge. What happened once and never changes (visits) stays where it was written.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.utils.translation import gettext as _

from wutong.base.accounts.models import Account
from wutong.base.errors import Refused
from wutong.registers.history.models import RegisterEntry
from wutong.registers.history.services import Fact, record, record_many
from wutong.registers.projects.distinct import standing_distinct
from wutong.registers.projects.models import Project, ProjectMerge


@dataclass(frozen=True)
class ProjectLoad:
    """Facts of one kind that hang on a project. `kept_back` would be there twice with the entry that stays."""

    model: type[RegisterEntry]
    column: str
    keys: list[int]
    kept_back: list[int]

    @property
    def label(self) -> Any:
        return self.model._meta.verbose_name


def fact_columns() -> list[tuple[type[RegisterEntry], str]]:
    """Every kind of fact with its foreign key to Project. What points from one project to another is no fact."""
    return [
        (relation.related_model, relation.field.name)
        for relation in Project._meta.related_objects
        if isinstance(relation.field, models.ForeignKey)
        and not relation.field.unique
        and issubclass(relation.related_model, RegisterEntry)
        and relation.related_model not in (Project, ProjectMerge)
    ]


def loads(double: Project, kept: Project) -> Iterator[ProjectLoad]:
    """Everything that hangs on the double, kind by kind."""
    for model, column in fact_columns():
        keys = list(
            model._default_manager.filter(**{column: double}).order_by("pk").values_list("pk", flat=True)
        )
        if keys:
            back = _doubled(model, column, double, kept)
            yield ProjectLoad(model, column, [key for key in keys if key not in back], sorted(back))


def _doubled(model: type[RegisterEntry], column: str, double: Project, kept: Project) -> set[int]:
    """Facts of the double that a unique constraint would refuse beside one of the entry that stays."""
    found: set[int] = set()
    for constraint in model._meta.constraints:
        if not isinstance(constraint, models.UniqueConstraint) or column not in constraint.fields:
            continue
        others = [name for name in constraint.fields if name != column]
        rows = model._default_manager.all()
        if constraint.condition is not None:
            rows = rows.filter(constraint.condition)
        there = set(rows.filter(**{column: kept}).values_list(*others)) if others else set()
        mine = rows.filter(**{column: double}).values_list("pk", *others)
        found |= {row[0] for row in mine if tuple(row[1:]) in there}
    return found


@transaction.atomic
def record_merge(
    kept: Project, double: Project, *, reason: str, actor: Account | None, on: date, now: datetime
) -> ProjectMerge:
    """Move the double's facts to `kept` and leave the double pointing there; the lives of the two are not touched here.

    Raises Refused for one entry twice, for an entry that was merged before and for two that were told apart.
    """
    if kept.pk == double.pk:
        raise Refused(_("请选两个不同的项目。"))
    rows = Project.objects.select_for_update().filter(pk__in=[kept.pk, double.pk]).order_by("pk")
    locked = {row.pk: row for row in rows}
    for row in locked.values():
        if row.merged_into_id is not None:
            raise Refused(_("“%(name)s”已并入另一个项目，不能再合并。") % {"name": row})
    kept, double = locked[kept.pk], locked[double.pk]
    if standing_distinct(kept, double) is not None:
        raise Refused(
            _("“%(double)s”和“%(kept)s”已认定不是同一项目，请先撤销认定再合并。")
            % {"double": double, "kept": kept}
        )
    told: dict[str, Any] = {"actor": actor, "effective_on": on, "now": now, "verb": "merge", "reason": reason}
    moved = []
    for load in list(loads(double, kept)):
        entries = load.model._default_manager.select_for_update().filter(pk__in=load.keys).order_by("pk")
        record_many([Fact(entry, {load.column: kept}) for entry in entries], **told)
        moved += [[load.model._meta.label_lower, key] for key in load.keys]
    record(double, {"merged_into": kept}, **told)
    return record(ProjectMerge(), {"kept": kept, "double": double, "moved": moved}, **told)


@transaction.atomic
def record_unmerge(
    merge: ProjectMerge, *, reason: str, actor: Account | None, on: date, now: datetime
) -> ProjectMerge:
    """The facts go back to where they were.

    Raises Refused when the merge was taken back before, when the entry that stayed was merged away itself since, and
    when a fact that went along hangs on another project by now; these are counted and named by kind.
    """
    merge = ProjectMerge.objects.select_for_update().get(pk=merge.pk)
    if merge.is_undone:
        raise Refused(_("这次合并已经撤销过。"))
    rows = Project.objects.select_for_update().filter(pk__in=[merge.kept_id, merge.double_id]).order_by("pk")
    locked = {row.pk: row for row in rows}
    kept, double = locked[merge.kept_id], locked[merge.double_id]
    if kept.merged_into_id is not None:
        raise Refused(_("“%(kept)s”后来又并入了别的项目，请先撤销那一次。") % {"kept": kept})
    groups: dict[str, list[int]] = defaultdict(list)
    for label, key in merge.moved:
        groups[label].append(key)
    columns = {model._meta.label_lower: (model, column) for model, column in fact_columns()}
    told: dict[str, Any] = {
        "actor": actor,
        "effective_on": on,
        "now": now,
        "verb": "unmerge",
        "reason": reason,
    }
    for label, keys in groups.items():
        model, column = columns[label] if label in columns else (apps.get_model(label), "project")
        entries = list(model._default_manager.select_for_update().filter(pk__in=keys).order_by("pk"))
        away = sum(getattr(entry, f"{column}_id") != kept.pk for entry in entries)
        if away:
            raise Refused(
                _("合并之后有%(count)s条“%(kind)s”又改到了别的项目名下，不能整批撤销；请先把它们改回来。")
                % {"count": away, "kind": model._meta.verbose_name}
            )
        record_many([Fact(entry, {column: double}) for entry in entries], **told)
    record(double, {"merged_into": None}, **told)
    return record(merge, {"is_undone": True}, **told)
