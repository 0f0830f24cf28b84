"""The rows of one moment, while others go on writing. Each snapshot has a connection of its own."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import psycopg
from django.db import DEFAULT_DB_ALIAS, ProgrammingError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder

from wutong.base.backup.format import Unportable, encoder, line_of
from wutong.base.backup.tables import Table
from wutong.base.errors import Refused

BLOCK_BYTES = 1024 * 1024
ROWS = 1000


class Snapshot(Protocol):
    """`copy` gives the rows of a table in blocks of COPY's text format, whole lines or not."""

    vendor: str

    def copy(self, table: Table) -> Iterator[bytes]: ...

    def values(self, table: str, columns: list[str], key: str) -> Iterator[tuple[object, ...]]:
        """Rows of a small table, or of a large one that is read on while nothing else is."""
        ...


@contextmanager
def open_snapshot(alias: str = DEFAULT_DB_ALIAS) -> Iterator[Snapshot]:
    """Everything read inside the block was there at its beginning; nobody who writes has to wait."""
    if MigrationRecorder.Migration._meta.db_table not in connections[alias].introspection.table_names():
        raise Refused("数据库里还没有表，没有可以备份的内容。请先运行 wutong migrate。")
    connection = connections.create_connection(alias)
    if connection.vendor == "postgresql":
        with _postgresql(connection) as snapshot:
            yield snapshot
    else:
        with _sqlite(connection) as snapshot:
            yield snapshot


# ---- PostgreSQL -----------------------------------------------------------------------------------------------


@contextmanager
def _postgresql(connection: BaseDatabaseWrapper) -> Iterator[Snapshot]:
    connection.ensure_connection()
    try:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            for setting in ("TimeZone = 'UTC'", "DateStyle = 'ISO, YMD'", "bytea_output = 'hex'"):
                cursor.execute(f"SET LOCAL {setting}")
            cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")  # the snapshot is taken now
        yield _PostgreSQL(connection)
    except (ProgrammingError, psycopg.errors.InsufficientPrivilege) as error:
        if not isinstance(error.__cause__ or error, psycopg.errors.InsufficientPrivilege):
            raise
        raise Refused("这个数据库角色不能读全部的表，备份没有完成。请用表的所有者角色备份。") from error
    finally:
        connection.close()


class _PostgreSQL:
    vendor = "postgresql"

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self._connection = connection

    def copy(self, table: Table) -> Iterator[bytes]:
        quote = self._connection.ops.quote_name
        columns = ", ".join(map(quote, table.column_names))
        order = quote(table.key) + (' COLLATE "C"' if table.key_kind == "text" else "")
        query = f"COPY (SELECT {columns} FROM {quote(table.name)} ORDER BY {order}) TO STDOUT"  # noqa: S608 - quoted names of our own tables
        with self._connection.connection.cursor() as cursor, cursor.copy(query) as rows:
            waiting: list[bytes] = []
            size = 0
            for row in rows:
                waiting.append(bytes(row))
                size += len(row)
                if size >= BLOCK_BYTES:
                    yield b"".join(waiting)
                    waiting, size = [], 0
            yield b"".join(waiting)

    def values(self, table: str, columns: list[str], key: str) -> Iterator[tuple[object, ...]]:
        quote = self._connection.ops.quote_name
        names = ", ".join(map(quote, columns))
        with self._connection.connection.cursor(name="backup_values") as cursor:
            cursor.execute(f"SELECT {names} FROM {quote(table)} ORDER BY {quote(key)}")  # noqa: S608 - quoted names of our own tables
            yield from cursor


# ---- SQLite ---------------------------------------------------------------------------------------------------


@contextmanager
def _sqlite(connection: BaseDatabaseWrapper) -> Iterator[Snapshot]:
    """A plain connection: Django's turns values into Python's on the way."""
    plain = sqlite3.connect(connection.settings_dict["NAME"], timeout=20, isolation_level=None)
    try:
        plain.execute("PRAGMA query_only = ON")
        plain.execute("BEGIN")
        plain.execute("SELECT 1 FROM django_migrations LIMIT 1").fetchone()  # the snapshot is taken now
        yield _SQLite(plain)
    finally:
        plain.close()


class _SQLite:
    vendor = "sqlite"

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def copy(self, table: Table) -> Iterator[bytes]:
        encoders = [encoder(kind) for kind in table.kinds]
        rows = self._rows(table.name, table.column_names, table.key)
        number = 0
        while block := rows.fetchmany(ROWS):
            try:
                lines = []
                for row in block:
                    number += 1
                    lines.append(line_of(row, encoders))
                yield "".join(lines).encode()
            except Unportable as error:
                raise Refused(
                    f"表 {table.name} 第 {number} 行有不能移植的值：{error}。备份没有完成。"
                ) from error

    def values(self, table: str, columns: list[str], key: str) -> Iterator[tuple[object, ...]]:
        yield from self._rows(table, columns, key)

    def _rows(self, table: str, columns: list[str], key: str) -> sqlite3.Cursor:
        names = ", ".join(f'"{name}"' for name in columns)
        return self._connection.execute(f'SELECT {names} FROM "{table}" ORDER BY "{key}"')  # noqa: S608 - quoted names of our own tables
