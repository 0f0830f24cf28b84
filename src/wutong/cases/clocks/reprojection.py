"""A calendar was published or corrected: every due day that lies differently moves, by a change with both days.

Idempotent: what is to be moved follows from the rows and the calendar of now, therefore it may be stopped and repeated.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter

from django.db.models import Q, QuerySet
from django.utils.timezone import localdate

from wutong.base.calendar.worktime import WorkingTime
from wutong.cases.act import act_many
from wutong.cases.clocks.counting import counting_now, stretches_of
from wutong.cases.clocks.rows import iso_point, next_moment, state_of_row
from wutong.cases.clocks.scales import Counting
from wutong.cases.clocks.state import ClockState, recount
from wutong.cases.models import Clock, ClockSegment
from wutong.cases.procedures import CLOCK_MOVED
from wutong.cases.steps import ClockWork, Step
from wutong.registers.organisation.actors import SYSTEM

BLOCK = 500


@dataclass(frozen=True)
class Move:
    """A clock whose due day lies differently: both as text, a day or a moment; None while it rests."""

    clock: Clock
    before: str | None
    after: str | None
    provisional: bool


def moves_under(time: WorkingTime, year: int | None = None) -> Iterator[Move]:
    """What would move if this were the calendar; nothing is written. With `year` only clocks that can be touched by it
    are looked at."""
    counting = Counting(time)
    for clocks in _blocks(live_clocks(year)):
        for clock, state in _with_stretches(clocks):
            moved = recount(counting, state)
            if _differs(state, moved):
                unit = clock.unit
                yield Move(
                    clock,
                    iso_point(counting, unit, state.due),
                    iso_point(counting, unit, moved.due),
                    moved.provisional,
                )


def reproject_clocks(now: datetime, year: int | None = None) -> int:
    """Move every live clock that lies differently under the recorded calendar; returns how many moved. Written in
    blocks, each whole, so that nobody else waits long."""
    counting, count = counting_now(), 0
    for clocks in _blocks(live_clocks(year)):
        moving = []
        for clock, state in _with_stretches(clocks):
            if _differs(state, recount(counting, state)):
                moving.append(clock)
            elif state.running_since is not None:
                _watch_again(counting, clock, state)
        while moving:
            # A case may occur once in a set: its second clock takes another set.
            once = list({clock.case_id: clock for clock in reversed(moving)}.values())
            act_many([_step(clock, now) for clock in once], actor=SYSTEM, now=now)
            count += len(once)
            moving = [clock for clock in moving if clock not in once]
    return count


def _watch_again(counting: Counting, clock: Clock, state: ClockState) -> None:
    """The due day stays, but its rungs may lie on other days. When to look again is nobody's fact and no change."""
    moment = next_moment(counting, state, clock.fired)
    if moment != clock.next_at:
        Clock.objects.filter(pk=clock.pk, next_at=clock.next_at).update(next_at=moment)


def _step(clock: Clock, now: datetime) -> Step:
    return Step(
        clock.case,
        CLOCK_MOVED,
        localdate(now),
        effective_at=now,
        clock_work=ClockWork(clock.pk),
    )


def live_clocks(year: int | None) -> QuerySet[Clock]:
    """Clocks that have begun and not ended, as far as a year's calendar can touch them."""
    clocks = Clock.objects.filter(ended_on__isnull=True, started_on__isnull=False).exclude(
        unit__in=["minute", "hour"]
    )
    if year is None:
        return clocks
    first, last = date(year - 1, 12, 1), date(year, 12, 31)
    reaches = Q(due_on__gte=first) | Q(due_on__isnull=True) | Q(missed_on__isnull=False)
    return clocks.filter(reaches, started_on__lte=last)


def _blocks(clocks: QuerySet[Clock]) -> Iterator[list[Clock]]:
    last = 0
    while True:
        block = list(clocks.filter(pk__gt=last).select_related("case").order_by("pk")[:BLOCK])
        if not block:
            return
        yield block
        last = block[-1].pk


def _with_stretches(clocks: Sequence[Clock]) -> Iterator[tuple[Clock, ClockState]]:
    rows = ClockSegment.objects.filter(clock__in=[clock.pk for clock in clocks]).order_by("clock_id", "pk")
    segments = {key: list(items) for key, items in groupby(rows, key=attrgetter("clock_id"))}
    for clock in clocks:
        stretches = stretches_of(clock, segments.get(clock.pk, ()))
        yield clock, replace(state_of_row(clock), stretches=stretches)


def _differs(before: ClockState, after: ClockState) -> bool:
    columns = ("due", "provisional", "consumed", "late", "missed", "state")
    return any(getattr(before, name) != getattr(after, name) for name in columns)
