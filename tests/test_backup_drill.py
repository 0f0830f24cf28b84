"""A zone is backed up while people write, lost, and restored elsewhere: nothing is missing and every chain holds."""

import base64
import gzip
import hashlib
import json
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from tests import house
from tests.drill import POSTGRESQL, Land, Zone
from wutong.base.backup.key_file import keys_in, ring_of
from wutong.base.backup.manifest import Manifest, read_manifest, write_manifest

WRITER = """
import sys, time, django
django.setup()
from pathlib import Path
from django.utils import timezone
from wutong.cases.steps import Holder
from wutong.ledgerkit.anchors import write_anchor
from wutong.ledgers.supervision_orders.services import issue_order
from wutong.registers.organisation.actors import SYSTEM
from wutong.registers.organisation.models import Official
stop, person = Path(sys.argv[1]), Official.objects.select_related("unit").order_by("pk")[0]
longest = written = 0
while not stop.exists():
    began, now = time.monotonic(), timezone.now()
    issue_order(
        matter="示例", demand="示例", holders=[Holder("host", person.unit, person)], source=None,
        actor=SYSTEM, on=timezone.localdate(now), now=now,
    )
    longest, written = max(longest, time.monotonic() - began), written + 1
    if written % 5 == 0:
        write_anchor(now)
    if written == 1:
        print("writing", flush=True)
print(written, longest, flush=True)
"""
PATCHED = """
import django, sys, time
set_up = django.setup
def set_up_and_patch():
    set_up()
    {patch}
django.setup = set_up_and_patch
from wutong.cli.main import main
sys.exit(main(sys.argv[1:]))
"""
SLOW_BACKUP = PATCHED.format(
    patch="""
    from wutong.base.backup import writing
    save = writing._save_table
    def slowly(snapshot, table, folder):
        print(table.name, flush=True)
        time.sleep(0.03)
        return save(snapshot, table, folder)
    writing._save_table = slowly
"""
)
"""A small zone is saved too fast for anything to happen meanwhile."""
WAITING_RESTORE = PATCHED.format(
    patch="""
    from wutong.base.backup import loading
    def wait(connection, manifest):
        print("loaded", flush=True)
        time.sleep(600)
    loading._refuse_other_counts = wait
"""
)


@pytest.fixture(scope="module")
def land(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Land]:
    made = Land(tmp_path_factory.mktemp("drill"))
    yield made
    made.clear()


@pytest.fixture(scope="module")
def zone(land: Land) -> Zone:
    place = land.place()
    place.done("migrate", "--without-static")
    place.done("sample")
    place.done("anchor")
    backup, keys = land.directory / "backup", land.directory / "keys.locked"
    said = place.done("backup", "--into", backup, "--keys", keys)
    assert "备份完成" in said
    return Zone(place, backup, keys)


def table_digests(backup: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (backup / "tables").iterdir()
    }


def test_a_restored_zone_is_the_same_row_by_row(land: Land, zone: Zone) -> None:
    target = land.place()
    said = target.done("restore", zone.backup, "--keys", zone.keys)
    assert "全部校验通过" in said
    assert "0 broken of" in said
    target.done("backup", "--into", land.directory / "again", "--without-keys")
    assert table_digests(land.directory / "again") == table_digests(zone.backup)
    rows = {table.name: table.rows for table in zone.manifest().tables}
    assert rows["cases_case"] == target.cases() > 0
    assert rows["history_registerchange"] == target.count("registers.history.models", "RegisterChange")
    files = [path.relative_to(zone.backup) for path in (zone.backup / "files").rglob("*") if path.is_file()]
    assert files
    assert all((target.data / path).is_file() for path in files)
    target.done("sample")  # keys go on where they were


