"""The full-text index over `SearchEntry.tokens`, on each database by its own means.

SQLite: an FTS5 table without content of its own, kept up by three triggers; `detail=none` because only whether a token
is there matters. PostgreSQL: a stored tsvector made of the tokens as they are (no parser, no dictionary) and one GIN
index for the many kinds and one for the others.
"""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

TABLE = "search_searchentry"
FTS = "search_fts"

SQLITE = (
    f"CREATE VIRTUAL TABLE {FTS} USING fts5(tokens, content='{TABLE}', content_rowid='id', detail=none, "
    "columnsize=0, tokenize=\"ascii tokenchars '=^#._'\")",
    f"CREATE TRIGGER {FTS}_ai AFTER INSERT ON {TABLE} BEGIN "
    f"INSERT INTO {FTS}(rowid, tokens) VALUES (new.id, new.tokens); END",
    f"CREATE TRIGGER {FTS}_ad AFTER DELETE ON {TABLE} BEGIN "
    f"INSERT INTO {FTS}({FTS}, rowid, tokens) VALUES ('delete', old.id, old.tokens); END",
    f"CREATE TRIGGER {FTS}_au AFTER UPDATE OF tokens ON {TABLE} WHEN old.tokens <> new.tokens BEGIN "
    f"INSERT INTO {FTS}({FTS}, rowid, tokens) VALUES ('delete', old.id, old.tokens); "
    f"INSERT INTO {FTS}(rowid, tokens) VALUES (new.id, new.tokens); END",
)
POSTGRESQL = (
    f"ALTER TABLE {TABLE} ADD COLUMN vector tsvector GENERATED ALWAYS AS "
    "(array_to_tsvector(string_to_array(tokens, ' '))) STORED",
    f"CREATE INDEX search_few_vector ON {TABLE} USING gin (vector) WITH (gin_pending_list_limit = 256) "
    "WHERE NOT is_many",
    f"CREATE INDEX search_many_vector ON {TABLE} USING gin (vector) WITH (gin_pending_list_limit = 256) "
    "WHERE is_many",
)


class SearchIndex(Operation):
    """Make the index; `tokens` must be there."""

    reduces_to_sql = True
    reversible = True

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__name__, [], {}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The models do not change."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        statements = POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE
        for statement in statements:
            schema_editor.execute(statement, params=None)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"ALTER TABLE {TABLE} DROP COLUMN vector", params=None)
            return
        for trigger in ("ai", "ad", "au"):
            schema_editor.execute(f"DROP TRIGGER {FTS}_{trigger}", params=None)
        schema_editor.execute(f"DROP TABLE {FTS}", params=None)

    def describe(self) -> str:
        return "Index the tokens of the search entries"
