"""Removing what nobody looks at any more, in blocks, so that no transaction is long."""

from datetime import datetime, timedelta

from django.db import transaction
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from wutong.base.jobs.models import JobSchedule, JobWorker

BLOCK = 500
WORKER_KEEP = timedelta(days=1)
SCHEDULE_KEEP = timedelta(days=30)


def prune_jobs(now: datetime) -> int:
    """Remove ended tasks whose time has come, with their marks; workers not seen for a day; schedules that no
    declaration has moved for a month. Returns how many tasks were removed. May be stopped and called again."""
    removed = 0
    while block := _remove_block(now):
        removed += block
    JobWorker.objects.filter(seen_at__lt=now - WORKER_KEEP, tickets=None).delete()
    JobSchedule.objects.filter(next_at__lt=now - SCHEDULE_KEEP).delete()
    return removed


@transaction.atomic
def _remove_block(now: datetime) -> int:
    """The rows are locked and looked at again, so that a failed job which somebody retries just now stays."""
    ended = DBTaskResult.objects.filter(status__in=[TaskResultStatus.SUCCESSFUL, TaskResultStatus.FAILED])
    old = ended.filter(ticket__prune_at__lte=now, ticket__worker=None).order_by("ticket__prune_at")
    ids = list(old.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)[:BLOCK])
    DBTaskResult.objects.filter(pk__in=ids).delete()
    return len(ids)
