"""A DOCX is read again by another library, and set by LibreOffice where that is installed."""

import io
import shutil
import subprocess
import zipfile
from datetime import date
from pathlib import Path
from xml.etree.ElementTree import fromstring

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm
from hypothesis import given, settings
from hypothesis import strategies as st

from wutong.exchange.official.document import DocTable, Heading, OfficialDocument, Paragraph
from wutong.exchange.official.docx_writing import write_docx
from wutong.exchange.official.layout import FontNames, Layout
from wutong.exchange.official.tests.papers import filled, minutes, pages_of, paper
from wutong.exchange.official.texts import one_line

OFFICE = shutil.which("soffice")


def opened(document: OfficialDocument, layout: Layout | None = None) -> "docx.document.Document":
    return docx.Document(io.BytesIO(write_docx(document, layout)))


def test_paper_margins_and_grid_are_those_of_the_standard() -> None:
    section = opened(minutes()).sections[0]
    for found, mm in (
        (section.page_width, 210),
        (section.page_height, 297),
        (section.top_margin, 37),
        (section.bottom_margin, 35),
        (section.left_margin, 28),
        (section.right_margin, 26),
    ):
        assert found == pytest.approx(Mm(mm), abs=Mm(1) / 20)
    grid = section._sectPr.find(qn("w:docGrid"))
    assert grid.get(qn("w:type")) == "linesAndChars"
    area_twips = 225 * 72 / 25.4 * 20
    assert int(area_twips // int(grid.get(qn("w:linePitch")))) == 22
    width = 16 + int(grid.get(qn("w:charSpace"))) / 4096
    assert int(156 * 72 / 25.4 // width) == 28


def test_22_lines_of_28_characters_find_room_in_every_program() -> None:
    """Not by the grid, which programs read differently, but by exact lines and closer letters."""
    style = opened(minutes()).styles["Normal"].element
    spacing = style.find(qn("w:pPr")).find(qn("w:spacing"))
    assert spacing.get(qn("w:lineRule")) == "exact"
    area_twips = (16838 - 2098 - 1984, 11906 - 1587 - 1474)
    assert area_twips[0] // int(spacing.get(qn("w:line"))) == 22
    closer = int(style.find(qn("w:rPr")).find(qn("w:spacing")).get(qn("w:val")))
    assert area_twips[1] // (16 * 20 + closer) == 28


@pytest.mark.parametrize(
    ("style", "font", "size"),
    [
        ("Normal", "仿宋_GB2312", 16),
        ("公文正文", "仿宋_GB2312", 16),
        ("公文发文机关标志", "方正小标宋简体", 22),
        ("Title", "方正小标宋简体", 22),
        ("Heading 1", "黑体", 16),
        ("Heading 2", "楷体_GB2312", 16),
        ("Heading 3", "仿宋_GB2312", 16),
        ("公文版记", "仿宋_GB2312", 14),
        ("公文页码", "宋体", 14),
    ],
)
def test_styles_name_their_chinese_fonts(style: str, font: str, size: int) -> None:
    found = opened(minutes()).styles[style]
    fonts = found.element.find(qn("w:rPr")).find(qn("w:rFonts"))
    assert {fonts.get(qn(f"w:{script}")) for script in ("eastAsia", "ascii", "hAnsi", "cs")} == {font}
    assert found.font.size.pt == size


def test_the_fonts_of_the_layout_are_named() -> None:
    fonts = FontNames(body="仿宋")
    style = opened(minutes(), Layout(fonts=fonts)).styles["Normal"].element
    assert style.find(qn("w:rPr")).find(qn("w:rFonts")).get(qn("w:eastAsia")) == "仿宋"


def test_mark_and_rule_are_red_unless_the_paper_has_a_printed_head() -> None:
    for layout, colour in ((Layout(), "E60012"), (Layout(is_red=False), "000000")):
        document = opened(minutes(), layout)
        assert str(document.styles["公文发文机关标志"].font.color.rgb) == colour
        number = next(p for p in document.paragraphs if "〔2026〕12号" in p.text)
        assert number._p.pPr.find(qn("w:pBdr"))[0].get(qn("w:color")) == colour


def test_page_numbers_are_fields_right_on_odd_and_left_on_even_pages() -> None:
    document = opened(minutes())
    assert document.settings.odd_and_even_pages_header_footer
    section = document.sections[0]
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        line = footer.paragraphs[0]
        assert line.text == "— 1 —"
        assert " PAGE " in [item.text for item in line._p.iter(qn("w:instrText"))]
        assert line._p.pPr.find(qn("w:jc")).get(qn("w:val")) == side


def test_the_foot_begins_an_even_page_when_the_body_ends_on_an_odd_one() -> None:
    kinds = [section.start_type for section in opened(filled(45)).sections]
    assert [str(kind) for kind in kinds] == ["NEW_PAGE (2)", "EVEN_PAGE (3)"]
    assert len(opened(filled(23)).sections) == 1


def test_a_page_left_blank_for_the_foot_and_that_of_the_foot_have_no_number() -> None:
    last = opened(filled(43)).sections[-1]
    assert [footer.paragraphs[0].text for footer in (last.footer, last.even_page_footer)] == ["", ""]


def test_the_heading_row_of_a_table_is_repeated_and_rows_are_not_divided() -> None:
    table = opened(minutes()).tables[0]
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
    assert [cell.text for cell in table.rows[1].cells] == ["1", "补齐材料", "2026-12-01"]


SIGNS = st.sampled_from("国“”，。#*<>&\"'\\]]>𠮷㛃a 1\t\u0000\u0007\u001b\ud800\u202e\ufffe\ufeff")


@settings(max_examples=60, deadline=None)
@given(st.text(SIGNS, max_size=40))
def test_any_text_is_kept_and_none_breaks_the_file(text: str) -> None:
    made = paper(
        Paragraph(text),
        Heading(text),
        DocTable(text, [text], [[text]]),
        title=text,
        mark=text,
        number=text,
        signatory=text,
        copies_to=text,
        attendance=[(text, text)],
    )
    document = opened(made)
    assert document.tables[0].rows[1].cells[0].text == one_line(text)
    if one_line(text):
        assert one_line(text) in [line.text for line in document.paragraphs]


def test_the_same_document_is_the_same_file() -> None:
    first, second = write_docx(minutes()), write_docx(minutes())
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as file:
        assert {entry.date_time for entry in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert all(fromstring(file.read(name)) is not None for name in file.namelist())  # noqa: S314


def test_properties_name_the_document_and_its_own_day() -> None:
    properties = opened(minutes()).core_properties
    assert (properties.title, properties.author) == ("示例项目调度会议纪要", "示例高新区管理委员会会议纪要")
    assert properties.created is not None
    assert properties.created.date() == date(2026, 11, 25)


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed: the DOCX was not set")
def test_libreoffice_sets_22_lines_of_28_characters_and_the_foot_at_the_foot(tmp_path: Path) -> None:
    assert OFFICE is not None
    (tmp_path / "full.docx").write_bytes(write_docx(paper(Paragraph("国" * 28 * 50))))
    (tmp_path / "foot.docx").write_bytes(write_docx(filled(25)))
    subprocess.run(  # noqa: S603
        [
            OFFICE,
            f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            str(tmp_path),
            str(tmp_path / "full.docx"),
            str(tmp_path / "foot.docx"),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    page = pages_of((tmp_path / "full.pdf").read_bytes())[1]
    body = [line for line in page.lines if "国" in line.text]
    assert len(body) == 22
    assert {line.text.count("国") for line in body} == {28}
    assert body[0].left_mm == pytest.approx(28, abs=1)
    assert body[0].right_mm == pytest.approx(184, abs=1.5)
    last = pages_of((tmp_path / "foot.pdf").read_bytes())[-1]
    assert last.line("印发").top_mm == pytest.approx(262 - 7, abs=3)
