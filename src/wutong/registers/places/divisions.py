"""Writes of the administrative divisions: rows of a code list, and which code took whose place."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction
from django.utils.translation import gettext as _

from wutong.base.errors import Refused
from wutong.registers.places.codes import level_of, parent_code
from wutong.registers.places.models import Division, DivisionLevel

SEED = Path(__file__).parent / "seeds" / "successors.yaml"
BLOCK = 900  # SQLite takes 999 values in one question on old builds


@dataclass(frozen=True)
class DivisionRow:
    """One row of a code list; the code is bare (`codes.bare_code`)."""

    code: str
    name: str


@dataclass
class Entered:
    """How many rows were new, changed, unchanged."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0


@transaction.atomic
def enter_divisions(rows: Sequence[DivisionRow]) -> Entered:
    """Write rows with different codes, level by level. A row whose parent is not there yet is kept without one."""
    counts = Entered()
    by_length: dict[int, list[DivisionRow]] = {}
    for row in rows:
        by_length.setdefault(len(row.code), []).append(row)
    for length in sorted(by_length):
        for start in range(0, len(by_length[length]), BLOCK):
            _enter_block(by_length[length][start : start + BLOCK], counts)
    return counts


def _enter_block(rows: Sequence[DivisionRow], counts: Entered) -> None:
    known = Division.objects.only("code", "name", "parent_id").in_bulk(
        [row.code for row in rows], field_name="code"
    )
    parents = _keys_of({parent_code(row.code) for row in rows})
    new, changed = [], []
    for row in rows:
        division = known.get(row.code)
        parent = parents.get(parent_code(row.code))
        if division is None:
            new.append(Division(code=row.code, name=row.name, level=level_of(row.code), parent_id=parent))
        elif division.name != row.name or (division.parent_id is None and parent is not None):
            division.name = row.name
            division.parent_id = parent
            changed.append(division)
    Division.objects.bulk_create(new, batch_size=500)
    Division.objects.bulk_update(changed, ["name", "parent"], batch_size=200)
    counts.new += len(new)
    counts.changed += len(changed)
    counts.unchanged += len(rows) - len(new) - len(changed)


def _keys_of(codes: Iterable[str]) -> dict[str, int]:
    return dict(Division.objects.filter(code__in=list(codes)).values_list("code", "pk"))


@transaction.atomic
def link_orphans() -> dict[str, int]:
    """Give rows that came before their parent the parent. Returns the codes of parents that are still missing, each
    with the number of rows that wait for it. What was replaced is not counted: its parent may be gone as well."""
    orphans = Division.objects.filter(parent__isnull=True).exclude(level=DivisionLevel.PROVINCE)
    missing: dict[str, int] = {}
    waiting = list(orphans.order_by("code").only("code", "valid_to"))
    for start in range(0, len(waiting), BLOCK):
        block = waiting[start : start + BLOCK]
        parents = _keys_of({parent_code(division.code) for division in block})
        for division in block:
            code = parent_code(division.code)
            division.parent_id = parents.get(code)
            if division.parent_id is None and division.valid_to is None:
                missing[code] = missing.get(code, 0) + 1
        found = [division for division in block if division.parent_id is not None]
        Division.objects.bulk_update(found, ["parent"], batch_size=200)
    return missing


@transaction.atomic
def replace_division(old: Division, new: Division, *, on: date, note: str) -> None:
    """From a day on the old code means the new division. Refuses a circle."""
    seen = new
    while True:
        if seen.pk == old.pk:
            raise Refused(
                _("“%(old)s”（%(old_code)s）和“%(new)s”（%(new_code)s）不能互为后继。")
                % {"old": old.name, "old_code": old.code, "new": new.name, "new_code": new.code}
            )
        if seen.successor is None:
            break
        seen = seen.successor
    old.valid_to, old.successor, old.note = on, new, note
    old.save(update_fields=["valid_to", "successor", "note"])
    if new.valid_from is None:
        new.valid_from, new.note = on, note
        new.save(update_fields=["valid_from", "note"])


@transaction.atomic
def load_successors() -> int:
    """Enter the shipped changes of codes, with the divisions that they name; what an office has entered itself stays.
    Returns how many changes were new. A code list may be loaded before or after."""
    count = 0
    for told in yaml.safe_load(SEED.read_text(encoding="utf-8")):
        old, new = _named(told["old"]), _named(told["new"])
        if old.successor_id is None and old.valid_to is None:
            replace_division(old, new, on=told["valid_from"], note=told["note"])
            count += 1
    if count:
        link_orphans()
    return count


def _named(told: Mapping[str, Any]) -> Division:
    code = told["code"]
    division, _created = Division.objects.get_or_create(
        code=code, defaults={"name": told["name"], "level": level_of(code)}
    )
    return division
