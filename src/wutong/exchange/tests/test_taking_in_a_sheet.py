"""Every row below the header is accepted, refused with its reasons, or left out and counted."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wutong.base.errors import Refused
from wutong.exchange.intake import Intake, IntakeRow, take_in
from wutong.exchange.reading.grid import CellError, Grid, Merge
from wutong.exchange.sheets import Sheet, SheetColumn
from wutong.exchange.tests.samples import HEADER, PUSH, ROW, grid


def row(number: int, name: str = "", **cells: Any) -> list[Any]:
    values = {"investor": f"投资方{number}", "money": 1.0, "day": "2023-01-06", "host": None, **cells}
    return [number, name or f"项目{number}", *values.values()]


def intake(*rows: list[Any], **options: Any) -> Intake:
    return take_in([grid(HEADER, *rows, **options)], PUSH)


def refusal(*grids: Grid) -> str:
    with pytest.raises(Refused) as caught:
        take_in(grids, PUSH)
    return str(caught.value.message)


def test_a_clean_row_is_accepted_with_its_values() -> None:
    found = intake(ROW)
    assert found.accepted == (
        IntakeRow(
            number=2,
            values={
                "name": "年产5GWh储能电池模组项目",
                "investor": "江苏恒储新能源科技有限公司",
                "investment_yuan": 5_200_000_000,
                "signed_on": date(2023, 1, 6),
                "host": "经济发展部",
            },
            raw={
                "name": "年产5GWh储能电池模组项目",
                "investor": "江苏恒储新能源科技有限公司",
                "investment_yuan": "52",
                "signed_on": "2023-01-06",
                "host": "经济发展部",
            },
        ),
    )
    assert (found.sheet_name, found.header_row, found.refused, found.skipped) == ("推进库", 1, (), ())


def test_an_empty_cell_is_none_and_a_missing_column_is_absent() -> None:
    values = intake(row(1)).rows[0].values
    assert values["host"] is None
    assert "remark" not in values


def test_wrong_cells_refuse_their_row_and_say_sheet_row_and_column() -> None:
    found = intake(
        row(1, money="2000万件"), row(2, day="2023年13月"), row(3), row(4, name="/", day=CellError("#REF!"))
    )
    assert [item.number for item in found.accepted] == [4]
    assert [problem.message for problem in found.problems] == [
        "工作表“推进库”第2行D列“总投资(亿元)”：“2000万件”不是金额，像产能或数量；请填数字，单位亿元",
        "工作表“推进库”第3行E列“签约时间”：没有13月；请改正日期",
        "工作表“推进库”第5行B列“项目名称”：空；必须填写",
        "工作表“推进库”第5行E列“签约时间”：是 Excel 错误 #REF!；请改正公式或填写结果",
    ]


def test_a_refused_row_keeps_what_its_cells_say() -> None:
    wrong = intake(row(1, money="2000万件")).refused[0]
    assert wrong.raw["investment_yuan"] == "2000万件"
    assert wrong.values["investment_yuan"] is None
    assert wrong.values["name"] == "项目1"


def test_both_rows_of_a_doubled_project_are_refused_and_name_each_other() -> None:
    found = intake(
        row(1, "储能 项目", investor="甲"),
        row(2, "储能项目", investor="甲", money=3.0),
        row(3, investor="甲"),
    )
    assert [item.number for item in found.accepted] == [4]
    assert [problem.message for problem in found.problems] == [
        "工作表“推进库”第2行B列“项目名称”：与第3行的项目名称、投资方相同；同一个只能有一行，请只留一行",
        "工作表“推进库”第3行B列“项目名称”：与第2行的项目名称、投资方相同；同一个只能有一行，请只留一行",
    ]


def test_rows_with_the_same_name_and_another_investor_are_two_projects() -> None:
    assert len(intake(row(1, "产业园", investor="甲"), row(2, "产业园", investor="乙")).accepted) == 2


def test_totals_sections_notes_and_empty_rows_are_left_out_and_counted() -> None:
    found = intake(
        ["合  计", "2个", None, 2.0],
        [None, "新能源小计", None, 1.0],
        ["一", "工业", None, 1.0],
        row(1),
        [],
        [2, None, None, None],
        [None, "合计(1个)"],
        row(2),
        ["备注：投资额按合同填写。"],
        ["2、签约时间以合同为准。"],
        ["填报人：张三", None, "审核人：李四", None, "日期：2024年1月15日"],
    )
    assert [item.number for item in found.accepted] == [5, 9]
    assert [(item.number, item.kind) for item in found.skipped] == [
        (2, "total"),
        (3, "total"),
        (4, "section"),
        (6, "empty"),
        (7, "empty"),
        (8, "total"),
        (10, "note"),
        (11, "note"),
        (12, "note"),
    ]
    assert found.skipped[0].raw is not None
    assert found.skipped[0].raw["investment_yuan"] == "2"


def test_a_project_whose_name_only_contains_such_a_word_is_a_project() -> None:
    names = ["精密小计量仪产线", "合计科技园", "一体化压铸", "备注册商标服务中心"]
    found = intake(*(row(number, name) for number, name in enumerate(names, start=1)))
    assert [item.values["name"] for item in found.accepted] == names


def test_the_title_of_a_section_stands_alone() -> None:
    found = intake(["二、工业"], ["（一）", "产业园区"], ["（1）", *row(1)[1:]])
    assert [(item.number, item.kind, item.text) for item in found.skipped] == [
        (2, "section", "二、工业"),
        (3, "section", "（一）"),
    ]


def test_rows_numbered_in_chinese_are_rows() -> None:
    rows = [row(1), row(2)]
    rows[0][0], rows[1][0] = "一", "二"
    assert len(intake(*rows).accepted) == 2


def test_a_row_with_content_only_in_an_unknown_column_is_refused_and_not_lost() -> None:
    found = take_in([grid([*HEADER, "进度"], row(1), [None] * 6 + ["已开工"])], PUSH)
    assert [item.number for item in found.refused] == [3]


def test_cells_under_a_merged_range_are_not_taken_for_empty() -> None:
    merged = (Merge(2, 6, 3, 6),)
    found = intake(row(1, host="经济发展部"), row(2), merges=merged)
    assert [item.number for item in found.accepted] == [2]
    assert found.problems[0].message == (
        "工作表“推进库”第3行F列“责任单位”：F2:F3是合并单元格，只有左上角有内容；请取消合并后逐行填写"
    )


def test_overlapping_merged_ranges_cannot_occupy_the_machine() -> None:
    merged = tuple(Merge(2, 1, 1_048_576, 16_384) for _ in range(1_000))
    assert "互相重叠" in refusal(grid(HEADER, row(1), row(2), merges=merged))


def test_the_sheet_with_the_header_is_found_and_the_others_are_named() -> None:
    found = take_in(
        [grid(["填报说明"], name="说明"), grid(HEADER, ROW), grid(HEADER, ROW, name="旧", hidden=True)], PUSH
    )
    assert found.sheet_name == "推进库"
    assert found.unread_sheets == ("说明",)


def test_an_empty_form_beside_the_filled_sheet_does_not_count() -> None:
    assert take_in([grid(HEADER, name="模板"), grid(HEADER, ROW)], PUSH).sheet_name == "推进库"


def test_two_sheets_with_the_header_must_be_one() -> None:
    message = refusal(grid(HEADER, ROW, name="一月"), grid(HEADER, ROW, name="二月"))
    assert "“一月”、“二月”" in message
    assert "请只留一张" in message


def test_a_sheet_without_rows_is_refused() -> None:
    assert "第1行表头下面没有数据行" in refusal(grid(HEADER))
    assert "没有内容" in refusal(grid(), grid(HEADER, ROW, hidden=True))


def test_the_ledger_adds_its_own_reasons() -> None:
    found = intake(row(1), row(2)).with_problems([(3, "host", "没有登记“某部”")])
    assert [item.number for item in found.accepted] == [2]
    assert found.problems[0].message == "工作表“推进库”第3行F列“责任单位”：没有登记“某部”"


def test_the_summary_for_the_record_holds_no_value_of_a_cell() -> None:
    header = [*HEADER, "电话"]
    sheet_grid = grid(header, [*row(1, "秘密项目", money="两三亿"), "13800138000"], ["合计", "秘密"])
    found = take_in([sheet_grid], PUSH)
    summary = str(found.summary())
    for value in ("秘密", "13800138000", "两三亿", "投资方1"):
        assert value not in summary
    assert found.summary()["problems"] == [{"row": 2, "column": "D", "heading": "总投资(亿元)"}]


CELLS = st.one_of(
    st.none(),
    st.text(max_size=8),
    st.sampled_from(["合计", "小计", "一", "备注：无", "项目", "2023-01-06", "2000万件", "/", "1.2亿元"]),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.dates(),
    st.just(CellError("#N/A")),
)


@settings(deadline=None)
@given(st.lists(st.lists(CELLS, max_size=8), min_size=1, max_size=12))
def test_no_row_is_ever_lost(rows: list[list[Any]]) -> None:
    try:
        found = intake(*rows)
    except Refused as refused:
        assert "没有数据行" in str(refused.message)
        return
    numbers = [item.number for item in (*found.accepted, *found.refused, *found.skipped)]
    assert sorted(numbers) == list(range(2, len(rows) + 2))
    for item in found.refused:
        assert all(f"第{item.number}行" in problem.message for problem in item.problems)
    for item in found.accepted:
        assert item.values["name"]
        assert item.values["investment_yuan"] >= 0


def test_a_sheet_is_declared_without_contradictions() -> None:
    name = SheetColumn("name", "项目名称")
    with pytest.raises(ValueError, match="twice"):
        Sheet("s", "表", (name, name))
    with pytest.raises(ValueError, match="synonym"):
        Sheet("s", "表", tuple(SheetColumn(key, key, synonyms=("名",)) for key in "ab"))
    with pytest.raises(ValueError, match="key_columns"):
        Sheet("s", "表", (name,), key_columns=("other",))
    with pytest.raises(ValueError, match="no unit"):
        SheetColumn("amount", "金额", "money", unit="万件")
    with pytest.raises(ValueError, match="choices"):
        SheetColumn("kind", "类别", "choice")
