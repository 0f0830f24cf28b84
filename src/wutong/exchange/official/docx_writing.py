"""The DOCX of an official document: a file that an office opens, corrects and prints."""

from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element

from wutong.exchange.official.composing import (
    Blank,
    Composed,
    Foot,
    Grid,
    Head,
    Item,
    Named,
    Piece,
    Signed,
    Text,
    Top,
    compose,
)
from wutong.exchange.official.document import OfficialDocument
from wutong.exchange.official.docx_package import Sections, package, section
from wutong.exchange.official.docx_parts import element, indent, paragraph, rule, run, twips, twips_of_mm
from wutong.exchange.official.docx_styles import (
    BLACK,
    BODY,
    CAPTION,
    CELL,
    CELL_HEAD,
    FOOT,
    LABEL,
    MARK,
    NOTE,
    NUMBER,
    RED,
    TEXT,
    TITLE,
    heading_style,
)
from wutong.exchange.official.layout import (
    BODY_PT,
    LINE_PITCH_PT,
    MARK_TOP_MM,
    MM,
    NOTE_PT,
    RULE_BELOW_NUMBER_MM,
    STANDARD,
    TYPE_AREA_MM,
    Layout,
)
from wutong.exchange.official.page_count import FootPlace, foot_place

AREA = twips_of_mm(TYPE_AREA_MM[0])
CELL_MARGIN = 80
THICK_PT, THIN_PT = 0.35 * MM, 0.25 * MM
"""7.4.1: first and last rule of the 版记 0.35 mm, those between 0.25 mm."""


def write_docx(document: OfficialDocument, layout: Layout | None = None) -> bytes:
    """The document as DOCX with named styles; the same document gives the same bytes.

    Raises Refused when it is too long. Fonts are only named: a word processor takes its own. Where a page ends is
    decided by the word processor; the 版记 is placed after a count of lines, which may be one page off when its fonts
    are unusual.
    """
    chosen = layout or STANDARD
    composed = compose(document, chosen)
    body = [
        *_top(composed.head, chosen),
        *_title(composed),
        *(drawn for item in composed.body for drawn in _item(item)),
    ]
    last = section(Sections.FIRST)
    if composed.foot is not None:
        place = foot_place(composed)
        if place is not FootPlace.SAME_PAGE:
            body.append(paragraph(FOOT, [], _low(), last))
            last = section(
                Sections.EVEN_PAGE if place is FootPlace.NEXT_PAGE else Sections.EVEN_PAGE_UNNUMBERED
            )
        body += [*_foot(composed.foot), paragraph(FOOT, [], _low())]
    if not body:
        body.append(paragraph(TEXT))
    return package(element("document", element("body", *body, last)), composed, chosen)


def _low(points: float = 0.5) -> Element:
    """For a paragraph that only has to be there."""
    return element("spacing", before=0, after=0, line=twips(points), lineRule="exact")


def _top(head: Top | None, layout: Layout) -> Iterator[Element]:
    if head is None:
        return
    colour = RED if layout.is_red else BLACK
    for words in head.notes:
        yield paragraph(NOTE, [run(words)])
    above = MARK_TOP_MM * MM - len(head.notes) * LINE_PITCH_PT - 0.1 * head.mark_size
    line = element(
        "spacing", before=twips(above), after=0, line=twips(head.mark_size * 1.2), lineRule="exact"
    )
    yield paragraph(MARK, [_sized(head.mark, head.mark_size)], line)
    below = RULE_BELOW_NUMBER_MM * MM - (LINE_PITCH_PT - BODY_PT) / 2
    yield paragraph(
        NUMBER,
        [run(head.number)] if head.number else [],
        element("pBdr", rule("bottom", 1.5, colour, below)),
        element("spacing", before=twips(2 * LINE_PITCH_PT)),
    )


def _sized(text: str, size: float) -> Element:
    made = run(text)
    half_points = round(size * 2)
    made.insert(0, element("rPr", element("sz", val=half_points), element("szCs", val=half_points)))
    return made


