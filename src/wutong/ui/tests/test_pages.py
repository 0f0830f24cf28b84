"""Whole pages: the frame, a ledger, a detail page, a form, its drawer, sign-in and errors."""

from typing import Any

import pytest
from django import forms
from django.template.loader import render_to_string

from wutong.ui.forms import FilterForm, HouseForm
from wutong.ui.pages import Action, Chip, Crumb, DetailPage, FormPage, ListPage, Tab
from wutong.ui.panels import Fact, FactsPanel, GateLine, GatePanel, Step, StepsBar
from wutong.ui.tests.examples import COLUMNS, HOSTILE, RARE, example_frame, example_table
from wutong.ui.tests.well_formed import Element, read

pytestmark = pytest.mark.urls("wutong.ui.tests.urls")


class Filters(FilterForm):
    q = forms.CharField(label="名称", required=False)
    lamp = forms.ChoiceField(label="亮灯", required=False, choices=[("", "全部"), ("red", "红灯")])


class Visit(HouseForm):
    next_step = forms.CharField(label="下一步")


def page_of(template: str, page: Any = None, **context: Any) -> Element:
    context = {"frame": example_frame(), "csrf_token": "token", "page": page, **context}
    return read(render_to_string(template, context))


def list_page(**changes: Any) -> ListPage:
    facts: dict[str, Any] = {
        "title": "项目推进库",
        "table": example_table(),
        "intro": "近24个月内已签约未开工的项目",
        "crumbs": [Crumb("招商", "/investment/"), Crumb("项目推进库")],
        "actions": [Action("导入", "/import/"), Action("新建", "/new/", main=True, drawer=True)],
        "tabs": [Tab("全部", 41, "?"), Tab("本周调度", 14, "?view=week", current=True)],
        "filters": Filters({"lamp": "red"}),
        "filter_chips": [Chip("亮灯：红灯", "?")],
        "clear_href": "/projects/",
        "chooser_columns": COLUMNS,
        "foot_notes": ["规模档累计，各档不相加"],
    }
    return ListPage(**{**facts, **changes})


def form_page(form: HouseForm) -> FormPage:
    return FormPage("走访记录", form, "提交", "/visits/", action_href="/visits/new/")


# ---- the frame -------------------------------------------------------------------------------------------------


def test_the_server_writes_language_theme_text_size_and_density():
    frame = example_frame(theme="dark", text_size="large", density="compact", language="zh-Hant")
    html = page_of("ui/frame.html", frame=frame).one("html")
    assert html.attrs == {
        "lang": "zh-Hant",
        "data-theme": "dark",
        "data-text": "large",
        "data-density": "compact",
    }


def test_single_key_shortcuts_can_be_switched_off():
    page = page_of("ui/frame.html", frame=example_frame(single_keys=False))
    assert page.one("html").attrs["data-single-keys"] == "off"


def test_the_first_stop_of_the_keyboard_skips_to_the_text():
    body = page_of("ui/frame.html").one("body")
    skip = body.children[0]
    assert skip.attrs["href"] == "#main"
    assert body.one("main").attrs["id"] == "main"


def test_the_bar_shows_zone_search_day_and_user():
    page = page_of("ui/frame.html")
    assert "示例高新区" in page.one("a", css="brand").all_text
    search = page.one("form", role="search")
    assert search.attrs["action"] == "/search/"
    assert search.one("input").attrs["name"] == "q"
    assert page.one("a", css="asof").all_text == "数据日2024-01-15"
    assert page.one("details", css="user").one("summary").all_text == "林示例"


def test_signing_out_is_a_post_with_a_token():
    for form in page_of("ui/frame.html").find("form", action="/accounts/sign-out/"):
        assert form.attrs["method"] == "post"
        assert form.one("input", name="csrfmiddlewaretoken").attrs["value"] == "token"


def test_the_menu_is_a_tree_with_counts_and_alarms_in_words():
    menu = page_of("ui/frame.html").one("nav", id="menu")
    work, investment = menu.find("details")
    assert "open" in work.attrs and "open" not in investment.attrs
    assert work.one("a", aria_current="page").all_text == "今日9"
    assert work.one("small", css="alarm").all_text == "2项红灯"
    assert investment.find("a")[0].all_text == "项目推进库1,041"
    assert investment.find("a")[1].all_text == "线索"


def test_invented_data_are_called_so_on_every_page():
    sample = page_of("ui/frame.html")
    assert sample.one("span", css="sample").all_text == "示例数据"
    assert "示例数据" in sample.one("title").all_text and "均为虚构" in sample.one("p", css="foot").all_text
    real = page_of("ui/frame.html", frame=example_frame(sample=False))
    assert "示例" not in real.one("title").all_text and not real.find("span", css="sample")


