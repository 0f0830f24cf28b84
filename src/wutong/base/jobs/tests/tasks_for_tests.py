"""Jobs that the tests run, in this process and in workers of their own."""

import os
import signal
import time

from django.db import connection

from wutong.base.errors import Refused
from wutong.base.jobs.declared import job
from wutong.base.jobs.models import JobSchedule

ROWS_TABLE = "jobs_test_rows"
MAKE_ROWS = f"CREATE TABLE {ROWS_TABLE} (number integer NOT NULL, pid integer NOT NULL)"


def note(name: str) -> None:
    """An effect in the database that a test can count."""
    JobSchedule.objects.create(name=name, rhythm="every 60", next_at="2026-01-01T00:00:00Z")


@job(name="tests.note")
def take_note(*, name: str) -> None:
    note(name)


@job(name="tests.fail", retries=2)
def note_and_fail(*, name: str, words: str) -> None:
    note(name)
    raise RuntimeError(words.replace("␀", "\0"))


@job(name="tests.refuse", retries=0)
def refuse() -> None:
    raise Refused("没有可用的短信通道，请联系系统管理员。")


@job(name="tests.sleep", max_seconds=1, retries=0)
def sleep_long(*, name: str) -> None:
    note(name)
    try:
        time.sleep(30)
    except Exception as error:
        raise AssertionError("the limit must not look like an ordinary failure") from error


@job(name="tests.sleep_in_database", max_seconds=1, retries=1)
def sleep_in_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(30)")


@job(name="tests.blocks", in_transaction=False)
def in_blocks(*, name: str) -> None:
    assert not connection.in_atomic_block
    note(name)


@job(name="tests.kill", retries=1)
def kill_worker() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@job(name="tests.insert_row")
def insert_row(*, number: int) -> None:
    """The pauses give a killed worker a chance to die in the middle."""
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {ROWS_TABLE} VALUES (%s, %s)", [number, os.getpid()])
        time.sleep(0.003)


@job(name="tests.hang", max_seconds=1)
def hang() -> None:
    """Does not stop for anybody."""
    while True:
        try:
            time.sleep(1)
        except BaseException:  # noqa: B036, S112
            continue
