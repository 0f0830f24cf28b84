"""A table of plain text (.csv) as rows of cells, within the limits of a worksheet. Knows no Django.

Every cell is text: what it means is settled later, by the column that it stands in.
"""

import csv
import io
from collections.abc import Iterator

from wutong.exchange.reading.extent import SheetExtent
from wutong.exchange.reading.limits import LIMITS, Limits
from wutong.exchange.reading.unreadable import Unreadable

SHEET_NAME = "CSV"
"""A text has no sheets; messages call its only one so."""


def text_rows(text: str, separator: str, limits: Limits = LIMITS) -> Iterator[list[str]]:
    """Raises `Unreadable`: damaged (a quotation mark that is never closed), too_far, too_many_cells."""
    extent = SheetExtent(SHEET_NAME)
    try:
        for number, cells in enumerate(
            csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True), start=1
        ):
            for place, cell in enumerate(cells, start=1):
                if cell:
                    extent.add(number, place, limits)
            yield cells
    except csv.Error:
        raise Unreadable("damaged") from None