def test_a_backup_holds_no_keys_and_they_do_not_go_into_it(land: Land, zone: Zone) -> None:
    assert list(zone.backup.rglob("*.key.json")) == []
    secret = json.loads(keys_in(zone.place.data / "keys")["personal"])["keys"]["1"]
    assert all(secret.encode() not in path.read_bytes() for path in zone.backup.rglob("*") if path.is_file())
    into = land.directory / "with-keys"
    code, said = zone.place.run("backup", "--into", into, "--keys", into / "keys.locked")
    assert (code, into.exists()) == (1, False)
    assert "不能放在备份目录里" in said
    assert "注意：备份中没有密钥" in zone.place.done("backup", "--into", land.directory / "warned")


def test_a_zone_moves_to_the_other_database_and_back_unchanged(land: Land, zone: Zone) -> None:
    if not POSTGRESQL:
        pytest.skip("asks PostgreSQL")
    there, back = land.place(postgresql=False), land.place()
    there.done("restore", zone.backup, "--keys", zone.keys)
    there.done("backup", "--into", land.directory / "there", "--without-keys")
    back.done("restore", land.directory / "there", "--keys", zone.keys)
    back.done("backup", "--into", land.directory / "back", "--without-keys")
    first = table_digests(zone.backup)
    assert table_digests(land.directory / "there") == first
    assert table_digests(land.directory / "back") == first


def test_nobody_who_writes_waits_and_the_copy_is_of_one_moment(
    land: Land, zone: Zone, tmp_path: Path
) -> None:
    place = land.place()
    place.done("restore", zone.backup, "--keys", zone.keys)
    before = place.cases()
    writer = place.started("-c", WRITER, tmp_path / "stop")
    assert writer.stdout
    assert writer.stdout.readline() == "writing\n"
    slow = place.started("-c", SLOW_BACKUP, "backup", "--into", tmp_path / "copy", "--without-keys")
    _said, errors = slow.communicate(timeout=300)
    (tmp_path / "stop").touch()
    told, writer_errors = writer.communicate(timeout=60)
    assert slow.returncode == 0, errors
    assert writer.returncode == 0, writer_errors
    written, longest = int(told.split()[0]), float(told.split()[1])
    assert written > 20, "the writer did not stand still"
    assert longest < 1, "and no single act waited for the backup, which took longer"

    copy = land.place()
    assert "0 broken of" in copy.done("restore", tmp_path / "copy", "--key-dir", place.data / "keys")
    saved = read_manifest(tmp_path / "copy", ring_of(keys_in(place.data / "keys"), "anchor"))
    rows = {table.name: table.rows for table in saved.tables}
    assert copy.cases() == rows["cases_case"]
    assert before < rows["cases_case"] < before + written
    assert rows["supervision_orders_supervic2fd"] - _rows(zone, "supervision_orders_supervic2fd") == (
        rows["cases_case"] - before
    )


def _rows(zone: Zone, table: str) -> int:
    return next(item.rows for item in zone.manifest().tables if item.name == table)


def test_a_killed_backup_leaves_nothing_that_looks_complete(zone: Zone, tmp_path: Path) -> None:
    killed = zone.place.started("-c", SLOW_BACKUP, "backup", "--into", tmp_path / "copy", "--without-keys")
    assert killed.stdout
    for _table in range(5):
        assert killed.stdout.readline()
    killed.send_signal(signal.SIGKILL)
    killed.communicate(timeout=30)
    assert not (tmp_path / "copy").exists()
    code, said = zone.place.run("restore", tmp_path / "copy.partial", "--keys", zone.keys)
    assert code == 1
    assert "不是完整的备份" in said
    code, said = zone.place.run("backup", "--into", tmp_path / "copy", "--without-keys")
    assert code == 1
    assert "上一次备份被中断" in said
    shutil.rmtree(tmp_path / "copy.partial")
    zone.place.done("backup", "--into", tmp_path / "copy", "--without-keys")


def test_a_killed_restore_leaves_an_empty_database_and_can_be_repeated(land: Land, zone: Zone) -> None:
    target = land.place()
    killed = target.started("-c", WAITING_RESTORE, "restore", zone.backup, "--keys", zone.keys)
    assert killed.stdout
    assert any(line == "loaded\n" for line in killed.stdout)
    killed.send_signal(signal.SIGKILL)
    killed.communicate(timeout=30)
    assert target.cases() == 0
    assert target.count("base.accounts.models", "Account") == 0
    assert "全部校验通过" in target.done("restore", zone.backup, "--keys", zone.keys)


