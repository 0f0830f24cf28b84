"""Whatever is uploaded ends as a workbook or as a refusal in plain words; the process that asked stays alive."""

import io
import json
import os
import subprocess
import sys
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from wutong.base.errors import Refused
from wutong.exchange.extents import examine
from wutong.exchange.reading import process
from wutong.exchange.reading.grid import CellError, Merge, Workbook, cell_name
from wutong.exchange.reading.limits import Limits
from wutong.exchange.reading.process import ENVIRONMENT, read_workbook
from wutong.exchange.reading.protocol import Answer
from wutong.exchange.reading.refusals import SENTENCES, refusal
from wutong.exchange.reading.unreadable import Unreadable
from wutong.exchange.tests import samples
from wutong.exchange.tests.samples import (
    HEADER,
    ROW,
    compound_file,
    handmade,
    text_cell,
    two_far_cells,
    xls,
    xlsx,
)

MEMORY = 512 * 1024 * 1024
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(200)
WEB_PAGE = (
    "<html><head><meta charset='utf-8'></head><table><tr><td>项目名称</td></tr></table></html>".encode()
)


@pytest.fixture
def read(tmp_path: Path):  # type: ignore[no-untyped-def]
    def reader(content: bytes, memory_bytes: int = MEMORY, seconds: int = 30) -> Workbook:
        path = tmp_path / "upload"
        path.write_bytes(content)
        return read_workbook(path, memory_bytes=memory_bytes, seconds=seconds)

    return reader


@pytest.fixture
def refused(read):  # type: ignore[no-untyped-def]
    def reader(content: bytes, **limits: int) -> str:
        with pytest.raises(Refused) as caught:
            read(content, **limits)
        return str(caught.value.message)

    return reader


# ---- what is read ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [lambda rows: xlsx({"推进库": rows}), xls], ids=["xlsx", "xls"])
def test_both_formats_give_the_same_rows_at_the_places_of_excel(read, make) -> None:  # type: ignore[no-untyped-def]
    rows = [
        [],
        [],
        [None, None, "项目名称", "𠮷㐂"],
        [None, None, 0.1 + 0.2, date(2023, 1, 6)],
        [],
        [None, True],
    ]
    found = read(make(rows)).sheets[0]
    assert found.name == "推进库"
    assert found.rows == [
        [],
        [],
        [None, None, "项目名称", "𠮷㐂"],
        [None, None, pytest.approx(0.3), date(2023, 1, 6)],
        [],
        [None, True],
    ]
    assert found.cell(3, 4) == "𠮷㐂"
    assert found.cell(99, 1) is None


def test_hidden_sheets_and_merged_ranges_are_told(read) -> None:  # type: ignore[no-untyped-def]
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        book.add_worksheet("一").merge_range("B2:C4", "合并")
        page = book.add_worksheet("二")
        page.write("A1", "x")
        page.hide()
    first, second = read(stream.getvalue()).sheets
    assert first.merges == (Merge(2, 2, 4, 3),)
    assert (first.hidden, second.hidden) == (False, True)


def test_a_moment_and_a_serial_number_stay_what_they_are(read) -> None:  # type: ignore[no-untyped-def]
    moment = datetime(2023, 1, 6, 13, 30)  # noqa: DTZ001
    assert read(xlsx({"a": [[moment, 44932]]})).sheets[0].rows == [[moment, 44932.0]]


def test_an_error_and_a_formula_never_calculated_are_not_empty(read) -> None:  # type: ignore[no-untyped-def]
    cells = (
        '<c r="B1" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="C1"><f>1+1</f><v>2</v></c>'
        '<c r="D1" t="str"><f>""</f><v></v></c>'
    )
    content = handmade(
        f'<row r="1">{text_cell("A1", "x")}{cells}</row><row r="3"><c r="A3"><f>1+1</f></c></row>'
    )
    assert read(content).sheets[0].rows == [
        ["x", CellError("#DIV/0!"), 2.0],
        [],
        [CellError("#FORMULA")],
    ]


def test_cells_without_written_places_follow_each_other(read) -> None:  # type: ignore[no-untyped-def]
    content = handmade("<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>")
    assert read(content).sheets[0].rows == [[1.0, 2.0], [3.0]]


def test_empty_cells_that_only_look_nice_do_not_count(read) -> None:  # type: ignore[no-untyped-def]
    content = handmade(
        f'<row r="1">{text_cell("A1", "x")}<c r="XFD1" s="0"/></row><row r="1048576"><c r="A1048576" s="0"/></row>'
    )
    assert read(content).sheets[0].rows == [["x"]]


