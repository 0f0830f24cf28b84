"""An invented sheet, and workbooks of every kind, made here."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter
import xlwt

from wutong.exchange.reading.grid import CellValue, Grid
from wutong.exchange.sheets import Sheet, SheetColumn

COMPUTED = "由系统计算，不导入"

PUSH = Sheet(
    code="project_push",
    name="推进库",
    columns=(
        SheetColumn("name", "项目名称", required=True),
        SheetColumn("investor", "投资方", synonyms=("外来投资方", "外来投资方名称")),
        SheetColumn(
            "investment_yuan",
            "总投资",
            "money",
            unit="亿元",
            synonyms=("项目总投资", "投资额", "总投资额"),
            required=True,
        ),
        SheetColumn("band", "规模档", ignored_reason=COMPUTED),
        SheetColumn("signed_on", "签约时间", "date", synonyms=("合同签约时间",), required=True),
        SheetColumn("produce_on", "计划投产时间", "date", month_as="last_day"),
        SheetColumn("land", "项目用地", "decimal", unit="亩", decimal_places=2),
        SheetColumn("jobs", "新增就业", "integer"),
        SheetColumn(
            "block", "卡点类别", "choice", choices={"用地": "land", "环评能评": "review", "无": "none"}
        ),
        SheetColumn("host", "责任单位", synonyms=("牵头单位", "项目主管单位")),
        SheetColumn("phone", "联系电话", synonyms=("电话",), personal=True),
        SheetColumn("lamp", "亮灯", ignored_reason=COMPUTED),
        SheetColumn("closed", "是否销号", "boolean"),
        SheetColumn("remark", "备注", multiline=True, max_length=500),
    ),
    key_columns=("name", "investor"),
)

HEADER = ["序号", "项目名称", "投资方", "总投资(亿元)", "签约时间", "责任单位"]
ROW = [1, "年产5GWh储能电池模组项目", "江苏恒储新能源科技有限公司", 52.0, date(2023, 1, 6), "经济发展部"]


def grid(*rows: Sequence[CellValue], name: str = "推进库", **more: Any) -> Grid:
    return Grid(name, [list(row) for row in rows], **more)


def xlsx(sheets: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    """An ordinary workbook; None leaves a cell out."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"default_date_format": "yyyy-mm-dd"}) as book:
        for name, rows in sheets.items():
            page = book.add_worksheet(name)
            for row, values in enumerate(rows):
                for column, value in enumerate(values):
                    if value is not None:
                        page.write(row, column, value)
    return stream.getvalue()


def xls(rows: Sequence[Sequence[Any]], name: str = "推进库") -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet(name)
    dated = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            if isinstance(value, (date, datetime)):
                page.write(row, column, value, dated)
            elif value is not None:
                page.write(row, column, value)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'


def text_cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'


def handmade(
    rows: str, *, name: str = "推进库", prologue: str = "", extra: Mapping[str, str | bytes] | None = None
) -> bytes:
    """An .xlsx archive around the `<row>` elements given, for what no program would write."""
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": f'{DECLARATION}<Types xmlns="{PACKAGE}/content-types"/>',
        "_rels/.rels": (
            f'{DECLARATION}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1"'
            f' Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": (
            f'{DECLARATION}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
            f'<sheet name="{name}" sheetId="1" r:id="rId1"/></sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": (
            f'{DECLARATION}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1"'
            f' Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
        ),
        "xl/worksheets/sheet1.xml": (
            f'{DECLARATION}{prologue}<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
        ),
        **(extra or {}),
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in parts.items():
            archive.writestr(path, content)
    return stream.getvalue()


def two_far_cells() -> bytes:
    """About 1.5 kB that would make a reader ask for 549 GB."""
    first, last = text_cell("A1", "项目名称"), text_cell("XFD1048576", "x")
    return handmade(f'<row r="1">{first}</row><row r="1048576">{last}</row>')


def compound_file(*streams: str, content: bytes = b"") -> bytes:
    """A small OLE2 file whose root folder has these streams; the first holds `content`."""
    sector = 512
    data = content.ljust(max(4096, -(-len(content) // sector) * sector), b"\0")
    data_sectors = len(data) // sector
    end, free, fat_mark = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
    fat = [fat_mark, end, *range(3, 2 + data_sectors), end]
    fat += [free] * (128 - len(fat))
    header = bytearray(sector)
    header[:8] = bytes.fromhex("d0cf11e0a1b11ae1")

    def put(place: int, *numbers: int, size: int = 4) -> None:
        for number in numbers:
            header[place : place + size] = number.to_bytes(size, "little")
            place += size

    put(24, 0x3E, 3, 0xFFFE, 9, 6, size=2)
    put(44, 1, 1, 0, 4096, end, 0, end, 0, 0, *[free] * 108)
    entries = []
    for number, name in enumerate(("Root Entry", *streams)):
        entry = bytearray(128)
        encoded = name.encode("utf-16-le") + b"\0\0"
        entry[: len(encoded)] = encoded
        entry[64:66] = len(encoded).to_bytes(2, "little")
        entry[66] = 2 if number else 5
        following = number + 1 if 0 < number < len(streams) else free
        child = 1 if number == 0 and streams else free
        for place, value in ((68, free), (72, following), (76, child)):
            entry[place : place + 4] = value.to_bytes(4, "little")
        start, size = (2, len(data)) if number == 1 else (end, 0)
        entry[116:120] = start.to_bytes(4, "little")
        entry[120:124] = size.to_bytes(4, "little")
        entries.append(bytes(entry))
    directory = b"".join(entries).ljust(sector, b"\0")
    return bytes(header) + b"".join(n.to_bytes(4, "little") for n in fat) + directory + data
