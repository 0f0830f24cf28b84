"""Running clocks of the cases that somebody may see, for the pages that cross ledgers."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from wutong.cases.clocks.lamps import ClockLamp, clock_lamp
from wutong.cases.clocks.scales import Counting
from wutong.cases.models import Assignment, Case, Clock
from wutong.cases.registry import case_type_of
from wutong.ledgerkit.policy import visible_cases
from wutong.ledgerkit.registry import pages_of
from wutong.registers.organisation.actors import Actor
from wutong.ui.tables import Text

SOON = 3
"""So many working days ahead are soon."""


def running_clocks(actor: Actor) -> QuerySet[Clock]:
    """Clocks that run in visible cases, with what a line of them shows."""
    return Clock.objects.filter(
        case__in=visible_cases(actor),
        running_since__isnull=False,
        ended_on__isnull=True,
        due_on__isnull=False,
    ).select_related("case__host_unit", "case__host_person", "case__leader")


def held_by(clocks: QuerySet[Clock], actor: Actor) -> QuerySet[Clock]:
    """Clocks of cases in which the person holds a role now."""
    if actor.official is None:
        return clocks.none()
    held = Assignment.objects.filter(case=OuterRef("case"), person=actor.official, to_on__isnull=True)
    return clocks.filter(Exists(held))


def of_own_unit(clocks: QuerySet[Clock], actor: Actor) -> QuerySet[Clock]:
    """Clocks of cases whose host is the own unit or one below it."""
    if actor.official is None:
        return clocks.none()
    return clocks.filter(case__host_unit__path__startswith=actor.unit_path)


def late_at(clocks: QuerySet[Clock], at: datetime, day: date) -> QuerySet[Clock]:
    """Clocks that are past their due day or moment."""
    return clocks.filter(
        Q(missed_on__isnull=False) | Q(due_at__isnull=True, due_on__lt=day) | Q(due_at__lt=at)
    )


def soon_at(clocks: QuerySet[Clock], at: datetime, day: date, counting: Counting) -> QuerySet[Clock]:
    """Clocks that are not late and due within SOON working days."""
    last = counting.calendar.add_workdays(day, SOON).on
    return clocks.filter(missed_on__isnull=True, due_on__lte=last).filter(
        Q(due_at__isnull=True, due_on__gte=day) | Q(due_at__gte=at)
    )


@dataclass(frozen=True)
class DueLine:
    """A running clock as a line."""

    clock: Clock
    label: Text
    lamp: ClockLamp

    @property
    def case(self) -> Case:
        return self.clock.case

    @property
    def href(self) -> str:
        return reverse("case_detail", args=[pages_of(self.case.case_type).slug, self.case.number])


def due_line(counting: Counting, clock: Clock, at: datetime) -> DueLine:
    definition = case_type_of(clock.case).procedure.clock(clock.code)
    return DueLine(clock, definition.label, clock_lamp(counting, clock, definition, at))
