"""Runs what happens by itself as time passes: clocks, deadlines, pruning."""

import argparse
import signal
import threading
from collections.abc import Callable
from datetime import datetime
from typing import cast

from wutong.cli.product import RUN_TICKS

NAME = "tick"
HELP = "运行一次定时任务；加 --every 则持续运行"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--every", type=float, metavar="秒", help="每隔若干秒运行一次，直到收到停止信号")


def run(options: argparse.Namespace) -> int:
    from django.utils import timezone
    from django.utils.module_loading import import_string

    run_ticks = cast(Callable[[datetime], list[str]], import_string(RUN_TICKS))
    if options.every is None:
        return 1 if run_ticks(timezone.now()) else 0
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    # A tick under way is finished; the signal only ends the waiting.
    while not stop.is_set():
        run_ticks(timezone.now())
        stop.wait(options.every)
    return 0
