"""Brings a backup into an empty database and proves that all of it is there."""

import argparse
import os
from pathlib import Path

NAME = "restore"
HELP = "把备份恢复到空数据库并全部校验"
NEEDS_DJANGO = False
"""Not before the keys are in their place: the settings of production read them."""


LARGE = 100_000
"""Rows from which on it pays to verify with all processors."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("directory", type=Path, metavar="备份目录")
    keys = parser.add_mutually_exclusive_group(required=True)
    keys.add_argument("--keys", type=Path, metavar="文件", help="wutong backup --keys 写出的密钥文件")
    keys.add_argument("--key-dir", type=Path, metavar="目录", help="放着密钥文件的目录")


def run(options: argparse.Namespace) -> int:
    import django

    from wutong.base.backup.key_file import install_keys, keys_in, open_keys, ring_of
    from wutong.base.backup.manifest import PURPOSE, check_files, read_manifest
    from wutong.cli.commands import verify
    from wutong.cli.commands.backup import asked_passphrase

    directory = options.directory.resolve()
    if options.keys is not None:
        keys = open_keys(options.keys, asked_passphrase(twice=False))
    else:
        keys = keys_in(options.key_dir)
    manifest = read_manifest(directory, ring_of(keys, PURPOSE))
    check_files(directory, manifest)
    print(
        f"备份完好：{manifest.zone}，{manifest.made_at}，{len(manifest.tables)} 张表 {manifest.rows} 行。",
        flush=True,
    )
    install_keys(keys, _key_directory())
    django.setup()

    from django.conf import settings
    from django.db import connection

    from wutong.base.backup.loading import finish_load, load
    from wutong.base.backup.manifest import FILE_LIST
    from wutong.base.backup.stored import copy_files, listed_files, refuse_other_anchors, restore_anchors
    from wutong.base.backup.target import migrate_on, prepare_target

    install_keys(keys, Path(settings.WUTONG_KEY_DIR))
    anchor_dir = Path(settings.WUTONG_ANCHOR_DIR)
    refuse_other_anchors(directory, manifest.anchors, anchor_dir)
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
    is_older = prepare_target(connection, manifest)
    digests = (digest for digest, _size in listed_files(directory / FILE_LIST))
    copied = list(copy_files(digests, directory / "files", Path(settings.WUTONG_FILE_DIR)))
    lost = [digest for digest, size in copied if size < 0]
    load(connection, directory, manifest, finish=not is_older)
    restore_anchors(directory, manifest.anchors, anchor_dir)
    print(f"已装入 {manifest.rows} 行、{len(copied) - len(lost)} 个文件，各表行数与清单一致。", flush=True)
    if is_older:
        migrate_on(connection)
        finish_load(connection)
        print("备份来自较早的版本，已升级到本版本的结构。", flush=True)
    for digest in lost:
        print(f"文件缺失或内容已被改动，没有恢复：{digest}")
    is_large = manifest.rows > LARGE
    broken = verify.run(argparse.Namespace(processes=(os.cpu_count() or 1) if is_large else 1))
    if lost or broken:
        print("恢复已完成，但校验发现问题（见上）。处理之前请不要投入使用。")
        return 1
    print("恢复完成，全部校验通过。")
    return 0


def _key_directory() -> Path:
    """Where the settings will look for keys: they cannot be read before the keys are there."""
    data = os.environ.get("WUTONG_DATA_DIR") or Path.cwd() / "var"
    return Path(os.environ.get("WUTONG_KEY_DIR") or Path(data) / "keys")
