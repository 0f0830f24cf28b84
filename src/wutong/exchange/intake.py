"""A sheet of a workbook, row by row: accepted, refused with reasons, or left out and counted. Nothing is lost."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from django.utils.translation import gettext as _

from wutong.base.errors import Refused
from wutong.exchange.cells import CellProblem, is_empty, parse_cell, raw_text
from wutong.exchange.headings import fold
from wutong.exchange.mapping import MappedColumn, find_header, map_columns
from wutong.exchange.mapping import Mapping as HeaderMapping
from wutong.exchange.reading.grid import CellValue, Grid, cell_name
from wutong.exchange.sheets import Sheet

SUMMARY_PROBLEMS = 500
SkipKind = Literal["empty", "total", "section", "note"]


@dataclass(frozen=True)
class Problem:
    """What is wrong with one cell. `cause` is for a note beside the cell, `message` says sheet, row and column."""

    sheet: str
    row: int
    column_letter: str
    heading: str
    cause: str

    @property
    def message(self) -> str:
        return _("工作表“%(sheet)s”第%(row)d行%(letter)s列“%(heading)s”：%(cause)s") % {
            "sheet": self.sheet,
            "row": self.row,
            "letter": self.column_letter,
            "heading": self.heading,
            "cause": self.cause,
        }


@dataclass(frozen=True)
class IntakeRow:
    """A row of data. `values` has a key for every imported column of the workbook, None where the cell is empty
    or wrong; a column that the workbook lacks has no key. `raw` is what the cells say."""

    number: int
    values: dict[str, Any]
    raw: dict[str, str]
    problems: tuple[Problem, ...] = ()

    @property
    def is_accepted(self) -> bool:
        return not self.problems


@dataclass(frozen=True)
class SkippedRow:
    """A row that is no data: empty, a total, the title of a section, a note under the table."""

    number: int
    kind: SkipKind
    text: str = ""
    raw: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Intake:
    """`accepted`, `refused` and `skipped` together are all rows below the header. `unread_sheets` are the other
    visible sheets of the workbook."""

    sheet_code: str
    sheet_name: str
    header_row: int
    columns: tuple[MappedColumn, ...]
    rows: tuple[IntakeRow, ...]
    skipped: tuple[SkippedRow, ...]
    unread_sheets: tuple[str, ...] = ()

    @property
    def accepted(self) -> tuple[IntakeRow, ...]:
        return tuple(row for row in self.rows if row.is_accepted)

    @property
    def refused(self) -> tuple[IntakeRow, ...]:
        return tuple(row for row in self.rows if not row.is_accepted)

    @property
    def problems(self) -> tuple[Problem, ...]:
        return tuple(problem for row in self.rows for problem in row.problems)

    def with_problems(self, causes: Iterable[tuple[int, str, str]]) -> "Intake":
        """The same intake with further reasons, (row, column key, cause), from the ledger's own rules."""
        columns = {column.key: column for column in self.columns if column.key}
        added: dict[int, list[Problem]] = {}
        for number, key, cause in causes:
            added.setdefault(number, []).append(_problem(self.sheet_name, number, columns[key], cause))
        rows = tuple(
            replace(row, problems=(*row.problems, *added[row.number])) if row.number in added else row
            for row in self.rows
        )
        return replace(self, rows=rows)

    def summary(self) -> dict[str, Any]:
        """For the record: places and counts, never a value of a cell."""
        problems = self.problems
        return {
            "sheet": self.sheet_name,
            "header_row": self.header_row,
            "columns": [
                {
                    "letter": column.letter,
                    "heading": column.heading,
                    "key": column.key,
                    "unit": column.unit,
                    "reason": column.reason,
                }
                for column in self.columns
            ],
            "problems": [
                {"row": problem.row, "column": problem.column_letter, "heading": problem.heading}
                for problem in problems[:SUMMARY_PROBLEMS]
            ],
            "problem_count": len(problems),
            "skipped": [{"row": row.number, "kind": row.kind} for row in self.skipped if row.kind != "empty"],
            "unread_sheets": list(self.unread_sheets),
        }


def take_in(grids: Sequence[Grid], sheet: Sheet) -> Intake:
    """Reads the one visible sheet whose header is that of `sheet`.

    Raises `Refused` when no sheet or several fit, or when the header itself is wrong; a wrong row is no refusal
    of the workbook but stands in the intake with its reasons.
    """
    visible = [grid for grid in grids if not grid.hidden]
    grid = _chosen(visible, sheet)
    mapping = map_columns(grid, find_header(grid, sheet), sheet)
    rows, skipped = _read_rows(grid, mapping, sheet)
    if not rows:
        raise Refused(
            _("工作表“%(sheet)s”：第%(row)d行表头下面没有数据行。请填写后再上传。")
            % {"sheet": grid.name, "row": mapping.header_row}
        )
    return Intake(
        sheet_code=sheet.code,
        sheet_name=grid.name,
        header_row=mapping.header_row,
        columns=mapping.columns,
        rows=_without_doubles(rows, mapping, sheet, grid.name),
        skipped=tuple(skipped),
        unread_sheets=tuple(other.name for other in visible if other is not grid and other.rows),
    )


