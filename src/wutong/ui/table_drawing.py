"""How a `Table` becomes HTML: header rows, body rows, the 合计 row.

Cells are drawn here and not by a template each: a page of a ledger has a thousand of them, and a thousand included
templates would take longer than the query behind the page.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from wutong.ui.links import sort_link
from wutong.ui.tables import Cell, Column, Row, Table, Text

LAMP_WORDS: Mapping[str, Text] = {
    "red": _("红灯"),
    "yellow": _("黄灯"),
    "green": _("绿灯"),
    "grey": _("无数据"),
    "pause": _("中止"),
}
FIGURES = ("number", "money")
WITHOUT_LABEL_ON_CARDS = ("name", "lamp")
DASH = format_html('<span class="dim">{}</span>', "—")
NOTHING = format_html("{}", "")
SHORT_TEXT = 10
"""Up to so many characters a text column stays on one line; longer ones get a readable width and wrap."""


@dataclass(frozen=True)
class HeadCell:
    """One header cell. `href` makes it a sort link, `aria_sort` says that the rows stand in its order."""

    label: Text
    css: str
    unit: Text = ""
    scope: str = "col"
    colspan: int = 1
    rowspan: int = 1
    href: str = ""
    aria_sort: str = ""


@dataclass(frozen=True)
class DrawnTable:
    """What `ui/table.html` and the table panel put in place. `foot` is empty without totals."""

    table: Table
    css: str
    tall: bool
    head: Sequence[Sequence[HeadCell]]
    body: SafeString
    foot: SafeString


@dataclass(frozen=True)
class _Lane:
    """A column with what all its cells have in common, worked out once per page.

    On a phone's card an empty cell would be a label without anything behind it: `open_empty` hides it there.
    """

    column: Column
    css: str
    is_row_header: bool
    open: SafeString
    open_empty: SafeString
    close: SafeString

    def faulty_cell(self, inner: SafeString) -> SafeString:
        """Rare, therefore drawn without preparation; it stays on a phone's card whatever the column says."""
        css = f"{self.css.replace('m-off', '').strip()} bad".strip()
        if self.is_row_header:
            return format_html('<th class="{}" scope="row" role="rowheader">{}</th>', css, inner)
        return format_html('<td class="{}" role="cell" data-l="{}">{}</td>', css, self.column.label, inner)

    def cell(self, inner: SafeString) -> SafeString:
        return format_html("{}{}{}", self.open if inner else self.open_empty, inner, self.close)


def draw_table(table: Table, *, row_id_prefix: str = "row-") -> DrawnTable:
    """The ledger of a list page: numbered, first columns fixed, cards on a phone."""
    lanes = _lanes(table, numbered=True)
    return DrawnTable(
        table=table,
        css="ledger ledger--cards",
        tall=True,
        head=_head(table, lanes, numbered=True),
        body=_body(table, lanes, numbered=True, row_id_prefix=row_id_prefix),
        foot=_foot(table, lanes, numbered=True),
    )


def draw_plain_table(table: Table, *, row_id_prefix: str = "") -> DrawnTable:
    """The ledger inside a panel: no running number, nothing fixed; cards only if a column asks for a phone."""
    lanes = _lanes(table, numbered=False)
    cards = any(column.phone == "show" for column in table.columns)
    return DrawnTable(
        table=table,
        css="ledger ledger--plain ledger--cards" if cards else "ledger ledger--plain",
        tall=False,
        head=_head(table, lanes, numbered=False),
        body=_body(table, lanes, numbered=False, row_id_prefix=row_id_prefix),
        foot=_foot(table, lanes, numbered=False),
    )


def cell_html(column: Column, cell: Cell) -> SafeString:
    """The inside of a cell: lamp with its word, figure link, text, and the second line."""
    text = _text_html(column, cell)
    if cell.fault:
        return format_html('{}<span class="cellnote">{}</span>', text, cell.fault)
    if cell.note:
        return format_html('{}<span class="why">{}</span>', text, cell.note)
    return text


def _text_html(column: Column, cell: Cell) -> SafeString:
    if cell.lamp:
        lamp = format_html(
            '<span class="lamp lamp--{}">{}</span>', cell.lamp, cell.text or LAMP_WORDS[cell.lamp]
        )
        return format_html('<a href="{}">{}</a>', cell.href, lamp) if cell.href else lamp
    if not cell.text:
        return DASH if column.kind in FIGURES or column.kind == "date" else NOTHING
    if cell.href:
        css = " ".join(filter(None, ("fig" if column.kind in FIGURES else "", "alarm" if cell.alarm else "")))
        return format_html('<a{} href="{}">{}</a>', _css_attribute(css), cell.href, cell.text)
    if cell.alarm:
        return format_html('<span class="alarm">{}</span>', cell.text)
    return conditional_escape(str(cell.text))


def _css_attribute(css: str) -> SafeString:
    return format_html(' class="{}"', css) if css else NOTHING


