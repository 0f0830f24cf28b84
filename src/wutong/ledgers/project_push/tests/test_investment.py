"""The investment of a project: exact shares, and what is not known stays unknown."""

from datetime import date
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from wutong.cases.rounds.periods import Period
from wutong.cases.rounds.tests.rounds_zone import WAN, at, make_round_zone
from wutong.ledgers.project_push.models import ProjectPush, YearPlan
from wutong.ledgers.project_push.reports.investment import (
    MonthFigures,
    investment_as_of,
    months_between,
    share,
)
from wutong.ledgers.project_push.reports.investment_queries import investment_of
from wutong.registers.history.services import record

AS_OF = date(2026, 6, 15)
MONTHS = st.tuples(st.integers(2024, 2027), st.integers(1, 12))
YUAN = st.integers(0, 10**12)
REPORTED = st.dictionaries(MONTHS, YUAN, max_size=40).map(
    lambda found: [MonthFigures(month, done) for month, done in found.items()]
)
DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))


@given(REPORTED, DAYS, YUAN)
def test_what_is_done_is_the_sum_of_the_months_told_by_then(reported, as_of, total) -> None:
    found = investment_as_of(reported, as_of, total_yuan=total)
    by_then = [item for item in reported if item.month <= (as_of.year, as_of.month)]
    assert (found.done_yuan or 0) == sum(item.done_yuan for item in by_then)
    assert (found.done_yuan is None) == (not by_then)
    assert (found.done_in_year_yuan or 0) <= (found.done_yuan or 0)
    assert [item.month for item in found.months] == sorted(item.month for item in by_then)


@given(REPORTED, DAYS, DAYS)
def test_it_never_falls_from_one_day_to_a_later_one(reported, one, other) -> None:
    first, last = sorted((one, other))
    earlier, later = (investment_as_of(reported, day, total_yuan=1).done_yuan or 0 for day in (first, last))
    assert earlier <= later


@given(REPORTED, DAYS, st.one_of(st.none(), DAYS), st.one_of(st.none(), DAYS))
def test_a_month_is_reported_or_missing_and_never_both(reported, as_of, started_on, ended_on) -> None:
    found = investment_as_of(reported, as_of, total_yuan=1, started_on=started_on, ended_on=ended_on)
    known = {item.month for item in found.months}
    assert not known & set(found.missing)
    assert all(month < (as_of.year, as_of.month) for month in found.missing)
    begins = [*known, *([(started_on.year, started_on.month)] if started_on and started_on <= as_of else [])]
    if begins and ended_on is None:
        expected = set(months_between(min(begins), (as_of.year, as_of.month)))
        assert expected == (known | set(found.missing)) - {(as_of.year, as_of.month)}


@given(YUAN, st.integers(1, 10**12))
def test_a_share_is_exact(part: int, whole: int) -> None:
    assert share(part, whole) * whole == part


def test_without_a_plan_or_a_report_a_share_is_unknown_and_not_nought() -> None:
    one = [MonthFigures((2026, 2), 30)]
    assert investment_as_of(one, AS_OF, total_yuan=100).share_of_year_plan is None
    assert investment_as_of(one, AS_OF, total_yuan=100, year_plan_yuan=0).share_of_year_plan is None
    assert investment_as_of([], AS_OF, total_yuan=100, year_plan_yuan=9).share_of_year_plan is None
    assert investment_as_of([], AS_OF, total_yuan=100).share_of_total is None
    assert investment_as_of(one, AS_OF, total_yuan=0).share_of_total is None
    told = investment_as_of([*one, MonthFigures((2026, 3), 0)], AS_OF, total_yuan=90, year_plan_yuan=60)
    assert (told.share_of_year_plan, told.share_of_total) == (Fraction(1, 2), Fraction(1, 3))


def test_a_month_that_nobody_told_is_listed_from_the_start_on() -> None:
    reported = [MonthFigures((2026, 3), 5), MonthFigures((2026, 5), 5)]
    found = investment_as_of(reported, AS_OF, total_yuan=1, started_on=date(2026, 1, 20))
    assert found.missing == ((2026, 1), (2026, 2), (2026, 4))
    ended = investment_as_of(reported, AS_OF, total_yuan=1, ended_on=date(2026, 4, 2))
    assert ended.missing == ()
    assert investment_as_of([], AS_OF, total_yuan=1).missing == ()


@pytest.mark.django_db
def test_many_projects_take_three_queries() -> None:
    zone = make_round_zone()
    cases = [zone.start(zone.project(f"示例{number}"), date(2026, 7, 1)) for number in range(4)]
    day = date(2026, 9, 1)
    found = zone.open(on=day, period=Period("month", 2026, 8))
    for case in cases:
        zone.submit(found, case, zone.host, on=day, done_yuan=50 * WAN, progress="示例")
    keys = dict(ProjectPush.objects.values_list("case", "project"))
    record(
        YearPlan(),
        {"project_id": keys[cases[0].pk], "year": 2026, "planned_yuan": 200 * WAN},
        actor=None,
        effective_on=day,
        now=at(day),
    )
    with CaptureQueriesContext(connection) as queries:
        known = investment_of(list(keys.values()), day)
    assert len(queries) == 3
    first, second = known[keys[cases[0].pk]], known[keys[cases[1].pk]]
    assert (first.share_of_year_plan, second.share_of_year_plan) == (Fraction(1, 4), None)
    assert first.share_of_total == Fraction(50, 20_000)
    assert first.missing == ((2026, 7),)
