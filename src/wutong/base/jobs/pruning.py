"""Removing what nobody looks at any more, in blocks, so that no transaction is long."""

from datetime import datetime, timedelta

from django_tasks_db.models import DBTaskResult

from wutong.base.jobs.models import JobSchedule, JobTicket, JobWorker

BLOCK = 500
WORKER_KEEP = timedelta(days=1)
SCHEDULE_KEEP = timedelta(days=30)


def prune_jobs(now: datetime) -> int:
    """Remove ended tasks whose time has come, with their marks; workers not seen for a day; schedules that no
    declaration has moved for a month. Returns how many tasks were removed. May be stopped and called again."""
    removed = 0
    while ids := list(
        JobTicket.objects.filter(prune_at__lte=now, worker=None)
        .order_by("prune_at")
        .values_list("pk", flat=True)[:BLOCK]
    ):
        DBTaskResult.objects.filter(pk__in=ids).delete()
        removed += len(ids)
    JobWorker.objects.filter(seen_at__lt=now - WORKER_KEEP, tickets=None).delete()
    JobSchedule.objects.filter(next_at__lt=now - SCHEDULE_KEEP).delete()
    return removed
