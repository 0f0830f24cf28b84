"""What happens to rounds by itself as days pass. Idempotent: it may run late, twice, or on both workers at once."""

from datetime import date, datetime

from wutong.base.calendar.services import working_calendar
from wutong.cases.rounds.declared import ReportKind, report_kinds
from wutong.cases.rounds.periods import ended_before
from wutong.cases.rounds.queries import rounds_in_use
from wutong.cases.rounds.services import open_round, remember_who_owed
from wutong.cases.rounds.telling import remind_due
from wutong.registers.organisation.actors import SYSTEM


def tend_rounds(on: date, now: datetime) -> None:
    """Open the rounds of the periods that are over, from the first working day after them; remind; once the due day is
    over, write down who owed."""
    for kind in report_kinds():
        open_due(kind, on, now)
    for found in rounds_in_use().filter(locked_at__isnull=True):
        remind_due(found, on=on, now=now)
        remember_who_owed(found, on=on, now=now)


def open_due(kind: ReportKind, on: date, now: datetime) -> None:
    period = ended_before(kind.period, on)
    if on >= working_calendar().add_workdays(period.last_day, 1).on:
        open_round(kind, period, actor=SYSTEM, on=on, now=now)
