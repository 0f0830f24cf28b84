"""Brings a data directory to this version: database structure, rights in PostgreSQL, static files."""

import argparse
import os

NAME = "migrate"
HELP = "把数据库结构和静态文件升级到本版本"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--without-static", action="store_true", help="不收集静态文件")
    parser.add_argument(
        "--application-role",
        metavar="角色",
        default=os.environ.get("WUTONG_APPLICATION_ROLE", ""),
        help="PostgreSQL：给这个角色授予日常工作所需的权限，只增表不可改、不可删",
    )


def run(options: argparse.Namespace) -> int:
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from wutong.base.chain.grants import grant_application_role
    from wutong.base.search.services import is_empty, rebuild

    settings.DATA_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
    executor = MigrationExecutor(connection)
    waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if waiting:
        call_command("migrate", interactive=False, verbosity=0)
        print(f"数据库已升级：应用了 {waiting} 个迁移。")
        # What an earlier version wrote is not in the index yet.
        if is_empty() and (count := rebuild()):
            print(f"检索已建立：读了 {count} 条。")
    else:
        print("数据库结构已是最新。")
    if options.application_role and connection.vendor == "postgresql":
        grant_application_role(connection, options.application_role)
        print(f"已给角色 {options.application_role} 授权。")
    if not options.without_static:
        call_command("collectstatic", interactive=False, verbosity=0)
    return 0
