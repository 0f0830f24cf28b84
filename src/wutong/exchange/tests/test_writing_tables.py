"""What is shown can be written, opened in Excel, and read back with equal values."""

import io
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from wutong.exchange.intake import Intake, take_in
from wutong.exchange.reading.grid import Grid
from wutong.exchange.reading.process import read_workbook
from wutong.exchange.sheets import Sheet
from wutong.exchange.tests.samples import PUSH
from wutong.exchange.writing import write_blank_template, write_csv, write_table
from wutong.ui.tables import Cell, Column, Row

COLUMNS = [
    Column("name", "项目名称", "name"),
    Column("investor", "投资方"),
    Column("investment_yuan", "总投资", "money", unit="亿元", total=True, group="规模"),
    Column("land", "项目用地", "number", unit="亩", total=True, group="规模"),
    Column("signed_on", "签约时间", "date"),
    Column("closed", "是否销号"),
    Column("remark", "备注", "long"),
]
YI = Decimal(100_000_000)


def row(key: str, **values: Any) -> Row:
    return Row(key, {name: Cell(text="屏幕上的样子", value=value) for name, value in values.items()})


ROWS = [
    row(
        "1",
        name="年产5GWh储能电池模组项目",
        investor="江苏恒储新能源科技有限公司",
        investment_yuan=Decimal("52.0"),
        land=Decimal("163.25"),
        signed_on=date(2023, 1, 6),
        closed=True,
        remark="一、用地；\n二、环评",
    ),
    row(
        "2",
        name="𠮷㐂电子",
        investor="+甲",
        investment_yuan=Decimal("0.00000001"),
        signed_on=date(2024, 2, 29),
    ),
]


def table(rows: list[Row], columns: list[Column] | None = None, **options: Any) -> bytes:
    stream = io.BytesIO()
    write_table(stream, columns or COLUMNS, rows, title="2024年1月项目推进库一览表", **options)
    return stream.getvalue()


def opened(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]


def grids(content: bytes, tmp_path: Path) -> tuple[Grid, ...]:
    path = tmp_path / "export.xlsx"
    path.write_bytes(content)
    return read_workbook(path, memory_bytes=1 << 30, seconds=30).sheets


def imported(content: bytes, tmp_path: Path, sheet: Sheet = PUSH) -> Intake:
    return take_in(grids(content, tmp_path), sheet)


def test_an_export_says_what_it_is_and_who_made_it() -> None:
    page = opened(
        table(ROWS, subtitle=["填报单位：招商促进部", "填报人：林晓岚　审核人：周明远　日期：2024年1月15日"])
    )
    assert [page.cell(number, 1).value for number in range(1, 4)] == [
        "2024年1月项目推进库一览表",
        "填报单位：招商促进部",
        "填报人：林晓岚　审核人：周明远　日期：2024年1月15日",
    ]
    assert [cell.value for cell in page[4]] == [None, None, None, "规模", None, None, None, None]
    assert [cell.value for cell in page[5]] == [
        "序号",
        "项目名称",
        "投资方",
        "总投资（亿元）",
        "项目用地（亩）",
        "签约时间",
        "是否销号",
        "备注",
    ]
    assert "D4:E4" in {str(area) for area in page.merged_cells.ranges}


def test_an_export_is_ready_to_print_on_a3() -> None:
    page = opened(table(ROWS))
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 8)
    assert page.print_title_rows == "$2:$3"
    assert page.freeze_panes == "C4"


def test_numbers_and_days_are_real_ones_with_their_decimals() -> None:
    page = opened(table(ROWS))
    money, land, day = page["D4"], page["E4"], page["F4"]
    assert (money.value, money.number_format) == (52, "#,##0.0")
    assert (land.value, land.number_format) == (163.25, "#,##0.00")
    assert (day.value, day.number_format) == (datetime(2023, 1, 6), "yyyy-mm-dd")  # noqa: DTZ001
    assert page["G4"].value == "是"


def test_the_last_row_adds_up_what_is_marked() -> None:
    last = [cell.value for cell in opened(table(ROWS))[6]]
    assert last[0] == "合计"
    assert last[3:6] == [52.00000001, 163.25, None]


def test_sums_of_the_whole_result_count_before_those_of_the_rows() -> None:
    last = [
        cell.value for cell in opened(table(ROWS, sums={"investment_yuan": Cell(value=Decimal("331.4"))}))[6]
    ]
    assert last[3:5] == [331.4, None]


def test_without_groups_the_header_is_one_row() -> None:
    page = opened(table(ROWS, [column for column in COLUMNS if not column.group]))
    assert page["A2"].value == "序号"
    assert page["A3"].value == 1


def test_a_moment_is_written_in_the_time_of_the_zone() -> None:
    moment = datetime(2024, 1, 15, 0, 30, tzinfo=ZoneInfo("UTC"))
    page = opened(table([row("1", name=moment)]))
    assert page["B4"].value == datetime(2024, 1, 15, 8, 30)  # noqa: DTZ001


def test_without_a_value_the_text_of_the_screen_is_written() -> None:
    page = opened(table([Row("1", {"name": Cell(text="红灯", lamp="red")})]))
    assert page["B4"].value == "红灯"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("x")', "{=1}"])
