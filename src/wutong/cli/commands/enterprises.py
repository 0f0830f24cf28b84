"""Firms and their year data from a file, as the import pages take them in."""

import argparse
from pathlib import Path

NAME = "enterprises"
HELP = "从工作簿或CSV装入企业名录或企业年度数据"
SHOWN = 50
WORDS = {
    "firms": "一并登记的企业",
    "new": "新增",
    "filled": "补入",
    "changed": "更新",
    "unchanged": "未变",
    "missing": "缺失标记（-1）的单元格",
    "ratios": "印出的研发人员比率与人数对不上的行",
}


def configure(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", metavar="动作", required=True)
    load = acts.add_parser("load", help="装入一个文件；只补空缺，不改写已有内容，重复装入不会改变什么")
    load.add_argument("file", type=Path, metavar="文件", help=".xlsx、.xls 或 .csv")
    load.add_argument("--year-data", action="store_true", help="文件是企业年度数据，不是企业名录")
    load.add_argument("--dry-run", action="store_true", help="只预检，不写入")


def run(options: argparse.Namespace) -> int:
    """Exit code 1 when rows were refused."""
    from django.utils import timezone

    from wutong.base.errors import Refused
    from wutong.cli.calendar_source import refuse_without_database
    from wutong.desk.register_imports.loading import load_firms, load_years

    refuse_without_database()
    if not options.file.is_file():
        raise Refused(f"打不开文件“{options.file}”，请检查路径。")
    now = timezone.now()
    load_file = load_years if options.year_data else load_firms
    load = load_file(options.file, on=timezone.localdate(now), now=now, is_dry=options.dry_run)
    for kind, count in load.counts.items():
        print(f"{WORDS[kind]}\t{count}")
    print(f"跳过的行\t{load.skipped}")
    print(f"有错的格\t{len(load.refused)}")
    for words in load.refused[:SHOWN]:
        print(f"  {words}")
    if len(load.refused) > SHOWN:
        print(f"  还有{len(load.refused) - SHOWN}处")
    print("只预检，没有写入。" if options.dry_run else f"写入{load.written}行。")
    return 1 if load.refused else 0
