"""Keys that live outside the database: one file per purpose, readable by the service account only.

A file holds numbered keys, so that a key can be rotated while older values stay readable. Purposes: `chain`
(changes and audit rows), `anchor` (the signed file of chain heads), `personal` (encrypted fields), `blind`
(searchable digests of personal values). The Django secret key is the purpose `django`.
"""

import base64
import functools
import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32


@dataclass(frozen=True)
class Keyring:
    """Numbered keys of one purpose; `active` is used for new values."""

    active: int
    keys: dict[int, bytes]

    @property
    def active_key(self) -> bytes:
        return self.keys[self.active]


def key_path(directory: Path, purpose: str) -> Path:
    return directory / f"{purpose}.key.json"


def create_keyring(directory: Path, purpose: str) -> None:
    """Write a new keyring unless one exists; two processes at once leave exactly one."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    text = json.dumps({"active": 1, "keys": {"1": base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()}})
    draft = directory / f".{purpose}.{os.getpid()}.{secrets.token_hex(4)}"
    draft.touch(mode=0o600)
    draft.write_text(text, encoding="utf-8")
    try:
        os.link(draft, key_path(directory, purpose))
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def load_keyring(directory: Path, purpose: str, *, create: bool) -> Keyring:
    path = key_path(directory, purpose)
    if not path.exists():
        if not create:
            raise ImproperlyConfigured(
                f"密钥文件不存在：{path.name}。请先运行 wutong keys 生成，或从备份恢复。"
            )
        create_keyring(directory, purpose)
    data = json.loads(path.read_text(encoding="utf-8"))
    return Keyring(
        active=int(data["active"]),
        keys={int(number): base64.b64decode(key) for number, key in data["keys"].items()},
    )


@functools.cache
def keyring(purpose: str) -> Keyring:
    return load_keyring(Path(settings.WUTONG_KEY_DIR), purpose, create=settings.WUTONG_CREATE_KEYS)


def keyed_mac(purpose: str, message: bytes, *, key_number: int | None = None) -> str:
    """HMAC-SHA256 as 64 hexadecimal digits, by the active key of `purpose` or the numbered one."""
    ring = keyring(purpose)
    key = ring.active_key if key_number is None else ring.keys[key_number]
    return hmac.new(key, message, hashlib.sha256).hexdigest()
