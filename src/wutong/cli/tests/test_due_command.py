"""`wutong due` tells the day first, then in words how it was counted."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as some

from wutong.base.calendar.services import publish_year, shipped_calendar, shipped_working_time
from wutong.cases.clocks.declared import Terms
from wutong.cases.clocks.scales import Counting
from wutong.cli.due_ways import way
from wutong.cli.main import main
from wutong.cli.periods import life

Capture = pytest.CaptureFixture[str]
COUNTING = Counting(shipped_working_time(shipped_calendar()))


@pytest.fixture(autouse=True)
def without_rows(db: None) -> Iterator[None]:
    """No year is recorded: the shipped notices count."""
    yield


def told(capsys: Capture, *words: str) -> list[str]:
    assert main(["due", *words]) == 0
    return capsys.readouterr().out.splitlines()


def test_twenty_working_days_over_national_day(capsys: Capture) -> None:
    lines = told(capsys, "--unit", "working_day", "--budget", "20", "--start", "2025-09-22")
    assert lines[0] == "2025-10-24"
    text = "\n".join(lines)
    for words in (
        "起算日2025-09-22（周一）当天不计入（民法典第二百零一条）",
        "2025-09-28（周日）：第5个工作日（调休上班）",
        "2025-10-01（周三）至2025-10-08（周三）：放假，不计",
        "2025-10-20（周一）至2025-10-24（周五）：第16至20个工作日",
        "跳过：周末4天；放假10-01至10-08。",
        "照常计入的调休上班日：09-28、10-11。",
        "随产品附带的国务院办公厅通知",
        "公布到2026年",
    ):
        assert words in text, words


@pytest.mark.parametrize(
    ("words", "due"),
    [
        ("--unit calendar_day --budget 10 --start 2025-09-22", "2025-10-09"),
        ("--unit calendar_day --budget 10 --start 2025-09-22 --no-roll", "2025-10-02"),
        ("--unit month --budget 3 --start 2025-11-30", "2026-02-28"),
        ("--unit minute --budget 90 --start 2025-09-30T23:10", "2025-10-01 00:40"),
        ("--unit hour --budget 6 --start 2025-09-30T23:10", "2025-10-01 05:10"),
        ("--unit working_hour --budget 12 --start 2025-09-26T16:00", "2025-09-29 11:30"),
        ("--budget 20 --start 2025-09-22 --suspend 2025-10-09..2025-10-15", "2025-10-31"),
        ("--budget 5 --start 2025-09-22 --suspend 2025-09-22..2025-09-23 --suspend 2025-09-24..2025-09-25",
         "2025-09-30"),
    ],
)  # fmt: skip
def test_every_unit_has_its_first_line(capsys: Capture, words: str, due: str) -> None:
    assert told(capsys, *words.split())[0] == due


def test_a_last_day_on_a_holiday_rolls_on_and_it_says_so(capsys: Capture) -> None:
    text = "\n".join(told(capsys, "--unit", "calendar_day", "--budget", "10", "--start", "2025-09-22"))
    assert "最后一日2025-10-02（周四）是休息日，顺延到2025-10-09（周四）（民法典第二百零三条）" in text


def test_a_suspension_says_which_days_do_not_count(capsys: Capture) -> None:
    text = "\n".join(
        told(capsys, "--budget", "20", "--start", "2025-09-22", "--suspend", "2025-10-09..2025-10-15")
    )
    assert "中止当天仍计，次日起不计，到恢复当天为止，共6天不计" in text
    assert "2025-10-09（周四）：第8个工作日" in text
    assert "2025-10-10（周五）至2025-10-15（周三）：中止，不计" in text
    assert "2025-10-16（周四）至2025-10-17（周五）：第9至10个工作日" in text


def test_an_unpublished_year_is_provisional_and_named(capsys: Capture) -> None:
    lines = told(capsys, "--budget", "9", "--start", "2026-12-25")
    assert lines[0] == "2027-01-07"
    assert any(line.startswith("暂定：2027年的放假安排还没有公布") for line in lines)


@pytest.mark.parametrize(
    ("on", "words"),
    [
        ("2025-09-01", "还没有起算"),
        ("2025-10-08", "已用7个工作日，还剩13个工作日。"),
        ("2025-10-12", "已用8个工作日，还剩12个工作日，正在中止。"),
        ("2025-10-31", "已用20个工作日，还剩0个工作日。"),
        ("2025-11-05", "已用20个工作日，已超期3个工作日。"),
    ],
)
def test_a_day_says_what_is_used_and_left(capsys: Capture, on: str, words: str) -> None:
    given_words = "--budget 20 --start 2025-09-22 --suspend 2025-10-09..2025-10-15 --as-of"
    assert any(words in line for line in told(capsys, *given_words.split(), on))


@pytest.mark.parametrize("budget", ["250", "2500"])
def test_a_long_way_stays_readable(capsys: Capture, budget: str) -> None:
    lines = told(capsys, "--budget", budget, "--start", "2025-09-22")
    assert len(lines) < 30
    assert any(f"累计{budget}个工作日" in line for line in lines)


def test_the_same_as_json(capsys: Capture) -> None:
    main(["due", "--budget", "20", "--start", "2025-09-22", "--as-of", "2025-10-24", "--format", "json"])
    row = json.loads(capsys.readouterr().out)
    assert (row["due"], row["provisional"]) == ("2025-10-24", False)
    assert row["counting"][-1] == {
        "kind": "counted", "first": "2025-10-20", "last": "2025-10-24", "ticks": 5, "total": 20,
    }  # fmt: skip
    assert (row["as_of"]["used"], row["as_of"]["left"]) == (20, 0)
    assert row["calendar"] == {"source": "shipped", "published_through": 2026}


def test_recorded_years_go_before_the_shipped_ones(capsys: Capture) -> None:
    publish_year(2025, notice="本区通知", published_on=date(2024, 11, 1), off=[], work=[])
    lines = told(capsys, "--budget", "20", "--start", "2025-09-22")
    assert lines[0] == "2025-10-20"
    assert lines[-1] == "日历：已登记的工作日历，公布到2025年。"


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("--unit hour --budget 3 --start 2025-09-22", "几点几分"),
        ("--budget 3 --start 2025-09-22T10:00", "只写日期"),
        ("--budget 3 --start 1900-01-01", "工作日历之外"),
        ("--budget 100000 --start 2025-09-22", "工作日历之外"),
        ("--unit month --budget 100000 --start 2025-09-22", "工作日历之外"),
        ("--budget 20 --start 2025-09-22 --suspend 2025-09-01..2025-09-25", "早于起算"),
        ("--budget 20 --start 2025-09-22 --suspend 2025-09-25..2025-09-24", "晚于结束"),
        ("--budget 20 --start 2025-09-22 --suspend 2025-12-01..2025-12-05", "已经到期"),
        ("--budget 20 --start 2025-09-22 --suspend 2025-09-23..2025-09-30 --suspend 2025-09-25..2025-09-26", "重叠"),
    ],
)  # fmt: skip
def test_what_does_not_go_together_is_a_wrong_call(capsys: Capture, words: str, answer: str) -> None:
    assert main(["due", *words.split()]) == 2
    shown = capsys.readouterr()
    assert answer in shown.err and shown.out == ""


@pytest.mark.parametrize(
    "words",
    ["--budget 0 --start 2025-09-22", "--budget ２ --start 2025-09-22", "--budget 3 --start 昨天",
     "--budget 3", "--unit week --budget 3 --start 2025-09-22", "--budget 3 --start 2025-02-30",
     "--budget 3 --start 2025-09-22 --suspend 2025-09-23"],
)  # fmt: skip
def test_what_cannot_be_read_is_a_wrong_call(words: str, capsys: Capture) -> None:
    with pytest.raises(SystemExit) as left:
        main(["due", *words.split()])
    assert left.value.code == 2
    assert "Traceback" not in capsys.readouterr().err


def test_it_works_without_a_database_and_makes_none(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{tmp_path}/none.sqlite3",
        "WUTONG_DATA_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "wutong.site.settings.test",
    }
    words = ["-m", "wutong.cli", "due", "--budget", "20", "--start", "2025-09-22"]
    done = subprocess.run([sys.executable, *words], env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0] == "2025-10-24"
    assert list(tmp_path.glob("*.sqlite3*")) == []
    (tmp_path / "none.sqlite3").touch()
    done = subprocess.run([sys.executable, *words], env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, ""), "a database without tables"
    assert "随产品附带" in done.stdout


@given(
    some.sampled_from(["working_day", "calendar_day", "month", "hour", "working_hour"]),
    some.integers(1, 30),
    some.datetimes(timezone.datetime(2020, 1, 1), timezone.datetime(2026, 6, 1)),
    some.integers(0, 20),
    some.integers(0, 40),
)
def test_the_way_adds_up_to_the_budget(unit: str, budget: int, at, after: int, rest: int) -> None:  # type: ignore[no-untyped-def]
    start = COUNTING.point_at(unit, at.replace(second=0, microsecond=0, tzinfo=COUNTING.time.zone))
    size = 3600 if unit in {"hour", "working_hour"} else 1
    pause = (start + after * size, start + (after + rest) * size)
    terms = Terms(unit, budget)  # type: ignore[arg-type]
    plain = life(COUNTING, terms, start, [])
    clock = life(COUNTING, terms, start, [pause] if pause[0] <= (plain.due or 0) else [])
    stretches = list(way(COUNTING, clock))
    assert sum(item.each * item.days for item in stretches) == clock.total == stretches[-1].total
