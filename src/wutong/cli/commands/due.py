"""When a period ends, and how that was counted: the same clocks as everywhere in the product."""

import argparse
import json
from datetime import date, datetime

NAME = "due"
HELP = "计算到期日，并说明怎样数出来的"
UNITS = ("minute", "hour", "working_hour", "working_day", "calendar_day", "month")


def span(text: str) -> tuple[date, date]:
    """`2025-10-09..2025-10-15`, in order."""
    first, _dots, last = text.partition("..")
    try:
        found = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}”请写成 2025-10-09..2025-10-15") from None
    if found[0] > found[1]:
        raise argparse.ArgumentTypeError(f"“{text}”的开始晚于结束")
    return found


def moment(text: str) -> datetime:
    """A day, or a day with its time."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}”请写成 2025-09-22 或 2025-09-22T10:00") from None


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--unit", choices=UNITS, default="working_day", help="单位（默认 %(default)s）")
    parser.add_argument("--budget", type=int, required=True, help="多少个单位")
    parser.add_argument(
        "--start", type=moment, required=True, help="起算：2025-09-22，按小时计的写 2025-09-22T10:00"
    )
    parser.add_argument(
        "--suspend", type=span, action="append", default=[], metavar="A..B",
        help="中止：A当日仍计，A的次日至B不计；可以写几次",
    )  # fmt: skip
    parser.add_argument("--as-of", type=moment, help="看这一天已用多少、还剩多少")
    parser.add_argument("--no-roll", action="store_true", help="最后一日遇休息日不顺延")
    parser.add_argument("--format", choices=["text", "json"], default="text", help="输出格式")


def run(options: argparse.Namespace) -> int:
    from wutong.base.errors import Refused
    from wutong.cases.clocks.scales import is_moment
    from wutong.cli.due_words import UNITS as WORDS
    from wutong.cli.due_words import as_of_line, counting_lines, point_words

    counting, source = _counting()
    if options.budget < 0:
        raise Refused("--budget 不能小于0。")
    pauses = _in_order(options.suspend, options.start.date())
    if pauses and is_moment(options.unit):
        raise Refused("按小时和分钟计的时限，--suspend 没有时刻，不能算。")
    try:
        clock = _clock(counting, options, pauses)
        words = point_words(counting, options.unit, clock.due or 0)
        lines = counting_lines(counting, clock, pauses)
        if options.as_of is not None:
            lines.append(as_of_line(counting, clock, _aware(counting, options.as_of)))
    except (ValueError, OverflowError):
        first, last = counting.calendar.first_day, counting.calendar.last_day
        raise Refused(f"超出了工作日历的范围（{first}至{last}）。") from None
    lines.append(f"日历：{source}，公布到{max(counting.calendar.published_years)}年。")
    if options.format == "json":
        told = {
            "due": words,
            "unit": options.unit,
            "budget": options.budget,
            "provisional": clock.provisional,
        }
        print(
            json.dumps(
                {**told, "counting": [line.strip("　") for line in lines]}, ensure_ascii=False, indent=2
            )
        )
        return 0
    print(words + ("（暂定）" if clock.provisional else ""))
    print(f"{options.budget}{WORDS[options.unit]}，到{words}。")
    for line in lines:
        print(line)
    return 0


def _counting():  # type: ignore[no-untyped-def]
    """The recorded calendar, or the shipped one where there is no database with its tables."""
    from django.db import DatabaseError, connection

    from wutong.base.calendar.services import recorded_time, shipped_calendar, shipped_working_time
    from wutong.cases.clocks.scales import Counting

    name = connection.settings_dict["NAME"]
    is_missing = connection.vendor == "sqlite" and not (str(name) == ":memory:" or _is_file(name))
    if not is_missing:
        try:
            time = recorded_time()
            if time.calendar.published_years:
                return Counting(time), "已登记的工作日历"
        except DatabaseError:
            pass
    calendar = shipped_calendar()
    return Counting(shipped_working_time(calendar)), "随产品附带的国务院办公厅通知"


def _is_file(name: object) -> bool:
    from pathlib import Path

    return Path(str(name)).is_file()


def _in_order(spans: list[tuple[date, date]], start: date) -> list[tuple[date, date]]:
    from wutong.base.errors import Refused

    ordered = sorted(spans)
    for before, after in zip(ordered, ordered[1:], strict=False):
        if after[0] < before[1]:
            raise Refused("几段中止互相重叠。")
    if ordered and ordered[0][0] < start:
        raise Refused("中止早于起算日。")
    return ordered


def _aware(counting, value: datetime) -> datetime:  # type: ignore[no-untyped-def]
    return value if value.tzinfo else value.replace(tzinfo=counting.time.zone)


def _clock(counting, options: argparse.Namespace, pauses: list[tuple[date, date]]):  # type: ignore[no-untyped-def]
    from wutong.base.errors import Refused
    from wutong.cases.clocks.declared import Terms
    from wutong.cases.clocks.state import resume, start, suspend

    point = counting.point_at(options.unit, _aware(counting, options.start))
    clock = start(counting, Terms(options.unit, options.budget, not options.no_roll), point)
    for first, last in pauses:
        if clock.due is not None and first.toordinal() > clock.due:
            raise Refused(f"到{date.fromordinal(clock.due)}已经到期，之后不能再中止（{first}）。")
        clock = resume(counting, suspend(counting, clock, first.toordinal()), last.toordinal())
    return clock
