"""Clocks of the cases that somebody may see, for the pages that cross ledgers: whose they are, which are late, which are
due soon. One definition for today, overdue, calendar, feed and digest."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from wutong.base.errors import Refused
from wutong.cases.clocks.lamps import ClockLamp, clock_lamp
from wutong.cases.clocks.scales import Counting
from wutong.cases.models import Assignment, Case, Clock
from wutong.cases.registry import case_type_of
from wutong.ledgerkit.clock_panel import moment_shown
from wutong.ledgerkit.policy import of_visible_case
from wutong.ledgerkit.registry import ledgers, pages_of
from wutong.ledgerkit.viewer import as_of, now_of, today_of
from wutong.registers.organisation.actors import Actor
from wutong.ui.tables import Text

SOON = 3
"""So many working days ahead are soon."""


def shown_types() -> list[str]:
    """Case types that have pages; nobody could open a case of another."""
    return [pages.case_type for ledger in ledgers() for pages in ledger.pages]


def case_href(case: Case) -> str:
    return reverse("case_detail", args=[pages_of(case.case_type).slug, case.number])


def is_secret(case: Case) -> bool:
    """In a restricted state; or laid aside or ended, from where one does not see whether it ever left them."""
    procedure = case_type_of(case).procedure
    return bool(procedure.restricted_states()) and (
        case.state in procedure.restricted_states() or procedure.state(case.state).kind != "open"
    )


def may_leave(case: Case) -> bool:
    """Whether the title may leave the pages, for a feed or a message: neither the case nor the one above is secret."""
    return not is_secret(case) and (case.parent is None or not is_secret(case.parent))


# ---- which clocks ------------------------------------------------------------------------------------------------


def clocks_on(actor: Actor, day: date) -> QuerySet[Clock]:
    """Clocks of visible cases that had begun and not ended on a day, as they are recorded now."""
    return Clock.objects.filter(
        Q(ended_on__isnull=True) | Q(ended_on__gt=day),
        of_visible_case(actor),
        case__case_type__in=shown_types(),
        started_on__lte=day,
    )


def running_clocks(actor: Actor) -> QuerySet[Clock]:
    """Clocks of visible cases that run now; one that rests has no due day."""
    return Clock.objects.filter(
        of_visible_case(actor),
        case__case_type__in=shown_types(),
        running_since__isnull=False,
        ended_on__isnull=True,
        due_on__isnull=False,
    )


def held_roles(actor: Actor) -> QuerySet[Assignment]:
    """Roles that the person holds now: by name, or through the own unit or a team where nobody is named."""
    if actor.official is None:
        return Assignment.objects.none()
    units = {actor.official.unit_id, *actor.team_ids}
    held = Q(person=actor.official) | Q(person__isnull=True, unit__in=units)
    return Assignment.objects.filter(held, to_on__isnull=True, case__is_open=True)


def of(who: str, clocks: QuerySet[Clock], actor: Actor) -> QuerySet[Clock]:
    """The clocks of `me` (cases in which I hold a role), of the own `unit` and those below it (as hosts), or `all`."""
    if who == "all":
        return clocks
    if actor.official is None:
        return clocks.none()
    if who == "unit":
        return clocks.filter(case__host_unit__path__startswith=actor.unit_path)
    # Few cases, and the database should begin with them, not with every clock that runs.
    return clocks.filter(case__in=held_roles(actor).values("case"))


def is_late(at: datetime, day: date) -> Q:
    """Past the due day or moment, whether or not the sweep has noticed."""
    moment = at.replace(microsecond=0)
    missed = Q(missed_at__isnull=True, missed_on__lte=day) | Q(missed_at__lte=moment)
    passed = Q(due_at__isnull=True, due_on__lt=day) | Q(due_at__lt=moment)
    return missed | (passed & Q(ended_on__isnull=True))


def soon_at(clocks: QuerySet[Clock], at: datetime, day: date, counting: Counting) -> QuerySet[Clock]:
    """Not late, and due within SOON working days: today counts, as do the days off in between."""
    last = counting.calendar.add_workdays(day, SOON).on
    return clocks.filter(due_on__range=(day, last)).exclude(is_late(at, day))


def with_cases(clocks: QuerySet[Clock]) -> QuerySet[Clock]:
    """With what a line shows: no query for each of them."""
    return clocks.select_related("case__host_unit", "case__host_person", "case__leader")


# ---- a clock as a line -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DueLine:
    """A clock as a line. The case must have come with it."""

    clock: Clock
    label: Text
    lamp: ClockLamp

    @property
    def case(self) -> Case:
        return self.clock.case

    @property
    def href(self) -> str:
        return case_href(self.case)


def due_line(counting: Counting, clock: Clock, at: datetime) -> DueLine:
    definition = case_type_of(clock.case).procedure.clock(clock.code)
    return DueLine(clock, definition.label, clock_lamp(counting, clock, definition, at))


def due_lines(counting: Counting, clocks: Iterable[Clock], at: datetime) -> list[DueLine]:
    """Late ones first, then what is due first; within a day the moments, then what has the whole day."""

    def place(line: DueLine) -> tuple[bool, date, float, int]:
        due = line.clock.due_at.timestamp() if line.clock.due_at else float("inf")
        return line.lamp.colour != "red", line.clock.due_on or date.max, due, line.clock.pk

    return sorted((due_line(counting, clock, at) for clock in clocks), key=place)


def page_moment(request: HttpRequest, counting: Counting) -> tuple[date, datetime]:
    """The day that a page speaks of and its moment. Raises Refused for a day that the calendar does not know."""
    day = as_of(request)
    try:
        counting.calendar.add_workdays(day, SOON)
    except ValueError:
        first, last = counting.calendar.first_day, counting.calendar.last_day
        raise Refused(
            _("数据日%(day)s不在日历里，请选%(first)s到%(last)s之间的日子。")
            % {"day": day, "first": first, "last": last}
        ) from None
    return day, moment_shown(day, now_of(request), today_of(request))
