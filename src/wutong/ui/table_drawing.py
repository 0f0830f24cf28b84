"""How a `Table` becomes HTML: header rows, body rows, the 合计 row.

Cells are drawn here and not by a template each: a page of a ledger has a thousand of them, and a thousand included
templates would take longer than the query behind the page. For the same reason they are put together as plain text:
every value goes through `_escaped`, and only what is finished is called safe.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from wutong.ui.links import sort_link
from wutong.ui.tables import Cell, Column, KeptRows, Row, Table, Text

LAMP_WORDS: Mapping[str, Text] = {
    "red": _("红灯"),
    "yellow": _("黄灯"),
    "green": _("绿灯"),
    "grey": _("无数据"),
    "pause": _("中止"),
}
FIGURES = ("number", "money")
WITHOUT_LABEL_ON_CARDS = ("name", "lamp")
DASH = '<span class="dim">—</span>'
EMPTY = Cell()
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

    @property
    def head_html(self) -> SafeString:
        rows = ("".join(_head_cell_html(cell) for cell in row) for row in self.head)
        return SafeString("".join(f'<tr role="row">{cells}</tr>' for cells in rows))


@dataclass(frozen=True)
class _Lane:
    """A column with what all its cells have in common, worked out once per page.

    On a phone's card an empty cell would be a label without anything behind it: `open_empty` hides it there.
    """

    column: Column
    css: str
    is_row_header: bool
    open: str
    open_empty: str
    close: str

    def faulty_cell(self, inner: str) -> str:
        """Rare, therefore drawn without preparation; it stays on a phone's card whatever the column says."""
        css = f"{self.css.replace('m-off', '').strip()} bad".strip()
        if self.is_row_header:
            return f'<th class="{css}" scope="row" role="rowheader">{inner}</th>'
        return f'<td class="{css}" role="cell" data-l="{_escaped(self.column.label)}">{inner}</td>'

    def cell(self, inner: str) -> str:
        return f"{self.open if inner else self.open_empty}{inner}{self.close}"


def draw_table(table: Table, *, row_id_prefix: str = "row-") -> DrawnTable:
    """The ledger of a list page: numbered, first columns fixed, cards on a phone."""
    lanes, body = _lanes_and_body(table, row_id_prefix)
    return DrawnTable(
        table=table,
        css="ledger ledger--cards",
        tall=True,
        head=_head(table, lanes, numbered=True),
        body=body,
        foot=_foot(table, lanes, numbered=True),
    )


def _lanes_and_body(table: Table, row_id_prefix: str) -> tuple[Sequence[_Lane], SafeString]:
    """What depends on nothing but the rows, the columns and the language."""
    rows = table.rows if isinstance(table.rows, KeptRows) else None
    key = get_language(), tuple(table.columns), table.first_number, row_id_prefix
    found: tuple[Sequence[_Lane], SafeString] | None = rows.drawn.get(key) if rows is not None else None
    if found is None:
        lanes = _lanes(table, numbered=True)
        found = lanes, _body(table, lanes, numbered=True, row_id_prefix=row_id_prefix)
        if rows is not None:
            rows.keep(key, found)
    return found


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
    return SafeString(_inside(column, cell, cell.href))


def _escaped(value: object) -> str:
    """As `conditional_escape`, for the few types that a cell holds."""
    text = str(value) if isinstance(value, Promise) else value
    if isinstance(text, SafeString):
        return text
    return escape(text if isinstance(text, str) else str(text))


def _inside(column: Column, cell: Cell, href: str) -> str:
    text = _text_html(column, cell, href)
    if cell.fault:
        return f'{text}<span class="cellnote">{_escaped(cell.fault)}</span>'
    if cell.note:
        return f'{text}<span class="why">{_escaped(cell.note)}</span>'
    return text


