"""What happens in one ledger because of another: an escalated rectification becomes a supervision order."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.zone_for_ledgers import NOW, ON, LedgerZone, document, holder, make_ledger_zone, official_of
from wutong.base.accounts.models import Account
from wutong.base.errors import Refused
from wutong.cases.act import act
from wutong.cases.clocks.sweep import sweep_clocks
from wutong.cases.models import Case, Change, Clock
from wutong.ledgerkit.testing import account_with, client_of
from wutong.ledgerkit.verify import all_faults
from wutong.ledgers.supervision_orders.models import SupervisionOrder
from wutong.registers.organisation.actors import Actor
from wutong.registers.organisation.services import open_unit
from wutong.site.connections import project_push as connection_of_project_push
from wutong.site.tasks import sweep
from wutong.site.tick import SCHEDULES

pytestmark = pytest.mark.django_db
DUE = date(2026, 3, 16)
FIRST_LATE_DAY = date(2026, 3, 20)
"""More than three days over the due day."""


@pytest.fixture
def zone() -> Iterator[LedgerZone]:
    yield make_ledger_zone()


def escalate(case: Case, zone: LedgerZone, on: date = ON) -> None:
    act(case, "escalate", actor=zone.leader, now=NOW, effective_on=on, reason="久拖不决")


def orders() -> list[SupervisionOrder]:
    return list(SupervisionOrder.objects.select_related("case", "source").order_by("pk"))


def test_an_escalated_rectification_opens_exactly_one_order(zone: LedgerZone) -> None:
    case = zone.rectification(zone.project())
    escalate(case, zone)
    (order,) = orders()
    assert order.source_id == case.pk
    assert order.matter == case.title
    assert case.number in order.demand
    assert "久拖不决" in order.demand
    assert (order.case.state, order.case.opened_on, order.case.is_open) == ("issued", ON, True)
    assert list(all_faults()) == []


def test_the_order_goes_to_the_host_under_the_lead_official_of_the_project(zone: LedgerZone) -> None:
    case = zone.rectification(zone.project())
    escalate(case, zone)
    (order,) = orders()
    held = {(item.role, item.unit_id, item.person_id) for item in order.case.assignments.all()}
    expected = {"host": zone.host, "lead_official": zone.leader, "supervisor": zone.verifier}
    assert held == {
        (role, official_of(actor).unit_id, official_of(actor).pk) for role, actor in expected.items()
    }
    assert order.case.host_person_id == zone.host.official_id
    assert order.case.leader_id == zone.leader.official_id


def test_a_lead_official_of_the_rectification_itself_goes_before_that_of_the_project(
    zone: LedgerZone,
) -> None:
    case = zone.rectification(zone.project(), leader=zone.clerk)
    escalate(case, zone)
    assert orders()[0].case.leader_id == zone.clerk.official_id


def test_the_host_of_the_project_is_not_taken_for_the_host_of_the_rectification(zone: LedgerZone) -> None:
    case = zone.rectification(zone.project())
    act(
        case,
        "reassign",
        actor=zone.leader,
        now=NOW,
        effective_on=ON,
        reason="换人",
        holders=[holder("host", zone.clerk)],
    )
    escalate(case, zone)
    assert orders()[0].case.host_person_id == zone.clerk.official_id


def test_the_clock_of_the_answer_starts_with_the_order(zone: LedgerZone) -> None:
    escalate(zone.rectification(zone.project()), zone)
    clock = Clock.objects.get(case=orders()[0].case)
    assert (clock.started_on, clock.due_on) == (ON, date(2026, 3, 9))


def test_an_order_that_fails_takes_the_escalation_back_with_it(
    zone: LedgerZone, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = zone.rectification(zone.project())

    def fails(**_values: object) -> None:
        raise Refused("今天不行")

    monkeypatch.setattr(connection_of_project_push, "issue_order", fails)
    before = Change.objects.count()
    with pytest.raises(Refused, match="今天不行"):
        escalate(case, zone)
    assert Change.objects.count() == before
    case.refresh_from_db()
    assert case.last_seq == 1
    assert orders() == []
    assert list(all_faults()) == []


def test_a_step_refused_afterwards_leaves_no_order(zone: LedgerZone) -> None:
    case = zone.rectification(zone.project())
    with pytest.raises(Refused):
        act(case, "escalate", actor=zone.leader, now=NOW, effective_on=ON, reason=" ")
    assert orders() == []


def sweep_on(day: date) -> int:
    """Let time pass until eight o'clock of a day; how many orders came of it."""
    before = len(orders())
    sweep_clocks(datetime(day.year, day.month, day.day, tzinfo=UTC))
    return len(orders()) - before


# ---- by itself ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "count"), [(0, 0), (1, 0), (3, 0), (4, 1)])
def test_only_what_is_more_than_three_days_over_its_due_day_is_escalated(
    zone: LedgerZone, days: int, count: int
) -> None:
    zone.rectification(zone.project(), due_on=DUE)
    assert sweep_on(DUE + timedelta(days=days)) == count
    assert len(orders()) == count


