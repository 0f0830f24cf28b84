"""Finds the header of a sheet and settles, column by column, what is read in which unit."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from wutong.base.errors import Refused
from wutong.exchange.cells import is_empty, raw_text, visible
from wutong.exchange.headings import MONEY_WORD, declared_name, fold, money_unit, readings, table_unit
from wutong.exchange.reading.grid import Grid, column_letter
from wutong.exchange.sheets import Sheet, SheetColumn

HEADER_WITHIN_ROWS = 20
HEADER_MAX_DEPTH = 3
ROW_NUMBER_HEADINGS = frozenset({"序号", "no", "no."})
SHOWN_HEADINGS = 12
SOURCE_LANGUAGE = "zh-hans"
Role = Literal["imported", "computed", "row_number", "unknown"]


@dataclass(frozen=True)
class MappedColumn:
    """A column of the workbook. `key` is empty for one that is not imported; then `reason` says why.

    For an imported column `reason` says where a unit came from when the heading does not name it. `role`:
    `computed` is a declared column that the system works out itself, `unknown` one that is not declared.
    """

    number: int
    heading: str
    key: str = ""
    unit: str = ""
    reason: str = ""
    role: Role = "imported"

    @property
    def letter(self) -> str:
        return column_letter(self.number)


@dataclass(frozen=True)
class Mapping:
    """Rows `header_row` to `first_data_row` - 1 are the header."""

    header_row: int
    first_data_row: int
    columns: tuple[MappedColumn, ...]

    @property
    def imported(self) -> tuple[MappedColumn, ...]:
        return tuple(column for column in self.columns if column.role == "imported")


@dataclass(frozen=True)
class Heading:
    """What stands above one column, with the declared column it means (None: unknown) and the unit it names."""

    number: int
    text: str
    column: SheetColumn | None = None
    unit: str = ""
    is_row_number: bool = False


@dataclass(frozen=True)
class Header:
    """A possible header: `depth` rows from `row` on; `is_merged` when merged cells say so."""

    row: int
    depth: int
    is_merged: bool
    headings: tuple[Heading, ...]
    missing: tuple[SheetColumn, ...]

    @property
    def matched(self) -> int:
        return len({heading.column.key for heading in self.headings if heading.column})

    @property
    def is_complete(self) -> bool:
        return self.matched > 0 and not self.missing

    @property
    def rank(self) -> tuple[bool, int, int, int]:
        """Required columns first, then most columns, then most units of money; of equals the flattest."""
        units = sum(bool(money_unit(heading.unit)) for heading in self.headings if heading.column)
        return self.is_complete, self.matched, units, 0 if self.is_merged else -self.depth


def find_header(grid: Grid, sheet: Sheet) -> Header | None:
    """The best header among the first rows, of equals the topmost.

    It may be incomplete; None when nothing above the data looks like this sheet.
    """
    names = _names(sheet)
    best: Header | None = None
    for row in range(1, min(HEADER_WITHIN_ROWS, len(grid.rows)) + 1):
        for depth, is_merged in _depths(grid, row):
            header = _header(grid, row, depth, is_merged, names, sheet)
            if best is None or header.rank > best.rank:
                best = header
    if best is None or best.matched == 0 or (best.matched == 1 and not best.is_complete):
        return None
    return best


def map_columns(grid: Grid, header: Header | None, sheet: Sheet) -> Mapping:
    """Settles keys and units of every column with a heading or with content.

    Raises `Refused`, naming the sheet, for a missing header, a missing or doubled column or a foreign unit.
    """
    if header is None:
        raise _no_header(grid, sheet)
    if header.missing:
        raise _missing(grid, header)
    _refuse_doubled(grid, header)
    first_data_row = header.row + header.depth
    unit_above = _unit_above(grid, first_data_row - 1)
    with_content = _columns_with_content(grid, first_data_row)
    headings = list(header.headings)
    headings += [Heading(number, "") for number in range(len(headings) + 1, max(with_content, default=0) + 1)]
    columns = tuple(
        _mapped(grid, heading, unit_above)
        for heading in headings
        if heading.text or heading.number in with_content
    )
    return Mapping(header.row, first_data_row, columns)


def _names(sheet: Sheet) -> dict[str, SheetColumn]:
    """Declared columns by every name they go by: the label in Chinese and in the user's language, and synonyms."""
    names: dict[str, SheetColumn] = {}
    for language in {SOURCE_LANGUAGE, get_language() or SOURCE_LANGUAGE}:
        with override(language):
            for column in sheet.columns:
                names.setdefault(declared_name(str(column.label)), column)
    for column in sheet.columns:
        for synonym in column.synonyms:
            names.setdefault(declared_name(synonym), column)
    return names


