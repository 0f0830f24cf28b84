"""The invented places of the sample: a tidy map, and written through the services."""

from collections import Counter
from datetime import UTC, date, datetime
from itertools import combinations

import pytest
import shapely

from wutong.registers.organisation.models import UnitKind
from wutong.registers.organisation.services import open_unit
from wutong.registers.places.boundaries import checked_boundary
from wutong.registers.places.lookup import units_at
from wutong.registers.places.models import Division, PlaceKind, SpatialUnit
from wutong.registers.places.queries import district_of
from wutong.sample.names import PLACES, TOWNS
from wutong.sample.places import build_places, planned_divisions, planned_places

ON = date(2015, 6, 1)
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
FUNCTIONS = {PlaceKind.CORE, PlaceKind.BELT, PlaceKind.PARK}
SHAPES = {plan.code: checked_boundary(plan.boundary).shape for plan in planned_places()}


def test_the_zone_has_its_core_belt_parks_towns_communities_and_grids() -> None:
    kinds = Counter(plan.kind for plan in planned_places())
    assert kinds == {"zone": 1, "core": 1, "belt": 1, "park": 5, "town": 3, "community": 12, "grid": 24}
    assert {plan.name for plan in planned_places() if plan.kind == "park"} == set(PLACES)
    assert {plan.name for plan in planned_places() if plan.kind == "town"} == {name for _code, name in TOWNS}


def test_parents_contain_their_children() -> None:
    for plan in planned_places():
        if plan.parent:
            assert shapely.covers(SHAPES[plan.parent], SHAPES[plan.code]), plan.code


def test_brothers_of_one_family_do_not_overlap() -> None:
    for one, other in combinations(planned_places(), 2):
        if one.parent == other.parent and (one.kind in FUNCTIONS) == (other.kind in FUNCTIONS):
            assert shapely.area(shapely.intersection(SHAPES[one.code], SHAPES[other.code])) == 0
    towns = [SHAPES[plan.code] for plan in planned_places() if plan.kind == "town"]
    assert shapely.area(shapely.difference(SHAPES["WT"], shapely.union_all(towns))) == pytest.approx(
        0, abs=1e-12
    )


def test_the_codes_of_the_divisions_are_invented() -> None:
    assert all(row.code.startswith("3799") for row in planned_divisions())


@pytest.mark.django_db
def test_the_places_are_written_with_their_divisions_and_managing_units() -> None:
    town = open_unit(code="lake", name="临湖镇", kind=UnitKind.TOWN, parent=None, actor=None, on=ON, now=NOW)
    places = build_places({"lake": town}, on=ON, now=NOW)
    assert SpatialUnit.objects.count() == len(places) == 47
    lake, new_town = places["WT-T1"], places["WT-T2"]
    assert (lake.manager_unit, new_town.manager_unit) == (town, None)
    assert places["WT"].division is None
    districts = {place.code: district_of(place.division) for place in (lake, new_town)}
    assert {code: found.code for code, found in districts.items() if found} == {
        "WT-T1": "379998",
        "WT-T2": "379999",
    }
    assert Division.objects.count() == len(planned_divisions())
    grid = places["WT-T1-C1-G1"]
    found = units_at(float(grid.centre_lon or 0), float(grid.centre_lat or 0), ON)
    assert {kind: place.code for kind, place in found.items()} == {
        "zone": "WT",
        "town": "WT-T1",
        "community": "WT-T1-C1",
        "grid": "WT-T1-C1-G1",
    }
