"""A point lies in exactly one place of a kind, border points too, and the answer follows the register."""

import random
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from wutong.registers.places.boundaries import checked_boundary
from wutong.registers.places.divisions import DivisionRow, enter_divisions
from wutong.registers.places.lookup import Shapes, _place_shapes, division_at, units_at
from wutong.registers.places.models import Division, DivisionBoundary
from wutong.registers.places.services import close_place, set_boundary
from wutong.registers.places.tests.drawings import NOW, ON, make_place, patchwork, square

pytestmark = pytest.mark.django_db


def codes_at(lon: float, lat: float, on: date = ON, kinds: list[str] | None = None) -> dict[str, str]:
    return {kind: place.code for kind, place in units_at(lon, lat, on, kinds).items()}


@given(st.integers(0, 1_000), st.integers(1, 6), st.integers(1, 6))
@settings(max_examples=60)
def test_every_point_of_a_patchwork_lies_inside_one_patch(seed: int, columns: int, rows: int) -> None:
    patches = [checked_boundary(patch).text for patch in patchwork(seed, columns, rows)]
    shapes = Shapes(list(zip(range(len(patches)), patches, strict=True)))
    dice = random.Random(seed)
    for _round in range(50):
        lon, lat = 116 + dice.random() * columns * 0.01, 36 + dice.random() * rows * 0.01
        assert len(shapes.holding(lon, lat)) == 1


@pytest.mark.parametrize("seed", range(4))
def test_every_corner_and_border_point_belongs_to_exactly_one_grid(seed: int) -> None:
    patches = patchwork(seed, 3, 2)
    for number, patch in enumerate(patches):
        make_place(f"G{number}", "grid", boundary=patch)
    shapes = _place_shapes()
    for patch in patches:
        ring = patch["coordinates"][0]  # type: ignore[index]
        for lon, lat in ring:
            held = shapes.holding(lon, lat)
            assert len(held) >= 1
            assert codes_at(lon, lat) == {"grid": min(key.order[1] for key in held)}


def test_on_a_shared_border_the_first_code_counts() -> None:
    make_place("B", boundary=square(116.0))
    make_place("A", boundary=square(116.1))
    assert codes_at(116.1, 36.05) == {"park": "A"}
    assert codes_at(116.05, 36.05) == {"park": "B"}
    assert codes_at(115.0, 36.05) == {}


def test_of_places_of_one_kind_inside_each_other_the_inner_one_counts() -> None:
    outer = make_place("A", boundary=square(size=0.1))
    make_place("B", parent=outer, boundary=square(size=0.05))
    assert codes_at(116.01, 36.01) == {"park": "B"}
    assert codes_at(116.09, 36.09) == {"park": "A"}


def test_each_kind_answers_for_itself_and_only_the_asked_ones() -> None:
    zone = make_place("Z", "zone", boundary=square())
    make_place("P", "park", parent=zone, boundary=square())
    assert codes_at(116.05, 36.05) == {"zone": "Z", "park": "P"}
    assert codes_at(116.05, 36.05, kinds=["park"]) == {"park": "P"}


def test_a_hole_is_outside() -> None:
    ring = [square()["coordinates"][0], square(116.04, 36.04, 0.02)["coordinates"][0]]  # type: ignore[index]
    make_place("P", boundary={"type": "Polygon", "coordinates": ring})
    assert codes_at(116.05, 36.05) == {}
    assert codes_at(116.01, 36.01) == {"park": "P"}


def test_a_place_answers_only_on_its_days() -> None:
    place = make_place("P", boundary=square())
    assert codes_at(116.05, 36.05, date(2026, 3, 1)) == {}
    close_place(place, actor=None, on=date(2026, 4, 1), now=NOW, reason="示例")
    assert codes_at(116.05, 36.05, date(2026, 3, 31)) == {"park": "P"}
    assert codes_at(116.05, 36.05, date(2026, 4, 1)) == {}


def test_a_moved_boundary_is_noticed_and_an_unmoved_one_not_read_again() -> None:
    place = make_place("P", boundary=square())
    make_place("Q", boundary=square(118))
    assert codes_at(116.05, 36.05) == {"park": "P"}
    with CaptureQueriesContext(connection) as asked:
        codes_at(116.05, 36.05)
    assert len(asked) == 2
    set_boundary(place, square(117), actor=None, on=ON, now=NOW)
    assert codes_at(116.05, 36.05) == {}
    assert codes_at(117.05, 36.05) == {"park": "P"}


def draw_division(code: str, year: int, boundary: dict[str, object]) -> None:
    told = checked_boundary(boundary)
    division = Division.objects.get(code=code)
    DivisionBoundary.objects.create(
        division=division, year=year, source="示例", geometry=told.text, digest=told.digest
    )


def test_the_lowest_division_with_its_newest_boundary_answers() -> None:
    enter_divisions([DivisionRow("3799", "示例市"), DivisionRow("379901", "示例区")])
    assert division_at(116.05, 36.05) is None
    draw_division("3799", 2019, square(size=1))
    draw_division("379901", 2019, square())
    assert division_at(116.05, 36.05) == Division.objects.get(code="379901")
    draw_division("379901", 2020, square(116.5))
    assert division_at(116.05, 36.05) == Division.objects.get(code="3799")
    assert division_at(116.55, 36.05) == Division.objects.get(code="379901")
