"""A ledger as HTML: two-row head, row headers, lamps with words, figures as links, cards on a phone."""

from typing import Any

import pytest
from django.template import engines

from wutong.ui.table_drawing import cell_html, draw_plain_table
from wutong.ui.tables import Cell, Column, Row, Sort
from wutong.ui.tests.examples import COLUMNS, HOSTILE, RARE, example_row, example_table
from wutong.ui.tests.well_formed import Element, read


def drawn(**changes: Any) -> Element:
    return read(engines["django"].from_string("{% table t %}").render({"t": example_table(**changes)}))


def cells_of(row: Element) -> list[Element]:
    return [child for child in row.children if child.tag in ("td", "th")]


def test_groups_span_their_columns_and_both_header_rows_fill_the_whole_width():
    first, second = drawn().one("thead").find("tr")

    groups = {
        cell.all_text: int(cell.attrs.get("colspan", "1")) for cell in first.find("th", scope="colgroup")
    }
    assert groups == {"基本情况": 2, "签约未开工": 2, "卡点与整改": 1}
    alone = first.find("th", rowspan="2")
    assert [cell.all_text for cell in alone] == ["序号", "项目名称", "亮灯及原因", "备注"]
    assert sum(groups.values()) + len(alone) == len(COLUMNS) + 1
    assert len(second.find("th")) == sum(groups.values())


def test_without_groups_there_is_one_header_row():
    columns = [Column("name", "项目名称", "name"), Column("block", "卡点")]
    rows = drawn(columns=columns).one("thead").find("tr")
    assert len(rows) == 1
    assert not rows[0].find("th", rowspan="2")


def test_groups_that_are_apart_do_not_share_a_header():
    columns = [Column("a", "甲", group="组"), Column("b", "乙"), Column("c", "丙", group="组")]
    first = drawn(columns=columns, sort=Sort()).one("thead").find("tr")[0]
    assert [cell.attrs.get("colspan", "1") for cell in first.find("th", scope="colgroup")] == ["1", "1"]


def test_every_body_row_has_one_cell_per_column_with_roles():
    page = drawn()
    table = page.one("table")
    assert table.attrs["role"] == "table"
    assert {part.attrs["role"] for tag in ("thead", "tbody", "tfoot") for part in table.find(tag)} == {
        "rowgroup"
    }
    for row in table.one("tbody").find("tr") + table.one("tfoot").find("tr"):
        assert row.attrs["role"] == "row"
        cells = cells_of(row)
        assert len(cells) == len(COLUMNS) + 1
        assert [cell.attrs["role"] for cell in cells].count("rowheader") == 1
        assert {cell.attrs["role"] for cell in cells} == {"cell", "rowheader"}


def test_number_and_name_are_the_fixed_columns_and_the_name_leads_to_the_page():
    number, name, *_ = cells_of(drawn().one("tr", id="row-XM-1"))
    assert number.css == ["k1"] and number.all_text == "11"
    assert "k2" in name.css and name.tag == "th" and name.attrs["scope"] == "row"
    assert name.one("a").attrs["href"] == "/projects/XM-1/"
    assert name.one("span", css="why").all_text == "XM-1"


def test_a_name_further_right_is_the_row_header_but_not_fixed():
    columns = [Column("block", "卡点"), Column("name", "项目名称", "name")]
    page = drawn(columns=columns)
    assert not page.find(css="k2")
    assert page.one("tr", id="row-XM-1").one("th").all_text.startswith("储能电池项目")


def test_the_order_is_said_and_sortable_headers_are_links():
    head = drawn().one("thead")
    total = head.one("th", aria_sort="descending")
    assert total.all_text == "总投资 (亿元)"
    assert total.one("a").attrs["href"] == "?lamp=red&lamp=yellow&sort=total"
    assert {link.all_text for link in head.find("a")} == {"总投资 (亿元)", "签约时间", "天数 (天)"}
    assert drawn(sort=Sort("signed")).one("th", aria_sort="ascending").all_text == "签约时间"


def test_cards_carry_the_column_name_and_drop_what_a_phone_hides():
    row = drawn().one("tr", id="row-XM-1")
    labels = {cell.attrs["data-l"]: cell.all_text for cell in row.find("td") if "data-l" in cell.attrs}
    assert labels == {"总投资（亿元）": "52.0", "卡点": "土地"}
    hidden = [cell.all_text for cell in row.find("td", css="m-off")]
    assert hidden == ["示例投资有限公司", "2023-01-06", "374", ""]
    assert "m-off" not in row.one("th").css


def test_an_empty_cell_leaves_no_bare_label_on_a_card():
    row = drawn(rows=[example_row(block=Cell())]).one("tr", id="row-XM-1")
    assert "m-off" in row.one("td", data_l="卡点").css


