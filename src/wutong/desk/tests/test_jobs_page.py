"""The page of the background jobs: who sees it, what it says, and trying a failed job again."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from wutong.base.accounts.testing import make_account
from wutong.base.audit.models import AuditEvent
from wutong.base.jobs.models import JobTicket
from wutong.base.jobs.schedules import enqueue_due, schedule
from wutong.base.jobs.services import enqueue, lease_next
from wutong.base.jobs.tests import tasks_for_tests as jobs
from wutong.base.jobs.tests.zone import make_worker, run_due, state
from wutong.ledgerkit.testing import client_of, queries_of

pytestmark = pytest.mark.django_db

QUERIES = 11


def officer(*rights: str) -> Client:
    return client_of(make_account("officer", display_name="示例管理员", rights=rights))


def failed_job() -> JobTicket:
    ticket = enqueue(jobs.refuse)
    run_due(timezone.now())
    return ticket


def fill(count: int) -> None:
    """Jobs of every kind: failed, running, waiting, waiting for another try."""
    now = timezone.now()
    for number in range(count):
        enqueue(jobs.refuse)
        enqueue(jobs.note_and_fail, name=str(number), words="boom")
    run_due(now)
    for number in range(count):
        enqueue(jobs.take_note, name=str(number))
        lease_next(make_worker(host=f"host{number}", seen_at=now), now)
        enqueue(jobs.take_note, name=str(number))


def test_only_who_may_see_the_jobs_sees_them() -> None:
    other = officer()
    assert other.get("/jobs/").status_code == 403
    assert "后台任务" not in other.get("/account/preferences/").content.decode()


def test_the_page_says_what_is_wrong_in_words() -> None:
    fill(1)
    now = timezone.now()
    enqueue_due([schedule(jobs.refuse, every=timedelta(minutes=5))], now)
    make_worker(host="lost", seen_at=now - timedelta(hours=1))
    shown = officer("jobs.see", "jobs.retry").get("/jobs/").content.decode()
    for words in (
        "没有可用的短信通道，请联系系统管理员。",
        "程序出错：RuntimeError boom",
        "等待重试",
        "正在运行",
        "每5分钟",
        "失联",
        "再试一次",
    ):
        assert words in shown, words


def test_an_empty_page_says_that_nobody_works() -> None:
    shown = officer("jobs.see").get("/jobs/").content.decode()
    assert "没有后台进程在运行，任务会一直等待" in shown
    assert "再试一次" not in shown


def test_a_failed_job_is_tried_again_on_record() -> None:
    ticket = failed_job()
    client = officer("jobs.see", "jobs.retry")
    address = f"/jobs/?retry={ticket.pk}"
    assert "没有可用的短信通道" in client.get(address).content.decode()
    answer = client.post(address)
    assert (answer.status_code, answer["Location"]) == (302, "/jobs/")
    assert state(ticket) == ("READY", 0)
    event = AuditEvent.objects.get(action="retry_job")
    assert (event.actor.name, event.target_id) == ("officer", str(ticket.pk))  # type: ignore[union-attr]
    assert event.detail == {"job": "tests.refuse"}
    assert client.post(address).status_code == 409, "somebody was faster"
    assert AuditEvent.objects.filter(action="retry_job").count() == 1


def test_who_may_only_look_cannot_try_again() -> None:
    ticket = failed_job()
    client = officer("jobs.see")
    address = f"/jobs/?retry={ticket.pk}"
    assert [client.get(address).status_code, client.post(address).status_code] == [403, 403]
    assert state(ticket) == ("FAILED", 1)


@pytest.mark.parametrize("task", ["", "1", "x\0", "x" * 5000, "0e07c70b-4498-4100-93bb-a9f128d24722"])
def test_a_job_that_is_not_there_is_not_found(task: str) -> None:
    client = officer("jobs.see", "jobs.retry")
    assert client.get("/jobs/", {"retry": task}).status_code == 404
    assert client.post("/jobs/").status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_jobs() -> None:
    client = officer("jobs.see", "jobs.retry")
    fill(1)
    first = queries_of(client, "/jobs/")
    fill(4)
    assert queries_of(client, "/jobs/") == first <= QUERIES
    with CaptureQueriesContext(connection) as queries:
        client.get("/jobs/")
    assert len(queries) == first
