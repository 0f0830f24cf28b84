"""First look at an .xlsx workbook: the archive's sizes, then each sheet's XML as a stream.

The reader holds the box from the first to the last cell in memory, whatever is between: two cells, A1 and
XFD1048576, make it ask for 549 GB. Therefore the real extents are known before it sees the file.
"""

import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any
from xml.parsers import expat

from wutong.exchange.reading.extent import UNCALCULATED, SheetExtent
from wutong.exchange.reading.limits import Limits
from wutong.exchange.reading.unreadable import Unreadable

WORKBOOK = "xl/workbook.xml"
RELATIONSHIPS = "xl/_rels/workbook.xml.rels"
CHUNK_BYTES = 64 * 1024
REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
Handler = Callable[[str, dict[str, str]], Any]


def scan_xlsx(content: bytes, limits: Limits) -> list[SheetExtent]:
    """Extents of all worksheets. Refuses macros, passwords, bombs, DTDs and sheets beyond the limits."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members = _members(archive, limits)
            _refuse_foreign(archive, members)
            sheets = dict(_worksheets(archive, members, limits))
            for name in members:
                if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                    sheets.setdefault(name, posixpath.basename(name))
            extents = [
                _SheetScan(title, limits).run(archive, members[name]) for name, title in sheets.items()
            ]
            if "xl/sharedstrings.xml" in members:
                _parse(archive, members["xl/sharedstrings.xml"], lambda name, attributes: None)
            return extents
    except (zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, NotImplementedError) as error:
        raise Unreadable("damaged") from error


def _members(archive: zipfile.ZipFile, limits: Limits) -> dict[str, zipfile.ZipInfo]:
    infos = archive.infolist()
    if len(infos) > limits.archive_members:
        raise Unreadable("bomb")
    members: dict[str, zipfile.ZipInfo] = {}
    total = 0
    for info in infos:
        if info.flag_bits & 1:
            raise Unreadable("password")
        name = info.filename.replace("\\", "/").lower().lstrip("/")
        if name in members:
            raise Unreadable("damaged")  # two parts of one name: readers disagree which one counts
        members[name] = info
        total += info.file_size
        if total > limits.archive_bytes:
            raise Unreadable("bomb")
        if info.file_size > limits.ratio_from_bytes and info.file_size > limits.ratio * info.compress_size:
            raise Unreadable("bomb")
    return members


def _refuse_foreign(archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo]) -> None:
    if any(name.endswith("vbaproject.bin") or name.startswith("xl/macrosheets/") for name in members):
        raise Unreadable("macros")
    if "xl/workbook.bin" in members:
        raise Unreadable("binary_workbook")
    if WORKBOOK not in members:
        raise Unreadable("other_document" if "[content_types].xml" in members else "not_workbook")

    def look(name: str, attributes: dict[str, str]) -> None:
        if "macroenabled" in attributes.get("ContentType", "").lower():
            raise Unreadable("macros")

    if "[content_types].xml" in members:
        _parse(archive, members["[content_types].xml"], look)


def _worksheets(
    archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], limits: Limits
) -> Iterator[tuple[str, str]]:
    """(part of the archive, name of the sheet) of the sheets that the workbook lists."""
    targets: dict[str, str] = {}
    listed: list[tuple[str, str]] = []

    def relationship(name: str, attributes: dict[str, str]) -> None:
        if attributes.get("Type", "").endswith("/worksheet"):
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def sheet(name: str, attributes: dict[str, str]) -> None:
        if _local(name) == "sheet":
            identifier = next((value for key, value in attributes.items() if _local(key) == "id"), "")
            listed.append((identifier, attributes.get("name", "")))

    _parse(archive, members[WORKBOOK], sheet)
    if RELATIONSHIPS in members:
        _parse(archive, members[RELATIONSHIPS], relationship)
    if not listed:
        raise Unreadable("damaged")
    if len(listed) > limits.sheets:
        raise Unreadable("too_many_sheets", limit=limits.sheets)
    for identifier, title in listed:
        target = targets.get(identifier, "")
        name = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/").lower()
        if name in members:
            yield name, title


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _no_declarations(*_: object) -> None:
    raise Unreadable("entities")


def _parse(archive: zipfile.ZipFile, member: zipfile.ZipInfo, start: Handler) -> None:
    _run(archive, member, _parser(start))


def _parser(start: Handler) -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _no_declarations
    parser.EntityDeclHandler = _no_declarations
    parser.StartElementHandler = start
    return parser


def _run(archive: zipfile.ZipFile, member: zipfile.ZipInfo, parser: expat.XMLParserType) -> None:
    with archive.open(member) as part:
        while chunk := part.read(CHUNK_BYTES):
            parser.Parse(chunk, False)
    parser.Parse(b"", True)


class _SheetScan:
    """Follows rows and cells. A position that is not written is the one after the last, as in the reader."""

    def __init__(self, name: str, limits: Limits) -> None:
        self.extent = SheetExtent(name)
        self.limits = limits
        self.row = 0
        self.column = 0
        self.is_error = False
        self.has_formula = False
        self.has_value = False
        self.error_text: list[str] | None = None

    def run(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> SheetExtent:
        parser = _parser(self.start)
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.text
        parser.buffer_text = True
        _run(archive, member, parser)
        return self.extent

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = _local(name) if ":" in name else name
        if tag == "c":
            self._begin_cell(attributes)
        elif tag == "v" or tag == "is":
            self.has_value = True
            if self.is_error:
                self.error_text = []
        elif tag == "f":
            self.has_formula = True
        elif tag == "row":
            self.row = self._number(attributes["r"]) if "r" in attributes else self.row + 1
            self.column = 0

    def text(self, data: str) -> None:
        if self.error_text is not None:
            self.error_text.append(data)

    def end(self, name: str) -> None:
        tag = _local(name) if ":" in name else name
        if tag != "c" or not (self.has_value or self.has_formula):
            return
        self.extent.add(self.row, self.column, self.limits)
        if not self.has_value:
            self.extent.marks[self.row, self.column] = UNCALCULATED
        elif self.is_error:
            self.extent.marks[self.row, self.column] = "".join(self.error_text or []).strip()[:20]
        self.has_value = self.has_formula = False

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        self.column += 1
        reference = attributes.get("r")
        if reference is not None:
            match = REFERENCE.fullmatch(reference)
            if match is None:
                raise Unreadable("damaged")
            self.row = int(match[2])
            self.column = 0
            for letter in match[1].upper():
                self.column = self.column * 26 + ord(letter) - 64
        self.is_error = attributes.get("t") == "e"
        self.has_formula = self.has_value = False
        self.error_text = None

    def _number(self, text: str) -> int:
        if not text.isascii() or not text.isdigit() or len(text) > 7:
            raise Unreadable("damaged")
        return int(text)
