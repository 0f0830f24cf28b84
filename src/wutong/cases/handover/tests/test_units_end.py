"""Units are merged and closed: people and open cases go on, nothing is lost. All names are invented."""

from collections.abc import Iterator
from datetime import date

import pytest

from wutong.base.errors import NotAllowed, Refused
from wutong.cases import verify as case_chains
from wutong.cases.handover.unit_ends import close_unit, merge_units
from wutong.cases.steps import Holder
from wutong.cases.testing import (
    MONDAY,
    NOW,
    Zone,
    do,
    document,
    errand,
    errands,
    holder,
    make_actor,
    make_zone,
    official_of,
)
from wutong.registers.history import verify as register_chains
from wutong.registers.organisation.actors import Actor
from wutong.registers.organisation.models import Official, Oversight, Post, TeamMember, Unit, UnitKind
from wutong.registers.organisation.post_services import transfer_official
from wutong.registers.organisation.reach_services import put_in_charge
from wutong.registers.organisation.services import join_team, open_unit

pytestmark = pytest.mark.django_db
START = date(2020, 1, 1)


@pytest.fixture
def zone(db: None) -> Iterator[Zone]:
    with errands():
        yield make_zone()


@pytest.fixture
def organiser(zone: Zone) -> Actor:
    return make_actor("organiser", "示例组织员", zone.root, "organisation.hand_over", "organisation.manage")


def unit(code: str, parent: Unit, kind: str = UnitKind.DEPARTMENT) -> Unit:
    return open_unit(code=code, name=f"示例{code}", kind=kind, parent=parent, actor=None, on=START, now=NOW)


def merge(unit: Unit, successor: Unit, organiser: Actor) -> Unit:
    return merge_units(unit, successor, actor=organiser, on=MONDAY, now=NOW, reason="机构改革")


def faults() -> list[object]:
    return [*case_chains.faults(), *register_chains.faults()]


def test_a_merged_unit_keeps_its_name_and_its_people_and_cases_go_on(zone: Zone, organiser: Actor) -> None:
    in_person = errand(zone)
    of_unit = errand(zone, holders=[Holder("host", zone.unit), Holder("helper", zone.other_unit)])
    transfer_official(official_of(zone.host), zone.unit, "示例科长", actor=None, on=START, now=NOW)
    put_in_charge(official_of(zone.leader), zone.unit, actor=None, on=START, now=NOW)
    child = unit("child", zone.unit)
    merged = merge(zone.unit, zone.other_unit, organiser)
    assert (merged.valid_to, merged.successor, merged.name) == (MONDAY, zone.other_unit, "示例建设部")
    assert not Official.objects.filter(unit=zone.unit).exists()
    assert Post.objects.get().unit == zone.other_unit
    for case in (in_person, of_unit):
        case.refresh_from_db()
        assert case.host_unit_id == zone.other_unit.pk
    assert in_person.host_person_id == zone.host.official_id
    seats = of_unit.assignments.filter(role="host").order_by("pk")
    assert [(item.unit_id, item.to_on) for item in seats] == [
        (zone.unit.pk, MONDAY),
        (zone.other_unit.pk, None),
    ]
    child.refresh_from_db()
    assert child.path == f"{zone.other_unit.path}{child.pk}/"
    in_charge = Oversight.objects.get(to_on__isnull=True)
    assert (in_charge.unit, in_charge.official_id) == (zone.other_unit, zone.leader.official_id)
    assert faults() == []


def test_what_the_merged_unit_did_stays_visible_to_the_successor(zone: Zone, organiser: Actor) -> None:
    from wutong.ledgerkit.policy import visible_cases

    case = errand(zone, holders=[holder("host", zone.host), holder("verifier", zone.leader)])
    do(case, "submit", evidence=[document()])
    do(case, "close")
    merge(zone.unit, zone.other_unit, organiser)
    reader = Actor(
        "reader", zone.stranger.account, Official.objects.get(pk=zone.stranger.official_id), on=MONDAY
    )
    assert list(visible_cases(reader)) == [case]
    assert Unit.objects.get(pk=zone.unit.pk).path.startswith(zone.other_unit.path)


def test_closed_cases_stay_with_the_unit_that_closed_them(zone: Zone, organiser: Actor) -> None:
    case = errand(zone)
    do(case, "submit", zone.host, evidence=[document()])
    do(case, "close", zone.verifier)
    merge(zone.unit, zone.other_unit, organiser)
    case.refresh_from_db()
    assert case.host_unit_id == zone.unit.pk


def test_members_of_a_team_go_on_in_the_other_team(zone: Zone, organiser: Actor) -> None:
    first, second = (unit(code, zone.unit, UnitKind.TEAM) for code in ("first", "second"))
    join_team(first, official_of(zone.host), is_leader=True, on=START)
    with pytest.raises(Refused, match="只能并入招商组"):
        merge(first, zone.other_unit, organiser)
    merge(first, second, organiser)
    rows = TeamMember.objects.order_by("pk").values_list("team", "is_leader", "from_on", "to_on")
    assert list(rows) == [(first.pk, True, START, MONDAY), (second.pk, True, MONDAY, None)]


def test_a_unit_is_not_merged_into_what_lies_below_it(zone: Zone, organiser: Actor) -> None:
    child = unit("child", zone.unit)
    for target in (zone.unit, child):
        with pytest.raises(Refused, match="不能并入"):
            merge(zone.unit, target, organiser)


def test_a_unit_with_people_or_open_cases_is_not_closed_and_the_numbers_are_named(
    zone: Zone, organiser: Actor
) -> None:
    case = errand(zone)
    unit("child", zone.unit)
    with pytest.raises(Refused, match=f"1名在职人员、1个下级单位、1件在办办件（{case.number}）"):
        close_unit(zone.unit, actor=organiser, on=MONDAY, now=NOW)
    assert Unit.objects.get(pk=zone.unit.pk).valid_to is None


def test_an_empty_unit_is_closed_on_its_day(zone: Zone, organiser: Actor) -> None:
    empty = unit("empty", zone.root)
    put_in_charge(official_of(zone.leader), empty, actor=None, on=START, now=NOW)
    close_unit(empty, actor=organiser, on=MONDAY, now=NOW)
    assert Unit.objects.get(code="empty").valid_to == MONDAY
    assert Oversight.objects.get().to_on == MONDAY
    with pytest.raises(Refused, match="已于2026-03-02撤销"):
        close_unit(empty, actor=organiser, on=MONDAY, now=NOW)
    assert faults() == []


def test_only_the_organiser_ends_units(zone: Zone) -> None:
    for act in (
        lambda: close_unit(zone.unit, actor=zone.leader, on=MONDAY, now=NOW),
        lambda: merge_units(zone.unit, zone.other_unit, actor=zone.leader, on=MONDAY, now=NOW),
    ):
        with pytest.raises(NotAllowed):
            act()