def test_a_new_database_with_its_seeds_is_taken(land: Land, zone: Zone) -> None:
    target = land.place()
    shutil.copytree(zone.place.data / "keys", target.data / "keys")
    target.done("migrate", "--without-static")
    target.done(
        "manage", "shell", "--no-imports", "-c", "from wutong.site.seeds import load_seeds; load_seeds()"
    )
    assert "全部校验通过" in target.done("restore", zone.backup, "--keys", zone.keys)


@pytest.mark.skipif(not POSTGRESQL, reason="asks PostgreSQL")
def test_a_role_that_does_not_see_every_table_is_told_so(land: Land, zone: Zone, tmp_path: Path) -> None:
    role = f"wutong_drill_{secrets.token_hex(5)}"
    zone.place.done("migrate", "--without-static", "--application-role", role)
    land.ask(f"ALTER ROLE {role} LOGIN PASSWORD 'only-for-this-drill'")
    try:
        parts = urlsplit(zone.place.url)
        host = f"{parts.hostname}:{parts.port}" if parts.port else f"{parts.hostname}"
        url = urlunsplit(parts._replace(netloc=f"{role}:only-for-this-drill@{host}"))
        code, said = replace(zone.place, url=url).run("backup", "--into", tmp_path / "copy", "--without-keys")
        assert code == 1
        assert "请用表的所有者角色" in said
        assert list(tmp_path.iterdir()) == []
    finally:
        with psycopg.connect(zone.place.url, autocommit=True) as connection:
            connection.execute(f"DROP OWNED BY {role}")
        land.ask(f"DROP ROLE {role}")


def test_a_database_in_use_is_not_touched(zone: Zone) -> None:
    before = zone.place.cases()
    code, said = zone.place.run("restore", zone.backup, "--keys", zone.keys)
    assert code == 1
    assert "目标数据库不是空的" in said
    assert zone.place.cases() == before


