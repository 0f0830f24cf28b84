"""The parts of a DOCX besides its text: page, page numbers, settings, properties; and the zip file around them."""

import io
import zipfile
from datetime import date
from enum import Enum
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from wutong.exchange.official.composing import Composed
from wutong.exchange.official.docx_parts import (
    RELATION,
    element,
    page_number,
    paragraph,
    run,
    twips,
    twips_of_mm,
)
from wutong.exchange.official.docx_styles import NUMBER_LINE_PT, PAGE_NUMBER, font_table, styles
from wutong.exchange.official.layout import (
    BODY_PT,
    BOTTOM_MM,
    CHARACTER_PITCH_PT,
    LEFT_MM,
    LINE_PITCH_PT,
    NOTE_PT,
    NUMBER_BELOW_MM,
    PAGE_MM,
    RIGHT_MM,
    TOP_MM,
    Layout,
)

PACKAGE_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
CORE = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
DUBLIN, TERMS = "http://purl.org/dc/elements/1.1/", "http://purl.org/dc/terms/"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"

for prefix, address in (("cp", CORE), ("dc", DUBLIN), ("dcterms", TERMS), ("xsi", INSTANCE)):
    register_namespace(prefix, address)

ZIP_DAY = (1980, 1, 1, 0, 0, 0)
"""A zip file names a moment for each part; a fixed one makes the same document the same file."""
NO_DAY = date(2000, 1, 1)

FOOTERS = ("odd", "even", "none")
PARTS = {
    "document": "document.main",
    "styles": "styles",
    "settings": "settings",
    "fontTable": "fontTable",
    **{f"footer_{name}": "footer" for name in FOOTERS},
}
"""Name below word/, and what it is."""


class Sections(Enum):
    """Kinds of sections: the document; one that begins on an even page; the same with pages without numbers."""

    FIRST = "first"
    EVEN_PAGE = "even_page"
    EVEN_PAGE_UNNUMBERED = "even_page_unnumbered"


def section(kind: Sections) -> Element:
    """The paper, its margins, the grid of 22 lines by 28 characters (5.2) and the page numbers (7.5)."""
    odd, even = ("none", "none") if kind is Sections.EVEN_PAGE_UNNUMBERED else ("odd", "even")
    made = element("sectPr")
    for side, name in (("default", odd), ("even", even)):
        reference = element("footerReference", type=side)
        reference.set(f"{{{RELATION}}}id", f"footer_{name}")
        made.append(reference)
    made.append(element("type", val="nextPage" if kind is Sections.FIRST else "evenPage"))
    made.append(element("pgSz", w=twips_of_mm(PAGE_MM[0]), h=twips_of_mm(PAGE_MM[1])))
    made.append(
        element(
            "pgMar",
            top=twips_of_mm(TOP_MM),
            right=twips_of_mm(RIGHT_MM),
            bottom=twips_of_mm(BOTTOM_MM),
            left=twips_of_mm(LEFT_MM),
            header=twips_of_mm(15),
            footer=twips_of_mm(BOTTOM_MM - NUMBER_BELOW_MM) - twips(NUMBER_LINE_PT),
            gutter=0,
        )
    )
    # linePitch counts twips, charSpace 4096ths of a point that a character of the Normal style gets more.
    pitch, spare = int(LINE_PITCH_PT * 20), int((CHARACTER_PITCH_PT - BODY_PT) * 4096) - 1
    made.append(element("docGrid", type="linesAndChars", linePitch=pitch, charSpace=spare))
    return made


def package(document: Element, composed: Composed, layout: Layout) -> bytes:
    """The whole file."""
    roots = {
        "document": document,
        "styles": styles(layout),
        "settings": _settings(),
        "fontTable": font_table(layout.fonts),
        "footer_odd": element("ftr", _number_line("right")),
        "footer_even": element("ftr", _number_line("left")),
        "footer_none": element("ftr", paragraph(PAGE_NUMBER)),
    }
    parts = {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relations(
            {
                "document": (f"{RELATION}/officeDocument", "word/document.xml"),
                "core": (f"{PACKAGE_RELATIONS}/metadata/core-properties", "docProps/core.xml"),
            }
        ),
        "docProps/core.xml": _core(composed),
        "word/_rels/document.xml.rels": _relations(
            {
                name: (f"{RELATION}/{kind}", f"{name}.xml")
                for name, kind in PARTS.items()
                if name != "document"
            }
        ),
        **{f"word/{name}.xml": root for name, root in roots.items()},
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, root in parts.items():
            entry = zipfile.ZipInfo(name, ZIP_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(entry, tostring(root, encoding="UTF-8", xml_declaration=True))
    return buffer.getvalue()


def _number_line(side: str) -> Element:
    """“— 1 —”, one character from the edge."""
    ind = element("ind", **{side: twips(NOTE_PT)})
    runs = [run("— "), *page_number(), run(" —")]
    return paragraph(PAGE_NUMBER, runs, ind, element("jc", val=side))


def _settings() -> Element:
    """Compatibility mode 15 is Word 2013 and later; without it Word opens the file in a mode for old files."""
    mode = element(
        "compatSetting", name="compatibilityMode", uri="http://schemas.microsoft.com/office/word", val=15
    )
    return element(
        "settings",
        element("evenAndOddHeaders"),
        element("characterSpacingControl", val="compressPunctuation"),
        element("compat", element("useFELayout"), mode),
        element("themeFontLang", val="en-US", eastAsia="zh-CN"),
    )


def _content_types() -> Element:
    root = Element("Types", xmlns=CONTENT_TYPES)
    relations = "application/vnd.openxmlformats-package.relationships+xml"
    SubElement(root, "Default", Extension="rels", ContentType=relations)
    kinds = {f"/word/{name}.xml": f"{WORD_TYPE}.{kind}+xml" for name, kind in PARTS.items()}
    kinds["/docProps/core.xml"] = "application/vnd.openxmlformats-package.core-properties+xml"
    for name, kind in kinds.items():
        SubElement(root, "Override", PartName=name, ContentType=kind)
    return root


def _relations(targets: dict[str, tuple[str, str]]) -> Element:
    """Identifier → (type, target)."""
    root = Element("Relationships", xmlns=PACKAGE_RELATIONS)
    for name, (kind, target) in targets.items():
        SubElement(root, "Relationship", Id=name, Type=kind, Target=target)
    return root


def _core(composed: Composed) -> Element:
    """Title, author and the day of the document; never the day of its making."""
    root = Element(f"{{{CORE}}}coreProperties")
    for name, words in (("title", composed.title), ("creator", composed.author)):
        SubElement(root, f"{{{DUBLIN}}}{name}").text = words
    day = composed.day or NO_DAY
    for name in ("created", "modified"):
        moment = SubElement(root, f"{{{TERMS}}}{name}", {f"{{{INSTANCE}}}type": "dcterms:W3CDTF"})
        moment.text = f"{day.isoformat()}T00:00:00Z"
    return root
