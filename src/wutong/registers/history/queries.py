"""Facts as they were: `as_of` is the day in the world, `known_at` the moment of knowledge."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from wutong.registers.history.models import RegisterChange


def changes_of(
    entry_kind: str, *, as_of: date | None = None, known_at: datetime | None = None
) -> QuerySet[RegisterChange]:
    changes = RegisterChange.objects.filter(entry_kind=entry_kind)
    if as_of is not None:
        changes = changes.filter(effective_on__lte=as_of)
    if known_at is not None:
        changes = changes.filter(recorded_at__lte=known_at)
    return changes


def facts_at(
    entry_kind: str,
    name: str,
    *,
    entries: QuerySet[Any],
    as_of: date,
    known_at: datetime | None = None,
) -> dict[int, Any]:
    """The value of one fact of many entries: of the latest effective day, of the latest record of that day.

    `entries` is a queryset of entry ids (a subquery), so that the question stays one query.
    """
    rows = (
        changes_of(entry_kind, as_of=as_of, known_at=known_at)
        .filter(entry_id__in=entries, snapshot__has_key=name)
        .order_by("effective_on", "seq")
        .values_list("entry_id", f"snapshot__{name}")
    )
    return dict(rows)


def last_changes(kind: str, entries: Iterable[int]) -> dict[int, RegisterChange]:
    """The latest change of each of some entries of one kind, with who made it. One query."""
    changes = RegisterChange.objects.filter(entry_kind=kind, entry_id__in=list(entries))
    return {change.entry_id: change for change in changes.select_related("actor").order_by("seq")}
