"""Clocks of every unit in one case, and what the law permits to be done to them."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from wutong.base.errors import MissingItems, NotAllowed, Refused
from wutong.cases.clocks.declared import ClockDef, ClockEffect, Rung
from wutong.cases.models import Case, Clock, ClockRung, ClockSuspension
from wutong.cases.procedures import STAY, Transition, Who, faults_of_procedure
from wutong.cases.steps import Pause
from wutong.cases.testing import Zone, document, make_actor, make_zone
from wutong.cases.testing_permits import MONDAY, PERMIT, TEN, permit, permits, take
from wutong.cases.verify import faults
from wutong.registers.organisation.actors import Actor

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def zone(db: None) -> Iterator[Zone]:
    with permits():
        yield make_zone()


@pytest.fixture
def head(zone: Zone) -> Actor:
    return make_actor("head", "戊某", zone.root, "permit.extend", "permit.head", "permit.assign")


def clock(case: Case, code: str) -> Clock:
    return Clock.objects.filter(case=case, code=code).order_by("-pk")[0]


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def test_one_case_carries_minutes_hours_working_hours_working_days_days_and_months(zone: Zone) -> None:
    case = permit(zone)
    take(case, "accept", zone.host, TEN)
    take(case, "decide", zone.host, TEN)
    due = {item.code: item.due_at or item.due_on for item in Clock.objects.filter(case=case)}
    assert due == {
        "notice": date(2025, 9, 28),  # the Sunday before National Day is worked
        "decide": date(2025, 10, 24),
        "petition": date(2025, 11, 21),
        "on_site": local("2025-09-22 11:00"),
        "clean": local("2025-09-22 15:30"),  # two hours before noon, two from half past one
        "repair": local("2025-09-22 16:00"),
        "display": date(2025, 12, 22),
    }
    assert list(faults()) == []


def test_working_hours_go_on_the_next_working_day_and_over_a_holiday(zone: Zone) -> None:
    evening = local("2025-09-30 16:00")  # National Day lasts until 8 October
    case = permit(zone, on=date(2025, 9, 30), at=evening)
    assert clock(case, "clean").due_at == local("2025-10-09 11:00")
    assert clock(case, "repair").due_at == local("2025-09-30 22:00")


def test_working_hours_of_an_event_at_night_begin_with_the_office(zone: Zone) -> None:
    case = permit(zone, at=local("2025-09-22 23:40"))
    assert clock(case, "clean").due_at == local("2025-09-23 14:00")


def test_a_step_that_is_recorded_later_needs_its_time_of_day(zone: Zone) -> None:
    with pytest.raises(Refused, match="几点几分") as refused:
        permit(zone, at=None, now=TEN + DAY)
    assert "effective_at" in refused.value.fields


def test_moments_never_run_backwards(zone: Zone) -> None:
    case = permit(zone)
    take(case, "arrive", zone.host, TEN + HOUR)
    with pytest.raises(Refused, match="时间早于上一次变更"):
        take(case, "clean", zone.host, TEN, now=TEN + 2 * HOUR)


@pytest.mark.parametrize(("minutes", "state"), [(60, "met"), (61, "missed")])
def test_the_sixtieth_minute_is_in_time(zone: Zone, minutes: int, state: str) -> None:
    case = permit(zone)
    take(case, "arrive", zone.host, TEN + timedelta(minutes=minutes))
    assert clock(case, "on_site").state == state


def test_one_clock_supersedes_another_and_counts_from_where_it_began(zone: Zone) -> None:
    case = permit(zone)
    take(case, "needs_construction", zone.host, TEN + 2 * HOUR)
    old, new = clock(case, "repair"), clock(case, "construction")
    assert (old.state, old.ended_at) == ("superseded", TEN + 2 * HOUR)
    assert (new.supersedes, new.started_on, new.due_on) == (old, MONDAY, date(2025, 9, 25))
    assert list(faults()) == []


def test_an_armed_clock_waits_for_its_start(zone: Zone) -> None:
    case = permit(zone)
    armed = clock(case, "display")
    assert (armed.state, armed.started_on, armed.due_on) == ("armed", None, None)
    take(case, "accept", zone.host, TEN)
    take(case, "decide", zone.host, local("2025-11-30 09:00"))
    assert clock(case, "display").pk == armed.pk
    assert clock(case, "display").due_on == date(
        2026, 2, 28
    )  # a Saturday: the window of a publication does not roll


# ---- suspension ------------------------------------------------------------------------------------------------


def pause(case: Case, zone: Zone, at: datetime, reason: str, ends: date | None, **step: Any) -> None:
    given = {"evidence": [document("notice", f"{case.number} {at}")], **step}
    take(case, "pause", zone.host, at, pause=Pause(reason, ends), **given)


def accepted(zone: Zone) -> Case:
    case = permit(zone)
    take(case, "accept", zone.host, TEN)
    return case


def test_a_hearing_stops_the_clock_with_its_reason_its_end_and_its_notice(zone: Zone) -> None:
    case = accepted(zone)
    pause(case, zone, TEN + DAY, "hearing", date(2025, 10, 15))
    row = ClockSuspension.objects.get(clock__case=case)
    assert (row.reason, row.article, row.from_on, row.ends_on) == (
        "hearing", "行政许可法第四十五条", date(2025, 9, 23), date(2025, 10, 15),
    )  # fmt: skip
    assert row.notice is not None and row.notice.kind == "notice"
    limit = clock(case, "decide")
    assert (limit.state, limit.consumed, limit.due_on) == ("suspended", 1, None)
    take(case, "go_on", zone.host, local("2025-10-15 09:00"))
    assert clock(case, "decide").due_on == date(2025, 11, 11)  # nineteen more after Wednesday the 15th
    assert list(faults()) == []


@pytest.mark.parametrize(
    ("reason", "ends", "with_notice", "words"),
    [
        ("holiday", date(2025, 10, 15), True, "只能因下列理由中止：听证、勘验"),
        ("hearing", None, True, "中止要有期限"),
        ("hearing", date(2025, 9, 1), True, "早于中止日期"),
        ("survey", date(2025, 10, 30), True, "最多中止10个工作日，最迟到2025-10-13"),
    ],
)
def test_a_suspension_without_permitted_reason_or_end_is_refused(
    zone: Zone, reason: str, ends: date | None, with_notice: bool, words: str
) -> None:
    case = accepted(zone)
    with pytest.raises(Refused, match=words):
        pause(case, zone, TEN + DAY, reason, ends)
    assert clock(case, "decide").state == "running"


def test_a_suspension_without_its_written_notice_is_refused(zone: Zone) -> None:
    case = accepted(zone)
    with pytest.raises(MissingItems, match="书面告知"):
        pause(case, zone, TEN + DAY, "hearing", date(2025, 10, 15), evidence=[])


def test_a_late_clock_is_not_suspended_any_more(zone: Zone) -> None:
    case = accepted(zone)
    with pytest.raises(Refused, match="已经超时"):
        pause(case, zone, local("2025-10-27 09:00"), "hearing", date(2025, 11, 15))


# ---- extension -------------------------------------------------------------------------------------------------


def test_the_head_extends_once_by_at_most_ten_days(zone: Zone, head: Actor) -> None:
    case = accepted(zone)
    with pytest.raises(Refused, match="最多延长10个工作日"):
        take(case, "extend", head, TEN + DAY, extend_by=11)
    take(case, "extend", head, TEN + DAY, extend_by=10)
    assert clock(case, "decide").due_on == date(2025, 11, 7)
    with pytest.raises(Refused, match="最多延期1次"):
        take(case, "extend", head, TEN + 2 * DAY, extend_by=1)
    assert list(faults()) == []


def test_somebody_below_the_head_does_not_extend(zone: Zone) -> None:
    clerk = make_actor("clerk", "己某", zone.unit, "permit.extend")
    with pytest.raises(NotAllowed, match="更高一级"):
        take(accepted(zone), "extend", clerk, TEN + DAY, extend_by=5)


def test_an_extension_after_the_limit_is_refused(zone: Zone, head: Actor) -> None:
    with pytest.raises(Refused, match="到期之前"):
        take(accepted(zone), "extend", head, local("2025-10-27 09:00"), extend_by=5)


def test_a_suspended_clock_is_extended_by_days_and_is_due_when_it_goes_on(zone: Zone, head: Actor) -> None:
    case = accepted(zone)
    pause(case, zone, TEN + DAY, "hearing", date(2025, 10, 31))
    with pytest.raises(Refused, match="不能填到期日"):
        take(case, "extend", head, TEN + 2 * DAY, due_on=date(2025, 12, 1))
    take(case, "extend", head, TEN + 2 * DAY, extend_by=10)
    assert (clock(case, "decide").due_on, clock(case, "decide").budget) == (None, 30)
    take(case, "go_on", zone.host, local("2025-10-15 09:00"))
    assert clock(case, "decide").due_on == date(2025, 11, 25)
    assert list(faults()) == []


# ---- entered late ------------------------------------------------------------------------------------------------


def test_a_case_entered_late_writes_rungs_of_the_past_down_and_nothing_follows(zone: Zone) -> None:
    case = permit(zone, now=local("2025-09-28 09:00"))  # the last day for the notice
    reached = ClockRung.objects.filter(clock__case=case).order_by("pk")
    assert {(item.clock.code, item.rung, item.is_late_entry) for item in reached} == {
        ("notice", "yellow", True),
        ("on_site", "yellow", True),
        ("on_site", "expired", True),
        ("on_site", "red", True),
        ("clean", "expired", True),
        ("repair", "expired", True),
    }
    assert Case.objects.get(pk=case.pk).state == "received"
    assert {item.code for item in Clock.objects.filter(case=case, state="missed")} == {
        "on_site",
        "clean",
        "repair",
    }
    assert case.changes.count() == 1
    assert list(faults()) == []


def test_a_completion_entered_later_that_was_in_time_takes_the_miss_back(zone: Zone) -> None:
    case = permit(zone, now=local("2025-09-23 09:00"))
    take(case, "arrive", zone.host, TEN + timedelta(minutes=30), now=local("2025-09-23 09:01"))
    arrived = clock(case, "on_site")
    assert (arrived.state, arrived.missed_at) == ("met", None)
    counted = ClockRung.objects.filter(clock=arrived, ended_by__isnull=True)
    assert list(counted.values_list("rung", flat=True)) == []
    assert list(faults()) == []


def test_nobody_moves_a_clock_by_hand(zone: Zone) -> None:
    from wutong.cases.steps import ClockWork

    case = permit(zone)
    work = ClockWork(clock(case, "notice").pk, rungs=["yellow"])
    with pytest.raises(NotAllowed, match="不能手工改动"):
        take(case, "clock_rung", zone.host, TEN, clock_work=work)
    with pytest.raises(NotAllowed, match="由系统|权限"):
        take(case, "deem_accepted", zone.host, TEN)


# ---- declarations that cannot be right ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("definition", "effect", "fault"),
    [
        (ClockDef("x", "时限", "internal", "办法", "working_day", 5, on_expiry="accept"), None, "without an article of law"),
        (ClockDef("x", "时限", "statutory", " ", "working_day", 5, on_expiry="accept"), None, "without an article of law"),
        (ClockDef("x", "时限", "internal", "办法", "working_day", 5), ClockEffect("x", "suspend"), "permits no suspension"),
        (ClockDef("x", "时限", "internal", "办法", "working_day", 5), ClockEffect("x", "extend"), "permits no extension"),
        (
            ClockDef("x", "时限", "internal", "办法", "hour", 5, rungs=(Rung("y", -1, "黄", unit="working_day"),)),
            None,
            "mixes days and moments",
        ),
        (ClockDef("x", "时限", "internal", "办法", "hour", 5, rungs=(Rung("y", 1, "红", verb="fly"),)), None, "unknown verb fly"),
    ],
)  # fmt: skip
def test_a_clock_that_could_not_be_right_in_law_does_not_start(
    definition: ClockDef, effect: ClockEffect | None, fault: str
) -> None:
    from dataclasses import replace

    verb = Transition(
        "try", "试", ("received",), STAY, Who(roles=("host",)), clocks=(effect,) if effect else ()
    )
    procedure = replace(PERMIT, clocks=(*PERMIT.clocks, definition), transitions=(*PERMIT.transitions, verb))
    assert any(fault in words for words in faults_of_procedure(procedure))
    assert faults_of_procedure(PERMIT) == []
