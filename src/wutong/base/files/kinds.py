"""What a file is, by its content. Pure functions of bytes: the name and the browser's word count for nothing."""

import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass

from wutong.base.files.text_tables import table_text

OLE2 = bytes.fromhex("d0cf11e0a1b11ae1")
MAX_ENTRIES = 10_000
CONTENT_TYPES_LIMIT = 2 * 1024 * 1024
NAME_LENGTH = 200
NAMELESS = "未命名"


@dataclass(frozen=True)
class Kind:
    """A kind of content that may be stored. The first of `suffixes` is given to a name that has none of them."""

    code: str
    content_type: str
    suffixes: tuple[str, ...]


PDF = Kind("pdf", "application/pdf", (".pdf",))
PNG = Kind("png", "image/png", (".png",))
JPEG = Kind("jpeg", "image/jpeg", (".jpg", ".jpeg"))
XLS = Kind("xls", "application/vnd.ms-excel", (".xls",))
XLSX = Kind("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (".xlsx",))
DOCX = Kind("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", (".docx",))
KINDS = (PDF, PNG, JPEG, XLSX, XLS, DOCX)
CSV = Kind("csv", "text/csv", (".csv",))
"""A table of plain text: kept where a table is read from it, never as a proof."""


class MacroFile(ValueError):
    """An office file that carries a program."""


def recognise(content: bytes) -> Kind | None:
    """The kind of the content, or None for everything else. Raises MacroFile."""
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR":
        return PNG
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(OLE2):
        return _old_office(content)
    if content.startswith(b"PK\x03\x04"):
        return _zipped_office(content)
    return None


def recognise_table(content: bytes) -> Kind | None:
    """CSV for a table of plain text, which has no mark of its own."""
    return CSV if table_text(content) else None


def _old_office(content: bytes) -> Kind | None:
    """Streams of an OLE2 file are named in UTF-16 in its directory; other Office files lack these two."""
    if _stream(content, "_VBA_PROJECT"):
        raise MacroFile
    return XLS if _stream(content, "Workbook") or _stream(content, "Book") else None


def _stream(content: bytes, name: str) -> bool:
    """Whether a directory entry begins with the name. Entries are 128 bytes long and begin at multiples of it."""
    wanted, at = name.encode("utf-16-le"), -1
    while (at := content.find(wanted, at + 1)) != -1:
        if at % 128 == 0:
            return True
    return False


def _zipped_office(content: bytes) -> Kind | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.namelist()
            if len(entries) > MAX_ENTRIES or "[Content_Types].xml" not in entries:
                return None
            with archive.open("[Content_Types].xml") as stream:
                declared = stream.read(CONTENT_TYPES_LIMIT).lower()
    except (zipfile.BadZipFile, ValueError, OSError, RuntimeError, NotImplementedError, EOFError):
        return None
    has_program = any(name.lower().endswith("vbaproject.bin") or "/macrosheets/" in name for name in entries)
    if has_program or b"macroenabled" in declared or b"vbaproject" in declared:
        raise MacroFile
    if "xl/workbook.xml" in entries:
        return XLSX
    return DOCX if "word/document.xml" in entries else None


def clean_name(name: str, kind: Kind | None = None) -> str:
    """A name that is safe to store and to offer for download: no folders, no control or direction characters,
    at most 200 characters, and with a suffix of its kind."""
    last = re.split(r"[/\\]", name)[-1]
    shown = "".join(
        " " if unicodedata.category(character) in {"Zl", "Zp"} else character for character in last
    )
    shown = "".join(character for character in shown if not unicodedata.category(character).startswith("C"))
    shown = re.sub(r'[<>:"|?*]', "_", shown).rstrip(" .")
    suffix = ""
    if kind is not None:
        suffix = next((ending for ending in kind.suffixes if shown.lower().endswith(ending)), "")
        shown = shown[: len(shown) - len(suffix)]
        suffix = suffix or kind.suffixes[0]
    return f"{shown[: NAME_LENGTH - len(suffix)].strip(' .') or NAMELESS}{suffix}"
