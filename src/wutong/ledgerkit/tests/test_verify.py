"""`wutong verify` finds and names whatever was edited, removed or written again past the product."""

from pathlib import Path

import pytest
from django.db import connection, transaction

from wutong.base.chain.rows import START, Head
from wutong.base.chain.testing import own_keys, rotate_key, thawed
from wutong.base.files.queries import file_path
from wutong.cases.models import Case, Change, Evidence, NumberCounter
from wutong.cases.numbers import counter_mac
from wutong.cases.testing import NOW, PREFIX, Zone, do, errand, errands, make_zone
from wutong.ledgerkit.tests.tampering import (
    Book,
    assert_found,
    day,
    found,
    remove_case,
    tamper,
    write_book,
)
from wutong.ledgerkit.verify import chain_count, unfrozen_tables
from wutong.registers.history.models import RegisterChange
from wutong.registers.people.models import Person


@pytest.fixture
def book(zone: Zone) -> Book:
    return write_book(zone)


def test_nothing_is_found_in_what_the_product_wrote(book: Book) -> None:
    assert found() == []
    assert chain_count() >= 3 + 2 + 3 + 4 + 1  # cases, enterprise and contact, units, officials, audit
    assert unfrozen_tables() == []


def test_the_tables_without_triggers_are_named(book: Book) -> None:
    with thawed(connection, "cases_change"):
        assert unfrozen_tables() == ["cases_change"]


def test_nothing_is_found_after_the_key_was_rotated(db: None, tmp_path: Path) -> None:
    """In keys of its own, because the other tests go on with theirs."""
    with own_keys(tmp_path / "keys"), errands():
        zone = make_zone()
        case = errand(zone)
        rotate_key("chain")
        assert found() == []
        do(case, "note", zone.host, data={"words": "新钥匙"})
        assert found() == []
        errand(zone)
        assert found() == []


# ---- edited ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "edit",
    [
        "effective_on = '2026-01-01'",
        "recorded_at = '2026-01-01 00:00:00+00:00'",
        "actor_id = NULL",
        "on_behalf_of_id = actor_id",
        "verb = 'visit'",
        "state_before = 'submitted'",
        "state_after = 'closed'",
        "state_after = 'nowhere'",
        "amount_yuan = 1",
        "reason = '改过的理由'",
        "position = 9",
        "request_key = 'k'",
        "replaces_id = 1",
        "snapshot = '{}'",
        "snapshot = '[1]'",
        "key_number = 7",
        "hash = 'ab'",
        "prev_hash = 'ab'",
    ],
)
def test_an_edited_column_of_a_change_is_found(book: Book, edit: str) -> None:
    edit = edit.replace("replaces_id = 1", f"replaces_id = {book.last.changes.get().pk}")
    assert tamper(f"UPDATE cases_change SET {edit} WHERE case_id = %s AND seq = 2", book.working.pk) == 1
    words = "不衔接" if "prev_hash" in edit else "第2条变更的内容或校验值被改动"
    assert_found(f"case:{book.working.pk}（{book.working.number}）", words)


@pytest.mark.parametrize(
    ("column", "value", "label"),
    [
        ("case_type", "other", "事项"),
        ("number", "CS2026-0099", "办件编号"),
        ("title", "改过的标题", "标题"),
        ("parent_id", "OTHER", "上级办件"),
        ("procedure_version", 2, "流程版本"),
        ("state", "submitted", "状态"),
        ("is_open", "FLIP", "是否在办"),
        ("result", "other", "办结结果"),
        ("opened_on", "2026-01-01", "开始日期"),
        ("changed_on", "2026-01-01", "最近变更生效日期"),
        ("changed_at", "2026-01-01 00:00:00+00:00", "最近变更生效时间"),
        ("closed_on", "2026-01-01", "办结日期"),
        ("enterprise_id", "FIRM", "相关企业"),
        ("host_unit_id", "UNIT", "责任单位"),
        ("host_person_id", None, "责任人"),
        ("leader_id", "PERSON", "包保领导"),
        ("due_on", "2026-12-31", "到期日"),
        ("amount_yuan", 7, "涉及金额（元）"),
    ],
)
def test_an_edited_column_of_a_case_is_found_and_named(
    book: Book, zone: Zone, column: str, value: object, label: str
) -> None:
    given = {
        "OTHER": book.last.pk,
        "FIRM": book.enterprise.pk,
        "UNIT": zone.other_unit.pk,
        "PERSON": zone.leader.official_id,
    }.get(value, value)  # type: ignore[call-overload]
    for case in (book.done, book.working):
        if value == "FLIP":
            given = not case.is_open
        before = getattr(case, column)
        tamper(f"UPDATE cases_case SET {column} = %s WHERE id = %s", given, case.pk)
        assert_found(f"case:{case.pk}", f"“{label}”")
        tamper(f"UPDATE cases_case SET {column} = %s WHERE id = %s", before, case.pk)
    assert found() == []


