"""Small contents of every kind, made here."""

import io
import zipfile

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(17)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(8)
OLE2 = bytes.fromhex("d0cf11e0a1b11ae1")


def zipped(*names: str, types: str = "<Types/>") -> bytes:
    stream = io.BytesIO()
    # A fixed moment: the same names give the same bytes in every process of a test run.
    with zipfile.ZipFile(stream, "w") as archive:
        for name, text in (("[Content_Types].xml", types), *((name, "<x/>") for name in names)):
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 5, 9, 0, 0)), text)
    return stream.getvalue()


def old_office(*streams: str) -> bytes:
    """An OLE2 header and a directory that names the streams."""
    entries = b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in ("Root Entry", *streams))
    return OLE2.ljust(512, b"\0") + entries


XLSX = zipped("xl/workbook.xml", "xl/worksheets/sheet1.xml")
DOCX = zipped("word/document.xml")
XLS = old_office("Workbook")