def _title(composed: Composed) -> Iterator[Element]:
    """Two empty lines below the red rule, one before what follows (7.3.1, 7.3.2)."""
    for at, words in enumerate(composed.title_lines):
        is_first, is_last = at == 0, at == len(composed.title_lines) - 1
        before = twips(2 * LINE_PITCH_PT) if is_first and composed.head else 0
        after = twips(LINE_PITCH_PT) if is_last else 0
        yield paragraph(TITLE, [run(words)], element("spacing", before=before, after=after))


def _item(item: Item) -> Iterator[Element]:
    match item:
        case Blank():
            yield paragraph(BODY, [], *_kept(item.sticky))
        case Text():
            yield paragraph(TEXT if item.indent else BODY, _runs(item.pieces), *_kept(item.sticky))
        case Head():
            yield paragraph(heading_style(item.level), _runs(item.pieces))
        case Named():
            hanging = indent(left=2 + item.hang, hanging=item.hang)
            yield paragraph(BODY, [run(item.label, style=LABEL), run(item.text)], hanging)
        case Signed():
            right = element("jc", val="right")
            yield paragraph(BODY, [run(item.text)], *_kept(item.sticky), indent(right=item.right), right)
        case Grid():
            if item.caption:
                yield paragraph(CAPTION, [run(item.caption)])
            yield _grid(item)


def _kept(sticky: bool) -> Sequence[Element]:
    return [element("keepNext")] if sticky else []


def _runs(pieces: Sequence[Piece]) -> list[Element]:
    return [run(piece.text, bold=piece.bold) for piece in pieces]


def _grid(item: Grid) -> Element:
    total = sum(item.widths)
    widths = [AREA * width // total for width in item.widths]
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    table = _table(widths, element("tblBorders", *(rule(side, 0.5) for side in sides)))
    heads = [_cell(words, width, CELL_HEAD) for words, width in zip(item.headings, widths, strict=True)]
    table.append(element("tr", element("trPr", element("cantSplit"), element("tblHeader")), *heads))
    for row in item.rows:
        cells = [_cell(words, width, CELL) for words, width in zip(row, widths, strict=True)]
        table.append(element("tr", element("trPr", element("cantSplit")), *cells))
    return table


def _table(widths: Sequence[int], borders: Element) -> Element:
    margins = (element(side, w=CELL_MARGIN, type="dxa") for side in ("left", "right"))
    return element(
        "tbl",
        element(
            "tblPr",
            element("tblW", w=sum(widths), type="dxa"),
            borders,
            element("tblLayout", type="fixed"),
            element("tblCellMar", *margins),
        ),
        element("tblGrid", *(element("gridCol", w=width) for width in widths)),
    )


def _cell(words: str, width: int, style: str) -> Element:
    properties = element("tcPr", element("tcW", w=width, type="dxa"), element("vAlign", val="center"))
    return element("tc", properties, paragraph(style, [run(words)] if words else []))


def _foot(foot: Foot) -> Iterator[Element]:
    """The 版记 in a frame at the lower edge of the type area. Its rules are paragraphs of their own, as wide as the type
    area; its texts stand one character from both edges."""
    one, three = twips(NOTE_PT), twips(3 * NOTE_PT)
    yield _rule_of_foot(THICK_PT)
    if foot.copies_to:
        ind = element("ind", left=one + three, hanging=three, right=one)
        yield paragraph(FOOT, [run(foot.copies_to)], _frame(), ind)
        if foot.printed_by or foot.printed_on:
            yield _rule_of_foot(THIN_PT)
    if foot.printed_by or foot.printed_on:
        tabs = element("tabs", element("tab", val="right", pos=AREA - one))
        runs = [run(foot.printed_by), element("r", element("tab")), run(foot.printed_on)]
        yield paragraph(FOOT, runs, _frame(), tabs, element("ind", left=one, right=one))
    yield _rule_of_foot(THICK_PT)


def _rule_of_foot(points: float) -> Element:
    """A black line as high as the rule: LibreOffice gives up a frame in which only some paragraphs have a border."""
    black = element("shd", val="clear", color="auto", fill=BLACK)
    return paragraph(FOOT, [], _frame(), black, _low(points))


def _frame() -> Element:
    """Paragraphs with the same frame stand in it together."""
    return element(
        "framePr", w=AREA, hSpace=0, wrap="notBeside", vAnchor="margin", hAnchor="margin", xAlign="left",
        yAlign="bottom",
    )  # fmt: skip
