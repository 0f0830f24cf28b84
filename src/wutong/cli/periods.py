"""A period as it is asked for on the command line: the life of a clock of the product, and what is told of it."""

import argparse
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from wutong.cases.clocks import state
from wutong.cases.clocks.declared import Terms
from wutong.cases.clocks.scales import Counting, Point, is_moment
from wutong.cases.clocks.state import ClockState
from wutong.cli.due_ways import Stretch, way
from wutong.cli.due_words import as_of_words, counting_lines, point_words, standing

Typed = tuple[date, time | None]


class WrongCall(Exception):
    """What was asked for does not go together; in the caller's words."""


@dataclass(frozen=True)
class Period:
    """`clock` is the whole life, `seen` the life up to `on` when a day was asked for."""

    counting: Counting
    clock: ClockState
    way: list[Stretch]
    on: Point | None = None
    seen: ClockState | None = None

    def lines(self) -> list[str]:
        """The due day alone, then how it was counted."""
        lines = [self._due, *counting_lines(self.counting, self.clock, self.way)]
        if self.seen is not None and self.on is not None:
            lines.append(as_of_words(self.counting, self.seen, self.on))
        return lines

    def as_row(self) -> dict[str, Any]:
        assert self.clock.started is not None
        terms = self.clock.terms
        row: dict[str, Any] = {
            "due": self._due,
            "unit": terms.unit,
            "budget": terms.budget,
            "start": point_words(self.counting, terms.unit, self.clock.started),
            "provisional": self.clock.provisional,
            "counting": [item.as_row() for item in self.way],
        }
        if self.seen is not None and self.on is not None:
            row["as_of"] = standing(self.counting, self.seen, self.on)
        return row

    @property
    def _due(self) -> str:
        assert self.clock.due is not None, "a suspension that was asked for has its end"
        return point_words(self.counting, self.clock.terms.unit, self.clock.due)


def asked_period(counting: Counting, options: argparse.Namespace) -> Period:
    """Raises WrongCall in words."""
    terms = Terms(options.unit, options.budget, not options.no_roll)
    try:
        start = _point(counting, terms.unit, options.start)
        pauses = _pauses(counting, terms.unit, options.suspend, start)
        clock = life(counting, terms, start, pauses)
        on = None if options.as_of is None else _last_point(counting, terms.unit, options.as_of)
        seen = None if on is None else life(counting, terms, start, pauses, until=on)
        return Period(counting, clock, list(way(counting, clock)), on, seen)
    except (ValueError, OverflowError, OSError):
        first, last = counting.calendar.first_day, counting.calendar.last_day
        raise WrongCall(
            f"算到了工作日历之外（日历从{first}到{last}）。请改小期限，或换一个起算日。"
        ) from None


def life(
    counting: Counting,
    terms: Terms,
    start: Point,
    pauses: list[tuple[Point, Point]],
    *,
    until: Point | None = None,
) -> ClockState:
    """The clock with its suspensions; with `until` only what had happened by then."""
    clock = state.start(counting, terms, start)
    for first, last in pauses:
        if clock.due is not None and first > clock.due:
            due, begun = (point_words(counting, terms.unit, point) for point in (clock.due, first))
            raise WrongCall(f"{due}已经到期，{begun}不能再中止。")
        if until is not None and first > until:
            break
        clock = state.suspend(counting, clock, first)
        if until is not None and last > until:
            break
        clock = state.resume(counting, clock, last)
    return clock


def _point(counting: Counting, unit: str, given: Typed) -> Point:
    day, at = given
    if is_moment(unit) and at is None:
        raise WrongCall(f"按小时、分钟计的要写几点几分，例如 {day}T10:00。")
    if not is_moment(unit) and at is not None:
        raise WrongCall(f"按日、按月计的只写日期，例如 {day}。")
    return counting.point_at(unit, datetime.combine(day, at or time.min, counting.time.zone))


def _last_point(counting: Counting, unit: str, given: Typed) -> Point:
    """For hours and minutes a day without its time means the whole day."""
    day, at = given
    if is_moment(unit) and at is None:
        return counting.time.start_of(day + timedelta(days=1))
    return _point(counting, unit, given)


def _pauses(
    counting: Counting, unit: str, spans: list[tuple[Typed, Typed]], start: Point
) -> list[tuple[Point, Point]]:
    found = sorted((_point(counting, unit, first), _point(counting, unit, last)) for first, last in spans)
    if any(first > last for first, last in found):
        raise WrongCall("中止的开始晚于结束，请核对 --suspend。")
    if found and found[0][0] < start:
        raise WrongCall("中止早于起算，请核对 --suspend 和 --start。")
    for before, after in zip(found, found[1:], strict=False):
        if after[0] < before[1]:
            raise WrongCall("几段中止互相重叠，请核对 --suspend。")
    return found
