"""What happens by itself as time passes. `wutong tick` calls `run_ticks` with the moment it read.

SCHEDULES puts jobs into the queue, where a worker runs them. TICKS are called directly.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, time

from django.db import close_old_connections
from django.utils.timezone import localdate

from wutong.base.jobs.reaping import free_lost_tasks
from wutong.base.jobs.schedules import Schedule, daily, enqueue_due, schedule
from wutong.base.jobs.tasks import prune
from wutong.ledgers.project_push.services import escalate_overdue
from wutong.site.tasks import ANCHOR_EVERY, anchor_chain_heads

logger = logging.getLogger(__name__)

Tick = Callable[[datetime], object]

SCHEDULES: list[Schedule] = [
    schedule(anchor_chain_heads, every=ANCHOR_EVERY),
    daily(prune, at=time(3, 30)),
]
"""Every schedule of the product."""


def enqueue_scheduled(now: datetime) -> None:
    """Put the jobs that are due into the queue."""
    enqueue_due(SCHEDULES, now)


def escalate_overdue_rectifications(now: datetime) -> None:
    """Rectifications that are days over their due day become supervision orders."""
    escalate_overdue(now, localdate(now))


TICKS: list[Tick] = [enqueue_scheduled, free_lost_tasks, escalate_overdue_rectifications]
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