def test_every_column_of_a_case_is_recounted_or_is_the_head_of_its_chain() -> None:
    """A new column of the case belongs into the test above."""
    rows = next(
        mark.args[1]
        for mark in test_an_edited_column_of_a_case_is_found_and_named.pytestmark  # type: ignore[attr-defined]
        if mark.name == "parametrize"
    )
    heads = {"id", "last_seq", "head_hash", "head_mac"}
    columns = {field.attname for field in Case._meta.concrete_fields}
    assert columns - heads == {row[0] for row in rows}


def test_an_edited_column_of_a_ledgers_row_is_found(book: Book) -> None:
    tamper("UPDATE cases_testing_errand SET words = '改过' WHERE case_id = %s", book.working.pk)
    assert_found(f"case:{book.working.pk}（", "“说明”与变更记录不符")


def test_a_removed_row_of_a_ledger_is_found(book: Book) -> None:
    tamper("DELETE FROM cases_testing_errand WHERE case_id = %s", book.working.pk)
    assert_found(f"case:{book.working.pk}（", "台账内容被移除")


@pytest.mark.parametrize(
    ("column", "value", "label"),
    [("name", "改名有限公司", "企业名称"), ("address", "别处", "注册地址"), ("code", "X" * 18, "代码")],
)
def test_an_edited_fact_of_a_register_entry_is_found(book: Book, column: str, value: str, label: str) -> None:
    key = book.enterprise.pk
    tamper(f"UPDATE enterprises_enterprise SET {column} = %s WHERE id = %s", value, key)
    assert_found(f"enterprise:{key}", label)


def test_an_edited_personal_value_is_found_although_only_its_digest_was_kept(book: Book) -> None:
    field = Person._meta.get_field("phone")
    stored = field.get_prep_value("13933334444")  # type: ignore[union-attr]
    tamper("UPDATE people_person SET phone = %s WHERE id = %s", str(stored), book.contact.pk)
    assert_found(f"contact:{book.contact.pk}", "“联系电话”")


def test_an_edited_change_of_a_register_entry_is_found(book: Book) -> None:
    row = RegisterChange.objects.get(entry_kind="enterprise", entry_id=book.enterprise.pk)
    tamper("UPDATE history_registerchange SET effective_on = '2026-01-01' WHERE id = %s", row.pk)
    assert_found(f"enterprise:{book.enterprise.pk}", "第1条变更的内容或校验值被改动")


# ---- what hangs on a case ------------------------------------------------------------------------------------------


def test_an_edited_assignment_is_found(book: Book, zone: Zone) -> None:
    tamper(
        "UPDATE cases_assignment SET person_id = %s WHERE case_id = %s AND role = 'verifier'",
        zone.stranger.official_id,
        book.working.pk,
    )
    assert_found(f"case:{book.working.pk}（", "责任人与变更记录不符")


def test_an_open_case_that_lost_its_host_is_found(book: Book) -> None:
    tamper("DELETE FROM cases_assignment WHERE case_id = %s AND role = 'host'", book.working.pk)
    assert_found(f"case:{book.working.pk}（", "在办办件有0个主办")


def test_a_moved_due_day_of_a_clock_is_found(book: Book) -> None:
    of_case = "WHERE case_id = %s AND code = 'limit'"
    tamper(f"UPDATE cases_clock SET due_on = '2026-12-31' {of_case}", book.working.pk)
    assert_found(f"case:{book.working.pk}（", "时限“办理时限”与变更记录不符")


