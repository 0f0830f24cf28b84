"""The kit in a browser: accessible in both themes, usable by keyboard, and nothing typed is lost."""

import mimetypes
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django import forms
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from wutong.ui.forms import FilterForm, HouseForm
from wutong.ui.nodes_chart import Node, NodesPanel
from wutong.ui.pages import Action, Chip, Crumb, DetailPage, FormPage, ListPage, Tab
from wutong.ui.panels import (
    Fact,
    FactsPanel,
    GateLine,
    GatePanel,
    ListItem,
    ListPanel,
    Stat,
    StatCards,
    Step,
    StepsBar,
    TablePanel,
    TimelineEntry,
    TimelinePanel,
)
from wutong.ui.tests.examples import AS_OF, COLUMNS, example_frame, example_row, example_table

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytestmark = [pytest.mark.browser, pytest.mark.urls("wutong.ui.tests.urls")]

SITE = "http://kit.test"
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
AXE = """async (tags) => {
  const result = await axe.run({ runOnly: { type: "tag", values: tags } });
  return result.violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 200)).join(" | ")}`);
}"""
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'"

mimetypes.add_type("text/javascript", ".mjs")


class Filters(FilterForm):
    q = forms.CharField(label="名称", required=False)
    lamp = forms.ChoiceField(
        label="亮灯", required=False, choices=[("", "全部"), ("red", "红灯"), ("green", "绿灯")]
    )


class Visit(HouseForm):
    enterprise = forms.CharField(label="企业", help_text="全称", required=False)
    visited_on = forms.DateField(label="走访日", required=False)
    way = forms.ChoiceField(
        label="方式", choices=[("door", "上门"), ("phone", "电话")], widget=forms.RadioSelect
    )
    next_step = forms.CharField(label="下一步", widget=forms.Textarea)
    password = forms.CharField(label="口令", required=False, widget=forms.PasswordInput)


def list_page() -> ListPage:
    return ListPage(
        "项目推进库",
        example_table(rows=[example_row(f"XM-{number}") for number in range(20)]),
        intro="近24个月内已签约未开工的项目",
        crumbs=[Crumb("招商", "/list/"), Crumb("项目推进库")],
        actions=[Action("导入", "/form/"), Action("新建", "/form/", main=True, drawer=True)],
        tabs=[Tab("全部", 41, "/list/", current=True), Tab("我的项目", 9, "/list/?mine=1")],
        filters=Filters(),
        filter_chips=[Chip("亮灯：红灯", "/list/")],
        clear_href="/list/",
        chooser_columns=COLUMNS,
    )


def detail_page() -> DetailPage:
    nodes = [
        Node("签约", AS_OF.replace(year=2023), AS_OF.replace(year=2023)),
        Node("开工", AS_OF.replace(day=2), None),
    ]
    return DetailPage(
        "储能电池项目",
        crumbs=[Crumb("项目推进库", "/list/"), Crumb("XM-1")],
        lamp="red",
        lamp_text="红灯",
        lamp_reason="签约374天未开工，超红灯线9天",
        actions=[
            Action("记走访", "/form/", drawer=True),
            Action("申报开工", "/start/", main=True, disabled_by="gate"),
        ],
        steps=StepsBar(
            [Step(f"阶段{n}", "2023-01-06", "done") for n in range(6)] + [Step("开工", "", "current")]
        ),
        main=[
            StatCards([Stat("红灯项目", "5", "个", "/list/", "增1个", "2024-01-15", alarm=True)]),
            GatePanel(
                [GateLine("missing", "节能审查意见", "缺章节", "补充", "/form/")], title="还缺1项", id="gate"
            ),
            TablePanel(example_table(totals={}), title="问题与整改", id="problems"),
            NodesPanel(nodes, AS_OF, title="节点", id="nodes"),
            TimelinePanel([TimelineEntry(AS_OF, "转红灯", "时限引擎", "bad", "/list/")], title="全过程"),
        ],
        side=[
            FactsPanel([Fact("总投资", "52.0 亿元", "/list/"), Fact("产业组", "")], title="基本情况"),
            ListPanel([ListItem("合同.pdf", "/list/", "待核验", "warn", "46页")], title="文件"),
        ],
    )


def form_page(form: HouseForm) -> FormPage:
    return FormPage("走访记录", form, "提交", "/list/", action_href="/form/")


