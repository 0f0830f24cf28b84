"""Old records go, in blocks; what is still needed stays."""

from datetime import timedelta

import pytest
from django_tasks_db.models import DBTaskResult

from wutong.base.jobs import pruning
from wutong.base.jobs.models import JobSchedule, JobTicket, JobWorker
from wutong.base.jobs.pruning import prune_jobs
from wutong.base.jobs.services import enqueue, lease_next
from wutong.base.jobs.tests import tasks_for_tests as jobs
from wutong.base.jobs.tests.zone import NOW, make_worker, run_due

pytestmark = pytest.mark.django_db


def test_successful_tasks_go_after_30_days_and_failed_ones_after_180(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "BLOCK", 2)
    for number in range(5):
        enqueue(jobs.take_note, name=str(number))
    enqueue(jobs.refuse)
    run_due()
    waiting = enqueue(jobs.take_note, run_after=NOW + timedelta(days=1000), name="waiting")
    assert prune_jobs(NOW + timedelta(days=29)) == 0
    assert prune_jobs(NOW + timedelta(days=30)) == 5
    assert JobTicket.objects.count() == DBTaskResult.objects.count() == 2
    assert prune_jobs(NOW + timedelta(days=179)) == 0
    assert prune_jobs(NOW + timedelta(days=180)) == 1
    assert JobTicket.objects.get() == waiting


def test_a_failed_task_that_is_retried_meanwhile_stays() -> None:
    ticket = enqueue(jobs.refuse)
    run_due()
    DBTaskResult.objects.filter(pk=ticket.pk).update(status="READY")  # the first half of a retry
    assert prune_jobs(NOW + timedelta(days=180)) == 0
    assert JobTicket.objects.get() == ticket


def test_workers_not_seen_for_a_day_go_unless_they_hold_a_task() -> None:
    holding = make_worker()
    make_worker()
    enqueue(jobs.take_note, name="held")
    assert lease_next(holding, NOW)
    fresh = make_worker(seen_at=NOW + timedelta(days=2))
    prune_jobs(NOW + timedelta(days=2))
    assert set(JobWorker.objects.all()) == {holding, fresh}


def test_a_schedule_that_is_no_longer_declared_goes_after_a_month() -> None:
    JobSchedule.objects.create(name="old", rhythm="every 60", next_at=NOW)
    prune_jobs(NOW + timedelta(days=30))
    assert JobSchedule.objects.exists()
    prune_jobs(NOW + timedelta(days=31))
    assert not JobSchedule.objects.exists()
