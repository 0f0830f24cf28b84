"""A process that runs jobs one after another until it is told to stop.

What cannot be written down ends the process: its supervisor starts it again, and a new worker frees what the old one
held. There is no second way to recover.
"""

import logging
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from django.conf import settings
from django.db import Error as DatabaseFailure
from django.db import OperationalError, connection, transaction
from django_tasks_db.utils import is_locked_database_exception

from wutong.base.jobs.connections import drop_stale_connection
from wutong.base.jobs.declared import Job, UnknownJob, job_at
from wutong.base.jobs.limits import GRACE_SECONDS, TookTooLong, hard_limit, time_limit
from wutong.base.jobs.models import JobWorker
from wutong.base.jobs.processes import process_mark, this_host
from wutong.base.jobs.reaping import free_lost_tasks
from wutong.base.jobs.services import Lease, LeaseLost, fail_attempt, lease_next, mark_done

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]
IDLE_SECONDS = 1.0
WRITE_TRIES = 5


def register_worker(now: datetime) -> JobWorker:
    """Write down that this process works from now on."""
    pid = os.getpid()
    return JobWorker.objects.create(
        host=this_host(), pid=pid, process_mark=process_mark(pid), started_at=now, seen_at=now
    )


class Heartbeat(threading.Thread):
    """Reports a few times per lease that the process lives. A thread has a connection of its own."""

    def __init__(self, worker: JobWorker, clock: Clock) -> None:
        super().__init__(name="heartbeat", daemon=True)
        self._worker = worker
        self._clock = clock
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.wait(settings.WUTONG_JOB_LEASE_SECONDS / 12):
            drop_stale_connection()
            try:
                JobWorker.objects.filter(pk=self._worker.pk).update(seen_at=self._clock())
            except DatabaseFailure:
                logger.warning("The heartbeat was not written; the next one may be", exc_info=True)
        connection.close()

    def end(self) -> None:
        self._ended.set()
        self.join(30)


def work(clock: Clock, stop: threading.Event, *, once: bool = False) -> None:
    """Free what lost workers left, then run jobs until `stop` is set; with `once`, until none is due."""
    free_lost_tasks(clock())
    worker = register_worker(clock())
    heartbeat = Heartbeat(worker, clock)
    heartbeat.start()
    try:
        run_jobs(worker, clock, stop, once=once)
    finally:
        heartbeat.end()
    with suppress(DatabaseFailure):  # an ended worker is forgotten anyway
        JobWorker.objects.filter(pk=worker.pk, tickets=None).delete()


def run_jobs(worker: JobWorker, clock: Clock, stop: threading.Event, *, once: bool = False) -> None:
    """The job under way is always finished; `stop` only keeps the next one from starting."""
    while not stop.is_set():
        drop_stale_connection()
        try:
            lease = lease_next(worker, clock())
        except OperationalError as error:
            if not is_locked_database_exception(error):
                raise
            logger.warning("The database was locked; asking again")
            stop.wait(IDLE_SECONDS)
            continue
        if lease is not None:
            run_leased(lease, clock)
        elif once:
            return
        else:
            stop.wait(IDLE_SECONDS)


def run_leased(lease: Lease, clock: Clock) -> None:
    """Run one attempt to its end: done, to be tried again, or failed for good."""
    try:
        job = job_at(lease.path)
        with hard_limit(job.max_seconds + GRACE_SECONDS):
            _run(job, lease, clock)
    except LeaseLost:
        logger.warning("Task %s was given to another worker; this attempt is undone", lease.task_id)
    except UnknownJob as error:
        logger.error("No job is declared at %s", lease.path)
        _write_failure(lease, error, clock)
    except (Exception, TookTooLong) as error:
        logger.exception("Attempt %s of %s failed", lease.attempt, lease.path)
        _write_failure(lease, error, clock)


def _run(job: Job, lease: Lease, clock: Clock) -> None:
    if not job.in_transaction:
        with time_limit(job.max_seconds):
            job.call(**lease.kwargs)
        mark_done(lease, job, clock())
        return
    with transaction.atomic():
        with time_limit(job.max_seconds):
            job.call(**lease.kwargs)
        mark_done(lease, job, clock())


def _write_failure(lease: Lease, error: BaseException, clock: Clock) -> None:
    """A lease that nobody ends would be held as long as this process lives: write it, or end the process."""
    pause = threading.Event()
    for tries_left in reversed(range(WRITE_TRIES)):
        if isinstance(error, TookTooLong) and not connection.in_atomic_block:
            connection.close()  # it may have been interrupted in the middle of an answer
        try:
            fail_attempt(lease, error, clock())
            return
        except DatabaseFailure:
            if not tries_left:
                raise
            drop_stale_connection()
            pause.wait(IDLE_SECONDS)