# ---- what is refused -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (PNG, "这不是 Excel 工作簿"),
        ("项目名称：甲\n投资方：乙\n".encode("gb18030"), "这不是 Excel 工作簿"),
        (b"", "这不是 Excel 工作簿"),
        (WEB_PAGE, "文件内容是网页"),
        (WEB_PAGE.decode().encode("utf-16"), "文件内容是网页"),
        (compound_file("WordDocument"), "可能是 Word"),
        (compound_file("EncryptedPackage", "EncryptionInfo"), "有打开密码"),
        (compound_file("Workbook", "_VBA_PROJECT_CUR"), "带有宏"),
        (compound_file("Workbook"), "已损坏"),
        (xlsx({"推进库": [HEADER, ROW]})[:-400], "已损坏"),
        (xlsx({"推进库": [HEADER, ROW]})[:200], "已损坏"),
        (xls([HEADER])[:1500], "已损坏"),
        (handmade("", extra={"xl/vbaProject.bin": b"x"}), "带有宏"),
        (handmade("", extra={"xl/macrosheets/sheet1.xml": "<x/>"}), "带有宏"),
        (
            handmade(
                "", extra={"[Content_Types].xml": '<T><O ContentType="a.sheet.macroEnabled.main+xml"/></T>'}
            ),
            "带有宏",
        ),
        (handmade("", extra={"xl/workbook.bin": b"x"}), ".xlsb"),
        (handmade("<row r='1'><c r='A1'><v>1</c></row>"), "已损坏"),
        (handmade("<row r='1'><c r='ZZZZZ99999999'><v>1</v></c></row>"), "已损坏"),
    ],
)
def test_what_is_no_plain_workbook_is_refused_in_plain_words(refused, content: bytes, words: str) -> None:  # type: ignore[no-untyped-def]
    assert words in refused(content)


def test_a_zip_of_something_else_is_no_workbook(refused) -> None:  # type: ignore[no-untyped-def]
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("说明.txt", "x")
    assert "这不是 Excel 工作簿" in refused(stream.getvalue())


def test_two_far_cells_do_not_take_the_machine(refused) -> None:  # type: ignore[no-untyped-def]
    content = two_far_cells()
    assert len(content) < 5_000
    message = refused(content)
    assert "工作表“推进库”的内容一直延伸到 XFD1048576 单元格" in message
    assert "请删除右侧和下方的空白区域后再上传" in message


def test_two_far_cells_of_an_old_workbook_are_named_too(refused) -> None:  # type: ignore[no-untyped-def]
    book = samples.xlwt.Workbook()
    page = book.add_sheet("推进库")
    page.write(0, 0, "x")
    page.write(65_535, 255, "y")
    stream = io.BytesIO()
    book.save(stream)
    assert "工作表“推进库”的内容一直延伸到 IV65536 单元格" in refused(stream.getvalue())


@pytest.mark.parametrize(
    "prologue",
    [
        '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>',
        '<!DOCTYPE x SYSTEM "other.xml">',
    ],
)
def test_declarations_that_multiply_or_fetch_are_refused(refused, prologue: str) -> None:  # type: ignore[no-untyped-def]
    assert "DTD" in refused(handmade(f'<row r="1">{text_cell("A1", "x")}</row>', prologue=prologue))


def test_declarations_are_refused_in_the_shared_texts_too(refused) -> None:  # type: ignore[no-untyped-def]
    extra = {"xl/sharedStrings.xml": '<!DOCTYPE s [<!ENTITY a "ha">]><sst><si><t>&a;</t></si></sst>'}
    assert "DTD" in refused(handmade("", extra=extra))


def test_an_archive_that_unpacks_to_very_much_is_refused(refused) -> None:  # type: ignore[no-untyped-def]
    assert "解压后过大" in refused(handmade("", extra={"xl/media/a.xml": b" " * 20_000_000}))


def test_an_archive_that_lies_about_its_size_is_refused(refused) -> None:  # type: ignore[no-untyped-def]
    content = bytearray(handmade("<!--" + " " * 20_000_000 + "-->"))
    directory = content.rindex(b"PK\x01\x02")
    content[directory + 24 : directory + 28] = (1_000).to_bytes(4, "little")
    assert "已损坏" in refused(bytes(content))


def test_two_parts_of_one_name_are_refused(refused) -> None:  # type: ignore[no-untyped-def]
    stream = io.BytesIO(handmade(""))
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr("xl/worksheets/Sheet1.xml", "<worksheet/>")
    assert "已损坏" in refused(stream.getvalue())


def test_limits_name_the_sheet_they_stop_at() -> None:
    content = xlsx({"一": [["x"]], "二": [["x"] * 5] * 5})
    for limits, code in (
        (Limits(rows=4), "too_far"),
        (Limits(columns=4), "too_far"),
        (Limits(area=24), "too_far"),
        (Limits(cells=24), "too_many_cells"),
    ):
        with pytest.raises(Unreadable) as caught:
            examine(content, limits)
        assert (caught.value.code, caught.value.detail["sheet"]) == (code, "二")
    with pytest.raises(Unreadable, match="too_many_sheets"):
        examine(content, Limits(sheets=1))
    with pytest.raises(Unreadable, match="bomb"):
        examine(content, Limits(archive_members=3))


