"""A leader's instruction opens orders in one transaction, is answered by a report, and closed when its orders are."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from wutong.base.accounts.models import Account
from wutong.base.errors import NotAllowed, Refused
from wutong.cases.act import act
from wutong.cases.models import Case, Clock, Evidence
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
from wutong.ledgers.supervision_orders.models import Instruction, SupervisionOrder
from wutong.ledgers.supervision_orders.services import (
    NewInstruction,
    NewOrder,
    add_orders,
    enter_instruction,
    issue_order,
)
from wutong.registers.organisation.actors import SYSTEM, Actor, actor_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def zone(db: None) -> Zone:
    return make_zone()


@pytest.fixture
def supervisor(zone: Zone) -> Client:
    return client_of(zone.accounts["supervisor"])


def actor(zone: Zone, account: Account | None) -> Actor:
    assert account is not None
    return actor_of(Account.objects.select_related("official__unit").get(pk=account.pk), zone.today)


def enter(zone: Zone, *orders: NewOrder, who: Actor = SYSTEM, **facts: Any) -> Case:
    new = NewInstruction(
        leader=zone.leader,
        given_on=zone.today,
        document_title="示例：关于某事的报告",
        text="请示例部一周内办结",
        received_by=zone.verifier,
        orders=orders or [NewOrder(zone.home, "示例：报方案")],
        **facts,
    )
    return enter_instruction(new, actor=who, on=zone.today, now=zone.now)


def orders_of(case: Case) -> list[SupervisionOrder]:
    return list(SupervisionOrder.objects.filter(case__parent=case).select_related("case").order_by("pk"))


def finish(zone: Zone, order: SupervisionOrder) -> None:
    for verb, step in (("answer", {"data": {"answer": "示例：已办"}}), ("close", {})):
        act(Case.objects.get(pk=order.pk), verb, actor=SYSTEM, now=zone.now, effective_on=zone.today, **step)


def test_an_instruction_opens_an_order_for_each_unit_under_its_leader(zone: Zone) -> None:
    due_on = zone.today + timedelta(days=30)
    case = enter(zone, NewOrder(zone.home, "报方案", due_on), NewOrder(zone.elsewhere, "配合"))
    first, second = orders_of(case)
    assert (first.case.host_unit, first.demand, first.source_id) == (zone.home, "报方案", case.pk)
    assert {order.case.leader_id for order in (first, second)} == {zone.leader.pk}
    assert first.case.due_on == due_on
    assert second.case.due_on == Clock.objects.get(case=second.case).due_on is not None
    held = {(item.role, item.person_id) for item in second.case.assignments.all()}
    assert held == {("host", None), ("lead_official", zone.leader.pk), ("supervisor", zone.verifier.pk)}
    assert list(all_faults()) == []


def test_what_is_refused_leaves_nothing(zone: Zone) -> None:
    wrong = [
        (NewOrder(zone.home, "示例", zone.today - timedelta(days=1)), "已经过了"),
        (None, "至少填一项督办"),
    ]
    for order, words in wrong:
        new = NewInstruction(
            zone.leader, zone.today, "示例", "示例", zone.verifier, orders=[order] if order else []
        )
        with pytest.raises(Refused, match=words):
            enter_instruction(new, actor=SYSTEM, on=zone.today, now=zone.now)
    future = NewInstruction(
        zone.leader, zone.today + timedelta(days=1), "示例", "示例", zone.verifier, orders=[NewOrder(zone.home, "示例")]
    )  # fmt: skip
    with pytest.raises(Refused, match="还没到"):
        enter_instruction(future, actor=SYSTEM, on=zone.today, now=zone.now)
    assert not Case.objects.exists()


def test_the_last_order_closes_the_instruction_and_no_earlier_one(zone: Zone) -> None:
    case = enter(zone, NewOrder(zone.home, "一"), NewOrder(zone.elsewhere, "二"))
    first, second = orders_of(case)
    finish(zone, first)
    case.refresh_from_db()
    assert case.is_open
    with pytest.raises(Refused, match=second.case.number):
        act(case, "close", actor=SYSTEM, now=zone.now, effective_on=zone.today)
    finish(zone, second)
    case.refresh_from_db()
    assert (case.state, case.closed_on) == ("closed", zone.today)
    with pytest.raises(Refused, match="不能再在它下面办理"):
        add_orders(case, [NewOrder(zone.home, "三")], actor=SYSTEM, on=zone.today, now=zone.now)
    assert list(all_faults()) == []


def test_an_order_that_is_revoked_holds_nothing_up(zone: Zone) -> None:
    case = enter(zone)
    (order,) = orders_of(case)
    act(order.case, "revoke", actor=SYSTEM, now=zone.now, effective_on=zone.today, reason="示例：交办错了")
    case.refresh_from_db()
    assert not case.is_open


def test_an_order_without_an_instruction_closes_nothing_else(zone: Zone) -> None:
    case = enter(zone)
    order = issue_order(
        matter="示例", demand="示例", holders=[Holder("host", zone.home)], source=case, actor=SYSTEM,
        on=zone.today, now=zone.now,
    )  # fmt: skip
    finish(zone, SupervisionOrder.objects.get(case=order))
    case.refresh_from_db()
    assert case.is_open


def test_only_who_has_the_right_enters_instructions(zone: Zone) -> None:
    for role in ("supervisor", "leader"):
        assert enter(zone, who=actor(zone, zone.accounts[role])).is_open
    for role in ("clerk", "handler", "team_member", NOBODY):
        with pytest.raises(NotAllowed):
            enter(zone, who=actor(zone, zone.accounts[role]))
        assert client_of(zone.accounts[role]).get("/instructions/new/").status_code == 403


def typed(zone: Zone, **more: Any) -> dict[str, Any]:
    return {
        "leader": zone.leader.pk,
        "given_on": zone.today,
        "document_title": "示例来文",
        "text": "示例批示",
        "urgency": "urgent",
        "received_by": zone.verifier.pk,
        "unit_1": zone.home.pk,
        "demand_1": "示例要求一",
        **more,
    }


def test_an_instruction_is_entered_on_one_form_with_its_scan(zone: Zone, supervisor: Client) -> None:
    scan = SimpleUploadedFile("批示.pdf", b"%PDF-1.4\n% sample, invented\n%%EOF\n")
    sent = typed(zone, unit_3=zone.elsewhere.pk, demand_3="示例要求二", scan=scan, request_key="one")
    answer = supervisor.post("/instructions/new/", sent)
    assert answer.status_code == 302, answer.content.decode()
    detail = Instruction.objects.select_related("case").get()
    assert [order.demand for order in orders_of(detail.case)] == ["示例要求一", "示例要求二"]
    assert Evidence.objects.get(case=detail.case).kind == "scan"
    again = supervisor.post("/instructions/new/", typed(zone, request_key="one"))
    assert again["Location"] == answer["Location"]
    assert Case.objects.count() == 3


def test_what_is_missing_is_said_at_its_field_and_nothing_typed_is_lost(
    zone: Zone, supervisor: Client
) -> None:
    sent = typed(zone, demand_2="有要求没有单位", about="XM2000-0001")
    answer = supervisor.post("/instructions/new/", sent)
    assert answer.status_code == 422
    told = answer.content.decode()
    assert "请选责任单位" in told
    assert "有要求没有单位" in told
    answer = supervisor.post("/instructions/new/", {**sent, "unit_2": zone.home.pk})
    assert "没有编号为" in answer.content.decode()
    assert not Case.objects.exists()


def test_a_case_of_others_is_as_unknown_as_none(zone: Zone) -> None:
    secret = issue_order(
        matter="示例", demand="示例", holders=[Holder("host", zone.home)], source=None, actor=SYSTEM,
        on=zone.today, now=zone.now,
    )  # fmt: skip
    blind = client_of(
        account_with("blind", zone.elsewhere, zone.now, "supervision.instruct", "supervision.issue")
    )
    answer = blind.post("/instructions/new/", typed(zone, about=secret.number))
    assert "没有编号为" in answer.content.decode()


def test_the_page_shows_the_orders_and_leads_to_the_report(zone: Zone, supervisor: Client) -> None:
    case = enter(zone, NewOrder(zone.home, "示例要求一"), NewOrder(zone.elsewhere, "示例要求二"))
    finish(zone, orders_of(case)[0])
    told = supervisor.get(f"/instructions/{case.number}/").content.decode()
    assert all(words in told for words in ("示例要求一", "示例要求二", "1项未办结", "办理情况报告"))
    report = supervisor.get(f"/instructions/{case.number}/report/").content.decode()
    assert "2项督办，办结1项，1项正在办理" in report
    assert "示例：已办" in report
    row = supervisor.get("/instructions/").context["page"].table.rows[0]
    assert (row.cells["orders"].value, row.cells["open_orders"].value) == (2, 1)


def test_more_orders_are_added_on_the_page_of_the_instruction(zone: Zone, supervisor: Client) -> None:
    case = enter(zone)
    path = f"/instructions/{case.number}/orders/"
    assert supervisor.get(path).status_code == 200
    assert supervisor.post(path, {"unit_1": zone.elsewhere.pk, "demand_1": "再办"}).status_code == 302
    assert len(orders_of(case)) == 2


def test_an_instruction_of_others_is_not_found_on_any_of_its_pages(zone: Zone) -> None:
    """The unit of an order sees its order, and yet not the instruction behind it."""
    case = enter(zone, NewOrder(zone.elsewhere, "示例要求"))
    client = client_of(zone.accounts[NOBODY])
    for page in ("", "report/", "orders/"):
        assert client.get(f"/instructions/{case.number}/{page}").status_code == 404
    told = client.get(f"/orders/{orders_of(case)[0].case.number}/").content.decode()
    assert case.number not in told
    assert client.get("/instructions/").context["page"].table.row_count == 0


def test_ten_times_the_orders_take_no_more_queries(zone: Zone, supervisor: Client) -> None:
    case = enter(zone)
    paths = ("/instructions/", f"/instructions/{case.number}/", f"/instructions/{case.number}/report/")
    few = {path: queries_of(supervisor, path) for path in paths}
    for _number in range(4):
        enter(zone, NewOrder(zone.home, "一"), NewOrder(zone.elsewhere, "二"))
    add_orders(
        case, [NewOrder(zone.home, f"{n}") for n in range(9)], actor=SYSTEM, on=zone.today, now=zone.now
    )
    assert {path: queries_of(supervisor, path) for path in paths} == few


def test_the_totals_of_the_list_are_the_sums_of_its_rows(zone: Zone, supervisor: Client) -> None:
    for number in range(1, 4):
        enter(zone, *[NewOrder(zone.home, f"{n}") for n in range(number)])
    table = supervisor.get("/instructions/").context["page"].table
    for key in ("orders", "open_orders"):
        assert table.totals[key].value == sum(row.cells[key].value for row in table.rows) == 6
    assert date.fromisoformat(table.rows[0].cells["given_on"].text) == zone.today
