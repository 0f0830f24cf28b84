"""Lines of many sources on one timeline."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from wutong.cases.models import Case
from wutong.ledgerkit.timeline import (
    Happened,
    TimelineSource,
    declare_timeline,
    in_order,
    told_elsewhere,
    withdraw_timeline,
)
from wutong.registers.organisation.actors import SYSTEM
from wutong.ui.panels import TimelineEntry

DAY = date(2026, 3, 2)
MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_the_latest_day_stands_first_and_of_one_day_what_was_recorded_last() -> None:
    early = Happened(DAY, "先记", recorded_at=MORNING)
    late = Happened(DAY, "后记", recorded_at=MORNING + timedelta(hours=1))
    before = Happened(DAY - timedelta(days=1), "前一天", recorded_at=MORNING + timedelta(days=9))
    without = TimelineEntry(DAY, "只知道日子")
    assert [line.text for line in in_order([early, without, before, late])] == [
        "只知道日子",
        "后记",
        "先记",
        "前一天",
    ]


def test_of_one_moment_the_later_step_stands_above() -> None:
    lines = [Happened(DAY, f"第{number}步", recorded_at=MORNING) for number in range(3)]
    assert [line.text for line in in_order(lines)] == ["第2步", "第1步", "第0步"]


@given(st.lists(st.tuples(st.integers(0, 5), st.none() | st.integers(0, 9)), max_size=30))
def test_no_line_is_lost_and_no_day_stands_before_a_later_one(told: list[tuple[int, int | None]]) -> None:
    lines = [
        Happened(
            DAY + timedelta(days=days),
            str(number),
            recorded_at=None if minutes is None else MORNING + timedelta(minutes=minutes),
        )
        for number, (days, minutes) in enumerate(told)
    ]
    ordered = in_order(lines)
    assert sorted(line.text for line in ordered) == sorted(line.text for line in lines)
    assert [line.on for line in ordered] == sorted((line.on for line in lines), reverse=True)


def test_a_source_declared_again_takes_the_place_of_the_first_and_is_asked_for_its_types_only() -> None:
    def telling(words: str) -> TimelineSource:
        return TimelineSource(
            "示例", lambda _case, _actor, day: [TimelineEntry(day, words)], case_types=("errand",)
        )

    declare_timeline(telling("第一遍"))
    declare_timeline(telling("第二遍"))
    try:
        told = [line.text for line in told_elsewhere(Case(case_type="errand"), SYSTEM, DAY)]
        assert told == ["第二遍"]
        assert told_elsewhere(Case(case_type="other"), SYSTEM, DAY) == []
    finally:
        withdraw_timeline("示例")
