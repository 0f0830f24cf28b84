"""When a project is stalled, what is measured of it, and which lamp it shows. Pure: the day, the dates and the rules
come in from outside.

Source: 项目推进库管理办法 (the zone's own rule; its lines stand in dated editions of lamp rules).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Literal

from wutong.rules.lamps import Colour, Lamp, Readings, RuleSet, judge_lamp

WINDOW_MONTHS = 24
Stage = Literal["signed", "started"]
DAYS_IN_STAGE, DAYS_IDLE, MONTHS_IDLE, POINTS_BEHIND = (
    "days_in_stage",
    "days_idle",
    "months_idle",
    "points_behind",
)


@dataclass(frozen=True)
class Life:
    """The dates of a project as known: first signing, start, production, end; and when it was suspended.

    A suspension is a pair of days; the second is None while it lasts.
    """

    signed_on: date | None
    started_on: date | None
    produced_on: date | None
    ended_on: date | None
    progress_on: date | None
    suspensions: tuple[tuple[date, date | None], ...] = ()


@dataclass(frozen=True)
class Verdict:
    """The lamp of a stalled project, with the days in its stage and without progress (suspended days left out)."""

    lamp: Lamp
    days: int
    idle_days: int

    @property
    def colour(self) -> Colour:
        return self.lamp.colour


def months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or that month's last day."""
    return months_after(day, -months)


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    first_of_next = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last = first_of_next - timedelta(days=1)
    return date(year, month + 1, min(day.day, last.day))


def stalled_stage(life: Life, as_of: date) -> Stage | None:
    """Signed within the last 24 months and not started, or started within them and not producing."""
    if life.ended_on is not None:
        return None
    earliest = months_before(as_of, WINDOW_MONTHS)
    if life.started_on is not None:
        return "started" if life.produced_on is None and life.started_on > earliest else None
    if life.produced_on is not None:
        return None
    if life.signed_on is not None and life.signed_on > earliest:
        return "signed"
    return None


def days_counted(since: date, as_of: date, suspensions: Iterable[tuple[date, date | None]]) -> int:
    """Calendar days from `since` to `as_of` without suspended days."""
    suspended = 0
    for start, end in suspensions:
        first, last = max(start, since), min(end or as_of, as_of)
        suspended += max(0, (last - first).days)
    return (as_of - since).days - suspended


def is_suspended(life: Life, as_of: date) -> bool:
    return any(start <= as_of and (end is None or end > as_of) for start, end in life.suspensions)


def whole_months(since: date, days: int) -> int:
    """Months that have passed `days` days after `since`; a month ends on the day of the same number, or on the last
    day of a shorter month (民法典第二百零二条)."""
    until = since + timedelta(days=days)
    months = (until.year - since.year) * 12 + until.month - since.month
    return months if months_after(since, months) <= until else months - 1


def points_behind(since: date, plan_on: date | None, days: int) -> Fraction | None:
    """Percentage points behind plan after `days` days in the stage: the plan spreads 100 points evenly from the first
    day of the stage to its planned end; each day beyond that is as many points late. Before the planned end 0: nobody
    has recorded how much is done. None without a planned end later than the first day."""
    if plan_on is None or plan_on <= since:
        return None
    planned = (plan_on - since).days
    return max(Fraction(0), Fraction(100 * (days - planned), planned))


def judge(
    life: Life,
    stage: Stage,
    as_of: date,
    rule_set: RuleSet | None,
    amount_yuan: int = 0,
    plan_on: date | None = None,
) -> Verdict:
    """The lamp of a stalled project under an edition of the rules. `plan_on` is the planned end of its stage (start
    of construction, or of production). A suspended project is excused where the rule permits it."""
    since = life.signed_on if stage == "signed" else life.started_on
    assert since is not None, "a stalled project has entered its stage"
    moved_on = life.progress_on or since
    days = days_counted(since, as_of, life.suspensions)
    idle = days_counted(moved_on, as_of, life.suspensions)
    metrics = rule_set.metrics if rule_set else frozenset()
    readings: Readings = {
        DAYS_IN_STAGE: [days],
        DAYS_IDLE: [idle],
        MONTHS_IDLE: [whole_months(moved_on, idle) if MONTHS_IDLE in metrics else None],
        POINTS_BEHIND: [points_behind(since, plan_on, days) if POINTS_BEHIND in metrics else None],
    }
    return Verdict(judge_lamp(rule_set, stage, amount_yuan, readings, is_suspended(life, as_of)), days, idle)


COLOUR_ORDER: dict[str, int] = {"red": 0, "yellow": 1, "pause": 2, "grey": 3, "green": 4}
