"""What a backup says of itself, sealed by a key that is not in it."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from wutong.base.backup.tables import Table
from wutong.base.chain.canonical import canonical
from wutong.base.errors import Refused
from wutong.base.keys import Keyring

FORMAT = 1
MANIFEST = "manifest.json"
SEAL = "manifest.mac"
PURPOSE = "anchor"
"""The key that seals a manifest: that of the signed heads."""


@dataclass(frozen=True)
class TableFile:
    """A table's file: number of rows, and size and SHA-256 of the file as it lies there."""

    name: str
    columns: list[list[str]]
    key: str
    rows: int
    size: int
    sha256: str

    @property
    def path(self) -> str:
        return f"tables/{self.name}.copy.gz"

    @property
    def table(self) -> Table:
        return Table(self.name, tuple((name, kind) for name, kind in self.columns), self.key)


@dataclass(frozen=True)
class OtherFile:
    """A file of the backup that is no table: its path inside, size and SHA-256."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Stored:
    """Stored files: how many are in the backup and their bytes, the list of them, and what could not be saved."""

    count: int
    size: int
    list_sha256: str
    damaged: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Manifest:
    made_at: str
    zone: str
    engine: str
    migrations: list[list[str]]
    tables: list[TableFile]
    left_out: dict[str, str]
    files: Stored
    anchors: list[OtherFile]
    format: int = FORMAT

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)


def write_manifest(directory: Path, manifest: Manifest, ring: Keyring) -> None:
    text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode()
    (directory / MANIFEST).write_bytes(text)
    seal = {"key": ring.active, "mac": _mac(ring.active_key, text)}
    (directory / SEAL).write_text(json.dumps(seal), encoding="utf-8")


def _mac(key: bytes, text: bytes) -> str:
    message = canonical({"backup": hashlib.sha256(text).hexdigest()})
    return hmac.new(key, message, hashlib.sha256).hexdigest()


def read_manifest(directory: Path, ring: Keyring) -> Manifest:
    """Raises Refused unless it is there, sealed by a key of `ring` and of a form that this version knows."""
    try:
        text = (directory / MANIFEST).read_bytes()
        seal = json.loads((directory / SEAL).read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        raise Refused(f"{directory} 不是完整的备份：没有 {MANIFEST} 或 {SEAL}。") from None
    except ValueError:
        raise Refused(f"备份的签名文件 {SEAL} 已损坏，不能恢复。") from None
    if not _is_sealed(text, seal, ring):
        raise Refused(f"备份的清单 {MANIFEST} 与签名不符：清单被改动，或密钥不是这个园区的。不能恢复。")
    data = json.loads(text)
    if data["format"] != FORMAT:
        raise Refused(f"备份的格式是第 {data['format']} 版，本程序只认识第 {FORMAT} 版。请先升级程序。")
    return Manifest(
        **{
            **data,
            "tables": [TableFile(**item) for item in data["tables"]],
            "files": Stored(**data["files"]),
            "anchors": [OtherFile(**item) for item in data["anchors"]],
        }
    )


def _is_sealed(text: bytes, seal: Any, ring: Keyring) -> bool:
    if not isinstance(seal, Mapping) or not isinstance(seal.get("mac"), str):
        return False
    key = ring.keys.get(seal.get("key", 0))
    return key is not None and hmac.compare_digest(_mac(key, text), seal["mac"])


def check_files(directory: Path, manifest: Manifest) -> None:
    """Raises Refused, naming the file, when a table, the list of files or the anchors are not what was written."""
    expected = [
        *((table.path, table.sha256) for table in manifest.tables),
        *((anchor.path, anchor.sha256) for anchor in manifest.anchors),
        (FILE_LIST, manifest.files.list_sha256),
    ]
    for path, digest in expected:
        try:
            with (directory / path).open("rb") as stream:
                found = hashlib.file_digest(stream, "sha256").hexdigest()
        except FileNotFoundError:
            raise Refused(f"备份缺少 {path}，不能恢复。") from None
        if found != digest:
            raise Refused(f"备份中的 {path} 被改动或损坏，不能恢复。")


FILE_LIST = "files.txt"
"""SHA-256 and size of every stored file, one a line."""
