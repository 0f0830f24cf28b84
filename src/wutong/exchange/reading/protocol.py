"""What the child tells the parent: one JSON value a line.

    {"sheet": name, "hidden": bool, "merges": [[row, column, row, column], …]}
    [row, first column, [cell, …]]      a row with content of the sheet named before; both 1-based
    {"refused": code, "detail": {…}}    the workbook cannot be read; the last line
    {"end": true}                       everything was said; the last line

A cell is null, a text, a number, true or false, {"d": ISO date or time stamp} or {"e": Excel error}.
The parent trusts nothing: a line of another shape makes the whole answer unreadable.
"""

import json
import math
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from wutong.exchange.reading.grid import CellError, CellValue, Grid, Merge, Workbook
from wutong.exchange.reading.unreadable import Unreadable


def to_line(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode() + b"\n"


def encode_cell(value: Any) -> object:
    """One value of the reader (calamine) as JSON."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, float):
        return value if math.isfinite(value) else {"e": "#NUM!"}
    if isinstance(value, (bool, int)):
        return value
    if isinstance(value, (date, datetime)):
        return {"d": value.isoformat()}
    if isinstance(value, time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return None


def decode_cell(value: Any) -> CellValue:
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, dict) and len(value) == 1:
        ((kind, text),) = value.items()
        if kind == "d" and isinstance(text, str):
            return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
        if kind == "e" and isinstance(text, str):
            return CellError(text)
    raise ValueError("unknown cell")


class Answer:
    """Collects the child's lines into a workbook. `add` raises ValueError (or a relative) on a foreign line."""

    def __init__(self) -> None:
        self._sheets: list[Grid] = []
        self._ended = False
        self.refusal: Unreadable | None = None

    def add(self, line: bytes) -> None:
        value = json.loads(line, parse_constant=_refuse_constant)
        if isinstance(value, list):
            self._add_row(*value)
        elif "sheet" in value:
            self._sheets.append(
                Grid(
                    name=str(value["sheet"]).replace("\0", ""),
                    rows=[],
                    hidden=value["hidden"] is True,
                    merges=tuple(Merge(*map(int, merge)) for merge in value["merges"]),
                )
            )
        elif "refused" in value:
            self.refusal = Unreadable(str(value["refused"]), **_detail(value["detail"]))
        else:
            self._ended = value == {"end": True}

    def _add_row(self, row: int, first_column: int, cells: list[Any]) -> None:
        rows = self._sheets[-1].rows
        if not len(rows) < row <= 1_048_576 or not 1 <= first_column <= 16_384:
            raise ValueError("rows out of order")
        rows.extend([] for _ in range(row - len(rows) - 1))
        rows.append([None] * (first_column - 1) + [decode_cell(cell) for cell in cells])

    def workbook(self) -> Workbook | None:
        """None when the child stopped before its last line."""
        return Workbook(tuple(self._sheets)) if self._ended else None


def _refuse_constant(name: str) -> float:
    raise ValueError(name)


def _detail(detail: Mapping[str, Any]) -> dict[str, str | int]:
    items: Iterable[tuple[str, Any]] = detail.items()
    return {key: value if isinstance(value, int) else str(value) for key, value in items}
