"""Enqueuing, running, failing, trying again."""

import pytest
from django.db import OperationalError, connection, transaction
from django_tasks_db.models import DBTaskResult

from wutong.base.jobs import services, worker
from wutong.base.jobs.models import JobSchedule, JobTicket
from wutong.base.jobs.services import LeaseLost, end_attempt, enqueue, lease_next, mark_done, wait_after
from wutong.base.jobs.tests import tasks_for_tests as jobs
from wutong.base.jobs.tests.zone import NOW, make_worker, many_at_once, run_due, seconds, state

pytestmark = pytest.mark.django_db


def notes() -> list[str]:
    return sorted(JobSchedule.objects.values_list("name", flat=True))


def test_a_job_runs_once_and_is_marked_done() -> None:
    ticket = enqueue(jobs.take_note, name="one")
    run_due()
    run_due()
    ticket.refresh_from_db()
    assert notes() == ["one"]
    assert state(ticket) == ("SUCCESSFUL", 1)
    assert (ticket.done_at, ticket.worker, ticket.code) == (NOW, None, "tests.note")


def test_a_job_waits_for_its_moment() -> None:
    enqueue(jobs.take_note, run_after=NOW + seconds(60), name="later")
    run_due(NOW + seconds(59))
    assert notes() == []
    run_due(NOW + seconds(60))
    assert notes() == ["later"]


def test_a_transaction_that_is_rolled_back_enqueues_nothing() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        enqueue(jobs.take_note, key="k", name="never")
        raise RuntimeError
    assert not DBTaskResult.objects.exists() and not JobTicket.objects.exists()
    assert enqueue(jobs.take_note, key="k", name="now").key == "k"


def test_the_same_key_is_enqueued_once_and_another_job_has_keys_of_its_own() -> None:
    first = enqueue(jobs.take_note, key="2026-03-02", name="one")
    assert enqueue(jobs.take_note, key="2026-03-02", name="two").pk == first.pk
    run_due()
    assert enqueue(jobs.take_note, key="2026-03-02", name="three").pk == first.pk
    enqueue(jobs.refuse, key="2026-03-02")
    enqueue(jobs.take_note, name="without")
    enqueue(jobs.take_note, name="without a key, too")
    assert JobTicket.objects.count() == DBTaskResult.objects.count() == 4


@pytest.mark.parametrize("key", ["x" * 201, "a\0b"])
def test_a_key_that_cannot_be_stored_is_refused_at_once(key: str) -> None:
    with pytest.raises(ValueError, match="key"):
        enqueue(jobs.take_note, key=key, name="one")


def test_the_wait_doubles_up_to_an_hour() -> None:
    waits = [wait_after(attempt).total_seconds() for attempt in (1, 2, 3, 7, 8, 9, 10_000)]
    assert waits == [30, 60, 120, 1920, 3600, 3600, 3600]


def test_a_job_that_fails_leaves_nothing_behind_and_is_tried_again_until_it_has_failed_for_good() -> None:
    ticket = enqueue(jobs.note_and_fail, name="half", words="boom")
    run_due(NOW)
    assert notes() == [] and state(ticket) == ("READY", 1)
    run_due(NOW + seconds(29))
    assert state(ticket) == ("READY", 1)
    run_due(NOW + seconds(30))
    assert state(ticket) == ("READY", 2)
    run_due(NOW + seconds(90))
    assert notes() == [] and state(ticket) == ("FAILED", 3)
    run_due(NOW + seconds(100_000))
    ticket.refresh_from_db()
    assert (state(ticket), ticket.error_class, ticket.error_text) == (("FAILED", 3), "RuntimeError", "boom")


def test_of_a_message_only_the_first_line_is_kept_and_no_more_than_300_characters() -> None:
    long = enqueue(jobs.note_and_fail, name="long", words="␀" + "错" * 1000)
    lines = enqueue(
        jobs.note_and_fail, name="lines", words="duplicate key\nDETAIL: Key (phone)=(13800000000)"
    )
    run_due()
    long.refresh_from_db()
    lines.refresh_from_db()
    assert long.error_text == "错" * 300, "and no NUL, which PostgreSQL does not take"
    assert lines.error_text == "duplicate key"


