"""The pages of the organisation: who sees what, what each form does. All names are invented."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from wutong.cases.testing import Zone, errand, errands, holder, make_actor, make_zone, official_of
from wutong.desk.tests.permit_ledger import account_of
from wutong.ledgerkit.testing import client_of
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.history.services import record
from wutong.registers.leads.models import LeadAssignment
from wutong.registers.organisation.actors import Actor
from wutong.registers.organisation.models import Official, Oversight, StandIn, Unit
from wutong.registers.organisation.reach_services import arrange_stand_in
from wutong.registers.organisation.unit_services import rename_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def zone(db: None) -> Iterator[Zone]:
    with errands():
        yield make_zone()


@pytest.fixture
def organiser(zone: Zone) -> Client:
    from wutong.base.accounts.testing import make_account
    from wutong.cases.testing import NOW
    from wutong.registers.organisation.services import appoint_official

    account = make_account(
        "organiser", display_name="示例组织员", rights=("organisation.manage", "organisation.hand_over")
    )
    appoint_official(
        staff_no="T-organiser", name="示例组织员", unit=zone.root, post="", phone="", account=account, actor=None,
        on=date(2020, 1, 1), now=NOW,
    )  # fmt: skip
    return client_of(account)


def names_of(client: Client, **query: Any) -> list[str]:
    table = client.get(reverse("organisation"), query).context["page"].table
    return [str(row.cells["name"].text).strip("　") for row in table.rows]


def post(client: Client, view: str, *keys: Any, **data: Any) -> Any:
    return client.post(reverse(view, args=keys), {"on": localdate().isoformat(), **data})


def labels(client: Client, path: str) -> set[str]:
    return {str(action.label) for action in client.get(path).context["page"].actions}


# ---- reading ----------------------------------------------------------------------------------------------------


def test_the_tree_shows_the_names_of_the_day(zone: Zone) -> None:
    from wutong.cases.testing import NOW

    rename_unit(zone.unit, name="示例新建设局", actor=None, on=date(2025, 6, 1), now=NOW)
    client = client_of(account_of(zone.stranger))
    assert "示例新建设局" in names_of(client)
    assert "示例建设部" in names_of(client, as_of="2025-05-31")
    assert names_of(client, as_of="2019-12-31") == []


def test_everybody_reads_units_and_people_and_changes_nothing(zone: Zone, organiser: Client) -> None:
    client = client_of(account_of(zone.stranger))
    unit, person = reverse("unit", args=[zone.unit.pk]), reverse("official", args=[zone.host.official_id])
    assert labels(client, unit) == labels(client, person) == set()
    assert {"更名", "调整隶属", "撤销单位"} <= labels(organiser, unit)
    assert {"交接", "任职", "离任"} <= labels(organiser, person)
    for name, key in (("unit_rename", zone.unit.pk), ("official_leave", zone.host.official_id)):
        assert client.get(reverse(name, args=[key])).status_code == 403
        assert post(client, name, key, name="示例").status_code == 403


def test_what_somebody_holds_is_shown_to_him_and_the_organiser_only(zone: Zone, organiser: Client) -> None:
    errand(zone)
    path = reverse("official", args=[zone.host.official_id])

    def sees(client: Client) -> bool:
        return any(block.id == "holdings" for block in client.get(path).context["page"].side)

    assert sees(organiser)
    assert sees(client_of(account_of(zone.host)))
    assert not sees(client_of(account_of(zone.stranger)))


def test_an_unknown_unit_or_person_is_not_found(organiser: Client) -> None:
    for name in ("unit", "official"):
        for key in (0, 10**30):
            assert organiser.get(reverse(name, args=[key])).status_code == 404


# ---- units ------------------------------------------------------------------------------------------------------


def test_a_unit_is_opened_renamed_and_moved(zone: Zone, organiser: Client) -> None:
    answer = post(
        organiser, "unit_new", name="示例新部", code="fresh", kind="department", parent=zone.root.pk
    )
    made = Unit.objects.get(code="fresh")
    assert answer.url == reverse("unit", args=[made.pk])
    post(organiser, "unit_rename", made.pk, name="示例新局")
    post(organiser, "unit_move", made.pk, parent=zone.unit.pk)
    made.refresh_from_db()
    assert (made.name, made.path) == ("示例新局", f"{zone.unit.path}{made.pk}/")
    again = post(organiser, "unit_new", name="示例", code="fresh", kind="department", parent=zone.root.pk)
    assert again.status_code == 422
    assert "已经用过" in again.content.decode()


def test_a_unit_with_work_left_says_what_is_left(zone: Zone, organiser: Client) -> None:
    case = errand(zone)
    answer = post(organiser, "unit_close", zone.unit.pk)
    assert answer.status_code == 422
    assert case.number in answer.content.decode()


def test_a_unit_is_merged_from_its_page(zone: Zone, organiser: Client) -> None:
    case = errand(zone)
    post(organiser, "unit_merge", zone.unit.pk, successor=zone.other_unit.pk)
    case.refresh_from_db()
    assert case.host_unit_id == zone.other_unit.pk
    page = organiser.get(reverse("unit", args=[zone.unit.pk])).content.decode()
    assert "撤销" in page
    assert zone.other_unit.name in page


# ---- officials --------------------------------------------------------------------------------------------------


def test_somebody_is_registered_transferred_and_leaves(zone: Zone, organiser: Client) -> None:
    post(
        organiser,
        "unit_appoint",
        zone.unit.pk,
        staff_no="N-1",
        name="示例新人",
        post="示例科员",
        phone="13800000000",
    )
    person = Official.objects.get(staff_no="N-1")
    post(organiser, "official_transfer", person.pk, unit=zone.other_unit.pk, title="示例科长", kind="main")
    person.refresh_from_db()
    assert (person.unit_id, person.post) == (zone.other_unit.pk, "示例科长")
    post(organiser, "official_leave", person.pk)
    person.refresh_from_db()
    assert person.to_on == localdate()


def test_who_holds_something_does_not_leave_and_is_told_how_much(zone: Zone, organiser: Client) -> None:
    errand(zone)
    answer = post(organiser, "official_leave", zone.host.official_id)
    assert answer.status_code == 422
    assert "1件办件" in answer.content.decode()


def test_a_unit_comes_into_charge_and_leaves_it(zone: Zone, organiser: Client) -> None:
    post(organiser, "official_oversight", zone.leader.official_id, unit=zone.unit.pk)
    row = Oversight.objects.get()
    later = (localdate() + timedelta(days=1)).isoformat()
    path = reverse("oversight_end", args=[zone.leader.official_id, row.pk])
    organiser.post(path, {"on": later})
    row.refresh_from_db()
    assert row.to_on == localdate() + timedelta(days=1)
    other = reverse("oversight_end", args=[zone.host.official_id, row.pk])
    assert organiser.get(other).status_code == 404


def test_a_firm_gets_its_leader_by_name(zone: Zone, organiser: Client) -> None:
    from wutong.cases.testing import NOW

    firm = record(
        Enterprise(), {"name": "示例科技公司", "folded_name": "示例科技公司"}, actor=None,
        effective_on=date(2025, 1, 1), now=NOW,
    )  # fmt: skip
    wrong = post(organiser, "official_lead", zone.leader.official_id, firm="没有的公司", role="lead")
    assert wrong.status_code == 422
    post(organiser, "official_lead", zone.leader.official_id, firm="示例科技公司", role="lead")
    assert LeadAssignment.objects.get().enterprise == firm


# ---- stand-ins --------------------------------------------------------------------------------------------------


def arrange(client: Client, a: Actor, b: Actor) -> Any:
    today = localdate()
    return client.post(
        reverse("official_stand_in", args=[a.official_id]),
        {
            "stand_in": b.official_id,
            "from_on": today.isoformat(),
            "to_on": (today + timedelta(days=3)).isoformat(),
            "reason": "leave",
        },
    )


def test_everybody_arranges_his_own_stand_in_and_nobody_elses(zone: Zone, organiser: Client) -> None:
    host = client_of(account_of(zone.host))
    assert arrange(host, zone.verifier, zone.leader).status_code == 403
    assert arrange(host, zone.host, zone.leader).status_code == 302
    assert arrange(organiser, zone.verifier, zone.leader).status_code == 302
    assert StandIn.objects.count() == 2
    assert arrange(host, zone.host, zone.verifier).status_code == 422


def test_today_shows_what_the_absent_owes_with_the_name(zone: Zone) -> None:
    from wutong.cases.testing import NOW
    from wutong.desk.tests.permit_ledger import permit_ledger, received

    with permit_ledger():
        received(zone, NOW, title="示例许可甲", holders=[holder("host", zone.host)])
        client = client_of(account_of(make_actor("third", "示例丙", zone.other_unit)))
        blocks = client.get(reverse("today")).context["main"]
        assert [block.id for block in blocks if block.id == "stand-in-tasks"] == []
        today = localdate()
        arrange_stand_in(
            official_of(zone.host), Official.objects.get(staff_no="T-third"), from_on=today,
            to_on=today + timedelta(days=2), reason="travel", actor=None, now=NOW,
        )  # fmt: skip
        blocks = client.get(reverse("today")).context["main"]
        items = next(block.items for block in blocks if block.id == "stand-in-tasks")
        assert [(item.title, str(item.note)[:3]) for item in items] == [("示例许可甲", "代甲某")]


def test_a_firm_that_is_not_public_is_not_named_by_its_lead(zone: Zone, organiser: Client) -> None:
    from wutong.cases.testing import NOW
    from wutong.registers.leads.services import assign_lead

    facts = {"name": "示例未公开企业", "folded_name": "示例未公开企业", "is_disclosed": False}
    firm = record(Enterprise(), facts, actor=None, effective_on=date(2025, 1, 1), now=NOW)
    lead = assign_lead(official_of(zone.leader), enterprise=firm, actor=None, on=date(2025, 1, 1), now=NOW)
    person = reverse("official", args=[zone.leader.official_id])
    assert firm.name not in organiser.get(person).content.decode()
    assert organiser.get(reverse("lead_end", args=[zone.leader.official_id, lead.pk])).status_code == 404
    assert (
        post(organiser, "official_lead", zone.host.official_id, firm=firm.name, role="lead").status_code
        == 422
    )
    data = {"effective_on": localdate().isoformat(), "reason": "调离"}
    answer = organiser.post(reverse("handover_new", args=[zone.leader.official_id]), data)
    page = organiser.get(answer.url).content.decode()
    assert "挂钩领导" in page
    assert firm.name not in page
