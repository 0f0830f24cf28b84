"""How long a project stayed in each state, and how late its nodes are."""

from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from wutong.base.calendar.workdays import WorkingCalendar
from wutong.ledgers.project_push.project_file.status_history import Stay, node_delay, status_history

CALENDAR = WorkingCalendar([2026], {date(2026, 1, 1): False})
FIRST = date(2026, 1, 5)  # a Monday


@dataclass(frozen=True)
class Entry:
    state_before: str
    state_after: str
    effective_on: date


def life(*steps: tuple[str, str]) -> list[Entry]:
    entries, before = [], ""
    for state, day in steps:
        entries.append(Entry(before, state, date.fromisoformat(day)))
        before = state
    return entries


def test_a_stay_lasts_from_its_day_to_the_day_of_the_next_state() -> None:
    changes = life(("signed", "2026-01-05"), ("started", "2026-01-12"))
    assert status_history(changes, date(2026, 1, 14), CALENDAR) == [
        Stay("signed", date(2026, 1, 5), date(2026, 1, 12), 7, 5, 0),
        Stay("started", date(2026, 1, 12), None, 2, 2, 0),
    ]


def test_suspended_days_are_counted_apart() -> None:
    changes = life(("signed", "2026-01-05"), ("suspended", "2026-01-12"), ("signed", "2026-01-19"))
    assert status_history(changes, date(2026, 1, 20), CALENDAR) == [
        Stay("signed", date(2026, 1, 5), None, 8, 6, 7)
    ]


def test_a_suspension_that_lasts_is_counted_up_to_the_day() -> None:
    changes = life(("signed", "2026-01-05"), ("suspended", "2026-01-12"))
    assert status_history(changes, date(2026, 1, 15), CALENDAR) == [
        Stay("signed", date(2026, 1, 5), None, 7, 5, 3)
    ]


def test_what_does_not_change_the_state_and_what_comes_later_counts_nothing() -> None:
    changes = [
        Entry("", "signed", FIRST),
        Entry("signed", "signed", FIRST + timedelta(days=1)),
        Entry("signed", "started", FIRST + timedelta(days=30)),
    ]
    assert [stay.state for stay in status_history(changes, FIRST + timedelta(days=3), CALENDAR)] == ["signed"]
    assert status_history(changes, FIRST - timedelta(days=1), CALENDAR) == []


def test_an_end_has_a_day_and_no_length() -> None:
    changes = life(("signed", "2026-01-05"), ("suspended", "2026-01-06"), ("terminated", "2026-01-12"))
    assert status_history(changes, date(2026, 2, 1), CALENDAR) == [
        Stay("signed", date(2026, 1, 5), date(2026, 1, 12), 1, 1, 6),
        Stay("terminated", date(2026, 1, 12), None, 0, 0, 0),
    ]


def test_a_merge_that_was_taken_back_does_not_interrupt_the_stay() -> None:
    changes = life(("signed", "2026-01-05"), ("merged", "2026-01-12"), ("signed", "2026-01-14"))
    assert status_history(changes, date(2026, 1, 15), CALENDAR) == [
        Stay("signed", date(2026, 1, 5), None, 10, 8, 0)
    ]


def test_before_the_calendar_begins_working_days_are_unknown() -> None:
    [stay] = status_history(life(("signed", "1999-01-05")), date(2026, 1, 5), CALENDAR)
    assert (stay.working_days, stay.days) == (None, (date(2026, 1, 5) - date(1999, 1, 5)).days)


ON_THE_WAY = ("signed", "registered", "started", "in_production", "suspended")


@given(
    st.lists(st.tuples(st.sampled_from(ON_THE_WAY), st.integers(0, 60)), min_size=1, max_size=12),
    st.integers(0, 900),
)
def test_all_stays_together_are_the_whole_life(steps: list[tuple[str, int]], after: int) -> None:
    changes, before, on, resting = [], "", FIRST, "signed"
    for state, days in [("signed", 0), *steps]:
        on += timedelta(days=days)
        if before == "suspended":
            state = resting
        elif state == "suspended":
            resting = before
        changes.append(Entry(before, state, on))
        before = state
    as_of = FIRST + timedelta(days=after)
    stays = status_history(changes, as_of, CALENDAR)
    assert sum(stay.days + stay.suspended_days for stay in stays) == after
    day_by_day = sum(
        CALENDAR.is_workday(day) and _state_on(changes, day - timedelta(days=1)) != "suspended"
        for day in (FIRST + timedelta(days=index) for index in range(1, after + 1))
    )
    assert sum(stay.working_days or 0 for stay in stays) == day_by_day


def _state_on(changes: list[Entry], day: date) -> str:
    return [entry.state_after for entry in changes if entry.effective_on <= day][-1]


def test_a_node_is_late_early_or_not_due_yet() -> None:
    plan, as_of = date(2026, 3, 1), date(2026, 4, 1)
    assert node_delay(plan, date(2026, 3, 11), as_of).days_late == 10
    assert node_delay(plan, date(2026, 2, 27), as_of).days_late == -2
    assert node_delay(plan, None, as_of).days_late == 31
    assert node_delay(date(2026, 5, 1), None, as_of).days_late is None
    assert node_delay(None, date(2026, 3, 1), as_of).days_late is None
    assert not node_delay(plan, date(2026, 4, 2), as_of).is_reached
