"""A backup is there as a whole or not at all; files and signed heads are checked on the way."""

import errno
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from wutong.base.backup import writing
from wutong.base.backup.manifest import (
    MANIFEST,
    SEAL,
    Manifest,
    check_files,
    read_manifest,
)
from wutong.base.backup.stored import refuse_other_anchors, restore_anchors
from wutong.base.backup.tables import Table
from wutong.base.backup.writing import write_backup
from wutong.base.errors import Refused
from wutong.base.keys import Keyring

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
RING = Keyring(2, {1: b"1" * 32, 2: b"2" * 32})
GOOD, BAD, LOST = b"sample content", b"altered content", b"lost content"


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class InventedSnapshot:
    vendor = "sqlite"

    def copy(self, table: Table) -> Iterator[bytes]:
        yield b"1\ta\\nb\n2\t"
        yield b"\\N\n"

    def values(self, table: str, columns: list[str], key: str) -> Iterator[tuple[object, ...]]:
        if table == "django_migrations":
            yield "files", "0001_initial"
        else:
            for content in (GOOD, BAD, LOST):
                yield digest_of(content), len(content)


@pytest.fixture(autouse=True)
def invented(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def snapshot() -> Iterator[InventedSnapshot]:
        yield InventedSnapshot()

    columns = (("id", "integer"), ("word", "text"))
    monkeypatch.setattr(writing, "open_snapshot", snapshot)
    monkeypatch.setattr(writing, "tables", lambda: [Table("sample", columns, "id")])


def put_file(directory: Path, digest: str, content: bytes) -> None:
    path = directory / digest[:2] / digest[2:4] / digest
    path.parent.mkdir(parents=True)
    path.write_bytes(content)


def backed_up(base: Path) -> Manifest:
    put_file(base / "files", digest_of(GOOD), GOOD)
    put_file(base / "files", digest_of(BAD), b"something else")
    (base / "anchors").mkdir()
    (base / "anchors" / "heads.jsonl").write_bytes(b'{"line": 1}\n{"half')
    return write_backup(
        base / "backup",
        zone="示例园区",
        file_dir=base / "files",
        anchor_dir=base / "anchors",
        ring=RING,
        now=NOW,
    )


def test_a_backup_says_what_is_in_it_and_what_is_not(tmp_path: Path) -> None:
    manifest = backed_up(tmp_path)
    assert manifest.rows == 2
    assert (manifest.files.count, manifest.files.size) == (1, len(GOOD))
    assert manifest.files.damaged == [digest_of(BAD), digest_of(LOST)]
    assert "django_session" in manifest.left_out
    assert read_manifest(tmp_path / "backup", RING) == manifest
    check_files(tmp_path / "backup", manifest)
    assert list(tmp_path.glob("*.partial")) == []


def test_a_line_of_heads_that_is_being_written_is_left_out(tmp_path: Path) -> None:
    backed_up(tmp_path)
    assert (tmp_path / "backup" / "anchors" / "heads.jsonl").read_bytes() == b'{"line": 1}\n'


def test_an_altered_table_is_refused_by_name(tmp_path: Path) -> None:
    manifest = backed_up(tmp_path)
    path = tmp_path / "backup" / "tables" / "sample.copy.gz"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(Refused, match=r"tables/sample\.copy\.gz 被改动"):
        check_files(tmp_path / "backup", manifest)
    path.unlink()
    with pytest.raises(Refused, match=r"缺少 tables/sample\.copy\.gz"):
        check_files(tmp_path / "backup", manifest)


def test_an_altered_manifest_and_a_foreign_key_are_refused(tmp_path: Path) -> None:
    backed_up(tmp_path)
    backup = tmp_path / "backup"
    assert read_manifest(backup, Keyring(3, {2: b"2" * 32, 3: b"3" * 32})), "rotated since"
    with pytest.raises(Refused, match="与签名不符"):
        read_manifest(backup, Keyring(2, {2: b"x" * 32}))
    with pytest.raises(Refused, match="与签名不符"):
        read_manifest(backup, Keyring(1, {1: b"1" * 32}))
    text = (backup / MANIFEST).read_bytes()
    (backup / MANIFEST).write_bytes(text.replace("示例园区".encode(), "其他园区".encode()))
    with pytest.raises(Refused, match="与签名不符"):
        read_manifest(backup, RING)
    (backup / MANIFEST).write_bytes(text)
    (backup / SEAL).write_text(json.dumps([]))
    with pytest.raises(Refused, match="与签名不符"):
        read_manifest(backup, RING)
    (backup / SEAL).unlink()
    with pytest.raises(Refused, match="不是完整的备份"):
        read_manifest(backup, RING)


def test_a_folder_with_content_and_a_left_over_are_not_touched(tmp_path: Path) -> None:
    (tmp_path / "backup").mkdir()
    (tmp_path / "backup" / "mine").write_text("kept")
    with pytest.raises(Refused, match="已经有东西"):
        backed_up(tmp_path)
    assert (tmp_path / "backup" / "mine").read_text() == "kept"
    with pytest.raises(Refused, match="还在"):
        (tmp_path / "other.partial").mkdir()
        write_backup(tmp_path / "other", zone="", file_dir=tmp_path, anchor_dir=tmp_path, ring=RING, now=NOW)


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "backup").mkdir()
    backed_up(tmp_path)
    assert (tmp_path / "backup" / MANIFEST).exists()


@pytest.mark.parametrize(
    ("number", "is_full"), [(errno.ENOSPC, True), (errno.EDQUOT, True), (errno.EIO, False)]
)
def test_a_full_disk_is_said_in_words_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, is_full: bool
) -> None:
    def fail(*_arguments: Any) -> None:
        raise OSError(number, "")

    monkeypatch.setattr(writing, "write_manifest", fail)
    with pytest.raises(Refused if is_full else OSError, match="磁盘空间不足" if is_full else None):
        backed_up(tmp_path)
    assert not (tmp_path / "backup").exists()
    assert list(tmp_path.glob("*.partial")) == []


def test_heads_that_survived_elsewhere_stay_and_others_are_refused(tmp_path: Path) -> None:
    manifest = backed_up(tmp_path)
    backup, target = tmp_path / "backup", tmp_path / "elsewhere"
    refuse_other_anchors(backup, manifest.anchors, target)
    assert restore_anchors(backup, manifest.anchors, target) == 1
    longer = b'{"line": 1}\n{"line": 2}\n'
    (target / "heads.jsonl").write_bytes(longer)
    refuse_other_anchors(backup, manifest.anchors, target)
    assert restore_anchors(backup, manifest.anchors, target) == 0
    assert (target / "heads.jsonl").read_bytes() == longer
    (target / "heads.jsonl").write_bytes(b"other\n")
    with pytest.raises(Refused, match="链头目录中已有另一份"):
        refuse_other_anchors(backup, manifest.anchors, target)
