"""The policy as SQL that is put together once: building the condition takes Django ten times as long as the database
needs to answer it, and a page asks for it several times.

What a condition depends on is its key, all of it; whoever has the same ties and rights on the same day has the same.
"""

import re
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import connection
from django.db.models import BooleanField, Expression, F, Q, QuerySet
from django.db.models.sql.compiler import SQLCompiler

from wutong.cases.models import Case

KEPT = 1024
TABLE = Case._meta.db_table
OUTER = re.compile(rf'"{TABLE}"(?=\.)')
INNER = re.compile(r"\b([A-Z]+\d+)\b")
"""The names that Django gives to the tables of sub-queries; the names of the house are lower case and quoted."""
CASE = "{case}"


@dataclass(frozen=True)
class Judgement:
    """A condition on a case; CASE stands for the table that the case is read from."""

    text: str
    params: tuple[Any, ...]


EVERYTHING, NOTHING = Judgement("", ()), Judgement("-", ())
_kept: dict[Hashable, Judgement] = {}


def judged(key: Hashable, cases: Callable[[], QuerySet[Case]]) -> QuerySet[Case]:
    """The same rows as `cases()`, which is a filter on the table of cases alone and depends on nothing but `key`."""
    full_key = connection.alias, connection.vendor, key
    judgement = _kept.get(full_key)
    if judgement is None:
        if len(_kept) >= KEPT:
            _kept.clear()
        judgement = _kept[full_key] = _sql_of(cases())
    if judgement is NOTHING:
        return Case.objects.none()
    if judgement is EVERYTHING:
        return Case.objects.all()
    return Case.objects.filter(Q(_Judged(judgement)))


def _sql_of(cases: QuerySet[Case]) -> Judgement:
    compiler = cases.query.get_compiler(connection.alias)
    compiler.setup_query()
    try:
        text, params = compiler.compile(cases.query.where)
    except EmptyResultSet:
        return NOTHING
    except FullResultSet:
        return EVERYTHING
    tables = {name for name, used in cases.query.alias_refcount.items() if used}
    assert tables <= {TABLE}, f"the condition joins {tables}"
    text = INNER.sub(lambda found: f"judged_{found[1].lower()}", text)
    assert not re.search(rf'FROM "{TABLE}" (?!judged_)', text), "a sub-query hides the case that is judged"
    return Judgement(OUTER.sub(CASE, text), tuple(params))


class _Judged(Expression):
    """The condition about the case of the query that it stands in, under whatever name its table goes there."""

    conditional = True
    output_field = BooleanField()

    def __init__(self, judgement: Judgement, key: Any = None) -> None:
        super().__init__(output_field=BooleanField())
        self.judgement: Judgement = judgement
        self.key: Any = key or F("pk")

    def get_source_expressions(self) -> list[Any]:
        return [self.key]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        (self.key,) = exprs

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        key, _params = compiler.compile(self.key)
        return f"({self.judgement.text.replace(CASE, key.rpartition('.')[0])})", self.judgement.params


def forget() -> None:
    """Put every condition together anew the next time."""
    _kept.clear()