@pytest.mark.parametrize("what", ["table", "manifest", "file list", "passphrase", "keys"])
def test_what_was_altered_is_refused_before_anything_is_written(
    land: Land, zone: Zone, tmp_path: Path, what: str
) -> None:
    backup, target = tmp_path / "altered", land.place(postgresql=False)
    shutil.copytree(zone.backup, backup)
    keys: list[object] = ["--keys", zone.keys]
    if what == "table":
        table = backup / "tables" / "cases_change.copy.gz"
        table.write_bytes(
            gzip.compress(gzip.decompress(table.read_bytes()).replace("示例".encode(), b"xxxxxx"))
        )
        expected = "tables/cases_change.copy.gz 被改动"
    elif what == "manifest":
        manifest = backup / "manifest.json"
        manifest.write_bytes(manifest.read_bytes() + b" ")
        expected = "manifest.json 与签名不符"
    elif what == "file list":
        (backup / "files.txt").write_text("")
        expected = "files.txt 被改动"
    elif what == "passphrase":
        target = replace(target, data=target.data)
        process = subprocess.run(
            [sys.executable, "-m", "wutong.cli", "restore", str(backup), "--keys", str(zone.keys)],
            cwd=house.ROOT,
            env={**target.environment, "WUTONG_KEY_PASSPHRASE": "another passphrase"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert process.returncode == 1
        assert "口令不对" in process.stderr
        assert not target.data.exists()
        return
    else:
        land.place(postgresql=False).done("keys", tmp_path / "other")
        keys = ["--key-dir", tmp_path / "other"]
        expected = "密钥不是这个园区的"
    code, said = target.run("restore", backup, *keys)
    assert code == 1
    assert expected in said
    assert not target.data.exists()


def test_a_lost_file_is_named_by_the_backup_and_by_the_restore(
    land: Land, zone: Zone, tmp_path: Path
) -> None:
    place = land.place()
    place.done("restore", zone.backup, "--keys", zone.keys)
    lost = next(path for path in (place.data / "files").rglob("*") if path.is_file())
    lost.unlink()
    code, said = place.run("backup", "--into", tmp_path / "copy", "--without-keys")
    assert code == 1
    assert f"没有存入备份：{lost.name}" in said
    code, said = land.place().run("restore", tmp_path / "copy", "--keys", zone.keys)
    assert code == 1
    assert f"没有恢复：{lost.name}" in said
    assert "恢复已完成，但校验发现问题" in said


def test_old_and_new_backups_are_restored_with_rotated_keys(land: Land, zone: Zone, tmp_path: Path) -> None:
    place = land.place()
    place.done("restore", zone.backup, "--keys", zone.keys)
    for purpose in ("chain", "anchor", "personal"):
        path = place.data / "keys" / f"{purpose}.key.json"
        ring = json.loads(path.read_text())
        new = base64.b64encode(secrets.token_bytes(32)).decode()
        path.write_text(json.dumps({"active": 2, "keys": {**ring["keys"], "2": new}}))
    (tmp_path / "stop").touch()
    writer = place.started(
        "-c", WRITER.replace("while not stop.exists():", "for _time in range(7):"), tmp_path
    )
    assert writer.wait(60) == 0
    writer.communicate()
    place.done("backup", "--into", tmp_path / "rotated", "--keys", tmp_path / "rotated.locked")
    target = land.place()
    assert "0 broken of" in target.done(
        "restore", tmp_path / "rotated", "--keys", tmp_path / "rotated.locked"
    )
    assert target.cases() == place.cases()
    assert "0 broken of" in land.place().done("restore", zone.backup, "--key-dir", place.data / "keys")


def test_a_backup_of_a_newer_version_is_refused_and_an_older_one_is_brought_on(
    land: Land, zone: Zone, tmp_path: Path
) -> None:
    manifest, ring = zone.manifest(), ring_of(keys_in(zone.place.data / "keys"), "anchor")
    newer, older = tmp_path / "newer", tmp_path / "older"
    for folder in (newer, older):
        shutil.copytree(zone.backup, folder)
    write_manifest(newer, replace(manifest, migrations=[*manifest.migrations, ["cases", "9999_later"]]), ring)
    code, said = land.place().run("restore", newer, "--keys", zone.keys)
    assert code == 1
    assert "备份来自更新的版本" in said

    make_older(older, manifest, zone)
    target = land.place()
    said = target.done("restore", older, "--keys", zone.keys)
    assert "已升级到本版本的结构" in said
    assert target.cases() == zone.place.cases()
    assert target.done("migrate", "--without-static").startswith("数据库结构已是最新")

    migrated = land.place()
    shutil.copytree(zone.place.data / "keys", migrated.data / "keys")
    migrated.done("migrate", "--without-static")
    code, said = migrated.run("restore", older, "--keys", zone.keys)
    assert code == 1
    assert "请换一个没有任何表的数据库" in said


def make_older(folder: Path, manifest: Manifest, zone: Zone) -> None:
    """As the backup was before the last migration of an app that came with one table more."""
    last, table = ["axes", "0010_accessattemptexpiration"], "axes_accessattemptexpiration"
    assert last in manifest.migrations
    path = folder / "tables" / "django_migrations.copy.gz"
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    kept = [line for line in lines if line.split(b"\t")[1:3] != [word.encode() for word in last]]
    path.write_bytes(gzip.compress(b"".join(kept)))
    content = path.read_bytes()
    tables = [
        replace(item, rows=len(kept), size=len(content), sha256=hashlib.sha256(content).hexdigest())
        if item.name == "django_migrations"
        else item
        for item in manifest.tables
        if item.name != table
    ]
    migrations = [item for item in manifest.migrations if item != last]
    assert len(kept) == len(migrations) == len(lines) - 1
    older = Manifest(**{**vars(manifest), "tables": tables, "migrations": migrations})
    assert asdict(older) != asdict(manifest)
    write_manifest(folder, older, ring_of(keys_in(zone.place.data / "keys"), "anchor"))
