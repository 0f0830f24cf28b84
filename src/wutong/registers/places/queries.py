"""What a division code means on a day, and which places the zone has."""

from datetime import date

from django.db.models import Q, QuerySet

from wutong.base.errors import Refused
from wutong.registers.history.intervals import valid_on
from wutong.registers.places.codes import LENGTHS, digits_of, forms_of
from wutong.registers.places.models import Division, DivisionLevel, PlaceKind, SpatialUnit


def resolve(code: str, on: date | None = None) -> Division | None:
    """The division that a code means on a day; without a day, today's meaning as far as it is known.

    Padding may stand (371503000000). A code that ended before the day leads to its successor, a code that began after
    the day to its only predecessor, so that both codes of a division resolve to one on every day. A code below an old
    one (town 371523101) leads to the same place below the new one (371503101), when that is there. None: no such
    code.
    """
    try:
        forms = forms_of(digits_of(code))
    except Refused:
        return None
    found = _divisions(forms)
    for form in forms:
        if form in found:
            return _standing(found[form], on)
    return _moved(forms[-1], on)


def _divisions(codes: list[str]) -> dict[str, Division]:
    return Division.objects.select_related("successor").in_bulk(codes, field_name="code")


def _standing(division: Division, on: date | None) -> Division:
    seen = {division.pk}
    while division.successor is not None and (
        on is None or division.valid_to is None or division.valid_to <= on
    ):
        division = division.successor
        if division.pk in seen:
            break
        seen.add(division.pk)
    while on is not None and division.valid_from is not None and division.valid_from > on:
        before = [item for item in division.predecessors.all()[:2] if item.pk not in seen]
        if len(before) != 1:
            break
        division = before[0]
        seen.add(division.pk)
    return division


def _moved(code: str, on: date | None) -> Division | None:
    """The row below the successor of an old code above. The longest old code counts."""
    above = [code[:length] for length in reversed(LENGTHS) if length < len(code)]
    found = _divisions(above)
    for prefix in above:
        if prefix in found:
            new = _standing(found[prefix], None)
            if new.code != prefix and len(new.code) == len(prefix):
                moved = new.code + code[len(prefix) :]
                return next((_standing(item, on) for item in _divisions([moved]).values()), None)
    return None


WITH_PARENTS = ("parent__parent__parent__parent",)


def parents_of(division: Division) -> list[Division]:
    """From the province down to the one above. No query when read with `WITH_PARENTS`."""
    found: list[Division] = []
    above = division.parent
    while above is not None:
        found.insert(0, above)
        above = above.parent
    return found


def district_of(division: Division | None) -> Division | None:
    """The district that a division is or lies in. No query when read with `WITH_PARENTS`."""
    while division is not None and division.level != DivisionLevel.DISTRICT:
        division = division.parent
    return division


def divisions_matching(text: str, means: Division | None = None) -> QuerySet[Division]:
    """Divisions whose name holds the text or whose code begins with it, and the one that the text means."""
    wanted = Q(name__icontains=text) | Q(code__startswith=text)
    if means is not None:
        wanted |= Q(pk=means.pk)
    return Division.objects.filter(wanted).select_related(*WITH_PARENTS, "successor")


def places_on(on: date) -> QuerySet[SpatialUnit]:
    """The places of a day, without their boundaries (they are read when asked for)."""
    return SpatialUnit.objects.filter(valid_on(on)).defer("boundary")


def tree_order(places: list[SpatialUnit]) -> list[tuple[int, SpatialUnit]]:
    """Depth and place: every place below its parent, brothers by kind from large to small and code. A place whose
    parent is not in the list stands at the top."""
    ranks = {kind: rank for rank, kind in enumerate(PlaceKind.values)}
    known = {place.pk for place in places}
    below: dict[int | None, list[SpatialUnit]] = {}
    for place in sorted(places, key=lambda item: (ranks[item.kind], item.code)):
        below.setdefault(place.parent_id if place.parent_id in known else None, []).append(place)
    ordered: list[tuple[int, SpatialUnit]] = []
    open_places = [(0, place) for place in reversed(below.get(None, []))]
    while open_places:
        depth, place = open_places.pop()
        ordered.append((depth, place))
        open_places += [(depth + 1, child) for child in reversed(below.get(place.pk, []))]
    return ordered
