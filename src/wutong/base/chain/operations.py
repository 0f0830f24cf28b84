"""The migration operation that freezes a table: UPDATE and DELETE are refused by the database itself.

Triggers are the second lock, on SQLite and on plain PostgreSQL. The first lock in production is privileges:
the application's role may only SELECT and INSERT (see `grants`). A migration that rebuilds a frozen table on
SQLite loses its triggers and has to repeat the operation; `missing_triggers` finds the forgotten ones.
"""

from typing import Any

from django.apps import apps
from django.apps.registry import Apps
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.utils import truncate_name
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from wutong.base.chain.rows import AppendOnlyModel

FUNCTION = "wutong_append_only"


def trigger_name(table: str, event: str) -> str:
    """At most 30 characters; long tables that begin alike get different names, as SQLite needs."""
    return f"{truncate_name(table, 19)}_no_{event.lower()}"


def add_triggers(editor: BaseDatabaseSchemaEditor, table: str) -> None:
    quoted = editor.quote_name(table)
    if editor.connection.vendor == "postgresql":
        editor.execute(
            f"CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'append-only: %', TG_TABLE_NAME USING ERRCODE = '23001'; END $$",
            params=None,  # otherwise the per cent sign would be taken for a placeholder
        )
    for event in ("UPDATE", "DELETE"):
        name = editor.quote_name(trigger_name(table, event))
        if editor.connection.vendor == "postgresql":
            action = f"FOR EACH ROW EXECUTE FUNCTION {FUNCTION}()"
        else:
            action = f"BEGIN SELECT RAISE(ABORT, 'append-only: {table}'); END"
        editor.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {quoted} {action}")


def drop_triggers(editor: BaseDatabaseSchemaEditor, table: str) -> None:
    for event in ("UPDATE", "DELETE"):
        name = editor.quote_name(trigger_name(table, event))
        on = f" ON {editor.quote_name(table)}" if editor.connection.vendor == "postgresql" else ""
        editor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def append_only_tables() -> list[str]:
    return sorted(model._meta.db_table for model in apps.get_models() if issubclass(model, AppendOnlyModel))


def missing_triggers(connection: BaseDatabaseWrapper) -> list[str]:
    """Append-only tables whose two triggers are not both there and switched on."""
    source = (
        "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = current_schema() AND t.tgenabled <> 'D'"
        if connection.vendor == "postgresql"
        else "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(source)
        present = set(cursor.fetchall())
    return [
        table
        for table in append_only_tables()
        if not {(table, trigger_name(table, "UPDATE")), (table, trigger_name(table, "DELETE"))} <= present
    ]


class AppendOnly(Operation):
    """Freeze the table of `model_name`: `operations = [..., AppendOnly("Change")]`."""

    reduces_to_sql = True
    reversible = True

    def __init__(self, model_name: str) -> None:
        self.model_name = model_name

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__name__, [self.model_name], {}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The models do not change."""

    def _table(self, app_label: str, models: Apps) -> str:
        return str(models.get_model(app_label, self.model_name)._meta.db_table)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        add_triggers(schema_editor, self._table(app_label, to_state.apps))

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        drop_triggers(schema_editor, self._table(app_label, from_state.apps))

    def describe(self) -> str:
        return f"Freeze {self.model_name}: rows are inserted and read, never changed or removed"