class Site:
    """Answers the browser without a server: pages are rendered here, the form accepts what is complete."""

    def __init__(self, theme: str) -> None:
        self.theme = theme
        self.accepted: list[str] = []
        self.pages: dict[str, Callable[[], str]] = {
            "/list/": lambda: self.draw("ui/list.html", list_page()),
            "/detail/": lambda: self.draw("ui/detail.html", detail_page()),
            "/refused/": lambda: self.draw("ui/form_page.html", form_page(Visit({}))),
            "/error/": lambda: self.draw("ui/errors/422.html", None),
            "/sign-in/": lambda: self.draw("ui/bare.html", None),
        }

    def draw(self, template: str, page: Any) -> str:
        context = {"frame": example_frame(theme=self.theme), "csrf_token": "token", "page": page}
        return render_to_string(template, context)

    def answer(self, route: "Route") -> None:
        request = route.request
        path = request.url.removeprefix(SITE).partition("?")[0]
        if path.startswith(settings.STATIC_URL):
            found = finders.find(path.removeprefix(settings.STATIC_URL))
            assert isinstance(found, str), path
            kind = mimetypes.guess_type(found)[0] or "text/plain"
            route.fulfill(body=Path(found).read_bytes(), content_type=kind)
            return
        headers = {"Content-Security-Policy": POLICY}
        status, body = 200, ""
        if path == "/form/":
            status, body = self.form(
                request.method, request.post_data or "", "hx-request" in request.headers, headers
            )
        elif path in self.pages:
            body = self.pages[path]()
        route.fulfill(status=status, body=body, content_type="text/html; charset=utf-8", headers=headers)

    def form(self, method: str, data: str, fragment: bool, headers: dict[str, str]) -> tuple[int, str]:
        template = "ui/drawer.html" if fragment else "ui/form_page.html"
        if method == "GET":
            return 200, self.draw(template, form_page(Visit()))
        if "door" in data:
            self.accepted.append(data)
            headers["HX-Redirect"] = "/list/"
            return 200, ""
        return 422, self.draw(template, form_page(Visit({"next_step": "周三送模板"})))


@pytest.fixture
def open_page(page: "Page", request: pytest.FixtureRequest) -> Callable[..., Site]:
    """Opens a page of the kit at a width and in a theme; fails on any complaint of the browser."""
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: complaints.append(message.text) if "Security Policy" in message.text else None,
    )

    def open_it(path: str, *, theme: str = "light", width: int = 1440) -> Site:
        site = Site(theme)
        page.set_viewport_size({"width": width, "height": 900})
        page.route("**/*", site.answer)
        page.goto(SITE + path)
        page.wait_for_load_state("load")
        return site

    def check() -> None:
        assert complaints == []

    request.addfinalizer(check)
    return open_it


def complaints_of_axe(page: "Page") -> list[str]:
    source = (
        settings.FRONT_END_DIR
        if hasattr(settings, "FRONT_END_DIR")
        else Path(__file__).parents[4] / "node_modules"
    )
    page.evaluate((Path(source) / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(AXE, RULES)
    return found


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 360])
@pytest.mark.parametrize("path", ["/list/", "/detail/", "/refused/", "/error/"])
def test_pages_are_accessible_and_never_scroll_sideways(page, open_page, path, width, theme):
    open_page(path, theme=theme, width=width)
    assert complaints_of_axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_drawer_is_accessible(page, open_page, theme):
    open_page("/detail/", theme=theme)
    page.get_by_text("记走访").click()
    page.wait_for_selector("dialog[open]")
    page.get_by_role("button", name="提交").click()
    page.wait_for_selector("dialog .errors")
    assert complaints_of_axe(page) == []


def test_the_keyboard_reaches_the_search_from_anywhere(page, open_page):
    open_page("/list/")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    assert page.input_value("#frame-q") == ""
    page.keyboard.type("a/b")
    assert page.input_value("#frame-q") == "a/b", "in a field the stroke is a stroke"
    page.locator("#filter_q").focus()
    page.keyboard.press("Control+k")
    assert page.evaluate("document.activeElement.id") == "frame-q"


def test_a_drawer_opens_beside_the_row_and_gives_the_focus_back(page, open_page):
    open_page("/detail/")
    page.get_by_text("记走访").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[open]")
    assert page.evaluate("document.activeElement.name") == "enterprise"
    assert page.url == SITE + "/detail/"
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")
    assert page.evaluate("document.activeElement.textContent") == "记走访"


def test_a_refused_drawer_shows_its_errors_and_an_accepted_one_moves_on(page, open_page):
    site = open_page("/detail/")
    page.get_by_text("记走访").click()
    page.fill("#id_next_step", "周三送模板")
    page.get_by_role("button", name="提交").click()
    page.wait_for_selector("dialog .errors")
    assert "errors" in page.evaluate("document.activeElement.className")
    assert site.accepted == []
    page.check("#id_way_0", force=True)
    page.get_by_role("button", name="提交").click()
    page.wait_for_url(SITE + "/list/")
    assert len(site.accepted) == 1 and "周三送模板" in site.accepted[0]


