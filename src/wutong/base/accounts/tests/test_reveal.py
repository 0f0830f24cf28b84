from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from wutong.base.accounts import reveal as module
from wutong.base.accounts.models import Account
from wutong.base.accounts.reveal import reveal
from wutong.base.accounts.testing import make_account
from wutong.base.audit.queries import events
from wutong.base.chain.testing import own_keys
from wutong.base.errors import NotAllowed, Refused
from wutong.base.personal.tests.people import Person, create_table, write

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
PHONE = "13800138000"
REASON = "联系企业核实用地"


@pytest.fixture
def person(tmp_path: Path, db: None) -> Iterator[Person]:
    with own_keys(tmp_path):
        create_table()
        yield Person.objects.get(pk=Person.objects.create(phone=PHONE).pk)


@pytest.fixture
def clerk(person: Person) -> Account:
    return make_account(rights=("personal.unmask",))


def show(person: Person, actor: Account, reason: str = REASON, field: str = "phone") -> str:
    return reveal(person, field, actor=actor, reason=reason, on=NOW.date(), now=NOW, address="10.0.0.7")


def test_a_value_is_shown_for_a_right_and_a_reason_and_leaves_a_line(person: Person, clerk: Account) -> None:
    assert show(person, clerk) == PHONE
    event = events(action="reveal_personal").get()
    assert (event.actor, event.outcome, event.address) == (clerk, "ok", "10.0.0.7")
    assert (event.target_kind, event.target_id) == ("personal_tests.person", str(person.pk))
    assert event.detail == {"field": "phone", "reason": REASON}
    assert PHONE not in f"{event.words}{event.detail}"


def test_without_the_right_nothing_is_shown_and_the_attempt_stays_on_record(person: Person) -> None:
    actor = make_account()
    with pytest.raises(NotAllowed):
        show(person, actor)
    assert events(action="reveal_personal", outcome="refused", actor_id=actor.pk).count() == 1


@pytest.mark.parametrize("reason", ["", "看一下", "  看 "])
def test_without_a_reason_nothing_is_shown_and_the_attempt_stays_on_record(
    person: Person, clerk: Account, reason: str
) -> None:
    with pytest.raises(Refused, match="事由"):
        show(person, clerk, reason)
    assert events(action="reveal_personal", outcome="refused", actor_id=clerk.pk).count() == 1


def test_inside_a_transaction_that_could_take_the_line_away_nothing_is_shown(
    person: Person, clerk: Account
) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError):
        show(person, clerk)


def test_without_the_audit_line_nothing_is_shown(
    person: Person, clerk: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**facts: object) -> None:
        raise OSError("audit is full")

    monkeypatch.setattr(module, "record_event", broken)
    with pytest.raises(OSError, match="audit is full"):
        show(person, clerk)


def test_a_value_that_cannot_be_decrypted_is_told_plainly_and_audited(person: Person, clerk: Account) -> None:
    write("phone", person.pk, "A1:1:AAAA")
    with pytest.raises(Refused, match="无法解密"):
        show(Person.objects.get(pk=person.pk), clerk)
    assert events(action="reveal_personal", outcome="failed", actor_id=clerk.pk).count() == 1


def test_only_personal_fields_are_revealed(person: Person, clerk: Account) -> None:
    with pytest.raises(TypeError):
        show(person, clerk, field="phone_index")
