"""The reading process: workbook on standard input, lines of `protocol` on standard output.

    python -m wutong.exchange.reading.child MEMORY_BYTES CPU_SECONDS

It sets its limits before it looks at the first byte, and knows neither Django, nor the database, nor a path.
"""

import resource
import sys
from io import BytesIO
from typing import IO

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetMetadata,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from wutong.base.files.text_tables import table_text
from wutong.exchange.extents import examine
from wutong.exchange.reading.extent import SheetExtent
from wutong.exchange.reading.limits import LIMITS
from wutong.exchange.reading.protocol import encode_cell, to_line
from wutong.exchange.reading.text_table import SHEET_NAME, text_rows
from wutong.exchange.reading.unreadable import Unreadable

OPEN_FILES = 16


def limit_resources(memory_bytes: int, seconds: int) -> None:
    """Memory and processor time; no file can be written, and a crash leaves no dump with people's data."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def tell(content: bytes, out: IO[bytes]) -> None:
    """Writes the whole workbook, or why it is refused."""
    try:
        table = table_text(content)
        if table is not None:
            _tell_text(*table, out)
        else:
            _tell_workbook(content, out)
    except Unreadable as refusal:
        out.write(to_line({"refused": refusal.code, "detail": refusal.detail}))
    except PasswordError:
        out.write(to_line({"refused": "password", "detail": {}}))
    except CalamineError:
        out.write(to_line({"refused": "damaged", "detail": {}}))
    except MemoryError:
        out.write(to_line({"refused": "memory", "detail": {}}))
    else:
        out.write(to_line({"end": True}))
    out.flush()


def _tell_text(text: str, separator: str, out: IO[bytes]) -> None:
    out.write(to_line({"sheet": SHEET_NAME, "hidden": False, "merges": []}))
    for row, values in enumerate(text_rows(text, separator), start=1):
        _tell_row(row, 1, [encode_cell(value) for value in values], {}, out)


def _tell_workbook(content: bytes, out: IO[bytes]) -> None:
    extents = {extent.name: extent for extent in examine(content)}
    with CalamineWorkbook.from_filelike(BytesIO(content)) as workbook:
        for sheet in workbook.sheets_metadata:
            if sheet.typ == SheetTypeEnum.WorkSheet:
                _tell_sheet(workbook.get_sheet_by_name(sheet.name), sheet, extents.get(sheet.name), out)


def _tell_sheet(
    sheet: CalamineSheet, metadata: SheetMetadata, extent: SheetExtent | None, out: IO[bytes]
) -> None:
    merges = sheet.merged_cell_ranges or []
    if len(merges) > LIMITS.merges:
        raise Unreadable("damaged")
    out.write(
        to_line(
            {
                "sheet": sheet.name,
                "hidden": metadata.visible != SheetVisibleEnum.Visible,
                "merges": [[top + 1, left + 1, low + 1, right + 1] for (top, left), (low, right) in merges],
            }
        )
    )
    marks: dict[int, dict[int, str]] = {}
    for (row, column), mark in (extent.marks if extent else {}).items():
        marks.setdefault(row, {})[column] = mark
    first_column = sheet.start[1] + 1 if sheet.start else 1
    row = 0
    for row, values in enumerate(sheet.iter_rows(), start=1):
        cells = [encode_cell(value) for value in values]
        _tell_row(row, first_column, cells, marks.pop(row, {}), out)
    for row in sorted(number for number in marks if number > row):
        _tell_row(row, 1, [], marks[row], out)


def _tell_row(
    row: int, first_column: int, cells: list[object], marks: dict[int, str], out: IO[bytes]
) -> None:
    if marks:
        cells = [None] * (first_column - 1) + cells
        first_column = 1
        cells += [None] * (max(marks) - len(cells))
        for column, mark in marks.items():
            cells[column - 1] = {"e": mark}
    while cells and cells[-1] is None:
        cells.pop()
    if cells:
        out.write(to_line([row, first_column, cells]))


def main(arguments: list[str]) -> None:
    memory_bytes, seconds = (int(argument) for argument in arguments)
    limit_resources(memory_bytes, seconds)
    tell(sys.stdin.buffer.read(), sys.stdout.buffer)


if __name__ == "__main__":
    main(sys.argv[1:])
