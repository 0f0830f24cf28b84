"""What somebody with the database's password could do, and what `wutong verify` then finds."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection, transaction

from wutong.base.audit.services import record_event
from wutong.base.chain.operations import append_only_tables
from wutong.base.chain.testing import thawed
from wutong.cases.models import Case, Evidence
from wutong.cases.testing import MONDAY, NOW, Zone, do, document, errand
from wutong.ledgerkit.verify import all_faults
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.enterprises.services import register_enterprise
from wutong.registers.people.models import Person
from wutong.registers.people.services import add_contact


@dataclass(frozen=True)
class Book:
    """A small set with everything that is chained: cases, register entries, audit, files."""

    done: Case
    working: Case
    last: Case
    enterprise: Enterprise
    contact: Person


def write_book(zone: Zone) -> Book:
    done = errand(zone, title="已办结的差事", words="起初")
    do(done, "note", zone.host, data={"words": "后来"})
    do(done, "value", zone.leader, reason="核定", amount_yuan=5_000_000)
    do(done, "hand_in", zone.host, evidence=[document("permit", done.number)])
    do(done, "check", zone.verifier, checks=[(Evidence.objects.get(case=done), True)])
    do(done, "submit", zone.host, on=MONDAY + timedelta(days=3), evidence=[document("proof", done.number)])
    do(done, "close", zone.verifier, on=MONDAY + timedelta(days=4))
    working = errand(zone, title="在办的差事")
    do(working, "note", zone.host, data={"words": "一"})
    do(working, "note", zone.host, data={"words": "二"})
    opened = working.changes.get(seq=1)
    do(working, "correct", zone.leader, on=MONDAY, reason="核对", replaces=opened)
    last = errand(zone, title="最后一件")
    enterprise = register_enterprise(
        name="示例电池有限公司", code=None, actor=None, on=MONDAY, now=NOW, address="示例路1号"
    )
    contact = add_contact(
        enterprise, name="戊某", phone="13911112222", post="经理", actor=None, on=MONDAY, now=NOW
    )
    for action in ("open", "save", "export"):
        record_event(action=action, now=NOW, actor=zone.host.account)
    done.refresh_from_db()
    working.refresh_from_db()
    last.refresh_from_db()
    return Book(done, working, last, enterprise, contact)


def tamper(sql: str, *parameters: object) -> int:
    """One statement past all locks."""
    connection.check_constraints()
    with thawed(connection, *append_only_tables()), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.rowcount


def remove_case(case: Case) -> None:
    """The case and every row that knows it."""
    connection.check_constraints()
    of_case = f"IN (SELECT id FROM cases_case WHERE id = {case.pk})"
    with thawed(connection, *append_only_tables()), connection.cursor() as cursor:
        for table in (
            "cases_evidencecheck WHERE evidence_id IN (SELECT id FROM cases_evidence WHERE case_id {})",
            "cases_evidence WHERE case_id {}",
            "cases_clockrung WHERE clock_id IN (SELECT id FROM cases_clock WHERE case_id {})",
            "cases_clocksuspension WHERE clock_id IN (SELECT id FROM cases_clock WHERE case_id {})",
            "cases_clocksegment WHERE clock_id IN (SELECT id FROM cases_clock WHERE case_id {})",
            "cases_clock WHERE case_id {}",
            "cases_task WHERE case_id {}",
            "cases_assignment WHERE case_id {}",
            "cases_change WHERE replaces_id IS NOT NULL AND case_id {}",
            "cases_change WHERE case_id {}",
            "cases_testing_errand WHERE case_id {}",
            "cases_case WHERE id {}",
        ):
            cursor.execute("DELETE FROM " + table.format(of_case))
    connection.check_constraints()


def found() -> list[str]:
    """Everything that is wrong: the chain and what is said about it."""
    return [f"{fault.chain} {fault.words}" for fault in all_faults()]


def assert_found(chain: str, words: str) -> None:
    """The chain is named, and these words are said about it."""
    said = found()
    assert any(line.startswith(chain) and words in line for line in said), said


def day(number: int) -> date:
    return MONDAY + timedelta(days=number)
