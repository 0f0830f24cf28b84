"""Finding: what was typed → entries, the best first. Who may see them is asked for every one that is given back."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from wutong.base.search.folding import fold
from wutong.base.search.matching import NO, WHOLE, rank_of
from wutong.base.search.operations import FTS, TABLE
from wutong.base.search.readings import LONGEST
from wutong.base.search.tokens import FEW, Expression, every, looked_for, some

CANDIDATES, MOST_CANDIDATES = 300, 3000
"""So many entries of one expression are compared; a text that more answer to says too little."""
JUDGED = 60
"""So many are shown to the policy at once, the best first."""

Permitted = Callable[[str, Sequence[int]], set[int]]
"""Of these keys of a kind, those that the person who asks may see."""


@dataclass(frozen=True)
class Hit:
    kind: str
    target_id: int
    name: str
    code: str
    rank: tuple[int, int, int]
    is_many: bool = False


@dataclass(frozen=True)
class Range:
    """What is searched in. `reach`: tokens of which an entry must have one, because others could not be permitted;
    None when any entry may be."""

    is_many: bool
    reach: frozenset[str] | None = None


def find(text: str, *, ranges: Iterable[Range], permitted: Permitted, limit: int) -> list[Hit]:
    """At most `limit` hits of every range, the best first. The same text finds the same on every database."""
    query = fold(text)[:LONGEST]
    expressions = looked_for(text)
    if not expressions:
        return []
    hits: list[Hit] = []
    for where in ranges:
        if where.reach is None or where.reach:
            hits += _find_in(where, query, expressions, permitted, limit)
    return sorted(hits, key=_order)


def _order(hit: Hit) -> tuple[object, ...]:
    """What a thing is comes before what is done about it, except when all of a number or title was typed."""
    how, which, length = hit.rank
    return how > WHOLE, hit.is_many, how, which, length, hit.name, hit.kind, hit.target_id


def _find_in(
    where: Range, query: str, expressions: list[Expression], permitted: Permitted, limit: int
) -> list[Hit]:
    """Candidates of all expressions are judged together, the best first, until there are enough; there is a second,
    longer look where most of them were refused."""
    if not where.is_many:
        expressions = [every([expression, FEW]) for expression in expressions]
    if where.reach is not None:
        expressions = [every([expression, some(sorted(where.reach))]) for expression in expressions]
    found: dict[tuple[str, int], Hit] = {}
    judged: set[tuple[str, int]] = set()
    for size in (CANDIDATES, MOST_CANDIDATES):
        new: dict[tuple[str, int], Hit] = {}
        is_all = True
        # The last expression takes in what the one before it does (a test holds it): that is asked only when the last
        # gave too much.
        for place in (0, -1, 1):
            if place == 1 and is_all:
                break
            rows = _rows(where, expressions[place], size)
            is_all = is_all and len(rows) < size
            new |= {(hit.kind, hit.target_id): hit for hit in _compared(where, query, rows)}
        ranked = sorted((hit for key, hit in new.items() if key not in judged), key=_order)
        for start in range(0, len(ranked), JUDGED):
            if len(found) >= limit:
                break
            block = ranked[start : start + JUDGED]
            found |= {(hit.kind, hit.target_id): hit for hit in _allowed(block, permitted)}
        if len(found) >= limit or is_all:
            break
        judged = new.keys() | judged
    return _best(found, limit)


def _best(found: dict[tuple[str, int], Hit], limit: int) -> list[Hit]:
    return sorted(found.values(), key=_order)[:limit]


def _allowed(hits: list[Hit], permitted: Permitted) -> list[Hit]:
    by_kind: dict[str, list[int]] = {}
    for hit in hits:
        by_kind.setdefault(hit.kind, []).append(hit.target_id)
    seen = {kind: permitted(kind, keys) for kind, keys in by_kind.items()}
    return [hit for hit in hits if hit.target_id in seen[hit.kind]]


def _compared(where: Range, query: str, rows: list[tuple[str, int, str, str]]) -> list[Hit]:
    hits = []
    for kind, target_id, names, codes in rows:
        all_names, all_codes = tuple(names.split("\n")), tuple(filter(None, codes.split("\n")))
        rank = rank_of(query, all_names, all_codes)
        if rank[0] < NO:
            hits.append(
                Hit(kind, target_id, all_names[0], all_codes[0] if all_codes else "", rank, where.is_many)
            )
    return hits


def _rows(where: Range, expression: Expression, size: int) -> list[tuple[str, int, str, str]]:
    columns = "e.kind, e.target_id, e.names, e.codes"
    many = "e.is_many" if where.is_many else "NOT e.is_many"
    if connection.vendor == "postgresql":
        sql = f"SELECT {columns} FROM {TABLE} e WHERE {many} AND e.vector @@ %s::tsquery LIMIT %s"  # noqa: S608
        with transaction.atomic(), connection.cursor() as cursor:
            # The planner takes a scan of the whole table for cheap as soon as a token is common.
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(sql, [_tsquery(expression), size])
            return list(cursor.fetchall())
    sql = (
        f"SELECT {columns} FROM {FTS} JOIN {TABLE} e ON e.id = {FTS}.rowid"  # noqa: S608
        f" WHERE {FTS} MATCH %s AND {many} ORDER BY {FTS}.rowid DESC LIMIT %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [_fts(expression), size])
        return list(cursor.fetchall())


def _fts(expression: Expression) -> str:
    if isinstance(expression, str):
        return f'"{expression}"'
    operator, parts = expression
    return "(" + (" AND " if operator == "and" else " OR ").join(_fts(part) for part in parts) + ")"


def _tsquery(expression: Expression) -> str:
    if isinstance(expression, str):
        return f"'{expression}'"
    operator, parts = expression
    return "(" + (" & " if operator == "and" else " | ").join(_tsquery(part) for part in parts) + ")"
