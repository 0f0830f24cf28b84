"""The set-up of an empty zone: who may begin it, what it makes, and that it closes for good."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from wutong.base.accounts.models import Account, RoleGrant
from wutong.base.zone.models import Zone
from wutong.base.zone.services import issue_setup_key
from wutong.ledgerkit.testing import client_of, make_zone
from wutong.registers.organisation.models import Official, Unit
from wutong.site.seeds import load_seeds

pytestmark = pytest.mark.django_db
PASSWORD = "Kai-shi-2026"


@pytest.fixture
def key(db: None) -> str:
    load_seeds()
    return issue_setup_key(timezone.now())


def told(setup_key: str, **changes: Any) -> dict[str, Any]:
    return {
        "key": setup_key,
        "zone_name": "示例高新区",
        "root_name": "示例高新区管委会",
        "founded_on": "2015-06-01",
        "division_code": "379999",
        "own_name": "示例主任",
        "own_login": "office",
        "own_password": PASSWORD,
        "own_again": PASSWORD,
        "system_name": "示例系统员",
        "system_login": "sysadmin",
        "security_name": "示例安全员",
        "security_login": "secadmin",
        "audit_name": "示例审计员",
        "audit_login": "auditor",
    } | changes


def test_the_first_step_makes_the_root_four_accounts_and_their_roles(key: str) -> None:
    client = Client()
    assert client.post("/setup/", told(key)).status_code == 302
    assert Unit.objects.get().valid_from == date(2015, 6, 1)
    roles = dict(RoleGrant.objects.values_list("account__name", "role__code"))
    assert roles == {
        "office": "organiser",
        "sysadmin": "system_officer",
        "secadmin": "security_officer",
        "auditor": "audit_officer",
    }
    page = client.get("/setup/").content.decode()
    assert "示例高新区" in page
    assert "花名册" in page


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"key": "falsch"}, "key"),
        ({"own_again": "anders"}, "own_again"),
        ({"own_password": "kurz", "own_again": "kurz"}, "own_password"),
        ({"system_login": "office"}, "own_login"),
        ({"audit_login": "!"}, "audit_login"),
        ({"founded_on": "2999-01-01"}, "founded_on"),
        ({"zone_name": ""}, "zone_name"),
    ],
)
def test_a_slip_in_the_first_step_is_told_at_its_field_and_nothing_is_made(
    key: str, changes: dict[str, Any], field: str
) -> None:
    answer = Client().post("/setup/", told(key, **changes))
    assert answer.status_code == 422
    assert field in answer.context["page"].form.errors
    assert not Account.objects.exists()
    assert not Unit.objects.exists()
    assert Client().post("/setup/", told(key)).status_code == 302, "the key is still good"


def test_slips_give_every_waiting_account_a_new_password_once(key: str) -> None:
    client = Client()
    client.post("/setup/", told(key))
    first, second = (client.post("/setup/slips/").context["slips"] for _again in range(2))
    assert [slip[2] for slip in first] == [slip[2] for slip in second] == ["secadmin", "auditor", "sysadmin"]
    assert {slip[3] for slip in first}.isdisjoint({slip[3] for slip in second})
    account = Account.objects.get(name="auditor")
    assert account.check_password({slip[2]: slip[3] for slip in second}["auditor"])


def test_the_finished_set_up_is_closed_for_good(key: str) -> None:
    client = Client()
    client.post("/setup/", told(key))
    assert client.post("/setup/finish/").status_code == 302
    assert Zone.objects.get().set_up_at is not None
    for answer in (client.get("/setup/"), client.post("/setup/slips/"), client.post("/setup/finish/")):
        assert answer.status_code == 404
    assert Client().get("/setup/").status_code == 404


def test_nobody_else_walks_through_an_open_set_up(key: str) -> None:
    client = Client()
    client.post("/setup/", told(key))
    other = client_of(Account.objects.get(name="sysadmin"))
    Account.objects.filter(name="sysadmin").update(must_change_password=False)
    assert other.get("/setup/").status_code == 403
    assert other.post("/setup/slips/").status_code == 403
    assert Client().get("/setup/").status_code == 302
    assert Client().post("/setup/", told(key)).status_code == 302
    assert Official.objects.count() == 1


def test_a_zone_that_was_there_before_the_set_up_has_none(db: None) -> None:
    zone = make_zone()
    assert Client().get("/setup/").status_code == 404
    assert client_of(zone.accounts["organiser"]).get("/setup/").status_code == 404
    assert "设置向导" not in client_of(zone.accounts["organiser"]).get("/").content.decode()
