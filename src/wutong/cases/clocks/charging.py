"""Who held the case while it was late. Delay is charged to the host of that time, and while the host waited for a
helper's answer to the helper. The charges of a clock add up to its delay: no tick is charged twice, and none is lost.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from django.db.models import Q, QuerySet

from wutong.cases.clocks.counting import counting_now, stretches_of
from wutong.cases.clocks.rows import read_point, state_of_row
from wutong.cases.clocks.scales import Counting, Point, Scale
from wutong.cases.clocks.state import ClockState, delay, late_stretches
from wutong.cases.models import Assignment, Clock, ClockSegment

BLOCK = 1000


@dataclass(frozen=True)
class Holding:
    """Somebody had the case after `start` through `end` (None: still). `key` says who, `is_awaited` that the host waited
    for the answer."""

    key: tuple[int | None, int | None]
    start: Point
    end: Point | None
    is_awaited: bool = False


@dataclass(frozen=True)
class Charge:
    """Ticks of delay of one holder: unit and person, None where nobody held the case."""

    key: tuple[int | None, int | None]
    start: Point
    end: Point
    ticks: int


def charge(scale: Scale, late: Iterable[tuple[Point, Point]], holdings: Sequence[Holding]) -> list[Charge]:
    """Divide late times among the holders. Of several helpers waited for at once the one asked first is charged."""
    charges: list[Charge] = []
    for start, end in late:
        edges = {start, end}
        for item in holdings:
            edges.update(edge for edge in (item.start, item.end) if edge is not None and start < edge < end)
        points = sorted(edges)
        for first, last in zip(points, points[1:], strict=False):
            ticks = scale.elapsed(first, last)
            if ticks == 0:
                continue
            key = _holder(holdings, first, last)
            before = charges[-1] if charges else None
            if before is not None and before.key == key and before.end == first:
                charges[-1] = replace(before, end=last, ticks=before.ticks + ticks)
            else:
                charges.append(Charge(key, first, last, ticks))
    return charges


def _holder(holdings: Sequence[Holding], first: Point, last: Point) -> tuple[int | None, int | None]:
    here = [item for item in holdings if item.start <= first and (item.end is None or item.end >= last)]
    awaited = [item for item in here if item.is_awaited]
    chosen = min(awaited or here, key=lambda item: item.start, default=None)
    return chosen.key if chosen else (None, None)


@dataclass(frozen=True)
class Charged:
    """A late clock with its delay in ticks and who it is charged to."""

    clock: Clock
    delay: int
    charges: Sequence[Charge]


def charges_of(clocks: QuerySet[Clock], at: datetime) -> Iterator[Charged]:
    """The delay of late clocks up to a moment, with its charges. Reads block by block: three queries for each, and
    memory that does not grow with the number of clocks."""
    counting = counting_now()
    day = counting.day("calendar_day", counting.point_at("calendar_day", at))
    late = clocks.filter(Q(missed_on__isnull=False) | Q(due_on__lte=day, ended_on__isnull=True))
    last = 0
    while True:
        block = list(late.filter(pk__gt=last).order_by("pk")[:BLOCK])
        if not block:
            return
        last = block[-1].pk
        yield from _charged(counting, block, at)


def _charged(counting: Counting, block: Sequence[Clock], at: datetime) -> Iterator[Charged]:
    rows = ClockSegment.objects.filter(clock__in=[clock.pk for clock in block]).order_by("clock_id", "pk")
    segments = {key: list(items) for key, items in groupby(rows, key=attrgetter("clock_id"))}
    held: dict[int, list[Assignment]] = defaultdict(list)
    cases = {clock.case_id for clock in block}
    for item in Assignment.objects.filter(Q(role="host") | Q(is_awaited=True), case__in=cases).order_by("pk"):
        held[item.case_id].append(item)
    for clock in block:
        stretches = stretches_of(clock, segments.get(clock.pk, ()))
        state = replace(state_of_row(clock), stretches=stretches)
        yield charge_clock(counting, clock, state, held[clock.case_id], at)


def charge_clock(
    counting: Counting, clock: Clock, state: ClockState, held: Iterable[Assignment], at: datetime
) -> Charged:
    """One clock with all its stretches, and the host's and awaited helpers' times of its case."""
    point = counting.point_at(clock.unit, at)
    holdings = [holding_of(counting, clock.unit, item) for item in held]
    late = late_stretches(counting, state, point)
    return Charged(clock, delay(counting, state, point), charge(counting.scale(clock.unit), late, holdings))


def holding_of(counting: Counting, unit: str, item: Assignment) -> Holding:
    """An assignment on the axis of a unit. One known by its day only begins when that day is over, as days do."""
    start = read_point(item, unit, "from_on")
    end = read_point(item, unit, "to_on")
    if start is None:
        start = counting.time.start_of(item.from_on) + 86400
    if end is None and item.to_on is not None:
        end = counting.time.start_of(item.to_on) + 86400
    return Holding((item.unit_id, item.person_id), start, end, item.is_awaited)
