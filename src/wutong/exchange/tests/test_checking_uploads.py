"""An upload is kept, checked and recorded; its rows are imported once, from the file and from nothing else."""

import threading
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError
from pytest_django import Settings

from wutong.base.accounts.models import Account
from wutong.base.accounts.testing import make_account
from wutong.base.audit.models import AuditEvent
from wutong.base.errors import Conflict, Refused
from wutong.base.files.queries import file_path
from wutong.exchange.models import ImportBatch
from wutong.exchange.services import check_workbook, intake_of, lock_for_import, mark_imported
from wutong.exchange.sheets import Sheet
from wutong.exchange.tests.samples import HEADER, PUSH, ROW, compound_file, two_far_cells, xls, xlsx

NOW = datetime(2024, 1, 15, 8, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
BAD_ROW = [2, "智能电表模块产线", "梧桐量测科技有限公司", "2000万件", "2023-04-11", "招商促进部"]
GOOD = xlsx({"推进库": [HEADER, ROW, BAD_ROW, ["合计", None, None, 52.0]]})
WEB_PAGE = "<html><table><tr><td>项目名称</td></tr></table></html>".encode()

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk() -> Account:
    return make_account("lin.xiaolan", display_name="林晓岚")


def check(content: bytes, clerk: Account, **options: Any) -> ImportBatch:
    options = {"name": "项目推进库2024年1月.xlsx", **options}
    batch, _intake = check_workbook(PUSH, content, actor=clerk, now=NOW, **options)
    return batch


def test_a_checked_upload_is_kept_and_counted_and_nothing_is_written(clerk: Account) -> None:
    batch, intake = check_workbook(PUSH, GOOD, name="C:\\台账\\推进库.xlsx", actor=clerk, now=NOW)
    assert (batch.state, batch.file_name, batch.actor, batch.created_at) == (
        "checked",
        "推进库.xlsx",
        clerk,
        NOW,
    )
    assert (batch.accepted_count, batch.refused_count, batch.skipped_count) == (1, 1, 1)
    assert (len(intake.accepted), len(intake.refused), len(intake.skipped)) == (1, 1, 1)
    assert batch.stored_file is not None
    assert batch.imported_at is None


def test_the_record_names_places_and_no_values(clerk: Account) -> None:
    batch = check(GOOD, clerk)
    batch.refresh_from_db()
    assert batch.report["problems"] == [{"row": 3, "column": "D", "heading": "总投资(亿元)"}]
    assert "2000万件" not in str(batch.report)
    assert "江苏恒储" not in str(batch.report)


def test_rows_are_read_again_from_the_stored_file(clerk: Account) -> None:
    batch, intake = check_workbook(PUSH, GOOD, name="a.xlsx", actor=clerk, now=NOW)
    ImportBatch.objects.filter(pk=batch.pk).update(report={"problems": []}, accepted_count=99)
    batch.refresh_from_db()
    assert intake_of(batch, PUSH) == intake


def test_an_altered_file_is_not_imported(clerk: Account) -> None:
    batch = check(GOOD, clerk)
    path = file_path(batch.stored_file)
    path.chmod(0o600)
    path.write_bytes(xlsx({"推进库": [HEADER, [*ROW[:3], 9.0, *ROW[4:]]]}))
    with pytest.raises(Refused, match="改动"):
        intake_of(batch, PUSH)


def test_an_old_workbook_is_checked_too(clerk: Account) -> None:
    assert check(xls([HEADER, ROW]), clerk, name="旧.xls").accepted_count == 1


@pytest.mark.parametrize(
    ("content", "words", "is_kept"),
    [
        (two_far_cells(), "XFD1048576", True),
        (xlsx({"推进库": [["通知"]]}), "没有找到表头", True),
        (xlsx({"推进库": [[*HEADER[:3], "总投资(万件)", *HEADER[4:]], ROW]}), "不是金额单位", True),
        (WEB_PAGE, "文件内容是网页", False),
        (compound_file("EncryptedPackage"), "有打开密码", False),
        (b"", "空的", False),
    ],
)
def test_a_refused_upload_is_recorded_with_its_reason(
    clerk: Account, content: bytes, words: str, is_kept: bool
) -> None:
    with pytest.raises(Refused, match=words):
        check(content, clerk)
    batch = ImportBatch.objects.get()
    assert batch.state == "refused"
    assert words in batch.report["refusal"]
    assert (batch.stored_file is not None) is is_kept
    assert AuditEvent.objects.get(action="check_workbook").outcome == "refused"
    with pytest.raises(Refused, match=words):
        intake_of(batch, PUSH)
    with transaction.atomic(), pytest.raises(Refused):
        mark_imported(batch, actor=clerk, now=NOW)


def test_too_large_an_upload_is_not_even_read(clerk: Account, settings: Settings) -> None:
    settings.WUTONG_UPLOAD_MAX_BYTES = 1_000
    with pytest.raises(Refused, match="上限"):
        check(GOOD, clerk)


def test_a_form_sent_twice_is_one_batch(clerk: Account) -> None:
    first = check(GOOD, clerk, idempotency_key="k1")
    assert check(GOOD, clerk, idempotency_key="k1") == first
    assert ImportBatch.objects.count() == 1
    assert check(GOOD, clerk) != first


def test_a_form_sent_twice_with_other_content_is_a_conflict(clerk: Account) -> None:
    check(GOOD, clerk, idempotency_key="k1")
    with pytest.raises(Conflict):
        check(xlsx({"推进库": [HEADER, ROW]}), clerk, idempotency_key="k1")
    with pytest.raises(Conflict):
        check(GOOD, make_account("xu.kexin", display_name="许可欣"), idempotency_key="k1")


def test_a_batch_belongs_to_its_sheet(clerk: Account) -> None:
    with pytest.raises(ValueError, match="project_push"):
        intake_of(check(GOOD, clerk), Sheet("other", "其他", PUSH.columns))


def test_an_import_is_marked_and_audited(clerk: Account) -> None:
    batch = check(GOOD, clerk)
    with transaction.atomic():
        lock_for_import(batch)
        mark_imported(batch, actor=clerk, now=NOW, row_count=1)
    batch.refresh_from_db()
    assert (batch.state, batch.imported_at, batch.imported_by) == ("imported", NOW, clerk)
    event = AuditEvent.objects.get(action="import_workbook")
    assert (event.target_id, event.detail) == (str(batch.pk), {"sheet": "project_push", "rows": 1})


def test_a_second_import_is_a_conflict_that_says_who_was_first(clerk: Account) -> None:
    batch = check(GOOD, clerk)
    with transaction.atomic():
        mark_imported(batch, actor=clerk, now=NOW)
    with transaction.atomic(), pytest.raises(Conflict, match="林晓岚"):
        lock_for_import(batch)


@pytest.mark.django_db(transaction=True)
def test_an_import_outside_a_transaction_is_a_mistake_of_the_caller(clerk: Account) -> None:
    batch = check(GOOD, clerk)
    with pytest.raises(TransactionManagementError):
        mark_imported(batch, actor=clerk, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_a_refusal_is_recorded_although_nothing_else_is(clerk: Account) -> None:
    with pytest.raises(Refused):
        check(two_far_cells(), clerk)
    assert ImportBatch.objects.get().state == "refused"


@pytest.mark.django_db(transaction=True)
def test_two_people_who_import_at_once_import_once(clerk: Account) -> None:
    batch = check(GOOD, clerk)
    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        pytest.skip("an in-memory SQLite database has one connection; PostgreSQL runs this")
    together = threading.Barrier(2)
    written: list[str] = []
    conflicts: list[Conflict] = []

    def import_rows(name: str) -> None:
        together.wait()
        try:
            with transaction.atomic():
                lock_for_import(batch)
                written.append(name)
                mark_imported(batch, actor=clerk, now=NOW)
        except Conflict as conflict:
            conflicts.append(conflict)
        finally:
            connection.close()

    threads = [threading.Thread(target=import_rows, args=(name,)) for name in ("甲", "乙")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(written), len(conflicts)) == (1, 1)
