"""Where the registers take workbooks in."""

from collections.abc import Callable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from wutong.base.zone.queries import is_in_setup
from wutong.desk.register_imports import enterprises, roster, year_reports
from wutong.ledgerkit.imports import ImportPlace, declare_import


def declare() -> None:
    for slug, group, page, importing in (
        ("enterprises", _("企业"), "enterprises", enterprises.IMPORTING),
        ("enterprise-years", _("企业"), "enterprises", year_reports.IMPORTING),
        ("roster", _("组织"), "organisation", roster.IMPORTING),
    ):
        declare_import(ImportPlace(slug, importing.sheet.name, group, _back_to(page), importing))


def _back_to(page: str) -> Callable[[], str]:
    """The list of what was imported; as long as the zone is being set up, the steps of the set-up."""
    return lambda: reverse("setup") if is_in_setup() else reverse(page)
