"""Jobs that are due again and again. What has been missed for a week runs once, not a hundred times."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.db import transaction
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext as _
from django_tasks.base import TaskResultStatus

from wutong.base.calendar.services import working_calendar
from wutong.base.jobs.declared import Job
from wutong.base.jobs.models import JobSchedule, JobTicket
from wutong.base.jobs.services import enqueue

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Schedule:
    """Use `schedule` or `daily` to make one; exactly one of `every` and `at` is set."""

    job: Job
    every: timedelta | None = None
    at: time | None = None
    workdays_only: bool = False

    @property
    def name(self) -> str:
        return self.job.code

    @property
    def rhythm(self) -> str:
        """The declaration as it is stored: "every 3600", "daily 07:30" or "workdays 07:30"."""
        if self.every is not None:
            return f"every {int(self.every.total_seconds())}"
        return f"{'workdays' if self.workdays_only else 'daily'} {self.at:%H:%M}"

    def first_slot(self, now: datetime) -> datetime:
        """When a schedule that is new, or has changed, is due: at once when it repeats, else at its hour."""
        return now if self.every is not None else self.slot_after(now, now)

    def slot_after(self, slot: datetime, now: datetime) -> datetime:
        """The first slot later than `now`, counted from `slot`."""
        if self.every is not None:
            return slot + self.every * ((now - slot) // self.every + 1)
        assert self.at is not None
        zone = get_default_timezone()
        calendar = working_calendar() if self.workdays_only else None
        day = now.astimezone(zone).date()
        while True:
            found = datetime.combine(day, self.at, tzinfo=zone)
            if found > now and (calendar is None or calendar.is_workday(day)):
                return found
            day += _ONE_DAY

    def is_run_day(self, slot: datetime) -> bool:
        """Whether the slot's day is still worked: a notice may have come after the slot was counted."""
        day = slot.astimezone(get_default_timezone()).date()
        return not self.workdays_only or working_calendar().is_workday(day)


def schedule(job: Job, *, every: timedelta) -> Schedule:
    """Run `job`, which takes no arguments, again and again, first at once. Raises ValueError below a second."""
    if every < timedelta(seconds=1):
        raise ValueError("a schedule repeats after a second at the earliest")
    return Schedule(job, every=every)


def daily(job: Job, *, at: time, workdays_only: bool = False) -> Schedule:
    """Run `job`, which takes no arguments, every day (or working day) at this hour of the settings' time zone."""
    return Schedule(job, at=at, workdays_only=workdays_only)


def enqueue_due(schedules: Sequence[Schedule], now: datetime) -> int:
    """Enqueue what is due at `now`, once however many ask at once; returns how many jobs were enqueued.

    A schedule that cannot be enqueued does not hold up the others: what went wrong is raised together at the end.
    """
    known = {row.name: row for row in JobSchedule.objects.filter(name__in=[item.name for item in schedules])}
    enqueued = 0
    failures = []
    for item in schedules:
        try:
            enqueued += _enqueue_if_due(item, known.get(item.name), now)
        except Exception as error:
            error.add_note(f"schedule {item.name}")
            failures.append(error)
    if failures:
        raise ExceptionGroup("schedules that could not be enqueued", failures)
    return enqueued


@transaction.atomic
def _enqueue_if_due(item: Schedule, row: JobSchedule | None, now: datetime) -> bool:
    if row is None:
        first = {"rhythm": item.rhythm, "next_at": item.first_slot(now)}
        row, _made = JobSchedule.objects.get_or_create(name=item.name, defaults=first)
    if row.rhythm != item.rhythm:
        changed = JobSchedule.objects.filter(pk=row.pk, rhythm=row.rhythm)
        row.rhythm, row.next_at = item.rhythm, item.first_slot(now)
        if not changed.update(rhythm=row.rhythm, next_at=row.next_at):
            return False  # somebody else has just done it
    slot = row.next_at
    if slot > now:
        return False
    claimed = JobSchedule.objects.filter(pk=row.pk, next_at=slot)
    runs = item.is_run_day(slot) and not _is_waiting(item)
    moved = {"next_at": item.slot_after(slot, now)} | ({"last_at": now} if runs else {})
    if not claimed.update(**moved) or not runs:
        return False
    enqueue(item.job, key=f"{item.name}:{slot.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}")
    return True


def _is_waiting(item: Schedule) -> bool:
    """Whether an earlier run still waits for a worker or for its next attempt: that one will do for this slot too,
    and a product without a worker does not pile up a run for every minute."""
    mine = JobTicket.objects.filter(code=item.job.code, key__startswith=f"{item.name}:")
    return mine.filter(task__status=TaskResultStatus.READY).exists()


def rhythm_words(rhythm: str) -> str:
    """A stored rhythm in the words of a page."""
    kind, _space, value = rhythm.partition(" ")
    if kind == "daily":
        return _("每天%(time)s") % {"time": value}
    if kind == "workdays":
        return _("每个工作日%(time)s") % {"time": value}
    seconds = int(value)
    if seconds % 3600 == 0:
        return _("每%(count)d小时") % {"count": seconds // 3600}
    if seconds % 60 == 0:
        return _("每%(count)d分钟") % {"count": seconds // 60}
    return _("每%(count)d秒") % {"count": seconds}
