"""`wutong sweep` says what it did, and fails when something failed."""

import pytest

from wutong.cases.clocks import sweep
from wutong.cases.clocks.sweep import Swept
from wutong.cli.main import main


@pytest.mark.parametrize(("failed", "code"), [(0, 0), (2, 1)])
def test_what_was_done_is_said_in_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], failed: int, code: int
) -> None:
    monkeypatch.setattr(sweep, "sweep_clocks", lambda now: Swept(3, 1, 4, failed))
    assert main(["sweep"]) == code
    assert capsys.readouterr().out == f"提醒3次，到期4个，中止期满恢复1个，未能处理{failed}个。\n"


@pytest.mark.django_db
def test_nothing_to_do_is_no_failure(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep"]) == 0
    assert "到期0个" in capsys.readouterr().out
