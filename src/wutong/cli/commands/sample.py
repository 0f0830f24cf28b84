"""Builds the sample zone once, and prints a one-time password for every role that has not chosen its own; or builds a
zone of any size into another database, for measuring."""

import argparse
import os
import subprocess
import sys

NAME = "sample"
HELP = "建立示例园区（虚构数据），打印各角色的一次性密码；或在另一个数据库里建立规模数据"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--volume",
        nargs="?",
        const="full",
        metavar="规模",
        help="在另一个数据库里建立规模数据：full（企业10万、办件100万、项目1万）或它的几分之一，如 1/10",
    )
    parser.add_argument(
        "--into", metavar="文件或地址", help="写入的 SQLite 文件，或空 PostgreSQL 数据库的地址"
    )
    parser.add_argument("--enterprises", type=_count, metavar="家数", help="另定企业数")
    parser.add_argument("--cases", type=_count, metavar="件数", help="另定办件数，项目在内")
    parser.add_argument("--projects", type=_count, metavar="个数", help="另定项目数")
    parser.add_argument(
        "--processes", type=_count, default=0, metavar="个数", help="同时生成的进程数，默认与处理器相同"
    )
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)


def run(options: argparse.Namespace) -> int:
    from django.conf import settings

    from wutong.base.errors import Refused

    if not settings.WUTONG_SAMPLE:
        raise Refused("这里不是示例环境，不能写入示例数据。")
    if options.here:
        return _build_volume(options)
    if options.volume or options.into:
        return _build_elsewhere(options)
    return _build_sample()


def _build_sample() -> int:
    from django.utils import timezone
    from django.utils.module_loading import import_string

    from wutong.base.accounts.models import RoleGrant
    from wutong.base.accounts.services import reset_password
    from wutong.cli.product import LOAD_SEEDS
    from wutong.sample.zone import build_zone, is_built, sample_accounts

    now = timezone.now()
    import_string(LOAD_SEEDS)()
    if not is_built():
        build_zone(today=timezone.localdate(now), now=now)
    print("\n示例园区（虚构数据）的账号，一次性密码首次登录后须修改：")
    roles = {grant.account_id: grant.role.name for grant in RoleGrant.objects.select_related("role")}
    for account in sample_accounts():
        password = "（已由本人修改；忘记时运行 wutong password " + account.name + "）"
        if account.must_change_password:
            password = reset_password(account, None, now)
        print(f"  {account.name:<12}{password:<18}{account.display_name}（{roles.get(account.pk, '')}）")
    return 0


def _build_elsewhere(options: argparse.Namespace) -> int:
    """A process of its own, whose database is the target from the start: it cannot touch that of the zone."""
    from wutong.base.errors import Refused
    from wutong.sample.volume.size import size_of
    from wutong.sample.volume.target import refuse_own_database, target_url

    if not options.into:
        raise Refused("规模数据不写入本园区的数据库。请用 --into 写明另一个文件，或空数据库的地址。")
    size_of(options.volume or "full")
    url = target_url(options.into)
    refuse_own_database(url)
    command = [sys.executable, "-m", "wutong.cli", "sample", "--here", "--volume", options.volume or "full"]
    for name in ("enterprises", "cases", "projects", "processes"):
        if getattr(options, name):
            command += [f"--{name}", str(getattr(options, name))]
    return subprocess.run(command, env={**os.environ, "DATABASE_URL": url}, check=False).returncode


def _build_volume(options: argparse.Namespace) -> int:
    from dataclasses import replace

    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone
    from django.utils.module_loading import import_string

    from wutong.cli.product import LOAD_SEEDS
    from wutong.sample.volume.build import build_volume, is_complete
    from wutong.sample.volume.size import size_of
    from wutong.sample.volume.target import refuse_other_zone

    size = size_of(options.volume)
    for name in ("enterprises", "cases", "projects"):
        if getattr(options, name):
            size = replace(size, **{name: getattr(options, name)})
    size = replace(size, cases=max(size.cases, size.projects))
    refuse_other_zone(connection)
    now = timezone.now()
    call_command("migrate", interactive=False, verbosity=0)
    import_string(LOAD_SEEDS)()
    if is_complete(size):
        print("这个数据库里的规模数据已经建好，没有改动。")
        return 0
    build_volume(
        size,
        today=timezone.localdate(now),
        now=now,
        report=lambda line: print(line, flush=True),
        processes=options.processes,
    )
    return 0


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("至少是 1")
    return number
