"""Checks a workbook by its content before anything is parsed: kind, macros, password, sizes, real extents.

Runs in the reading child; knows neither Django nor file names (a name proves nothing).
"""

import re

from wutong.exchange.reading.compound import MAGIC as OLE2_MAGIC
from wutong.exchange.reading.compound import CompoundFile
from wutong.exchange.reading.extent import SheetExtent
from wutong.exchange.reading.limits import LIMITS, Limits
from wutong.exchange.reading.unreadable import Unreadable
from wutong.exchange.reading.xls_scan import scan_xls
from wutong.exchange.reading.xlsx_scan import scan_xlsx

ZIP_MAGIC = b"PK\x03\x04"
WEB_PAGE = re.compile(rb"<\s*(!doctype\s+html|html|head|body|table|meta)\b", re.IGNORECASE)


def examine(content: bytes, limits: Limits = LIMITS) -> list[SheetExtent]:
    """The extents of every worksheet of an .xlsx or .xls workbook.

    Raises `Unreadable` with a code: not_workbook, web_page, other_document, binary_workbook, macros, password,
    damaged, bomb, entities, too_many_sheets, too_far, too_many_cells.
    """
    if content.startswith(ZIP_MAGIC):
        return scan_xlsx(content, limits)
    if content.startswith(OLE2_MAGIC):
        return _examine_ole2(content, limits)
    if WEB_PAGE.search(content[:4096].replace(b"\0", b"")):
        raise Unreadable("web_page")
    raise Unreadable("not_workbook")


def _examine_ole2(content: bytes, limits: Limits) -> list[SheetExtent]:
    file = CompoundFile(content)
    if "EncryptedPackage" in file.names:
        raise Unreadable("password")
    if not file.names & {"Workbook", "Book"}:
        raise Unreadable("other_document")
    return scan_xls(file, limits)
