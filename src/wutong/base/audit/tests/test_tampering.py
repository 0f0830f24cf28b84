import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from wutong.base.audit.models import AuditChain, AuditEvent
from wutong.base.audit.services import record_event
from wutong.base.audit.tests.people import make_account
from wutong.base.audit.verify import faults
from wutong.base.chain.grants import grant_application_role
from wutong.base.chain.rows import AppendOnlyError
from wutong.base.chain.testing import own_keys, thawed

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
TABLE = "audit_auditevent"


@pytest.fixture
def chain(db: None) -> AuditChain:
    """Three events of one account, between events of others."""
    actor, other = make_account("zhang.san"), make_account("li.si")
    for action in ("open", "save", "export"):
        record_event(action=action, now=NOW, actor=actor)
        record_event(action=action, now=NOW, actor=other)
    return AuditChain.objects.get(account_name=f"account:{actor.pk}")


@pytest.fixture
def without_triggers() -> Iterator[None]:
    with thawed(connection, TABLE):
        yield


def execute(sql: str, *parameters: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def words() -> list[str]:
    return [fault.words for fault in faults()]


@pytest.mark.parametrize("sql", [f"UPDATE {TABLE} SET words = ''", f"DELETE FROM {TABLE}"])
def test_the_database_refuses_to_change_or_remove_an_event(chain: AuditChain, sql: str) -> None:
    with pytest.raises(IntegrityError, match="append-only"):
        execute(sql)
    assert words() == []


def test_the_model_refuses_too(chain: AuditChain) -> None:
    event = chain.events.first()
    assert event is not None
    with pytest.raises(AppendOnlyError):
        event.save()
    with pytest.raises(AppendOnlyError):
        event.delete()
    with pytest.raises(AppendOnlyError):
        AuditEvent.objects.update(words="")


def test_a_new_event_cannot_take_the_key_of_an_old_one(chain: AuditChain) -> None:
    old = chain.events.get(seq=3)
    copy = AuditEvent(pk=old.pk, chain=chain, action="save", outcome="ok")
    copy.seal(after=chain.head(), now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save()


@pytest.mark.usefixtures("without_triggers")
def test_an_edited_event_is_found(chain: AuditChain) -> None:
    execute(f"UPDATE {TABLE} SET outcome = 'refused' WHERE chain_id = %s AND seq = 2", chain.pk)
    assert words() == ["第2条变更的内容或校验值被改动"]


@pytest.mark.usefixtures("without_triggers")
def test_an_event_put_on_somebody_elses_account_is_found(chain: AuditChain) -> None:
    execute(f"UPDATE {TABLE} SET actor_id = NULL WHERE chain_id = %s AND seq = 1", chain.pk)
    assert words() == ["第1条变更的内容或校验值被改动"]


@pytest.mark.usefixtures("without_triggers")
def test_a_removed_event_is_found(chain: AuditChain) -> None:
    execute(f"DELETE FROM {TABLE} WHERE chain_id = %s AND seq = 2", chain.pk)
    assert words() == ["第2条变更被移除"]


@pytest.mark.usefixtures("without_triggers")
def test_removed_last_events_are_found(chain: AuditChain) -> None:
    execute(f"DELETE FROM {TABLE} WHERE chain_id = %s AND seq > 1", chain.pk)
    assert words() == ["末尾第2至3条变更被移除"]


@pytest.mark.usefixtures("without_triggers")
def test_a_chain_without_any_event_left_is_found(chain: AuditChain) -> None:
    execute(f"DELETE FROM {TABLE} WHERE chain_id = %s", chain.pk)
    assert words() == ["末尾第1至3条变更被移除"]


@pytest.mark.usefixtures("without_triggers")
def test_removed_last_events_are_found_although_the_head_was_set_back(chain: AuditChain) -> None:
    execute(f"DELETE FROM {TABLE} WHERE chain_id = %s AND seq = 3", chain.pk)
    last = chain.events.get(seq=2)
    execute("UPDATE audit_auditchain SET last_seq = 2, head_hash = %s WHERE id = %s", last.hash, chain.pk)
    assert words() == ["链尾签名不符"]


@pytest.mark.usefixtures("without_triggers")
def test_an_event_edited_and_hashed_again_without_the_key_is_found(chain: AuditChain, tmp_path: Path) -> None:
    event = chain.events.get(seq=2)
    event.words = "没有发生过"
    with own_keys(tmp_path):
        event.hash = event.computed_hash()
    execute(f"UPDATE {TABLE} SET words = %s, hash = %s WHERE id = %s", event.words, event.hash, event.pk)
    assert words() == ["第2条变更的内容或校验值被改动", "第3条变更与前一条不衔接"]


def test_an_event_added_behind_the_head_is_found(chain: AuditChain) -> None:
    event = AuditEvent(chain=chain, action="save", outcome="ok")
    event.seal(after=chain.head(), now=NOW)
    event.save()
    assert words() == ["链尾与最后一条变更不符"]


@pytest.mark.usefixtures("without_triggers")
def test_only_the_chain_that_was_tampered_with_is_named(chain: AuditChain) -> None:
    execute(f"DELETE FROM {TABLE} WHERE chain_id = %s AND seq = 1", chain.pk)
    assert {fault.chain for fault in faults()} == {chain.chain_name}


def test_looking_through_all_chains_takes_two_queries(
    chain: AuditChain, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(2):  # type: ignore[operator]
        assert list(faults()) == []


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no roles")
@pytest.mark.parametrize(
    "sql", [f"UPDATE {TABLE} SET words = ''", f"DELETE FROM {TABLE}", f"TRUNCATE {TABLE}"]
)
@pytest.mark.usefixtures("without_triggers")
def test_the_role_of_the_application_has_no_privilege_to_change_an_event(chain: AuditChain, sql: str) -> None:
    role = f"wutong_app_{os.getpid()}"
    grant_application_role(connection, role)
    execute(f'SET LOCAL ROLE "{role}"')
    try:
        record_event(action="save", now=NOW)
        with pytest.raises(ProgrammingError) as refusal:
            execute(sql)
        assert getattr(refusal.value.__cause__, "sqlstate", "") == "42501"
        assert words() == []
    finally:
        execute("RESET ROLE")
