"""Which place or division a point lies in.

The shapes are kept in memory for each process and built anew when a boundary was written since (one question to the
database tells). The rule for doubtful points: of several shapes of one kind that hold a point, the one deepest in its
tree counts, and among equals the one whose code comes first. A point on a shared border therefore belongs to exactly
one, always the same.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Any, Generic, TypeVar

import shapely
from django.db.models import Count, Max, Min, QuerySet, Sum

from wutong.registers.places.models import Division, DivisionBoundary, SpatialUnit

T = TypeVar("T")


@dataclass(frozen=True)
class PlaceKey:
    """What decides between places: kind, days, and the order of the rule above."""

    pk: int
    kind: str
    order: tuple[int, str]
    valid_from: date
    valid_to: date | None

    def is_in_force(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or self.valid_to > on)


class Shapes(Generic[T]):
    """Shapes with what they stand for; asks in logarithmic time which of them hold a point, border included."""

    def __init__(self, rows: Sequence[tuple[T, str]]) -> None:
        self.keys = [key for key, _text in rows]
        self.shapes = shapely.from_geojson([text for _key, text in rows])
        shapely.prepare(self.shapes)
        self.tree = shapely.STRtree(self.shapes)
        # A prepared shape finishes itself at its first question; two threads must not do that at once.
        self.lock = Lock()

    def holding(self, lon: float, lat: float) -> list[T]:
        point = shapely.Point(lon, lat)
        near = self.tree.query(point)
        with self.lock:
            held = near[shapely.intersects(self.shapes[near], point)]
        return [self.keys[index] for index in held]


_built: dict[str, tuple[object, Shapes[Any]]] = {}


def units_at(
    lon: float, lat: float, on: date, kinds: Collection[str] | None = None
) -> dict[str, SpatialUnit]:
    """The places of a day that hold a point: at most one of each kind, by kind. Boundaries are those of now."""
    chosen: dict[str, PlaceKey] = {}
    for key in _place_shapes().holding(lon, lat):
        if not key.is_in_force(on) or (kinds is not None and key.kind not in kinds):
            continue
        if key.kind not in chosen or key.order < chosen[key.kind].order:
            chosen[key.kind] = key
    places = SpatialUnit.objects.defer("boundary").in_bulk([key.pk for key in chosen.values()])
    return {kind: places[key.pk] for kind, key in chosen.items()}


def division_at(lon: float, lat: float) -> Division | None:
    """The lowest division with a boundary that holds a point. Each division counts with its newest boundary."""
    held = _division_shapes().holding(lon, lat)
    if not held:
        return None
    _order, pk = min(((-len(code), code), pk) for code, pk in held)
    return Division.objects.get(pk=pk)


def _current(name: str, stamp: object, build: Callable[[], Shapes[T]]) -> Shapes[T]:
    kept = _built.get(name)
    if kept is None or kept[0] != stamp:
        kept = (stamp, build())
        _built[name] = kept
    return kept[1]


def _place_shapes() -> Shapes[PlaceKey]:
    # Heads only grow and no row is ever removed: their sum changes with every change. The hashes tell two databases
    # apart.
    stamp = SpatialUnit.objects.aggregate(Count("pk"), Sum("last_seq"), Min("head_hash"), Max("head_hash"))
    return _current("places", stamp, _build_places)


def _build_places() -> Shapes[PlaceKey]:
    parents = dict(SpatialUnit.objects.values_list("pk", "parent_id"))

    def depth(pk: int | None) -> int:
        count = 0
        while pk is not None:
            pk, count = parents.get(pk), count + 1
        return count

    drawn = SpatialUnit.objects.exclude(boundary="")
    rows = [
        (
            PlaceKey(place.pk, place.kind, (-depth(place.pk), place.code), place.valid_from, place.valid_to),
            place.boundary,
        )
        for place in drawn.only("kind", "code", "valid_from", "valid_to", "boundary").iterator(500)
    ]
    return Shapes(rows)


def _division_shapes() -> Shapes[tuple[str, int]]:
    stamp = DivisionBoundary.objects.aggregate(
        Count("pk"), Sum("revision"), Sum("year"), Min("digest"), Max("digest"), Max("pk")
    )
    return _current("divisions", stamp, _build_divisions)


def _build_divisions() -> Shapes[tuple[str, int]]:
    newest: dict[int, tuple[tuple[str, int], str]] = {}
    boundaries: QuerySet[DivisionBoundary] = DivisionBoundary.objects.select_related("division")
    for row in boundaries.order_by("year").iterator(500):
        newest[row.division_id] = ((row.division.code, row.division_id), row.geometry)
    return Shapes(list(newest.values()))
