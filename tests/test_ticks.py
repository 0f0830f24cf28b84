"""One tick that fails does not keep the others from running."""

from datetime import UTC, datetime

import pytest

from wutong.site.tick import run_ticks

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
