"""What happens by itself as time passes. `wutong tick` calls `run_ticks` with the moment it read.

SCHEDULES puts jobs into the queue, where a worker runs them. TICKS are called directly.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, time

from wutong.base.jobs.connections import drop_stale_connection
from wutong.base.jobs.reaping import free_lost_tasks
from wutong.base.jobs.schedules import Schedule, daily, enqueue_due, schedule
from wutong.base.jobs.tasks import prune
from wutong.site.tasks import (
    ANCHOR_EVERY,
    DELIVER_EVERY,
    SWEEP_EVERY,
    anchor_chain_heads,
    deliver,
    digest,
    prune_read_notices,
    reproject,
    sweep,
    tend_reporting,
)

logger = logging.getLogger(__name__)

Tick = Callable[[datetime], object]

SCHEDULES: list[Schedule] = [
    schedule(sweep, every=SWEEP_EVERY),
    schedule(deliver, every=DELIVER_EVERY),
    schedule(anchor_chain_heads, every=ANCHOR_EVERY),
    daily(tend_reporting, at=time(7, 40), workdays_only=True),
    daily(digest, at=time(7, 50), workdays_only=True),
    daily(reproject, at=time(2, 30)),
    daily(prune_read_notices, at=time(3, 0)),
    daily(prune, at=time(3, 30)),
]
"""Every schedule of the product."""


def enqueue_scheduled(now: datetime) -> None:
    """Put the jobs that are due into the queue."""
    enqueue_due(SCHEDULES, now)


TICKS: list[Tick] = [enqueue_scheduled, free_lost_tasks]
"""Called in this order. A tick is idempotent: it may be late, and it may run twice for the same moment."""


def run_ticks(now: datetime, ticks: Sequence[Tick] | None = None) -> list[str]:
    """Call every tick with `now` (aware); return the names of those that failed.

    A tick that fails is logged and does not keep the others from running; it is called again next time.
    """
    failed = []
    for tick in TICKS if ticks is None else ticks:
        name = f"{tick.__module__}.{tick.__qualname__}"
        drop_stale_connection()
        try:
            tick(now)
        except Exception:
            logger.exception("Tick %s failed", name)
            failed.append(name)
    drop_stale_connection()
    return failed
