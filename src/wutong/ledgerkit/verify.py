"""All proofs of the product in one list: cases, registers, audit, signed heads, frozen tables."""

from collections.abc import Iterator

from django.db import connection

from wutong.base.audit import verify as audit_chains
from wutong.base.audit.models import AuditChain
from wutong.base.chain.operations import missing_triggers
from wutong.base.chain.rows import Fault
from wutong.cases import verify as case_chains
from wutong.ledgerkit.anchors import anchor_faults
from wutong.registers.history import verify as register_chains


def all_faults() -> Iterator[Fault]:
    yield from case_chains.faults()
    yield from register_chains.faults()
    yield from audit_chains.faults()
    yield from anchor_faults()


def chain_count() -> int:
    return case_chains.chain_count() + register_chains.chain_count() + AuditChain.objects.count()


def unfrozen_tables() -> list[str]:
    """Append-only tables without their triggers: a warning, because privileges may do the same on PostgreSQL."""
    return missing_triggers(connection)
