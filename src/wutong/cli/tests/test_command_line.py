"""The command line finds its commands and speaks plainly."""

import argparse
import importlib
import pkgutil
import subprocess
import sys
from types import SimpleNamespace

import pytest

from wutong.base.errors import DomainError, MissingItems
from wutong.cli import commands, main


def run_with(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> int:
    def refuse(_options: argparse.Namespace) -> int:
        raise error

    command = SimpleNamespace(
        NAME="try", HELP="试一试", NEEDS_DJANGO=False, configure=lambda parser: None, run=refuse
    )
    monkeypatch.setattr(main, "COMMANDS", ["try"])
    monkeypatch.setattr(main, "load_command", lambda module: command)
    monkeypatch.setattr(main, "build_parser", lambda: real_parser(["try"]))
    return main.main(["try"])


real_parser = main.build_parser


def test_every_command_module_is_listed() -> None:
    assert sorted(main.COMMANDS) == sorted(module.name for module in pkgutil.iter_modules(commands.__path__))


@pytest.mark.parametrize("module", main.COMMANDS)
def test_every_command_can_describe_itself(module: str) -> None:
    command = importlib.import_module(f"wutong.cli.commands.{module}")
    parser = argparse.ArgumentParser()
    command.configure(parser)
    assert command.HELP
    assert parser.format_help()


def test_a_refusal_is_printed_in_its_own_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_with(monkeypatch, DomainError("没有这个办件，请检查编号。")) == 1
    assert capsys.readouterr().err == "没有这个办件，请检查编号。\n"


def test_missing_items_are_listed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_with(monkeypatch, MissingItems("还缺材料：", ["合同扫描件"])) == 1
    assert capsys.readouterr().err == "还缺材料：\n  - 合同扫描件\n"


def test_an_interrupt_is_no_accident(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run_with(monkeypatch, KeyboardInterrupt()) == 130


def test_a_reader_that_goes_away_causes_no_traceback() -> None:
    code = (
        "import sys, types\n"
        "from wutong.cli import main\n"
        "def run(options):\n"
        "    print('行\\n' * 100_000)\n"
        "    return 0\n"
        "main.COMMANDS[:] = ['x']\n"
        "main.load_command = lambda module: types.SimpleNamespace(\n"
        "    NAME='x', HELP='x', NEEDS_DJANGO=False, configure=lambda parser: None, run=run)\n"
        "sys.exit(main.main(['x']))\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stderr
    process.stdout.readline()
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    process.wait(10)
    assert errors == ""
