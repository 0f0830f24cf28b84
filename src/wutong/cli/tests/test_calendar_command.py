"""`wutong calendar` shows the years and records a notice from a file."""

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
import yaml
from django.utils import timezone

from wutong.base.audit.models import AuditEvent
from wutong.base.calendar.models import CalendarDay, CalendarYear
from wutong.base.calendar.services import load_published_years, publish_year
from wutong.cases.models import Change, Clock
from wutong.cases.procedures import CLOCK_MOVED
from wutong.cases.testing import errand, errands, make_zone
from wutong.cli.main import main

pytestmark = pytest.mark.django_db
Capture = pytest.CaptureFixture[str]

YEAR = timezone.localdate().year + 1
ROW = {
    "notice": "示例〔2026〕1号",
    "published_on": "2020-11-20",
    "rest": ["01-01", "02-05", "02-06", "02-07", "02-08", "02-09", "02-10", "02-11"],
    "work": [],
}


def told(capsys: Capture, *words: str, code: int = 0) -> str:
    assert main(["calendar", *words]) == code
    return capsys.readouterr().out


def written(folder: Path, content: object) -> str:
    path = folder / "notice.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return str(path)


def test_the_years_are_listed_and_the_next_is_not_published(capsys: Capture) -> None:
    shown = told(capsys)
    assert "2025\t国办发明电〔2024〕12号\t2024-11-12\t放假占用工作日18天\t调休上班5天" in shown
    assert "2027\t未公布" in shown and "随产品附带" in shown
    load_published_years()
    assert "已登记的工作日历" in told(capsys)


def test_one_year_is_told_by_its_exceptions(capsys: Capture) -> None:
    shown = told(capsys, "2025")
    for words in ("放假\t2025-10-01至2025-10-08", "调休上班\t2025-10-11（周六）", "2024-11-12"):
        assert words in shown, words
    assert "2099年未公布" in told(capsys, "2099")


def test_the_check_says_through_which_year_and_names_gaps(capsys: Capture) -> None:
    assert "公布到2026年（自2010年起，没有缺的年份）" in told(capsys, "--check")
    for year in (2024, 2026):
        publish_year(year, notice="示例", published_on=date(2020, 1, 1), off=[], work=[])
    assert "公布到2026年（自2024年起，缺2025年）" in told(capsys, "--check")


@pytest.mark.parametrize(
    "words", [["x"], ["import"], ["2025", "file"], ["--dry-run"], ["import", "x", "--check"]]
)
def test_a_wrong_call_is_told_so(words: list[str], capsys: Capture) -> None:
    assert main(["calendar", *words]) == 2
    assert "请写" in capsys.readouterr().err


@pytest.mark.parametrize("as_json", [False, True])
def test_a_notice_from_a_file_is_tried_and_then_recorded_and_moves(
    tmp_path: Path, capsys: Capture, as_json: bool
) -> None:
    with errands():
        zone = make_zone()
        on = timezone.localdate()
        case = errand(zone, on=on, due_on=date(YEAR, 2, 12), now=timezone.now())
        limit = Clock.objects.get(case=case, code="limit")
        before = limit.due_on
        content: object = {YEAR: ROW}
        path = written(tmp_path, content)
        if as_json:
            path = str(tmp_path / "notice.json")
            Path(path).write_text(json.dumps({"year": YEAR, **ROW}), encoding="utf-8")
        shown = told(capsys, "import", path, "--dry-run")
        assert f"{case.number}\tlimit\t{before}\t→" in shown and "没有写入" in shown
        assert not CalendarYear.objects.filter(year=YEAR).exists()
        assert "已公布，1个时限已改算" in told(capsys, "import", path)
        limit.refresh_from_db()
        assert limit.due_on is not None and before is not None and limit.due_on > before
        assert Change.objects.filter(verb=CLOCK_MOVED).count() == 1
        assert all(day.day.weekday() < 5 for day in CalendarDay.objects.filter(year_id=YEAR))
        assert AuditEvent.objects.get(action="publish_calendar").actor is None
        assert "已公布，0个时限已改算" in told(capsys, "import", path), "once more moves nothing"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ([1, 2], "没有年份"),
        ({1999: ROW}, "不是能登记的年份"),
        ({YEAR: [1]}, "不是能登记的年份"),
        ({YEAR: {**ROW, "notice": ""}}, "通知文号"),
        ({YEAR: {**ROW, "published_on": "昨天"}}, "通知日期"),
        ({YEAR: {**ROW, "published_on": "2999-01-01"}}, "晚于今天"),
        ({YEAR: {**ROW, "rest": ["01-01"]}}, "像是漏了"),
        ({YEAR: {**ROW, "rest": ["02-30"]}}, "没有这一天"),
        ({YEAR: {**ROW, "work": [f"01-{day:02}" for day in range(4, 9)]}}, "本来就上班"),
        ({2026: ROW, YEAR: {**ROW, "notice": ""}}, "通知文号"),
    ],
)
def test_a_slip_in_the_file_is_refused_and_nothing_is_written(
    tmp_path: Path, capsys: Capture, content: object, words: str
) -> None:
    assert main(["calendar", "import", written(tmp_path, content)]) == 1
    assert words in capsys.readouterr().err
    assert not CalendarYear.objects.exists()


def test_a_file_that_is_none_is_refused(tmp_path: Path, capsys: Capture) -> None:
    assert main(["calendar", "import", str(tmp_path / "missing.yaml")]) == 1
    assert "打不开" in capsys.readouterr().err
    for content in (b"\xff\xfe\x00", b"{", b"a: [1", b"- !!python/object/apply:os.getcwd []"):
        (tmp_path / "bad.yaml").write_bytes(content)
        assert main(["calendar", "import", str(tmp_path / "bad.yaml")]) == 1
        assert "不是 YAML 或 JSON" in capsys.readouterr().err


def test_without_a_database_nothing_is_recorded_and_none_is_made(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{tmp_path}/none.sqlite3",
        "WUTONG_DATA_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "wutong.site.settings.test",
    }
    words = ["-m", "wutong.cli", "calendar", "import", written(tmp_path, {YEAR: ROW})]
    done = subprocess.run([sys.executable, *words], env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, "没有可用的数据库，不能登记。请先运行 wutong migrate。\n")
    assert list(tmp_path.glob("*.sqlite3*")) == []
