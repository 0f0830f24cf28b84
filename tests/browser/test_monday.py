"""A whole Monday, with the keyboard where people type: reports are chased and filled in, red lamps come to the dispatch
meeting, what it decides becomes work, and its minutes are issued by another hand."""

import re
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from tests.browser.keyboard import Keyboard
from tests.browser.workbooks import filled, spoilt

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TODAY = timezone.localdate()
LAST_MONTH = TODAY.replace(day=1) - timedelta(days=1)
ROUND = f"{LAST_MONTH.year}年{LAST_MONTH.month}月项目投资月报"
MEETING, NEXT_MEETING = "星期一调度会（示例）", "下星期一调度会（示例）"
LEADERS = ["周明远", "韩东升", "马文静", "孙立群", "—"]
"""In the order of the roster; projects without a lead official come last."""
RECTIFY, ORDER = "补齐节能审查材料后重报（示例）", "约见投资方商定资金到位日程（示例）"
NEXT_FRIDAY = TODAY + timedelta(days=11 - TODAY.weekday())
NEXT_ROW = ".is-new textarea:focus:placeholder-shown"
"""Empty, and ready to be typed into."""
PROJECT_NUMBER = re.compile(r"XM\d{4}-\d{4}")


def test_a_monday_from_the_reminder_to_the_minutes(visitor):
    supervisor, handler = visitor("supervisor"), visitor("handler")
    remind_who_owes(supervisor)
    find_the_reminder(handler)
    fill_in_the_round(handler)

    clerk, leader = visitor("clerk"), visitor("leader")
    red = red_projects(clerk)
    meeting = plan_a_meeting(clerk, MEETING, days=0)
    make_the_agenda(clerk, red)
    start(clerk, meeting)
    first = decide(clerk, RECTIFY, "整改")
    turn_to_the_next_item(clerk)
    second = decide(clerk, ORDER, "督办")

    find_the_work(handler)
    find_the_order(supervisor)
    find_in_the_file(leader, first, RECTIFY)
    find_in_the_file(leader, second, ORDER)

    adjourn(clerk)
    plan_a_meeting(clerk, NEXT_MEETING, days=7)
    ask_what_became_of_last_week(clerk)
    be_refused_to_issue(clerk, meeting)
    issue_the_minutes(leader, meeting)


# ---- the reports -------------------------------------------------------------------------------------------------


def remind_who_owes(page: "Page") -> None:
    """The round of last month is opened; where it runs already, it only takes in what has come since."""
    page.goto("/rounds/")
    keys = Keyboard(page)
    keys.press("发起填报", drawer=True)
    keys.choose("填报种类", "项目投资月报")
    keys.write("填报期", f"{LAST_MONTH:%Y-%m}")
    keys.open("发起填报")
    assert ROUND in page.inner_text("h1")
    keys.open("催报")
    assert re.search(r"已催\d+人", page.inner_text("main"))


def find_the_reminder(page: "Page") -> None:
    page.goto("/")
    assert f"{ROUND}：" in page.inner_text("#notices") and "项待报" in page.inner_text("#rounds")
    page.goto("/inbox/")
    Keyboard(page).open(f"{ROUND}：")
    assert page.url.endswith("/fill/"), "the reminder leads to the form"


def fill_in_the_round(page: "Page") -> None:
    """By workbook: one wrong cell is named and nothing is written; then all rows are handed in at once."""
    keys = Keyboard(page)
    owed = owed_in(page)
    keys.to("下载填报表")
    values = {"完成投资": 260, "形象进度": "主体结构封顶（示例）"}
    workbook, rows = filled(downloaded(page).read_bytes(), "完成投资", values)
    assert rows, "nothing is left to report"

    keys.open("上传填报表")
    hand_in(page, spoilt(workbook, "完成投资", rows[0], "约260"))
    told = page.inner_text(".errors")
    assert f"第{rows[0]}行" in told and "“完成投资" in told
    assert "尚未写入任何数据" in page.inner_text("main")
    assert owed_in(page) == owed

    keys.open("上传填报表")
    hand_in(page, workbook)
    assert page.locator(".errors").count() == 0
    keys.open("导入无错的")
    assert re.search(r"已报\d+项", page.inner_text("main"))
    page.goto("/")
    assert page.locator("#rounds", has_text=ROUND).count() == 0, "nothing is owed any more"


def owed_in(page: "Page") -> str:
    """How the rows stand, as the form itself says."""
    page.goto(re.sub(r"/upload/\d+/$", "/fill/", page.url))
    return " ".join(page.locator("tbody th .why").all_inner_texts())


def hand_in(page: "Page", workbook: bytes) -> None:
    Keyboard(page).hand_in("工作簿", "月报.xlsx", workbook, XLSX)
    Keyboard(page).open("上传并预检")


def downloaded(page: "Page") -> Path:
    """What the link with the focus gives."""
    with page.expect_download() as waiting:
        page.keyboard.press("Enter")
    return Path(waiting.value.path())


# ---- the meeting -------------------------------------------------------------------------------------------------


