"""Django's own management commands, under the settings of this installation."""

import argparse

NAME = "manage"
HELP = "运行 Django 的管理命令，例如：wutong manage check"
NEEDS_DJANGO = False


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("arguments", nargs=argparse.REMAINDER, metavar="…", help="命令及其参数")


def run(options: argparse.Namespace) -> int:
    from django.core.management import execute_from_command_line

    execute_from_command_line(["wutong manage", *options.arguments])
    return 0
