"""Who leads what on a day."""

from datetime import date

from django.db.models import QuerySet

from wutong.registers.chains.models import Chain
from wutong.registers.chains.queries import members_on
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.history.intervals import holds_on
from wutong.registers.leads.models import LeadAssignment
from wutong.registers.organisation.actors import Actor
from wutong.registers.organisation.models import Official
from wutong.registers.organisation.reach import Rows, reach_rows

ENTERPRISE, CHAIN = "enterprise", "chain"
"""Kinds of lead in an actor's reach."""


def leads_of(
    *, on: date, enterprise: Enterprise | None = None, chain: Chain | None = None
) -> QuerySet[LeadAssignment]:
    """Who leads a firm or a chain on a day, leaders before liaisons."""
    if (enterprise is None) == (chain is None):
        raise ValueError("leads are those of one firm or of one chain")
    found = LeadAssignment.objects.filter(holds_on(on)).select_related("official__unit")
    found = found.filter(enterprise=enterprise) if enterprise is not None else found.filter(chain=chain)
    return found.order_by("role", "from_on", "pk")


def led_by(official: Official, on: date) -> QuerySet[LeadAssignment]:
    """What an official leads on a day."""
    found = LeadAssignment.objects.filter(holds_on(on), official=official)
    return found.select_related("enterprise", "chain").order_by("role", "from_on", "pk")


def led_enterprises(actor: Actor) -> frozenset[int]:
    """Firms that the actor leads on the actor's day, themselves or through a chain on which they stand; read with the
    rest of the reach."""
    return actor.reach.led_of(ENTERPRISE)


def led_chains(actor: Actor) -> frozenset[int]:
    """The same of chains."""
    return actor.reach.led_of(CHAIN)


def enterprise_rows(official_id: int, on: date) -> Rows:
    found = LeadAssignment.objects.filter(holds_on(on), official=official_id, enterprise__isnull=False)
    return reach_rows(found, ENTERPRISE, "enterprise_id")


def chain_firm_rows(official_id: int, on: date) -> Rows:
    """Firms on the chains that the official leads or looks after."""
    chains = LeadAssignment.objects.filter(holds_on(on), official=official_id, chain__isnull=False)
    return reach_rows(
        members_on(on).filter(node__chain__in=chains.values("chain")), ENTERPRISE, "enterprise_id"
    )


def chain_rows(official_id: int, on: date) -> Rows:
    found = LeadAssignment.objects.filter(holds_on(on), official=official_id, chain__isnull=False)
    return reach_rows(found, CHAIN, "chain_id")