# ---- the header ------------------------------------------------------------------------------------------------


def _depths(grid: Grid, row: int) -> Iterator[tuple[int, bool]]:
    """How many rows a header that begins at `row` may have, and whether merged cells say so."""
    merged = max((merge.last_row - row + 1 for merge in grid.merges if merge.first_row == row), default=1)
    if 1 < merged <= min(HEADER_MAX_DEPTH, len(grid.rows) - row + 1):
        yield merged, True
        return
    yield 1, False
    if row < len(grid.rows) and not _is_title(grid, row):
        yield 2, False


def _is_title(grid: Grid, row: int) -> bool:
    """One text at the left edge of the row below is a title; a group stands further right or beside labels."""
    filled, below = (
        [index for index, value in enumerate(values) if not is_empty(value)]
        for values in grid.rows[row - 1 : row + 1]
    )
    return not filled or (len(filled) == 1 and bool(below) and filled[0] <= below[0])


def _header(
    grid: Grid, row: int, depth: int, is_merged: bool, names: dict[str, SheetColumn], sheet: Sheet
) -> Header:
    headings = tuple(_headings(grid, row, depth, names))
    found = {heading.column.key for heading in headings if heading.column}
    return Header(
        row, depth, is_merged, headings, tuple(column for column in sheet.required if column.key not in found)
    )


def _headings(grid: Grid, row: int, depth: int, names: dict[str, SheetColumn]) -> Iterator[Heading]:
    rows = [
        [visible(raw_text(value)).strip() for value in values]
        for values in grid.rows[row - 1 : row - 1 + depth]
    ]
    groups = [_groups(texts) for texts in rows]
    for index in range(max(len(texts) for texts in rows)):
        written = [level for level, texts in enumerate(rows) if index < len(texts) and texts[index]]
        lowest = max(written, default=-1)
        path = (
            [_at(groups[level], index) for level in range(lowest)] + [rows[lowest][index]] if written else []
        )
        yield _heading(index + 1, list(dict.fromkeys(filter(None, path))), names)


def _groups(texts: list[str]) -> list[str]:
    """Each text, or the nearest one to the left: the group that a column belongs to."""
    found: list[str] = []
    for text in texts:
        found.append(text or (found[-1] if found else ""))
    return found


def _at(texts: list[str], index: int) -> str:
    return texts[min(index, len(texts) - 1)] if texts else ""


def _heading(number: int, path: list[str], names: dict[str, SheetColumn]) -> Heading:
    """Reads the texts above a column, from the widest group to the label: with the groups first, then alone."""
    if not path:
        return Heading(number, "")
    text = "·".join(path)
    with_groups = readings("".join(path))
    for reading in [*with_groups, *readings(path[-1])]:
        if reading.name in names:
            group_unit = with_groups[0].unit
            unit = reading.unit or (group_unit if MONEY_WORD.search(group_unit) else "")
            return Heading(number, text, names[reading.name], unit)
    return Heading(number, text, is_row_number=fold(text) in ROW_NUMBER_HEADINGS)


# ---- keys and units --------------------------------------------------------------------------------------------


def _mapped(grid: Grid, heading: Heading, unit_above: str | None) -> MappedColumn:
    number, text, column = heading.number, heading.text, heading.column
    if column is None:
        if heading.is_row_number:
            return MappedColumn(number, text, reason=_("行号，不导入"), role="row_number")
        reason = _("本台账没有这一列，不导入") if text else _("没有列头，不导入")
        return MappedColumn(number, text, reason=reason, role="unknown")
    if not column.is_imported:
        return MappedColumn(number, text, reason=str(column.ignored_reason), role="computed")
    if column.kind == "money":
        unit, reason = _money_unit(grid, heading, column, unit_above)
        return MappedColumn(number, text, column.key, unit, reason)
    if column.kind in {"integer", "decimal"}:
        unit = heading.unit or column.unit
        if column.unit and fold(unit) != fold(column.unit):
            raise _refused(
                grid,
                _("%(column)s（%(letter)s列）的单位是“%(unit)s”，应为“%(wanted)s”。请换算后改列头再上传。"),
                heading,
                unit=unit,
                wanted=column.unit,
            )
        return MappedColumn(number, text, column.key, column.unit or unit)
    return MappedColumn(number, text, column.key)


