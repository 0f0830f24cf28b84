"""One real product for all browser tests: own data directory, sample zone, web server on a free port of this machine.

Tests that write use rows of their own, so that the others find the sample zone as it was built.
"""

import json
import os
import re
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests import house
from tests.browser.places import PREVIEW, Place
from tests.browser.workbooks import faulty_library

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

ACCOUNTS = ("clerk", "handler", "leader", "supervisor", "auditor", "sysadmin", "organiser")
"""Sample accounts whose password is set before the tests; the others keep their one-time password."""
WUTONG = [sys.executable, "-m", "wutong.cli"]
LISTED = re.compile(r"^  (\w+)\s+(\S+)\s", re.MULTILINE)
SET_PASSWORDS = """
import os, django
django.setup()
from django.utils import timezone
from wutong.base.accounts.models import Account
for account in Account.objects.filter(name__in=os.environ["WUTONG_TEST_ACCOUNTS"].split()):
    account.set_password(os.environ["WUTONG_TEST_PASSWORD"])
    account.must_change_password = False
    account.password_changed_at = timezone.now()
    account.save()
"""


@dataclass
class Site:
    """The running product. `one_time` are the passwords that `wutong sample` printed."""

    address: str
    environment: dict[str, str]
    password: str
    one_time: dict[str, str]
    signed_in: dict[str, Any] = field(default_factory=dict)
    """Cookies by account, so that only the tests of signing in wait for the password check."""

    rows: dict[str, str] = field(default_factory=dict)
    """Rows of the sample zone by the names that the places use."""

    preview: str = ""
    """Address of the preview of a workbook with errors, once it is uploaded."""

    def url(self, path: str) -> str:
        return self.address + path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    data = tmp_path_factory.mktemp("zone")
    environment = own_environment(data, "sample") | {
        "WUTONG_TEST_PASSWORD": "Wt-" + secrets.token_urlsafe(12) + "-9a",
        "WUTONG_TEST_ACCOUNTS": " ".join(ACCOUNTS),
    }
    run(environment, *WUTONG, "migrate")
    listing = run(environment, *WUTONG, "sample")
    run(environment, sys.executable, "-c", SET_PASSWORDS)
    rows = json.loads(run(environment, sys.executable, "-m", "tests.browser.sample_rows"))
    with served(environment, data) as address:
        one_time = dict(LISTED.findall(listing))
        yield Site(address, environment, environment["WUTONG_TEST_PASSWORD"], one_time, rows=rows)


def own_environment(data: Path, settings: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    return kept | {"DJANGO_SETTINGS_MODULE": f"wutong.site.settings.{settings}", "WUTONG_DATA_DIR": str(data)}


@contextmanager
def served(environment: dict[str, str], data: Path) -> Iterator[str]:
    """The product on a free port; gives its address."""
    port = free_port()
    log = data / "server.log"
    with log.open("w") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "wutong.site.wsgi:application", "--worker-class", "gthread"]
            + ["--workers", "1", "--threads", "4", "--bind", f"127.0.0.1:{port}", "--log-level", "warning"],
            cwd=house.ROOT,
            env=environment,
            stdout=output,
            stderr=output,
        )
    try:
        wait_for(server, port, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(30)


def run(environment: dict[str, str], *argv: str) -> str:
    done = subprocess.run(argv, cwd=house.ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def wait_for(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        assert server.poll() is None, log.read_text()
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail("the server does not answer: " + log.read_text())


@pytest.fixture
def visitor(browser: "Browser", site: Site) -> Iterator[Callable[..., "Page"]]:
    """Opens a window of a fresh visitor, or of an account that is signed in already."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_window(account: str = "", **options: Any) -> "Page":
        if account and account not in site.signed_in:
            site.signed_in[account] = cookies_of(browser, site, account)
        context = browser.new_context(
            **{
                "viewport": {"width": 1366, "height": 768},
                "locale": "zh-CN",
                "base_url": site.address,
                "storage_state": site.signed_in.get(account),
                **options,
            }
        )
        contexts.append(context)
        context.set_default_timeout(10_000)
        page = context.new_page()
        listen(page, complaints)
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert complaints == [], "the browser complains of errors or of the content security policy"


def listen(page: "Page", complaints: list[str]) -> None:
    """Collect what the browser has to say. A refusal with its status is an answer, no fault; how fast the driver of a
    machine without a graphics card draws a map is none either."""

    def hear(message: "ConsoleMessage") -> None:
        is_refusal = message.text.startswith("Failed to load resource") and "status of 4" in message.text
        is_of_driver = "GL Driver Message (OpenGL, Performance" in message.text
        if message.type in {"error", "warning"} and not is_refusal and not is_of_driver:
            complaints.append(f"{page.url}: {message.text}")

    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))


@pytest.fixture
def visit(visitor: Callable[..., "Page"], site: Site) -> Callable[..., "Page"]:
    """Opens a place as the account it belongs to, with its drawer when it has one."""

    def open_place(place: Place, **options: Any) -> "Page":
        page = visitor(place.account, **options)
        path = place.path.format(**site.rows)
        if path == PREVIEW:
            site.preview = site.preview or uploaded(page)
            path = site.preview
        answer = page.goto(path)
        assert answer and answer.status == place.status, (place.name, answer and answer.status)
        if place.drawer:
            page.locator("main a[data-drawer]", has_text=place.drawer).first.press("Enter")
            page.wait_for_selector("dialog[open]")
        return page

    return open_place


def uploaded(page: "Page") -> str:
    """Uploads a workbook with errors and gives the address of its preview."""
    page.goto("/projects/import/")
    page.locator("input[type=file]").set_input_files(
        {"name": "推进库.xlsx", "mimeType": "application/octet-stream", "buffer": faulty_library()}
    )
    page.locator("#page-form button").click()
    page.wait_for_url(re.compile(r"/projects/import/\d+/$"))
    return page.url


def cookies_of(browser: "Browser", site: Site, account: str) -> Any:
    context = browser.new_context(base_url=site.address, locale="zh-CN")
    page = context.new_page()
    page.goto("/account/sign-in/")
    page.fill("#id_name", account)
    page.fill("#id_password", site.password)
    page.keyboard.press("Enter")
    page.wait_for_url(site.url("/"))
    state = context.storage_state()
    context.close()
    return state


def choose_theme(page: "Page", theme: str) -> None:
    """Through the account's own preferences."""
    page.goto("/account/preferences/")
    if page.input_value("#id_theme") != theme:
        page.select_option("#id_theme", theme)
        page.locator("main form button").click()
        page.wait_for_load_state()
    assert page.evaluate("document.documentElement.dataset.theme") == theme
