"""Pieces of WordprocessingML: elements, measures, paragraphs. Texts are set as text of elements, never as markup."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element, register_namespace

from wutong.exchange.official.layout import CHARACTER_PITCH_PT, MM

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"

register_namespace("w", WORD)
register_namespace("r", RELATION)


def twips(points: float) -> int:
    """Twentieths of a point."""
    return round(points * 20)


def twips_of_mm(mm: float) -> int:
    return twips(mm * MM)


def qualified(name: str) -> str:
    return f"{{{WORD}}}{name}"


def element(name: str, /, *children: Element, **attributes: object) -> Element:
    """`element("ind", left=632)`: names belong to the namespace of Word."""
    made = Element(
        qualified(name), {qualified(attribute): str(value) for attribute, value in attributes.items()}
    )
    made.extend(children)
    return made


def run(text: str, *, style: str = "", bold: bool = False) -> Element:
    """A run of text; `style` is the identifier of a character style."""
    made = element("r")
    properties = [element("rStyle", val=style)] if style else []
    properties += [element("b")] if bold else []
    if properties:
        made.append(element("rPr", *properties))
    made.append(_text("t", text))
    return made


def page_number() -> list[Element]:
    """Runs of a field that shows the number of its page."""
    return [
        element("r", element("fldChar", fldCharType="begin")),
        element("r", _text("instrText", " PAGE ")),
        element("r", element("fldChar", fldCharType="separate")),
        run("1"),
        element("r", element("fldChar", fldCharType="end")),
    ]


def _text(name: str, text: str) -> Element:
    made = element(name)
    made.text = text
    made.set(XML_SPACE, "preserve")
    return made


def paragraph(style: str, runs: Sequence[Element] = (), *properties: Element) -> Element:
    """A paragraph of a style. `properties` have to stand in the order of the schema: keepNext, pBdr, spacing, ind, jc,
    sectPr."""
    return element("p", element("pPr", element("pStyle", val=style), *properties), *runs)


def indent(**characters: float) -> Element:
    """An indent in characters of the grid, for programs that count characters and for those that measure."""
    made = element("ind")
    for side, count in characters.items():
        made.set(qualified(f"{side}Chars"), str(round(count * 100)))
        made.set(qualified(side), str(twips(count * CHARACTER_PITCH_PT)))
    return made


def rule(side: str, points: float, colour: str = "000000", space: float = 0) -> Element:
    """A line at one side; Word counts eighths of a point, `space` are points between text and line."""
    return element(side, val="single", sz=round(points * 8), space=round(space), color=colour)
