from collections.abc import Iterator

import pytest
from django.core.management.color import no_style
from django.db import IntegrityError, connection, migrations, transaction
from django.db.migrations.writer import MigrationWriter

from wutong.base.chain.operations import (
    AppendOnly,
    add_triggers,
    append_only_tables,
    drop_triggers,
    missing_triggers,
    trigger_name,
)
from wutong.base.chain.testing import let_flush_empty_frozen_tables, thawed

pytestmark = pytest.mark.django_db
TABLE = "chain_probe"


def execute(sql: str) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.rowcount


@pytest.fixture
def frozen() -> Iterator[None]:
    execute(f"CREATE TABLE {TABLE} (id integer PRIMARY KEY, words varchar(20))")
    execute(f"INSERT INTO {TABLE} VALUES (1, '原文')")
    add_triggers(connection.schema_editor(), TABLE)
    yield
    execute(f"DROP TABLE {TABLE}")


@pytest.mark.usefixtures("frozen")
@pytest.mark.parametrize("sql", [f"UPDATE {TABLE} SET words = ''", f"DELETE FROM {TABLE}"])
def test_the_database_refuses_to_change_a_frozen_row(sql: str) -> None:
    with pytest.raises(IntegrityError, match="append-only"):
        execute(sql)
    assert execute(f"INSERT INTO {TABLE} VALUES (2, '新行')") == 1


@pytest.mark.usefixtures("frozen")
def test_without_its_triggers_the_table_can_be_changed() -> None:
    drop_triggers(connection.schema_editor(), TABLE)
    assert execute(f"UPDATE {TABLE} SET words = ''") == 1


def test_every_append_only_table_has_its_triggers_after_the_migrations() -> None:
    assert append_only_tables()
    assert missing_triggers(connection) == []


def test_a_table_that_lost_its_triggers_is_named() -> None:
    table = append_only_tables()[0]
    with thawed(connection, table):
        assert missing_triggers(connection) == [table]
    assert missing_triggers(connection) == []


def test_triggers_that_are_switched_off_count_as_missing() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite cannot switch triggers off")
    table = append_only_tables()[0]
    execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger_name(table, 'UPDATE')}")
    assert missing_triggers(connection) == [table]


def test_names_of_triggers_are_short_and_differ_for_long_tables_that_begin_alike() -> None:
    tables = ["enterprises_enterpriserecord", "enterprises_enterprisecontact", "audit_auditevent"]
    names = {trigger_name(table, event) for table in tables for event in ("UPDATE", "DELETE")}
    assert len(names) == 6
    assert max(len(name) for name in names) <= 30


def test_the_operation_can_be_written_into_a_migration() -> None:
    written = MigrationWriter(
        type("Migration", (migrations.Migration,), {"operations": [AppendOnly("Change")]})("0001", "cases")
    ).as_string()
    assert "wutong.base.chain.operations.AppendOnly" in written


def test_the_test_runner_can_empty_frozen_tables_and_leaves_their_triggers() -> None:
    let_flush_empty_frozen_tables(connection)
    statements = connection.ops.sql_flush(no_style(), append_only_tables(), allow_cascade=True)
    connection.ops.execute_sql_flush(statements)
    assert missing_triggers(connection) == []
    if connection.vendor == "sqlite":
        kinds = [statement.split()[0] for statement in statements]
        assert kinds.index("DROP") < kinds.index("DELETE") < kinds.index("CREATE")
