"""Page links below a ledger: where the reader is, and the way to the neighbours and both ends."""

from collections.abc import Sequence
from dataclasses import dataclass

from wutong.ui.links import page_link
from wutong.ui.tables import Table


@dataclass(frozen=True)
class PageLink:
    """A page number with its address; `number` 0 is a gap in the row of numbers."""

    number: int
    href: str = ""
    current: bool = False


@dataclass(frozen=True)
class Pager:
    """Rows `first` to `last` of `total`; `previous` and `next` are addresses, empty at an end."""

    first: int
    last: int
    total: int
    previous: str
    next: str
    pages: Sequence[PageLink]


def page_numbers(current: int, count: int) -> list[int]:
    """Both ends, the current page and its two neighbours; 0 stands for numbers left out.

    >>> page_numbers(7, 20)
    [1, 0, 6, 7, 8, 0, 20]
    """
    near = {1, count, *range(current - 1, current + 2)}
    numbers = sorted(number for number in near if 1 <= number <= count)
    shown: list[int] = []
    for number in numbers:
        if shown and number - shown[-1] == 2:
            shown.append(number - 1)  # a gap of one page is no shorter than the page itself
        elif shown and number - shown[-1] > 2:
            shown.append(0)
        shown.append(number)
    return shown


def pager(table: Table) -> Pager:
    """The pager of one page of a table."""
    pages = [
        PageLink(number, page_link(table, number) if number else "", number == table.page)
        for number in (page_numbers(table.page, table.page_count) if table.page_count > 1 else [])
    ]
    return Pager(
        first=table.first_number if table.rows else 0,
        last=table.first_number + len(table.rows) - 1 if table.rows else 0,
        total=table.row_count,
        previous=page_link(table, table.page - 1) if table.page > 1 else "",
        next=page_link(table, table.page + 1) if table.page < table.page_count else "",
        pages=pages,
    )
