"""Keys leave the machine only locked, and never replace those of another zone."""

import base64
import json
from pathlib import Path

import pytest

from wutong.base.backup.key_file import install_keys, keys_in, open_keys, ring_of, save_keys
from wutong.base.errors import Refused
from wutong.base.keys import create_keyring, key_path

PASSPHRASE = "correct horse battery"


def made_keys(directory: Path) -> dict[str, str]:
    for purpose in ("chain", "anchor"):
        create_keyring(directory, purpose)
    return keys_in(directory)


def test_locked_keys_open_with_their_passphrase_only_and_show_nothing(tmp_path: Path) -> None:
    keys = made_keys(tmp_path / "keys")
    path = tmp_path / "keys.locked"
    save_keys(path, keys, PASSPHRASE)
    assert path.stat().st_mode & 0o777 == 0o600
    secret = json.loads(keys["chain"])["keys"]["1"]
    assert secret not in path.read_text()
    assert open_keys(path, PASSPHRASE) == keys
    with pytest.raises(Refused, match="口令不对"):
        open_keys(path, "another passphrase")


def test_an_altered_file_and_something_else_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "keys.locked"
    save_keys(path, made_keys(tmp_path / "keys"), PASSPHRASE)
    data = json.loads(path.read_text())
    path.write_text(json.dumps({**data, "nonce": data["nonce"][::-1]}))
    with pytest.raises(Refused):
        open_keys(path, PASSPHRASE)
    path.write_text(json.dumps({**data, "n": 2}))
    with pytest.raises(Refused, match="不是 wutong backup 写出的"):
        open_keys(path, PASSPHRASE)
    path.write_text("[]")
    with pytest.raises(Refused, match="不是 wutong backup 写出的"):
        open_keys(path, PASSPHRASE)
    with pytest.raises(Refused, match="不存在"):
        open_keys(tmp_path / "absent", PASSPHRASE)


def test_a_short_passphrase_and_an_existing_file_are_refused(tmp_path: Path) -> None:
    keys = made_keys(tmp_path / "keys")
    with pytest.raises(Refused, match="口令至少"):
        save_keys(tmp_path / "keys.locked", keys, "short")
    (tmp_path / "keys.locked").write_text("something")
    with pytest.raises(Refused, match="已经存在"):
        save_keys(tmp_path / "keys.locked", keys, PASSPHRASE)
    assert (tmp_path / "keys.locked").read_text() == "something"


def test_keys_are_put_where_there_are_none_and_a_rotated_ring_stays(tmp_path: Path) -> None:
    keys = made_keys(tmp_path / "keys")
    target = tmp_path / "target"
    assert sorted(install_keys(keys, target)) == ["anchor", "chain"]
    assert keys_in(target) == keys
    assert key_path(target, "chain").stat().st_mode & 0o777 == 0o600

    ring = json.loads(keys["chain"])
    rotated = json.dumps({"active": 2, "keys": {**ring["keys"], "2": base64.b64encode(b"2" * 32).decode()}})
    key_path(target, "chain").write_text(rotated)
    assert install_keys(keys, target) == []
    assert key_path(target, "chain").read_text() == rotated


def test_keys_of_another_zone_are_never_replaced(tmp_path: Path) -> None:
    keys = made_keys(tmp_path / "keys")
    create_keyring(tmp_path / "other", "chain")
    before = keys_in(tmp_path / "other")
    with pytest.raises(Refused, match="另一个园区"):
        install_keys(keys, tmp_path / "other")
    assert keys_in(tmp_path / "other") == before, "nothing was written, the missing one neither"


def test_a_missing_or_damaged_key_is_named(tmp_path: Path) -> None:
    keys = made_keys(tmp_path / "keys")
    with pytest.raises(Refused, match="personal"):
        ring_of(keys, "personal")
    with pytest.raises(Refused, match="已损坏"):
        ring_of({"chain": "[]"}, "chain")
    with pytest.raises(Refused, match="没有密钥文件"):
        keys_in(tmp_path / "absent")
