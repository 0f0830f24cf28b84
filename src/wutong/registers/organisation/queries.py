"""Reads of the organisation on a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from wutong.registers.history.intervals import holds_on, valid_on
from wutong.registers.history.models import RegisterChange
from wutong.registers.history.queries import changes_of, facts_at
from wutong.registers.organisation.models import Official, Unit


@dataclass(frozen=True)
class Named:
    """What something was called from a day to the day before `to_on` (None: still)."""

    name: str
    from_on: date
    to_on: date | None


def units_on(on: date) -> QuerySet[Unit]:
    """Units that existed on a day."""
    return Unit.objects.filter(valid_on(on))


def officials_on(on: date) -> QuerySet[Official]:
    """Who was in office on a day."""
    return Official.objects.filter(holds_on(on))


def unit_name_at(unit: Unit, on: date) -> str:
    """What a unit was called on a day; empty before it existed. One query."""
    return str(_facts_of([unit.pk], "name", on).get(unit.pk, ""))


def unit_facts_at(units: Iterable[int], name: str, on: date) -> dict[int, object]:
    """One fact of many units on a day, one query."""
    return dict(_facts_of(list(units), name, on))


def _facts_of(keys: list[int], name: str, on: date) -> dict[int, object]:
    return facts_at("unit", name, entries=Unit.objects.filter(pk__in=keys).values("pk"), as_of=on)


def unit_names(unit: Unit) -> list[Named]:
    """All names of a unit with their time, oldest first."""
    rows = (
        changes_of("unit")
        .filter(entry_id=unit.pk, snapshot__has_key="name")
        .order_by("effective_on", "seq")
        .values_list("effective_on", "snapshot__name")
    )
    starts: list[tuple[date, str]] = []
    for on, name in rows:
        if starts and starts[-1][0] == on:
            starts.pop()
        if not starts or starts[-1][1] != name:
            starts.append((on, name))
    ends = [on for on, _name in starts[1:]] + [unit.valid_to]
    return [Named(name, on, end) for (on, name), end in zip(starts, ends, strict=True)]


def last_effective(unit: Unit, name: str) -> date | None:
    """The latest day from which a fact of a unit holds."""
    return (
        RegisterChange.objects.filter(entry_kind="unit", entry_id=unit.pk, snapshot__has_key=name)
        .order_by("-effective_on")
        .values_list("effective_on", flat=True)
        .first()
    )
