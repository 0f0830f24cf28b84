"""Where the pages of a document end, counted in lines. A DOCX has no pages before a word processor sets it, but its 版记
has to be told whether it begins a page. The count follows the grid and knows nothing of single letters' widths."""

from collections.abc import Sequence
from enum import Enum
from math import ceil

from wutong.exchange.official.composing import Blank, Composed, Foot, Grid, Head, Item, Named, Signed, Text
from wutong.exchange.official.docx_styles import FOOT_PITCH_PT, TABLE_PITCH_PT
from wutong.exchange.official.layout import (
    CHARACTERS_OF_LINE,
    LINE_PITCH_PT,
    LINES_OF_PAGE,
    MARK_TOP_MM,
    MM,
    NOTE_PT,
    RULE_BELOW_NUMBER_MM,
    TABLE_PT,
    TITLE_PITCH_PT,
    TITLE_PT,
    TYPE_AREA_MM,
)
from wutong.exchange.official.texts import width_of

AREA_PT = TYPE_AREA_MM[0] * MM
CELL_MARGIN_PT = 8.0


class FootPlace(Enum):
    """7: the 版记 stands on the last page, which is an even one."""

    SAME_PAGE = "same_page"
    NEXT_PAGE = "next_page"
    AFTER_BLANK_PAGE = "after_blank_page"


def foot_place(composed: Composed) -> FootPlace:
    """Where the 版记 goes when the body is set in the grid."""
    page, used = end_of_body(composed)
    if page % 2:
        return FootPlace.NEXT_PAGE
    needed = _foot_lines(composed.foot) + 1 if composed.foot else 0
    return FootPlace.SAME_PAGE if used + needed <= LINES_OF_PAGE else FootPlace.AFTER_BLANK_PAGE


def end_of_body(composed: Composed) -> tuple[int, float]:
    """The page on which the body ends, from 1, and the lines of that page which it takes."""
    page, used = 1, _lines_above_body(composed)
    for item in composed.body:
        for height in _rows(item):
            if used + height > LINES_OF_PAGE + 0.01:
                page, used = page + 1, 0.0
            used += height
    return page, used


def _lines_above_body(composed: Composed) -> float:
    points = 0.0
    if composed.head:
        points += MARK_TOP_MM * MM + composed.head.mark_size * 1.1 + RULE_BELOW_NUMBER_MM * MM
        points += 4.8 * LINE_PITCH_PT if composed.title_lines else 2.8 * LINE_PITCH_PT
    if composed.title_lines:
        lines = sum(max(1, ceil(width_of(line) * TITLE_PT / AREA_PT)) for line in composed.title_lines)
        points += lines * TITLE_PITCH_PT + LINE_PITCH_PT
    return points / LINE_PITCH_PT


def _rows(item: Item) -> list[float]:
    """Heights in lines of what is not divided."""
    match item:
        case Blank() | Signed():
            return [1.0]
        case Text():
            return [1.0] * _lines(item.indent + sum(width_of(piece.text) for piece in item.pieces))
        case Head():
            return [1.0] * _lines(2 + sum(width_of(piece.text) for piece in item.pieces))
        case Named():
            return [1.0] * _lines(width_of(item.text), CHARACTERS_OF_LINE - 2 - item.hang)
        case Grid():
            rows = [_row_height(item, row) for row in (item.headings, *item.rows)]
            return [1.0, *rows] if item.caption else rows


def _lines(width: float, of_line: float = CHARACTERS_OF_LINE) -> int:
    return max(1, ceil(width / max(of_line, 1.0)))


def _row_height(item: Grid, row: Sequence[str]) -> float:
    total = sum(item.widths)
    lines = 1
    for words, width in zip(row, item.widths, strict=True):
        letters = (AREA_PT * width / total - CELL_MARGIN_PT) / TABLE_PT
        lines = max(lines, _lines(width_of(words), letters))
    return lines * TABLE_PITCH_PT / LINE_PITCH_PT


def _foot_lines(foot: Foot) -> float:
    letters = AREA_PT / NOTE_PT - 5
    lines = _lines(width_of(foot.copies_to), letters) if foot.copies_to else 0
    lines += 1 if foot.printed_by or foot.printed_on else 0
    return lines * FOOT_PITCH_PT / LINE_PITCH_PT
