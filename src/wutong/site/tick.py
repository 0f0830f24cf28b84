"""What happens by itself as time passes. `wutong tick` calls every function of TICKS with the moment it read."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import close_old_connections
from django.utils.timezone import localdate

from wutong.ledgerkit.anchors import write_anchor
from wutong.ledgers.project_push.services import escalate_overdue

logger = logging.getLogger(__name__)

Tick = Callable[[datetime], None]


def escalate_overdue_rectifications(now: datetime) -> None:
    """Rectifications that are days over their due day become supervision orders."""
    escalate_overdue(now, localdate(now))


def anchor_chain_heads(now: datetime) -> None:
    """Heads that are new go into the signed file outside the database; nothing new, nothing written."""
    write_anchor(now)


TICKS: list[Tick] = [escalate_overdue_rectifications, anchor_chain_heads]
"""Called in this order. A tick is idempotent: it may be late, and it may run twice for the same moment."""


def run_ticks(now: datetime, ticks: Sequence[Tick] | None = None) -> list[str]:
    """Call every tick with `now` (aware); return the names of those that failed.

    A tick that fails is logged and does not keep the others from running; it is called again next time.
    """
    failed = []
    for tick in TICKS if ticks is None else ticks:
        name = f"{tick.__module__}.{tick.__qualname__}"
        close_old_connections()
        try:
            tick(now)
        except Exception:
            logger.exception("Tick %s failed", name)
            failed.append(name)
    close_old_connections()
    return failed
