import errno
import hashlib
import os
from datetime import datetime
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo

import pytest
from pytest_django import Settings

from wutong.base.accounts.testing import make_account
from wutong.base.audit.queries import events
from wutong.base.errors import Refused
from wutong.base.files.models import StoredFile
from wutong.base.files.queries import FileTampered, damaged_files, file_path, is_intact, read_file
from wutong.base.files.services import store_file
from wutong.base.files.tests import samples

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(autouse=True)
def directory(tmp_path: Path, settings: Settings) -> Path:
    settings.WUTONG_FILE_DIR = tmp_path / "files"
    return tmp_path / "files"


def store(content: bytes = samples.PDF, name: str = "合同.pdf") -> StoredFile:
    return store_file(content, name=name, actor=None, now=NOW)


def contents_of(directory: Path) -> list[Path]:
    return [path for path in directory.rglob("*") if path.is_file()]


def damage(stored: StoredFile, content: bytes) -> None:
    file_path(stored).chmod(0o600)
    file_path(stored).write_bytes(content)


def test_a_file_is_kept_under_its_sha256_and_read_again(directory: Path) -> None:
    actor = make_account()
    stored = store_file(samples.PDF, name="合同.pdf", actor=actor, now=NOW)
    assert (stored.name, stored.size, stored.content_type) == (
        "合同.pdf",
        len(samples.PDF),
        "application/pdf",
    )
    assert (stored.created_by, stored.created_at) == (actor, NOW)
    digest = stored.sha256
    assert file_path(stored) == directory / digest[:2] / digest[2:4] / digest
    assert read_file(stored) == samples.PDF
    assert is_intact(stored)
    assert events(action="store_file", target_id=stored.pk).get().actor == actor


def test_the_same_content_is_kept_once_whatever_its_name(directory: Path) -> None:
    first = store(name="合同.pdf")
    assert store(name="合同（副本）.pdf") == first
    assert StoredFile.objects.get().name == "合同.pdf"
    assert len(contents_of(directory)) == 1
    assert events(action="store_file").count() == 1


def test_a_content_left_behind_by_a_rollback_is_taken_up_by_the_next_upload(directory: Path) -> None:
    path = file_path(hashlib.sha256(samples.PDF).hexdigest())
    path.parent.mkdir(parents=True)
    path.write_bytes(samples.PDF)
    assert read_file(store()) == samples.PDF
    assert contents_of(directory) == [path]


def test_an_altered_file_is_found_and_not_handed_out() -> None:
    stored = store()
    damage(stored, samples.PDF + b" ")
    assert not is_intact(stored)
    assert list(damaged_files()) == [stored]
    with pytest.raises(FileTampered, match="合同.pdf"):
        read_file(stored)


def test_a_missing_file_is_found_and_not_handed_out() -> None:
    stored = store()
    file_path(stored).unlink()
    assert list(damaged_files()) == [stored]
    with pytest.raises(FileTampered):
        read_file(stored)


def test_a_damaged_file_is_restored_by_the_same_content_and_that_is_audited() -> None:
    stored = store()
    damage(stored, b"x")
    assert store() == stored
    assert read_file(stored) == samples.PDF
    assert events(action="restore_file", target_id=stored.pk).count() == 1


@pytest.mark.parametrize("call", ["fsync", "mkstemp"])
def test_a_full_disk_is_told_plainly_and_leaves_nothing(
    call: str, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: object, **kwargs: object) -> NoReturn:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr({"fsync": "os.fsync", "mkstemp": "tempfile.mkstemp"}[call], full)
    with pytest.raises(Refused, match="磁盘空间不足"):
        store()
    assert contents_of(directory) == []
    assert not StoredFile.objects.exists()


def test_another_error_of_the_disk_is_no_refusal(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(handle: int) -> NoReturn:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr("os.fsync", broken)
    with pytest.raises(OSError, match=os.strerror(errno.EIO)):
        store()
    assert contents_of(directory) == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "空的"),
        (b"<svg><script>alert(1)</script></svg>", "不是可以上传的类型"),
        (b"<html></html>", "不是可以上传的类型"),
        (samples.zipped("xl/workbook.xml", "xl/vbaProject.bin"), "宏"),
    ],
)
def test_what_is_not_kept_is_refused_plainly(content: bytes, words: str, directory: Path) -> None:
    with pytest.raises(Refused, match=words):
        store(content, "图.png")
    assert contents_of(directory) == []
    assert not StoredFile.objects.exists()


def test_a_file_over_the_limit_is_refused_with_both_sizes(settings: Settings) -> None:
    settings.WUTONG_UPLOAD_MAX_BYTES = 2 * 1024 * 1024
    with pytest.raises(Refused, match="3 MB.*2 MB"):
        store(samples.PDF + bytes(2 * 1024 * 1024))


def test_a_path_never_leaves_the_directory_of_files() -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        file_path("../../../etc/passwd")
