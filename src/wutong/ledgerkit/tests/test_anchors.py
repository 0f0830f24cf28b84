"""The signed file of heads finds what the database alone cannot tell: an older state put back, whole chains gone."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from wutong.base.audit.models import AuditChain
from wutong.base.chain.testing import own_keys, rotate_key
from wutong.cases.models import Case, NumberCounter
from wutong.cases.testing import NOW, PREFIX, Zone, do, errand
from wutong.ledgerkit.anchors import anchor_faults, anchor_file, write_anchor
from wutong.ledgerkit.tests.tampering import Book, assert_found, found, remove_case, tamper, write_book

TOMORROW = NOW + timedelta(days=1)


@pytest.fixture
def book(zone: Zone) -> Book:
    return write_book(zone)


def lines() -> list[dict[str, Any]]:
    return [json.loads(text) for text in anchor_file().read_text(encoding="utf-8").splitlines()]


def rewrite(changed: list[dict[str, Any]]) -> None:
    text = "".join(json.dumps(line, ensure_ascii=False, sort_keys=True) + "\n" for line in changed)
    anchor_file().write_text(text, encoding="utf-8")


def test_each_line_holds_the_heads_that_are_new(book: Book, zone: Zone) -> None:
    assert write_anchor(NOW) == len(lines()[0]["heads"])
    assert write_anchor(NOW) == 0
    do(book.working, "note", zone.host, data={"words": "三"})
    assert write_anchor(TOMORROW) == 1
    assert [set(line["heads"]) for line in lines()[1:]] == [{f"case:{book.working.pk}"}]
    assert f"enterprise:{book.enterprise.pk}" in lines()[0]["heads"]
    assert any(name.startswith("audit:") for name in lines()[0]["heads"])
    assert found() == []


def test_work_that_goes_on_is_no_fault(book: Book, zone: Zone) -> None:
    write_anchor(NOW)
    do(book.working, "note", zone.host, data={"words": "三"})
    errand(zone)
    assert found() == []


def test_without_a_file_there_is_nothing_to_compare(book: Book) -> None:
    assert list(anchor_faults()) == []


def put_back(case: Case, seq: int, before: Case) -> None:
    """The case as it stood after `seq`, with the head and its true signature of that moment (from a backup)."""
    tamper("DELETE FROM cases_change WHERE case_id = %s AND seq > %s", case.pk, seq)
    tamper(
        "UPDATE cases_case SET last_seq = %s, head_hash = %s, head_mac = %s WHERE id = %s",
        before.last_seq,
        before.head_hash,
        before.head_mac,
        case.pk,
    )
    tamper("UPDATE cases_testing_errand SET words = '' WHERE case_id = %s", case.pk)


def test_a_case_put_back_to_a_genuine_older_state_is_found_only_by_the_file(book: Book, zone: Zone) -> None:
    before = Case.objects.get(pk=book.last.pk)
    do(book.last, "note", zone.host, data={"words": "要抹掉的"})
    write_anchor(NOW)
    put_back(book.last, 1, before)
    assert found() == [f"case:{book.last.pk} 第2条变更与链头文件不符，或末尾变更被移除"]


def test_a_case_put_back_and_written_on_is_found(book: Book, zone: Zone) -> None:
    """Another second change in the place of the removed one does not hide it."""
    before = Case.objects.get(pk=book.last.pk)
    do(book.last, "note", zone.host, data={"words": "要抹掉的"})
    write_anchor(NOW)
    put_back(book.last, 1, before)
    do(Case.objects.get(pk=book.last.pk), "note", zone.host, data={"words": "替换的"})
    assert_found(f"case:{book.last.pk}", "第2条变更与链头文件不符")
    assert len(found()) == 1


def test_a_removed_case_whose_number_was_put_back_too_is_found_only_by_the_file(
    book: Book, zone: Zone
) -> None:
    counter = NumberCounter.objects.get()
    newest = errand(zone)
    write_anchor(NOW)
    remove_case(newest)
    tamper("UPDATE cases_numbercounter SET last = %s, mac = %s", counter.last, counter.mac)
    assert found() == [f"case:{newest.pk} 整条链被移除"]


def test_a_removed_register_entry_with_all_its_changes_is_found(book: Book) -> None:
    write_anchor(NOW)
    tamper("DELETE FROM history_registerchange WHERE entry_kind = 'contact'")
    tamper("DELETE FROM people_person")
    assert found() == [f"contact:{book.contact.pk} 整条链被移除"]


def test_a_removed_audit_chain_is_found(book: Book, zone: Zone) -> None:
    write_anchor(NOW)
    assert zone.host.account is not None
    chain = AuditChain.objects.get(account_name=f"account:{zone.host.account.pk}")
    tamper("DELETE FROM audit_auditevent WHERE chain_id = %s", chain.pk)
    tamper("DELETE FROM audit_auditchain WHERE id = %s", chain.pk)
    assert found() == [f"audit:{chain.pk} 整条链被移除"]


@pytest.mark.parametrize("field", ["at", "heads", "prev", "key", "mac"])
def test_an_edited_field_of_a_line_is_found(book: Book, zone: Zone, field: str) -> None:
    write_anchor(NOW)
    do(book.working, "note", zone.host, data={"words": "三"})
    write_anchor(TOMORROW)
    changed = lines()
    edited = {"at": TOMORROW.isoformat(), "heads": {}, "prev": "0", "key": 9, "mac": "0" * 64}
    changed[0][field] = edited[field]
    rewrite(changed)
    assert_found("anchors", "第1行被改动或移除")


def test_a_missing_field_of_a_line_is_found(book: Book) -> None:
    write_anchor(NOW)
    for field in ("at", "heads", "prev", "key", "mac"):
        whole = lines()
        rewrite([{key: value for key, value in whole[0].items() if key != field}])
        assert_found("anchors", "第1行被改动或移除")
        rewrite(whole)
    assert found() == []


def test_a_removed_line_is_found(book: Book, zone: Zone) -> None:
    for number in range(3):
        do(book.working, "note", zone.host, data={"words": str(number)})
        write_anchor(NOW + timedelta(days=number))
    rewrite([lines()[0], lines()[2]])
    assert_found("anchors", "第2行被改动或移除")


def test_lines_in_another_order_are_found(book: Book, zone: Zone) -> None:
    write_anchor(NOW)
    do(book.working, "note", zone.host, data={"words": "三"})
    write_anchor(TOMORROW)
    rewrite(lines()[::-1])
    assert_found("anchors", "第1行被改动或移除")


@pytest.mark.parametrize("rubbish", [b"{broken", b"[]", b"\xff\xfe\x00", b"null", b'"text"'])
def test_a_line_that_cannot_be_read_is_a_fault_and_no_crash(book: Book, zone: Zone, rubbish: bytes) -> None:
    write_anchor(NOW)
    good = anchor_file().read_bytes()
    anchor_file().write_bytes(good + rubbish + b"\n")
    assert_found("anchors", "第2行被改动或移除")
    do(book.working, "note", zone.host, data={"words": "三"})
    assert write_anchor(TOMORROW) == 1


def test_heads_of_an_edited_line_are_written_again(book: Book) -> None:
    """Otherwise whoever spoils a line would take its heads out of the file for good."""
    count = write_anchor(NOW)
    changed = lines()
    changed[0]["at"] = TOMORROW.isoformat()
    rewrite(changed)
    assert write_anchor(TOMORROW) == count


def test_lines_stay_valid_after_the_key_was_rotated(book: Book, zone: Zone, tmp_path: Any) -> None:
    anchor_file().unlink(missing_ok=True)
    with own_keys(tmp_path / "keys"):
        write_anchor(NOW)
        rotate_key("anchor")
        do(book.working, "note", zone.host, data={"words": "三"})
        write_anchor(TOMORROW)
        assert [line["key"] for line in lines()] == [1, 2]
        assert [fault for fault in anchor_faults() if fault.chain == "anchors"] == []


def test_what_was_rolled_back_was_never_anchored(zone: Zone) -> None:
    with transaction.atomic():
        errand(zone)
        transaction.set_rollback(True)
    write_anchor(NOW)
    assert not any(name.startswith("case:") for name in lines()[0]["heads"])
    assert connection.in_atomic_block
    assert NumberCounter.objects.filter(prefix=PREFIX).count() == 0
