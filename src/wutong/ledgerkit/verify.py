"""All proofs of the product in one list: cases, registers, audit, signed heads, frozen tables."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import django
from django.db import connection
from django.db.models import Max

from wutong.base.audit import verify as audit_chains
from wutong.base.audit.models import AuditChain
from wutong.base.chain.operations import missing_triggers
from wutong.base.chain.rows import Fault
from wutong.cases import verify as case_chains
from wutong.cases.models import Case
from wutong.ledgerkit.anchors import anchor_faults
from wutong.registers.history import verify as register_chains

PART = 10_000
"""Keys of cases that one process takes at once."""


def all_faults(*, processes: int = 1) -> Iterator[Fault]:
    """Several processes share the cases; each opens a connection of its own and sees what is committed."""
    yield from case_chains.faults() if processes == 1 else _shared(processes)
    yield from register_chains.faults()
    yield from audit_chains.faults()
    yield from anchor_faults()


def _shared(processes: int) -> Iterator[Fault]:
    highest = Case.objects.aggregate(highest=Max("pk"))["highest"] or 0
    starts = range(0, highest, PART)
    ends = [*(start for start in starts if start), case_chains.MAX_KEY]
    # Not forked: a copy of an open connection would be used by two processes.
    with ProcessPoolExecutor(processes, get_context("spawn"), initializer=django.setup) as pool:
        for found in pool.map(_faults_between, starts, ends):
            yield from found
    yield from case_chains.number_faults()


def _faults_between(after: int, upto: int) -> list[Fault]:
    return list(case_chains.faults_between(after, upto))


def chain_count() -> int:
    return case_chains.chain_count() + register_chains.chain_count() + AuditChain.objects.count()


def unfrozen_tables() -> list[str]:
    """Append-only tables without their triggers: a warning, because privileges may do the same on PostgreSQL."""
    return missing_triggers(connection)
