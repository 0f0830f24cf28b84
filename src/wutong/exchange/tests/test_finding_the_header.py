"""The header is found where people put it, and every column says what is read in which unit."""

import pytest
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from wutong.base.errors import Refused
from wutong.exchange.headings import readings, table_unit
from wutong.exchange.mapping import Mapping, find_header, map_columns
from wutong.exchange.reading.grid import Grid, Merge
from wutong.exchange.sheets import Sheet, SheetColumn
from wutong.exchange.tests.samples import COMPUTED, HEADER, PUSH, ROW, grid


def mapped(sheet_grid: Grid, sheet: Sheet = PUSH) -> Mapping:
    return map_columns(sheet_grid, find_header(sheet_grid, sheet), sheet)


def refusal(sheet_grid: Grid, sheet: Sheet = PUSH) -> str:
    with pytest.raises(Refused) as caught:
        mapped(sheet_grid, sheet)
    return str(caught.value.message)


def keys(mapping: Mapping) -> dict[str, str]:
    return {column.letter: column.key for column in mapping.columns if column.key}


def with_heading(heading: str) -> Grid:
    return grid(["项目名称", "投资方", heading, "签约时间"], ["甲", "乙", 1.0, "2023-01-06"])


def test_titles_above_the_header_are_passed_over() -> None:
    mapping = mapped(grid(["梧桐高新区项目推进库"], [], ["填报单位：招商促进部"], HEADER, ROW))
    assert (mapping.header_row, mapping.first_data_row) == (4, 5)
    assert keys(mapping) == {
        "B": "name",
        "C": "investor",
        "D": "investment_yuan",
        "E": "signed_on",
        "F": "host",
    }


def test_a_title_that_names_one_column_is_no_header() -> None:
    mapping = mapped(grid(["项目名称"], HEADER, ROW))
    assert mapping.header_row == 2


def test_synonyms_line_breaks_and_full_width_are_understood() -> None:
    mapping = mapped(
        grid(
            ["*项 目\n名称", "外来投资方", "项目总投资\n（ 亿元 ）", "合同签约时间", "牵头　单位", "ＮＯ．"],
            ROW,
        )
    )
    assert [column.key for column in mapping.imported] == [
        "name",
        "investor",
        "investment_yuan",
        "signed_on",
        "host",
    ]
    assert mapping.columns[5].role == "row_number"


@pytest.mark.parametrize(
    ("heading", "unit"),
    [
        ("总投资（万元）", "万元"),
        ("总投资(亿元)", "亿元"),
        ("总投资[亿元]", "亿元"),
        ("总投资〔元〕", "元"),
        ("总投资【万元】", "万元"),
        ("总投资:亿元", "亿元"),
        ("总投资：万元", "万元"),
        ("总投资万元", "万元"),
        ("总投资、亿元", "亿元"),
        ("总投资(单位：万元)", "万元"),
        ("总投资（人民币万元）", "万元"),
        ("总投资（含税）（万元）", "万元"),
    ],
)
def test_the_unit_is_read_from_the_heading(heading: str, unit: str) -> None:
    column = mapped(with_heading(heading)).columns[2]
    assert (column.key, column.unit, column.reason) == ("investment_yuan", unit, "")


def test_a_heading_without_a_unit_takes_that_of_the_ledger_and_says_so() -> None:
    column = mapped(with_heading("总投资")).columns[2]
    assert (column.unit, column.reason) == ("亿元", "列头没有写单位，按亿元读")


def test_a_unit_above_the_table_counts_before_that_of_the_ledger() -> None:
    rows = with_heading("总投资").rows
    mapping = mapped(grid(["一览表"], ["填报单位：招商部", None, "计量单位：万元"], *rows))
    assert (mapping.columns[2].unit, mapping.columns[2].reason) == (
        "万元",
        "列头没有写单位，按表上方写的万元读",
    )


def test_a_unit_in_the_heading_counts_before_that_above_the_table() -> None:
    rows = with_heading("总投资（亿元）").rows
    assert mapped(grid(["金额单位:万美元"], *rows)).columns[2].unit == "亿元"


@pytest.mark.parametrize(
    ("line", "unit"), [("单位：亿元、亩", "亿元"), ("（单位：元）", "元"), ("单位：三元县", None)]
)
def test_a_line_above_the_table_names_a_unit_only_when_it_is_money(line: str, unit: str | None) -> None:
    assert table_unit(line) == unit


@pytest.mark.parametrize("unit", ["万件", "吨", "含税"])
def test_a_unit_that_is_no_money_refuses_the_sheet(unit: str) -> None:
    message = refusal(with_heading(f"总投资（{unit}）"))
    assert message.startswith("工作表“推进库”：“总投资”（C列）的单位是")
    assert f"“{unit}”，不是金额单位" in message


@pytest.mark.parametrize("heading", ["总投资（万美元）", "总投资:欧元", "总投资(千元)"])
def test_a_unit_that_is_not_of_yuan_refuses_the_sheet(heading: str) -> None:
    assert "只收人民币的元、万元、亿元" in refusal(with_heading(heading))


def test_a_foreign_unit_above_the_table_refuses_the_sheet() -> None:
    message = refusal(grid(["金额单位:万美元"], *with_heading("总投资").rows))
    assert "万美元" in message


def test_two_units_above_the_table_refuse_the_sheet() -> None:
    assert "亿元、万元" in refusal(grid(["单位：亿元、万元"], *with_heading("总投资").rows))


