"""From nothing to work: an empty zone becomes usable from two workbooks, within one visit."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import WUTONG, listen, own_environment, run, served
from tests.browser.workbooks import sheet_of
from wutong.registers.enterprises.uscc import check_character

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
PASSWORD = "Kai-shi-2026"
CHOSEN = "Xin-mima-2026"
ROSTER = sheet_of(
    "示例园区工作人员花名册",
    [
        {"序号": 1, "姓名": "示例甲", "部门": "经济发展部", "职务": "部长", "是否负责人": "是", "角色": ""},
        {
            "序号": 2,
            "姓名": "示例乙",
            "部门": "经济发展部",
            "职务": "台账管理",
            "联系电话": "13800000001",
            "角色": "台账员",
        },
        {
            "序号": 3,
            "姓名": "示例丙",
            "部门": "新能源组",
            "上级单位": "招商促进部",
            "职务": "专员",
            "角色": "招商组成员",
        },
        {"序号": 4, "姓名": "示例丁", "部门": "招商促进部", "职务": "部长", "角色": ""},
        {"序号": 5, "姓名": "𠮷祥", "部门": "临湖镇", "职务": "副镇长", "角色": "经办人"},
    ],
)


def code(number: int) -> str:
    body = f"91379999MA{number:07d}"
    return body + check_character(body)


FIRMS = sheet_of(
    "示例园区企业名录",
    [
        {
            "企业名称": "山东恒储新能源科技有限公司",
            "统一社会信用代码": code(1),
            "注册地址": "示例路1号",
            "联系人": "示例联系人",
            "联系电话": "13900000001",
        },
        {"企业名称": "示例轴承厂", "统一社会信用代码": code(2), "注册地址": "示例路2号"},
        {"企业名称": "错码示例公司", "统一社会信用代码": "91379999MA0000003A", "注册地址": "示例路3号"},
    ],
)


@pytest.fixture
def empty_zone(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """An address where nothing has been set up, and the path with the key that begins it."""
    environment = own_environment(tmp_path, "embedded")
    run(environment, *WUTONG, "migrate")
    with served(environment, tmp_path) as address:
        told = run(environment, *WUTONG, "setup", "--address", address)
        link = re.search(r"(/setup/\?key=\S+)", told)
        assert link is not None, told
        yield address, link.group(1)


def upload(page: "Page", name: str, content: bytes) -> None:
    page.set_input_files(
        "input[type=file]", {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )
    page.click("#page-form button")
    page.wait_for_url(re.compile(r"/import/\d+/$"))


def test_an_empty_zone_is_usable_after_two_workbooks(browser: "Browser", empty_zone: tuple[str, str]) -> None:
    address, link = empty_zone
    complaints: list[str] = []
    page = browser.new_context(
        base_url=address, locale="zh-CN", viewport={"width": 1366, "height": 768}
    ).new_page()
    page.set_default_timeout(15_000)
    listen(page, complaints)

    page.goto("/")
    assert "还没有任何账号" in page.inner_text("body")
    page.goto(link)
    for field, value in {
        "zone_name": "示例高新区",
        "root_name": "示例高新区管委会",
        "founded_on": "2015-06-01",
        "own_name": "示例办公室主任",
        "own_login": "office",
        "own_password": PASSWORD,
        "own_again": PASSWORD,
        "system_name": "示例系统员",
        "security_name": "示例安全员",
        "audit_name": "示例审计员",
    }.items():
        page.fill(f"#id_{field}", value)
    page.click("#page-form button")
    page.wait_for_url("**/setup/")
    assert "示例高新区" in page.inner_text(".bar")

    page.click("text=导入花名册")
    upload(page, "花名册.xlsx", ROSTER)
    preview = page.inner_text("main")
    assert "新设单位“经济发展部”（部门）" in preview
    assert "新设单位“新能源组”（产业招商组）" in preview
    assert "建账号“shiliyi”" in preview
    page.click("text=导入无错的5行")
    page.wait_for_url("**/setup/")
    assert "已有5个单位、6人" in page.inner_text("main")

    page.click("text=导入企业名录")
    upload(page, "企业名录.xlsx", FIRMS)
    assert "校验位" in page.inner_text("main")
    page.click("text=导入无错的2行")
    page.wait_for_url("**/setup/")
    assert "已有2家" in page.inner_text("main")

    page.click("button:has-text('生成密码条')")
    slip = page.locator("tr", has_text="示例乙").inner_text().split()
    assert slip[1:3] == ["经济发展部", "shiliyi"]
    page.click("text=返回设置向导")
    page.click("button:has-text('完成设置')")
    page.wait_for_url(address + "/")
    assert page.goto("/setup/").status == 404  # type: ignore[union-attr]

    clerk = browser.new_context(
        base_url=address, locale="zh-CN", viewport={"width": 1366, "height": 768}
    ).new_page()
    clerk.set_default_timeout(15_000)
    listen(clerk, complaints)
    clerk.goto("/account/sign-in/")
    clerk.fill("#id_name", "shiliyi")
    clerk.fill("#id_password", slip[3])
    clerk.click("main button")
    clerk.fill("#id_old", slip[3])
    clerk.fill("#id_new", CHOSEN)
    clerk.fill("#id_again", CHOSEN)
    clerk.click("main button")
    clerk.goto("/")
    clerk.fill("#frame-q", "hcxny")
    clerk.wait_for_selector("#frame-hits [role=option]")
    assert "山东恒储新能源科技有限公司" in clerk.inner_text("#frame-hits")
    clerk.press("#frame-q", "ArrowDown")
    clerk.press("#frame-q", "Enter")
    clerk.wait_for_url(re.compile(r"/enterprises/\d+/$"))
    assert code(1) in clerk.inner_text("main")
    clerk.goto("/search/")
    assert "山东恒储新能源科技有限公司" in clerk.inner_text("#recent")
    assert complaints == []
