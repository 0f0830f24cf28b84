"""Workbooks and files that the tests hand in, made here: headings of the push library, invented projects."""

import io
from collections.abc import Mapping, Sequence
from datetime import date

import openpyxl
import xlsxwriter

HEADINGS = (
    "序号", "项目名称", "投资方", "总投资(亿元)", "规模档", "签约时间", "计划开工时间", "签约未开工天数", "实际开工时间",
    "计划投产时间", "开工未投产天数", "当前阶段", "亮灯", "卡点类别", "存在问题", "整改措施", "整改时限", "责任单位", "责任人",
    "包保领导", "帮办专员", "最新进展(日期)", "是否销号", "佐证",
)  # fmt: skip
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


def push_library(rows: Sequence[Mapping[str, object]], headings: Sequence[str] = HEADINGS) -> bytes:
    """The library as offices keep it: a title above, two lines of heading area, then a row per project."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet("推进库")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write(0, 0, "招商引资项目推进库（示例）")
    sheet.write_row(1, 0, headings)
    for line, row in enumerate(rows, start=2):
        for column, heading in enumerate(headings):
            value = row.get(heading, line - 1 if heading == "序号" else "")
            if isinstance(value, date):
                sheet.write_datetime(line, column, value, day)
            else:
                sheet.write(line, column, value)
    book.close()
    return stream.getvalue()


def faulty_library() -> bytes:
    """Three right rows and four wrong ones, each wrong in its own way."""
    signed, planned = date(2025, 3, 6), date(2026, 9, 30)
    right: dict[str, object] = {
        "投资方": "示例衡动装备有限公司",
        "总投资(亿元)": 5.2,
        "签约时间": signed,
        "计划开工时间": planned,
        "责任单位": "经济发展部",
        "责任人": "郑海川",
        "包保领导": "周明远",
        "帮办专员": "白雪",
        "最新进展(日期)": "场地平整完成",
    }
    rows: list[dict[str, object]] = [
        {"项目名称": "示例减速器二期项目"},
        {"项目名称": "示例智能电表模块产线", "总投资(亿元)": "2000万件"},
        {"项目名称": "示例光伏跟踪支架扩建", "签约时间": "2025-02-30"},
        {"项目名称": "示例特种铝合金箔材", "责任单位": "没有的单位"},
        {"项目名称": "示例口腔种植材料二期", "存在问题": "地块控规调整待批复", "责任人": "没有的人"},
        {"项目名称": "示例氢能压缩机总成"},
        {"项目名称": "示例骨科耗材生产线"},
    ]
    return push_library([{**right, **row} for row in rows])


def sheet_of(title: str, rows: Sequence[Mapping[str, object]]) -> bytes:
    """A plain sheet: a title, a row of headings, a row for each thing."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet("Sheet1")
    headings = list(dict.fromkeys(heading for row in rows for heading in row))
    sheet.write(0, 0, title)
    sheet.write_row(1, 0, headings)
    for line, row in enumerate(rows, start=2):
        sheet.write_row(line, 0, [row.get(heading, "") for heading in headings])
    book.close()
    return stream.getvalue()


def filled(workbook: bytes, under: str, values: Mapping[str, object]) -> tuple[bytes, list[int]]:
    """A downloaded sheet with `values`, by the beginning of their headings, in every row that has a number and nothing
    `under` that heading; and which rows these are."""
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    sheet = book.active
    head = next(row for row in sheet.iter_rows() if any(cell.value == "编号" for cell in row))
    columns = {str(cell.value).split("（")[0]: cell.column for cell in head if cell.value}
    rows = [
        row
        for row in range(head[0].row + 1, sheet.max_row + 1)
        if sheet.cell(row, columns["编号"]).value and sheet.cell(row, columns[under]).value is None
    ]
    for row in rows:
        for heading, value in values.items():
            sheet.cell(row, columns[heading]).value = value
    return saved(book), rows


def spoilt(workbook: bytes, heading: str, row: int, value: object) -> bytes:
    """The same sheet with one cell wrong."""
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    sheet = book.active
    column = next(
        cell.column for cells in sheet.iter_rows() for cell in cells if str(cell.value).startswith(heading)
    )
    sheet.cell(row, column).value = value
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
