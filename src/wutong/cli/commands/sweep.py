"""Lets time pass for clocks once: rungs, expiries, ends of suspensions."""

import argparse

NAME = "sweep"
HELP = "检查一遍到期的时限（平时由后台任务每分钟检查）"


def configure(parser: argparse.ArgumentParser) -> None:
    """Nothing to choose: time passes once, and only up to now."""


def run(options: argparse.Namespace) -> int:
    from django.utils import timezone

    from wutong.cases.clocks.sweep import sweep_clocks

    swept = sweep_clocks(timezone.now())
    print(
        f"提醒{swept.rungs}次，到期{swept.expired}个，中止期满恢复{swept.resumed}个，未能处理{swept.failed}个。"
    )
    return 1 if swept.failed else 0