def test_the_phone_bar_ends_with_the_menu():
    links = page_of("ui/frame.html").one("nav", css="tabbar").find("a")
    assert [link.attrs["href"] for link in links] == ["/", "/projects/", "#menu"]


def test_scripts_come_from_files_and_htmx_neither_styles_nor_evaluates():
    page = page_of("ui/frame.html")
    assert all(script.attrs["src"].startswith("/static/") for script in page.find("script"))
    config = page.one("meta", name="htmx-config").attrs["content"]
    assert config == '{"includeIndicatorStyles":false,"allowEval":false}'


def test_messages_are_read_out():
    class Message(str):
        level_tag = "success"

    page = page_of("ui/frame.html", messages=[Message("已存，ZG-2024-0011"), Message(HOSTILE)])
    box = page.one("div", role="status")
    assert "已存，ZG-2024-0011" in box.all_text and HOSTILE in box.all_text


# ---- a ledger --------------------------------------------------------------------------------------------------


def test_a_ledger_page_has_head_views_filters_table_and_pager():
    page = page_of("ui/list.html", list_page())
    assert page.one("h1").all_text == "项目推进库"
    assert page.one("nav", css="tabs").one("a", aria_current="page").all_text == "本周调度 14"
    assert page.one("nav", css="crumb").one("li", aria_current="page").all_text == "项目推进库"
    assert page.one("table", css="ledger--cards")
    assert "规模档累计，各档不相加" in page.all_text
    assert "data-drawer" in page.one("a", href="/new/").attrs


def test_the_filter_form_works_without_script_and_keeps_order_and_columns():
    table = example_table(query="q=x&lamp=red&cols=&cols=signed&view=week")
    form = page_of("ui/list.html", list_page(table=table)).one("form", css="filters")
    kept = [(field.attrs["name"], field.attrs["value"]) for field in form.find("input", type="hidden")]
    assert kept == [("cols", ""), ("cols", "signed"), ("view", "week"), ("sort", "-total")]
    assert form.one("button").all_text == "筛选"
    assert [label.all_text for label in form.find("label")] == ["名称", "亮灯"]


def test_a_filter_that_is_on_can_be_taken_away():
    page = page_of("ui/list.html", list_page())
    chip = page.one("a", css="chip")
    assert chip.attrs["href"] == "?" and "移除" in chip.all_text


def test_a_ledger_without_filters_and_rows_is_still_a_page():
    bare = list_page(filters=None, filter_chips=[], clear_href="", chooser_columns=[], tabs=[], actions=[])
    page = page_of("ui/list.html", bare)
    assert not page.find("div", css="ledger-bar")
    empty = page_of(
        "ui/list.html", list_page(table=example_table(rows=[], row_count=0, page=1, page_count=1))
    )
    assert empty.one("div", css="empty").one("a").attrs["href"] == "/projects/"


# ---- one thing -------------------------------------------------------------------------------------------------


def detail_page(**changes: Any) -> DetailPage:
    facts: dict[str, Any] = {
        "title": "储能电池项目",
        "crumbs": [Crumb("项目推进库", "/projects/"), Crumb("XM-1")],
        "lamp": "red",
        "lamp_text": "红灯",
        "lamp_reason": "签约374天未开工，超红灯线9天",
        "actions": [
            Action("记进展", "/log/", drawer=True),
            Action("终止项目", "/stop/", stop=True, post=True),
            Action("申报开工", "/start/", main=True, disabled_by="gate"),
        ],
        "steps": StepsBar([Step("签约", "2023-01-06", "done"), Step("开工", "", "current")]),
        "main": [GatePanel([GateLine("missing", "节能审查意见")], title="离“开工”还缺1项", id="gate")],
        "side": [FactsPanel([Fact("编号", "XM-1")], title="基本情况")],
        "foot": "规则2023-07版。",
    }
    return DetailPage(**{**facts, **changes})


def test_a_detail_page_says_how_the_thing_stands_and_what_is_missing():
    page = page_of("ui/detail.html", detail_page())
    head = page.one("div", css="head")
    assert head.one("span", css="lamp--red").all_text == "红灯"
    assert "超红灯线9天" in head.all_text
    assert page.one("ol", css="steps")
    assert "规则2023-07版。" in page.one("p", css="foot").all_text


def test_a_button_that_cannot_work_yet_leads_to_what_is_missing():
    page = page_of("ui/detail.html", detail_page())
    button = page.one("a", aria_disabled="true")
    assert button.all_text == "申报开工"
    assert button.attrs["href"] == "#gate"
    assert button.attrs["aria-describedby"] == "gate-title"
    assert "/start/" not in str([link.attrs for link in page.find("a")])


def test_an_act_without_fields_is_a_post_with_a_token():
    form = page_of("ui/detail.html", detail_page()).one("form", action="/stop/")
    assert form.attrs["method"] == "post" and form.find("input", name="csrfmiddlewaretoken")
    assert form.one("button").css == ["btn", "btn--stop"]


