"""The working calendar: which years are published, one year's days, and a notice from a file."""

import argparse
import sys
from pathlib import Path

NAME = "calendar"
HELP = "查看工作日历，或从文件登记一年的放假通知"
LISTED = 50


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "what", nargs="?", metavar="年份|import", help="看哪一年；import 表示从文件登记；不写则列出各年"
    )
    parser.add_argument("file", nargs="?", type=Path, metavar="文件", help="import 的 YAML 或 JSON 文件")
    parser.add_argument("--check", action="store_true", help="只说公布到哪一年")
    parser.add_argument("--dry-run", action="store_true", help="import：只看哪些到期日会变动，不写入")


def run(options: argparse.Namespace) -> int:
    what: str | None = options.what
    is_year = what is not None and what.isascii() and what.isdecimal() and len(what) == 4
    if what == "import":
        if options.file is None or options.check:
            return _wrong("请写明文件，例如 wutong calendar import 2027.yaml --dry-run")
        return _import(options.file, dry_run=options.dry_run)
    if (what is not None and not is_year) or options.file is not None or options.dry_run:
        return _wrong("请写年份，例如 wutong calendar 2025；登记通知写 wutong calendar import 文件")
    lines = _year_lines(int(what)) if what else _check_lines() if options.check else _years_lines()
    for line in lines:
        print(line)
    return 0


def _wrong(words: str) -> int:
    print(words, file=sys.stderr)
    return 2


def _years_lines() -> list[str]:
    from wutong.cli.calendar_source import calendar_years

    source, years = calendar_years()
    lines = [
        f"{item.year}\t{item.number}\t{item.published_on}\t放假占用工作日{len(item.off)}天\t调休上班{len(item.work)}天"
        for item in years
    ]
    return [*lines, f"{years[-1].year + 1}\t未公布", f"共{len(years)}年，{source}。"]


def _check_lines() -> list[str]:
    from wutong.cli.calendar_source import calendar_years

    source, years = calendar_years()
    known = {item.year for item in years}
    first, last = min(known), max(known)
    gaps = "、".join(str(year) for year in range(first, last) if year not in known)
    return [
        f"公布到{last}年（自{first}年起{'，缺' + gaps + '年' if gaps else '，没有缺的年份'}）；{source}。",
        f"{last + 1}年未公布：先按周一至周五算，到期日为暂定。",
    ]


def _year_lines(year: int) -> list[str]:
    from wutong.cli.calendar_source import calendar_years
    from wutong.desk.calendar_reading import WEEKDAYS, holidays_of, shown_days

    source, years = calendar_years()
    found = next((item for item in years if item.year == year), None)
    if found is None:
        return [f"{year}年未公布：先按周一至周五算，到期日为暂定。"]
    exceptions = {**dict.fromkeys(found.off, False), **dict.fromkeys(found.work, True)}
    return [
        f"{year}年\t{found.number}\t{found.published_on}",
        *(f"放假\t{stretch}" for stretch in shown_days(holidays_of(year, exceptions)).splitlines()),
        *(f"调休上班\t{day}（{WEEKDAYS[day.weekday()]}）" for day in found.work),
        f"其余周一至周五上班；{source}。",
    ]


def _import(path: Path, *, dry_run: bool) -> int:
    from django.utils import timezone

    from wutong.cases.clocks.publishing import moves_of, publish_and_move
    from wutong.cli.calendar_source import refuse_without_database
    from wutong.cli.notice_files import read_notices
    from wutong.ledgerkit.clock_panel import shown_point
    from wutong.registers.organisation.actors import SYSTEM

    refuse_without_database()
    now = timezone.now()
    for notice in read_notices(path, timezone.localdate(now)):
        print(f"{notice.year}年\t{notice.number}\t{notice.published_on}")
        print(f"放假占用工作日{len(notice.off)}天，调休上班{len(notice.work)}天")
        if not dry_run:
            print(f"已公布，{publish_and_move(notice, actor=SYSTEM, now=now)}个时限已改算。")
            continue
        count = 0
        for count, move in enumerate(moves_of(notice), start=1):
            if count <= LISTED:
                certain = "\t暂定" if move.provisional else "\t确定"
                print(
                    f"{move.clock.case.number}\t{move.clock.code}\t{shown_point(move.before)}\t→\t{shown_point(move.after)}{certain}"
                )
        more = f"，只列出前{LISTED}个" if count > LISTED else ""
        print(f"没有写入。公布后{count}个时限会变动{more}。")
    return 0
