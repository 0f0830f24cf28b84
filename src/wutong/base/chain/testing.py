"""For tests: take the triggers away as an intruder with the database's password would, and turn keys over."""

import base64
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

from wutong.base.chain.operations import add_triggers, append_only_tables, drop_triggers
from wutong.base.keys import KEY_BYTES, key_path, keyring


@contextmanager
def thawed(connection: BaseDatabaseWrapper, *tables: str) -> Iterator[None]:
    """Within the block rows of these append-only tables can be changed and removed."""
    editor = connection.schema_editor()
    for table in tables:
        drop_triggers(editor, table)
    yield
    for table in tables:
        add_triggers(editor, table)


def rotate_key(purpose: str) -> int:
    """Add a key to the ring of `purpose` in WUTONG_KEY_DIR and make it the active one; returns its number."""
    number = keyring(purpose).active + 1
    path = key_path(Path(settings.WUTONG_KEY_DIR), purpose)
    data = json.loads(path.read_text(encoding="utf-8"))
    data["active"] = number
    data["keys"][str(number)] = base64.b64encode(os.urandom(KEY_BYTES)).decode()
    path.write_text(json.dumps(data), encoding="utf-8")
    keyring.cache_clear()
    return number


@contextmanager
def own_keys(directory: Path) -> Iterator[None]:
    """Within the block keys come from an empty directory, so that turning them over disturbs no other test."""
    before = settings.WUTONG_KEY_DIR
    settings.WUTONG_KEY_DIR = directory
    keyring.cache_clear()
    try:
        yield
    finally:
        settings.WUTONG_KEY_DIR = before
        keyring.cache_clear()


def let_flush_empty_frozen_tables(connection: BaseDatabaseWrapper) -> None:
    """After a transactional test (a browser test, for one) the test runner empties all tables. SQLite does that
    by DELETE in any order, which the triggers and the immediate foreign keys refuse: from now on they give way
    for that moment. Call it once, from a fixture of the whole test run. PostgreSQL needs nothing."""
    operations: Any = type(connection.ops)
    if connection.vendor != "sqlite" or hasattr(operations, "plain_sql_flush"):
        return
    plain = operations.sql_flush

    def sql_flush(self: Any, style: Any, tables: list[str], **options: Any) -> list[str]:
        around = self.connection.schema_editor(collect_sql=True)
        frozen = [table for table in append_only_tables() if table in tables]
        for table in frozen:
            drop_triggers(around, table)
        dropping = list(around.collected_sql)
        for table in frozen:
            add_triggers(around, table)
        creating = around.collected_sql[len(dropping) :]
        return [
            "PRAGMA defer_foreign_keys = ON",
            *dropping,
            *plain(self, style, tables, **options),
            *creating,
        ]

    operations.plain_sql_flush = plain
    operations.sql_flush = sql_flush
