"""Invented data for the tests of the kit."""

from datetime import date
from typing import Any

from wutong.ui.frame import Frame, MenuGroup, MenuItem
from wutong.ui.tables import Cell, Column, Row, Sort, Table

AS_OF = date(2024, 1, 15)
HOSTILE = '<script>alert("x")</script>'
RARE = "𠮷㐂科技有限公司"


def example_frame(**changes: Any) -> Frame:
    facts: dict[str, Any] = {
        "zone_name": "示例高新区",
        "sample": True,
        "as_of": AS_OF,
        "as_of_href": "/as-of/",
        "menu": [
            MenuGroup(
                "工作台",
                [MenuItem("今日", "/", 9, current=True), MenuItem("督办", "/orders/", 2, alarm=True)],
                open=True,
            ),
            MenuGroup("招商", [MenuItem("项目推进库", "/projects/", 1041), MenuItem("线索", "/leads/")]),
        ],
        "tabbar": [MenuItem("今日", "/", current=True), MenuItem("项目", "/projects/")],
        "user_name": "林示例",
        "user_href": "/account/",
    }
    return Frame(**{**facts, **changes})


COLUMNS = [
    Column("name", "项目名称", "name"),
    Column("lamp", "亮灯及原因", "lamp", phone="show"),
    Column("investor", "投资方", group="基本情况", optional=True),
    Column(
        "total", "总投资", "money", unit="亿元", group="基本情况", sortable=True, total=True, phone="show"
    ),
    Column("signed", "签约时间", "date", group="签约未开工", sortable=True, optional=True),
    Column("days", "天数", "number", unit="天", group="签约未开工", sortable=True),
    Column("block", "卡点", group="卡点与整改", phone="show"),
    Column("note", "备注", "long"),
]


def example_row(key: str = "XM-1", **cells: Cell) -> Row:
    return Row(
        key,
        {
            "name": Cell("储能电池项目", note=key),
            "lamp": Cell("红灯", lamp="red", note="签约374天未开工"),
            "investor": Cell("示例投资有限公司"),
            "total": Cell("52.0", href="/rows/total/"),
            "signed": Cell("2023-01-06"),
            "days": Cell("374", href="/rows/days/"),
            "block": Cell("土地"),
            **cells,
        },
        href=f"/projects/{key}/",
    )


def example_table(**changes: Any) -> Table:
    facts: dict[str, Any] = {
        "caption": "2024年1月15日项目推进库一览表",
        "columns": COLUMNS,
        "rows": [example_row("XM-1"), example_row("XM-2")],
        "row_count": 128,
        "first_number": 11,
        "page": 2,
        "page_count": 13,
        "sort": Sort("total", descending=True),
        "totals": {"name": Cell("合计 128个项目"), "total": Cell("119.4", href="/rows/all/")},
        "query": "lamp=red&lamp=yellow",
    }
    return Table(**{**facts, **changes})
