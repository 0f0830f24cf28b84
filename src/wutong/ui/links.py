"""Query strings of a page's own links: every state of a page is in its address."""

from collections.abc import Collection
from urllib.parse import parse_qsl, urlencode

from wutong.ui.tables import Column, Sort, Table

FIGURES_FIRST_DESCENDING = ("number", "money")


def query_link(query: str, *pairs: tuple[str, object]) -> str:
    """`?query&name=value…`: the kept query string followed by more parameters."""
    parts = [part for part in (query, urlencode(pairs)) if part]
    return "?" + "&".join(parts)


def sort_value(sort: Sort) -> str:
    """`key`, `-key`, or "" when the page keeps its own order."""
    if not sort.key:
        return ""
    return f"-{sort.key}" if sort.descending else sort.key


def sort_link(table: Table, column: Column) -> str:
    """Where the header of a column leads: the other direction if it is the order now, else its first direction.

    A figure is looked at from the largest down, a name or a date from the first up. The page number is dropped.
    """
    if table.sort.key == column.key:
        descending = not table.sort.descending
    else:
        descending = column.kind in FIGURES_FIRST_DESCENDING
    return query_link(table.query, ("sort", sort_value(Sort(column.key, descending))))


def page_link(table: Table, page: int) -> str:
    """Address of another page of the same rows in the same order."""
    order = sort_value(table.sort)
    pairs: list[tuple[str, object]] = [("sort", order)] if order else []
    return query_link(table.query, *pairs, ("page", page))


def kept_parameters(table: Table, without: Collection[str]) -> list[tuple[str, str]]:
    """What a GET form on the page sends as hidden fields, so that it changes only its own parameters."""
    kept = [pair for pair in parse_qsl(table.query, keep_blank_values=True) if pair[0] not in without]
    order = sort_value(table.sort)
    if order and "sort" not in without:
        kept.append(("sort", order))
    return kept
