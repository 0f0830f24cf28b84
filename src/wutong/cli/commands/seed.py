"""Loads what every zone starts with; after an upgrade, what has been added since."""

import argparse

NAME = "seed"
HELP = "装载每个园区都有的内容：日历、角色、行业、规则（升级后运行，可重复）"


def configure(parser: argparse.ArgumentParser) -> None:
    """Nothing to choose: what an office has changed stays as it is."""


def run(options: argparse.Namespace) -> int:
    from django.utils.module_loading import import_string

    from wutong.cli.product import LOAD_SEEDS

    import_string(LOAD_SEEDS)()
    print("已装载：日历、角色、行业、区划变更、台账规则。")
    return 0
