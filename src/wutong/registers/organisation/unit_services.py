"""Writes of units: another name, another place in the tree, many at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from wutong.base.accounts.models import Account
from wutong.base.errors import Refused
from wutong.registers.history.services import Fact, record, record_many
from wutong.registers.organisation.days import require_not_before, require_not_future
from wutong.registers.organisation.models import Unit
from wutong.registers.organisation.queries import last_effective


@dataclass(frozen=True)
class UnitRow:
    """A unit of a list: `parent_code` empty for the root."""

    code: str
    name: str
    kind: str
    parent_code: str = ""


@transaction.atomic
def rename_unit(
    unit: Unit, *, name: str, actor: Account | None, on: date, now: datetime, reason: str = ""
) -> Unit:
    """Another name from a day on. The old one stays with its time."""
    require_open(unit)
    require_not_future(on, now)
    _require_in_order(unit, "name", on, _("上一次更名"))
    if name.strip() == unit.name:
        raise Refused(_("新名称与现在的名称相同。"), fields={"name": _("请填新的名称")})
    return record(
        unit, {"name": name.strip()}, actor=actor, effective_on=on, now=now, verb="rename", reason=reason
    )


@transaction.atomic
def move_unit(
    unit: Unit, *, parent: Unit, actor: Account | None, on: date, now: datetime, reason: str = ""
) -> Unit:
    """Another parent from a day on. Paths of all units below are written anew in the same transaction."""
    _lock_tree()
    unit.refresh_from_db()
    parent.refresh_from_db()
    require_open(unit)
    require_open(parent)
    require_not_future(on, now)
    _require_in_order(unit, "parent", on, _("上一次调整隶属"))
    if parent.path.startswith(unit.path):
        raise Refused(
            _("%(parent)s在%(unit)s下面，不能成为它的上级。") % {"parent": parent.name, "unit": unit.name},
            fields={"parent": _("请选另一个上级单位")},
        )
    old_path = unit.path
    record(unit, {"parent": parent}, actor=actor, effective_on=on, now=now, verb="move", reason=reason)
    rewrite_paths(old_path, f"{parent.path}{unit.pk}/", actor=actor, on=on, now=now)
    unit.refresh_from_db()
    return unit


def rewrite_paths(old: str, new: str, *, actor: Account | None, on: date, now: datetime) -> None:
    """Every path that begins with `old` begins with `new`. The caller holds the lock of the tree."""
    below = list(Unit.objects.filter(path__startswith=old).order_by("pk"))
    facts = [Fact(item, {"path": new + item.path.removeprefix(old)}) for item in below]
    record_many(facts, actor=actor, effective_on=on, now=now, verb="move")


def _lock_tree() -> None:
    """Two moves at once could make a circle; the tree is small and moved rarely."""
    list(Unit.objects.select_for_update().order_by("pk").values_list("pk", flat=True))


def lock_units() -> None:
    """For acts on units that are written above the registers."""
    _lock_tree()


def require_open(unit: Unit) -> None:
    """Raises Refused for a unit that has ended."""
    if unit.valid_to is not None:
        raise Refused(_("%(unit)s已于%(on)s撤销。") % {"unit": unit.name, "on": unit.valid_to})


def _require_in_order(unit: Unit, fact: str, on: date, what: str) -> None:
    last = last_effective(unit, fact)
    if last is not None:
        require_not_before(on, last, what if last > unit.valid_from else _("设立日期"))


@transaction.atomic
def open_units(rows: Sequence[UnitRow], *, actor: Account | None, on: date, now: datetime) -> list[Unit]:
    """Many units in any order, parents among them or known before. The number of queries grows with the depth of
    the tree, not with its size. Raises Refused and names every code that is wrong."""
    by_code = {row.code: row for row in rows}
    known = {unit.code: unit for unit in Unit.objects.filter(code__in=_codes(rows))}
    _require_sound(rows, by_code, known)
    made: dict[str, Unit] = {}
    waiting = list(rows)
    while waiting:
        ready = [row for row in waiting if not row.parent_code or row.parent_code in {**known, **made}]
        if not ready:
            raise Refused(
                _("这些单位互为上级：%(codes)s。") % {"codes": "、".join(row.code for row in waiting)}
            )
        units = [Unit() for _row in ready]
        facts = []
        for unit, row in zip(units, ready, strict=True):
            parent = made.get(row.parent_code) or known.get(row.parent_code)
            values = {
                "code": row.code,
                "name": row.name,
                "kind": row.kind,
                "parent": parent,
                "valid_from": on,
            }
            facts.append(Fact(unit, values))
        record_many(facts, actor=actor, effective_on=on, now=now, verb="open")
        for unit in units:
            unit.path = f"{unit.parent.path if unit.parent else '/'}{unit.pk}/"
            made[unit.code] = unit
        taken = {row.code for row in ready}
        waiting = [row for row in waiting if row.code not in taken]
    paths = [Fact(unit, {"path": unit.path}) for unit in made.values()]
    record_many(paths, actor=actor, effective_on=on, now=now)
    return [made[row.code] for row in rows]


def _codes(rows: Sequence[UnitRow]) -> set[str]:
    return {row.code for row in rows} | {row.parent_code for row in rows if row.parent_code}


def _require_sound(rows: Sequence[UnitRow], by_code: dict[str, UnitRow], known: dict[str, Unit]) -> None:
    codes = [row.code for row in rows]
    doubled = sorted({code for code in codes if codes.count(code) > 1} | (by_code.keys() & known.keys()))
    if doubled:
        raise Refused(_("单位编码重复或已登记：%(codes)s。") % {"codes": "、".join(doubled)})
    lost = sorted(_codes(rows) - by_code.keys() - known.keys())
    if lost:
        raise Refused(_("没有编码为%(codes)s的上级单位。") % {"codes": "、".join(lost)})
    ended = sorted(unit.code for unit in known.values() if unit.valid_to is not None)
    if ended:
        raise Refused(_("上级单位已撤销：%(codes)s。") % {"codes": "、".join(ended)})
