"""Units in charge, leads and stand-ins: what they let somebody see and do, and on which days. All names are invented."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from wutong.base.accounts.models import Account
from wutong.base.errors import NotAllowed
from wutong.cases.models import Case
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
from wutong.ledgerkit.clock_notices import holders
from wutong.ledgerkit.policy import visible_cases
from wutong.registers.chains.services import NewNode, add_node, join_chain, open_chain
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.history.services import record
from wutong.registers.industries.services import open_leading_industry
from wutong.registers.leads.services import assign_lead, end_lead
from wutong.registers.organisation.actors import Actor, actor_of
from wutong.registers.organisation.models import Unit, UnitKind
from wutong.registers.organisation.reach_services import arrange_stand_in, end_oversight, put_in_charge
from wutong.registers.organisation.services import open_unit

pytestmark = pytest.mark.django_db
FRIDAY = MONDAY + timedelta(days=4)
START = date(2020, 1, 1)


@pytest.fixture
def zone(db: None) -> Iterator[Zone]:
    with errands():
        yield make_zone()


def seen(actor: Actor, on: date = MONDAY) -> set[int]:
    """What the person behind the account sees on a day, read anew."""
    return set(visible_cases(fresh(actor, on)).values_list("pk", flat=True))


def fresh(actor: Actor, on: date = MONDAY) -> Actor:
    assert actor.account is not None
    found = actor_of(Account.objects.select_related("official__unit").get(pk=actor.account.pk), on)
    return Actor(found.name, found.account, found.official, actor.rights, on)


def away(absent: Actor, present: Actor, *, days: int = 4) -> None:
    arrange_stand_in(
        official_of(absent), official_of(present), from_on=MONDAY, to_on=MONDAY + timedelta(days=days),
        reason="leave", actor=None, now=NOW,
    )  # fmt: skip


# ---- units in charge --------------------------------------------------------------------------------------------


def test_a_leader_sees_the_cases_of_the_units_in_charge_while_they_are(zone: Zone) -> None:
    case = errand(zone, holders=[holder("host", zone.host)])
    assert seen(zone.stranger) == set()
    oversight = put_in_charge(official_of(zone.stranger), zone.unit, actor=None, on=MONDAY, now=NOW)
    assert seen(zone.stranger) == {case.pk}
    assert seen(zone.stranger, MONDAY - timedelta(days=1)) == set()
    end_oversight(oversight, actor=None, on=FRIDAY, now=NOW)
    assert seen(zone.stranger, FRIDAY - timedelta(days=1)) == {case.pk}
    assert seen(zone.stranger, FRIDAY) == set()


def test_what_lies_below_a_unit_in_charge_is_in_charge_too(zone: Zone) -> None:
    office = open_unit(
        code="office",
        name="示例科",
        kind=UnitKind.DEPARTMENT,
        parent=zone.unit,
        actor=None,
        on=START,
        now=NOW,
    )
    case = errand(zone, holders=[Holder("host", office)])
    elsewhere = errand(zone, holders=[Holder("host", zone.root)])
    put_in_charge(official_of(zone.stranger), zone.unit, actor=None, on=MONDAY, now=NOW)
    assert seen(zone.stranger) == {case.pk}
    assert elsewhere.pk not in seen(zone.stranger)


# ---- leads ------------------------------------------------------------------------------------------------------


def test_who_leads_a_firm_sees_its_cases_while_leading(zone: Zone) -> None:
    firm, other = (
        record(Enterprise(), {"name": name, "folded_name": name}, actor=None, effective_on=START, now=NOW)
        for name in ("示例企业甲", "示例企业乙")
    )
    of_firm, of_other = errand(zone), errand(zone)
    Case.objects.filter(pk=of_firm.pk).update(enterprise=firm)
    Case.objects.filter(pk=of_other.pk).update(enterprise=other)
    leader = make_actor("firm_leader", "示例挂钩领导", unit_apart(zone))
    assert seen(leader) == set()
    lead = assign_lead(official_of(leader), enterprise=firm, actor=None, on=MONDAY, now=NOW)
    assert seen(leader) == {of_firm.pk}
    end_lead(lead, actor=None, on=FRIDAY, now=NOW)
    assert seen(leader, FRIDAY) == set()


def test_who_leads_a_chain_sees_the_cases_of_its_firms_while_both_hold(zone: Zone) -> None:
    firm, other = (
        record(Enterprise(), {"name": name, "folded_name": name}, actor=None, effective_on=START, now=NOW)
        for name in ("示例链上企业", "示例链外企业")
    )
    of_firm, of_other = errand(zone), errand(zone)
    Case.objects.filter(pk=of_firm.pk).update(enterprise=firm)
    Case.objects.filter(pk=of_other.pk).update(enterprise=other)
    industry = open_leading_industry(
        code="demo", name="示例产业", kind="leading", order=1, prefixes=["38"], actor=None, on=START, now=NOW
    )
    chain = open_chain(code="demo", name="示例链", leading_industry=industry, actor=None, on=START, now=NOW)
    node = add_node(chain, NewNode("示例环节", "upstream"), actor=None, on=START, now=NOW)
    join_chain(node, firm, role="ordinary", actor=None, on=MONDAY, now=NOW)
    leader = make_actor("chain_leader", "示例链长", unit_apart(zone))
    assert seen(leader) == set()
    lead = assign_lead(official_of(leader), chain=chain, actor=None, on=MONDAY, now=NOW)
    assert seen(leader) == {of_firm.pk}
    assert seen(leader, MONDAY - timedelta(days=1)) == set()
    end_lead(lead, actor=None, on=FRIDAY, now=NOW)
    assert seen(leader, FRIDAY) == set()


def unit_apart(zone: Zone) -> Unit:
    return open_unit(
        code="apart",
        name="示例旁部",
        kind=UnitKind.DEPARTMENT,
        parent=zone.root,
        actor=None,
        on=START,
        now=NOW,
    )


# ---- stand-ins --------------------------------------------------------------------------------------------------


def test_b_sees_and_does_what_a_holds_on_these_days_only(zone: Zone) -> None:
    case = errand(zone, holders=[holder("host", zone.host)])
    away(zone.host, zone.stranger)
    assert seen(zone.stranger) == {case.pk}
    assert seen(zone.stranger, MONDAY - timedelta(days=1)) == set()
    assert seen(zone.stranger, FRIDAY) == set()
    with pytest.raises(NotAllowed):
        do(case, "visit", fresh(zone.stranger, FRIDAY), on=FRIDAY)
    change = do(case, "visit", fresh(zone.stranger)).change
    assert (change.actor, change.on_behalf_of) == (zone.stranger.account, zone.host.account)


def test_who_may_himself_acts_for_himself(zone: Zone) -> None:
    case = errand(zone, holders=[holder("host", zone.host)])
    away(zone.host, zone.leader)
    by_right = do(case, "visit", fresh(zone.leader)).change
    assert by_right.on_behalf_of is None
    own = errand(zone, holders=[holder("host", zone.leader), holder("verifier", zone.host)])
    assert do(own, "submit", fresh(zone.leader), evidence=[document()]).change.on_behalf_of is None


def test_a_sub_case_opened_in_the_absent_hosts_place_says_so(zone: Zone) -> None:
    parent = errand(zone)
    away(zone.host, zone.stranger)
    child = errand(zone, parent=parent, actor=fresh(zone.stranger))
    assert child.changes.get().on_behalf_of == zone.host.account


def test_who_stands_in_for_the_host_does_not_verify(zone: Zone) -> None:
    case = errand(zone)
    do(case, "submit", zone.host, evidence=[document()])
    away(zone.host, zone.verifier)
    with pytest.raises(NotAllowed, match="另一个人"):
        do(case, "close", fresh(zone.verifier))
    assert do(case, "close", fresh(zone.verifier, FRIDAY), on=FRIDAY).case.state == "closed"


def test_the_host_does_not_verify_for_the_absent_verifier(zone: Zone) -> None:
    case = errand(zone)
    do(case, "submit", zone.host, evidence=[document()])
    away(zone.verifier, zone.host)
    with pytest.raises(NotAllowed, match="另一个人"):
        do(case, "close", fresh(zone.host))


def test_a_stand_in_is_not_passed_on(zone: Zone) -> None:
    """C stands in for B, B for A: what A holds does not come to C."""
    case = errand(zone, holders=[holder("host", zone.host)])
    apart = make_actor("third", "示例丙岗", unit_apart(zone))
    away(zone.host, zone.leader)
    away(zone.leader, apart)
    assert case.pk not in seen(apart)
    with pytest.raises(NotAllowed):
        do(case, "visit", fresh(apart))


def test_what_a_held_once_is_not_shown_to_b(zone: Zone) -> None:
    case = errand(zone, holders=[holder("host", zone.host)])
    do(case, "reassign", zone.leader, reason="轮岗", holders=[holder("host", zone.leader)])
    apart = make_actor("third", "示例丙岗", unit_apart(zone))
    away(zone.host, apart)
    assert case.pk in seen(zone.host)
    assert seen(apart) == set()


def test_what_a_is_told_b_is_told_too(zone: Zone) -> None:
    case = errand(zone, holders=[holder("host", zone.host)])
    away(zone.host, zone.stranger)
    assert set(holders(case, ("host",), MONDAY)) == {zone.host.account, zone.stranger.account}
    assert holders(case, ("host",), FRIDAY) == [zone.host.account]


# ---- cost -------------------------------------------------------------------------------------------------------


def test_the_reach_of_an_actor_is_one_query(zone: Zone) -> None:
    errand(zone)
    put_in_charge(official_of(zone.stranger), zone.unit, actor=None, on=MONDAY, now=NOW)
    away(zone.host, zone.stranger)
    actor = fresh(zone.stranger)
    with CaptureQueriesContext(connection) as queries:
        assert actor.reach.overseen_paths == (zone.unit.path,)
        assert actor.stands_in_for == {zone.host.official_id}
        visible_cases(actor).count()
        visible_cases(actor).exists()
    assert len(queries) == 3


def test_who_has_no_reach_is_asked_no_condition_of_it(zone: Zone) -> None:
    bare = str(visible_cases(fresh(zone.stranger)).query)
    assert 'enterprise_id" IN' not in bare
    put_in_charge(official_of(zone.stranger), zone.unit, actor=None, on=MONDAY, now=NOW)
    assert len(str(visible_cases(fresh(zone.stranger)).query)) > len(bare)
