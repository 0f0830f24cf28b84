"""The rules of the stalled finder, as sentences. No database."""

from datetime import date, timedelta

import pytest

from wutong.ledgers.project_push.stalled.rules import (
    DAYS_IDLE,
    DAYS_IN_STAGE,
    Life,
    days_counted,
    is_suspended,
    judge,
    months_before,
    stalled_stage,
)
from wutong.rules.lamps import LampRule, RuleSet

RULE = RuleSet(
    "example",
    "第一版",
    date(2020, 1, 1),
    None,
    (
        LampRule(DAYS_IN_STAGE, "over", 240, "red", "signed"),
        LampRule(DAYS_IDLE, "over", 120, "red", "signed"),
        LampRule(DAYS_IN_STAGE, "over", 150, "yellow", "signed"),
        LampRule(DAYS_IDLE, "over", 60, "yellow", "signed"),
    ),
)
SIGNED = date(2024, 1, 15)


def life(**days: object) -> Life:
    facts: dict[str, object] = {
        "signed_on": SIGNED,
        "started_on": None,
        "produced_on": None,
        "ended_on": None,
        "progress_on": None,
    }
    return Life(**{**facts, **days})  # type: ignore[arg-type]


def after(days: int, since: date = SIGNED) -> date:
    return since + timedelta(days=days)


def test_a_project_is_stalled_from_the_day_it_is_signed() -> None:
    assert stalled_stage(life(), SIGNED) == "signed"


def test_a_signing_counts_for_24_months_to_the_day() -> None:
    assert stalled_stage(life(), date(2026, 1, 14)) == "signed"
    assert stalled_stage(life(), date(2026, 1, 15)) is None


def test_a_signing_on_29_february_counts_through_28_february_two_years_later() -> None:
    leap = life(signed_on=date(2024, 2, 29))
    assert stalled_stage(leap, date(2026, 2, 28)) == "signed"
    assert stalled_stage(leap, date(2026, 3, 1)) is None


def test_a_signing_on_28_february_has_left_the_window_on_29_february() -> None:
    assert stalled_stage(life(signed_on=date(2022, 2, 28)), date(2024, 2, 27)) == "signed"
    assert stalled_stage(life(signed_on=date(2022, 2, 28)), date(2024, 2, 28)) is None
    assert stalled_stage(life(signed_on=date(2022, 2, 28)), date(2024, 2, 29)) is None
    assert stalled_stage(life(signed_on=date(2022, 3, 1)), date(2024, 2, 29)) == "signed"


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2024, 2, 29), 24, date(2022, 2, 28)),
        (date(2026, 1, 31), 2, date(2025, 11, 30)),
        (date(2026, 12, 31), 24, date(2024, 12, 31)),
        (date(2026, 1, 1), 1, date(2025, 12, 1)),
        (date(2025, 12, 31), 10, date(2025, 2, 28)),
    ],
)
def test_months_back_end_on_the_last_day_of_a_shorter_month(day: date, months: int, expected: date) -> None:
    assert months_before(day, months) == expected


def test_a_started_project_waits_for_production_and_no_longer_for_its_start() -> None:
    started = life(started_on=date(2025, 6, 1))
    assert stalled_stage(started, date(2025, 6, 1)) == "started"
    assert stalled_stage(started, date(2027, 5, 31)) == "started"
    assert stalled_stage(started, date(2027, 6, 1)) is None


def test_an_old_signing_does_not_matter_once_the_project_has_started() -> None:
    assert (
        stalled_stage(life(signed_on=date(2019, 1, 1), started_on=date(2025, 6, 1)), date(2026, 1, 1))
        == "started"
    )


def test_a_producing_or_ended_project_is_not_stalled() -> None:
    assert (
        stalled_stage(life(started_on=date(2024, 6, 1), produced_on=date(2025, 1, 1)), date(2025, 1, 1))
        is None
    )
    assert stalled_stage(life(ended_on=date(2024, 6, 1)), date(2024, 6, 1)) is None


def test_a_project_that_was_never_signed_is_not_stalled() -> None:
    assert stalled_stage(life(signed_on=None), date(2024, 6, 1)) is None


def test_exactly_at_the_threshold_the_lamp_has_not_turned() -> None:
    def colour(days: int) -> str:
        return judge(life(progress_on=after(days)), "signed", after(days), RULE).colour

    assert (colour(150), colour(151)) == ("green", "yellow")
    assert (colour(240), colour(241)) == ("yellow", "red")


def test_days_without_progress_have_their_own_threshold() -> None:
    def verdict(idle: int) -> tuple[str, str, int]:
        found = judge(life(progress_on=after(10)), "signed", after(10 + idle), RULE)
        return found.colour, found.lamp.metric, found.lamp.over

    assert verdict(60) == ("green", "", 0)
    assert verdict(61) == ("yellow", DAYS_IDLE, 1)
    assert verdict(120) == ("yellow", DAYS_IDLE, 60)
    assert verdict(121) == ("red", DAYS_IDLE, 1)


def test_of_two_red_counts_the_stage_gives_the_reason() -> None:
    found = judge(life(), "signed", after(250), RULE)
    assert (found.colour, found.lamp.metric, found.lamp.over, found.idle_days) == (
        "red",
        DAYS_IN_STAGE,
        10,
        250,
    )


def test_a_worse_idle_count_outranks_a_yellow_stage() -> None:
    found = judge(life(progress_on=after(30)), "signed", after(160), RULE)
    assert (found.colour, found.lamp.metric) == ("red", DAYS_IDLE)


def test_suspended_days_do_not_count() -> None:
    rest = (after(100), after(200))
    assert days_counted(SIGNED, after(250), [rest]) == 150
    verdict = judge(life(suspensions=(rest,), progress_on=after(250)), "signed", after(250), RULE)
    assert (verdict.colour, verdict.days) == ("green", 150)


def test_a_suspension_before_the_stage_takes_nothing_away() -> None:
    assert days_counted(after(100), after(150), [(after(10), after(90))]) == 50
    assert days_counted(after(100), after(150), [(after(90), after(110))]) == 40


def test_while_suspended_the_lamp_is_paused_and_the_days_stand_still() -> None:
    resting = life(suspensions=((after(100), None),))
    early, late = (judge(resting, "signed", after(days), RULE) for days in (120, 700))
    assert (early.colour, early.days, late.colour, late.days) == ("pause", 100, "pause", 100)


def test_a_project_is_suspended_from_the_first_day_to_the_day_before_it_resumes() -> None:
    resting = life(suspensions=((after(10), after(20)),))
    assert [is_suspended(resting, after(days)) for days in (9, 10, 19, 20)] == [False, True, True, False]


def test_without_a_rule_the_lamp_is_grey() -> None:
    assert judge(life(), "signed", after(900), None).colour == "grey"
