"""A killed worker loses nothing, and what kills its worker ends."""

import os
import subprocess
import sys

import pytest
from django_tasks_db.models import DBTaskResult

from wutong.base.jobs.models import JobTicket, JobWorker
from wutong.base.jobs.processes import is_running, process_mark, this_host
from wutong.base.jobs.reaping import free_lost_tasks
from wutong.base.jobs.services import enqueue, lease_next
from wutong.base.jobs.tests import tasks_for_tests as jobs
from wutong.base.jobs.tests.zone import NOW, make_worker, many_at_once, run_due, seconds, state

pytestmark = pytest.mark.django_db


def running(worker: JobWorker) -> JobTicket:
    ticket = enqueue(jobs.take_note, name="one")
    assert lease_next(worker, NOW)
    return ticket


def ended_pid() -> int:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def test_a_living_worker_keeps_its_task() -> None:
    ticket = running(make_worker())
    elsewhere = running(make_worker(host="elsewhere", pid=1, mark="1"))
    assert free_lost_tasks(NOW + seconds(60)) == 0
    assert state(ticket) == state(elsewhere) == ("RUNNING", 1)


def test_a_worker_not_seen_for_the_lease_loses_its_task() -> None:
    ticket = running(make_worker(host="elsewhere", pid=1, mark="1"))
    assert free_lost_tasks(NOW + seconds(61)) == 1
    assert state(ticket) == ("READY", 1)
    run_due(NOW + seconds(61))
    assert state(ticket) == ("SUCCESSFUL", 2)


def test_a_worker_whose_process_has_ended_on_this_machine_loses_its_task_at_once_and_is_forgotten() -> None:
    ticket = running(make_worker(pid=ended_pid(), mark="1"))
    assert free_lost_tasks(NOW) == 1
    assert state(ticket) == ("READY", 1)
    assert not JobWorker.objects.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_process_number_used_again_is_another_process() -> None:
    ticket = running(make_worker(mark="1"))
    assert is_running(os.getpid(), process_mark(os.getpid()))
    assert free_lost_tasks(NOW) == 1
    assert state(ticket) == ("READY", 1)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_process_that_has_ended_but_was_not_collected_is_not_running() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    mark = process_mark(child.pid)
    assert is_running(child.pid, mark)
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert not is_running(child.pid, mark)
    child.communicate()


def test_a_task_that_another_program_has_left_running_is_freed() -> None:
    made = jobs.take_note.enqueue(name="one")
    DBTaskResult.objects.filter(pk=made.id).update(status="RUNNING", started_at=NOW)
    assert free_lost_tasks(NOW) == 1
    assert state(JobTicket.objects.get(pk=made.id)) == ("READY", 1)


def test_a_job_that_kills_its_worker_fails_for_good() -> None:
    ticket = enqueue(jobs.kill_worker)
    for attempt in (1, 2):
        lease = lease_next(make_worker(pid=ended_pid(), mark="1"), NOW)
        assert lease and lease.attempt == attempt
        assert free_lost_tasks(NOW) == 1
    assert state(ticket) == ("FAILED", 2)
    ticket.refresh_from_db()
    assert ticket.error_class == "LostWorker"
    assert this_host()


@pytest.mark.django_db(transaction=True)
def test_many_that_free_at_once_free_once() -> None:
    ticket = running(make_worker(host="elsewhere", pid=1, mark="1", seen_at=NOW - seconds(100)))
    freed = many_at_once(lambda: free_lost_tasks(NOW))
    assert sorted(freed) == [0, 0, 0, 0, 0, 1]
    assert state(ticket) == ("READY", 1)