def _chosen(grids: Sequence[Grid], sheet: Sheet) -> Grid:
    headers = [(grid, find_header(grid, sheet)) for grid in grids if grid.rows]
    if not headers:
        raise Refused(_("工作簿里没有内容，或工作表都隐藏了。请检查后再上传。"))
    fitting = [
        (grid, len(grid.rows) >= header.row + header.depth)
        for grid, header in headers
        if header and header.is_complete
    ]
    filled = [grid for grid, has_rows in fitting if has_rows] or [grid for grid, _rows in fitting]
    if len(filled) > 1:
        raise Refused(
            _("工作簿里有%(count)d张工作表都有“%(name)s”的表头：%(sheets)s。请只留一张后再上传。")
            % {
                "count": len(filled),
                "name": sheet.name,
                "sheets": "、".join(f"“{grid.name}”" for grid in filled),
            }
        )
    if filled:
        return filled[0]
    return max(headers, key=lambda pair: pair[1].matched if pair[1] else 0)[0]


# ---- rows ------------------------------------------------------------------------------------------------------


def _read_rows(grid: Grid, mapping: HeaderMapping, sheet: Sheet) -> tuple[list[IntakeRow], list[SkippedRow]]:
    kinds = _RowKinds(grid, mapping)
    merged = _covered_by_merge(grid, mapping)
    rows: list[IntakeRow] = []
    skipped: list[SkippedRow] = []
    for number in range(mapping.first_data_row, len(grid.rows) + 1):
        raw = {column.key: raw_text(grid.cell(number, column.number)) for column in mapping.imported}
        kind = kinds.of(number)
        if kind:
            skipped.append(SkippedRow(number, kind, kinds.text, raw if kind == "total" else None))
        else:
            rows.append(_read_row(grid, number, mapping, sheet, raw, merged))
    return rows, skipped


def _read_row(
    grid: Grid,
    number: int,
    mapping: HeaderMapping,
    sheet: Sheet,
    raw: dict[str, str],
    merged: Mapping[tuple[int, int], str],
) -> IntakeRow:
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for column in mapping.imported:
        declared = sheet.column(column.key)
        cause = ""
        try:
            values[column.key] = parse_cell(grid.cell(number, column.number), declared, column.unit)
        except CellProblem as problem:
            values[column.key] = None
            cause = problem.message
        else:
            place = merged.get((number, column.number))
            if place:
                cause = _("%(range)s是合并单元格，只有左上角有内容；请取消合并后逐行填写") % {"range": place}
            elif declared.required and values[column.key] is None:
                cause = _("空；必须填写")
        if cause:
            problems.append(_problem(grid.name, number, column, cause))
    return IntakeRow(number, values, raw, tuple(problems))


def _problem(sheet_name: str, row: int, column: MappedColumn, cause: str) -> Problem:
    return Problem(sheet_name, row, column.letter, column.heading, cause)


def _covered_by_merge(grid: Grid, mapping: HeaderMapping) -> dict[tuple[int, int], str]:
    """Empty cells of imported columns below the header that a merged range hides, with the range's name."""
    numbers = [column.number for column in mapping.imported]
    covered: dict[tuple[int, int], str] = {}
    steps, most_steps = 0, 2 * len(grid.rows) * len(numbers)
    for merge in grid.merges:
        place = (
            f"{cell_name(merge.first_row, merge.first_column)}:{cell_name(merge.last_row, merge.last_column)}"
        )
        within = [number for number in numbers if merge.first_column <= number <= merge.last_column]
        for row in range(
            max(merge.first_row, mapping.first_data_row), min(merge.last_row, len(grid.rows)) + 1
        ):
            steps += len(within)
            if steps > most_steps:
                raise Refused(
                    _("工作表“%(sheet)s”的合并单元格互相重叠。请取消合并后再上传。") % {"sheet": grid.name}
                )
            for number in within:
                if (row, number) != (merge.first_row, merge.first_column):
                    covered[row, number] = place
    return covered


# ---- rows that are no data -------------------------------------------------------------------------------------

