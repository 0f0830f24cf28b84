"""The database that a backup is restored into: empty, and of the structure that the backup has."""

from django.core.management import call_command
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from wutong.base.accounts.models import Account
from wutong.base.backup.manifest import Manifest
from wutong.base.chain.operations import append_only_tables
from wutong.base.errors import Refused


def prepare_target(connection: BaseDatabaseWrapper, manifest: Manifest) -> bool:
    """Bring an empty database to the structure of the backup; returns whether it has to be migrated on afterwards.

    Raises Refused when the database is in use, when the backup comes from a newer version, or when the database
    is already further than the backup.
    """
    wanted = {(app, name) for app, name in manifest.migrations}
    executor = MigrationExecutor(connection)
    known = set(executor.loader.disk_migrations)
    if unknown := sorted(wanted - known):
        raise Refused(
            f"备份来自更新的版本：本程序没有它的 {len(unknown)} 个迁移（例如 {'.'.join(unknown[0])}）。请先升级程序。"
        )
    applied = set(MigrationRecorder(connection).applied_migrations())
    if applied:
        _refuse_used(connection)
    if extra := sorted(applied - wanted):
        raise Refused(
            f"备份来自较早的版本，而目标数据库已有它没有的 {len(extra)} 个迁移（例如 {'.'.join(extra[0])}）。"
            "请换一个没有任何表的数据库：程序会先建成备份时的结构，装入后再升级。"
        )
    if wanted - applied:
        graph = executor.loader.graph
        last = [
            key
            for key in sorted(wanted)
            if not any(
                child.key[0] == key[0] and child.key in wanted for child in graph.node_map[key].children
            )
        ]
        executor.migrate(last)
    return bool(known - wanted)


def migrate_on(connection: BaseDatabaseWrapper) -> None:
    """From the structure of the backup to that of this version."""
    call_command("migrate", interactive=False, verbosity=0, database=connection.alias)


def _refuse_used(connection: BaseDatabaseWrapper) -> None:
    """What a new database is filled with (roles, calendar) may be replaced. Accounts, and rows that are written
    once (every change, entry and audit line is one), say that somebody works here."""
    present = set(connection.introspection.table_names())
    quote = connection.ops.quote_name
    for table in sorted({Account._meta.db_table, *append_only_tables()} & present):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT 1 FROM {quote(table)} LIMIT 1")  # noqa: S608 - quoted names of our own tables
            if cursor.fetchone() is not None:
                raise Refused(
                    f"目标数据库不是空的：表 {table} 里有数据。恢复只写入空数据库；请指定另一个数据库。"
                )
