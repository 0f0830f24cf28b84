"""Finding what was tampered with in the audit."""

from collections.abc import Iterable, Iterator
from itertools import groupby, islice

from django.db import transaction

from wutong.base.audit.models import AuditChain, AuditEvent
from wutong.base.chain.rows import Fault, faults_of_chain

FAULTS_PER_CHAIN = 1000


def faults() -> Iterator[Fault]:
    """Everything wrong with the audit chains, in constant memory.

    Heads and rows are read side by side while others write, so a chain that looks wrong is looked at again with
    its head locked. At most FAULTS_PER_CHAIN faults are reported per chain.
    """
    chains = AuditChain.objects.order_by("pk").iterator()
    chain = next(chains, None)
    events = AuditEvent.objects.order_by("chain_id", "seq").iterator(chunk_size=1000)
    for chain_id, rows in groupby(events, key=lambda event: event.chain_id):
        while chain is not None and chain.pk < chain_id:
            yield from _faults(chain, ())
            chain = next(chains, None)
        if chain is not None and chain.pk == chain_id:
            yield from _faults(chain, rows)
            chain = next(chains, None)
        elif not AuditChain.objects.filter(pk=chain_id).exists():
            yield Fault(f"audit:#{chain_id}", 0, "审计链的链尾被移除")
    while chain is not None:
        yield from _faults(chain, ())
        chain = next(chains, None)


def _faults(chain: AuditChain, rows: Iterable[AuditEvent]) -> list[Fault]:
    if not any(True for _fault in faults_of_chain(chain.chain_name, _rows_of(chain, rows), chain)):
        return []
    with transaction.atomic():
        locked = AuditChain.objects.select_for_update().get(pk=chain.pk)
        own = AuditEvent.objects.filter(chain=locked).order_by("seq").iterator(chunk_size=1000)
        found = faults_of_chain(locked.chain_name, _rows_of(locked, own), locked)
        return list(islice(found, FAULTS_PER_CHAIN))


def _rows_of(chain: AuditChain, rows: Iterable[AuditEvent]) -> Iterator[AuditEvent]:
    """Rows that know their chain without a query each."""
    for row in rows:
        row.chain = chain
        yield row
