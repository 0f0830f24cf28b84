"""Lists stalled projects as of a day: the same rows as the page and its export."""

import argparse
import json
from datetime import date

NAME = "stalled"
HELP = "列出某一天的签约未开工、开工未投产项目"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--as-of", type=date.fromisoformat, metavar="日期", help="数据日，默认今天")
    parser.add_argument("--format", choices=["text", "json"], default="text", help="输出格式")


def run(options: argparse.Namespace) -> int:
    from django.utils import timezone

    from wutong.ledgers.project_push.stalled.queries import stalled_projects
    from wutong.registers.organisation.actors import SYSTEM

    as_of = options.as_of or timezone.localdate(timezone.now())
    found = stalled_projects(SYSTEM, as_of)
    if options.format == "json":
        rows = [
            {
                "id": item.number,
                "stage": item.stage,
                "lamp": item.verdict.colour,
                "days": item.verdict.days,
                "idle_days": item.verdict.idle_days,
                "amount_yuan": item.amount_yuan,
                "reason": item.reason(),
                "rule": item.rule_words(),
            }
            for item in found
        ]
        print(json.dumps({"as_of": as_of.isoformat(), "projects": rows}, ensure_ascii=False, indent=2))
        return 0
    for item in found:
        print(f"{item.number}\t{item.verdict.colour}\t{item.reason()}")
    print(f"{as_of}：共{len(found)}个")
    return 0