def test_a_time_out_does_not_cost_what_was_typed(page, open_page):
    open_page("/form/")
    page.fill("#id_next_step", "周三送模板")
    page.check("#id_way_1", force=True)
    page.fill("#id_password", "secret-1")
    page.evaluate(
        "document.getElementById('page-form').dispatchEvent(new Event('submit'))"
    )  # answered by a sign-in
    page.goto(SITE + "/sign-in/")
    page.goto(SITE + "/list/")
    page.goto(SITE + "/form/")
    page.get_by_role("button", name="恢复草稿").click()
    assert page.input_value("#id_next_step") == "周三送模板"
    assert page.is_checked("#id_way_1")
    assert "secret-1" not in page.evaluate("JSON.stringify(localStorage)")


def test_a_draft_goes_when_it_was_sent_or_thrown_away_or_the_reader_signs_out(page, open_page):
    open_page("/form/")
    page.fill("#id_next_step", "周三送模板")
    page.goto(SITE + "/form/")
    page.get_by_role("button", name="丢弃").click()
    assert page.evaluate("localStorage.length") == 0

    page.goto(SITE + "/detail/")
    page.get_by_text("记走访").click()
    page.fill("#id_next_step", "周三送模板")
    page.check("#id_way_0", force=True)
    page.get_by_role("button", name="提交").click()
    page.wait_for_url(SITE + "/list/")
    page.wait_for_load_state("load")
    assert page.evaluate("localStorage.length") == 0

    page.goto(SITE + "/form/")
    page.fill("#id_next_step", "给下一个人")
    page.locator("details.user summary").click()
    page.get_by_role("button", name="退出").click()
    page.goto(SITE + "/sign-in/")
    assert page.evaluate("localStorage.length") == 0


def test_a_refused_drawer_that_is_left_keeps_its_draft(page, open_page):
    open_page("/detail/")
    page.get_by_text("记走访").click()
    page.fill("#id_next_step", "周三送模板")
    page.get_by_role("button", name="提交").click()
    page.wait_for_selector("dialog .errors")
    page.keyboard.press("Escape")
    page.goto(SITE + "/list/")
    page.goto(SITE + "/form/")
    page.get_by_role("button", name="恢复草稿").click()
    assert page.input_value("#id_next_step") == "周三送模板"


def test_without_a_network_the_form_stays_and_says_so(page, open_page):
    open_page("/detail/")
    page.get_by_text("记走访").click()
    page.fill("#id_next_step", "周三送模板")
    page.route("**/form/", lambda route: route.abort())
    page.get_by_role("button", name="提交").click()
    assert "没有送达" in page.get_by_role("alert").inner_text()
    assert page.input_value("#id_next_step") == "周三送模板"


def test_a_filter_acts_under_the_pointer_and_waits_under_the_keyboard(page, open_page):
    open_page("/list/")
    page.locator("#filter_lamp").focus()
    page.keyboard.press("ArrowDown")
    assert page.url == SITE + "/list/"
    # A headless browser does not open the list of a select: press and change are sent as the pointer causes them.
    page.locator("#filter_lamp").dispatch_event("pointerdown")
    page.locator("#filter_lamp").select_option("green")
    page.wait_for_url("**/list/?*lamp=green*")


def test_a_long_ledger_ends_at_a_whole_row_above_its_totals(page, open_page):
    open_page("/list/")
    foot = page.locator("tfoot tr").bounding_box()
    bottoms = page.eval_on_selector_all(
        "tbody tr", "rows => rows.map(row => row.getBoundingClientRect().bottom)"
    )
    assert foot and any(abs(bottom - foot["y"]) < 1.5 for bottom in bottoms)


def test_on_a_phone_the_menu_is_a_page_that_opens_and_closes_by_links(page, open_page):
    open_page("/list/", width=360)
    assert not page.locator("#menu").is_visible()
    page.locator(".tabbar a").last.click()
    assert page.locator("#menu").is_visible()
    assert page.locator("header.bar").is_visible()
    page.get_by_text("关闭菜单").click()
    assert not page.locator("#menu").is_visible()


def test_on_a_phone_a_row_is_a_card_with_the_names_of_its_columns(page, open_page):
    open_page("/list/", width=360)
    card = page.locator("#row-XM-1")
    assert card.evaluate("row => getComputedStyle(row).display") == "grid"
    assert card.locator("td[data-l]").first.is_visible()
    assert not card.get_by_text("示例投资有限公司").is_visible()


def test_without_scripts_every_link_is_a_page(browser, request):
    context = browser.new_context(java_script_enabled=False)
    request.addfinalizer(context.close)
    page = context.new_page()
    page.route("**/*", Site("light").answer)
    page.goto(SITE + "/detail/")
    page.get_by_text("记走访").click()
    page.wait_for_url(SITE + "/form/")
    assert page.get_by_role("button", name="提交").is_visible()
    page.goto(SITE + "/list/")
    page.locator("details:not(.user) > summary.btn").click()
    assert page.get_by_role("button", name="显示这些列").is_visible()
