"""One tick that fails does not keep the others from running, and schedules are enqueued."""

from datetime import UTC, datetime, timedelta

import pytest

from wutong.base.jobs.models import JobTicket
from wutong.site.seeds import load_seeds
from wutong.site.tick import SCHEDULES, enqueue_scheduled, run_ticks

pytestmark = pytest.mark.django_db  # a tick looks after the connection

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def test_every_tick_gets_the_same_moment_and_a_failure_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    seen: list[datetime] = []

    def breaks(_now: datetime) -> None:
        raise RuntimeError("the disk is full")

    failed = run_ticks(NOW, [seen.append, breaks, seen.append])

    assert seen == [NOW, NOW]
    assert [name.rpartition(".")[2] for name in failed] == ["breaks"]
    assert "the disk is full" in caplog.text


def test_nothing_to_do_is_no_failure() -> None:
    assert run_ticks(NOW, []) == []


def test_every_schedule_runs_by_itself_and_once() -> None:
    load_seeds()
    enqueue_scheduled(NOW)
    enqueue_scheduled(NOW)
    next_day = NOW + timedelta(days=1)
    enqueue_scheduled(next_day)
    enqueue_scheduled(next_day)
    names = {item.name for item in SCHEDULES}
    assert len(names) == len(SCHEDULES), "a job has one schedule"
    assert {ticket.code for ticket in JobTicket.objects.all()} == names
    assert JobTicket.objects.filter(code="jobs.prune").count() == 1


def test_a_product_that_stands_freshly_made_ticks() -> None:
    load_seeds()
    assert run_ticks(NOW) == []
