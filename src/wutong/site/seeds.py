"""What every zone starts with: calendar, roles, the rules of its ledgers. Safe to repeat."""

from wutong.base.accounts.roles import all_roles, load_roles
from wutong.base.calendar.services import load_published_years
from wutong.ledgerkit.registry import ledgers


def load_seeds() -> None:
    load_published_years()
    load_roles(all_roles())
    for ledger in ledgers():
        if ledger.seed is not None:
            ledger.seed()
