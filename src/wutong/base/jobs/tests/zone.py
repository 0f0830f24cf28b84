"""What the tests of the jobs share: a moment, a worker, and running what is due."""

import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from wutong.base.jobs.models import JobTicket, JobWorker
from wutong.base.jobs.processes import process_mark, this_host
from wutong.base.jobs.worker import run_jobs

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def make_worker(*, host: str = "", pid: int = 0, mark: str = "", seen_at: datetime = NOW) -> JobWorker:
    """A worker row: this very process, or the one that is described."""
    pid = pid or os.getpid()
    mark = mark or process_mark(pid)
    return JobWorker.objects.create(
        host=host or this_host(), pid=pid, process_mark=mark, started_at=NOW, seen_at=seen_at
    )


def run_due(now: datetime = NOW, worker: JobWorker | None = None) -> None:
    """Run everything that is due at `now` in this process."""
    run_jobs(worker or make_worker(seen_at=now), lambda: now, threading.Event(), once=True)


def state(ticket: JobTicket) -> tuple[str, int]:
    """Status of the task and number of attempts."""
    ticket = JobTicket.objects.select_related("task").get(pk=ticket.pk)
    return ticket.task.status, ticket.attempts


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def in_threads(count: int, act: Callable[[], Any]) -> list[Any]:
    """What `act` gives in threads that start at one moment, each with a connection of its own."""
    gate = threading.Barrier(count)
    found: list[Any] = []

    def run() -> None:
        gate.wait()
        try:
            found.append(act())
        except Exception as error:
            found.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def many_at_once(act: Callable[[], Any], count: int = 6) -> list[Any]:
    """One after another on SQLite in memory, which has one connection for all threads; the real race on a SQLite file
    is run by `test_killed_workers`."""
    if connection.vendor != "postgresql":
        return [act() for _ in range(count)]
    return in_threads(count, act)
