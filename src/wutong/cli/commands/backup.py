"""Saves the zone: database, files and signed heads; the keys apart from them."""

import argparse
import getpass
import os
from pathlib import Path

NAME = "backup"
HELP = "备份数据库、文件和链头（密钥另存）"
PASSPHRASE = "WUTONG_KEY_PASSPHRASE"  # noqa: S105 - the name of a variable


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--into", type=Path, required=True, metavar="目录", help="空的或不存在的目录")
    keys = parser.add_mutually_exclusive_group()
    keys.add_argument(
        "--keys",
        type=Path,
        metavar="文件",
        help=f"把密钥用口令加密另存（口令在终端输入，或取自 {PASSPHRASE}）",
    )
    keys.add_argument("--without-keys", action="store_true", help="不存密钥：另有密钥的备份")


def run(options: argparse.Namespace) -> int:
    from django.conf import settings
    from django.utils import timezone

    from wutong.base.backup.key_file import keys_in, refuse_weak, save_keys
    from wutong.base.backup.writing import write_backup
    from wutong.base.keys import keyring

    into, key_file = options.into.resolve(), options.keys
    passphrase = ""
    if key_file is not None:
        refuse_key_file(key_file.resolve(), into)
        passphrase = asked_passphrase(twice=True)
        refuse_weak(passphrase)
    manifest = write_backup(
        into,
        zone=str(settings.WUTONG_ZONE_NAME),
        file_dir=Path(settings.WUTONG_FILE_DIR),
        anchor_dir=Path(settings.WUTONG_ANCHOR_DIR),
        ring=keyring("anchor"),
        now=timezone.localtime(),
    )
    files = manifest.files
    print(
        f"备份完成：{len(manifest.tables)} 张表 {manifest.rows} 行，{files.count} 个文件共 {files.size} 字节，"
        f"{len(manifest.anchors)} 个链头文件。"
    )
    if key_file is not None:
        save_keys(key_file, keys_in(Path(settings.WUTONG_KEY_DIR)), passphrase)
        print(f"密钥已加密存入 {key_file}。请与备份分开保管；忘记口令就无法打开。")
    elif not options.without_keys:
        print(
            "注意：备份中没有密钥。没有密钥，加密的个人信息读不出，变更链也无法校验；请另存密钥（--keys 文件）。"
        )
    for digest in files.damaged:
        print(f"文件缺失或内容已被改动，没有存入备份：{digest}")
    return 1 if files.damaged else 0


def refuse_key_file(key_file: Path, into: Path) -> None:
    """Whoever gets the backup must not get the keys with it."""
    from wutong.base.errors import Refused

    partial = into.with_name(f"{into.name}.partial")
    if key_file.is_relative_to(into) or key_file.is_relative_to(partial):
        raise Refused("密钥文件不能放在备份目录里：拿到备份的人就拿到了密钥。请放到别处。")
    if key_file.exists():
        raise Refused(f"{key_file} 已经存在，不会覆盖。请换一个文件名。")
    if not key_file.parent.is_dir():
        raise Refused(f"目录 {key_file.parent} 不存在，密钥无处可存。")


def asked_passphrase(*, twice: bool) -> str:
    """From the environment, else from the terminal. Raises Refused when two entries differ."""
    from wutong.base.errors import Refused

    given = os.environ.get(PASSPHRASE)
    if given is not None:
        return given
    passphrase = getpass.getpass("密钥口令：")
    if twice and getpass.getpass("再输入一次：") != passphrase:
        raise Refused("两次输入的口令不同。")
    return passphrase
