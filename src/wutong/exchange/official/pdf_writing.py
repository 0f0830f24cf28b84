"""The PDF of an official document, set by typst inside this process; nothing is fetched and no file is read."""

import json
import re
from dataclasses import asdict
from datetime import date
from functools import cache
from importlib.resources import files

import typst
from django.utils.translation import gettext as _

from wutong.base.errors import Refused
from wutong.exchange.official.composing import compose
from wutong.exchange.official.document import OfficialDocument
from wutong.exchange.official.layout import (
    BODY_PT,
    CHARACTER_PITCH_PT,
    LINE_PITCH_PT,
    NOTE_PT,
    STANDARD,
    TABLE_PT,
    TITLE_PITCH_PT,
    TITLE_PT,
    Layout,
)
from wutong.exchange.official.typefaces import families, installed_fonts

MOST_NAMED = 10
ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
NO_DAY = date(2000, 1, 1)
"""An archive's PDF has to name a day. It is that of the document, never that of its making, so that the same document
is the same file."""


def write_pdf(document: OfficialDocument, layout: Layout | None = None) -> bytes:
    """The document as PDF/A (for the archive); the same document gives the same bytes.

    Raises Refused when it is too long, when the machine has no Chinese font, and when it holds a character that no
    font of the machine has.
    """
    chosen = layout or STANDARD
    composed = compose(document, chosen)
    day = composed.day or NO_DAY
    data = {
        **asdict(composed),
        "day": {"year": day.year, "month": day.month, "day": day.day},
        "fonts": families(chosen.fonts),
        "page": {
            "line_pitch": LINE_PITCH_PT,
            "char_pitch": CHARACTER_PITCH_PT,
            "body_size": BODY_PT,
            "note_size": NOTE_PT,
            "table_size": TABLE_PT,
            "title_size": TITLE_PT,
            "title_pitch": TITLE_PITCH_PT,
            "is_red": chosen.is_red,
        },
    }
    try:
        return typst.compile(
            _page(),
            font_paths=installed_fonts(),
            sys_inputs={"document": json.dumps(data, ensure_ascii=False)},
            pdf_standards=["a-2b"],
        )
    except typst.TypstError as error:
        missing = _missing_characters(error.diagnostic)
        if not missing:
            raise
        raise Refused(
            _(
                "服务器的字体里没有这些字：%(signs)s，生成PDF会成空框。请改用通用字，或请管理员安装含这些字的字体；"
                "DOCX不受影响。"
            )
            % {"signs": "、".join(missing[:MOST_NAMED])}
        ) from None


def _missing_characters(diagnostic: str) -> list[str]:
    """An archive's PDF refuses a text without a glyph and quotes it, written as in the source of typst."""
    found = dict.fromkeys(re.findall(r'the text `"(.+?)"` could not be displayed', diagnostic))
    texts = (ESCAPED.sub(lambda match: chr(int(match[1], 16)), quoted) for quoted in found)
    return [f"{text}（{' '.join(f'U+{ord(sign):04X}' for sign in text)}）" for text in texts]


@cache
def _page() -> bytes:
    return files(__package__).joinpath("page.typ").read_bytes()
