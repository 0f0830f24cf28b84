"""What all tests share: which databases ran, one worker for the browser, real files, the browser itself."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.conf import settings as django_settings
from django.utils import translation
from hypothesis import settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# Machines are noisy: a slow example is no failure.
settings.register_profile("wutong", deadline=None)
settings.load_profile("wutong")

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BROWSER_FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(autouse=True)
def language_of_the_house() -> None:
    """A page of an English reader leaves its thread in English; the next test must not begin there."""
    translation.activate(django_settings.LANGUAGE_CODE)


def runs_on_postgresql() -> bool:
    return os.environ.get("DATABASE_URL", "").startswith("postgres")


def database_line() -> str:
    return "databases: PostgreSQL" if runs_on_postgresql() else f"databases: SQLite {sqlite3.sqlite_version}"


def pytest_report_header() -> str:
    return database_line()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name what this run and the runs before it covered, above the last line."""
    report = os.environ.get("WUTONG_TEST_REPORT", database_line())
    terminalreporter.section("covered")
    terminalreporter.write_line(report)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    real_files = os.environ.get("WUTONG_REAL_FILES")
    for item in items:
        if item.get_closest_marker("browser"):
            # One worker drives one browser.
            item.add_marker(pytest.mark.xdist_group("browser"))
            if runs_on_postgresql():
                item.add_marker(pytest.mark.skip(reason="browser tests run on SQLite only"))
        if item.get_closest_marker("real_files") and not real_files:
            item.add_marker(pytest.mark.skip(reason="WUTONG_REAL_FILES names no folder"))


@pytest.fixture
def real_files() -> Path:
    """The folder of real files; use it with the marker `real_files`."""
    return Path(os.environ["WUTONG_REAL_FILES"])


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """The machine's Chromium; use it with the marker `browser`."""
    from playwright.sync_api import sync_playwright

    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    assert executable, "Chromium is missing: `make setup` says how to install it"
    # Playwright runs an event loop in this thread, and Django would refuse to touch the database beside one.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=BROWSER_FLAGS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def page(browser: "Browser") -> Iterator["Page"]:
    """A page of a fresh visitor: desktop size, Simplified Chinese."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    context.close()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> None:
    """Transactional tests empty their tables afterwards, frozen ones too."""
    from django.db import connection

    from wutong.base.chain.testing import let_flush_empty_frozen_tables

    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        let_flush_empty_frozen_tables(connection)


@pytest.fixture(scope="session")
def django_db_modify_db_settings_xdist_suffix(request: pytest.FixtureRequest) -> None:
    """Workers need databases of their own on PostgreSQL. On SQLite each process has its own in memory; a suffix
    would turn it into a file."""
    if runs_on_postgresql():
        from pytest_django.fixtures import _set_suffix_to_test_databases

        worker = getattr(request.config, "workerinput", {}).get("workerid")
        if worker:
            _set_suffix_to_test_databases(suffix=worker)