def _text_html(column: Column, cell: Cell, href: str) -> str:
    if cell.lamp:
        words = _escaped(cell.text or LAMP_WORDS[cell.lamp])
        lamp = f'<span class="lamp lamp--{cell.lamp}">{words}</span>'
        return f'<a href="{_escaped(href)}">{lamp}</a>' if href else lamp
    if not cell.text:
        return DASH if column.kind in FIGURES or column.kind == "date" else ""
    text = _escaped(cell.text)
    if href:
        css = " ".join(filter(None, ("fig" if column.kind in FIGURES else "", "alarm" if cell.alarm else "")))
        return f'<a{_css_attribute(css)} href="{_escaped(href)}">{text}</a>'
    if cell.alarm:
        return f'<span class="alarm">{text}</span>'
    return text


def _css_attribute(css: str) -> str:
    return f' class="{css}"' if css else ""


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
    tag, role = ("th", 'scope="row" role="rowheader"') if is_row_header else ("td", 'role="cell"')
    label = "" if is_row_header else _card_label(column)
    return _Lane(
        column,
        css,
        is_row_header,
        open=f"<{tag}{_css_attribute(css)} {role}{label}>",
        open_empty=f"<{tag}{_css_attribute(hidden)} {role}{label}>",
        close=f"</{tag}>",
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


def _card_label(column: Column) -> str:
    """The name that a cell carries on a phone's card, where there is no header above it."""
    if column.phone == "hide" or column.kind in WITHOUT_LABEL_ON_CARDS:
        return ""
    label = f"{column.label}（{column.unit}）" if column.unit else column.label
    return f' data-l="{_escaped(label)}"'


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


def _head_cell_html(cell: HeadCell) -> str:
    attributes = f' role="columnheader" scope="{cell.scope}"{_css_attribute(cell.css)}'
    if cell.colspan > 1:
        attributes += f' colspan="{cell.colspan}"'
    if cell.rowspan > 1:
        attributes += f' rowspan="{cell.rowspan}"'
    if cell.aria_sort:
        attributes += f' aria-sort="{cell.aria_sort}"'
    words = _escaped(cell.label)
    if cell.unit:
        words += f" <small>({_escaped(cell.unit)})</small>"
    if cell.href:
        words = f'<a href="{_escaped(cell.href)}">{words}</a>'
    return f"<th{attributes}>{words}</th>"


def _body(table: Table, lanes: Sequence[_Lane], *, numbered: bool, row_id_prefix: str) -> SafeString:
    rows = []
    for number, row in enumerate(table.rows, start=table.first_number):
        key = f' id="{_escaped(row_id_prefix)}{_escaped(row.key)}"' if row_id_prefix else ""
        chosen = ' aria-selected="true"' if row.chosen else ""
        first = f'<td class="k1" role="cell">{number}</td>' if numbered else ""
        rows.append(f'<tr role="row"{key}{chosen}>{first}{_row_cells(row, lanes)}</tr>')
    return SafeString("\n".join(rows))


def _row_cells(row: Row, lanes: Sequence[_Lane]) -> str:
    cells = []
    for lane in lanes:
        cell = row.cells.get(lane.column.key) or EMPTY
        href = cell.href or (row.href if lane.is_row_header else "")
        inner = _inside(lane.column, cell, href)
        cells.append(lane.faulty_cell(inner) if cell.fault else lane.cell(inner))
    return "".join(cells)


def _foot(table: Table, lanes: Sequence[_Lane], *, numbered: bool) -> SafeString:
    if not table.totals or not table.rows:
        return SafeString("")
    cells = ['<td class="k1" role="cell"></td>'] if numbered else []
    for lane in lanes:
        cell = table.totals.get(lane.column.key)
        inner = ""
        if lane.is_row_header:
            cell = cell or Cell(_("合计"))
            inner = _inside(lane.column, cell, cell.href)
        elif cell is not None and lane.column.total:
            inner = _inside(lane.column, cell, cell.href)
        cells.append(lane.cell(inner))
    return SafeString(f'<tr role="row">{"".join(cells)}</tr>')
