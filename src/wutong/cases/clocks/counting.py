"""What clocks count with, read from the database: calendar, office hours, offices' rules, stretches."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache

from django.db.models import Q

from wutong.base.calendar.services import recorded_time
from wutong.base.calendar.worktime import WorkingTime
from wutong.cases.clocks.rows import read_point, state_of_row
from wutong.cases.clocks.scales import Counting
from wutong.cases.clocks.state import ClockState, Stretch
from wutong.cases.models import Clock, ClockRule, ClockSegment


@lru_cache(maxsize=2)
def _counting(time: WorkingTime) -> Counting:
    return Counting(time)


def counting_now() -> Counting:
    """The recorded calendar and office hours. One short query tells whether the tables made before still hold."""
    return _counting(recorded_time())


def rules_between(case_types: Iterable[str], first: date, last: date) -> Sequence[ClockRule]:
    """Offices' rules of clocks that are in force on one of the days."""
    in_force = Q(valid_to__isnull=True) | Q(valid_to__gte=first)
    return list(ClockRule.objects.filter(in_force, case_type__in=list(case_types), valid_from__lte=last))


def state_with_stretches(clock: Clock) -> ClockState:
    """A clock with all its stretches, oldest first."""
    return replace(state_of_row(clock), stretches=stretches_of(clock, clock.segments.order_by("pk")))


def stretches_of(clock: Clock, segments: Iterable[ClockSegment]) -> tuple[Stretch, ...]:
    unit = clock.unit
    stretches = []
    for item in segments:
        since = read_point(item, unit, "from_on")
        assert since is not None
        stretches.append(
            Stretch(since, read_point(item, unit, "to_on"), read_point(item, unit, "late_from_on"))
        )
    return tuple(stretches)
