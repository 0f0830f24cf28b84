"""Makes the search index anew from what it finds."""

import argparse

NAME = "reindex"
HELP = "重建检索（平时随每次登记自动更新，不必运行）"


def configure(parser: argparse.ArgumentParser) -> None:
    """Nothing to choose: everything is made anew, while work goes on."""


def run(options: argparse.Namespace) -> int:
    from wutong.base.search.services import rebuild

    print(f"检索已重建：读了{rebuild()}条。")
    return 0