def test_a_failing_or_unknown_job_does_not_hold_up_the_others() -> None:
    unknown = enqueue(jobs.take_note, name="unknown")
    DBTaskResult.objects.filter(pk=unknown.pk).update(task_path="wutong.gone.tasks.vanished")
    plain = enqueue(jobs.take_note, name="plain")
    DBTaskResult.objects.filter(pk=plain.pk).update(task_path="os.getpid")
    enqueue(jobs.note_and_fail, name="fails", words="")
    enqueue(jobs.take_note, name="good")
    run_due()
    assert notes() == ["good"]
    assert state(unknown) == state(plain) == ("READY", 1)


def test_a_task_that_came_past_enqueue_gets_its_ticket() -> None:
    made = jobs.take_note.enqueue(name="past")
    run_due()
    assert state(JobTicket.objects.get(pk=made.id)) == ("SUCCESSFUL", 1)


def test_a_worker_that_lost_its_lease_undoes_what_it_did(monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = enqueue(jobs.take_note, name="twice")
    slow = lease_next(make_worker(), NOW)
    assert slow
    assert end_attempt(slow, NOW, error_class="LostWorker", error_text="", wait=seconds(0))
    fast = lease_next(make_worker(), NOW)
    assert fast
    worker.run_leased(slow, lambda: NOW)
    assert notes() == [] and state(ticket) == ("RUNNING", 2)
    worker.run_leased(fast, lambda: NOW)
    assert notes() == ["twice"] and state(ticket) == ("SUCCESSFUL", 2)
    with pytest.raises(LeaseLost):
        mark_done(fast, jobs.take_note, NOW)


def test_a_job_over_its_time_is_stopped_and_leaves_nothing_behind() -> None:
    ticket = enqueue(jobs.sleep_long, name="slow")
    run_due()
    ticket.refresh_from_db()
    assert notes() == [] and state(ticket) == ("FAILED", 1)
    assert ticket.error_class.endswith("TookTooLong")


def test_a_failure_that_cannot_be_written_at_first_is_written_later(monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = enqueue(jobs.refuse)
    monkeypatch.setattr(worker, "IDLE_SECONDS", 0)
    answers = iter([OperationalError("database is locked"), OperationalError("database is locked")])

    def fail_attempt(*args: object) -> bool:
        for error in answers:
            raise error
        return services.fail_attempt(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(worker, "fail_attempt", fail_attempt)
    run_due()
    assert state(ticket) == ("FAILED", 1)


def test_a_locked_database_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = enqueue(jobs.take_note, name="patient")
    monkeypatch.setattr(worker, "IDLE_SECONDS", 0)
    answers = iter([OperationalError("database is locked")])

    def lease_next(*args: object) -> object:
        for error in answers:
            raise error
        return services.lease_next(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(worker, "lease_next", lease_next)
    run_due()
    assert state(ticket) == ("SUCCESSFUL", 1)


@pytest.mark.django_db(transaction=True)
def test_a_job_in_blocks_runs_outside_a_transaction() -> None:
    ticket = enqueue(jobs.in_blocks, name="blocks")
    run_due()
    assert notes() == ["blocks"] and state(ticket) == ("SUCCESSFUL", 1)


@pytest.mark.django_db(transaction=True)
def test_a_job_that_is_stopped_inside_the_database_does_not_spoil_the_connection() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite answers no signal in the middle of a statement")
    stopped = enqueue(jobs.sleep_in_database)
    after = enqueue(jobs.take_note, name="after")
    run_due()
    assert state(stopped) == ("READY", 1) and state(after) == ("SUCCESSFUL", 1)


@pytest.mark.django_db(transaction=True)
def test_many_that_enqueue_the_same_key_at_once_enqueue_once() -> None:
    found = many_at_once(lambda: enqueue(jobs.take_note, key="same", name="one").pk)
    assert len(found) == 6 and len(set(found)) == 1
    assert JobTicket.objects.count() == DBTaskResult.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_no_two_workers_lease_the_same_task() -> None:
    for number in range(4):
        enqueue(jobs.take_note, name=str(number))
    workers = iter([make_worker() for _ in range(6)])
    found = many_at_once(lambda: lease_next(next(workers), NOW))
    leased = [lease.task_id for lease in found if lease is not None]  # type: ignore[attr-defined]
    assert len(leased) <= 4 and len(set(leased)) == len(leased)
