"""The installed ledgers, in the order of the menu."""

from wutong.base.accounts.rights import declare_rights, withdraw_rights
from wutong.cases.registry import register, unregister
from wutong.ledgerkit.ledger import CasePages, Ledger

_ledgers: dict[str, Ledger] = {}


def install(ledger: Ledger) -> None:
    """Register a ledger with its rights and procedures. Raises ValueError for a declaration that cannot work."""
    taken = {
        pages.slug: other for other in _ledgers.values() for pages in other.pages if other.code != ledger.code
    }
    for pages in ledger.pages:
        if pages.slug in taken:
            raise ValueError(f"{ledger.code}: the address {pages.slug} belongs to {taken[pages.slug].code}")
    declare_rights(*ledger.rights)
    declared = {right.code for right in ledger.rights}
    if ledger.see_all not in declared:
        raise ValueError(f"{ledger.code}: the right {ledger.see_all} is not declared")
    for case_type in ledger.case_types:
        register(case_type)
    _ledgers[ledger.code] = ledger


def uninstall(code: str) -> None:
    ledger = _ledgers.pop(code)
    for case_type in ledger.case_types:
        unregister(case_type.procedure.case_type)
    withdraw_rights(*ledger.rights)


def ledgers() -> list[Ledger]:
    return list(_ledgers.values())


def ledger_of(case_type: str) -> Ledger:
    return next(
        ledger
        for ledger in _ledgers.values()
        if any(item.procedure.case_type == case_type for item in ledger.case_types)
    )


def pages_by_slug(slug: str) -> tuple[Ledger, CasePages] | None:
    for ledger in _ledgers.values():
        for pages in ledger.pages:
            if pages.slug == slug:
                return ledger, pages
    return None


def pages_of(case_type: str) -> CasePages:
    pages = find_pages(case_type)
    assert pages is not None, f"no ledger shows {case_type}"
    return pages


def find_pages(case_type: str) -> CasePages | None:
    """None for a type whose ledger is switched off."""
    every = (pages for ledger in _ledgers.values() for pages in ledger.pages)
    return next((pages for pages in every if pages.case_type == case_type), None)
