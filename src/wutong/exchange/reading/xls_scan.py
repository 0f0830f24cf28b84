"""First look at an .xls workbook (BIFF5 and BIFF8): walks the records, reads no values."""

import struct
from collections.abc import Iterator

from wutong.exchange.reading.compound import CompoundFile
from wutong.exchange.reading.extent import SheetExtent
from wutong.exchange.reading.limits import Limits
from wutong.exchange.reading.unreadable import Unreadable

BOF, EOF, BOUNDSHEET, FILEPASS = 0x0809, 0x000A, 0x0085, 0x002F
BIFF8 = 0x0600
WORKSHEET, MACRO_SHEET, VISUAL_BASIC = 0, 1, 6
NUMBER, LABEL, LABEL_SST, RICH_STRING, RK = 0x0203, 0x0204, 0x00FD, 0x00D6, 0x027E
FORMULA, BOOL_OR_ERROR, RK_ROW = 0x0006, 0x0205, 0x00BD
ONE_CELL = frozenset({NUMBER, LABEL, LABEL_SST, RICH_STRING, RK, FORMULA, BOOL_OR_ERROR})
ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}


def scan_xls(file: CompoundFile, limits: Limits) -> list[SheetExtent]:
    """Extents of the worksheets, in order. Refuses passwords, macros and sheets beyond the limits."""
    names = file.names
    if "_VBA_PROJECT_CUR" in names or "_VBA_PROJECT" in names:
        raise Unreadable("macros")
    stream = file.stream("Workbook" if "Workbook" in names else "Book")
    try:
        sheets = list(_worksheets(stream))
        if not sheets:
            raise Unreadable("damaged")
        if len(sheets) > limits.sheets:
            raise Unreadable("too_many_sheets", limit=limits.sheets)
        return [_extent(stream, offset, name, limits) for name, offset in sheets]
    except (struct.error, IndexError) as error:
        raise Unreadable("damaged") from error


def _records(stream: bytes, offset: int) -> Iterator[tuple[int, bytes]]:
    while offset + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, offset)
        yield kind, stream[offset + 4 : offset + 4 + length]
        offset += 4 + length


def _worksheets(stream: bytes) -> Iterator[tuple[str, int]]:
    version = 0
    for kind, body in _records(stream, 0):
        if kind == BOF and not version:
            (version,) = struct.unpack_from("<H", body)
        elif kind == FILEPASS:
            raise Unreadable("password")
        elif kind == BOUNDSHEET:
            offset, _, sheet_type, length = struct.unpack_from("<IBBB", body)
            if sheet_type in {MACRO_SHEET, VISUAL_BASIC}:
                raise Unreadable("macros")
            if sheet_type == WORKSHEET:
                yield _sheet_name(body[7:], length, version), offset
        elif kind == EOF:
            return


def _sheet_name(data: bytes, length: int, version: int) -> str:
    if version != BIFF8:
        return data[:length].decode("gb18030", errors="replace")
    if data[:1] and data[0] & 1:
        return data[1 : 1 + 2 * length].decode("utf-16-le", errors="replace")
    return data[1 : 1 + length].decode("latin-1")


def _extent(stream: bytes, offset: int, name: str, limits: Limits) -> SheetExtent:
    extent = SheetExtent(name)
    depth = 0
    for kind, body in _records(stream, offset):
        if kind == BOF:
            depth += 1
        elif kind == EOF:
            depth -= 1
            if depth <= 0:
                break
        elif depth > 1:
            continue  # a chart inside the sheet
        elif kind in ONE_CELL:
            row, column = struct.unpack_from("<HH", body)
            extent.add(row + 1, column + 1, limits)
            error = _error(kind, body)
            if error:
                extent.marks[row + 1, column + 1] = error
        elif kind == RK_ROW:
            row, first = struct.unpack_from("<HH", body)
            (last,) = struct.unpack_from("<H", body, len(body) - 2)
            for column in range(first, last + 1):
                extent.add(row + 1, column + 1, limits)
    return extent


def _error(kind: int, body: bytes) -> str:
    if kind == BOOL_OR_ERROR and body[7]:
        return ERRORS.get(body[6], "#N/A")
    if kind == FORMULA and body[12:14] == b"\xff\xff" and body[6] == 2:
        return ERRORS.get(body[8], "#N/A")
    return ""