def _lanes(table: Table, *, numbered: bool) -> list[_Lane]:
    names = [index for index, column in enumerate(table.columns) if column.kind == "name"]
    row_header = names[0] if names else 0
    lanes = []
    previous_group = ""
    for index, column in enumerate(table.columns):
        group = str(column.group)
        css = [
            "k2" if numbered and index == row_header == 0 else "",
            "gs" if index and group != previous_group else "",
            "" if numbered and index == row_header == 0 else _width(column, table.rows),
            "m-off" if column.phone == "hide" and index != row_header else "",
        ]
        lanes.append(_lane(column, " ".join(filter(None, css)), index == row_header))
        previous_group = group
    return lanes


def _lane(column: Column, css: str, is_row_header: bool) -> _Lane:
    hidden = css if "m-off" in css else f"{css} m-off".strip()
    if is_row_header:
        start, close = '<th{} scope="row" role="rowheader"{}>', format_html("</{}>", "th")
    else:
        start, close = '<td{} role="cell"{}>', format_html("</{}>", "td")
    label = NOTHING if is_row_header else _card_label(column)
    return _Lane(
        column,
        css,
        is_row_header,
        open=format_html(start, _css_attribute(css), label),
        open_empty=format_html(start, _css_attribute(hidden), label),
        close=close,
    )


def _width(column: Column, rows: Sequence[Row]) -> str:
    if column.kind in FIGURES:
        return "num"
    if column.kind in ("date", "lamp"):
        return "nw"
    if column.kind == "long":
        return "ww"
    longest = max(
        (len(str(row.cells[column.key].text)) for row in rows if column.key in row.cells), default=0
    )
    return "nw" if longest <= SHORT_TEXT else "w"


def _card_label(column: Column) -> SafeString:
    """The name that a cell carries on a phone's card, where there is no header above it."""
    if column.phone == "hide" or column.kind in WITHOUT_LABEL_ON_CARDS:
        return NOTHING
    label = f"{column.label}（{column.unit}）" if column.unit else column.label
    return format_html(' data-l="{}"', label)


def _head(table: Table, lanes: Sequence[_Lane], *, numbered: bool) -> list[list[HeadCell]]:
    grouped = any(lane.column.group for lane in lanes)
    depth = 2 if grouped else 1
    first: list[HeadCell] = []
    second: list[HeadCell] = []
    if numbered:
        first.append(HeadCell(_("序号"), "k1", rowspan=depth))
    for group, members in groupby(lanes, key=lambda lane: str(lane.column.group)):
        cells = [_head_cell(table, lane, rowspan=1 if group else depth) for lane in members]
        if group:
            css = "gs" if first else ""
            first.append(HeadCell(group, css, scope="colgroup", colspan=len(cells)))
            second.extend(cells)
        else:
            first.extend(cells)
    return [first, second] if grouped else [first]


def _head_cell(table: Table, lane: _Lane, rowspan: int) -> HeadCell:
    column = lane.column
    kept = [name for name in lane.css.split() if name in ("k2", "gs", "num")]
    aria_sort = ""
    if table.sort.key == column.key:
        aria_sort = "descending" if table.sort.descending else "ascending"
    return HeadCell(
        label=column.label,
        css=" ".join(kept),
        unit=column.unit,
        rowspan=rowspan,
        href=sort_link(table, column) if column.sortable else "",
        aria_sort=aria_sort,
    )


def _body(table: Table, lanes: Sequence[_Lane], *, numbered: bool, row_id_prefix: str) -> SafeString:
    return format_html_join(
        "\n",
        '<tr role="row"{}{}>{}{}</tr>',
        (
            (
                format_html(' id="{}{}"', row_id_prefix, row.key) if row_id_prefix else NOTHING,
                format_html(' aria-selected="{}"', "true") if row.chosen else NOTHING,
                format_html('<td class="k1" role="cell">{}</td>', number) if numbered else NOTHING,
                _row_cells(row, lanes),
            )
            for number, row in enumerate(table.rows, start=table.first_number)
        ),
    )


def _row_cells(row: Row, lanes: Sequence[_Lane]) -> SafeString:
    cells = []
    for lane in lanes:
        cell = row.cells.get(lane.column.key) or Cell()
        if lane.is_row_header and row.href and not cell.href:
            cell = replace(cell, href=row.href)
        inner = cell_html(lane.column, cell)
        cells.append((lane.faulty_cell(inner) if cell.fault else lane.cell(inner),))
    return format_html_join("", "{}", cells)


def _foot(table: Table, lanes: Sequence[_Lane], *, numbered: bool) -> SafeString:
    if not table.totals or not table.rows:
        return NOTHING
    cells = []
    for lane in lanes:
        cell = table.totals.get(lane.column.key)
        if lane.is_row_header:
            inner = cell_html(lane.column, cell or Cell(_("合计")))
        elif cell is not None and lane.column.total:
            inner = cell_html(lane.column, cell)
        else:
            inner = NOTHING
        cells.append((lane.cell(inner),))
    number = format_html('<td class="{}" role="cell"></td>', "k1") if numbered else NOTHING
    return format_html('<tr role="row">{}{}</tr>', number, format_html_join("", "{}", cells))
