"""A query that every page asks, worked out once: building its SQL costs ten times what the database needs for it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, models
from django.db.models.query import ModelIterable
from django.db.models.sql.compiler import SQLCompiler

STAND_IN = -2_147_483_001
"""Stands for the key while the SQL is built; no row has such a key."""
WORKED_OUT = ("select", "klass_info", "annotation_col_map", "col_count", "has_extra_select")
"""What a compiler knows of the columns once it has built its SQL."""


@dataclass(frozen=True)
class _Sql:
    text: str
    params: tuple[Any, ...]
    columns: dict[str, Any]

    def about(self, key: int) -> tuple[str, tuple[Any, ...]]:
        return self.text, tuple(key if value == STAND_IN else value for value in self.params)


Row = TypeVar("Row", bound=models.Model)


class PreparedRow(Generic[Row]):
    """One row by its key, with everything that `rows` asks for besides (related rows, annotations).

    `rows` is called once for each database; what it returns may depend on nothing else.
    """

    def __init__(self, rows: Callable[[], "models.QuerySet[Row]"]) -> None:
        self._rows = rows
        self._kept: dict[str, tuple[models.QuerySet[Row], _Sql]] = {}

    def get(self, key: int, alias: str = DEFAULT_DB_ALIAS) -> Row | None:
        """None for a key that no row has."""
        queryset, sql = self._prepared(alias)
        compiler = queryset.query.get_compiler(queryset.db)
        vars(compiler).update(sql.columns, as_sql=lambda *_asked, **_named: sql.about(key))
        asked = queryset.all()
        vars(asked.query)["get_compiler"] = lambda *_asked, **_named: compiler
        return next(iter(ModelIterable(asked)), None)

    def _prepared(self, alias: str) -> "tuple[models.QuerySet[Row], _Sql]":
        """Two threads may both work it out the first time; they come to the same."""
        if alias not in self._kept:
            rows = self._rows().using(alias).filter(pk=STAND_IN)
            self._kept[alias] = rows, _built(rows.query.get_compiler(alias))
        return self._kept[alias]


def _built(compiler: SQLCompiler) -> _Sql:
    text, params = compiler.as_sql()
    return _Sql(text, tuple(params), {name: getattr(compiler, name, None) for name in WORKED_OUT})
