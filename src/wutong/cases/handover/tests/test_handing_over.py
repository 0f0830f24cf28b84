"""Somebody leaves: everything finds another holder in one act, and the proofs still agree. All names are invented."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from wutong.base.errors import Conflict, NotAllowed, Refused
from wutong.cases import verify as case_chains
from wutong.cases.act import act
from wutong.cases.handover.holdings import holdings_of
from wutong.cases.handover.models import Handover, HandoverState, HeldKind, Outcome
from wutong.cases.handover.services import (
    choose_receivers,
    draft_handover,
    drop_handover,
    hand_over,
    list_again,
    sign_handover,
)
from wutong.cases.models import Assignment, Case, Change
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
from wutong.cases.testing_permits import permit, permits
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.history import verify as register_chains
from wutong.registers.leads.models import LeadAssignment
from wutong.registers.leads.services import assign_lead
from wutong.registers.organisation.actors import Actor
from wutong.registers.organisation.models import Official, TeamMember, UnitKind
from wutong.registers.organisation.post_services import transfer_official
from wutong.registers.organisation.reach_services import arrange_stand_in, put_in_charge
from wutong.registers.organisation.services import join_team, leave_office, open_unit

pytestmark = pytest.mark.django_db
START = date(2025, 9, 22)


@pytest.fixture
def zone(db: None) -> Iterator[Zone]:
    with errands(), permits():
        yield make_zone()


@pytest.fixture
def organiser(zone: Zone) -> Actor:
    return make_actor("organiser", "示例组织员", zone.root, "organisation.hand_over", "organisation.manage")


@pytest.fixture
def receiver(zone: Zone) -> Actor:
    return make_actor("receiver", "示例接手人", zone.other_unit)


def firm(name: str) -> Enterprise:
    from wutong.registers.history.services import record

    facts = {"name": name, "folded_name": name}
    return record(Enterprise(), facts, actor=None, effective_on=START, now=NOW)


def much(zone: Zone, count: int = 4) -> None:
    """The host of the zone gets something of everything."""
    giver = official_of(zone.host)
    for number in range(count):
        errand(zone, title=f"示例差事{number}")
        case = permit(zone)
        act(
            case, "reassign", actor=make_boss(zone), now=NOW, effective_on=MONDAY,
            holders=[Holder("supervisor", giver.unit, giver)],
            effective_at=NOW,
        )  # fmt: skip
        assign_lead(giver, enterprise=firm(f"示例企业{number}"), actor=None, on=START, now=NOW)
    helped = errand(
        zone, title="示例协办", holders=[holder("host", zone.leader), holder("verifier", zone.verifier)]
    )
    do(helped, "reassign", zone.leader, reason="协同", holders=[holder("helper", zone.host)])
    put_in_charge(giver, zone.other_unit, actor=None, on=START, now=NOW)
    team = open_unit(
        code="team", name="示例组", kind=UnitKind.TEAM, parent=zone.unit, actor=None, on=START, now=NOW
    )
    join_team(team, giver, is_leader=True, on=START)
    transfer_official(giver, zone.unit, "示例科长", actor=None, on=START, now=NOW)
    away = {"reason": "leave", "actor": None, "now": NOW}
    arrange_stand_in(giver, official_of(zone.stranger), from_on=MONDAY, to_on=date(2026, 4, 1), **away)
    arrange_stand_in(official_of(zone.leader), giver, from_on=MONDAY, to_on=date(2026, 4, 1), **away)


def make_boss(zone: Zone) -> Actor:
    return Actor("boss", zone.leader.account, zone.leader.official, frozenset({"permit.assign"}), MONDAY)


def drafted(zone: Zone, organiser: Actor, on: date = MONDAY) -> Handover:
    return draft_handover(official_of(zone.host), effective_on=on, reason="调离", actor=organiser, now=NOW)


def give_all(handover: Handover, receiver: Actor, organiser: Actor, **more: Any) -> None:
    passing = handover.lines.exclude(kind__in=["post", "stood_in"])
    chosen = dict.fromkeys(passing.values_list("pk", flat=True), receiver.official)
    choose_receivers(handover, chosen, actor=organiser, now=NOW, **more)


def faults() -> list[Any]:
    return [*case_chains.faults(), *register_chains.faults()]


# ---- everything passes ------------------------------------------------------------------------------------------


def test_everything_of_every_kind_finds_a_holder_and_the_giver_holds_nothing(
    zone: Zone, organiser: Actor, receiver: Actor
) -> None:
    much(zone)
    giver, taker = official_of(zone.host), official_of(receiver)
    before = holdings_of(giver, MONDAY)
    assert before.counts() == {
        HeldKind.CASE: 4 + 2 * 4 + 1, HeldKind.LEAD: 4, HeldKind.OVERSIGHT: 1, HeldKind.TEAM: 1,
        HeldKind.STANDS_IN: 1, HeldKind.STOOD_IN: 1, HeldKind.POST: 1,
    }  # fmt: skip
    handover = drafted(zone, organiser)
    give_all(handover, receiver, organiser)
    hand_over(handover, actor=organiser, now=NOW)
    assert holdings_of(giver, MONDAY).is_empty
    assert not Assignment.objects.filter(person=giver, to_on__isnull=True).exists()
    after = holdings_of(taker, MONDAY).counts()
    assert after == {
        HeldKind.CASE: 13, HeldKind.LEAD: 4, HeldKind.OVERSIGHT: 1, HeldKind.TEAM: 1, HeldKind.STANDS_IN: 1,
    }  # fmt: skip
    handover.refresh_from_db()
    assert handover.state == HandoverState.DONE
    outcomes = dict(handover.lines.values_list("kind", "outcome"))
    assert outcomes["post"] == outcomes["stood_in"] == Outcome.ENDED
    assert outcomes["case"] == outcomes["lead"] == Outcome.PASSED
    assert faults() == []


def test_the_time_of_the_giver_stays_and_that_of_the_receiver_begins(
    zone: Zone, organiser: Actor, receiver: Actor
) -> None:
    case = errand(zone, on=date(2026, 2, 27))
    handover = drafted(zone, organiser)
    give_all(handover, receiver, organiser)
    hand_over(handover, actor=organiser, now=NOW)
    hosts = case.assignments.filter(role="host").order_by("pk")
    assert [(item.person_id, item.unit_id, item.from_on, item.to_on) for item in hosts] == [
        (zone.host.official_id, zone.unit.pk, date(2026, 2, 27), MONDAY),
        (receiver.official_id, zone.other_unit.pk, MONDAY, None),
    ]
    case.refresh_from_db()
    assert (case.host_person_id, case.host_unit_id) == (receiver.official_id, zone.other_unit.pk)
    last = case.changes.order_by("-seq").first()
    assert last is not None
    assert (last.verb, last.actor, last.state_before, last.state_after) == (
        "hand_over", organiser.account, "working", "working",
    )  # fmt: skip
    assert handover.number in last.reason


def test_a_case_stays_with_its_unit_when_that_is_told(zone: Zone, organiser: Actor, receiver: Actor) -> None:
    case = errand(zone)
    handover = drafted(zone, organiser)
    give_all(handover, receiver, organiser, keeps_units=True)
    hand_over(handover, actor=organiser, now=NOW)
    case.refresh_from_db()
    assert (case.host_person_id, case.host_unit_id) == (receiver.official_id, zone.unit.pk)


def test_a_helper_that_is_waited_for_is_waited_for_on(zone: Zone, organiser: Actor, receiver: Actor) -> None:
    case = permit(zone, holders=[holder("host", zone.leader)])
    boss = Actor("boss", zone.leader.account, zone.leader.official, frozenset({"permit.edit"}), MONDAY)
    act(
        case, "ask_help", actor=boss, now=NOW, effective_on=MONDAY, effective_at=NOW,
        holders=[holder("helper", zone.host)],
    )  # fmt: skip
    handover = drafted(zone, organiser)
    give_all(handover, receiver, organiser)
    hand_over(handover, actor=organiser, now=NOW)
    seat = case.assignments.get(role="helper", to_on__isnull=True)
    assert (seat.person_id, seat.is_awaited) == (receiver.official_id, True)
    assert faults() == []


def test_who_helps_already_does_not_help_twice(zone: Zone, organiser: Actor, receiver: Actor) -> None:
    case = errand(zone, holders=[holder("host", zone.leader), holder("verifier", zone.verifier)])
    do(
        case, "reassign", zone.leader, reason="协同",
        holders=[holder("helper", zone.host), holder("helper", receiver)],
    )  # fmt: skip
    handover = drafted(zone, organiser)
    give_all(handover, receiver, organiser)
    hand_over(handover, actor=organiser, now=NOW)
    open_helpers = case.assignments.filter(role="helper", to_on__isnull=True)
    assert [item.person_id for item in open_helpers] == [receiver.official_id]
    assert faults() == []


def test_a_member_who_takes_over_a_leader_leads_the_team(
    zone: Zone, organiser: Actor, receiver: Actor
) -> None:
    team = open_unit(
        code="team", name="示例组", kind=UnitKind.TEAM, parent=zone.unit, actor=None, on=START, now=NOW
    )
    join_team(team, official_of(zone.host), is_leader=True, on=START)
    join_team(team, official_of(receiver), is_leader=False, on=START)
    handover = drafted(zone, organiser)
    give_all(handover, receiver, organiser)
    hand_over(handover, actor=organiser, now=NOW)
    now_in = TeamMember.objects.get(team=team, to_on__isnull=True)
    assert (now_in.official_id, now_in.is_leader, now_in.from_on) == (receiver.official_id, True, MONDAY)


def test_what_finds_no_receiver_and_needs_none_ends(zone: Zone, organiser: Actor) -> None:
    lead = assign_lead(official_of(zone.host), enterprise=firm("示例企业"), actor=None, on=START, now=NOW)
    handover = drafted(zone, organiser)
    hand_over(handover, actor=organiser, now=NOW)
    lead.refresh_from_db()
    assert lead.to_on == MONDAY
    assert handover.lines.get().outcome == Outcome.ENDED
    assert LeadAssignment.objects.count() == 1


def test_an_end_that_was_planned_stays_planned(zone: Zone, organiser: Actor, receiver: Actor) -> None:
    end = date(2026, 12, 31)
    assign_lead(official_of(zone.host), enterprise=firm("示例企业"), actor=None, on=START, now=NOW, to_on=end)
    handover = drafted(zone, organiser)
    give_all(handover, receiver, organiser)
    hand_over(handover, actor=organiser, now=NOW)
    new = LeadAssignment.objects.get(official=official_of(receiver))
    assert (new.from_on, new.to_on) == (MONDAY, end)


def test_closed_cases_keep_their_people(zone: Zone, organiser: Actor, receiver: Actor) -> None:
    case = errand(zone)
    do(case, "submit", zone.host, evidence=[document()])
    do(case, "close", zone.verifier)
    assert holdings_of(official_of(zone.host), MONDAY).is_empty
    handover = drafted(zone, organiser)
    hand_over(handover, actor=organiser, now=NOW)
    assert case.assignments.get(role="host").to_on is None


def test_the_number_of_queries_does_not_grow_with_the_list(
    zone: Zone, organiser: Actor, receiver: Actor
) -> None:
    def queries(count: int) -> int:
        for number in range(count):
            errand(zone, title=f"示例差事{count}之{number}")
            assign_lead(
                official_of(zone.host),
                enterprise=firm(f"示例企业{count}之{number}"),
                actor=None,
                on=START,
                now=NOW,
            )
        handover = drafted(zone, organiser)
        give_all(handover, receiver, organiser)
        with CaptureQueriesContext(connection) as captured:
            hand_over(handover, actor=organiser, now=NOW)
        return len(captured)

    assert queries(3) == queries(30)


# ---- refusals ---------------------------------------------------------------------------------------------------


def test_a_receiver_who_would_verify_the_own_work_is_refused_with_the_case_named(
    zone: Zone, organiser: Actor
) -> None:
    case = errand(zone)
    handover = drafted(zone, organiser)
    give_all(handover, zone.verifier, organiser)
    with pytest.raises(Refused, match=case.number):
        hand_over(handover, actor=organiser, now=NOW)
    case.refresh_from_db()
    assert case.host_person_id == zone.host.official_id


def test_who_has_left_or_leaves_by_that_day_receives_nothing(
    zone: Zone, organiser: Actor, receiver: Actor
) -> None:
    errand(zone)
    handover = drafted(zone, organiser)
    leave_office(official_of(receiver), actor=None, on=MONDAY, now=NOW)
    with pytest.raises(Refused, match="离任"):
        give_all(handover, receiver, organiser)
    give_all(handover, zone.stranger, organiser)
    Official.objects.filter(pk=zone.stranger.official_id).update(to_on=MONDAY)
    with pytest.raises(Refused, match="离任"):
        hand_over(handover, actor=organiser, now=NOW)


def test_nobody_hands_over_to_himself(zone: Zone, organiser: Actor) -> None:
    errand(zone)
    with pytest.raises(Refused, match="本人"):
        give_all(drafted(zone, organiser), zone.host, organiser)


def test_what_came_after_the_list_is_found(zone: Zone, organiser: Actor, receiver: Actor) -> None:
    errand(zone)
    handover = drafted(zone, organiser)
    give_all(handover, receiver, organiser)
    late = errand(zone, title="示例新差事")
    with pytest.raises(Conflict, match="清单之后又新增1项") as conflict:
        hand_over(handover, actor=organiser, now=NOW)
    assert late.number in str(conflict.value.changes[0])
    assert Change.objects.filter(verb="hand_over").count() == 0
    list_again(handover, actor=organiser, now=NOW)
    give_all(handover, receiver, organiser)
    hand_over(handover, actor=organiser, now=NOW)
    assert holdings_of(official_of(zone.host), MONDAY).is_empty


def test_what_went_to_somebody_else_meanwhile_is_not_taken_from_him(
    zone: Zone, organiser: Actor, receiver: Actor
) -> None:
    case = errand(zone)
    handover = drafted(zone, organiser)
    give_all(handover, receiver, organiser)
    do(case, "reassign", zone.leader, reason="轮岗", holders=[holder("host", zone.stranger)])
    hand_over(handover, actor=organiser, now=NOW)
    case.refresh_from_db()
    assert case.host_person_id == zone.stranger.official_id
    assert handover.lines.get().outcome == Outcome.GONE


def test_a_case_without_a_receiver_stops_everything(zone: Zone, organiser: Actor, receiver: Actor) -> None:
    lead = assign_lead(official_of(zone.host), enterprise=firm("示例企业"), actor=None, on=START, now=NOW)
    errand(zone)
    with pytest.raises(Refused, match="还有1件办件没有选接收人"):
        hand_over(drafted(zone, organiser), actor=organiser, now=NOW)
    lead.refresh_from_db()
    assert lead.to_on is None


def test_a_case_that_changed_after_the_day_is_named(zone: Zone, organiser: Actor, receiver: Actor) -> None:
    case = errand(zone)
    handover = drafted(zone, organiser, MONDAY - timedelta(days=3))
    give_all(handover, receiver, organiser)
    with pytest.raises(Refused, match=case.number):
        hand_over(handover, actor=organiser, now=NOW)


def test_a_day_that_lies_ahead_is_prepared_and_not_acted(
    zone: Zone, organiser: Actor, receiver: Actor
) -> None:
    errand(zone)
    handover = drafted(zone, organiser, MONDAY + timedelta(days=7))
    give_all(handover, receiver, organiser)
    with pytest.raises(Refused, match="请到那一天再办"):
        hand_over(handover, actor=organiser, now=NOW)


def test_only_the_right_hands_over(zone: Zone, organiser: Actor, receiver: Actor) -> None:
    with pytest.raises(NotAllowed):
        drafted(zone, zone.leader)
    errand(zone)
    handover = drafted(zone, organiser)
    give_all(handover, receiver, organiser)
    with pytest.raises(NotAllowed):
        hand_over(handover, actor=zone.leader, now=NOW)


def test_the_verb_alone_moves_nothing(zone: Zone, organiser: Actor) -> None:
    case = errand(zone)
    with pytest.raises(Refused, match="交接单"):
        do(case, "hand_over", organiser, reason="直接")


def test_a_person_has_one_list_at_a_time(zone: Zone, organiser: Actor) -> None:
    first = drafted(zone, organiser)
    with pytest.raises(Refused, match=first.number):
        drafted(zone, organiser)
    drop_handover(first, reason="日期有变", actor=organiser, now=NOW)
    assert drafted(zone, organiser).number != first.number


# ---- leaving ----------------------------------------------------------------------------------------------------


def test_nobody_leaves_with_something_in_hand(zone: Zone, organiser: Actor, receiver: Actor) -> None:
    much(zone, 2)
    giver = official_of(zone.host)
    with pytest.raises(Refused, match="7件办件、2项挂钩、1项分管"):
        leave_office(giver, actor=None, on=MONDAY, now=NOW)
    handover = drafted(zone, organiser)
    give_all(handover, receiver, organiser)
    hand_over(handover, actor=organiser, now=NOW)
    leave_office(Official.objects.get(pk=giver.pk), actor=None, on=MONDAY, now=NOW)
    assert Official.objects.get(pk=giver.pk).to_on == MONDAY
    assert faults() == []


def test_posts_alone_end_with_leaving(zone: Zone) -> None:
    giver = official_of(zone.host)
    holding = transfer_official(giver, zone.unit, "示例科长", actor=None, on=START, now=NOW)
    leave_office(giver, actor=None, on=MONDAY, now=NOW)
    holding.refresh_from_db()
    assert holding.to_on == MONDAY


# ---- signatures -------------------------------------------------------------------------------------------------


def test_giver_and_every_receiver_sign_with_their_own_accounts(
    zone: Zone, organiser: Actor, receiver: Actor
) -> None:
    errand(zone)
    handover = drafted(zone, organiser)
    give_all(handover, receiver, organiser)
    giver_account, receiver_account = zone.host.account, receiver.account
    assert giver_account is not None and receiver_account is not None and organiser.account is not None
    with pytest.raises(Refused, match="拟定"):
        sign_handover(handover, account=giver_account, now=NOW)
    hand_over(handover, actor=organiser, now=NOW)
    with pytest.raises(NotAllowed):
        sign_handover(handover, account=organiser.account, now=NOW)
    sign_handover(handover, account=giver_account, now=NOW)
    with pytest.raises(Refused, match="签过字"):
        sign_handover(handover, account=giver_account, now=NOW)
    assert Handover.objects.get().state == HandoverState.DONE
    sign_handover(handover, account=receiver_account, now=NOW)
    assert Handover.objects.get().state == HandoverState.SIGNED
    assert {item.account_id for item in handover.signatures.all()} == {giver_account.pk, receiver_account.pk}
    assert faults() == []


def test_the_list_names_no_person(zone: Zone, organiser: Actor, receiver: Actor) -> None:
    """A name can be erased later; the list stays."""
    much(zone, 1)
    names = set(Official.objects.values_list("name", flat=True))
    labels = " ".join(drafted(zone, organiser).lines.values_list("label", flat=True))
    assert [name for name in names if name in labels] == []


def test_cases_of_all_ledgers_are_listed_with_their_role(zone: Zone, organiser: Actor) -> None:
    case = errand(zone)
    other = permit(zone)
    labels = list(drafted(zone, organiser).lines.values_list("label", flat=True))
    assert f"{case.number} 差事 主办" in labels
    assert f"{other.number} 许可 主办" in labels
    assert Case.objects.count() == 2