def _money_unit(grid: Grid, heading: Heading, column: SheetColumn, unit_above: str | None) -> tuple[str, str]:
    """(unit, where it came from when the heading does not say)."""
    written = heading.unit or unit_above or ""
    if not written:
        if column.unit:
            return column.unit, _("列头没有写单位，按%(unit)s读") % {"unit": column.unit}
        raise _refused(
            grid, _("%(column)s（%(letter)s列）没有写单位。请在列头写明，例如“%(label)s（亿元）”。"), heading
        )
    unit = money_unit(written)
    if not unit:
        sentence = (
            _(
                "%(column)s（%(letter)s列）的单位是“%(unit)s”，这里只收人民币的元、万元、亿元。请换算后改列头再上传。"
            )
            if MONEY_WORD.search(written)
            else _("%(column)s（%(letter)s列）的单位是“%(unit)s”，不是金额单位。请改为元、万元或亿元。")
        )
        raise _refused(grid, sentence, heading, unit=written)
    return unit, "" if heading.unit else _("列头没有写单位，按表上方写的%(unit)s读") % {"unit": unit}


def _unit_above(grid: Grid, lowest_row: int) -> str | None:
    units = [
        table_unit(value)
        for values in grid.rows[: lowest_row - 1]
        for value in values
        if isinstance(value, str)
    ]
    return next((unit for unit in reversed(units) if unit), None)


def _columns_with_content(grid: Grid, first_row: int) -> set[int]:
    """Numbers of columns in which something stands below the header."""
    found: set[int] = set()
    for values in grid.rows[first_row - 1 :]:
        found.update(number for number, value in enumerate(values, start=1) if not is_empty(value))
    return found


# ---- refusals --------------------------------------------------------------------------------------------------


def _refused(grid: Grid, sentence: str, heading: Heading, **detail: str) -> Refused:
    assert heading.column is not None
    label = str(heading.column.label)
    text = sentence % {
        "column": f"“{label}”",
        "label": label,
        "letter": column_letter(heading.number),
        **detail,
    }
    return _in_sheet(grid, text)


def _in_sheet(grid: Grid, text: str) -> Refused:
    return Refused(_("工作表“%(sheet)s”：%(text)s") % {"sheet": grid.name, "text": text})


def _refuse_doubled(grid: Grid, header: Header) -> None:
    seen: dict[str, Heading] = {}
    for heading in header.headings:
        if heading.column is None or not heading.column.is_imported:
            continue
        other = seen.setdefault(heading.column.key, heading)
        if other is not heading:
            sentence = _(
                "“%(one)s”（%(one_letter)s列）和“%(text)s”（%(letter)s列）都对应%(column)s。请只留一列后再上传。"
            )
            raise _refused(
                grid,
                sentence,
                heading,
                one=other.text,
                one_letter=column_letter(other.number),
                text=heading.text,
            )


def _missing(grid: Grid, header: Header) -> Refused:
    found = [heading.text for heading in header.headings if heading.text]
    return _in_sheet(
        grid,
        _("第%(row)d行是表头，但缺少列：%(missing)s。表头里有：%(found)s。请补上缺少的列后再上传。")
        % {
            "row": header.row,
            "missing": "、".join(str(column.label) for column in header.missing),
            "found": _listed(found),
        },
    )


def _no_header(grid: Grid, sheet: Sheet) -> Refused:
    columns = sheet.required or tuple(column for column in sheet.columns if column.is_imported)
    return _in_sheet(
        grid,
        _("第1—%(rows)d行里没有找到表头。应有：%(columns)s。请检查工作表或下载空白模板填写。")
        % {"rows": HEADER_WITHIN_ROWS, "columns": _listed([str(column.label) for column in columns])},
    )


def _listed(texts: list[str]) -> str:
    shown = "、".join(texts[:SHOWN_HEADINGS])
    return f"{shown}…" if len(texts) > SHOWN_HEADINGS else shown
