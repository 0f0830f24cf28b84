"""Real workers, killed at any moment: nothing is lost and nothing is done twice.

A process of its own does not see the database of the tests, therefore these have one of their own: a file, or a
database beside the one of DATABASE_URL.
"""

import os
import random
import secrets
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django_tasks_db.models import DBTaskResult

from wutong.base.jobs.tests.tasks_for_tests import MAKE_ROWS, ROWS_TABLE

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kills processes")

JOBS = 500
KILLS = 6
TASKS = "wutong.base.jobs.tests.tasks_for_tests"
ENQUEUE = """
import sys, threading, django
django.setup()
from django.db import connection
from django.utils.module_loading import import_string
from wutong.base.jobs.services import enqueue
job = import_string(sys.argv[1])
def enqueue_all():
    try:
        for number in range(int(sys.argv[2])):
            enqueue(job, key=str(number), **({"number": number} if sys.argv[3] else {}))
    finally:
        connection.close()
threads = [threading.Thread(target=enqueue_all) for _ in range(2)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
"""


@dataclass
class OwnDatabase:
    """A database with the tables of the jobs, its workers, and what is in it. `url` is for DATABASE_URL."""

    url: str
    environment: dict[str, str]
    log: Path

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        parts = urlsplit(self.url)
        if parts.scheme == "sqlite":
            connection: Any = sqlite3.connect(parts.path, timeout=20)
        else:
            import psycopg

            connection = psycopg.connect(self.url)
        try:
            cursor = connection.execute(statement)
            found = cursor.fetchall() if cursor.description else []
            connection.commit()
        finally:
            connection.close()
        return found

    def run(self, *argv: str) -> None:
        done = subprocess.run(
            [sys.executable, *argv], env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr

    def enqueue(self, name: str, count: int, *, numbered: bool = False) -> None:
        """Twice at the same moment, with the same keys."""
        self.run("-c", ENQUEUE, f"{TASKS}.{name}", str(count), "yes" if numbered else "")

    def start_worker(self, *options: str) -> "subprocess.Popen[bytes]":
        with self.log.open("a") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "wutong.cli", "worker", *options],
                env=self.environment,
                stdout=log,
                stderr=log,
            )

    def statuses(self) -> dict[str, int]:
        rows = self.query(f"SELECT status, count(*) FROM {DBTaskResult._meta.db_table} GROUP BY status")
        return dict(rows)

    def wait_for(
        self, status: str, count: int, worker: "subprocess.Popen[bytes]", patience: float = 20
    ) -> None:
        deadline = time.monotonic() + patience
        while self.statuses().get(status, 0) < count:
            assert time.monotonic() < deadline, (self.statuses(), self.log.read_text()[-3000:])
            assert worker.poll() is None, self.log.read_text()[-3000:]
            time.sleep(0.05)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[OwnDatabase]:
    base = os.environ.get("DATABASE_URL", "")
    on_postgresql = base.startswith("postgres")
    url = f"sqlite://{tmp_path}/jobs.sqlite3"
    name = f"wutong_jobs_{secrets.token_hex(4)}"
    if on_postgresql:
        url = urlsplit(base)._replace(path=f"/{name}").geturl()
        _on_server(base, f"CREATE DATABASE {name}")
    environment = os.environ | {
        "DATABASE_URL": url,
        "WUTONG_DATA_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "wutong.site.settings.sample",
    }
    own = OwnDatabase(url, environment, tmp_path / "workers.log")
    try:
        own.run("-m", "wutong.cli", "manage", "migrate", "jobs", "-v0")
        own.query(MAKE_ROWS)
        yield own
    finally:
        if on_postgresql:
            _on_server(base, f"DROP DATABASE {name} WITH (FORCE)")


def _on_server(url: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(urlsplit(url)._replace(path="/postgres").geturl(), autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[call-overload]


def test_500_jobs_are_done_once_though_workers_are_killed_in_the_middle(database: OwnDatabase) -> None:
    database.enqueue("insert_row", JOBS, numbered=True)
    assert database.statuses() == {"READY": JOBS}, "a key is enqueued once"
    chance = random.Random(20260302)
    helper = database.start_worker()  # two at once all the time, so that they also meet
    worker = database.start_worker()
    for kill in range(1, KILLS + 1):
        database.wait_for("SUCCESSFUL", kill * JOBS // (KILLS + 2), worker)
        time.sleep(chance.uniform(0, 0.02))
        victim = helper if kill % 3 == 0 else worker
        victim.send_signal(signal.SIGKILL)
        victim.wait()
        if victim is helper:
            helper = database.start_worker()
        else:
            worker = database.start_worker()
    database.wait_for("SUCCESSFUL", JOBS, worker)
    for process in (helper, worker):
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0, database.log.read_text()[-3000:]

    assert database.statuses() == {"SUCCESSFUL": JOBS}
    numbers = Counter(number for (number,) in database.query(f"SELECT number FROM {ROWS_TABLE}"))
    assert numbers == Counter(range(JOBS)), "every job has written one row"
    assert len(database.query(f"SELECT DISTINCT pid FROM {ROWS_TABLE}")) > 2
    marks = database.query(
        "SELECT count(*) FROM jobs_jobticket WHERE done_at IS NOT NULL AND worker_id IS NULL"
    )
    assert marks == [(JOBS,)]
    assert database.query("SELECT * FROM jobs_jobworker") == [], (
        "killed workers are forgotten, stopped ones say so"
    )


def test_a_job_that_kills_its_worker_fails_for_good_and_the_next_one_runs(database: OwnDatabase) -> None:
    database.enqueue("kill_worker", 1)
    database.enqueue("insert_row", 1, numbered=True)
    codes = [database.start_worker("--once").wait(20) for _ in range(3)]
    assert codes == [-signal.SIGKILL, -signal.SIGKILL, 0], database.log.read_text()[-3000:]
    assert database.statuses() == {"FAILED": 1, "SUCCESSFUL": 1}
    failed = database.query("SELECT code, attempts FROM jobs_jobticket WHERE error_class = 'LostWorker'")
    assert failed == [("tests.kill", 2)]


def test_a_job_that_does_not_stop_ends_its_process(database: OwnDatabase) -> None:
    database.enqueue("hang", 1)
    script = (
        "import threading, django; django.setup()\n"
        "from django.utils import timezone\n"
        "from wutong.base.jobs import worker\n"
        "worker.GRACE_SECONDS = 1\n"
        "worker.work(timezone.now, threading.Event(), once=True)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], env=database.environment, capture_output=True, text=True, timeout=20
    )
    assert ended.returncode == 1
    assert "Timeout" in ended.stderr and "hang" in ended.stderr, "the log says where it hung"
    assert database.statuses() == {"RUNNING": 1}, "it waits for the next worker to free it"
