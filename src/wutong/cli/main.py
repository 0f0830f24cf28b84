"""Entry point of `wutong`. Each command is one module of `wutong.cli.commands`, listed in COMMANDS."""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from typing import Protocol, cast

from wutong.base.errors import Conflict, DomainError, MissingItems
from wutong.cli.product import SETTINGS

COMMANDS = [
    "serve",
    "worker",
    "tick",
    "seed",
    "setup",
    "sample",
    "stalled",
    "due",
    "calendar",
    "places",
    "industries",
    "enterprises",
    "sweep",
    "reindex",
    "verify",
    "anchor",
    "backup",
    "restore",
    "password",
    "keys",
    "migrate",
    "translations",
    "manage",
]
"""Modules of `wutong.cli.commands` in the order in which `wutong --help` shows them."""


class Command(Protocol):
    """What a command module provides. Models are imported inside `run`: the apps are ready only then.

    A module may set `NEEDS_DJANGO = False` if it neither reads settings nor the database.
    """

    NAME: str
    HELP: str

    def configure(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, options: argparse.Namespace) -> int:
        """Do the work and return the exit code."""
        ...


def load_command(module: str) -> Command:
    return cast(Command, importlib.import_module(f"wutong.cli.commands.{module}"))


def build_parser(modules: Sequence[str] = COMMANDS) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="wutong", description="梧桐：高新区运行平台")
    choices = parser.add_subparsers(metavar="命令", required=True)
    for module in modules:
        command = load_command(module)
        chosen = choices.add_parser(command.NAME, help=command.HELP, description=command.HELP)
        command.configure(chosen)
        chosen.set_defaults(command=command)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. A refusal is printed in its own words and gives exit code 1."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    options = build_parser().parse_args(argv)
    try:
        code = _run(options.command, options)
        sys.stdout.flush()
    except DomainError as refusal:
        _print_refusal(refusal)
        return 1
    except BrokenPipeError:
        # The reader went away (`wutong … | head`). Python flushes once more at exit: give it somewhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 130
    return code


def _run(command: Command, options: argparse.Namespace) -> int:
    if getattr(command, "NEEDS_DJANGO", True):
        import django

        django.setup()
    return command.run(options)


def _print_refusal(refusal: DomainError) -> None:
    lines: list[object] = [refusal.message]
    if isinstance(refusal, MissingItems):
        lines += [f"  - {item}" for item in refusal.items]
    if isinstance(refusal, Conflict):
        lines += [f"  - {change}" for change in refusal.changes]
    lines += [f"  - {field}：{text}" for field, text in refusal.fields.items()]
    for line in lines:
        print(line, file=sys.stderr)