def test_a_removed_or_invented_clock_is_found(book: Book) -> None:
    tamper("DELETE FROM cases_clocksegment")
    tamper("DELETE FROM cases_clock WHERE case_id = %s AND code = 'visit'", book.working.pk)
    assert_found(f"case:{book.working.pk}（", "“走访时限”的个数")


def test_a_changed_evidence_file_is_found(book: Book) -> None:
    evidence = Evidence.objects.get(case=book.done, kind="proof")
    path = file_path(evidence.file)
    path.chmod(0o640)
    path.write_bytes(path.read_bytes().replace(b"invented", b"Invented"))
    assert_found(f"case:{book.done.pk}（", f"佐证文件“{evidence.name}”被改动或丢失")


def test_a_lost_evidence_file_is_found(book: Book) -> None:
    evidence = Evidence.objects.get(case=book.done, kind="permit")
    file_path(evidence.file).unlink()
    assert_found(f"case:{book.done.pk}（", f"佐证文件“{evidence.name}”被改动或丢失")


def test_a_file_exchanged_together_with_its_digest_is_found(book: Book) -> None:
    first, second = Evidence.objects.filter(case=book.done).order_by("pk")
    tamper("UPDATE cases_evidence SET file_id = %s WHERE id = %s", second.file_id, first.pk)
    assert_found(f"case:{book.done.pk}（", "佐证清单与变更记录不符")


def test_a_removed_piece_of_evidence_is_found(book: Book) -> None:
    tamper("DELETE FROM cases_evidence WHERE case_id = %s AND kind = 'proof'", book.done.pk)
    assert_found(f"case:{book.done.pk}（", "佐证清单与变更记录不符")


@pytest.mark.parametrize(
    "sql", ["UPDATE cases_evidencecheck SET is_accepted = NOT is_accepted", "DELETE FROM cases_evidencecheck"]
)
def test_an_edited_or_removed_check_of_evidence_is_found(book: Book, sql: str) -> None:
    tamper(sql)
    assert_found(f"case:{book.done.pk}（", "佐证核验与变更记录不符")


# ---- removed ---------------------------------------------------------------------------------------------------


def test_a_removed_middle_row_is_found(book: Book) -> None:
    tamper("DELETE FROM cases_change WHERE case_id = %s AND seq = 2", book.working.pk)
    assert_found(f"case:{book.working.pk}（", "第2条变更被移除")


def test_removed_last_rows_are_found(book: Book) -> None:
    tamper("DELETE FROM cases_change WHERE case_id = %s AND seq > 2", book.working.pk)
    assert_found(f"case:{book.working.pk}（", "末尾第3至4条变更被移除")


@pytest.mark.parametrize("kept", [0, 2])
def test_removed_last_rows_are_found_although_the_case_was_set_back_with_them(book: Book, kept: int) -> None:
    """Everything but the signature of the head agrees: that needs the key."""
    case = book.working
    end = case.changes.filter(seq=kept).first()
    tamper("DELETE FROM cases_change WHERE case_id = %s AND seq > %s", case.pk, kept)
    tamper(
        "UPDATE cases_case SET last_seq = %s, head_hash = %s WHERE id = %s",
        kept,
        end.hash if end else START,
        case.pk,
    )
    tamper("UPDATE cases_testing_errand SET words = '一' WHERE case_id = %s", case.pk)
    assert_found(f"case:{case.pk}（", "链尾签名不符")


def test_rows_hashed_again_without_the_key_are_found(book: Book, tmp_path: Path) -> None:
    """The intruder has the database and the program, and makes up a key."""
    case, head = book.working, Head()
    with own_keys(tmp_path / "foreign"):
        for row in case.changes.order_by("seq"):
            row.reason = "重写的历史"
            row.prev_hash, row.hash = head.hash, ""
            row.hash = row.computed_hash()
            head = Head(row.seq, row.hash)
            tamper(
                "UPDATE cases_change SET reason = %s, prev_hash = %s, hash = %s WHERE id = %s",
                row.reason,
                row.prev_hash,
                row.hash,
                row.pk,
            )
        mac = head.mac(case.chain_name())
    tamper("UPDATE cases_case SET head_hash = %s, head_mac = %s WHERE id = %s", head.hash, mac, case.pk)
    said = " ".join(found())
    assert all(f"第{seq}条变更的内容或校验值被改动" in said for seq in range(1, 5))
    assert "链尾签名不符" in said


