"""For tests of the pages that cross ledgers: a ledger of invented permits, which count days, hours and minutes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.test import Client

from wutong.base.accounts.models import Account
from wutong.base.accounts.rights import Right
from wutong.cases.act import act
from wutong.cases.models import Case
from wutong.cases.registry import CaseType
from wutong.cases.steps import NewCase
from wutong.cases.testing import Zone, holder, official_of
from wutong.cases.testing_permits import PERMIT, TYPE, Permit, permits
from wutong.ledgerkit.ledger import CasePages, DetailExtras, Ledger, Listing, ListQuery
from wutong.ledgerkit.registry import install, uninstall
from wutong.registers.organisation.actors import SYSTEM, Actor
from wutong.ui.forms import FilterForm
from wutong.ui.tables import Column

SEE_ALL = "permits.see_all"
CODES = ("see_all", "open", "edit", "head", "extend", "supervise", "assign")
RIGHTS = tuple(
    Right(f"{package}.{code}", f"示例{package}{code}", "示例")
    for package, codes in (("permits", ("see_all",)), ("permit", CODES[1:]))
    for code in codes
)


def _no_rows(_query: ListQuery) -> QuerySet[Permit]:
    return Permit.objects.none()


LISTING = Listing(
    title="示例许可",
    intro=lambda _query: "",
    columns=(Column("name", "名称", "name"),),
    entries=_no_rows,
    rows=lambda _entries, _query: [],
    filters=FilterForm,
)
PAGES = CasePages(
    TYPE,
    "permits",
    LISTING,
    Permit.objects.all,
    lambda detail, _actor, _day: DetailExtras(title=detail.case.title, facts=[]),
)
LEDGER = Ledger(
    code="permits",
    name="示例许可",
    menu_group="示例",
    case_types=(CaseType(PERMIT, Permit),),
    pages=(PAGES,),
    rights=RIGHTS,
    see_all=SEE_ALL,
)


@contextmanager
def permit_ledger() -> Iterator[None]:
    with permits():
        install(LEDGER)
        try:
            yield
        finally:
            uninstall(LEDGER.code)


def received(
    zone: Zone, at: datetime, *, title: str = "示例许可", host: Actor | None = None, **step: Any
) -> Case:
    """A permit that comes in at a moment, hosted by `host`."""
    new = NewCase(TYPE, title=title, state="received")
    given = {"holders": [holder("host", host or zone.host)], **step}
    return act(new, "open", actor=SYSTEM, now=at, effective_on=at.date(), effective_at=at, **given).case


def account_of(actor: Actor) -> Account:
    account = official_of(actor).account
    assert account is not None
    return account


def rows_of(client: Client, path: str) -> dict[str, Any]:
    """The rows of a list by the text of their first cell, with the text of every cell."""
    table = client.get(path).context["page"].table
    return {
        str(row.cells[table.columns[0].key].text): {key: str(cell.text) for key, cell in row.cells.items()}
        for row in table.rows
    }
