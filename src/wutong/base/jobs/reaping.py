"""Freeing what a worker that is gone has left behind."""

from datetime import datetime, timedelta

from django.conf import settings
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from wutong.base.jobs.models import JobTicket, JobWorker
from wutong.base.jobs.processes import is_running, this_host
from wutong.base.jobs.services import LOST_WORKER, Lease, end_attempt


def is_lost(worker: JobWorker, now: datetime) -> bool:
    """Not seen for WUTONG_JOB_LEASE_SECONDS, or its process on this machine has ended."""
    if worker.seen_at < now - timedelta(seconds=settings.WUTONG_JOB_LEASE_SECONDS):
        return True
    return worker.host == this_host() and not is_running(worker.pid, worker.process_mark)


def free_lost_tasks(now: datetime) -> int:
    """Put running tasks without a living worker back into the queue; returns how many.

    The lost attempt counts, so that a job that kills its worker fails for good in the end. Two that free at once
    do no harm: only one of them ends the attempt.
    """
    freed = 0
    tasks = DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING).select_related("ticket__worker")
    for task in tasks.order_by("started_at"):
        ticket = _ticket_of(task)
        if ticket.worker is None or is_lost(ticket.worker, now):
            lease = Lease(
                task.pk, ticket.worker_id, ticket.attempts, task.task_path, task.args_kwargs["kwargs"]
            )
            freed += end_attempt(lease, now, error_class=LOST_WORKER, error_text="", wait=timedelta())
    _forget_ended_workers()
    return freed


def _ticket_of(task: DBTaskResult[..., None]) -> JobTicket:
    """A task that another program than ours has started has no ticket yet."""
    try:
        return task.ticket
    except JobTicket.DoesNotExist:
        code = task.task_path[:100]
        return JobTicket.objects.get_or_create(task=task, defaults={"code": code, "attempts": 1})[0]


def _forget_ended_workers() -> None:
    here = JobWorker.objects.filter(host=this_host(), tickets=None)
    ended = [worker.pk for worker in here if not is_running(worker.pid, worker.process_mark)]
    if ended:
        JobWorker.objects.filter(pk__in=ended, tickets=None).delete()
