"""Stored files and signed heads: into a backup and back, each checked by its SHA-256 on the way."""

import hashlib
import secrets
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from wutong.base.backup.manifest import OtherFile
from wutong.base.errors import Refused

CHUNK = 1024 * 1024


def listed_files(file_list: Path) -> Iterator[tuple[str, int]]:
    """SHA-256 and size of each stored file, from the list of a backup."""
    with file_list.open(encoding="ascii") as lines:
        for line in lines:
            digest, _space, size = line.rstrip("\n").partition(" ")
            yield digest, int(size)


def below(directory: Path, digest: str) -> Path:
    """Where a content lies, as `base.files` lays it out: `ab/cd/<sha256>`."""
    return directory / digest[:2] / digest[2:4] / digest


def copy_files(digests: Iterable[str], source: Path, target: Path) -> Iterator[tuple[str, int]]:
    """Copy contents between two directories of files; tells each with its bytes, -1 for one that is missing or
    altered (it is not copied). What is already there and intact stays."""
    for digest in digests:
        there = below(target, digest)
        if _digest_of(there) == digest:
            yield digest, there.stat().st_size
        else:
            yield digest, _copy_checked(below(source, digest), there, digest)


def _digest_of(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except FileNotFoundError:
        return ""


def _copy_checked(source: Path, target: Path, digest: str) -> int:
    """Bytes copied, or -1. The target appears whole or not at all."""
    try:
        stream = source.open("rb")
    except (FileNotFoundError, PermissionError):
        return -1
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    draft = target.with_name(f".draft-{secrets.token_hex(6)}")
    try:
        counted, size = hashlib.sha256(), 0
        with stream, draft.open("xb") as copy:
            while block := stream.read(CHUNK):
                counted.update(block)
                size += len(block)
                copy.write(block)
            copy.flush()
        if counted.hexdigest() != digest:
            return -1
        draft.chmod(0o440)
        draft.replace(target)
        return size
    finally:
        draft.unlink(missing_ok=True)


def save_anchors(source: Path, into: Path, prefix: str) -> list[OtherFile]:
    """Copy the files of signed heads, up to their last whole line: another process may be writing the next one.

    Called before the snapshot is opened, so that every head in the copy is in the snapshot, too.
    """
    saved = []
    into.mkdir()
    names = sorted(path.name for path in source.iterdir() if path.is_file()) if source.is_dir() else []
    for name in names:
        digest, size = hashlib.sha256(), 0
        with (source / name).open("rb") as stream, (into / name).open("wb") as copy:
            for line in stream:
                if line.endswith(b"\n"):
                    digest.update(line)
                    size += len(line)
                    copy.write(line)
        saved.append(OtherFile(f"{prefix}/{name}", size, digest.hexdigest()))
    return saved


def refuse_other_anchors(backup: Path, anchors: list[OtherFile], directory: Path) -> None:
    """Signed heads that survived elsewhere may know more than the backup; they are never replaced. Raises Refused
    when those in `directory` do not begin as those of the backup do."""
    for anchor in anchors:
        there = directory / Path(anchor.path).name
        if there.exists() and not _begins_alike(backup / anchor.path, there):
            raise Refused(
                f"链头目录中已有另一份 {there.name}，与备份中的不是同一系列。"
                "请先把它移到别处保存，或换一个链头目录（WUTONG_ANCHOR_DIR）。"
            )


def _begins_alike(shorter: Path, longer: Path) -> bool:
    with shorter.open("rb") as one, longer.open("rb") as other:
        while block := one.read(CHUNK):
            if other.read(len(block)) != block:
                return False
    return True


def restore_anchors(backup: Path, anchors: list[OtherFile], directory: Path) -> int:
    """Put the signed heads in their place; returns how many files. Files that are there stay."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    written = 0
    for anchor in anchors:
        there = directory / Path(anchor.path).name
        if not there.exists():
            draft = there.with_name(f".draft-{there.name}")
            shutil.copyfile(backup / anchor.path, draft)
            draft.replace(there)
            written += 1
    return written