TOTAL = re.compile(r"(?:.{0,12}(?:合计|小计|总计|共计)|累计)(?:[:(]?[\d,.]*(?:个|项|家|户|人|条|宗)?\)?)?")
SECTION = re.compile(
    r"(?:\([一二三四五六七八九十百]{1,4}\)|[一二三四五六七八九十百]{1,4}(?=$|[、.]))[、.]?.{0,30}"
)
NOTE = re.compile(
    r"(?:注|备注|附注|说明|填报说明|填表说明|填报人|填表人|制表人?|审核人?|复核人?|负责人|单位负责人|填报单位"
    r"|填报日期|填表日期|日期|联系电话|联系人):.*",
    re.DOTALL,
)
PLAIN_NUMBER = re.compile(r"\(?\d{1,5}[).、]?")
NUMBERED = re.compile(r"\(?\d{1,2}[).、].*", re.DOTALL)
TOTAL_WITHIN_TEXTS = 2


class _RowKinds:
    """Tells rows that are no data. Called in order: the continuation of a note follows a note."""

    def __init__(self, grid: Grid, mapping: HeaderMapping) -> None:
        self.grid = grid
        self.meaningless = frozenset(
            column.number for column in mapping.columns if column.role in {"computed", "row_number"}
        )
        self.numbering = next((column.number for column in mapping.columns if column.role == "row_number"), 0)
        self.has_plain_numbers = self.numbering > 0 and any(
            isinstance(value, (int, float))
            or (isinstance(value, str) and PLAIN_NUMBER.fullmatch(fold(value)))
            for value in (
                grid.cell(row, self.numbering) for row in range(mapping.first_data_row, len(grid.rows) + 1)
            )
        )
        self.text = ""
        self._after_note = False

    def of(self, row: int) -> SkipKind | None:
        filled = [
            (number, value)
            for number, value in enumerate(self.grid.rows[row - 1], start=1)
            if not is_empty(value)
        ]
        kind = self._kind(filled)
        if kind != "empty":
            self._after_note = kind == "note"
        return kind

    def _kind(self, filled: list[tuple[int, CellValue]]) -> SkipKind | None:
        texts = [fold(value) for _number, value in filled if isinstance(value, str)]
        self.text = raw_text(filled[0][1]).strip()[:60] if filled else ""
        if any(TOTAL.fullmatch(text) for text in texts[:TOTAL_WITHIN_TEXTS]):
            return "total"
        if self._is_note(filled, texts):
            return "note"
        if self._is_section(filled):
            return "section"
        if all(number in self.meaningless for number, _value in filled):
            return "empty"
        return None

    def _is_note(self, filled: list[tuple[int, CellValue]], texts: list[str]) -> bool:
        if not filled or len(texts) != len(filled):
            return False
        if all(NOTE.fullmatch(text) for text in texts):
            return True
        stands_alone = len(filled) == 1 and (self._after_note or filled[0][0] == self.numbering)
        return stands_alone and NUMBERED.fullmatch(texts[0]) is not None

    def _is_section(self, filled: list[tuple[int, CellValue]]) -> bool:
        if not filled or not (self.has_plain_numbers or len(filled) == 1):
            return False
        number, value = filled[0]
        return (
            number == self.numbering and isinstance(value, str) and SECTION.fullmatch(fold(value)) is not None
        )


# ---- doubles ---------------------------------------------------------------------------------------------------


def _without_doubles(
    rows: list[IntakeRow], mapping: HeaderMapping, sheet: Sheet, sheet_name: str
) -> tuple[IntakeRow, ...]:
    """Refuses every row of a doubled thing, naming the others: which of them is right only people know."""
    columns = {column.key: column for column in mapping.imported}
    if not sheet.key_columns or not set(sheet.key_columns) <= set(columns):
        return tuple(rows)
    same: dict[tuple[str, ...], list[int]] = {}
    identities: dict[int, tuple[str, ...]] = {}
    for row in rows:
        key = tuple(_comparable(row.values[key]) for key in sheet.key_columns)
        if all(key):
            identities[row.number] = key
            same.setdefault(key, []).append(row.number)
    labels = "、".join(str(sheet.column(key).label) for key in sheet.key_columns)
    found = []
    for row in rows:
        others = [number for number in same.get(identities.get(row.number, ()), ()) if number != row.number]
        if others:
            cause = _("与第%(rows)s行的%(labels)s相同；同一个只能有一行，请只留一行") % {
                "rows": "、".join(map(str, others[:5])),
                "labels": labels,
            }
            problem = _problem(sheet_name, row.number, columns[sheet.key_columns[0]], cause)
            row = replace(row, problems=(*row.problems, problem))
        found.append(row)
    return tuple(found)


def _comparable(value: object) -> str:
    return fold(str(value)) if value is not None else ""
