"""When a project is stalled, and which lamp it shows. Pure: the day, the dates and the rule come in from outside.

Source: 项目推进库管理办法 (the zone's own rule; its days stand in the dated table `LampRule`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

WINDOW_MONTHS = 24
Stage = Literal["signed", "started"]
Colour = Literal["red", "yellow", "green", "grey", "pause"]


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
class Threshold:
    """Days in a stage, and days without recorded progress, after which a lamp turns."""

    yellow_days: int
    red_days: int
    idle_yellow_days: int
    idle_red_days: int


@dataclass(frozen=True)
class Verdict:
    """The lamp of a stalled project: which of its two counts decides, and by how many days it is over the line."""

    colour: Colour
    cause: Literal["stage", "idle", ""]
    days: int
    idle_days: int
    over: int


def months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or that month's last day."""
    index = day.year * 12 + day.month - 1 - months
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


def judge(life: Life, stage: Stage, as_of: date, threshold: Threshold | None) -> Verdict:
    """The worse of the two counts decides; of two equal colours the stage. Without a rule the lamp is grey."""
    since = life.signed_on if stage == "signed" else life.started_on
    assert since is not None, "a stalled project has entered its stage"
    days = days_counted(since, as_of, life.suspensions)
    idle = days_counted(life.progress_on or since, as_of, life.suspensions)
    if is_suspended(life, as_of):
        return Verdict("pause", "", days, idle, 0)
    if threshold is None:
        return Verdict("grey", "", days, idle, 0)
    if days > threshold.red_days:
        return Verdict("red", "stage", days, idle, days - threshold.red_days)
    if idle > threshold.idle_red_days:
        return Verdict("red", "idle", days, idle, idle - threshold.idle_red_days)
    if days > threshold.yellow_days:
        return Verdict("yellow", "stage", days, idle, days - threshold.yellow_days)
    if idle > threshold.idle_yellow_days:
        return Verdict("yellow", "idle", days, idle, idle - threshold.idle_yellow_days)
    return Verdict("green", "", days, idle, 0)


COLOUR_ORDER: dict[str, int] = {"red": 0, "yellow": 1, "pause": 2, "grey": 3, "green": 4}
