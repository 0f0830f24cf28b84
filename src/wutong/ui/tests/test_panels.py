"""Panels of a detail page: what is declared is what is shown, and a sign is never a colour alone."""

from datetime import date

import pytest
from django.template import engines
from django.utils.html import format_html

from wutong.ui.panels import (
    Block,
    DiagramPanel,
    Fact,
    FactsPanel,
    GateLine,
    GatePanel,
    ListItem,
    ListPanel,
    PanelEnd,
    Stat,
    StatCards,
    Step,
    StepsBar,
    TablePanel,
    TimelineEntry,
    TimelinePanel,
)
from wutong.ui.tests.examples import HOSTILE, RARE, example_table
from wutong.ui.tests.well_formed import Element, read


def drawn(panel: Block) -> Element:
    return read(engines["django"].from_string("{% panel p %}").render({"p": panel}))


def test_the_header_carries_title_note_and_end():
    page = drawn(FactsPanel([], title="基本情况", note="按登记", end=PanelEnd("修改", "/edit/"), id="facts"))
    section = page.one("section", id="facts")
    assert section.attrs["aria-labelledby"] == "facts-title"
    assert page.one("h2", id="facts-title").all_text == "基本情况"
    assert page.one("a", css="end").attrs["href"] == "/edit/"
    assert page.one("span", css="dim").all_text == "按登记"
    words = drawn(FactsPanel([], title="基本情况", end=PanelEnd("6项中3项已核验")))
    assert words.one("span", css="end").all_text == "6项中3项已核验"


def test_facts_link_figures_with_dots_and_names_plainly():
    facts = [
        Fact("编号", "XM2023-041"),
        Fact("总投资", "52.0 亿元", href="/rows/", note="一期21.5亿元"),
        Fact("投资方", RARE, href="/enterprise/", wide=True),
        Fact("产业组", ""),
    ]
    page = drawn(FactsPanel(facts, title="基本情况"))
    code, total, investor, group = page.find("dd")
    assert code.all_text == "XM2023-041"
    assert total.one("a", css="fig").all_text == "52.0 亿元"
    assert investor.one("a").css == []
    assert group.all_text == "—"
    assert len(page.find("div", css="wide")) == 1


def test_a_gate_says_in_words_what_is_there_and_what_is_missing():
    lines = [
        GateLine("missing", "节能审查意见", "缺余热章节", "补充", "/add/"),
        GateLine("waiting", "现场照片", "", "核验", "/check/"),
        GateLine("ok", "招商合同", "", "秦示例，2023-09-25"),
        GateLine("waiting", "已申请", "", "准", "/grant/", "不准", "/decline/"),
    ]
    missing, waiting, ok, asked = drawn(GatePanel(lines, title="离“开工”还缺1项", id="gate")).find("li")
    assert missing.css == ["is-no"] and "缺少" in missing.all_text and "缺余热章节" in missing.all_text
    assert waiting.css == ["is-ask"] and "待核" in waiting.all_text
    assert ok.css == ["is-ok"] and "已具备" in ok.all_text
    assert missing.one("a").attrs["href"] == "/add/"
    assert not ok.find("a")
    assert [link.attrs["href"] for link in asked.find("a")] == ["/grant/", "/decline/"]


def test_a_timeline_is_an_ordered_list_with_machine_readable_days():
    entries = [
        TimelineEntry(date(2024, 1, 12), "到期未办结", "转红灯", "bad"),
        TimelineEntry(date(2023, 1, 6), "签约", weight="key", href="/case/"),
    ]
    late, signed = drawn(TimelinePanel(entries, title="全过程")).one("ol").find("li")
    assert late.css == ["is-bad"] and late.one("time").attrs["datetime"] == "2024-01-12"
    assert signed.css == ["is-key"] and signed.one("a").attrs["href"] == "/case/"


def test_a_list_has_a_side_and_a_note():
    items = [ListItem("合同.pdf", "/file/", "待核验", "warn", "46页"), ListItem("周示例", side="包保领导")]
    file, person = drawn(ListPanel(items, title="文件")).find("li")
    assert file.one("a").attrs["href"] == "/file/"
    assert "warn" in file.one("span").css
    assert file.one("p").all_text == "46页"
    assert person.one("b").all_text == "周示例"


def test_steps_name_the_current_one_and_say_what_is_done():
    page = drawn(
        StepsBar(
            [Step("签约", "2023-01-06", "done"), Step("开工", "计划2023-07-30", "current"), Step("投产")]
        )
    )
    signed, started, _ = page.one("ol", aria_label="阶段").find("li")
    assert "已完成" in signed.all_text
    assert started.attrs["aria-current"] == "step"


def test_a_figure_card_shows_name_value_comparison_and_day():
    page = drawn(
        StatCards([Stat("红灯项目", "5", "个", "/rows/", "上周4个，增1个", "2024-01-15", alarm=True)])
    )
    card = page.one("div", css="stat--alarm")
    assert card.all_text.split() == ["红灯项目", "5个", "上周4个，增1个", "2024-01-15"]
    assert card.one("a", css="fig").attrs["href"] == "/rows/"


def test_a_table_in_a_panel_keeps_its_row_anchors_apart_from_the_page():
    page = drawn(TablePanel(example_table(), title="问题与整改", id="problems"))
    assert page.find("tr", id="problems-row-XM-1")
    region = page.one("div", css="ledger-box")
    assert region.attrs["tabindex"] == "0", "a box that scrolls is reachable by keyboard"
    assert "ledger-box--tall" not in region.css


def test_a_diagram_has_the_same_content_as_a_table():
    svg = format_html('<svg viewBox="0 0 10 10" role="img" aria-label="{}"></svg>', "流程")
    page = drawn(DiagramPanel(svg, [["签约", "开工"], ["开工", "投产"]], ["状态", "下一步"], title="流程"))
    assert [cell.all_text for cell in page.find("th", scope="row")] == ["签约", "开工"]
    assert page.find("svg") and page.one("details")


@pytest.mark.parametrize(
    "panel",
    [
        FactsPanel([], title="空"),
        GatePanel([], title="空"),
        TimelinePanel([], title="空"),
        ListPanel([], title="空"),
        TablePanel(example_table(rows=[]), title="空"),
    ],
)
def test_an_empty_panel_says_so(panel):
    assert "暂无记录" in drawn(panel).all_text


@pytest.mark.parametrize(
    "panel",
    [
        FactsPanel([Fact(HOSTILE, HOSTILE, note=HOSTILE)], title=HOSTILE, note=HOSTILE),
        GatePanel([GateLine("missing", HOSTILE, HOSTILE, HOSTILE, "/")], title=HOSTILE),
        TimelinePanel([TimelineEntry(date(2024, 1, 1), HOSTILE, HOSTILE)], title=HOSTILE),
        ListPanel([ListItem(HOSTILE, "/", HOSTILE, HOSTILE, HOSTILE)], title=HOSTILE),
        StepsBar([Step(HOSTILE, HOSTILE)]),
        StatCards([Stat(HOSTILE, HOSTILE, HOSTILE, note=HOSTILE)]),
    ],
)
def test_hostile_text_is_text(panel):
    page = drawn(panel)
    assert not page.find("script")
    assert HOSTILE in page.all_text
