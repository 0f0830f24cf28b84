"""Pictures of the pages for people to look at: `make screenshots` writes them into screenshots/."""

import pytest

from tests import house
from tests.browser.places import BY_NAME

pytestmark = [pytest.mark.browser, pytest.mark.screenshots]

PICTURES = (
    "sign-in",
    "today",
    "projects",
    "project",
    "raise-problem-drawer",
    "project-card",
    "visit-drawer",
    "visit",
    "battle-map",
    "battle-gantt",
    "wall",
    "three-lists",
    "counts",
    "published-count",
    "project-doubles",
    "import-preview",
    "rectifications",
    "rectification",
    "orders",
    "listed-orders",
    "instruction",
    "rounds",
    "round",
    "fill",
    "board",
    "meeting",
    "agenda",
    "session",
    "minutes",
    "gates",
    "documents",
    "search",
    "enterprises",
    "enterprise",
    "enterprise-doubles",
    "enterprise-merge",
    "people",
    "person",
    "chains",
    "chain",
    "industries",
    "zone-places",
    "zone-place",
    "divisions",
    "organisation",
    "unit",
    "official",
    "new-handover",
    "inbox",
    "notice-choices",
    "overdue-by-unit",
    "overdue-cases",
    "due-calendar",
    "calendar-year",
    "calendar-record",
    "lamp-edition",
    "jobs",
    "422",
)
SIZES = ((1440, 900), (1920, 1080), (360, 780))
WHOLE = {"project", "project-card", "visit", "fill", "minutes", "import-preview", "rectification"}
"""Pages that are read to their end; of the others the window is enough."""


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_of(visit, name: str):
    folder = house.ROOT / "screenshots"
    folder.mkdir(exist_ok=True)
    for width, height in SIZES:
        page = visit(BY_NAME[name], viewport={"width": width, "height": height}, reduced_motion="reduce")
        for theme in ("light", "dark"):
            page.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
            file = folder / f"{name}-{width}-{theme}.png"
            page.screenshot(path=file, full_page=name in WHOLE)
            assert file.stat().st_size > 5_000
