"""Styles of a DOCX in the official layout. They carry Chinese names: an office goes on writing with them."""

from math import floor
from xml.etree.ElementTree import Element

from wutong.exchange.official.docx_parts import element, indent, qualified
from wutong.exchange.official.layout import (
    BODY_PT,
    CHARACTER_PITCH_PT,
    LINE_PITCH_PT,
    NOTE_PT,
    TABLE_PT,
    TITLE_PITCH_PT,
    TITLE_PT,
    FontNames,
    Layout,
)

RED, BLACK = "E60012", "000000"
NUMBER_LINE_PT = 16.0
FOOT_PITCH_PT = NOTE_PT * 1.7
TABLE_PITCH_PT = TABLE_PT * 1.5
CLOSER = floor((CHARACTER_PITCH_PT - BODY_PT) * 20) - 1
"""Twips between letters of the body, negative: 28 of them have to find room in a line. One more than needed, because
LibreOffice rounds the width of a line with a declared grid down."""

BODY, TEXT, MARK, NUMBER, TITLE = "Normal", "Text", "Mark", "Number", "Title"
NOTE, CAPTION, CELL, CELL_HEAD, FOOT, PAGE_NUMBER = (
    "Note",
    "Caption",
    "Cell",
    "CellHead",
    "Foot",
    "PageNumber",
)
LABEL = "Label"
"""Character style of 出席, 请假 and 列席."""

STAND_INS = {"仿宋_GB2312": "仿宋", "楷体_GB2312": "楷体", "方正小标宋简体": "华文中宋"}
"""What a word processor takes where it has no font of the older name."""


def heading_style(level: int) -> str:
    return f"Heading{level}"


def styles(layout: Layout) -> Element:
    """All styles, from the layout alone."""
    fonts, colour = layout.fonts, RED if layout.is_red else BLACK
    two = indent(firstLine=2)
    made = [
        _style(BODY, "Normal", fonts.body, align="both", base=""),
        _style(TEXT, "公文正文", fonts.body, ind=two),
        _style(MARK, "公文发文机关标志", fonts.title, TITLE_PT, align="center", colour=colour),
        _style(NUMBER, "公文发文字号", fonts.body, align="center"),
        _style(TITLE, "Title", fonts.title, TITLE_PT, align="center", pitch=TITLE_PITCH_PT),
        _style(NOTE, "公文密级和紧急程度", fonts.heading),
        _style(CAPTION, "caption", fonts.heading, align="center", keep=True),
        _style(CELL, "公文表格", fonts.body, TABLE_PT, align="left", pitch=TABLE_PITCH_PT),
        _style(CELL_HEAD, "公文表头", fonts.heading, TABLE_PT, align="center", pitch=TABLE_PITCH_PT),
        _style(FOOT, "公文版记", fonts.body, NOTE_PT, align="left", pitch=FOOT_PITCH_PT),
        _style(PAGE_NUMBER, "公文页码", fonts.number, NOTE_PT, pitch=NUMBER_LINE_PT),
    ]
    for level, font in enumerate((fonts.heading, fonts.subheading, fonts.body, fonts.body), start=1):
        name = f"heading {level}"
        made.append(_style(heading_style(level), name, font, ind=two, keep=True, outline=level - 1))
    label = element("style", element("name", val="公文标签"), type="character", styleId=LABEL)
    label.append(element("rPr", _font(fonts.heading)))
    language = element("lang", val="en-US", eastAsia="zh-CN", bidi="ar-SA")
    defaults = element("docDefaults", element("rPrDefault", element("rPr", language)), element("pPrDefault"))
    return element("styles", defaults, *made, label)


def font_table(fonts: FontNames) -> Element:
    """The fonts by name; older names with what may stand in for them."""
    names = dict.fromkeys((fonts.title, fonts.body, fonts.heading, fonts.subheading, fonts.number))
    table = element("fonts")
    for name in names:
        other = [element("altName", val=STAND_INS[name])] if name in STAND_INS else []
        table.append(element("font", *other, element("charset", val="86"), name=name))
    return table


def _font(name: str) -> Element:
    """One font for all scripts: “, — and figures belong to the Chinese text."""
    return element("rFonts", hint="eastAsia", ascii=name, hAnsi=name, eastAsia=name, cs=name)


def _style(
    style_id: str,
    name: str,
    font: str,
    size: float = BODY_PT,
    *,
    align: str = "",
    colour: str = BLACK,
    pitch: float = LINE_PITCH_PT,
    keep: bool = False,
    outline: int | None = None,
    ind: Element | None = None,
    base: str = BODY,
) -> Element:
    """A paragraph style; a line is exactly `pitch` points high.

    The section declares the grid of the standard, and no style snaps to it: LibreOffice gives a character that is wider
    than its cell two cells. Exact lines and letters set a little closer fill the same grid in every program.
    """
    properties = [element("keepNext")] if keep else []
    # Pages are filled to their last line, and Chinese stands beside figures without a gap: both keep the grid.
    properties += [
        element(tag, val=0) for tag in ("widowControl", "autoSpaceDE", "autoSpaceDN", "snapToGrid")
    ]
    properties.append(element("spacing", before=0, after=0, line=int(pitch * 20), lineRule="exact"))
    if ind is not None:
        properties.append(ind)
    if align:
        properties.append(element("jc", val=align))
    if outline is not None:
        properties.append(element("outlineLvl", val=outline))
    letters = [
        _font(font),
        element("color", val=colour),
        element("spacing", val=CLOSER if size == BODY_PT else 0),
        element("sz", val=round(size * 2)),
        element("szCs", val=round(size * 2)),
    ]
    made = element("style", element("name", val=name), type="paragraph", styleId=style_id)
    if base:
        made.append(element("basedOn", val=base))
    else:
        made.set(qualified("default"), "1")
    made.extend([element("qFormat"), element("pPr", *properties), element("rPr", *letters)])
    return made
