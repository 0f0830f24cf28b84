"""Rows of a backup into an empty database, in one transaction: all of them or none."""

import gzip
import io
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.db import Error, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from wutong.base.backup.format import decoder, row_of
from wutong.base.backup.manifest import Manifest, TableFile
from wutong.base.backup.tables import after_load
from wutong.base.chain.operations import append_only_tables
from wutong.base.errors import Refused

BLOCK_BYTES = 256 * 1024
CACHE_KILOBYTES = 256 * 1024
DATABASE_ERRORS = (Error, sqlite3.Error, psycopg.Error)
"""Rows go past Django, straight to the driver."""


def load(
    connection: BaseDatabaseWrapper, directory: Path, manifest: Manifest, *, finish: bool = True
) -> None:
    """Replace the rows of a prepared database by those of the backup.

    `finish=False` leaves out what packages rebuild (`after_load`): their tables may come with later migrations.
    Raises Refused, naming the table, and leaves the database as it was.
    """
    on_sqlite = connection.vendor == "sqlite"
    with (
        _fast_sqlite(connection) if on_sqlite else _fast_postgresql(connection),
        transaction.atomic(using=connection.alias),
    ):
        indexes = _drop_indexes(connection, manifest) if on_sqlite else []
        _empty(connection, manifest)
        for saved in manifest.tables:
            try:
                (_load_sqlite if on_sqlite else _load_postgresql)(connection, directory, saved)
            except (OSError, EOFError, ValueError, KeyError, *DATABASE_ERRORS) as error:
                raise _refusal(saved.name, error) from error
        try:
            _execute(connection, indexes)
        except DATABASE_ERRORS as error:
            raise _refusal("索引", error) from error
        if on_sqlite:
            _refuse_dangling(connection)
        else:
            _set_sequences(connection, manifest)
        _refuse_other_counts(connection, manifest)
        if finish:
            finish_load(connection)
    if not on_sqlite:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def finish_load(connection: BaseDatabaseWrapper) -> None:
    """Let packages rebuild what follows from the rows."""
    with transaction.atomic(using=connection.alias):
        for rebuild in after_load:
            rebuild(connection)


def _refusal(table: str, error: Exception) -> Refused:
    first = str(error).strip().partition("\n")[0]
    return Refused(f"表 {table} 不能装入（{first}）。数据库没有改变。")


def _execute(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _empty(connection: BaseDatabaseWrapper, manifest: Manifest) -> None:
    """Rows that a new database begins with. Tables that are written once are empty: the target was checked."""
    frozen = set(append_only_tables())
    quote = connection.ops.quote_name
    names = [saved.name for saved in reversed(manifest.tables) if saved.name not in frozen]
    _execute(connection, [f"DELETE FROM {quote(name)}" for name in names])  # noqa: S608 - quoted names of our own tables


def _refuse_other_counts(connection: BaseDatabaseWrapper, manifest: Manifest) -> None:
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for saved in manifest.tables:
            cursor.execute(f"SELECT count(*) FROM {quote(saved.name)}")  # noqa: S608 - quoted names of our own tables
            count = cursor.fetchone()[0]
            if count != saved.rows:
                raise Refused(
                    f"表 {saved.name} 装入了 {count} 行，清单上是 {saved.rows} 行。数据库没有改变。"
                )


# ---- PostgreSQL -----------------------------------------------------------------------------------------------


@contextmanager
def _fast_postgresql(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Nothing needs to be switched: COPY is fast, and a session's own settings would outlive it in a pooler."""
    connection.ensure_connection()
    yield


def _load_postgresql(connection: BaseDatabaseWrapper, directory: Path, saved: TableFile) -> None:
    quote = connection.ops.quote_name
    columns = ", ".join(map(quote, saved.table.column_names))
    statement = f"COPY {quote(saved.name)} ({columns}) FROM STDIN"
    with (
        gzip.open(directory / saved.path, "rb") as stream,
        connection.connection.cursor() as cursor,
        cursor.copy(statement) as copy,
    ):
        while block := stream.read(BLOCK_BYTES):
            copy.write(block)


def _set_sequences(connection: BaseDatabaseWrapper, manifest: Manifest) -> None:
    """The next key of a table follows its highest one."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for saved in manifest.tables:
            for sequence in connection.introspection.get_sequences(cursor, saved.name):
                column = quote(sequence["column"])
                cursor.execute(f"SELECT max({column}) FROM {quote(saved.name)}")  # noqa: S608 - quoted names of our own tables
                highest = cursor.fetchone()[0]
                if highest is not None:
                    cursor.execute("SELECT setval(%s, %s)", [sequence["name"], highest])


# ---- SQLite ---------------------------------------------------------------------------------------------------


@contextmanager
def _fast_sqlite(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """One commit, made durable at the end; foreign keys are checked all at once after the load."""
    with connection.constraint_checks_disabled():
        _execute(connection, ["PRAGMA synchronous = OFF", f"PRAGMA cache_size = -{CACHE_KILOBYTES}"])
        try:
            yield
        finally:
            _execute(connection, ["PRAGMA synchronous = FULL", "PRAGMA wal_checkpoint(TRUNCATE)"])
            _execute(connection, ["PRAGMA synchronous = NORMAL", "PRAGMA cache_size = -2000"])


def _drop_indexes(connection: BaseDatabaseWrapper, manifest: Manifest) -> list[str]:
    """Building an index once is many times faster than keeping it while rows come; returns what makes them again."""
    names = {saved.name for saved in manifest.tables}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        )
        found = [(name, sql) for name, table, sql in cursor.fetchall() if table in names]
        for name, _sql in found:
            cursor.execute(f"DROP INDEX {connection.ops.quote_name(name)}")
    return [sql for _name, sql in found]


def _load_sqlite(connection: BaseDatabaseWrapper, directory: Path, saved: TableFile) -> None:
    quote = connection.ops.quote_name
    columns = saved.table.column_names
    places = ", ".join("?" for _column in columns)
    statement = f"INSERT INTO {quote(saved.name)} ({', '.join(map(quote, columns))}) VALUES ({places})"  # noqa: S608 - quoted names of our own tables
    with gzip.open(directory / saved.path, "rb") as stream:
        connection.connection.executemany(statement, _rows(stream, saved))


def _rows(stream: Any, saved: TableFile) -> Iterator[list[Any]]:
    decoders = [decoder(kind) for kind in saved.table.kinds]
    # Only the plain end of line ends a row; other characters that look like one are content.
    with io.TextIOWrapper(stream, encoding="utf-8", newline="\n") as lines:
        for line in lines:
            yield row_of(line[:-1], decoders)


def _refuse_dangling(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_key_check")
        found = cursor.fetchone()
    if found is not None:
        raise Refused(f"表 {found[0]} 中有一行指向表 {found[2]} 中不存在的行，不能恢复。数据库没有改变。")
