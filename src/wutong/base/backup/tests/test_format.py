"""The text of a copy is that of PostgreSQL, and reading gives back what was stored."""

import json
import sqlite3
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from hypothesis import given
from hypothesis import strategies as some

from wutong.base.backup.format import (
    NULL,
    Unportable,
    decoder,
    encoder,
    escaped,
    line_of,
    row_of,
    unescaped,
)
from wutong.base.backup.tables import left_out, tables

TEXTS = some.text(some.characters(exclude_characters="\0", exclude_categories=["Cs"]))
HARD_TEXTS = some.text("\t\n\r\\\b\f\vNnt'\"\u2028\u0085\u200f𠮷中a ", max_size=12)
JSONS = some.recursive(
    some.none()
    | some.booleans()
    | some.integers(-(10**20), 10**20)
    | some.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9).map(
        float
    )
    | TEXTS,
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
STORED: dict[str, some.SearchStrategy[Any]] = {
    "integer": some.integers(-(2**63), 2**63 - 1),
    "boolean": some.sampled_from([0, 1]),
    "text": TEXTS | HARD_TEXTS,
    "date": some.dates().map(str),
    "time": some.times().map(str),
    "moment": some.datetimes().map(str),
    "float": some.floats(allow_nan=False),
    "uuid": some.uuids().map(lambda value: value.hex),
    "binary": some.binary(),
}
"""Values as Django stores them in SQLite."""


@given(some.one_of([some.tuples(some.just(kind), values) for kind, values in STORED.items()]))
def test_what_was_stored_comes_back(case: tuple[str, Any]) -> None:
    kind, stored = case
    text = encoder(kind)(stored)
    assert "\n" not in text
    assert "\t" not in text
    assert text != NULL
    assert decoder(kind)(text) == stored
    assert encoder(kind)(decoder(kind)(text)) == text


@given(some.lists(some.none() | HARD_TEXTS | TEXTS, min_size=1, max_size=4))
def test_a_line_holds_each_value_in_its_place(row: list[str | None]) -> None:
    line = line_of(row, [encoder("text")] * len(row))
    assert line.count("\n") == 1
    assert row_of(line[:-1], [decoder("text")] * len(row)) == row


@given(JSONS)
def test_a_json_value_means_the_same_and_its_text_does_not_depend_on_the_order_of_keys(value: Any) -> None:
    text = encoder("json")(json.dumps(value))
    stored = decoder("json")(text)
    assert json.loads(stored) == value
    assert encoder("json")(stored) == text


@given(some.decimals(places=2, min_value=-(10**9), max_value=10**9))
def test_a_decimal_keeps_its_places_through_the_floats_of_sqlite(value: Decimal) -> None:
    held = sqlite3.connect(":memory:").execute("SELECT CAST(? AS NUMERIC)", [str(value)]).fetchone()[0]
    text = encoder("decimal:2")(held)
    assert Decimal(text) == value
    assert len(text.partition(".")[2]) == 2
    assert decoder("decimal:2")(text) == text


@given(HARD_TEXTS)
def test_escaping_is_undone(text: str) -> None:
    assert unescaped(escaped(text)) == text


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("text", "a\0b"),
        ("text", "\ud800"),
        ("text", 5),
        ("integer", "5"),
        ("boolean", 2),
        ("moment", "yesterday"),
        ("date", "2025-13-01"),
        ("uuid", "x"),
        ("json", '{"a": NaN}'),
        ("json", r'"\u0000"'),
        ("json", r'"\ud800"'),
    ],
)
def test_what_the_other_database_could_not_hold_is_refused(kind: str, value: Any) -> None:
    with pytest.raises(Unportable):
        encoder(kind)(value)


SHOWN = [
    ("boolean", "boolean", 1),
    ("timestamptz", "moment", "2025-03-02 08:05:00"),
    ("timestamptz", "moment", "2025-03-02 08:05:00.120000"),
    ("timestamptz", "moment", "0999-03-02 08:05:00.000001"),
    ("time", "time", "09:00:00"),
    ("time", "time", "09:00:00.500000"),
    ("date", "date", "2025-03-02"),
    ("numeric(12,2)", "decimal:2", 0.1),
    ("numeric(12,2)", "decimal:2", -3),
    ("numeric(12,2)", "decimal:2", -0.0),
    ("uuid", "uuid", "0123456789abcdef0123456789abcdef"),
    ("text", "text", "a\tb\nc\\d\re\bf\fg\vh\\N\u2028𠮷\x01"),
    ("text", "text", ""),
    ("bytea", "binary", b"\x00\xff\\"),
    ("inet", "text", "10.0.0.1"),
    ("inet", "text", "2001:db8::1"),
    ("jsonb", "json", '{"bb": [1, 2.50, 1e3, -0.0], "a": {"中": "x\\ny\\u0001"}, "aa": null, "é": true}'),
    ("jsonb", "json", '{"a": 1, "a": 2}'),
    *[
        ("float8", "float", number)
        for number in (
            0.0,
            -0.0,
            1.0,
            0.1,
            1e14,
            1e15,
            123456789012345680.0,
            1e-4,
            1e-5,
            1.5e-7,
            2.5e300,
            5e-324,
        )
    ],
]


@pytest.mark.django_db
@pytest.mark.parametrize(("column", "kind", "stored"), SHOWN)
def test_postgresql_writes_the_same_text(column: str, kind: str, stored: Any) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("asks PostgreSQL")
    text = encoder(kind)(stored)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL TimeZone = 'UTC'")
        cursor.execute(f"CREATE TEMPORARY TABLE probe (held {column}) ON COMMIT DROP")
        with connection.connection.cursor() as plain:
            with plain.copy("COPY probe FROM STDIN") as copy:
                copy.write(f"{text}\n".encode())
            with plain.copy("COPY probe TO STDOUT") as copy:
                written = b"".join(bytes(part) for part in copy)
    assert written.decode() == f"{text}\n"


def test_every_column_of_every_table_has_a_kind_and_what_is_pointed_to_comes_first() -> None:
    found = tables()
    position = {table.name: number for number, table in enumerate(found)}
    models = {
        model._meta.db_table: model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed
    }
    for table in found:
        for kind in table.kinds:
            assert encoder(kind)
            assert decoder(kind)
        for field in models[table.name]._meta.local_fields if table.name in models else ():
            if field.is_relation and field.related_model is not field.model:
                assert position[field.related_model._meta.db_table] < position[table.name]
    assert set(models) - set(position) == set(left_out) & set(models)
