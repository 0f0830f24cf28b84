"""Reading the jobs for their page. Whoever shows them asks for the right `jobs.see` first."""

from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from wutong.base.jobs.models import JobSchedule, JobTicket, JobWorker


def counts_by_status() -> dict[str, int]:
    """How many tasks are ready, running, failed; statuses without any are left out."""
    open_ones = DBTaskResult.objects.exclude(status=TaskResultStatus.SUCCESSFUL).order_by()
    return dict(open_ones.values_list("status").annotate(count=Count("pk")))


def running_jobs() -> QuerySet[JobTicket]:
    """Longest running first."""
    return _tickets(TaskResultStatus.RUNNING).select_related("task", "worker").order_by("task__started_at")


def waiting_jobs() -> QuerySet[JobTicket]:
    """Oldest first. A job that waits for its next attempt has an error."""
    return _tickets(TaskResultStatus.READY).select_related("task").order_by("task__enqueued_at")


def failed_jobs() -> QuerySet[JobTicket]:
    """Failed for good, newest first."""
    return _tickets(TaskResultStatus.FAILED).select_related("task").order_by("-task__finished_at")


def starts_at(ticket: JobTicket) -> datetime | None:
    """The earliest moment of the next attempt, None for at once."""
    run_after: datetime = ticket.task.run_after
    return None if run_after.year == 9999 else run_after


def job_schedules() -> QuerySet[JobSchedule]:
    return JobSchedule.objects.order_by("next_at", "name")


def job_workers() -> QuerySet[JobWorker]:
    return JobWorker.objects.order_by("host", "started_at")


def _tickets(status: Any) -> QuerySet[JobTicket]:
    return JobTicket.objects.filter(task__status=status)
