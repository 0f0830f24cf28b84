"""Writes the heads of all chains into the signed file."""

import argparse

NAME = "anchor"
HELP = "把全部链头写入签名文件"


def configure(parser: argparse.ArgumentParser) -> None:
    """No options."""


def run(options: argparse.Namespace) -> int:
    from django.utils import timezone

    from wutong.ledgerkit.anchors import write_anchor

    print(f"写入 {write_anchor(timezone.now())} 个链头")
    return 0
