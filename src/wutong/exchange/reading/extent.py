"""What a first look at a sheet tells: how far it reaches, and which cells hold no usable result."""

from dataclasses import dataclass, field

from wutong.exchange.reading.grid import cell_name
from wutong.exchange.reading.limits import Limits
from wutong.exchange.reading.unreadable import Unreadable

UNCALCULATED = "#FORMULA"
"""Mark of a formula without a stored result: written by a program that does not calculate."""


@dataclass
class SheetExtent:
    """Cells with content are counted, and the lowest and rightmost position is kept (1-based).

    `marks` are cells the reader would show as empty although they are not: Excel errors (`#REF!`) and formulas
    without a result, by (row, column).
    """

    name: str
    cells: int = 0
    last_row: int = 0
    last_column: int = 0
    marks: dict[tuple[int, int], str] = field(default_factory=dict)

    def add(self, row: int, column: int, limits: Limits) -> None:
        """Counts one cell with content; refuses at once when the sheet grows beyond its limits."""
        self.cells += 1
        if row > self.last_row:
            self.last_row = row
        if column > self.last_column:
            self.last_column = column
        if (
            self.last_row > limits.rows
            or self.last_column > limits.columns
            or self.last_row * self.last_column > limits.area
        ):
            raise Unreadable(
                "too_far",
                sheet=self.name,
                cell=cell_name(row, column),
                rows=limits.rows,
                columns=limits.columns,
            )
        if self.cells > limits.cells:
            raise Unreadable("too_many_cells", sheet=self.name, limit=limits.cells)
