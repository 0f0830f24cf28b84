"""Places of the zone open, change and close on a day, with a chained change each."""

from datetime import date
from decimal import Decimal

import pytest

from wutong.base.errors import Conflict, Refused
from wutong.registers.history.models import RegisterChange
from wutong.registers.history.verify import faults
from wutong.registers.places.models import SpatialUnit
from wutong.registers.places.queries import places_on, tree_order
from wutong.registers.places.services import (
    PlaceFacts,
    change_place,
    close_place,
    open_place,
    set_boundary,
)
from wutong.registers.places.tests.drawings import NOW, ON, make_place, square

pytestmark = pytest.mark.django_db
LATER = date(2026, 5, 1)
ACT = {"actor": None, "on": LATER, "now": NOW}


def facts_of(place: SpatialUnit, **given: object) -> PlaceFacts:
    told = {"name": place.name, "kind": place.kind, "parent": place.parent, "division": place.division}
    told |= {
        "manager_unit": place.manager_unit,
        "centre_lon": place.centre_lon,
        "centre_lat": place.centre_lat,
    }
    return PlaceFacts(**{**told, **given})  # type: ignore[arg-type]


def verbs_of(place: SpatialUnit) -> list[str]:
    changes = RegisterChange.objects.filter(entry_kind="place", entry_id=place.pk)
    return list(changes.order_by("seq").values_list("verb", flat=True))


def test_a_place_is_opened_renamed_drawn_and_closed_and_every_step_is_chained() -> None:
    zone = make_place("ZONE", "zone")
    park = make_place("P1", parent=zone)
    change_place(park, facts_of(park, name="示例新名"), **ACT)
    set_boundary(park, square(), **ACT)
    close_place(park, reason="示例撤并", **ACT)
    park = SpatialUnit.objects.get(code="P1")
    assert (park.name, park.valid_from, park.valid_to) == ("示例新名", ON, LATER)
    assert verbs_of(park) == ["open", "change", "draw", "close"]
    assert list(faults()) == []


def test_only_what_differs_is_written() -> None:
    park = make_place("P1", centre_lon=Decimal("116.05"), centre_lat=Decimal("36.05"))
    park.refresh_from_db()
    change_place(park, facts_of(park), **ACT)
    set_boundary(park, square(), **ACT)
    set_boundary(park, square(), **ACT)
    assert verbs_of(park) == ["open", "draw"]
    change_place(park, facts_of(park, name="示例新名"), **ACT)
    assert list(RegisterChange.objects.get(entry_id=park.pk, seq=3).snapshot) == ["name"]


def test_a_drawn_place_without_a_centre_gets_one_inside_and_a_given_centre_stays() -> None:
    drawn = make_place("P1", boundary=square())
    assert (drawn.centre_lon, drawn.centre_lat) == (Decimal("116.050000"), Decimal("36.050000"))
    given = make_place("P2", boundary=square(), centre_lon=Decimal("116.01"), centre_lat=Decimal("36.01"))
    assert given.centre_lon == Decimal("116.01")


def test_a_self_crossing_boundary_is_refused_and_the_place_stays_as_it_was() -> None:
    park = make_place("P1", boundary=square())
    bow = {
        "type": "Polygon",
        "coordinates": [[[116, 36], [116.1, 36.1], [116.1, 36], [116, 36.1], [116, 36]]],
    }
    with pytest.raises(Refused, match="自相交"):
        set_boundary(park, bow, **ACT)
    assert verbs_of(park) == ["open"]


@pytest.mark.parametrize("code", ["", "带 空", "a/b", "-x", "x" * 31])
def test_a_strange_code_is_refused(code: str) -> None:
    with pytest.raises(Refused, match="编码"):
        make_place(code)


def test_a_code_is_given_once_and_the_refusal_names_its_holder() -> None:
    make_place("P1")
    with pytest.raises(Refused, match="示例P1"):
        make_place("P1")
    assert SpatialUnit.objects.count() == 1


def test_a_place_never_lies_below_itself_nor_the_zone_below_anything() -> None:
    park = make_place("P1")
    grid = make_place("G1", "grid", parent=park)
    with pytest.raises(Refused, match="它自己或它的下级"):
        change_place(park, facts_of(park, parent=grid), **ACT)
    with pytest.raises(Refused, match="它自己或它的下级"):
        change_place(park, facts_of(park, parent=park), **ACT)
    with pytest.raises(Refused, match="没有上级"):
        make_place("ZONE", "zone", parent=park)


def test_a_parent_must_exist_on_the_day() -> None:
    park = make_place("P1")
    close_place(park, reason="示例", **ACT)
    with pytest.raises(Refused, match="在2026-05-01不存在"):
        open_place("G1", PlaceFacts("示例网格", "grid", parent=park), **ACT)


def test_a_place_with_places_below_it_is_not_closed_and_a_closed_one_not_changed() -> None:
    park = make_place("P1")
    grid = make_place("G1", "grid", parent=park)
    with pytest.raises(Refused, match="示例G1"):
        close_place(park, reason="示例", **ACT)
    close_place(grid, actor=None, on=date(2026, 6, 1), now=NOW, reason="示例")
    with pytest.raises(Refused, match="示例G1"):
        close_place(park, reason="示例", **ACT)
    close_place(park, actor=None, on=date(2026, 6, 1), now=NOW, reason="示例")
    with pytest.raises(Refused, match="已于2026-06-01撤销"):
        change_place(park, facts_of(park, name="示例"), **ACT)
    with pytest.raises(Refused, match="已于2026-06-01撤销"):
        set_boundary(park, square(), **ACT)


def test_nothing_happens_to_a_place_before_it_exists() -> None:
    park = make_place("P1")
    with pytest.raises(Refused, match="不能早于"):
        close_place(park, actor=None, on=date(2026, 1, 1), now=NOW, reason="示例")


def test_two_people_do_not_overwrite_each_other() -> None:
    park = make_place("P1")
    change_place(park, facts_of(park, name="示例甲"), expected_seq=1, **ACT)
    with pytest.raises(Conflict):
        change_place(park, facts_of(park, name="示例乙"), expected_seq=1, **ACT)


def test_a_centre_has_both_numbers_or_none() -> None:
    with pytest.raises(Refused, match="一起填"):
        make_place("P1", centre_lon=Decimal(116))
    with pytest.raises(Refused, match="不是经纬度"):
        make_place("P1", centre_lon=Decimal(36), centre_lat=Decimal(116))


def test_the_places_of_a_day_come_as_a_tree() -> None:
    zone = make_place("ZONE", "zone")
    town = make_place("T1", "town", parent=zone)
    make_place("G1", "grid", parent=town)
    park = make_place("P1", "park", parent=zone)
    close_place(park, reason="示例", **ACT)
    told = [(depth, place.code) for depth, place in tree_order(list(places_on(ON)))]
    assert told == [(0, "ZONE"), (1, "P1"), (1, "T1"), (2, "G1")]
    assert [place.code for _depth, place in tree_order(list(places_on(LATER)))] == ["ZONE", "T1", "G1"]
    assert [depth for depth, _place in tree_order(list(places_on(ON).filter(kind="grid")))] == [0]
