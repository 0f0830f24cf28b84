"""An order that is not answered presses harder: everyday, listed, talk. Its level rises and never goes down."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wutong.base.accounts.models import Account
from wutong.base.errors import DomainError, NotAllowed, Refused
from wutong.cases.act import act
from wutong.cases.clocks.sweep import sweep_clocks
from wutong.cases.models import Case, Change, Clock, ClockRule
from wutong.cases.steps import Holder
from wutong.ledgerkit.testing import (
    NOBODY,
    Zone,
    account_with,
    client_of,
    make_zone,
    queries_of,
)
from wutong.ledgerkit.verify import all_faults
from wutong.ledgers.supervision_orders.models import AT_LEVEL, OrderLevel, SupervisionOrder
from wutong.ledgers.supervision_orders.services import issue_order
from wutong.registers.organisation.actors import SYSTEM, Actor, actor_of

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.fixture
def zone(db: None) -> Zone:
    return make_zone()


@pytest.fixture
def issuer(zone: Zone) -> Actor:
    return actor(account_with("issuer", zone.elsewhere, zone.now, "supervision.issue", "supervision.see_all"))


def actor(account: Account | None) -> Actor:
    assert account is not None
    return actor_of(Account.objects.select_related("official__unit").get(pk=account.pk), MONDAY)


def order(zone: Zone, *, leader: bool = True, on: date = MONDAY, source: Case | None = None) -> Case:
    holders = [Holder("host", zone.home, zone.host), Holder("supervisor", zone.home, zone.verifier)]
    if leader:
        holders.append(Holder("lead_official", zone.home, zone.leader))
    return issue_order(
        matter="示例督办事项", demand="示例要求", holders=holders, source=source, actor=SYSTEM, on=on, now=NOW
    )


TALK = {
    "talk_on": MONDAY,
    "talked_to": "示例单位负责人",
    "talk_notes": "示例约谈情况",
    "commitments": "示例承诺",
}


def take(case: Case, verb: str, who: Actor, on: date = MONDAY, **step: Any) -> Case:
    data: dict[str, dict[str, Any]] = {
        "list_order": {"listing_words": "示例公示"},
        "call_in": {**TALK, "talk_on": on},
        "answer": {"answer": "示例办理情况"},
    }
    now = datetime(on.year, on.month, on.day, 9, 0, tzinfo=UTC)
    step = {"reason": "示例理由", "data": data.get(verb, {}), **step}
    return act(Case.objects.get(pk=case.pk), verb, actor=who, now=now, effective_on=on, **step).case


def level(case: Case) -> OrderLevel:
    return SupervisionOrder.objects.get(case=case).level


def clocks(case: Case) -> dict[str, tuple[str, date | None]]:
    return {clock.code: (clock.state, clock.due_on) for clock in Clock.objects.filter(case=case)}


def sweep(day: date) -> None:
    sweep_clocks(datetime(day.year, day.month, day.day, 1, 0, tzinfo=UTC))


def test_each_level_has_a_clock_of_its_own_and_a_shorter_one(zone: Zone, issuer: Actor) -> None:
    case = order(zone)
    assert (level(case), clocks(case)) == (OrderLevel.EVERYDAY, {"answer": ("running", date(2026, 3, 9))})
    take(case, "list_order", issuer)
    assert level(case) == OrderLevel.LISTED
    assert clocks(case) == {
        "answer": ("superseded", date(2026, 3, 9)),
        "answer_listed": ("running", date(2026, 3, 5)),
    }
    take(case, "call_in", issuer)
    assert level(case) == OrderLevel.TALK
    assert clocks(case)["answer_listed"][0] == "superseded"
    assert clocks(case)["answer_talk"] == ("running", date(2026, 3, 4))
    assert Case.objects.get(pk=case.pk).due_on == date(2026, 3, 4)
    assert list(all_faults()) == []


def test_the_office_changes_the_days_of_a_level_by_a_dated_rule(zone: Zone, issuer: Actor) -> None:
    ClockRule.objects.create(
        case_type="supervision_order", clock="answer_listed", budget=1, article="示例办法第1条", edition="示例版",
        valid_from=MONDAY,
    )  # fmt: skip
    case = take(order(zone), "list_order", issuer)
    assert clocks(case)["answer_listed"] == ("running", date(2026, 3, 3))


def test_an_everyday_order_may_be_called_in_at_once(zone: Zone, issuer: Actor) -> None:
    case = take(order(zone), "call_in", issuer)
    assert level(case) == OrderLevel.TALK
    assert clocks(case)["answer"][0] == "void"
    assert list(all_faults()) == []


def test_an_answered_order_rests_is_sent_back_and_ends_at_its_level(zone: Zone, issuer: Actor) -> None:
    case = take(order(zone), "list_order", issuer)
    take(case, "answer", actor(zone.host.account))
    assert clocks(case)["answer_listed"][0] == "suspended"
    checker = actor(zone.verifier.account)
    take(case, "send_back", checker, date(2026, 3, 3))
    assert clocks(case)["answer_listed"][0] == "running"
    take(case, "answer", actor(zone.host.account), date(2026, 3, 3))
    case = take(case, "close", checker, date(2026, 3, 4))
    assert (case.is_open, level(case)) == (False, OrderLevel.LISTED)
    assert clocks(case)["answer_listed"][0] == "met"
    assert list(all_faults()) == []


def test_a_listed_order_has_a_leader_by_name(zone: Zone, issuer: Actor) -> None:
    case = order(zone, leader=False)
    with pytest.raises(Refused, match="要有挂牌领导"):
        take(case, "list_order", issuer)
    assert level(case) == OrderLevel.EVERYDAY
    take(case, "list_order", issuer, holders=[Holder("lead_official", zone.home, zone.leader)])
    assert level(case) == OrderLevel.LISTED
    assert Case.objects.get(pk=case.pk).leader_id == zone.leader.pk


def test_a_level_is_not_entered_twice_and_never_goes_down(zone: Zone, issuer: Actor) -> None:
    case = take(order(zone), "list_order", issuer)
    with pytest.raises(Refused, match="挂牌督办.*只升不降"):
        take(case, "list_order", issuer)
    take(case, "call_in", issuer)
    for verb in ("list_order", "call_in"):
        with pytest.raises(Refused, match="约谈.*只升不降"):
            take(case, verb, issuer)
    assert level(case) == OrderLevel.TALK
    assert list(all_faults()) == []


def test_a_talk_is_entered_after_it_took_place(zone: Zone, issuer: Actor) -> None:
    with pytest.raises(Refused, match="约谈还没有进行"):
        take(order(zone), "call_in", issuer, data={**TALK, "talk_on": MONDAY + timedelta(days=1)})


def test_only_who_may_issue_orders_enters_a_talk(zone: Zone) -> None:
    """Neither the host nor the leader of the order by that role alone, nor its supervisor."""
    case = order(zone)
    for account in (zone.host.account, zone.leader.account, zone.verifier.account):
        with pytest.raises(NotAllowed):
            take(case, "call_in", actor(account))
    take(case, "list_order", actor(zone.leader.account))
    assert level(case) == OrderLevel.LISTED


def test_the_next_level_is_proposed_when_the_order_is_three_working_days_over(
    zone: Zone, issuer: Actor
) -> None:
    """Due on Monday the 9th: proposed on Thursday the 12th, not the day before, and raised by a person only."""
    case = order(zone)
    sweep(date(2026, 3, 11))
    assert not Change.objects.filter(verb="propose_listing").exists()
    for day in (12, 13, 20):
        sweep(date(2026, 3, day))
    assert Change.objects.filter(case=case, verb="propose_listing").count() == 1
    assert level(case) == OrderLevel.EVERYDAY
    client = client_of(issuer.account)
    assert numbers(client, "proposed") == [case.number]
    take(case, "list_order", issuer, date(2026, 3, 20))
    assert numbers(client, "proposed") == []


def test_a_talk_is_proposed_even_on_the_day_of_an_earlier_proposal(zone: Zone, issuer: Actor) -> None:
    case = order(zone)
    sweep(date(2026, 3, 12))
    take(case, "list_order", issuer, date(2026, 3, 12))  # due on the 17th
    sweep(date(2026, 3, 20))
    assert Change.objects.filter(case=case, verb="propose_talk").count() == 1
    assert level(case) == OrderLevel.LISTED
    assert numbers(client_of(issuer.account), "proposed") == [case.number]


def test_a_limit_by_hand_moves_the_running_clock_only(zone: Zone, issuer: Actor) -> None:
    case = take(order(zone), "list_order", issuer)
    take(case, "set_due", issuer, due_on=date(2026, 3, 31))
    assert clocks(case) == {
        "answer": ("superseded", date(2026, 3, 9)),
        "answer_listed": ("running", date(2026, 3, 31)),
    }
    with pytest.raises(NotAllowed):
        take(case, "set_due", actor(zone.host.account), due_on=date(2026, 4, 30))


VERBS = ("list_order", "call_in", "answer", "send_back", "set_due", "close", "revoke")


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(verbs=st.lists(st.sampled_from(VERBS), max_size=8))
def test_whatever_is_tried_the_level_rises_one_clock_runs_and_the_rows_agree(
    zone: Zone, verbs: list[str]
) -> None:
    case, last = order(zone), OrderLevel.EVERYDAY
    ranks = list(OrderLevel)
    who: dict[str, Callable[[], Actor]] = {
        "answer": lambda: actor(zone.host.account),
        "send_back": lambda: actor(zone.verifier.account),
        "close": lambda: actor(zone.verifier.account),
    }
    for verb in verbs:
        more = {"due_on": date(2026, 6, 1)} if verb == "set_due" else {}
        with suppress(DomainError):
            take(case, verb, who.get(verb, lambda: SYSTEM)(), **more)
        now = level(case)
        assert ranks.index(now) >= ranks.index(last)
        last = now
        assert SupervisionOrder.objects.filter(AT_LEVEL[now], case=case).exists()
        live = Clock.objects.filter(case=case, ended_on__isnull=True).count()
        assert live == (1 if Case.objects.get(pk=case.pk).is_open else 0)
    assert list(all_faults()) == []


def test_a_level_that_is_reached_is_refused_on_its_page_too(zone: Zone, issuer: Actor) -> None:
    case, client = take(order(zone), "list_order", issuer), client_of(issuer.account)
    answer = client.get(f"/orders/{case.number}/act/list_order/")
    assert answer.status_code == 422
    assert "只升不降" in answer.content.decode()
    assert client.get(f"/orders/{case.number}/act/call_in/").status_code == 200
    sent = client.post(
        f"/orders/{case.number}/act/call_in/",
        {**TALK, "reason": "示例理由", "effective_on": "2026-03-02"},
    )
    assert sent.status_code == 302
    assert level(case) == OrderLevel.TALK
    assert client.get(f"/orders/{case.number}/act/call_in/").status_code == 422


# ---- pages -------------------------------------------------------------------------------------------------------


def numbers(client: Any, view: str, **asked: Any) -> list[str]:
    page = client.get("/orders/", {"view": view, **asked}).context["page"]
    return [row.key for row in page.table.rows]


def test_the_list_is_narrowed_by_level_unit_and_leader(zone: Zone, issuer: Actor) -> None:
    everyday, listed = order(zone), take(order(zone), "list_order", issuer)
    client = client_of(issuer.account)
    assert numbers(client, "", level="everyday") == [everyday.number]
    assert numbers(client, "", level="listed") == [listed.number]
    assert len(numbers(client, "", unit=zone.home.pk, leader=zone.leader.pk)) == 2
    assert numbers(client, "", unit=zone.elsewhere.pk) == []


def test_the_public_list_shows_what_was_published_and_nothing_else(zone: Zone, issuer: Actor) -> None:
    """Somebody who has nothing to do with the order reads its public words; matter, number and answer stay away."""
    case = take(order(zone), "list_order", issuer)
    order(zone)
    take(case, "answer", actor(zone.host.account))
    stranger = client_of(zone.accounts[NOBODY])
    answer = stranger.get("/orders/public/")
    (row,) = answer.context["page"].table.rows
    told = answer.content.decode()
    assert "示例公示" in told
    assert all(words not in told for words in ("示例督办事项", case.number, "示例办理情况", "示例要求"))
    assert row.href == ""
    own = client_of(zone.host.account).get("/orders/public/").context["page"]
    assert own.table.rows[0].href == f"/orders/{case.number}/"
    take(case, "close", actor(zone.verifier.account))
    assert stranger.get("/orders/public/").context["page"].table.row_count == 0
    assert stranger.get("/orders/public/?view=closed&as_of=2026-03-02").context["page"].table.row_count == 1


def test_the_public_list_takes_no_more_queries_for_more_orders(zone: Zone, issuer: Actor) -> None:
    client = client_of(zone.host.account)
    take(order(zone), "list_order", issuer)
    few = queries_of(client, "/orders/public/")
    for _number in range(9):
        take(order(zone), "list_order", issuer)
    assert queries_of(client, "/orders/public/") <= few <= 8


def test_the_page_of_a_talk_shows_its_record(zone: Zone, issuer: Actor) -> None:
    case = take(order(zone), "call_in", issuer)
    told = client_of(zone.host.account).get(f"/orders/{case.number}/").content.decode()
    assert all(words in told for words in ("约谈记录", "示例单位负责人", "示例约谈情况", "示例承诺"))
    assert client_of(zone.accounts[NOBODY]).get(f"/orders/{case.number}/").status_code == 404


def test_an_order_does_not_name_a_source_that_its_reader_may_not_see(zone: Zone) -> None:
    """Somebody of the unit that has to answer learns that there is another case, not which."""
    source = order(zone)
    Case.objects.filter(pk=source.pk).update(title="示例隐秘来源")
    case = issue_order(
        matter="示例", demand="示例", holders=[Holder("host", zone.elsewhere)], source=source, actor=SYSTEM,
        on=MONDAY, now=NOW,
    )  # fmt: skip
    told = client_of(zone.accounts[NOBODY]).get(f"/orders/{case.number}/").content.decode()
    assert "示例隐秘来源" not in told
    assert source.number not in told
    seen = client_of(zone.accounts["leader"]).get(f"/orders/{case.number}/").content.decode()
    assert f"/orders/{source.number}/" in seen