def test_a_file_that_points_at_itself_ends() -> None:
    content = bytearray(compound_file("Workbook", content=b"x" * 5_000))
    content[512 + 2 * 4 : 512 + 3 * 4] = (2).to_bytes(4, "little")
    with pytest.raises(Unreadable, match="damaged"):
        examine(bytes(content))


@pytest.mark.parametrize("make", [lambda: xlsx({"推进库": [HEADER, ROW]}), lambda: xls([HEADER, ROW])])
def test_a_damaged_file_is_refused_or_read_and_never_crashes(make) -> None:  # type: ignore[no-untyped-def]
    whole = make()
    for place in range(0, len(whole), max(1, len(whole) // 150)):
        damaged = bytearray(whole)
        damaged[place] ^= 0xFF
        for content in (bytes(damaged), whole[:place]):
            try:
                examine(content)
            except Unreadable as unreadable:
                assert unreadable.code in SENTENCES


# ---- the child -------------------------------------------------------------------------------------------------


def test_a_reader_without_memory_is_a_refusal(refused) -> None:  # type: ignore[no-untyped-def]
    content = xlsx({"推进库": [["项目" * 50] * 20] * 3_000})
    assert "没有写入任何数据" in refused(content, memory_bytes=40 * 1024 * 1024)


def test_a_reader_that_takes_too_long_is_stopped(
    read, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:  # type: ignore[no-untyped-def]
    slow = tmp_path / "slow"
    slow.write_text("#!/bin/sh\nexec sleep 30\n")
    slow.chmod(0o755)
    monkeypatch.setattr(process.sys, "executable", str(slow))
    with pytest.raises(Refused, match="超过1秒"):
        read(b"x", seconds=1)


@pytest.mark.parametrize(
    "says",
    ["nonsense", "[1,1]", '{"end": true, "x": 1}', '{"sheet": "a"}', '[1, 1, [{"x": "y"}]]', "NaN", ""],
)
def test_a_reader_that_says_something_else_is_a_refusal(
    read,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    says: str,  # type: ignore[no-untyped-def]
) -> None:
    other = tmp_path / "other"
    other.write_text(f"#!/bin/sh\necho '{says}'\n")
    other.chmod(0o755)
    monkeypatch.setattr(process.sys, "executable", str(other))
    with pytest.raises(Refused, match="读取工作簿时中断"):
        read(b"x")


def test_a_reader_that_says_too_much_is_stopped(read, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(process, "OUTPUT_MAX_BYTES", 1_000)
    with pytest.raises(Refused, match="内存上限"):
        read(xlsx({"推进库": [["项目"] * 20] * 50}))


def test_the_reader_knows_no_django_and_may_not_write(tmp_path: Path) -> None:
    script = (
        "import sys, wutong.exchange.reading.child as child\n"
        "assert not any(name.split('.')[0] == 'django' for name in sys.modules)\n"
        "child.limit_resources(1 << 30, 10)\n"
        "try:\n"
        "    print('x' * 100, file=open(sys.argv[1], 'w'), flush=True)\n"
        "except OSError:\n"
        "    sys.exit(7)\n"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", script, str(tmp_path / "f")], env=ENVIRONMENT, check=False
    )
    assert done.returncode == 7


def test_the_reader_gets_no_secrets_from_the_environment() -> None:
    assert set(ENVIRONMENT) == {"PYTHONPATH", "PYTHONUTF8", "LC_ALL"}
    assert os.environ.get("PATH")


def test_rows_out_of_order_are_not_believed() -> None:
    answer = Answer()
    answer.add(json.dumps({"sheet": "a", "hidden": False, "merges": []}).encode())
    answer.add(b'[3, 1, ["x"]]')
    with pytest.raises(ValueError, match="order"):
        answer.add(b'[2, 1, ["x"]]')
    assert answer.workbook() is None


def test_every_refusal_has_its_words() -> None:
    detail = {"sheet": "推进库", "cell": "A1", "rows": 1, "columns": 1, "limit": 1, "seconds": 1}
    for code in SENTENCES:
        assert "%(" not in str(refusal(Unreadable(code, **detail)).message)
    assert "中断" in str(refusal(Unreadable("unheard_of")).message)
    assert "中断" in str(refusal(Unreadable("too_far")).message)


def test_places_are_named_as_in_excel() -> None:
    assert [cell_name(1, column) for column in (1, 26, 27, 702, 703, 16_384)] == [
        "A1",
        "Z1",
        "AA1",
        "ZZ1",
        "AAA1",
        "XFD1",
    ]
