"""The drawing of planned and actual nodes: every mark lies where its day lies, and nothing leaves the drawing."""

from datetime import date, timedelta

import pytest
from django.template import engines
from hypothesis import given
from hypothesis import strategies as st

from wutong.ui.nodes_chart import (
    LEFT_MAX,
    WIDTH,
    Node,
    NodesPanel,
    days_late,
    draw_nodes,
    standing,
    time_scale,
)
from wutong.ui.tests.examples import HOSTILE
from wutong.ui.tests.well_formed import Element, read
from wutong.ui.time_axis import TICK_SPACE, text_width, tick_days

AS_OF = date(2024, 1, 15)
DAYS = st.dates(date(2015, 1, 1), date(2035, 12, 31))
NODES = st.lists(
    st.builds(Node, label=st.text(max_size=30), planned_on=st.none() | DAYS, actual_on=st.none() | DAYS),
    max_size=12,
)


@pytest.mark.parametrize(
    ("planned_on", "actual_on", "how", "late", "text"),
    [
        (date(2023, 1, 6), date(2023, 1, 6), "reached", 0, "01/06，按期"),
        (date(2023, 2, 10), date(2023, 2, 8), "reached", -2, "02/08，早2天"),
        (date(2023, 5, 20), date(2023, 6, 16), "reached", 27, "06/16，晚27天"),
        (date(2023, 7, 15), None, "overdue", 184, "已晚184天，计划07/15"),
        (date(2024, 1, 15), None, "ahead", None, "计划01/15"),
        (date(2024, 3, 31), None, "ahead", None, "计划03/31"),
        (None, date(2023, 3, 1), "unplanned", None, "03/01，无计划"),
        (None, None, "open", None, "未定"),
        # What happened after the data day is not known on the data day.
        (date(2023, 12, 31), date(2024, 2, 1), "overdue", 15, "已晚15天，计划12/31"),
        (date(2024, 3, 31), date(2024, 2, 1), "ahead", None, "计划03/31"),
    ],
)
def test_a_node_says_how_it_stands_on_the_data_day(planned_on, actual_on, how, late, text):
    node = Node("开工", planned_on, actual_on)
    assert standing(node, AS_OF) == how
    assert days_late(node, AS_OF) == late
    assert draw_nodes([node], AS_OF).rows[0].text == text


def test_the_red_line_runs_from_the_plan_to_the_data_day():
    chart = draw_nodes([Node("开工", date(2023, 7, 30), None)], AS_OF)
    row = chart.rows[0]
    assert row.bar_css == "m-late"
    assert float(row.bar_x) + float(row.bar_width) == pytest.approx(float(chart.as_of_x), abs=0.2)
    assert float(row.bar_x) == pytest.approx(float(row.diamond_x) + 5, abs=0.2)
    assert row.disc_x == ""


def test_a_delay_that_is_over_is_not_red():
    row = draw_nodes([Node("摘牌", date(2023, 5, 20), date(2023, 6, 16))], AS_OF).rows[0]
    assert row.bar_css == "m-c2"
    assert float(row.bar_x) + float(row.bar_width) == pytest.approx(float(row.disc_x), abs=0.2)


def test_an_early_node_has_no_line_of_delay():
    row = draw_nodes([Node("注册", date(2023, 2, 10), date(2023, 2, 8))], AS_OF).rows[0]
    assert row.bar_x == ""


def test_equal_spans_of_days_are_equally_wide():
    scale = time_scale([Node("甲", date(2023, 1, 1), None)], AS_OF, 96)
    assert scale.x(date(2023, 3, 1)) - scale.x(date(2023, 2, 1)) == pytest.approx(28 * scale.per_day)
    assert scale.x(scale.first) == 96


SIZES = st.sampled_from([12, 13.5, 17])
"""On a screen, on a small wall, on a large one."""


@given(NODES, DAYS, SIZES)
def test_no_mark_and_no_label_leaves_the_drawing(nodes, as_of, size):
    chart = draw_nodes(nodes, as_of, size)
    bottom = float(chart.view_box.split()[3])
    for row in chart.rows:
        for x in filter(None, (row.diamond_x, row.disc_x, row.bar_x)):
            assert 0 <= float(x) <= WIDTH
        width = text_width(row.text, size)
        start = float(row.text_x) - (width if row.text_anchor_end else 0)
        assert start >= 0
        assert start + width <= WIDTH + 1
        assert not row.bar_width or float(row.bar_width) > 0
        assert 0 < float(row.y) < bottom
        assert text_width(row.short_label, size) <= LEFT_MAX * size / 12
    assert 0 <= float(chart.as_of_x) <= WIDTH


@given(NODES, DAYS, SIZES)
def test_no_label_of_a_mark_lies_on_the_name_of_its_node(nodes, as_of, size):
    chart = draw_nodes(nodes, as_of, size)
    for row in chart.rows:
        name_ends = text_width(row.short_label, size)
        start = float(row.text_x) - (text_width(row.text, size) if row.text_anchor_end else 0)
        assert start >= name_ends, (row.short_label, row.text)


@given(NODES, DAYS, SIZES)
def test_tick_labels_do_not_touch(nodes, as_of, size):
    scale = time_scale(nodes, as_of, 96, size)
    xs = [scale.x(day) for day in tick_days(scale)]
    assert xs, "there is always a tick"
    space, span = TICK_SPACE * size / 12, scale.last - scale.first
    if span < timedelta(days=365 * 25):
        assert all(later - earlier >= space * 0.9 for earlier, later in zip(xs, xs[1:], strict=False))


def test_the_year_is_written_where_it_changes():
    chart = draw_nodes([Node("投产", date(2023, 10, 2), None)], AS_OF)
    labels = [tick.label for tick in chart.ticks]
    assert labels[0] == "2023年10月"
    assert "2024年1月" in labels
    assert "11月" in labels


def rendered(panel: NodesPanel) -> Element:
    return read(engines["django"].from_string("{% panel p %}").render({"p": panel}))


def test_the_table_says_the_same_as_the_drawing():
    nodes = [
        Node("签约", date(2023, 1, 6), date(2023, 1, 6)),
        Node("注册", date(2023, 2, 10), date(2023, 2, 8), href="/node/"),
        Node("开工", date(2023, 7, 30), None),
        Node("达效", None, None),
    ]
    page = rendered(NodesPanel(nodes, AS_OF, title="节点", id="nodes"))
    rows = [[cell.all_text for cell in row.children] for row in page.one("tbody").find("tr")]
    assert rows == [
        ["签约", "2023-01-06", "2023-01-06", "0"],
        ["注册", "2023-02-10", "2023-02-08", "-2"],
        ["开工", "2023-07-30", "—", "169"],
        ["达效", "—", "—", "—"],
    ]
    links = page.one("svg").find("a")
    assert [link.attrs["href"] for link in links] == ["#nodes-1", "/node/", "#nodes-3", "#nodes-4"]
    assert links[2].attrs["aria-label"] == "开工，已晚169天，计划07/30；计划2023-07-30"
    assert all(link.all_text in link.attrs["aria-label"] for link in links), "the name contains what is seen"


def test_hostile_and_long_names_stay_text():
    page = rendered(NodesPanel([Node(HOSTILE * 3, date(2023, 1, 6), None)], AS_OF, title="节点"))
    assert not page.find("script")
    assert not page.one("svg").find("a"), "without id and href there is nowhere to go"


def test_no_nodes_say_so():
    assert "暂无记录" in rendered(NodesPanel([], AS_OF, title="节点")).all_text
