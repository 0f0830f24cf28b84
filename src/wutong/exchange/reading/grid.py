"""A workbook as rows of values, at the positions that Excel shows."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class CellError:
    """A cell that shows an Excel error such as `#REF!`, or a formula that was never calculated."""

    code: str


CellValue = str | int | float | bool | date | datetime | CellError | None
"""None is an empty cell. A number keeps what Excel stores; nothing is interpreted here."""


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged range, first and last row and column, 1-based. Only its top left cell has content."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


@dataclass(frozen=True)
class Grid:
    """One sheet. `rows[0]` is row 1 of Excel and its first value column A; rows end after their last content."""

    name: str
    rows: list[list[CellValue]]
    hidden: bool = False
    merges: tuple[Merge, ...] = ()

    def cell(self, row: int, column: int) -> CellValue:
        """The value at a 1-based position, None beyond the content."""
        if row > len(self.rows):
            return None
        values = self.rows[row - 1]
        return values[column - 1] if column <= len(values) else None


@dataclass(frozen=True)
class Workbook:
    sheets: tuple[Grid, ...]


def column_letter(column: int) -> str:
    """1 is A, 27 is AA."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def cell_name(row: int, column: int) -> str:
    return f"{column_letter(column)}{row}"