def test_side_panels_are_optional():
    page = page_of("ui/detail.html", detail_page(side=[], steps=None, lamp="", lamp_reason="", actions=[]))
    assert not page.find("div", css="split")
    assert page.find("section", css="panel")


@pytest.mark.parametrize("name", [HOSTILE, RARE])
def test_names_are_text_everywhere(name):
    frame = example_frame(user_name=name, zone_name=name)
    crumbs = [Crumb(name, "/"), Crumb(name)]
    pages = [
        ("ui/list.html", list_page(title=name, intro=name, crumbs=crumbs, filter_chips=[Chip(name, "?")])),
        ("ui/detail.html", detail_page(title=name, lamp_reason=name, crumbs=crumbs, foot=name)),
        ("ui/form_page.html", FormPage(name, Visit({}), name, "/", intro=name, crumbs=crumbs)),
    ]
    for template, page in pages:
        drawn = page_of(template, page, frame=frame)
        assert all("src" in script.attrs for script in drawn.find("script"))
        assert drawn.all_text.count(name) >= 6


# ---- forms -----------------------------------------------------------------------------------------------------


def test_a_refused_form_tells_on_top_what_to_mend():
    page = page_of("ui/form_page.html", form_page(Visit({})))
    summary = page.one("section", css="errors")
    assert summary.attrs["tabindex"] == "-1"
    assert summary.one("a").attrs["href"] == "#id_next_step"
    assert summary.one("a").all_text == "下一步：请填写"
    assert page.one("title").all_text.startswith("有误：走访记录")


def test_a_form_sends_a_token_and_can_be_left():
    form = page_of("ui/form_page.html", form_page(Visit())).one("form", id="page-form")
    assert form.attrs["method"] == "post" and form.attrs["action"] == "/visits/new/"
    assert form.find("input", name="csrfmiddlewaretoken")
    assert [button.all_text for button in form.find("button")] == ["提交"]
    assert form.one("a").attrs["href"] == "/visits/"


def test_drafts_belong_to_who_writes_and_can_be_switched_off():
    form = page_of("ui/form_page.html", form_page(Visit())).one("form", id="page-form")
    assert form.attrs["data-draft"] == "林示例"
    secret = FormPage("改密码", Visit(), "提交", "/", draft=False)
    assert "data-draft" not in page_of("ui/form_page.html", secret).one("form", id="page-form").attrs


def test_a_form_with_a_file_is_sent_as_parts():
    class Upload(HouseForm):
        file = forms.FileField(label="文件")

    form = page_of("ui/form_page.html", FormPage("上传", Upload(), "上传", "/")).one("form", id="page-form")
    assert form.attrs["enctype"] == "multipart/form-data"


def test_the_drawer_is_a_named_dialog_with_its_own_way_out():
    page = page_of("ui/drawer.html", form_page(Visit({})))
    dialog = page.one("dialog", css="drawer")
    assert dialog.attrs["aria-labelledby"] == "drawer-title"
    assert not page.find("html"), "the drawer is a piece of a page"
    assert dialog.one("form", method="dialog").one("button").all_text == "关闭"
    submit = dialog.one("div", css="drawer-foot").one("button")
    assert submit.attrs["form"] == "drawer-form"
    assert dialog.one("section", css="errors")


# ---- pages without a menu --------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [400, 403, 404, 409, 422, 500])
def test_an_error_page_needs_nothing_and_says_what_to_do(code):
    page = read(render_to_string(f"ui/errors/{code}.html"))
    assert page.one("html").attrs["lang"] == "zh-Hans" and page.one("html").attrs["data-theme"] == "light"
    assert "请" in page.one("main").all_text
    assert page.one("a", css="btn").attrs["href"] == "/"
    assert not page.find("nav")


def test_a_refusal_shows_its_own_words_and_what_is_missing():
    context = {"message": "还不能申报开工", "items": ["节能审查意见", HOSTILE], "back_href": "/projects/1/"}
    page = read(render_to_string("ui/errors/422.html", context))
    assert "还不能申报开工" in page.all_text
    assert [item.all_text for item in page.find("li")] == ["✕节能审查意见", f"✕{HOSTILE}"]
    assert page.one("a", css="btn--main").attrs["href"] == "/projects/1/"


def test_a_conflict_lists_what_somebody_else_changed():
    page = read(render_to_string("ui/errors/409.html", {"changes": ["周示例把时限改为2024-01-31"]}))
    assert page.one("li").all_text == "周示例把时限改为2024-01-31"


def test_the_bare_page_takes_the_readers_theme_when_it_is_known():
    page = page_of("ui/bare.html", frame=example_frame(theme="dark"))
    assert page.one("html").attrs["data-theme"] == "dark"
    assert "示例高新区" in page.all_text
