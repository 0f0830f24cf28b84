"""A calendar is published: all affected clocks move, each by a change with both days; none other moves."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import pytest

from wutong.base.calendar.services import (
    calendar_with,
    load_published_years,
    publish_year,
    set_office_hours,
    working_time,
)
from wutong.base.errors import Conflict
from wutong.cases.act import act_many
from wutong.cases.clocks import reprojection
from wutong.cases.clocks.publishing import Notice, publish_and_move
from wutong.cases.clocks.reprojection import moves_under, reproject_clocks
from wutong.cases.models import Case, Change, Clock
from wutong.cases.procedures import CLOCK_MOVED
from wutong.cases.steps import Pause
from wutong.cases.testing import Zone, do, document, errand, errands, make_zone
from wutong.cases.testing_permits import permit, permits, take
from wutong.cases.verify import faults
from wutong.registers.organisation.actors import SYSTEM

NEW_YEAR = [date(2027, 1, 1)]
FESTIVAL = [date(2027, 2, 5) + timedelta(days=index) for index in range(8)]
"""Invented, as is every day of 2027 here."""
OFF = [day for day in (*NEW_YEAR, *FESTIVAL) if day.weekday() < 5]
WORK = [date(2027, 1, 30), date(2027, 2, 14)]
NOTICE = Notice(2027, "示例〔2026〕1号", date(2026, 11, 20), tuple(OFF), tuple(WORK))
NOW = datetime.fromisoformat("2026-12-01T09:00:00+08:00")


@pytest.fixture
def zone(db: None) -> Iterator[Zone]:
    with errands(), permits():
        yield make_zone()


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def moved() -> dict[str, list[tuple[str, str | None, str | None]]]:
    """Per case the clocks that a calendar moved, with both days as the changes tell them."""
    found: dict[str, list[tuple[str, str | None, str | None]]] = {}
    for change in Change.objects.filter(verb=CLOCK_MOVED).select_related("case").order_by("pk"):
        for entry in change.snapshot["clocks"]:
            told = (entry["clock"], entry.get("was"), entry["due"])
            found.setdefault(change.case.number, []).append(told)
    return found


def test_every_affected_clock_moves_by_one_change_and_none_other_moves(zone: Zone) -> None:
    reaching = errand(zone, on=date(2026, 12, 21), due_on=date(2027, 1, 8), now=NOW)
    over_the_festival = errand(zone, on=date(2027, 1, 25), due_on=date(2027, 2, 19), now=NOW)
    before = errand(zone, on=date(2026, 12, 1), due_on=date(2026, 12, 18), now=NOW)
    ended = errand(zone, on=date(2026, 12, 21), due_on=date(2027, 1, 8), now=NOW)
    do(ended, "rest", on=date(2026, 12, 22), reason="等")
    counts = {case.pk: case.changes.count() for case in (reaching, over_the_festival, before, ended)}
    assert Clock.objects.get(case=reaching, code="limit").is_provisional
    assert publish_and_move(NOTICE, actor=SYSTEM, now=NOW) == 4
    assert moved() == {
        # Twelve days end on Saturday the 2nd; that Monday the 4th is worked was provisional, and is certain now.
        reaching.number: [("limit", "2027-01-08", "2027-01-11"), ("visit", "2027-01-04", "2027-01-04")],
        over_the_festival.number: [
            ("limit", "2027-02-19", "2027-02-25"),
            ("visit", "2027-02-08", "2027-02-14"),
        ],
    }
    limit = Clock.objects.get(case=reaching, code="limit")
    assert (limit.due_on, limit.is_provisional) == (date(2027, 1, 11), False)
    assert before.changes.count() == counts[before.pk]
    assert ended.changes.count() == counts[ended.pk]
    assert reaching.changes.count() == counts[reaching.pk] + 2
    assert Case.objects.get(pk=reaching.pk).due_on == min(
        Clock.objects.filter(case=reaching).values_list("due_on", flat=True)
    )
    assert list(faults()) == []


def test_what_the_page_shows_beforehand_is_what_moves(zone: Zone) -> None:
    for number in range(5):
        errand(zone, on=date(2026, 12, 14) + timedelta(days=number), due_on=date(2027, 1, 8), now=NOW)
    shown = {
        (move.clock.pk, move.before, move.after)
        for move in moves_under(working_time(calendar_with(2027, OFF, WORK)), 2027)
    }
    assert Change.objects.filter(verb=CLOCK_MOVED).count() == 0
    count = publish_and_move(NOTICE, actor=SYSTEM, now=NOW)
    told = {
        (Clock.objects.get(case=change.case, code=entry["clock"]).pk, entry.get("was"), entry["due"])
        for change in Change.objects.filter(verb=CLOCK_MOVED)
        for entry in change.snapshot["clocks"]
    }
    assert told == shown
    assert count == len(shown) > 0


def test_publishing_the_same_days_again_moves_nothing(zone: Zone) -> None:
    errand(zone, on=date(2026, 12, 21), due_on=date(2027, 1, 8), now=NOW)
    publish_and_move(NOTICE, actor=SYSTEM, now=NOW)
    again = Notice(2027, NOTICE.number, NOTICE.published_on, NOTICE.off, NOTICE.work, revision=1)
    assert publish_and_move(again, actor=SYSTEM, now=NOW) == 0
    assert reproject_clocks(NOW) == 0


def test_a_process_that_died_after_the_first_block_is_followed_by_one_that_moves_the_rest(
    zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _number in range(7):
        errand(zone, on=date(2026, 12, 21), due_on=date(2027, 1, 8), now=NOW)
    monkeypatch.setattr(reprojection, "BLOCK", 4)
    taken = []

    def die_at_the_second(steps: object, **rest: object) -> object:
        if taken:
            raise KeyboardInterrupt
        taken.append(steps)
        return act_many(steps, **rest)  # type: ignore[arg-type]

    monkeypatch.setattr(reprojection, "act_many", die_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        publish_and_move(NOTICE, actor=SYSTEM, now=NOW)
    monkeypatch.setattr(reprojection, "act_many", act_many)
    assert 0 < Change.objects.filter(verb=CLOCK_MOVED).count() < 7
    reproject_clocks(NOW)
    both = [("limit", "2027-01-08", "2027-01-11"), ("visit", "2027-01-04", "2027-01-04")]
    assert [sorted(told) for told in moved().values()] == [both] * 7
    assert list(faults()) == []


def test_two_clocks_of_one_case_move_by_a_change_each(zone: Zone) -> None:
    start = local("2026-12-21 10:00")
    case = permit(zone, on=date(2026, 12, 21), at=start)
    take(case, "accept", zone.host, start)
    take(case, "clean", zone.host, start)
    late = local("2026-12-31 16:30")
    other = permit(zone, on=date(2026, 12, 31), at=late)  # four working hours reach into January
    publish_and_move(NOTICE, actor=SYSTEM, now=local("2026-12-31 17:00"))
    assert ("decide", "2027-01-18", "2027-01-19") in moved()[case.number]
    clean = next(told for told in moved()[other.number] if told[0] == "clean")
    assert clean == (
        "clean",
        local("2027-01-01 11:30").isoformat(),
        local("2027-01-04 11:30").isoformat(),
    ) or (
        datetime.fromisoformat(str(clean[1])) == local("2027-01-01 11:30")
        and datetime.fromisoformat(str(clean[2])) == local("2027-01-04 11:30")
    )
    untouched = {"on_site", "repair"}
    assert untouched.isdisjoint(code for told in moved().values() for code, _was, _due in told)
    assert list(faults()) == []


def test_a_correction_counts_again_what_a_resting_clock_has_used(zone: Zone) -> None:
    """As in 2020, when the Spring Festival was made longer while it went on."""
    start = local("2026-02-12 10:00")
    case = permit(zone, on=date(2026, 2, 12), at=start)
    take(case, "accept", zone.host, start)
    pause = local("2026-02-26 09:00")
    take(
        case,
        "pause",
        zone.host,
        pause,
        pause=Pause("hearing", date(2026, 4, 30)),
        evidence=[document("notice")],
    )
    assert Clock.objects.get(case=case, code="decide").consumed == 5  # 13, 14, 24, 25, 26 February
    year = {"notice": "国办发明电〔2026〕示例", "published_on": date(2026, 2, 22)}
    off = [
        date(2026, 1, 1),
        date(2026, 1, 2),
        *(date(2026, 2, day) for day in (16, 17, 18, 19, 20, 23, 24, 25)),
    ]
    publish_year(2026, off=off, work=[date(2026, 1, 4), date(2026, 2, 14), date(2026, 2, 28)], **year)  # type: ignore[arg-type]
    assert reproject_clocks(local("2026-02-27 09:00"), 2026) > 0
    clock = Clock.objects.get(case=case, code="decide")
    assert (clock.state, clock.consumed, clock.due_on) == ("suspended", 3, None)
    assert list(faults()) == []


def test_other_office_hours_move_clocks_of_working_hours_only(zone: Zone) -> None:
    load_published_years()
    start = local("2026-05-29 16:30")
    case = permit(zone, on=date(2026, 5, 29), at=start)  # a Friday
    assert Clock.objects.get(case=case, code="clean").due_at == local("2026-06-01 11:30")
    set_office_hours(
        date(2026, 6, 1), label="夏季", opens=time(8, 0), break_from=time(12, 0), break_to=time(14, 0),
        closes=time(18, 0),
    )  # fmt: skip
    assert reproject_clocks(local("2026-05-29 17:00")) == 1
    assert Clock.objects.get(case=case, code="clean").due_at == local("2026-06-01 11:00")
    assert list(faults()) == []


def test_of_two_offices_that_publish_at_once_the_second_is_told(zone: Zone) -> None:
    publish_and_move(NOTICE, actor=SYSTEM, now=NOW)
    with pytest.raises(Conflict, match="别人登记过"):
        publish_and_move(NOTICE, actor=SYSTEM, now=NOW)


def test_a_red_lamp_that_a_new_calendar_makes_untrue_is_taken_back(zone: Zone) -> None:
    from wutong.cases.clocks.sweep import sweep_clocks
    from wutong.cases.models import ClockRung

    case = errand(zone, on=date(2026, 12, 21), due_on=date(2027, 1, 4), now=NOW)
    sweep_clocks(local("2027-01-05 08:00"))
    assert Clock.objects.get(case=case, code="limit").state == "missed"
    publish_year(
        2027, notice="示例", published_on=date(2027, 1, 4), off=[date(2027, 1, 1), date(2027, 1, 4)], work=[]
    )
    reproject_clocks(local("2027-01-05 09:00"))
    limit = Clock.objects.get(case=case, code="limit")
    assert (limit.state, limit.due_on, limit.missed_on) == ("running", date(2027, 1, 6), None)
    counted = ClockRung.objects.filter(clock=limit, ended_by__isnull=True)
    assert set(counted.values_list("rung", flat=True)) == {"yellow"}
    assert list(faults()) == []
