"""The supervision orders that came of a rectification, as another ledger tells them.

This ledger knows no other one. Which orders there are is declared by what connects the two; without such a ledger a
rectification has none.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from wutong.registers.organisation.actors import Actor
from wutong.ui.panels import ListItem, ListPanel
from wutong.ui.tables import LampColour, Text


@dataclass(frozen=True)
class OrderLink:
    """One order that the reader may see: its level and state in words, and where its page is."""

    number: str
    href: str
    level: Text
    state: Text
    lamp: LampColour


OrdersOf = Callable[[Actor, Collection[int], date], Mapping[int, Sequence[OrderLink]]]
"""Reader, keys of rectifications, day → the orders of each, newest first. One query."""

_sources: list[OrdersOf] = []


def declare_orders(source: OrdersOf) -> OrdersOf:
    if source not in _sources:
        _sources.append(source)
    return source


def orders_of(actor: Actor, case_ids: Collection[int], as_of: date) -> dict[int, Sequence[OrderLink]]:
    """The orders of rectifications that the actor may see. A query for each ledger that issues orders."""
    found: dict[int, Sequence[OrderLink]] = {}
    for source in _sources if case_ids else ():
        for key, links in source(actor, case_ids, as_of).items():
            found[key] = [*found.get(key, ()), *links]
    return found


def orders_panel(links: Sequence[OrderLink], title: Text) -> ListPanel:
    items = [
        ListItem(link.number, link.href, link.state, f"lamp lamp--{link.lamp}", str(link.level))
        for link in links
    ]
    return ListPanel(title=title, id="orders", items=items)