def test_money_without_any_unit_is_refused() -> None:
    sheet = Sheet("s", "表", (SheetColumn("a", "名称", required=True), SheetColumn("b", "金额", "money")))
    assert "没有写单位" in refusal(grid(["名称", "金额"], ["甲", 1.0]), sheet)


def test_land_in_another_unit_refuses_the_sheet() -> None:
    assert "的单位是“公顷”，应为“亩”" in refusal(grid([*HEADER, "项目用地（公顷）"], ROW))


def test_two_columns_for_one_field_are_both_named() -> None:
    message = refusal(grid([*HEADER, "项目总投资（万元）"], ROW))
    assert "“总投资(亿元)”（D列）和“项目总投资（万元）”（G列）都对应“总投资”" in message


def test_a_missing_column_is_named_with_what_was_found() -> None:
    message = refusal(grid(["一览表"], ["序号", "项目名称", "投资方", "进度"], ROW))
    assert "工作表“推进库”：第2行是表头，但缺少列：总投资、签约时间" in message
    assert "表头里有：序号、项目名称、投资方、进度" in message


def test_without_a_header_the_clerk_learns_what_it_should_say() -> None:
    message = refusal(grid(["通知"], ["请各单位于周五前报送。"]))
    assert message.startswith("工作表“推进库”：第1—20行里没有找到表头。应有：项目名称、总投资、签约时间")


def test_unknown_and_computed_columns_are_reported_and_not_dropped() -> None:
    mapping = mapped(grid([*HEADER, "亮灯", "进度颜色", None], [*ROW, "红", "红", "漏写列头"]))
    told = {column.letter: (column.role, column.reason) for column in mapping.columns if not column.key}
    assert told == {
        "A": ("row_number", "行号，不导入"),
        "G": ("computed", COMPUTED),
        "H": ("unknown", "本台账没有这一列，不导入"),
        "I": ("unknown", "没有列头，不导入"),
    }


def test_a_header_of_two_rows_is_read_with_its_groups() -> None:
    sheet = Sheet(
        "s",
        "表",
        (
            SheetColumn("name", "项目名称", required=True),
            SheetColumn("planned", "计划投资", "money", synonyms=("投资额计划",)),
            SheetColumn("done", "完成投资", "money", synonyms=("投资额完成",)),
            SheetColumn("host", "责任单位"),
        ),
    )
    upper = ["序号", "项目名称", "投资额（万元）", None, "责任单位"]
    lower = [None, None, "计划", "完成", None]
    data = [1.0, "甲", 3.0, 2.0, "乙"]
    merges = (Merge(1, 1, 2, 1), Merge(1, 2, 2, 2), Merge(1, 3, 1, 4), Merge(1, 5, 2, 5))
    for options in ({}, {"merges": merges}):
        mapping = mapped(grid(upper, lower, data, **options), sheet)
        assert mapping.first_data_row == 3
        assert keys(mapping) == {"B": "name", "C": "planned", "D": "done", "E": "host"}
        assert [column.unit for column in mapping.imported] == ["", "万元", "万元", ""]
        assert mapping.columns[3].heading == "投资额（万元）·完成"


def test_a_merged_header_is_two_rows_even_when_its_lower_row_is_unknown() -> None:
    upper = [*HEADER, "项目业主单位", None]
    lower = [None] * 6 + ["业主名称", "负责人"]
    merges = tuple(Merge(1, number, 2, number) for number in range(1, 7)) + (Merge(1, 7, 1, 8),)
    mapping = mapped(grid(upper, lower, ROW, merges=merges))
    assert mapping.first_data_row == 3
    assert [column.heading for column in mapping.columns[6:]] == [
        "项目业主单位·业主名称",
        "项目业主单位·负责人",
    ]


def test_a_chinese_workbook_is_understood_by_a_user_of_english_pages() -> None:
    with override("en"):
        assert len(mapped(grid(HEADER, ROW)).imported) == 5


@settings(deadline=None)
@given(
    name=st.sampled_from(["总投资", "项目总投资", "投资额"]),
    unit=st.sampled_from(["元", "万元", "亿元"]),
    brackets=st.sampled_from(["（）", "()", "[]", "〔〕", "【】", "［］"]),
    space=st.sampled_from(["", " ", "\n", "\u3000", "\t"]),
)
def test_a_unit_in_any_brackets_is_read(name: str, unit: str, brackets: str, space: str) -> None:
    heading = space + name[:1] + space + name[1:] + space + brackets[0] + unit + space + brackets[1]
    column = mapped(with_heading(heading)).columns[2]
    assert (column.key, column.unit) == ("investment_yuan", unit)


@settings(deadline=None)
@given(st.text(max_size=40))
def test_any_heading_can_be_read(heading: str) -> None:
    assert all(reading.name == reading.name.lower() for reading in readings(heading))


@settings(deadline=None)
@given(st.permutations(range(6)), st.integers(0, 12), st.integers(0, 5))
def test_order_and_place_of_the_columns_do_not_matter(order: list[int], above: int, left: int) -> None:
    header = [None] * left + [HEADER[place] for place in order]
    data = [None] * left + [ROW[place] for place in order]
    mapping = mapped(grid(*([["说明"]] * above), header, data))
    assert mapping.header_row == above + 1
    assert {column.heading for column in mapping.columns} == set(HEADER)
    assert {column.key for column in mapping.imported} == {
        "name",
        "investor",
        "investment_yuan",
        "signed_on",
        "host",
    }
