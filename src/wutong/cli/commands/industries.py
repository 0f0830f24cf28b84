"""Loads the national classification of industries: the shipped part, or the complete list from a file."""

import argparse
from pathlib import Path

NAME = "industries"
HELP = "载入国民经济行业分类（随产品附带的部分，或文件里的完整清单）"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["load"], metavar="load", help="载入")
    parser.add_argument(
        "file",
        nargs="?",
        type=Path,
        metavar="文件",
        help="有“代码”“名称”两列的 CSV 或 Excel 文件；不写则载入随产品附带的部分",
    )


def run(options: argparse.Namespace) -> int:
    from wutong.cli.calendar_source import refuse_without_database
    from wutong.cli.industry_files import read_industry_rows
    from wutong.registers.industries.services import load_classes, load_industry_classes

    refuse_without_database()
    if options.file is None:
        loaded = load_industry_classes()
    else:
        loaded = load_classes(read_industry_rows(options.file))
    print(f"共{loaded.total}个行业代码：新增{loaded.added}个，更名{loaded.renamed}个。")
    return 0
