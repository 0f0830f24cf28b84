"""The keys of a zone in one file, locked by a passphrase; kept apart from the backup."""

import base64
import json
import os
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from wutong.base.errors import Refused
from wutong.base.keys import Keyring, key_path

FORMAT = 1
SCRYPT = {"n": 2**16, "r": 8, "p": 1}
"""64 MB and about a quarter of a second for each guess."""
SHORTEST_PASSPHRASE = 12
SUFFIX = ".key.json"

Keys = dict[str, str]
"""Purpose to the text of its key file."""


def keys_in(directory: Path) -> Keys:
    """Raises Refused when there are none."""
    found = {
        path.name.removesuffix(SUFFIX): path.read_text(encoding="utf-8")
        for path in sorted(directory.glob(f"*{SUFFIX}"))
    }
    if not found:
        raise Refused(f"{directory} 里没有密钥文件。")
    return found


def ring_of(keys: Keys, purpose: str) -> Keyring:
    """Raises Refused when there is no key for the purpose, or its text is no key file."""
    try:
        data = json.loads(keys[purpose])
        numbers = {int(number): base64.b64decode(key) for number, key in data["keys"].items()}
        return Keyring(active=int(data["active"]), keys=numbers)
    except KeyError:
        raise Refused(f"密钥中缺少 {purpose}{SUFFIX}。") from None
    except (AttributeError, TypeError, ValueError):
        raise Refused(f"密钥 {purpose}{SUFFIX} 已损坏。") from None


def refuse_weak(passphrase: str) -> None:
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise Refused(f"口令至少要 {SHORTEST_PASSPHRASE} 个字符。请换一个更长的口令。")


def save_keys(path: Path, keys: Keys, passphrase: str) -> None:
    """Write the locked file, readable by its owner only. Raises Refused when there is one already."""
    refuse_weak(passphrase)
    salt, nonce = os.urandom(16), os.urandom(12)
    head = {"format": FORMAT, **SCRYPT, "salt": _packed(salt), "nonce": _packed(nonce)}
    locked = AESGCM(_lock(passphrase, salt, head)).encrypt(nonce, json.dumps(keys).encode(), _bound(head))
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Refused(f"{path} 已经存在，不会覆盖。请换一个文件名。") from None
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        json.dump({**head, "data": _packed(locked)}, stream)
        stream.flush()
        os.fsync(stream.fileno())


def open_keys(path: Path, passphrase: str) -> Keys:
    """Raises Refused for a wrong passphrase, an altered file, or something else than such a file."""
    try:
        data = json.loads(path.read_bytes())
        locked = base64.b64decode(data.pop("data"))
        salt, nonce = base64.b64decode(data["salt"]), base64.b64decode(data["nonce"])
        is_ours = data["format"] == FORMAT and {name: data[name] for name in SCRYPT} == SCRYPT
    except FileNotFoundError:
        raise Refused(f"密钥文件 {path} 不存在。") from None
    except (AttributeError, KeyError, TypeError, ValueError):
        is_ours = False
    if not is_ours:
        raise Refused(f"{path} 不是 wutong backup 写出的密钥文件，或已损坏。")
    try:
        plain = AESGCM(_lock(passphrase, salt, data)).decrypt(nonce, locked, _bound(data))
    except (InvalidTag, ValueError):
        raise Refused("口令不对，或密钥文件被改动。") from None
    return {str(purpose): str(text) for purpose, text in json.loads(plain).items()}


def install_keys(keys: Keys, directory: Path) -> list[str]:
    """Write the key files that are missing in `directory`; returns their purposes.

    A keyring that is there stays when it knows all these keys (it may have been rotated since). Raises Refused,
    before anything is written, when it knows others: values of the one would be unreadable with the other.
    """
    missing = []
    for purpose in keys:
        path = key_path(directory, purpose)
        if not path.exists():
            missing.append(purpose)
            continue
        here = ring_of({purpose: path.read_text(encoding="utf-8")}, purpose)
        if not ring_of(keys, purpose).keys.items() <= here.keys.items():
            raise Refused(
                f"密钥目录 {directory} 里已有另一个园区的 {path.name}，不会覆盖。请换一个空的密钥目录（WUTONG_KEY_DIR），或先把其中的密钥移到别处保存。"
            )
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    for purpose in missing:
        handle = os.open(key_path(directory, purpose), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(keys[purpose])
    return missing


def _lock(passphrase: str, salt: bytes, head: dict[str, Any]) -> bytes:
    return Scrypt(salt=salt, length=32, n=head["n"], r=head["r"], p=head["p"]).derive(passphrase.encode())


def _bound(head: dict[str, Any]) -> bytes:
    """What is not secret but must not be changed either."""
    return json.dumps(head, sort_keys=True).encode()


def _packed(data: bytes) -> str:
    return base64.b64encode(data).decode()
