"""The way of a handover through its pages: list, receivers, act, signatures, paper. All names are invented."""

from collections.abc import Iterator
from datetime import date
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from wutong.base.accounts.testing import make_account
from wutong.cases.handover.holdings import items_of
from wutong.cases.handover.models import Handover, HandoverState
from wutong.cases.models import Case
from wutong.cases.testing import NOW, Zone, make_actor, make_zone, official_of
from wutong.desk.tests.permit_ledger import account_of, permit_ledger, received
from wutong.ledgerkit.testing import client_of, queries_of
from wutong.registers.organisation.actors import Actor
from wutong.registers.organisation.services import appoint_official

pytestmark = pytest.mark.django_db


@pytest.fixture
def zone(db: None) -> Iterator[Zone]:
    with permit_ledger():
        yield make_zone()


@pytest.fixture
def organiser(zone: Zone) -> Client:
    account = make_account("organiser", display_name="示例组织员", rights=("organisation.hand_over",))
    appoint_official(
        staff_no="T-organiser", name="示例组织员", unit=zone.other_unit, post="", phone="", account=account,
        actor=None, on=date(2020, 1, 1), now=NOW,
    )  # fmt: skip
    return client_of(account)


@pytest.fixture
def receiver(zone: Zone) -> Actor:
    return make_actor("receiver", "示例接手人", zone.other_unit)


def draft(client: Client, zone: Zone) -> Handover:
    data = {"effective_on": localdate().isoformat(), "reason": "调离"}
    assert client.post(reverse("handover_new", args=[zone.host.official_id]), data).status_code == 302
    return Handover.objects.latest("pk")


def to(handover: Handover, name: str = "handover") -> str:
    return reverse(name, args=[handover.number])


def choose(client: Client, handover: Handover, receiver: Actor, scope: str = "lacking", **more: Any) -> Any:
    data = {"receiver": receiver.official_id, "scope": scope, **more}
    return client.post(to(handover, "handover_choose"), data)


def blocks(client: Client, handover: Handover) -> dict[str, Any]:
    page = client.get(to(handover)).context["page"]
    return {block.id: block for block in (*page.main, *page.side) if block.id}


def test_from_the_list_to_the_last_signature(zone: Zone, organiser: Client, receiver: Actor) -> None:
    for number in range(3):
        received(zone, NOW, title=f"示例许可{number}")
    handover = draft(organiser, zone)
    assert "3件办件没有选接收人" in str(blocks(organiser, handover)["missing"].items[0].label)
    assert choose(organiser, handover, receiver).status_code == 302
    found = blocks(organiser, handover)
    assert "missing" not in found
    assert [str(fact.text) for fact in found["receivers"].facts][0] == "3件办件"
    assert organiser.post(to(handover, "handover_act")).status_code == 302
    assert set(Case.objects.values_list("host_person", flat=True)) == {receiver.official_id}
    assert items_of(official_of(zone.host), localdate()) == []
    for actor in (zone.host, receiver):
        client = client_of(account_of(actor))
        assert "签字" in {str(action.label) for action in client.get(to(handover)).context["page"].actions}
        assert client.post(to(handover, "handover_sign")).status_code == 302
        assert "签字" not in {
            str(action.label) for action in client.get(to(handover)).context["page"].actions
        }
    handover.refresh_from_db()
    assert handover.state == HandoverState.SIGNED


def test_single_lines_get_a_receiver_of_their_own(zone: Zone, organiser: Client, receiver: Actor) -> None:
    received(zone, NOW, title="示例许可甲")
    received(zone, NOW, title="示例许可乙")
    handover = draft(organiser, zone)
    first, second = handover.lines.order_by("pk")
    assert choose(organiser, handover, receiver, "picked").status_code == 422
    choose(organiser, handover, receiver, "picked", lines=[first.pk])
    choose(organiser, handover, zone.leader)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.receiver_id, second.receiver_id) == (receiver.official_id, zone.leader.official_id)


def test_what_came_after_the_list_is_told_and_listed_again(
    zone: Zone, organiser: Client, receiver: Actor
) -> None:
    received(zone, NOW)
    handover = draft(organiser, zone)
    choose(organiser, handover, receiver)
    late = received(zone, NOW)
    answer = organiser.post(to(handover, "handover_act"))
    assert answer.status_code == 422
    assert late.number in answer.content.decode()
    assert organiser.post(to(handover, "handover_again")).status_code == 302
    assert handover.lines.count() == 2


def test_who_has_nothing_to_do_with_it_does_not_find_it(
    zone: Zone, organiser: Client, receiver: Actor
) -> None:
    received(zone, NOW)
    handover = draft(organiser, zone)
    choose(organiser, handover, receiver)
    stranger, taker = client_of(account_of(zone.stranger)), client_of(account_of(receiver))
    names = ("handover", "handover_print", "handover_export")
    for client in (stranger, taker):
        assert [client.get(to(handover, name)).status_code for name in names] == [404] * 3
    assert stranger.get(reverse("handover_new", args=[zone.host.official_id])).status_code == 403
    assert stranger.post(to(handover, "handover_act")).status_code == 403
    organiser.post(to(handover, "handover_act"))
    assert [taker.get(to(handover, name)).status_code for name in names] == [200] * 3
    assert stranger.get(to(handover)).status_code == 404
    listed = stranger.get(reverse("handovers")).context["page"].table
    assert listed.row_count == 0


def test_a_title_is_shown_only_to_who_may_see_the_case(
    zone: Zone, organiser: Client, receiver: Actor
) -> None:
    """The organiser sees which cases there are, not what they are about."""
    received(zone, NOW, title="示例机密标题")
    handover = draft(organiser, zone)
    choose(organiser, handover, receiver)
    organiser.post(to(handover, "handover_act"))
    # The organiser belongs to the receiver's unit; somebody of a unit of its own tells more.
    account = make_account("other.organiser", display_name="示例组织员乙", rights=("organisation.hand_over",))
    apart = client_of(account)
    for name in ("handover", "handover_print"):
        assert "示例机密标题" not in apart.get(to(handover, name)).content.decode()
        assert "示例机密标题" in client_of(account_of(receiver)).get(to(handover, name)).content.decode()


def test_the_workbook_has_every_line_with_its_receiver(
    zone: Zone, organiser: Client, receiver: Actor
) -> None:
    case = received(zone, NOW)
    handover = draft(organiser, zone)
    choose(organiser, handover, receiver)
    content = organiser.get(to(handover, "handover_export")).content
    cells = [str(cell.value) for row in openpyxl.load_workbook(BytesIO(content)).active for cell in row]
    assert any(case.number in cell for cell in cells)
    assert "示例接手人" in cells


def test_a_dropped_list_is_not_acted_on(zone: Zone, organiser: Client, receiver: Actor) -> None:
    received(zone, NOW)
    handover = draft(organiser, zone)
    choose(organiser, handover, receiver)
    organiser.post(to(handover, "handover_drop"), {"reason": "日期有变"})
    assert organiser.post(to(handover, "handover_act")).status_code == 422
    assert Case.objects.get().host_person_id == zone.host.official_id


def test_pages_take_no_query_for_each_line(zone: Zone, organiser: Client, receiver: Actor) -> None:
    def queries(count: int) -> int:
        for _number in range(count):
            received(zone, NOW)
        handover = draft(organiser, zone)
        choose(organiser, handover, receiver)
        found = queries_of(organiser, to(handover))
        organiser.post(to(handover, "handover_drop"), {"reason": "示例"})
        return found

    assert queries(2) == queries(20)
