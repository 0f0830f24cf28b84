"""Making a backup: into a folder beside the wanted one, which is renamed when all is there."""

import errno
import gzip
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

from wutong.base.backup.manifest import FILE_LIST, Manifest, Stored, TableFile, write_manifest
from wutong.base.backup.snapshot import Snapshot, open_snapshot
from wutong.base.backup.stored import copy_files, listed_files, save_anchors
from wutong.base.backup.tables import Table, left_out, tables
from wutong.base.errors import Refused
from wutong.base.files.models import StoredFile
from wutong.base.keys import Keyring

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def write_backup(
    into: Path, *, zone: str, file_dir: Path, anchor_dir: Path, ring: Keyring, now: datetime
) -> Manifest:
    """Save database, files and signed heads of the zone as of the moment of the call.

    Raises Refused when `into` holds something, or when the disk is full; then nothing is left. Files that are
    missing or altered are named in the manifest, the rest is saved.
    """
    with _folder(into) as folder:
        anchors = save_anchors(anchor_dir, folder / "anchors", "anchors")
        with open_snapshot() as snapshot:
            (folder / "tables").mkdir()
            saved = [_save_table(snapshot, table, folder) for table in tables()]
            migrations = [
                [str(app), str(name)]
                for app, name in snapshot.values("django_migrations", ["app", "name"], "id")
            ]
            list_digest = _list_files(snapshot, folder / FILE_LIST)
            engine = snapshot.vendor
        manifest = Manifest(
            made_at=now.isoformat(timespec="seconds"),
            zone=zone,
            engine=engine,
            migrations=migrations,
            tables=saved,
            left_out=dict(left_out),
            files=_save_files(folder, file_dir, list_digest),
            anchors=anchors,
        )
        write_manifest(folder, manifest, ring)
    return manifest


@contextmanager
def _folder(into: Path) -> Iterator[Path]:
    """The folder to write to. It gets its name only when the block ends well, and vanishes otherwise."""
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise Refused(f"{into} 里已经有东西。请指定一个空目录或不存在的目录。")
    partial = into.with_name(f"{into.name}.partial")
    if partial.exists():
        raise Refused(
            f"{partial} 还在：另一个备份正在写，或上一次备份被中断。确认没有备份在进行后删除它，再试一次。"
        )
    try:
        partial.mkdir(parents=True, mode=0o700)
        yield partial
        os.sync()  # the name must not be on the disk before the content
        if into.exists():
            into.rmdir()
        partial.rename(into)
    except OSError as error:
        shutil.rmtree(partial, ignore_errors=True)
        if error.errno in FULL:
            raise Refused("磁盘空间不足，备份没有完成，已写的部分已删除。请清理空间或换一个目录。") from error
        raise
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise


class _Counting:
    """Passes bytes on and keeps their number and SHA-256."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.digest = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        self.size += len(data)
        return self._stream.write(data)

    def flush(self) -> None:
        self._stream.flush()


def _save_table(snapshot: Snapshot, table: Table, folder: Path) -> TableFile:
    """Level 1 is the fastest; without a name and a time the same rows give the same file."""
    with (folder / "tables" / f"{table.name}.copy.gz").open("wb") as stream:
        counting = _Counting(stream)
        rows = 0
        with gzip.GzipFile(filename="", mode="wb", compresslevel=1, fileobj=counting, mtime=0) as packed:
            for block in snapshot.copy(table):
                rows += block.count(b"\n")  # an end of line within a value is escaped
                packed.write(block)
    columns = [list(column) for column in table.columns]
    return TableFile(table.name, columns, table.key, rows, counting.size, counting.digest.hexdigest())


def _list_files(snapshot: Snapshot, path: Path) -> str:
    table = StoredFile._meta.db_table
    with path.open("wb") as stream:
        counting = _Counting(stream)
        for digest, size in snapshot.values(table, ["sha256", "size"], "id"):
            counting.write(f"{digest} {size}\n".encode())
    return counting.digest.hexdigest()


def _save_files(folder: Path, file_dir: Path, list_digest: str) -> Stored:
    """After the snapshot: a file is on the disk before its row is, and is never removed."""
    count = size = 0
    damaged = []
    digests = (digest for digest, _size in listed_files(folder / FILE_LIST))
    (folder / "files").mkdir()
    for digest, copied in copy_files(digests, file_dir, folder / "files"):
        if copied < 0:
            damaged.append(digest)
        else:
            count += 1
            size += copied
    return Stored(count, size, list_digest, damaged)