def test_a_lamp_is_a_shape_a_word_and_a_reason():
    column = COLUMNS[1]
    red = read(cell_html(column, Cell("红灯", lamp="red", note="超红灯线9天")))
    assert red.one("span", css="lamp--red").all_text == "红灯"
    assert red.one("span", css="why").all_text == "超红灯线9天"
    for colour, word in (("yellow", "黄灯"), ("green", "绿灯"), ("grey", "无数据"), ("pause", "中止")):
        assert read(cell_html(column, Cell(lamp=colour))).one("span", css=f"lamp--{colour}").all_text == word


def test_a_figure_is_a_door_and_a_missing_one_a_dash():
    total = COLUMNS[3]
    assert read(cell_html(total, Cell("52.0", href="/rows/"))).one("a", css="fig").attrs["href"] == "/rows/"
    assert read(cell_html(total, Cell())).all_text == "—"
    assert read(cell_html(Column("due", "时限", "date"), Cell())).all_text == "—"
    assert cell_html(Column("block", "卡点"), Cell()) == ""
    alarm = read(cell_html(Column("due", "时限", "date"), Cell("2024-01-12", alarm=True)))
    assert alarm.one("span", css="alarm").all_text == "2024-01-12"


def test_totals_stand_under_the_columns_that_have_them():
    foot = drawn(totals={"name": Cell("合计 128个项目"), "total": Cell("119.4"), "days": Cell("9999")}).one(
        "tfoot"
    )
    texts = [cell.all_text for cell in cells_of(foot.one("tr"))]
    assert texts[1] == "合计 128个项目"
    assert texts[4] == "119.4"
    assert "9999" not in texts, "the column is not declared as one with a total"


def test_without_totals_there_is_no_foot():
    assert not drawn(totals={}).find("tfoot")


def test_the_row_of_the_open_drawer_is_chosen():
    row = Row("XM-9", example_row().cells, chosen=True)
    page = drawn(rows=[example_row("XM-1"), row])
    assert page.one("tr", aria_selected="true").attrs["id"] == "row-XM-9"


def test_no_rows_say_so_and_offer_a_way_out():
    template = engines["django"].from_string("{% table t '/projects/' %}")
    page = read(template.render({"t": example_table(rows=[], empty="没有符合条件的项目")}))
    assert page.one("b").all_text == "没有符合条件的项目"
    assert page.one("a").attrs["href"] == "/projects/"
    assert not page.find("table")
    assert "没有符合条件的记录" in drawn(rows=[]).all_text


@pytest.mark.parametrize("place", ["text", "note", "href"])
def test_hostile_text_is_text(place):
    hostile = {"text": HOSTILE, "note": HOSTILE, "href": f"/x/{HOSTILE}"}[place]
    cell = Cell(**{"text": "x", place: hostile})
    page = drawn(
        rows=[example_row(key=HOSTILE, name=cell, investor=cell, total=cell, lamp=Cell(HOSTILE, lamp="red"))],
        caption=HOSTILE,
        columns=[*COLUMNS, Column("x", HOSTILE, group=HOSTILE, unit=HOSTILE, phone="show")],
        totals={"name": cell},
    )
    assert not page.find("script")
    assert HOSTILE in page.all_text


def test_rare_characters_come_through():
    page = drawn(rows=[example_row(name=Cell(RARE), investor=Cell(RARE))])
    assert page.all_text.count(RARE) == 2


def test_short_text_keeps_its_line_and_long_text_gets_room():
    columns = [Column("name", "名称", "name"), Column("block", "卡点"), Column("investor", "投资方")]
    row = drawn(columns=columns, rows=[example_row(investor=Cell("一" * 11))]).one("tr", id="row-XM-1")
    number, name, block, investor = cells_of(row)
    assert "nw" in block.css
    assert "w" in investor.css


def test_a_table_in_a_panel_has_no_running_number_and_becomes_cards_only_when_asked():
    plain = example_table(columns=[Column("name", "名称", "name"), Column("block", "卡点")], totals={})
    assert draw_plain_table(plain).css == "ledger ledger--plain"
    assert "k1" not in draw_plain_table(plain).body
    assert " id=" not in draw_plain_table(plain).body
    assert draw_plain_table(example_table()).css == "ledger ledger--plain ledger--cards"


def test_a_faulty_cell_is_marked_and_says_what_is_wrong_on_a_phone_too():
    cells = {**example_row("XM-1").cells, "note": Cell("2000万件", fault="不是金额")}
    row = drawn(rows=[Row("XM-1", cells)]).one("tbody").find("tr")[0]
    (cell,) = row.find("td", css="bad")
    assert cell.one("span", css="cellnote").all_text == "不是金额"
    assert "2000万件" in cell.all_text
    assert "m-off" not in cell.css and cell.attrs["data-l"] == "备注"
    assert cell.attrs["role"] == "cell"
    assert len(row.find("td")) == len(COLUMNS)
