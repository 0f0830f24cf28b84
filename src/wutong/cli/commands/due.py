"""When a period ends, and how that was counted: the same clocks as everywhere in the product."""

import argparse
import json
import sys
from datetime import date, datetime, time

NAME = "due"
HELP = "计算到期日，并说明怎样数出来的"
UNITS = ("minute", "hour", "working_hour", "working_day", "calendar_day", "month")
MOST = 100_000

Typed = tuple[date, time | None]
"""A day, or a day with its time."""


def typed(text: str) -> Typed:
    """`2025-09-22` or `2025-09-22T10:00`."""
    try:
        if len(text) == len("2025-09-22"):
            return date.fromisoformat(text), None
        moment = datetime.strptime(text, "%Y-%m-%dT%H:%M")  # noqa: DTZ007 - the zone is the product's
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}”请写成 2025-09-22 或 2025-09-22T10:00") from None
    return moment.date(), moment.time()


def span(text: str) -> tuple[Typed, Typed]:
    """`2025-10-09..2025-10-15`."""
    first, dots, last = text.partition("..")
    if not dots:
        raise argparse.ArgumentTypeError(f"“{text}”请写成 2025-10-09..2025-10-15")
    return typed(first), typed(last)


def amount(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 8 and 0 < int(text) <= MOST):
        raise argparse.ArgumentTypeError(f"“{text}”请写成1至{MOST}之间的整数")
    return int(text)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--unit", choices=UNITS, default="working_day", help="单位（默认 %(default)s）")
    parser.add_argument("--budget", type=amount, required=True, metavar="N", help="多少个单位")
    parser.add_argument(
        "--start", type=typed, required=True, metavar="日期",
        help="起算：2025-09-22；按小时、分钟计的写 2025-09-22T10:00",
    )  # fmt: skip
    parser.add_argument(
        "--suspend", type=span, action="append", default=[], metavar="A..B",
        help="中止：A当日仍计，A的次日至B不计；可以写几次",
    )  # fmt: skip
    parser.add_argument("--as-of", type=typed, metavar="日期", help="看到这一天已用多少、还剩多少、超了多少")
    parser.add_argument("--no-roll", action="store_true", help="最后一日遇休息日不顺延")
    parser.add_argument("--format", choices=["text", "json"], default="text", help="输出格式")


def run(options: argparse.Namespace) -> int:
    from wutong.cli.calendar_source import calendar_source
    from wutong.cli.periods import WrongCall, asked_period

    source = calendar_source()
    try:
        period = asked_period(source.counting, options)
    except WrongCall as error:
        print(error, file=sys.stderr)
        return 2
    if options.format == "json":
        calendar = {"source": source.code, "published_through": source.published_through}
        print(json.dumps(period.as_row() | {"calendar": calendar}, ensure_ascii=False, indent=2))
        return 0
    for line in period.lines():
        print(line)
    print(f"日历：{source.words}，公布到{source.published_through}年。")
    return 0