def test_a_row_moved_to_another_case_is_found(book: Book) -> None:
    tamper(
        "UPDATE cases_change SET case_id = %s WHERE case_id = %s AND seq = 2", book.last.pk, book.working.pk
    )
    assert_found(f"case:{book.working.pk}（", "第2条变更被移除")
    assert_found(f"case:{book.last.pk}（", "第2条变更的内容或校验值被改动")


def test_a_case_removed_with_all_its_rows_leaves_a_gap_in_the_numbers(book: Book) -> None:
    remove_case(book.working)
    assert_found(f"number:{PREFIX}2026", f"办件{book.working.number}及其全部变更被移除")


def test_the_last_case_removed_with_its_rows_is_found_by_the_counter(book: Book) -> None:
    remove_case(book.last)
    assert_found(f"number:{PREFIX}2026", f"办件{book.last.number}及其全部变更被移除")


def test_the_last_case_removed_and_the_counter_set_back_is_found_by_its_signature(
    book: Book, tmp_path: Path
) -> None:
    remove_case(book.last)
    tamper("UPDATE cases_numbercounter SET last = 2")
    assert_found(f"number:{PREFIX}2026", "编号计数的签名不符")
    with own_keys(tmp_path / "foreign"):
        mac = counter_mac(PREFIX, 2026, 2)
    tamper("UPDATE cases_numbercounter SET mac = %s", mac)
    assert_found(f"number:{PREFIX}2026", "编号计数的签名不符")


def test_a_removed_counter_is_found(book: Book) -> None:
    remove_case(book.last)
    NumberCounter.objects.all().delete()
    assert_found(f"number:{PREFIX}2026", "编号计数被移除")


def test_a_number_that_no_counter_gave_is_found(book: Book) -> None:
    tamper("UPDATE cases_case SET number = %s WHERE id = %s", f"{PREFIX}2026-0099", book.last.pk)
    assert_found(f"number:{PREFIX}2026", f"编号{PREFIX}2026-0099不是按计数发出的")


def test_a_case_that_nobody_opened_is_found(book: Book) -> None:
    """A row put into the table by hand has no change."""
    Case.objects.create(
        case_type=book.last.case_type,
        number=f"{PREFIX}2026-0004",
        title="凭空而来",
        procedure_version=1,
        state="working",
        opened_on=day(0),
        changed_on=day(0),
    )
    invented = Case.objects.get(title="凭空而来")
    assert_found(f"case:{invented.pk}（", "没有任何变更")


@pytest.mark.parametrize("where", ["between", "behind"])
def test_a_case_removed_without_its_rows_is_found(book: Book, where: str) -> None:
    """The intruder has switched foreign keys off."""
    key = book.working.pk if where == "between" else book.last.pk + 1000
    remove_case(book.working)
    without_keys = {
        "sqlite": "PRAGMA defer_foreign_keys = ON",
        "postgresql": "ALTER TABLE cases_change DISABLE TRIGGER ALL",
    }
    with transaction.atomic():
        connection.check_constraints()
        connection.cursor().execute(without_keys[connection.vendor])
        row = Change(case_id=key, position=1, effective_on=day(0), verb="open", state_after="working")
        row.seal(after=Head(), now=NOW)
        row.save()
        assert_found(f"case:{key}", "办件被移除，变更还在")
        transaction.set_rollback(True)


# ---- the audit ----------------------------------------------------------------------------------------------------


def test_a_removed_audit_row_is_found(book: Book, zone: Zone) -> None:
    account = zone.host.account
    assert account is not None
    removed = tamper("DELETE FROM audit_auditevent WHERE actor_id = %s AND seq = 2", account.pk)
    assert removed == 1
    assert_found(f"audit:account:{account.pk}", "第2条变更被移除")
