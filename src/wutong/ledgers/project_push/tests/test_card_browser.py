"""The file and the card of a full project in a browser: one sheet of paper, no sideways scroll on a phone, targets for a
thumb."""

import mimetypes
import re
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders

from wutong.ledgerkit.testing import Zone, client_of, make_zone
from wutong.ledgers.project_push.models import ProjectPush
from wutong.ledgers.project_push.tests.full_project import full_project

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

SITE = "http://file.test"
mimetypes.add_type("text/javascript", ".mjs")


@pytest.fixture
def zone(db: None, monkeypatch: pytest.MonkeyPatch) -> Zone:
    # The browser of the tests runs a loop of its own in this thread; nothing here runs beside it.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    return make_zone()


@pytest.fixture
def push(zone: Zone) -> ProjectPush:
    return full_project(zone)


Answers = dict[str, tuple[int, str, bytes]]


def answers(zone: Zone, push: ProjectPush, *rests: str) -> Answers:
    """What the product answers to the host of the project, fetched before the browser asks: pages with their photos."""
    assert zone.host.account is not None
    client, found = client_of(zone.host.account), {}
    paths = [f"/projects/{push.case.number}/{rest}" for rest in rests]
    for path in paths:
        given = client.get(path)
        found[path] = (given.status_code, given["Content-Type"], given.content)
        if b"<img" in given.content:
            paths += [
                item
                for item in re.findall(r'<img src="([^"]+)"', given.content.decode())
                if item not in paths
            ]
    return found


def serve(page: "Page", known: Answers) -> None:
    """Known pages, and static files from where they lie."""

    def answer(route: "Route") -> None:
        path = urlsplit(route.request.url).path
        if path in known:
            status, kind, body = known[path]
            route.fulfill(status=status, body=body, content_type=kind)
            return
        found = finders.find(path.removeprefix("/static/")) if path.startswith("/static/") else None
        if not found:
            route.fulfill(status=404)
            return
        kind = mimetypes.guess_type(str(found))[0] or "application/octet-stream"
        route.fulfill(body=Path(str(found)).read_bytes(), content_type=kind)

    page.route("**/*", answer)


def pages_of(pdf: bytes) -> int:
    """How many sheets a PDF has: its page objects, also in compressed streams."""
    text = pdf
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S):
        try:
            text += zlib.decompress(packed)
        except zlib.error:
            continue
    return len(re.findall(rb"/Type\s*/Page\b", text))


def test_the_card_of_a_full_project_is_one_sheet(zone: Zone, push: ProjectPush, page: "Page") -> None:
    serve(page, answers(zone, push, "card/"))
    page.goto(f"{SITE}/projects/{push.case.number}/card/")
    page.wait_for_load_state("networkidle")
    assert page.locator(".sheet-photos img").count() == 2
    assert page.get_by_role("button", name="打印").is_visible()
    pdf = page.pdf(prefer_css_page_size=True)
    box = re.search(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", pdf)
    assert box is not None
    assert float(box[1]) < float(box[2]), "A4 upright"
    assert pages_of(pdf) == 1


def test_on_a_phone_nothing_scrolls_sideways_and_every_target_fits_a_thumb(
    browser: Any, zone: Zone, push: ProjectPush
) -> None:
    rests = ("", "card/", "visit/", "node/permit/", "facts/")
    known = answers(zone, push, *rests)
    context = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    try:
        page = context.new_page()
        serve(page, known)
        for rest in rests:
            page.goto(f"{SITE}/projects/{push.case.number}/{rest}")
            page.wait_for_load_state("load")
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, rest
            assert page.evaluate(SMALL_TARGETS) == [], rest
    finally:
        context.close()


SMALL_TARGETS = """() => {
  const wanted = "main .btn, main form .input, main form .pick, main form button, main .panel > header a, main .pager-links a";
  return [...document.querySelectorAll(wanted)]
    .filter((element) => element.offsetParent !== null)
    .filter((element) => element.getBoundingClientRect().height < 43.5)
    .map((element) => `${element.tagName} ${element.className} ${element.textContent.trim().slice(0, 20)} ${element.getBoundingClientRect().height}`);
}"""
