"""Runs background jobs as a process of its own."""

import argparse
import signal
import threading

NAME = "worker"
HELP = "运行后台任务，直到收到停止信号；加 --once 则做完现有的就结束"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--once", action="store_true", help="做完现在能做的任务就结束")


def run(options: argparse.Namespace) -> int:
    from django.utils import timezone

    from wutong.base.jobs.worker import work

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    # A job under way is finished; the signal only keeps the next one from starting.
    work(timezone.now, stop, once=options.once)
    return 0