def test_each_rectification_is_escalated_once(zone: LedgerZone) -> None:
    zone.rectification(zone.project(), due_on=DUE)
    for day in range(3):
        sweep_on(FIRST_LATE_DAY + timedelta(days=day))
        sweep_on(FIRST_LATE_DAY + timedelta(days=day))
    assert len(orders()) == 1
    assert Change.objects.filter(verb="escalate").count() == 1


def test_after_days_without_a_sweep_all_that_is_late_is_escalated(zone: LedgerZone) -> None:
    project = zone.project()
    for day in (10, 12, 16, 18):
        zone.rectification(project, due_on=date(2026, 3, day))
    sweep_on(date(2026, 3, 14))
    assert len(orders()) == 1
    sweep_on(date(2026, 3, 31))
    assert len(orders()) == 4
    assert list(all_faults()) == []


def test_what_was_handed_in_or_ended_is_not_escalated(zone: LedgerZone) -> None:
    project = zone.project()
    submitted, closed = zone.rectification(project), zone.rectification(project)
    for case in (submitted, closed):
        proof = [document("proof", case.number)]
        act(case, "submit", actor=zone.host, now=NOW, effective_on=ON, evidence=proof)
    act(closed, "close", actor=zone.verifier, now=NOW, effective_on=ON)
    assert sweep_on(date(2026, 5, 1)) == 0


def test_what_leaders_escalated_by_hand_is_not_escalated_again(zone: LedgerZone) -> None:
    escalate(zone.rectification(zone.project(), due_on=DUE), zone)
    assert sweep_on(date(2026, 5, 1)) == 0


def test_one_that_cannot_be_escalated_does_not_hold_up_the_others(zone: LedgerZone) -> None:
    """Its last change lies after the day of the sweep."""
    project = zone.project()
    stuck, free = zone.rectification(project), zone.rectification(project)
    Case.objects.filter(pk=stuck.pk).update(changed_on=date(2026, 12, 31))
    assert sweep_on(date(2026, 5, 1)) == 1
    assert [order.source_id for order in orders()] == [free.pk]


def test_the_sweep_is_scheduled_and_an_order_begins_on_its_day(zone: LedgerZone) -> None:
    zone.rectification(zone.project(), due_on=DUE)
    assert sweep in [item.job for item in SCHEDULES]
    sweep_on(FIRST_LATE_DAY)
    assert orders()[0].case.opened_on == FIRST_LATE_DAY


# ---- escalated again ---------------------------------------------------------------------------------------------


def test_escalated_again_the_order_rises_and_no_other_is_issued(zone: LedgerZone) -> None:
    """First everyday; then listed, as the order has a leader; then a talk is proposed, which a person has to hold."""
    case = zone.rectification(zone.project())
    escalate(case, zone)
    assert orders()[0].level == "everyday"
    escalate(case, zone)
    (order,) = orders()
    assert order.level == "listed"
    assert case.title not in order.listing_words
    escalate(case, zone)
    (order,) = orders()
    assert order.level == "listed"
    assert Change.objects.filter(case=order.case, verb="propose_talk").count() == 1
    assert list(all_faults()) == []


def test_an_answered_order_is_not_listed_but_proposed(zone: LedgerZone) -> None:
    case = zone.rectification(zone.project())
    escalate(case, zone)
    act(orders()[0].case, "answer", actor=zone.host, now=NOW, effective_on=ON, data={"answer": "示例"})
    escalate(case, zone)
    (order,) = orders()
    assert (order.level, order.case.state) == ("everyday", "answered")
    assert Change.objects.filter(case=order.case, verb="propose_listing").exists()


def test_after_the_order_is_closed_the_next_escalation_issues_a_new_one(zone: LedgerZone) -> None:
    case = zone.rectification(zone.project())
    escalate(case, zone)
    order = orders()[0].case
    act(order, "answer", actor=zone.host, now=NOW, effective_on=ON, data={"answer": "示例"})
    before = Change.objects.filter(case=case).count()
    order.refresh_from_db()
    act(order, "close", actor=zone.verifier, now=NOW, effective_on=ON)
    case.refresh_from_db()
    assert (case.state, Change.objects.filter(case=case).count()) == ("working", before)
    escalate(case, zone)
    assert [item.level for item in orders()] == ["everyday", "everyday"]


def test_the_page_of_a_rectification_shows_its_order_to_those_who_see_it(zone: LedgerZone) -> None:
    case = zone.rectification(zone.project())
    escalate(case, zone)
    order = orders()[0].case
    path = f"/rectifications/{case.number}/"
    told = client_of(account_of(zone.host)).get(path).content.decode()
    assert f"/orders/{order.number}/" in told
    assert "日常督办" in told
    apart = open_unit(
        code="apart",
        name="示例别部",
        kind="department",
        parent=None,
        actor=None,
        on=date(2020, 1, 1),
        now=NOW,
    )
    hidden = client_of(account_with("reader", apart, NOW, "project_push.see_all")).get(path)
    assert hidden.status_code == 200
    assert f"/orders/{order.number}/" not in hidden.content.decode()


def account_of(actor: Actor) -> Account:
    assert actor.account is not None
    return actor.account
