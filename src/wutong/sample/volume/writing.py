"""Many ready rows into their tables, on each database by its fastest means; indexes that would slow it down wait."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models, transaction

from wutong.base.search.models import SearchEntry
from wutong.cases.models import Assignment, Case, Change, Clock, Task
from wutong.sample.volume.copies import Rows, columns_of

ASIDE = "volume_indexes_aside"
"""A table of the target that exists while it is being built: the statements that make the waiting indexes again."""
SLOWED = (Case, Change, Assignment, Task, Clock, SearchEntry)
NEEDED = ("case_id", "parent_id", "kind", "is_open")
"""Indexes that begin with these columns stay: rows come in their order, or a step looks for its rows by them."""
CACHE_KILOBYTES = 256 * 1024


def write_rows(rows: Rows) -> None:
    """Tables in the order in which they stand, each row with all columns. Inside the caller's transaction."""
    for model, values in rows.items():
        if values:
            (_copy_in if connection.vendor == "postgresql" else _insert)(model, values)
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(rows)):
            cursor.execute(statement)


def _names(model: type[models.Model]) -> str:
    return ", ".join(connection.ops.quote_name(column.column) for column in columns_of(model))


def _insert(model: type[models.Model], values: Sequence[tuple[Any, ...]]) -> None:
    table = connection.ops.quote_name(model._meta.db_table)
    places = ", ".join("?" for _column in columns_of(model))
    statement = f"INSERT INTO {table} ({_names(model)}) VALUES ({places})"  # noqa: S608 - quoted names of our own tables
    connection.connection.executemany(statement, values)


def _copy_in(model: type[models.Model], values: Sequence[tuple[Any, ...]]) -> None:
    table = connection.ops.quote_name(model._meta.db_table)
    with (
        connection.connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({_names(model)}) FROM STDIN") as copy,
    ):
        for row in values:
            copy.write_row(row)


def next_keys(tables: Sequence[type[models.Model]]) -> dict[type[models.Model], int]:
    """The first free key of each table that has keys of its own."""
    return {
        model: (model._default_manager.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1
        for model in tables
    }


# ---- indexes ------------------------------------------------------------------------------------------------------


def is_half_built() -> bool:
    return ASIDE in connection.introspection.table_names()


@transaction.atomic
def put_indexes_aside() -> None:
    """Drop what is built faster at the end. What was put aside before stays so."""
    if is_half_built():
        return
    found = [item for model in SLOWED for item in _indexes(model._meta.db_table)]
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {ASIDE} (statement text NOT NULL)")
        for name, statement in found:
            cursor.execute(f"INSERT INTO {ASIDE} VALUES (%s)", [statement])  # noqa: S608 - a constant
            cursor.execute(f"DROP INDEX {connection.ops.quote_name(name)}")


@transaction.atomic
def put_indexes_back() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT statement FROM {ASIDE}")  # noqa: S608 - a constant
        for (statement,) in cursor.fetchall():
            cursor.execute(statement)
        cursor.execute(f"DROP TABLE {ASIDE}")


def _indexes(table: str) -> Iterator[tuple[str, str]]:
    """Name and statement of each plain index of a table that may wait."""
    with connection.cursor() as cursor:
        known = connection.introspection.get_constraints(cursor, table)
        if connection.vendor == "postgresql":
            cursor.execute("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s", [table])
        else:
            cursor.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = %s", [table]
            )
        for name, statement in cursor.fetchall():
            told: Any = known.get(name, {})
            kept = told.get("unique") or told.get("primary_key") or (told.get("columns") or [""])[0] in NEEDED
            if statement and not kept:
                yield name, statement


@contextmanager
def written_fast() -> Iterator[None]:
    """A target that breaks off is built again: it need not survive a power cut while it grows."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit = off")
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous = OFF")
        cursor.execute(f"PRAGMA cache_size = -{CACHE_KILOBYTES}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous = NORMAL")
            cursor.execute("PRAGMA cache_size = -2000")


def analyse() -> None:
    """Tell the planner how large the tables are, and make the file whole."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
