"""A ledger table, declared once: the page, the export and the phone cards are drawn from the same columns.

Rows are not always a queryset (the stalled finder returns computed rows), therefore a page hands over finished
`Row` objects of one page plus the totals of the whole result.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, Literal, TypedDict

from django.core.paginator import Page
from django.utils.functional import Promise

Text = str | Promise
LampColour = Literal["", "red", "yellow", "green", "grey", "pause"]
Kind = Literal["text", "long", "name", "date", "number", "money", "lamp"]
"""`name` is the row header, `long` wraps, `money` is an amount already converted to the column's unit."""


@dataclass(frozen=True)
class Column:
    """One column. `unit` stands in brackets in the header; neighbours with the same `group` share a header.

    `total` draws the column in the 合计 row. `phone`: `show` keeps the cell on a phone's card, `hide` drops it.
    """

    key: str
    label: Text
    kind: Kind = "text"
    unit: Text = ""
    group: Text = ""
    sortable: bool = False
    total: bool = False
    phone: Literal["show", "hide"] = "hide"
    optional: bool = False


@dataclass(frozen=True)
class Cell:
    """What one cell shows. `value` is what an export writes: a date, an int, a Decimal or a text.

    `note` is the second line; `href` makes the text a link (a figure opens its rows); `lamp` needs `text`,
    because a colour is never the only sign; `fault` says what is wrong with the content and marks the cell.
    """

    text: Text = ""
    value: Any = None
    href: str = ""
    note: Text = ""
    lamp: LampColour = ""
    alarm: bool = False
    fault: Text = ""


def day_cell(day: date | None) -> Cell:
    """A day as the house writes it; an empty cell for none."""
    return Cell(day.isoformat(), value=day) if day else Cell()


@dataclass(frozen=True)
class Row:
    """One row; `key` is stable (a case number), `href` opens the detail page, `chosen` marks the open drawer."""

    key: str
    cells: Mapping[str, Cell]
    href: str = ""
    chosen: bool = False


class KeptRows(tuple[Row, ...]):
    """Rows that many pages show unchanged; what was drawn of them is kept with them. A source that hands them out looks
    first whether anything that they show has changed."""

    drawn: dict[Any, Any]
    MOST_DRAWN: ClassVar[int] = 8

    def keep(self, key: Any, drawn: Any) -> None:
        if len(self.drawn) >= self.MOST_DRAWN:
            self.drawn.clear()
        self.drawn[key] = drawn

    @classmethod
    def of(cls, rows: Sequence[Row]) -> "KeptRows":
        kept = cls(rows)
        kept.drawn = {}
        return kept


@dataclass(frozen=True)
class Sort:
    """Current order. A header link sets `?sort=key` or `?sort=-key`."""

    key: str = ""
    descending: bool = False


@dataclass(frozen=True)
class Table:
    """One page of rows with the totals of all of them.

    `first_number` is the running number (序号) of the first row; `row_count` counts all rows of the result;
    `totals` has cells by column key; `query` is the query string without sort and page, for links.
    """

    caption: Text
    columns: Sequence[Column]
    rows: Sequence[Row]
    row_count: int
    first_number: int = 1
    page: int = 1
    page_count: int = 1
    sort: Sort = field(default_factory=Sort)
    totals: Mapping[str, Cell] = field(default_factory=dict)
    query: str = ""
    empty: Text = ""


class Place(TypedDict):
    row_count: int
    first_number: int
    page: int
    page_count: int


def place_of(page: "Page[Any]") -> Place:
    """Where a page of a `Paginator` stands among all rows: `Table(caption, columns, rows, **place_of(page))`."""
    return Place(
        row_count=page.paginator.count,
        first_number=page.start_index() or 1,
        page=page.number,
        page_count=page.paginator.num_pages,
    )
