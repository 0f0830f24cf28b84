"""Who leads which firm and which chain, from when to when. All names are invented."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from wutong.base.errors import Refused
from wutong.registers.chains.models import Chain
from wutong.registers.chains.services import close_chain
from wutong.registers.chains.tests.chain_zone import make_chain
from wutong.registers.enterprises.carriers import Move
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.history.services import record
from wutong.registers.history.verify import faults
from wutong.registers.leads.carrying import carry_leads
from wutong.registers.leads.models import LeadAssignment, LeadRole
from wutong.registers.leads.queries import leads_of, led_by, led_chains, led_enterprises
from wutong.registers.leads.services import assign_lead, end_lead
from wutong.registers.organisation.actors import SYSTEM, Actor
from wutong.registers.organisation.models import Official, UnitKind
from wutong.registers.organisation.services import appoint_official, leave_office, open_unit

pytestmark = pytest.mark.django_db
ON, LATER, TODAY = date(2024, 1, 1), date(2025, 6, 1), date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.fixture
def official() -> Official:
    unit = open_unit(
        code="works", name="示例部", kind=UnitKind.DEPARTMENT, parent=None, actor=None, on=ON, now=NOW
    )
    return appoint_official(
        staff_no="a", name="示例领导", unit=unit, post="", phone="", account=None, actor=None, on=ON, now=NOW
    )


@pytest.fixture
def firm() -> Enterprise:
    facts = {"name": "示例企业", "folded_name": "示例企业"}
    return record(Enterprise(), facts, actor=None, effective_on=ON, now=NOW)


@pytest.fixture
def chain() -> Chain:
    return make_chain()


def test_a_lead_holds_from_its_first_day_to_the_day_before_its_end(
    official: Official, firm: Enterprise
) -> None:
    lead = assign_lead(official, enterprise=firm, actor=None, on=ON, now=NOW)
    end_lead(lead, actor=None, on=LATER, now=NOW)
    days = (date(2023, 12, 31), ON, date(2025, 5, 31), LATER)
    assert [leads_of(enterprise=firm, on=day).count() for day in days] == [0, 1, 1, 0]
    assert [led_by(official, day).count() for day in days] == [0, 1, 1, 0]
    assert list(faults()) == []


def test_a_firm_has_a_leader_and_liaisons_beside_each_other(official: Official, firm: Enterprise) -> None:
    for role in (LeadRole.LIAISON, LeadRole.LEAD):
        assign_lead(official, role=role, enterprise=firm, actor=None, on=ON, now=NOW)
    found = leads_of(enterprise=firm, on=TODAY)
    assert [item.role_label() for item in found] == ["挂钩领导", "联络员"]


def test_nobody_leads_the_same_twice(official: Official, firm: Enterprise) -> None:
    lead = assign_lead(official, enterprise=firm, actor=None, on=ON, now=NOW)
    with pytest.raises(Refused, match="已经是示例企业"):
        assign_lead(official, enterprise=firm, actor=None, on=LATER, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        LeadAssignment.objects.create(official=official, enterprise=firm, role=LeadRole.LEAD, from_on=LATER)
    end_lead(lead, actor=None, on=LATER, now=NOW)
    assign_lead(official, enterprise=firm, actor=None, on=LATER, now=NOW)


def test_a_lead_has_exactly_one_target(official: Official, firm: Enterprise, chain: Chain) -> None:
    for targets in ({}, {"enterprise": firm, "chain": chain}):
        with pytest.raises(Refused, match="二者选一"):
            assign_lead(official, **targets, actor=None, on=ON, now=NOW)
        with pytest.raises(IntegrityError), transaction.atomic():
            LeadAssignment.objects.create(official=official, role=LeadRole.LEAD, from_on=ON, **targets)


def test_who_leads_a_chain_is_its_chain_leader_and_reaches_it(
    official: Official, firm: Enterprise, chain: Chain
) -> None:
    lead = assign_lead(official, chain=chain, actor=None, on=ON, now=NOW)
    assert lead.role_label() == "链长"
    assign_lead(official, enterprise=firm, actor=None, on=LATER, now=NOW)
    before = Actor("示例", None, official, on=ON)
    assert (led_chains(before), led_enterprises(before)) == ({chain.pk}, frozenset())
    assert led_enterprises(Actor("示例", None, official, on=TODAY)) == {firm.pk}


def test_who_has_left_gets_no_lead(official: Official, firm: Enterprise) -> None:
    leave_office(official, actor=None, on=LATER, now=NOW)
    with pytest.raises(Refused, match="不在任"):
        assign_lead(official, enterprise=firm, actor=None, on=TODAY, now=NOW)


def test_a_lead_does_not_end_before_it_began_or_twice(official: Official, firm: Enterprise) -> None:
    lead = assign_lead(official, enterprise=firm, actor=None, on=LATER, now=NOW)
    with pytest.raises(Refused, match="早于起始日期"):
        end_lead(lead, actor=None, on=ON, now=NOW)
    end_lead(lead, actor=None, on=TODAY, now=NOW)
    with pytest.raises(Refused, match="已于2026-03-02结束"):
        end_lead(lead, actor=None, on=TODAY, now=NOW)


def test_a_chain_that_is_given_up_gets_no_leader(official: Official, chain: Chain) -> None:
    close_chain(chain, reason="示例", actor=None, on=date(2026, 2, 1), now=NOW)
    with pytest.raises(Refused, match="已于2026-02-01撤销"):
        assign_lead(official, chain=Chain.objects.get(), actor=None, on=TODAY, now=NOW)


def test_leads_follow_a_firm_that_is_merged_and_are_not_held_twice(
    official: Official, firm: Enterprise
) -> None:
    double = record(
        Enterprise(), {"name": "示例双胞", "folded_name": "示例双胞"}, actor=None, effective_on=ON, now=NOW
    )
    both = assign_lead(official, enterprise=firm, actor=None, on=ON, now=NOW)
    twice = assign_lead(official, enterprise=double, actor=None, on=ON, now=NOW)
    liaison = assign_lead(official, role=LeadRole.LIAISON, enterprise=double, actor=None, on=ON, now=NOW)
    carry_leads([twice.pk, liaison.pk], Move(firm, SYSTEM, TODAY, NOW, "示例合并"))
    rows = LeadAssignment.objects.order_by("pk").values_list("pk", "enterprise", "to_on")
    assert list(rows) == [(both.pk, firm.pk, None), (twice.pk, firm.pk, TODAY), (liaison.pk, firm.pk, None)]
    assert list(faults()) == []
