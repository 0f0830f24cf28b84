"""The work of the ledger from end to end, with the keyboard alone."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from tests.browser.keyboard import Keyboard
from tests.browser.workbooks import PDF, push_library

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TODAY = timezone.localdate()
PROJECT = "键盘试点储能项目"
PROBLEM = "能评补充材料未报"


def library(today: date) -> bytes:
    """One project that was signed long ago and never started: a red lamp by its age alone."""
    row = {
        "项目名称": PROJECT,
        "投资方": "示例键盘储能科技有限公司",
        "总投资(亿元)": 12.6,
        "签约时间": today - timedelta(days=400),
        "计划开工时间": today - timedelta(days=200),
        "责任单位": "经济发展部",
        "责任人": "郑海川",
        "包保领导": "周明远",
        "帮办专员": "白雪",
        "最新进展(日期)": "等待能评批复",
    }
    return push_library([row])


def opened(page: "Page") -> Keyboard:
    page.goto("/")
    return Keyboard(page)


def test_a_red_project_is_imported_its_problem_raised_rectified_and_closed_by_somebody_else(visitor, site):
    page = visitor()
    keys = opened(page)
    keys.sign_in("clerk", site.password)
    import_the_library(page, keys)
    find_the_red_lamp(page, keys)
    case = raise_the_problem(page, keys)
    keys.sign_out("林晓岚")

    keys.sign_in("handler", site.password)
    hand_in_the_evidence(page, keys, case)
    be_refused_to_close(page, case)
    page.goto("/")
    keys.sign_out("郑海川")

    keys.sign_in("supervisor", site.password)
    close_it(page, keys)


def import_the_library(page: "Page", keys: Keyboard) -> None:
    keys.open("项目推进库")
    keys.open("导入")
    keys.hand_in("工作簿", "推进库.xlsx", library(TODAY), XLSX)
    keys.open("上传并预检")
    assert "尚未写入任何数据" in page.inner_text("main")
    keys.open("导入无错的1行")
    assert "已入库1行" in page.inner_text("main")


def find_the_red_lamp(page: "Page", keys: Keyboard) -> None:
    keys.skip_to_content()
    keys.to("红灯")
    page.keyboard.press("Enter")
    page.wait_for_url("**/projects/?view=red")
    keys.write("名称、投资方、编号、产业组", PROJECT)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    row = page.inner_text("tbody tr")
    assert PROJECT in row and "红灯" in row and "签约400天未开工" in row
    keys.open(PROJECT)
    assert PROJECT in page.inner_text("h1")


def raise_the_problem(page: "Page", keys: Keyboard) -> str:
    keys.press("提出问题", drawer=True)
    keys.write("存在问题", PROBLEM)
    keys.choose("卡点类别", "环评能评")
    keys.write("整改措施", "补充余热利用章节")
    keys.choose("主办单位", "经济发展部")
    keys.choose("主办责任人", "郑海川")
    keys.choose("核查人单位", "督查办")
    keys.choose("核查人责任人", "秦舒")
    keys.pick_day("时限", TODAY + timedelta(days=10))
    keys.open("提出问题")
    assert PROBLEM in page.inner_text("h1")
    assert "/rectifications/ZG" in page.url
    return page.url.rsplit("/", 2)[1]


def hand_in_the_evidence(page: "Page", keys: Keyboard, case: str) -> None:
    assert "今日" in page.inner_text("h1")
    assert PROBLEM in page.inner_text("#tasks") and case in page.inner_text("#tasks")
    keys.open(PROBLEM)
    keys.press("交佐证申请销号", drawer=True)
    keys.hand_in("整改佐证", "批复.pdf", PDF, "application/pdf")
    keys.open("交佐证申请销号")
    assert "待销号" in page.inner_text("main") and "批复.pdf" in page.inner_text("main")


def be_refused_to_close(page: "Page", case: str) -> None:
    """Whoever hands in does not close: no button, and the address says so in words."""
    assert "核查销号" not in page.inner_text(".head")
    answer = page.goto(f"/rectifications/{case}/act/close/")
    assert answer and answer.status == 403
    assert "另一个人" in page.inner_text("main")


def close_it(page: "Page", keys: Keyboard) -> None:
    assert PROBLEM in page.inner_text("#tasks")
    keys.open(PROBLEM)
    keys.press("核查销号", drawer=True)
    keys.open("核查销号")
    assert "已销号" in page.inner_text(".head")
    page.goto("/")
    assert PROBLEM not in page.inner_text("#tasks")


def test_the_first_sign_in_leads_to_an_own_password(visitor, site):
    page = visitor()
    keys = opened(page)
    keys.sign_in("team", site.one_time["team"])
    page.goto("/projects/")
    assert page.url == site.url("/account/password/"), "nothing else opens before the password is changed"
    keys.write("原密码", site.one_time["team"])
    keys.write("新密码", "short")
    keys.write("再输一遍新密码", "short")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "至少10位" in page.inner_text(".field--bad")
    keys.write("原密码", site.one_time["team"])
    keys.write("新密码", site.password)
    keys.write("再输一遍新密码", site.password)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url == site.url("/")
    assert "密码已修改" in page.inner_text("main")


def test_a_wrong_password_is_told_in_plain_words(visitor):
    page = visitor()
    keys = opened(page)
    keys.sign_in("clerk", "not-the-password")
    assert "登录名或密码不正确" in page.inner_text("[role=alert]")
    assert page.title().startswith("有误：")
    assert page.input_value("#id_password") == "", "the password is not sent back"


def test_the_second_of_two_people_is_told_what_changed_and_keeps_what_was_typed(visitor, site):
    first, second = visitor("clerk"), visitor("leader")
    for page in (first, second):
        page.goto(f"/projects/{site.rows['written_by_two']}/")
    writing = Keyboard(second)
    writing.press("调整责任", drawer=True)
    writing.write("理由", "主办人调岗，交由新的经办人")

    other = Keyboard(first)
    other.press("记进展", drawer=True)
    other.write("最新进展", "厂房钢结构开始吊装")
    other.open("记进展")

    writing.press("调整责任")
    second.wait_for_selector("dialog .errors")
    told = second.inner_text("dialog .errors")
    assert "林晓岚" in told and "记进展" in told
    assert second.input_value("dialog [name=reason]") == "主办人调岗，交由新的经办人"


def test_a_session_that_ended_does_not_cost_what_was_typed(visitor, site):
    page = visitor()
    keys = opened(page)
    keys.sign_in("clerk", site.password)
    page.goto(f"/projects/{site.rows['written_twice']}/")
    keys.press("记进展", drawer=True)
    keys.write("最新进展", "设备基础完成浇筑")
    page.context.clear_cookies(name="sessionid")
    keys.open("记进展")
    assert "登录" in page.inner_text("h1")
    keys.sign_in("clerk", site.password)
    page.goto(f"/projects/{site.rows['written_twice']}/")
    keys.press("记进展", drawer=True)
    keys.press("恢复草稿")
    assert page.input_value("dialog [name=latest_progress]") == "设备基础完成浇筑"
    keys.open("记进展")
    assert "设备基础完成浇筑" in page.inner_text("#timeline")
