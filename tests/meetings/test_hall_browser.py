"""The hall in a browser: by keys alone, and large enough to be read from ten metres."""

import os
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.urls import reverse

from tests.meetings.hall import Hall, make_hall
from wutong.ledgerkit.testing import client_of
from wutong.ledgers.meetings.models import AgendaItem, Decision

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WALL = {"width": 1920, "height": 1080}
SIZE = "element => parseFloat(getComputedStyle(element).fontSize)"


@pytest.fixture
def hall(transactional_db: None) -> Hall:
    return make_hall()


@pytest.fixture
def complaints() -> list[str]:
    return []


@pytest.fixture
def wall(browser: "Browser", hall: Hall, live_server: Any, complaints: list[str]) -> Iterator["Page"]:
    """The recorder's browser, signed in, on the wall."""
    cookie = client_of(hall.zone.accounts["clerk"]).cookies[settings.SESSION_COOKIE_NAME].value
    context = browser.new_context(viewport=WALL, locale="zh-CN", base_url=live_server.url)
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()


def open_hall(page: "Page", hall: Hall) -> list[AgendaItem]:
    last = hall.meeting(hall.today - timedelta(days=21))
    first = hall.items(last)[0]
    hall.decide(first, text="示例超期事项：能评补充材料报出", days=2)
    hall.decide(first, text="示例在办事项：接入方案列入评审", days=60)
    hall.adjourn(last)
    meeting = hall.meeting()
    items = hall.items(meeting)
    hall.decide(items[0], text="示例余热利用章节正稿报省级窗口")
    page.goto(reverse("meeting_item", args=[meeting.case.number, items[0].pk]))
    return items


def sizes(page: "Page", selector: str) -> list[float]:
    found = [element.evaluate(SIZE) for element in page.locator(selector).all() if element.is_visible()]
    assert found, selector
    return found


def test_it_is_read_from_ten_metres(wall: "Page", hall: Hall) -> None:
    open_hall(wall, hall)
    if folder := os.environ.get("WUTONG_PICTURES"):
        wall.screenshot(path=f"{folder}/hall-1920.png")
    assert min(sizes(wall, ".focus-h h2")) >= 44
    assert min(sizes(wall, "body, .focus-h p, .hall-bar > span")) >= 24
    assert min(sizes(wall, ".decide td, .decide .input, .agenda a, .hall aside .item, .hall aside td")) >= 22
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    for width in (1920, 1440, 1366, 1024, 360):
        wall.set_viewport_size({"width": width, "height": 900})
        assert wall.evaluate(wide) <= 0, f"{width}px scrolls sideways"
        if folder:
            wall.screenshot(path=f"{folder}/hall-{width}.png")


def test_decisions_are_typed_by_keys_alone(wall: "Page", hall: Hall, complaints: list[str]) -> None:
    items = open_hall(wall, hall)
    keys = wall.keyboard
    focused = "document.activeElement.name"
    assert wall.evaluate(focused) == "text", "the hall opens in the field of the next decision"
    keys.type("净地证明办结")
    keys.press("Tab")
    keys.type("sljjb")
    keys.press("Tab")
    keys.type("slzb")
    keys.press("Tab")
    keys.type("尽快")
    keys.press("Enter")
    wall.get_by_text("看不懂“尽快”").wait_for()
    assert wall.locator("#id_text").input_value() == "净地证明办结"
    wall.locator("#id_due:focus").wait_for()  # where something is wrong
    keys.press("Control+A")
    keys.type("下周五")
    keys.press("Tab")
    keys.press("Enter")
    wall.locator("#decided tr").nth(1).wait_for()
    wall.locator("#id_text:focus").wait_for()
    assert wall.locator("#id_text").input_value() == ""
    assert wall.locator("[data-next-number]").inner_text() == "3"
    decision = Decision.objects.order_by("-pk")[0]
    assert (decision.text, decision.unit, decision.person) == ("净地证明办结", hall.zone.home, hall.zone.host)
    assert decision.due_on is not None
    assert decision.due_on.weekday() == 4
    keys.press("PageDown")
    wall.wait_for_url(re.compile(f"/{items[1].pk}/$"))
    keys.press("Alt+ArrowLeft")
    wall.wait_for_url(re.compile(f"/{items[0].pk}/$"))
    refusals = [text for text in complaints if "status of 4" not in text]
    assert refusals == []


def test_a_second_line_of_words_is_no_row(wall: "Page", hall: Hall) -> None:
    open_hall(wall, hall)
    wall.keyboard.type("第一行")
    wall.keyboard.press("Shift+Enter")
    wall.keyboard.type("第二行")
    assert wall.locator("#id_text").input_value() == "第一行\n第二行"
    assert Decision.objects.filter(meeting__meeting_on=hall.today).count() == 1


def test_what_could_not_be_sent_stays_and_is_told(wall: "Page", hall: Hall) -> None:
    open_hall(wall, hall)
    wall.keyboard.type("断网时写的")
    wall.context.set_offline(True)
    wall.keyboard.press("Enter")
    wall.locator(".not-sent").wait_for()
    assert wall.locator("#id_text").input_value() == "断网时写的"
    wall.context.set_offline(False)
    wall.locator("#id_kinds").select_option("note")
    wall.locator("#id_text").press("Enter")
    wall.locator("#decided tr").nth(1).wait_for()


def test_an_item_of_the_agenda_is_dragged(wall: "Page", hall: Hall) -> None:
    meeting = hall.meeting(begun=False)
    wall.goto(reverse("meeting_agenda", args=[meeting.case.number]))
    rows = wall.locator("[data-drag-list] > li")
    last = rows.nth(2).get_attribute("id")
    rows.nth(2).drag_to(rows.nth(0))
    wall.wait_for_url(re.compile("moved="))
    assert wall.locator("[data-drag-list] > li").nth(0).get_attribute("id") == last
    if folder := os.environ.get("WUTONG_PICTURES"):
        wall.screenshot(path=f"{folder}/agenda.png")