def red_projects(page: "Page") -> set[str]:
    page.goto("/projects/?view=red")
    assert "红灯" in page.locator("tbody tr").first.inner_text()
    return set(PROJECT_NUMBER.findall(page.locator("tbody").inner_html()))


def plan_a_meeting(page: "Page", title: str, *, days: int) -> str:
    page.goto("/meetings/")
    keys = Keyboard(page)
    keys.press("登记调度会", drawer=True)
    keys.pick_day("会议日期", TODAY + timedelta(days=days))
    keys.write("会议地点", "管委会三楼会议室（示例）")
    keys.write("会议名称", title)
    keys.choose("主持", "周明远")
    keys.choose("记录", "林晓岚")
    keys.open("登记调度会")
    assert title in page.inner_text("h1")
    return page.url.rstrip("/").rsplit("/", 1)[1]


def make_the_agenda(page: "Page", red: set[str]) -> None:
    keys = Keyboard(page)
    keys.open("议程")
    keys.open("编排议程")
    shining = page.locator(".agenda-list li", has=page.locator(".lamp--red")).all_inner_texts()
    assert red <= set(PROJECT_NUMBER.findall(" ".join(shining))), "every red project is spoken of"
    leaders = page.locator(".agenda-list li > div + span").all_inner_texts()
    assert leaders == sorted(leaders, key=LEADERS.index), "by lead official"


def start(page: "Page", meeting: str) -> None:
    page.goto(f"/meetings/{meeting}/")
    keys = Keyboard(page)
    keys.press("开会", drawer=True)
    keys.open("开会")
    assert "会议中" in page.inner_text("main")
    keys.open("进入会场")
    page.wait_for_selector(NEXT_ROW)


def decide(page: "Page", text: str, kind: str) -> str:
    """A row typed with keys alone; gives the number of the project that it is about."""
    keys = Keyboard(page)
    keys.write("事项", text)
    keys.write("责任单位", "经济发展部")
    keys.write("责任人", "郑海川")
    keys.write("时限", "下周五")
    keys.choose("生成", kind)
    page.keyboard.press("Enter")
    told = page.locator("#decided tr", has_text=text).inner_text()
    assert kind in told and "郑海川" in told and NEXT_FRIDAY.isoformat() in told
    page.wait_for_selector(NEXT_ROW)
    return page.locator(".focus-h p span").first.inner_text()


def turn_to_the_next_item(page: "Page") -> None:
    with page.expect_navigation():
        page.keyboard.press("PageDown")
    page.wait_for_selector(NEXT_ROW)


def adjourn(page: "Page") -> None:
    keys = Keyboard(page)
    keys.press("散会", drawer=True)
    keys.open("散会")
    assert "纪要起草" in page.inner_text("main")


def find_the_work(page: "Page") -> None:
    """What was decided stands among the tasks of whoever has to do it, at once."""
    page.goto("/")
    assert RECTIFY in page.inner_text("#tasks") and ORDER in page.inner_text("#tasks")
    Keyboard(page).open(RECTIFY)
    assert "/rectifications/ZG" in page.url and "郑海川" in page.inner_text("main")
    assert re.search(rf"{MEETING}（DD\d{{4}}-\d{{4}}）决定1，林晓岚", page.inner_text("#timeline"))


def find_the_order(page: "Page") -> None:
    page.goto("/orders/")
    assert "经济发展部" in page.locator("tbody tr", has_text=ORDER).inner_text()
    Keyboard(page).open(ORDER)
    assert "/orders/DB" in page.url and "郑海川" in page.inner_text("main")


def find_in_the_file(page: "Page", project: str, decided: str) -> None:
    page.goto(f"/projects/{project}/")
    assert f"{MEETING}决定：{decided}" in page.inner_text("#timeline")


def ask_what_became_of_last_week(page: "Page") -> None:
    """Next week's meeting begins with what this one decided, before it is in session."""
    Keyboard(page).open("进入会场")
    assert "还没开会" in page.inner_text("header")
    last = page.inner_text("aside")
    assert "2项：已完成0，办理中2，已超期0" in last and RECTIFY in last and ORDER in last


def be_refused_to_issue(page: "Page", meeting: str) -> None:
    answer = page.goto(f"/meetings/{meeting}/act/issue/")
    assert answer and answer.status == 403, "who writes the minutes does not sign them"


def issue_the_minutes(page: "Page", meeting: str) -> None:
    page.goto(f"/meetings/{meeting}/minutes/")
    assert RECTIFY in page.inner_text("main") and ORDER in page.inner_text("main")
    keys = Keyboard(page)
    keys.press("签发纪要", drawer=True)
    keys.open("签发纪要")
    assert "已签发，定稿存档" in page.inner_text("main")
    with zipfile.ZipFile(issued(page, ".docx")) as parts:
        words = re.sub(r"<[^>]+>", "", parts.read("word/document.xml").decode())
    assert RECTIFY in words and ORDER in words
    assert issued(page, ".pdf").read_bytes().startswith(b"%PDF")


def issued(page: "Page", ending: str) -> Path:
    page.locator("main a", has_text=ending).focus()
    return downloaded(page)
