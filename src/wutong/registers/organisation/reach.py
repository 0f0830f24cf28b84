"""How far an official's eyes and hands reach beyond what is held in person: one query for all of it.

Registers above the organisation add their own sources (which firms and chains somebody leads), so that the reach of an
actor stays one query whatever there is.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.db.models import (
    BigIntegerField,
    BooleanField,
    CharField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
)

from wutong.registers.history.intervals import holds_on
from wutong.registers.organisation.models import Oversight, StandIn

OVERSIGHT, STAND_IN = "oversight", "stand_in"
BLOCK = 80
"""Officials asked about in one query: a database takes only so many queries in one."""

Rows = QuerySet[Any, tuple[str, int, str, int]]
"""Kind, target, words (a path or a name), account (0: none)."""
Source = Callable[[int, date], Rows]


@dataclass(frozen=True)
class StoodInFor:
    """Somebody who is away and for whom the actor acts. `account_id` is None for who has no account."""

    official_id: int
    name: str
    account_id: int | None


@dataclass(frozen=True)
class Reach:
    """What holds for one official on one day. `overseen_paths` are the paths of the units in charge."""

    overseen_paths: tuple[str, ...] = ()
    stands_in_for: tuple[StoodInFor, ...] = ()
    led: tuple[tuple[str, int], ...] = ()

    def led_of(self, kind: str) -> frozenset[int]:
        """Targets of one kind of lead assignment."""
        return frozenset(target for led_kind, target in self.led if led_kind == kind)


NO_REACH = Reach()


def reach_rows(found: QuerySet[Any], kind: str, target: str, words: Any = None, account: Any = None) -> Rows:
    """The rows of a source in the shape that all of them share."""
    return found.order_by().values_list(
        Value(kind, CharField()),
        F(target),
        Value("", CharField()) if words is None else F(words),
        Value(0, BigIntegerField()) if account is None else F(account),
    )


def _overseen(official_id: int, on: date) -> Rows:
    found = Oversight.objects.filter(holds_on(on), official=official_id)
    return reach_rows(found, OVERSIGHT, "unit_id", words="unit__path")


def _stood_in_for(official_id: int, on: date) -> Rows:
    found = StandIn.objects.filter(holds_on(on), stand_in=official_id)
    return reach_rows(found, STAND_IN, "official_id", words="official__name", account="official__account_id")


_sources: list[Source] = [_overseen, _stood_in_for]
_holders: list[tuple[type[models.Model], str]] = [(Oversight, "official"), (StandIn, "stand_in")]


def declare_reach(source: Source, model: type[models.Model], column: str) -> None:
    """Add a source; what it finds stands in `Reach.led` by its kind. `column` of `model` names the official, so that
    whoever never had such a row is not asked for it."""
    if source not in _sources:
        _sources.append(source)
    if (model, column) not in _holders:
        _holders.append((model, column))


def reaches_with_account() -> "ExpressionWrapper[Q]":
    """Whether the official of an account ever had a row of any source; comes with the account, without a query."""
    found = Q()
    for model, column in _holders:
        found |= Q(Exists(model._default_manager.filter(**{column: OuterRef("official__pk")})))
    return ExpressionWrapper(found, output_field=BooleanField())


def reach_of(official_id: int, on: date) -> Reach:
    """One query."""
    first, *others = (source(official_id, on) for source in _sources)
    return _reach(first.union(*others, all=True))


def reaches_of(official_ids: Sequence[int], on: date) -> dict[int, Reach]:
    """The same of some officials: one query for every block of them, none for nobody."""
    rows: dict[int, list[tuple[str, int, str, int]]] = {pk: [] for pk in official_ids}
    for start in range(0, len(official_ids), BLOCK):
        first, *others = (
            source(pk, on).annotate(of_official=Value(pk, BigIntegerField()))
            for pk in official_ids[start : start + BLOCK]
            for source in _sources
        )
        for kind, target, words, account, pk in first.union(*others, all=True):
            rows[pk].append((kind, target, words, account))
    return {pk: _reach(found) for pk, found in rows.items()}


def _reach(rows: Iterable[tuple[str, int, str, int]]) -> Reach:
    paths, people, led = [], [], []
    for kind, target, words, account in rows:
        if kind == OVERSIGHT:
            paths.append(words)
        elif kind == STAND_IN:
            people.append(StoodInFor(target, words, account or None))
        else:
            led.append((kind, target))
    return Reach(tuple(sorted(paths)), tuple(people), tuple(sorted(led)))
