"""Every page in a real browser: accessible in both themes, as wide as the window, light.

That no page complains in the console, of its content security policy neither, is heard by every window of these
tests (`listen` in conftest).
"""

import gzip
from functools import cache
from typing import TYPE_CHECKING

import pytest

from tests import house
from tests.browser.conftest import choose_theme
from tests.browser.places import BY_NAME, PLACES, Place

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
AXE = """async ([tags, only]) => {
  const wanted = only.length ? { type: "rule", values: only } : { type: "tag", values: tags };
  const found = await axe.run({ runOnly: wanted, resultTypes: ["violations"] });
  return found.violations.map(
    (v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160) + " " + n.any.map((a) => a.message)).join(" | ")}`);
}"""
OF_COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules whose answer depends on the theme; the others are asked once."""
WIDTHS = (360, 768, 1366, 1440, 1920)
HTML_LIMIT, SCRIPT_LIMIT = 60_000, 40_000
QUIET = {"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce"}


@cache
def axe_source() -> str:
    return (house.ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def complaints_of_axe(page: "Page", width: int, theme: str, only: list[str]) -> list[str]:
    """What axe finds. The theme is the attribute that the server writes (see the test of the preferences)."""
    page.set_viewport_size({"width": width, "height": 900})
    page.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
    found: list[str] = page.evaluate(AXE, [RULES, only])
    return [f"{width} {theme} {line}" for line in found]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_a_page_is_accessible_and_as_wide_as_the_window(visit, place: Place):
    page = visit(place, **QUIET)
    page.evaluate(axe_source())
    found = []
    for width in (1440, 360) if place.main else (1440,):
        found += complaints_of_axe(page, width, "light", [])
        found += complaints_of_axe(page, width, "dark", OF_COLOURS)
    assert found == []

    for size in ("normal", "large"):
        page.evaluate("size => document.documentElement.dataset.text = size", size)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (
                f"{size} text at {width} px"
            )


def test_the_theme_of_the_account_is_the_theme_of_every_page(visitor):
    page = visitor("auditor")
    choose_theme(page, "dark")
    page.goto("/audit/")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    choose_theme(page, "light")


def test_a_list_page_stays_light(visit):
    page = visit(BY_NAME["projects"])
    scripts: list[bytes] = []
    page.on(
        "response",
        lambda answer: scripts.append(answer.body()) if answer.request.resource_type == "script" else None,
    )
    answer = page.reload()
    page.wait_for_load_state("networkidle")
    html = len(gzip.compress(answer.body()))
    rows = page.locator("tbody tr").count()
    assert rows >= 30
    assert html * 50 / rows < HTML_LIMIT, "a full page of 50 rows"
    assert scripts, "the page has scripts"
    assert sum(len(gzip.compress(body)) for body in scripts) < SCRIPT_LIMIT
