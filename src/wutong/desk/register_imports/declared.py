"""Where the registers take workbooks in."""

from functools import partial

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from wutong.desk.register_imports import enterprises, year_reports
from wutong.ledgerkit.imports import ImportPlace, declare_import


def declare() -> None:
    href = partial(reverse, "enterprises")
    for slug, importing in (
        ("enterprises", enterprises.IMPORTING),
        ("enterprise-years", year_reports.IMPORTING),
    ):
        declare_import(ImportPlace(slug, importing.sheet.name, _("企业"), href, importing))