def test_a_text_is_never_a_formula(text: str) -> None:
    cell = opened(table([row("1", name=text)]))["B4"]
    # An escaped carriage return comes back as _x000D_.
    assert (cell.data_type, str(cell.value).replace("_x000D_", "\r")) == ("s", text)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1+1"])
def test_a_text_of_a_csv_is_never_a_formula(text: str) -> None:
    stream = io.BytesIO()
    write_csv(stream, COLUMNS, [row("1", name=text)])
    assert f"'{text}".encode() in stream.getvalue()


def test_a_csv_opens_in_excel_and_keeps_its_numbers() -> None:
    stream = io.BytesIO()
    write_csv(
        stream, COLUMNS, [row("1", name='甲"乙', investment_yuan=Decimal("-0.5"), signed_on=date(2023, 1, 6))]
    )
    content = stream.getvalue()
    assert content.startswith(b"\xef\xbb\xbf")
    lines = content.decode("utf-8-sig").split("\r\n")
    assert lines[0] == "序号,项目名称,投资方,规模·总投资（亿元）,规模·项目用地（亩）,签约时间,是否销号,备注"
    assert lines[1] == '1,"甲""乙",,-0.5,,2023-01-06,,'


def test_an_export_comes_back_with_equal_values(tmp_path: Path) -> None:
    found = imported(table(ROWS, subtitle=["填报单位：招商促进部"]), tmp_path)
    assert found.problems == ()
    assert [item.kind for item in found.skipped] == ["total"]
    assert [item.values for item in found.accepted] == [
        {
            "name": "年产5GWh储能电池模组项目",
            "investor": "江苏恒储新能源科技有限公司",
            "investment_yuan": 5_200_000_000,
            "land": Decimal("163.25"),
            "signed_on": date(2023, 1, 6),
            "closed": True,
            "remark": "一、用地；\n二、环评",
        },
        {
            "name": "𠮷㐂电子",
            "investor": "+甲",
            "investment_yuan": 1,
            "land": None,
            "signed_on": date(2024, 2, 29),
            "closed": None,
            "remark": None,
        },
    ]


NAMES = st.text(
    st.characters(min_codepoint=0x21, max_codepoint=0x323AF, exclude_categories=["C", "Z"]),
    min_size=1,
    max_size=30,
).map(lambda text: f"项目{text}")
PROJECTS = st.lists(
    st.tuples(NAMES, st.integers(0, 10**14), st.dates(date(1990, 1, 1), date(2100, 12, 31)), st.booleans()),
    min_size=1,
    max_size=20,
    unique_by=lambda project: project[0],
)


@settings(max_examples=20, deadline=None)
@given(PROJECTS)
def test_any_export_comes_back_with_equal_values(
    tmp_path_factory: pytest.TempPathFactory, projects: list[Any]
) -> None:
    rows = [
        row(
            str(number),
            name=name,
            investor=str(number),
            investment_yuan=yuan / YI,
            signed_on=day,
            closed=closed,
        )
        for number, (name, yuan, day, closed) in enumerate(projects)
    ]
    found = imported(table(rows), tmp_path_factory.mktemp("export"))
    assert found.problems == ()
    keys = ("name", "investment_yuan", "signed_on", "closed")
    assert [tuple(item.values[key] for key in keys) for item in found.accepted] == projects


def test_a_blank_template_is_read_back_once_it_is_filled_in(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with override("en"):
        write_blank_template(stream, PUSH)
    book = openpyxl.load_workbook(io.BytesIO(stream.getvalue()))
    page = book["推进库"]
    assert [cell.value for cell in page[3]] == [
        "序号",
        "*项目名称",
        "投资方",
        "*总投资（亿元）",
        "*签约时间",
        "计划投产时间",
        "项目用地（亩）",
        "新增就业",
        "卡点类别",
        "责任单位",
        "联系电话",
        "是否销号",
        "备注",
    ]
    assert "必填" in page["A2"].value
    lists = {str(rule.sqref): rule.formula1 for rule in page.data_validations.dataValidation}
    assert lists == {"I4:I1004": "选项!$I$1:$I$3", "L4:L1004": "选项!$L$1:$L$2"}
    values = [
        1,
        "储能项目",
        "甲",
        1.5,
        date(2023, 1, 6),
        None,
        3,
        4,
        "环评能评",
        "乙",
        "0635",
        "是",
        "无",
    ]
    for column, value in enumerate(values, start=1):
        page.cell(4, column, value)
    book.save(tmp_path / "filled.xlsx")
    found = imported((tmp_path / "filled.xlsx").read_bytes(), tmp_path)
    assert found.unread_sheets == ()
    assert [item.values for item in found.accepted] == [
        {
            "name": "储能项目",
            "investor": "甲",
            "investment_yuan": 150_000_000,
            "signed_on": date(2023, 1, 6),
            "produce_on": None,
            "land": Decimal(3),
            "jobs": 4,
            "block": "review",
            "host": "乙",
            "phone": "0635",
            "closed": True,
            "remark": None,
        }
    ]
