"""Two entries that are one firm: the double's rows of every ledger go to the entry that stays, and back again."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.utils.translation import gettext as _

from wutong.base.accounts.rights import known_right
from wutong.base.errors import NotAllowed, Refused
from wutong.registers.enterprises.carriers import STAYS, Carry, Move, carriers
from wutong.registers.enterprises.models import Enterprise, Merge
from wutong.registers.history.services import record, snapshot_value
from wutong.registers.organisation.actors import Actor

RIGHT = "enterprises.merge"
FILLED = (
    "code",
    "registered_on",
    "address",
    "real_address",
    "place",
    "industry_code",
    "business",
    "capital_yuan",
    "group_name",
)
"""What the entry that stays takes over where it has nothing itself."""


@dataclass(frozen=True)
class Load:
    """Rows of one column that hang on a firm. `kept_back` would be there twice with the entry that stays."""

    model: type[models.Model]
    column: str
    keys: list[int]
    kept_back: list[int]

    @property
    def label(self) -> Any:
        return self.model._meta.verbose_name


def loads(double: Enterprise, kept: Enterprise) -> Iterator[Load]:
    """Everything that hangs on the double, column by column."""
    for (label, column), carry in carriers().items():
        if carry is STAYS:
            continue
        model = apps.get_model(label)
        rows = model._default_manager.filter(**{column: double}).order_by("pk")
        keys = list(rows.values_list("pk", flat=True))
        if keys:
            back = _doubled(model, column, double, kept)
            yield Load(model, column, [key for key in keys if key not in back], sorted(back))


def _doubled(model: type[models.Model], column: str, double: Enterprise, kept: Enterprise) -> set[int]:
    """Rows of the double that a unique constraint would refuse beside a row of the entry that stays."""
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
def merge_enterprises(
    kept: Enterprise, double: Enterprise, *, reason: str, actor: Actor, on: date, now: datetime
) -> Merge:
    """Move all that hangs on `double` to `kept`, fill what `kept` lacks, and leave `double` pointing there.

    Raises Refused for one entry twice, for an entry that was merged before, for two firms with different codes (they
    are two legal persons, however alike their names), and for a double that is above the other one as its parent.
    """
    _require_right(actor)
    kept, double = _locked(kept, double)
    if not reason.strip():
        raise Refused(_("请写明理由。"), fields={"reason": _("请写明理由")})
    if kept.code and double.code:
        raise Refused(
            _("“%(a)s”和“%(b)s”各有统一社会信用代码，是两家法人，不能合并。") % {"a": kept, "b": double}
        )
    moved = []
    move = Move(kept, actor, on, now, _("“%(double)s”并入“%(kept)s”：%(reason)s") % {
        "double": double, "kept": kept, "reason": reason.strip()})  # fmt: skip
    for load in list(loads(double, kept)):
        keys = [key for key in load.keys if (load.model, key) != (Enterprise, kept.pk)]
        _carrier(load.model._meta.label_lower, load.column)(keys, move)
        moved += [[load.model._meta.label_lower, load.column, key] for key in keys]
    kept.refresh_from_db()
    filled = {
        name: getattr(double, name) for name in FILLED if getattr(double, name) and not getattr(kept, name)
    }
    write = partial(record, actor=actor.account, effective_on=on, now=now, verb="merge", reason=move.reason)
    away: dict[str, Any] = {"merged_into": kept}
    if "code" in filled:
        away["code"] = None
    if double.is_disclosed and not kept.is_disclosed:
        filled["is_disclosed"] = True
    before = {name: snapshot_value(kept, name) for name in filled}
    write(double, away)
    if filled:
        write(kept, filled)
    after = {name: snapshot_value(kept, name) for name in filled}
    facts = {"kept": kept, "double": double, "moved": moved, "filled": {"before": before, "after": after}}
    return write(Merge(), facts)


@transaction.atomic
def undo_merge(merge: Merge, *, reason: str, actor: Actor, on: date, now: datetime) -> Merge:
    """Everything goes back to where it was.

    Raises Refused when the merge was taken back before, when the entry that stayed was merged away itself since, and
    when a row that went along hangs on another firm by now; the rows are counted and named by kind.
    """
    _require_right(actor)
    merge = Merge.objects.select_for_update().select_related("kept", "double").get(pk=merge.pk)
    if merge.is_undone:
        raise Refused(_("这次合并已经撤销过。"))
    if not reason.strip():
        raise Refused(_("请写明理由。"), fields={"reason": _("请写明理由")})
    kept = Enterprise.objects.select_for_update().get(pk=merge.kept_id)
    double = Enterprise.objects.select_for_update().get(pk=merge.double_id)
    if kept.merged_into_id is not None:
        raise Refused(_("“%(kept)s”后来又并入了别的企业，请先撤销那一次。") % {"kept": kept})
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for label, column, key in merge.moved:
        groups[label, column].append(key)
    _refuse_rows_elsewhere(groups, kept)
    move = Move(double, actor, on, now, _("撤销合并：%(reason)s") % {"reason": reason.strip()}, is_back=True)
    for (label, column), keys in groups.items():
        _carrier(label, column)(keys, move)
    write = partial(record, actor=actor.account, effective_on=on, now=now, verb="unmerge", reason=move.reason)
    kept.refresh_from_db()
    given_back = _given_back(merge, kept)
    if given_back:
        write(kept, given_back)
    back: dict[str, Any] = {"merged_into": None}
    if "code" in merge.filled["after"]:
        back["code"] = merge.filled["after"]["code"] if "code" in given_back else None
    double.refresh_from_db()
    write(double, back)
    return write(merge, {"is_undone": True})


def _given_back(merge: Merge, kept: Enterprise) -> dict[str, Any]:
    """What the merge filled in and nobody changed since, as it was before."""
    columns: dict[str, Any] = {}
    for name, before in merge.filled["before"].items():
        if snapshot_value(kept, name) == merge.filled["after"][name]:
            field = Enterprise._meta.get_field(name)
            columns[name] = field.to_python(before)  # type: ignore[union-attr]
    return columns


def _refuse_rows_elsewhere(groups: dict[tuple[str, str], list[int]], kept: Enterprise) -> None:
    for (label, column), keys in groups.items():
        model = apps.get_model(label)
        there = model._default_manager.filter(pk__in=keys, **{column: kept}).count()
        if there != len(keys):
            raise Refused(
                _("合并之后有%(count)s条“%(kind)s”又改到了别的企业名下，不能整批撤销；请先把它们改回来。")
                % {"count": len(keys) - there, "kind": model._meta.verbose_name}
            )


def _carrier(label: str, column: str) -> Carry:
    return carriers()[label, column]


def _locked(kept: Enterprise, double: Enterprise) -> tuple[Enterprise, Enterprise]:
    if kept.pk == double.pk:
        raise Refused(_("请选两家不同的企业。"))
    rows = Enterprise.objects.select_for_update().filter(pk__in=sorted([kept.pk, double.pk])).order_by("pk")
    locked = {row.pk: row for row in rows}
    for row in locked.values():
        if row.merged_into_id is not None:
            raise Refused(_("“%(name)s”已并入另一家企业，不能再合并。") % {"name": row})
    if locked[kept.pk].parent_id == double.pk:
        raise Refused(
            _("“%(double)s”登记为“%(kept)s”的母公司，不会是同一家。") % {"double": double, "kept": kept}
        )
    return locked[kept.pk], locked[double.pk]


def _require_right(actor: Actor) -> None:
    if not (actor.is_system or actor.has(RIGHT)):
        raise NotAllowed(_("您没有“%(right)s”的权限。") % {"right": known_right(RIGHT).label})
