"""Rows that are written once: refused by triggers everywhere, by privileges for the application's role."""

import os
from collections.abc import Iterator

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from wutong.base.chain.grants import grant_application_role
from wutong.base.chain.operations import append_only_tables
from wutong.base.chain.testing import thawed
from wutong.cases.models import Change
from wutong.cases.testing import Zone, do
from wutong.ledgerkit.tests.tampering import Book, found, write_book
from wutong.ledgers.meetings.models import AgendaItem, Decision, DecisionResult, DispatchMeeting
from wutong.ledgers.project_push.models import ProjectVisit, PublishedCount
from wutong.registers.enterprises.duplicates import declare_distinct
from wutong.registers.enterprises.services import register_enterprise
from wutong.registers.history.services import record
from wutong.registers.projects.models import Project

TABLES = append_only_tables()
ROLE = f"wutong_app_{os.getpid()}"


def test_the_tables_that_hold_proof_are_append_only() -> None:
    assert {
        "cases_change",
        "cases_evidence",
        "cases_evidencecheck",
        "history_registerchange",
        "audit_auditevent",
        "files_storedfile",
    } <= set(TABLES)


@pytest.fixture
def book(zone: Zone) -> Book:
    return write_book(zone)


def execute(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.fixture
def full(book: Book, zone: Zone) -> None:
    """A row in every frozen table."""
    from wutong.base.accounts.models import PasswordHistory
    from wutong.cases.testing import NOW

    assert zone.host.account is not None
    PasswordHistory.objects.create(account=zone.host.account, password="x", set_at=NOW)
    other = register_enterprise(name="示例另一家公司", code=None, actor=None, on=NOW.date(), now=NOW)
    declare_distinct(book.enterprise, other, reason="示例", actor=None, now=NOW)
    project = record(
        Project(),
        {
            "code": "XM-示例",
            "name": "示例项目",
            "identity": "x",
            "investor": other,
            "total_investment_yuan": 1,
        },
        actor=None,
        effective_on=NOW.date(),
        now=NOW,
    )
    ProjectVisit.objects.create(project=project, on=NOW.date(), visitors="示例", said="示例", recorded_at=NOW)
    PublishedCount.objects.create(title="示例", as_of=NOW.date(), known_at=NOW, numbers={}, published_at=NOW)
    meeting = DispatchMeeting.objects.create(
        case=book.working,
        year=2026,
        ordinal=1,
        title="示例",
        meeting_on=NOW.date(),
        begins="08:30",
        place="示例",
    )
    item = record(
        AgendaItem(),
        {"meeting": meeting, "case": book.last, "position": 1},
        actor=None,
        effective_on=NOW.date(),
        now=NOW,
    )
    facts = {"meeting": meeting, "item": item, "number": 1, "text": "示例", "kinds": "note"}
    decision = record(Decision(), facts, actor=None, effective_on=NOW.date(), now=NOW)
    DecisionResult.objects.create(decision=decision, version=1, kind="note", case=book.last, seq=1)
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert cursor.fetchone()[0] > 0, table


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("sql", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_database_refuses_to_change_a_row(table: str, sql: str) -> None:
    with pytest.raises(IntegrityError, match="append-only"):
        execute(sql.format(table))
    assert found() == []


@pytest.fixture
def application_role(full: None) -> Iterator[None]:
    """What the application may do in production; without triggers, so that privileges alone refuse."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no roles")
    connection.check_constraints()
    with thawed(connection, *TABLES):
        grant_application_role(connection, ROLE)
        execute(f'GRANT SELECT, INSERT, UPDATE ON cases_testing_errand TO "{ROLE}"')
        execute(f'SET LOCAL ROLE "{ROLE}"')
        yield
        connection.check_constraints()
        execute("RESET ROLE")


@pytest.mark.usefixtures("application_role")
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("sql", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_role_of_the_application_may_not_change_a_row(table: str, sql: str) -> None:
    with pytest.raises(DatabaseError) as refusal:
        execute(sql.format(table))
    assert getattr(refusal.value.__cause__, "sqlstate", "") == "42501"


@pytest.mark.usefixtures("application_role")
def test_the_role_of_the_application_can_do_its_daily_work(book: Book, zone: Zone) -> None:
    """It inserts changes and updates the ordinary tables."""
    before = Change.objects.count()
    do(book.working, "note", zone.host, data={"words": "照常"})
    do(book.working, "rest", zone.host, reason="等")
    do(book.last, "reassign", zone.leader, reason="轮岗", holders=zone.holders()[1:])
    assert Change.objects.count() == before + 3
    assert found() == []


@pytest.mark.usefixtures("application_role")
def test_the_role_of_the_application_may_not_take_locks_off(book: Book) -> None:
    for sql in ("ALTER TABLE cases_change DISABLE TRIGGER ALL", "DROP TABLE cases_change"):
        with pytest.raises(DatabaseError) as refusal:
            execute(sql)
        assert getattr(refusal.value.__cause__, "sqlstate", "") == "42501"
