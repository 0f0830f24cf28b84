"""What every zone starts with: calendar, roles, industries, changes of codes, the rules of its ledgers. Safe to repeat."""

from wutong.base.accounts.roles import all_roles, load_roles
from wutong.base.calendar.services import load_published_years
from wutong.ledgerkit.registry import ledgers
from wutong.registers.industries.services import load_industry_classes
from wutong.registers.places.divisions import load_successors


def load_seeds() -> None:
    load_published_years()
    load_roles(all_roles())
    load_industry_classes()
    load_successors()
    for ledger in ledgers():
        if ledger.seed is not None:
            ledger.seed()
