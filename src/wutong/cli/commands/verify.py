"""Recounts every chain and names what is broken."""

import argparse

NAME = "verify"
HELP = "校验全部变更链、登记、审计、佐证和链头文件"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--processes", type=int, default=1, help="同时校验的进程数（默认 %(default)s）")


def run(options: argparse.Namespace) -> int:
    from wutong.ledgerkit.verify import all_faults, chain_count, unfrozen_tables

    broken: set[str] = set()
    for fault in all_faults(processes=getattr(options, "processes", 1)):
        broken.add(fault.chain.partition("（")[0])
        print(f"{fault.chain}\t第{fault.seq}条\t{fault.words}")
    for table in unfrozen_tables():
        print(f"提示：表 {table} 没有防改触发器")
    print(f"{len(broken)} broken of {chain_count()} chains")
    return 1 if broken else 0
