"""Schedules are due on time, once, and after a pause once."""

from datetime import date, datetime, time, timedelta

import pytest
from django_tasks_db.models import DBTaskResult

from wutong.base.accounts.testing import SHANGHAI
from wutong.base.calendar.services import load_published_years, publish_year
from wutong.base.jobs.models import JobSchedule, JobTicket
from wutong.base.jobs.schedules import Schedule, daily, enqueue_due, rhythm_words, schedule
from wutong.base.jobs.tests import tasks_for_tests as jobs
from wutong.base.jobs.tests.zone import many_at_once

pytestmark = pytest.mark.django_db

HOURLY = schedule(jobs.refuse, every=timedelta(hours=1))
MORNING = daily(jobs.refuse, at=time(7, 30))
WORKDAY_MORNING = daily(jobs.refuse, at=time(7, 30), workdays_only=True)


def moment(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


def due(item: Schedule, now: datetime) -> int:
    """How many jobs are enqueued at `now`; a worker runs them at once."""
    found = enqueue_due([item], now)
    DBTaskResult.objects.update(status="SUCCESSFUL")
    return found


def next_at() -> datetime:
    return JobSchedule.objects.get().next_at.astimezone(SHANGHAI)


def test_what_repeats_runs_at_once_and_then_in_step() -> None:
    assert [due(HOURLY, moment(2, 8, minute)) for minute in (10, 11, 59)] == [1, 0, 0]
    assert [due(HOURLY, moment(2, 9, minute)) for minute in (9, 10, 11)] == [0, 1, 0]
    assert due(HOURLY, moment(2, 10, 40)) == 1
    assert next_at() == moment(2, 11, 10)


def test_what_is_daily_waits_for_its_hour_in_local_time() -> None:
    assert due(MORNING, moment(2, 8)) == 0
    assert next_at() == moment(3, 7, 30)
    assert [due(MORNING, moment(3, 7, minute)) for minute in (29, 30, 31)] == [0, 1, 0]
    assert next_at() == moment(4, 7, 30)


@pytest.mark.parametrize("item", [HOURLY, MORNING])
def test_a_week_that_was_missed_runs_once(item: Schedule) -> None:
    due(item, moment(2, 7))
    JobTicket.objects.all().delete()
    DBTaskResult.objects.all().delete()
    assert [due(item, moment(9, 12)), due(item, moment(9, 12, 1))] == [1, 0]
    assert DBTaskResult.objects.count() == 1
    assert next_at() > moment(9, 12)


def test_the_last_working_day_before_spring_festival_is_followed_by_the_first_one_after_it() -> None:
    load_published_years()
    saturday = moment(
        14, 7, 30, month=2
    )  # worked in 2026, to make up for the holidays from the 15th to the 23rd
    assert due(WORKDAY_MORNING, moment(13, 8, month=2)) == 0
    assert next_at() == saturday
    assert due(WORKDAY_MORNING, saturday) == 1
    assert next_at() == moment(24, 7, 30, month=2)
    assert due(WORKDAY_MORNING, moment(17, 12, month=2)) == 0


def test_a_day_that_became_a_holiday_meanwhile_is_passed_over() -> None:
    assert due(WORKDAY_MORNING, moment(2, 8)) == 0 and next_at() == moment(3, 7, 30)
    publish_year(2026, notice="示例", published_on=date(2026, 3, 2), off=[date(2026, 3, 3)], work=[])
    assert due(WORKDAY_MORNING, moment(3, 7, 30)) == 0
    assert next_at() == moment(4, 7, 30)
    assert JobSchedule.objects.get().last_at is None


def test_what_still_waits_for_a_worker_is_not_enqueued_again() -> None:
    assert enqueue_due([HOURLY], moment(2, 8)) == 1
    assert [enqueue_due([HOURLY], moment(2, hour)) for hour in (9, 10)] == [0, 0]
    DBTaskResult.objects.update(status="RUNNING")
    assert enqueue_due([HOURLY], moment(2, 11)) == 1


def test_a_changed_declaration_counts_from_now() -> None:
    due(daily(jobs.refuse, at=time(23)), moment(2, 8))
    assert due(MORNING, moment(2, 9)) == 0
    assert next_at() == moment(3, 7, 30)
    assert due(HOURLY, moment(2, 10)) == 1


def test_the_job_carries_its_slot_as_key() -> None:
    due(HOURLY, moment(2, 8, 10))
    assert JobTicket.objects.get().key == "tests.refuse:2026-03-02T00:10:00.000000Z"


def test_a_schedule_that_breaks_does_not_hold_up_the_others() -> None:
    broken = Schedule(jobs.take_note)  # neither `every` nor `at`
    with pytest.raises(ExceptionGroup, match="could not be enqueued"):
        enqueue_due([broken, HOURLY], moment(2, 8))
    assert [ticket.code for ticket in JobTicket.objects.all()] == ["tests.refuse"]


@pytest.mark.django_db(transaction=True)
def test_many_ticks_at_once_enqueue_once() -> None:
    enqueued = many_at_once(lambda: enqueue_due([HOURLY], moment(2, 8)))
    assert sorted(enqueued) == [0, 0, 0, 0, 0, 1]
    DBTaskResult.objects.update(status="SUCCESSFUL")
    enqueued = many_at_once(lambda: enqueue_due([HOURLY], moment(2, 11)))
    assert sorted(enqueued) == [0, 0, 0, 0, 0, 1]
    assert DBTaskResult.objects.count() == 2


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (HOURLY, "每1小时"),
        (schedule(jobs.refuse, every=timedelta(minutes=5)), "每5分钟"),
        (schedule(jobs.refuse, every=timedelta(seconds=90)), "每90秒"),
        (MORNING, "每天07:30"),
        (WORKDAY_MORNING, "每个工作日07:30"),
    ],
)
def test_a_rhythm_is_told_in_words(item: Schedule, words: str) -> None:
    assert rhythm_words(item.rhythm) == words


def test_a_schedule_without_a_rhythm_is_no_schedule() -> None:
    with pytest.raises(ValueError, match="second"):
        schedule(jobs.refuse, every=timedelta(0))
