"""Where a workbook is taken in: the main list of a ledger that declares an import, and the registers."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.urls import reverse

from wutong.ledgerkit.ledger import Importing
from wutong.ledgerkit.registry import pages_by_slug
from wutong.ui.tables import Text


@dataclass(frozen=True)
class ImportPlace:
    """`slug` is the first part of the address (`/<slug>/import/`), `list_href` gives the page of what was imported."""

    slug: str
    title: Text
    menu_group: Text
    list_href: Callable[[], str]
    importing: Importing


_places: dict[str, ImportPlace] = {}


def declare_import(place: ImportPlace) -> None:
    """An import into a register. Safe to repeat; raises ValueError for an address that belongs to a ledger."""
    if pages_by_slug(place.slug) is not None:
        raise ValueError(f"the address {place.slug} belongs to a ledger")
    _places[place.slug] = place


def find_import(slug: str) -> ImportPlace | None:
    """The import at an address; only the first list of a ledger has one."""
    found = pages_by_slug(slug)
    if found is None:
        return _places.get(slug)
    ledger, pages = found
    if ledger.importing is None or ledger.pages[0] is not pages:
        return None
    href = partial(reverse, "case_list", args=[slug])
    return ImportPlace(slug, pages.listing.title, ledger.menu_group, href, ledger.importing)
