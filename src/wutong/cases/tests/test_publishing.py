"""Who publishes a year or new hours, and what happens to clocks of every kind, to two at once, and to the audit."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from wutong.base.audit.models import AuditEvent
from wutong.base.calendar.models import CalendarDay, CalendarYear
from wutong.base.calendar.services import set_office_hours, shipped_years
from wutong.base.errors import Conflict, Refused
from wutong.cases.clocks.publishing import Notice, moves_of, publish_and_move, set_hours_and_move
from wutong.cases.models import Case, Clock
from wutong.cases.procedures import CLOCK_MOVED
from wutong.cases.steps import Pause
from wutong.cases.testing import Zone, document, make_zone
from wutong.cases.testing_permits import permit, permits, take
from wutong.cases.tests.at_once import meeting_place, together
from wutong.cases.verify import faults

OFF = [date(2027, 1, 1), *(date(2027, 2, day) for day in (4, 5, 8, 9, 10, 11, 12))]
WORK = [date(2027, 1, 31), date(2027, 2, 20)]
CORRECTED_OFF = [date(2026, 3, 9), date(2026, 3, 10), date(2026, 3, 11)]


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


NOW = local("2026-12-21 09:00")
PETITION = ("petition", "2027-02-16", "2027-02-16")
"""Sixty calendar days of the same cases: their last day stays, and becomes certain."""
MOVED = [PETITION, ("decide", "2027-01-15", "2027-01-18")]


@pytest.fixture
def zone(db: None) -> Iterator[Zone]:
    with permits():
        yield make_zone()


def clock(case: Case, code: str) -> Clock:
    return Clock.objects.filter(case=case, code=code).order_by("-pk")[0]


def accepted(zone: Zone, text: str = "2026-12-18 10:00") -> Case:
    at = local(text)
    case = permit(zone, on=at.date(), at=at)
    take(case, "accept", zone.host, at)
    return case


def notice(**values: object) -> Notice:
    given = {
        "year": 2027, "number": "示例〔2026〕1号", "published_on": date(2026, 11, 1), "off": OFF, "work": WORK,
        **values,
    }  # fmt: skip
    return Notice(**given)  # type: ignore[arg-type]


def correction(off: list[date], work: list[date] | None = None) -> Notice:
    """The notice of 2026 with more days off, as the Spring Festival of 2020 was made longer."""
    row = shipped_years()[2026]
    rest, made_up = ([date.fromisoformat(f"2026-{day}") for day in row[key]] for key in ("rest", "work"))
    revision = CalendarYear.objects.get(year=2026).revision
    return notice(year=2026, off=[*rest, *off], work=[*made_up, *(work or [])], revision=revision)


def publish(zone: Zone, given: Notice | None = None, now: datetime = NOW) -> int:
    return publish_and_move(given or notice(), actor=zone.leader, now=now)


def moved(case: Case) -> list[tuple[str, str | None, str | None]]:
    """Clock, day before and day after of each change that moved a clock."""
    return [
        (entry["clock"], entry.get("was"), entry["due"])
        for change in case.changes.filter(verb=CLOCK_MOVED).order_by("seq")
        for entry in change.snapshot["clocks"]
    ]


def test_a_due_day_that_stays_becomes_certain(zone: Zone) -> None:
    case = accepted(zone)
    assert publish(zone, notice(off=[], work=[])) == 2
    decide = clock(case, "decide")
    assert (decide.due_on, decide.is_provisional) == (date(2027, 1, 15), False)
    assert moved(case) == [PETITION, ("decide", "2027-01-15", "2027-01-15")]


def test_nothing_else_moves(zone: Zone) -> None:
    earlier = accepted(zone, "2026-10-12 10:00")  # due on 6 November and 11 December
    resting = accepted(zone)
    pause(zone, resting, "2026-12-18 11:00", date(2027, 3, 1))
    ended = accepted(zone)
    take(ended, "decide", zone.host, local("2026-12-18 12:00"))
    take(ended, "deliver", zone.host, local("2026-12-18 13:00"))
    touched = accepted(zone)
    before = {case.pk: case.changes.count() for case in Case.objects.all()}
    minutes = list(Clock.objects.filter(unit__in=["minute", "hour"]).order_by("pk").values())
    assert publish(zone) == 3
    after = {case.pk: case.changes.count() for case in Case.objects.all()}
    assert {key: after[key] - before[key] for key in after} == {
        earlier.pk: 0, resting.pk: 1, ended.pk: 0, touched.pk: 2,
    }  # fmt: skip
    assert moved(resting) == [PETITION], "the clock that rests has no day to move"
    assert list(Clock.objects.filter(unit__in=["minute", "hour"]).order_by("pk").values()) == minutes
    assert list(faults()) == []


def pause(zone: Zone, case: Case, at: str, until: date) -> None:
    take(
        case, "pause", zone.host, local(at), pause=Pause("hearing", until), evidence=[document("notice", at)]
    )


def test_a_clock_that_ran_over_only_under_the_old_calendar_is_no_longer_missed(zone: Zone) -> None:
    from wutong.cases.clocks.sweep import sweep_clocks

    case = accepted(zone, "2026-03-02 10:00")
    sweep_clocks(local("2026-03-31 08:00"))
    decide = clock(case, "decide")
    assert (decide.state, decide.due_on) == ("missed", date(2026, 3, 30))
    publish(zone, correction(CORRECTED_OFF), local("2026-03-31 09:00"))
    decide.refresh_from_db()
    assert (decide.state, decide.missed_on, decide.due_on) == ("running", None, date(2026, 4, 2))
    assert list(faults()) == []


def test_new_office_hours_move_the_clocks_of_working_hours_only(zone: Zone) -> None:
    at = local("2026-06-30 16:30")
    set_office_hours(
        date(2010, 1, 1), label="全年", opens=time(8, 30), closes=time(17, 30), break_from=time(12),
        break_to=time(13, 30),
    )  # fmt: skip
    case = permit(zone, on=at.date(), at=at)
    clean = clock(case, "clean")
    assert clean.due_at == local("2026-07-01 11:30")
    count = set_hours_and_move(
        date(2026, 7, 1), label="夏季", opens=time(9), closes=time(18), break_from=time(12), break_to=time(14, 30),
        source="示例通知", actor=zone.leader, now=at,
    )  # fmt: skip
    clean.refresh_from_db()
    assert (count, clean.due_at) == (1, local("2026-07-01 12:00"))
    assert [code for code, _was, _due in moved(case)] == ["clean"]
    assert AuditEvent.objects.get(action="set_office_hours").actor == zone.leader.account
    assert list(faults()) == []


def test_who_published_stands_in_the_audit(zone: Zone) -> None:
    publish(zone)
    event = AuditEvent.objects.get(action="publish_calendar")
    assert (event.actor, event.target_id) == (zone.leader.account, "2027")
    assert event.words == "公布2027年的工作日历：示例〔2026〕1号"
    assert (event.detail["work"], event.detail["revision"]) == (["2027-01-31", "2027-02-20"], 1)


@pytest.mark.parametrize("revision", [0, 2])
def test_who_looked_at_another_state_of_the_year_is_told_so(zone: Zone, revision: int) -> None:
    publish(zone)
    with pytest.raises(Conflict, match="2027年的放假安排已被别人登记过") as conflict:
        publish(zone, notice(revision=revision, off=[]))
    assert conflict.value.changes == ["现在的文号：示例〔2026〕1号"]
    assert CalendarDay.objects.filter(year_id=2027).count() == len(OFF) + len(WORK)
    assert AuditEvent.objects.filter(action="publish_calendar").count() == 1


def test_a_refused_notice_leaves_nothing(zone: Zone) -> None:
    accepted(zone)
    with pytest.raises(Refused):
        publish(zone, notice(work=[date(2027, 1, 4)]))
    assert not CalendarYear.objects.filter(year=2027).exists()
    assert not AuditEvent.objects.filter(action="publish_calendar").exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_publish_at_once_the_second_hears_of_the_first(tmp_path: Path) -> None:
    with meeting_place(tmp_path), permits():
        zone = make_zone()
        case = accepted(zone)
        results = together(*[lambda: publish(zone)] * 2)
        assert sorted(type(item).__name__ for item in results) == ["Conflict", "int"], results
        assert CalendarYear.objects.get(year=2027).revision == 1
        assert moved(case) == MOVED
        assert list(faults()) == []


def queries(action: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        action()
    return len(captured)


def test_looking_ahead_costs_the_same_for_many_clocks(zone: Zone) -> None:
    accepted(zone)
    first = queries(lambda: list(moves_of(notice())))
    for _number in range(4):
        accepted(zone)
    assert queries(lambda: list(moves_of(notice()))) == first


def test_moving_costs_one_query_more_for_one_clock_more(zone: Zone) -> None:
    """The one is the reading of its stretches."""
    publish(zone)
    accepted(zone)
    first = queries(lambda: publish(zone, notice(revision=1, off=OFF[1:])))
    for _number in range(4):
        accepted(zone)
    many = queries(lambda: publish(zone, notice(revision=2)))
    assert many - first <= 4


def test_a_warning_moves_when_only_the_working_days_before_the_due_day_change(zone: Zone) -> None:
    """Friday the 27th becomes a day off, Saturday the 7th is worked: the 30th stays, one working day before it is
    now Thursday."""
    case = accepted(zone, "2026-03-02 10:00")
    assert (clock(case, "decide").due_on, clock(case, "decide").next_at) == (
        date(2026, 3, 30),
        local("2026-03-27 00:00"),
    )
    publish(zone, correction([date(2026, 3, 27)], [date(2026, 3, 7)]), local("2026-03-10 09:00"))
    assert clock(case, "decide").due_on == date(2026, 3, 30)
    assert clock(case, "decide").next_at == local("2026-03-26 00:00")
