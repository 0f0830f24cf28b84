"""Makes the key files that production needs; existing ones stay."""

import argparse

NAME = "keys"
HELP = "在密钥目录里生成缺少的密钥文件"
NEEDS_DJANGO = False
PURPOSES = ("django", "chain", "anchor", "personal", "blind")


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("directory", metavar="目录")


def run(options: argparse.Namespace) -> int:
    from pathlib import Path

    from wutong.base.keys import create_keyring, key_path

    for purpose in PURPOSES:
        create_keyring(Path(options.directory), purpose)
        print(key_path(Path(options.directory), purpose).name)
    return 0
