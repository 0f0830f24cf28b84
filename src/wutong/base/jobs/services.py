"""Putting jobs into the queue, leasing them, and ending an attempt."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from wutong.base.accounts.models import Account
from wutong.base.accounts.rights import require_right
from wutong.base.audit.services import record_event
from wutong.base.errors import Conflict
from wutong.base.jobs.declared import Job, UnknownJob, job_at
from wutong.base.jobs.models import ERROR_LENGTH, KEY_LENGTH, JobTicket, JobWorker
from wutong.base.jobs.rights import RETRY

FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(hours=1)
RETRIES_OF_UNKNOWN = 5
FAILED_KEEP = timedelta(days=180)
LOST_WORKER = "LostWorker"


class LeaseLost(Exception):
    """The task was given to somebody else, or is done: what this attempt did must be undone."""


@dataclass(frozen=True)
class Lease:
    """The right of one worker to run one attempt of a task."""

    task_id: UUID
    worker_id: int | None
    attempt: int
    path: str
    kwargs: dict[str, Any]

    def tickets(self) -> QuerySet[JobTicket]:
        """The ticket as long as the lease holds, else nothing."""
        return JobTicket.objects.filter(
            task_id=self.task_id, attempts=self.attempt, worker_id=self.worker_id, done_at=None
        )


def enqueue(job: Job, *, key: str = "", run_after: datetime | None = None, **kwargs: Any) -> JobTicket:
    """Put a job into the queue within the caller's transaction: rolled back, it was never there.

    With a `key`, the same job is enqueued once for that key, however many ask at once; the ticket that is there
    already comes back. A key is free again when its ticket is pruned. `run_after` is the earliest moment (aware).
    Raises ValueError for a key that cannot be stored.
    """
    if len(key) > KEY_LENGTH or "\0" in key:
        raise ValueError(f"a key has at most {KEY_LENGTH} characters, none of them NUL: {key[:50]!r}")
    known = JobTicket.objects.filter(code=job.code, key=key).first() if key else None
    if known is not None:
        return known
    try:
        with transaction.atomic():
            task = job.using(run_after=run_after).enqueue(**kwargs)
            return JobTicket.objects.create(task_id=UUID(task.id), code=job.code, key=key or None)
    except IntegrityError:
        if not key:
            raise
        return JobTicket.objects.get(code=job.code, key=key)  # somebody was faster


def waiting_tasks(now: datetime) -> Any:
    """Tasks that may start at `now`, first come first."""
    is_due = Q(run_after=get_date_max()) | Q(run_after__lte=now)
    tasks = DBTaskResult.objects.filter(is_due, status=TaskResultStatus.READY)
    return tasks.order_by("-priority", "enqueued_at")


def lease_next(worker: JobWorker, now: datetime) -> Lease | None:
    """Give the next task that is due to `worker`, or None when there is none. Nobody gets the same one."""
    if not waiting_tasks(now).exists():  # SQLite: an idle worker must not ask for the lock of the writer
        return None
    with transaction.atomic():
        task = waiting_tasks(now).get_locked()
        if task is None:
            return None
        task.claim(str(worker.pk))
        ticket, _made = JobTicket.objects.get_or_create(
            task=task, defaults={"code": _code_of(task.task_path)}
        )
        JobTicket.objects.filter(pk=ticket.pk).update(worker=worker, attempts=F("attempts") + 1)
        return Lease(task.pk, worker.pk, ticket.attempts + 1, task.task_path, task.args_kwargs["kwargs"])


def mark_done(lease: Lease, job: Job, now: datetime) -> None:
    """Write that the job has run wholly; called in the transaction of its effects. Raises LeaseLost."""
    with transaction.atomic():
        prune_at = now + timedelta(days=job.keep_days)
        fresh = {"worker": None, "done_at": now, "prune_at": prune_at, "error_class": "", "error_text": ""}
        if not lease.tickets().update(**fresh):
            raise LeaseLost(lease.task_id)
        DBTaskResult.objects.filter(pk=lease.task_id).update(
            status=TaskResultStatus.SUCCESSFUL, finished_at=now, exception_class_path="", traceback=""
        )


def wait_after(attempt: int) -> timedelta:
    """How long to wait after the attempt with this number (1, 2, …) failed: 30 s, 60 s, … up to an hour."""
    doublings: int = 2 ** min(attempt, 20)
    return min(FIRST_WAIT * doublings, LONGEST_WAIT)


def end_attempt(lease: Lease, now: datetime, *, error_class: str, error_text: str, wait: timedelta) -> bool:
    """An attempt came to nothing: the task waits for the next one, or has failed for good.

    False, and nothing changed, when the lease no longer holds.
    """
    is_last = lease.attempt > _retries(lease.path)
    with transaction.atomic():
        changed = lease.tickets().update(
            worker=None,
            error_class=_storable(error_class)[:200],
            error_text=_storable(error_text)[:ERROR_LENGTH],
            prune_at=now + FAILED_KEEP if is_last else None,
        )
        if not changed:
            return False
        tasks = DBTaskResult.objects.filter(pk=lease.task_id)
        if is_last:
            tasks.update(
                status=TaskResultStatus.FAILED, finished_at=now, exception_class_path=_storable(error_class)
            )
        else:
            tasks.update(status=TaskResultStatus.READY, run_after=now + wait)
    return True


def fail_attempt(lease: Lease, error: BaseException, now: datetime) -> bool:
    """The job raised `error`. Of its message only the first line is kept: a database adds the values of the row
    in the lines below, and they may be personal."""
    kind = type(error)
    text = (str(error).splitlines() or [""])[0]
    name = f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")
    return end_attempt(lease, now, error_class=name, error_text=text, wait=wait_after(lease.attempt))


@transaction.atomic
def retry_job(ticket: JobTicket, *, actor: Account, now: datetime, on: date) -> None:
    """Let a job that has failed for good run again, with all its attempts. Raises NotAllowed and Conflict."""
    require_right(actor, RETRY, on)
    tasks = DBTaskResult.objects.filter(pk=ticket.pk, status=TaskResultStatus.FAILED)
    if not tasks.update(status=TaskResultStatus.READY, run_after=now, finished_at=None):
        raise Conflict(_("这项任务已经不是失败状态，可能别人刚点过“再试一次”。请刷新页面看现在的情况。"))
    JobTicket.objects.filter(pk=ticket.pk).update(attempts=0, prune_at=None)
    record_event(
        action="retry_job",
        now=now,
        actor=actor,
        target_kind="jobs.jobticket",
        target_id=ticket.pk,
        words=gettext_noop("让失败的后台任务再试一次"),
        detail={"job": ticket.code},
    )


def _code_of(path: str) -> str:
    try:
        return job_at(path).code
    except UnknownJob:
        return path[:100]


def _retries(path: str) -> int:
    try:
        return job_at(path).retries
    except UnknownJob:
        return RETRIES_OF_UNKNOWN


def _storable(text: str) -> str:
    return text.replace("\0", "")
