"""What is personal stands nowhere in a change, and goes for good without breaking a chain."""

import json
from datetime import UTC, date, datetime

import pytest
from django.db import connection

from wutong.base.chain.rows import faults_of_chain
from wutong.base.errors import Refused
from wutong.base.personal.digests import is_digest_of
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.enterprises.services import register_enterprise
from wutong.registers.history.models import RegisterChange
from wutong.registers.history.verify import faults
from wutong.registers.people.models import Person
from wutong.registers.people.services import add_contact, erase_person

pytestmark = pytest.mark.django_db
ON = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
NAME, PHONE = "示例联系人戊", "13911112222"
CODE = "91350100M000100Y43"


@pytest.fixture
def enterprise() -> Enterprise:
    return register_enterprise(name="示例电池有限公司", code=CODE, actor=None, on=ON, now=NOW)


@pytest.fixture
def contact(enterprise: Enterprise) -> Person:
    return add_contact(enterprise, name=NAME, phone=PHONE, post="经理", actor=None, on=ON, now=NOW)


def stored_text() -> str:
    """Everything that stands in the table of contacts and in the changes, as the database holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM people_person")
        rows = cursor.fetchall()
    changes = list(RegisterChange.objects.values_list("snapshot", "reason", "verb"))
    return json.dumps([rows, changes], ensure_ascii=False, default=str)


def test_no_table_holds_the_name_or_the_telephone_in_plain(contact: Person) -> None:
    assert Person.objects.get().phone == PHONE
    assert PHONE not in stored_text()
    assert NAME not in stored_text()


def test_a_change_holds_the_keyed_digest_of_a_personal_value(contact: Person) -> None:
    snapshot = RegisterChange.objects.get(entry_kind="contact").snapshot
    assert is_digest_of(snapshot["phone"]["digest"], "enterprises.contact.phone", PHONE)
    assert not is_digest_of(snapshot["phone"]["digest"], "enterprises.contact.name", PHONE)
    assert is_digest_of(snapshot["name"]["digest"], "enterprises.contact.name", NAME)


def test_an_erased_contact_is_gone_and_every_chain_stays_whole(contact: Person) -> None:
    stored = Person.objects.values_list("phone", "name").get()
    erase_person(contact, actor=None, reason="本人要求删除", on=ON, now=NOW)
    text = stored_text()
    assert all(str(ciphertext) not in text for ciphertext in stored)
    gone = Person.objects.get()
    assert (gone.name, gone.phone, gone.phone_index, gone.post, gone.is_erased) == ("", "", "", "", True)
    assert list(faults()) == []
    rows = RegisterChange.objects.filter(entry_kind="contact").order_by("seq")
    assert [row.verb for row in rows] == ["register", "erase"]
    assert list(faults_of_chain(gone.chain_name(), rows, gone)) == []


def test_a_code_is_held_by_one_enterprise_and_the_holder_is_named(enterprise: Enterprise) -> None:
    with pytest.raises(Refused, match="示例电池有限公司"):
        register_enterprise(name="另一家公司", code=CODE.lower(), actor=None, on=ON, now=NOW)
    assert Enterprise.objects.count() == 1
    assert list(faults()) == []


def test_enterprises_without_a_code_stand_side_by_side() -> None:
    for name in ("示例外商", "示例筹建公司"):
        register_enterprise(name=name, code=None, actor=None, on=ON, now=NOW)
    assert Enterprise.objects.filter(code__isnull=True).count() == 2
