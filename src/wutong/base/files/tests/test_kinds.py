import io

import openpyxl
import pytest
import xlwt

from wutong.base.files import kinds
from wutong.base.files.kinds import Kind, MacroFile, clean_name, recognise
from wutong.base.files.tests import samples


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (samples.PDF, kinds.PDF),
        (samples.PNG, kinds.PNG),
        (samples.JPEG, kinds.JPEG),
        (samples.XLSX, kinds.XLSX),
        (samples.DOCX, kinds.DOCX),
        (samples.XLS, kinds.XLS),
    ],
)
def test_what_may_be_kept_is_recognised_by_its_content(content: bytes, kind: Kind) -> None:
    assert recognise(content) is kind


def test_workbooks_written_by_ordinary_programs_are_recognised() -> None:
    new, old = io.BytesIO(), io.BytesIO()
    openpyxl.Workbook().save(new)
    book = xlwt.Workbook()
    book.add_sheet("台账")
    book.save(old)
    assert recognise(new.getvalue()) is kinds.XLSX
    assert recognise(old.getvalue()) is kinds.XLS


@pytest.mark.parametrize(
    "content",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"<!doctype html><script>alert(1)</script>",
        b"\xef\xbb\xbf<html>",
        b" %PDF-1.7",
        b"MZ\x90\x00",
        b"#!/bin/sh\n",
        b"GIF89a",
        b"a,b\n1,2\n",
        b"\x89PNG\r\n\x1a\n<script>",
        samples.zipped("index.html"),
        samples.zipped("xl/workbook.bin"),
        samples.old_office("WordDocument"),
        b"PK\x03\x04 not a zip at all",
        samples.XLSX[:80],
        b"PK\x05\x06" + bytes(18),
    ],
)
def test_everything_else_is_not_recognised(content: bytes) -> None:
    assert recognise(content) is None


@pytest.mark.parametrize(
    "content",
    [
        samples.zipped("xl/workbook.xml", "xl/vbaProject.bin"),
        samples.zipped("xl/workbook.xml", "xl/macrosheets/sheet1.xml"),
        samples.zipped("xl/workbook.xml", types="application/vnd.ms-excel.sheet.macroEnabled.main+xml"),
        samples.zipped("xl/workbook.xml", "xl/p.bin", types="application/vnd.ms-office.vbaProject"),
        samples.zipped("word/document.xml", "word/vbaProject.bin"),
        samples.old_office("Workbook", "_VBA_PROJECT_CUR"),
    ],
)
def test_a_workbook_with_macros_is_told_apart_whatever_its_name(content: bytes) -> None:
    with pytest.raises(MacroFile):
        recognise(content)


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("合同.pdf", "合同.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        (r"C:\Users\王五\桌面\合同.PDF", "合同.pdf"),
        ("合同\r\nSet-Cookie: a.pdf", "合同Set-Cookie_ a.pdf"),
        ("报告\u202efdp.exe", "报告fdp.exe.pdf"),
        ("页面.html", "页面.html.pdf"),
        (".pdf", "未命名.pdf"),
        ("", "未命名.pdf"),
        ("..", "未命名.pdf"),
        ("𠮷㐂.pdf", "𠮷㐂.pdf"),
    ],
)
def test_a_name_is_cleaned_and_gets_the_suffix_of_its_content(name: str, cleaned: str) -> None:
    assert clean_name(name, kinds.PDF) == cleaned


def test_a_long_name_is_cut_before_its_suffix() -> None:
    cleaned = clean_name("长" * 300 + ".jpeg", kinds.JPEG)
    assert cleaned.endswith("长.jpeg")
    assert len(cleaned) == 200
