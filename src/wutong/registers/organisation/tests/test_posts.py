"""Posts and their holders, rosters, units in charge and stand-ins. All names are invented."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from wutong.base.errors import Refused
from wutong.registers.history.verify import faults
from wutong.registers.organisation.models import (
    HoldingKind,
    Official,
    Post,
    PostHolding,
    StandIn,
    Unit,
    UnitKind,
)
from wutong.registers.organisation.post_services import (
    RosterRow,
    appoint,
    appoint_many,
    end_holding,
    establish_post,
    transfer_official,
)
from wutong.registers.organisation.reach_services import arrange_stand_in, end_stand_in, put_in_charge
from wutong.registers.organisation.services import appoint_official, leave_office, open_unit

pytestmark = pytest.mark.django_db
ON, LATER, TODAY = date(2024, 1, 1), date(2025, 6, 1), date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.fixture
def unit() -> Unit:
    return make_unit("works")


def make_unit(code: str) -> Unit:
    return open_unit(
        code=code, name=f"示例{code}", kind=UnitKind.DEPARTMENT, parent=None, actor=None, on=ON, now=NOW
    )


def official(number: str, unit: Unit) -> Official:
    return appoint_official(
        staff_no=number,
        name=f"示例{number}",
        unit=unit,
        post="",
        phone="",
        account=None,
        actor=None,
        on=ON,
        now=NOW,
    )


# ---- posts ------------------------------------------------------------------------------------------------------


def test_a_transfer_ends_the_main_post_and_moves_the_person(unit: Unit) -> None:
    person, other = official("a", unit), make_unit("other")
    first = transfer_official(person, unit, "示例科长", is_head=True, actor=None, on=ON, now=NOW)
    assert Official.objects.get().post == "示例科长"
    second = transfer_official(person, other, "示例主任", actor=None, on=LATER, now=NOW)
    first.refresh_from_db()
    assert (first.from_on, first.to_on, second.from_on, second.to_on) == (ON, LATER, LATER, None)
    now_there = Official.objects.get()
    assert (now_there.unit, now_there.post) == (other, "示例主任")
    assert list(faults()) == []


def test_a_second_post_leaves_the_main_one_and_its_words(unit: Unit) -> None:
    person = official("a", unit)
    transfer_official(person, unit, "示例科长", actor=None, on=ON, now=NOW)
    post = establish_post(unit, "示例书记", is_head=False, actor=None, on=ON, now=NOW)
    appoint(person, post, kind=HoldingKind.CONCURRENT, actor=None, on=LATER, now=NOW)
    assert Official.objects.get().post == "示例科长"
    assert PostHolding.objects.filter(to_on__isnull=True).count() == 2
    with pytest.raises(Refused, match="已经担任"):
        appoint(person, post, kind=HoldingKind.ACTING, actor=None, on=TODAY, now=NOW)


def test_the_database_keeps_a_second_main_post_out(unit: Unit) -> None:
    person = official("a", unit)
    transfer_official(person, unit, "示例科长", actor=None, on=ON, now=NOW)
    post = establish_post(unit, "示例主任", is_head=False, actor=None, on=ON, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        PostHolding.objects.create(official=person, post=post, kind=HoldingKind.MAIN, from_on=LATER)


def test_without_a_main_post_nothing_is_shown(unit: Unit) -> None:
    person = official("a", unit)
    holding = transfer_official(person, unit, "示例科长", actor=None, on=ON, now=NOW)
    end_holding(holding, actor=None, on=LATER, now=NOW)
    assert Official.objects.get().post == ""
    assert list(faults()) == []


def test_nobody_takes_a_post_before_the_one_that_ends(unit: Unit) -> None:
    person = official("a", unit)
    transfer_official(person, unit, "示例科长", actor=None, on=LATER, now=NOW)
    with pytest.raises(Refused, match="早于现任主职"):
        transfer_official(person, unit, "示例主任", actor=None, on=ON, now=NOW)


def test_who_has_left_takes_no_post(unit: Unit) -> None:
    person = official("a", unit)
    leave_office(person, actor=None, on=LATER, now=NOW)
    with pytest.raises(Refused, match="不在任"):
        transfer_official(person, unit, "示例主任", actor=None, on=TODAY, now=NOW)
    with pytest.raises(Refused, match="已于2025-06-01离任"):
        leave_office(person, actor=None, on=TODAY, now=NOW)


# ---- rosters ----------------------------------------------------------------------------------------------------


def test_a_roster_makes_people_posts_and_holdings(unit: Unit) -> None:
    rows = [
        RosterRow("1", "示例一", unit, "示例主任", is_head=True, phone="13800000001"),
        RosterRow("2", "示例二", unit, "示例科员"),
        RosterRow("3", "示例三", unit, "示例科员"),
        RosterRow("4", "示例四", unit, ""),
    ]
    people = appoint_many(rows, actor=None, on=ON, now=NOW)
    assert [person.staff_no for person in people] == ["1", "2", "3", "4"]
    assert dict(Post.objects.values_list("title", "is_head")) == {"示例主任": True, "示例科员": False}
    assert PostHolding.objects.filter(kind=HoldingKind.MAIN).count() == 3
    assert Official.objects.get(staff_no="1").phone == "13800000001"
    assert list(faults()) == []


def test_a_known_staff_number_is_named_and_nothing_is_written(unit: Unit) -> None:
    official("1", unit)
    rows = [RosterRow("1", "示例一", unit, ""), RosterRow("2", "示例二", unit, "")]
    with pytest.raises(Refused, match="工号重复或已登记：1。"):
        appoint_many(rows, actor=None, on=ON, now=NOW)
    assert Official.objects.count() == 1


def test_a_roster_takes_no_query_for_each_row(unit: Unit) -> None:
    def queries(count: int) -> int:
        rows = [RosterRow(f"{count}-{n}", "示例", unit, f"示例岗{count}-{n}") for n in range(count)]
        with CaptureQueriesContext(connection) as captured:
            appoint_many(rows, actor=None, on=ON, now=NOW)
        return len(captured)

    assert queries(3) == queries(60)


# ---- reach ------------------------------------------------------------------------------------------------------


def stand_in(a: Official, b: Official, first: date, days: int) -> StandIn:
    return arrange_stand_in(
        a, b, from_on=first, to_on=first + timedelta(days=days), reason="leave", actor=None, now=NOW
    )


def test_nobody_stands_in_for_himself_or_longer_than_ninety_days(unit: Unit) -> None:
    a, b = official("a", unit), official("b", unit)
    with pytest.raises(Refused, match="本人"):
        stand_in(a, a, TODAY, 3)
    with pytest.raises(Refused, match="最长90天"):
        stand_in(a, b, TODAY, 91)
    assert stand_in(a, b, TODAY, 90).to_on == TODAY + timedelta(days=90)


def test_two_do_not_stand_in_for_one_at_a_time(unit: Unit) -> None:
    a, b, c = (official(name, unit) for name in "abc")
    first = stand_in(a, b, TODAY, 10)
    with pytest.raises(Refused, match="示例b代理"):
        stand_in(a, c, TODAY + timedelta(days=9), 5)
    stand_in(a, c, TODAY + timedelta(days=10), 5)
    end_stand_in(first, actor=None, on=TODAY + timedelta(days=3), now=NOW)
    stand_in(a, c, TODAY + timedelta(days=3), 5)


def test_one_that_was_called_off_before_it_began_blocks_nothing(unit: Unit) -> None:
    a, b, c = (official(name, unit) for name in "abc")
    off = stand_in(a, b, TODAY + timedelta(days=5), 5)
    end_stand_in(off, actor=None, on=TODAY, now=NOW)
    off.refresh_from_db()
    assert off.to_on == off.from_on
    stand_in(a, c, TODAY, 30)


def test_who_leaves_stands_in_no_longer_than_that(unit: Unit) -> None:
    a, b = official("a", unit), official("b", unit)
    leave_office(b, actor=None, on=TODAY + timedelta(days=5), now=NOW)
    with pytest.raises(Refused, match="不能超过这一天"):
        stand_in(a, b, TODAY, 10)


def test_a_unit_is_in_charge_of_one_leader_once(unit: Unit) -> None:
    a = official("a", unit)
    put_in_charge(a, unit, actor=None, on=ON, now=NOW)
    with pytest.raises(Refused, match="已经分管"):
        put_in_charge(a, unit, actor=None, on=LATER, now=NOW)
