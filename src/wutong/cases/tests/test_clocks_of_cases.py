"""Clocks as cases move them: a budget, stretches in which it runs, and what came of it."""

from datetime import date, timedelta

import pytest

from wutong.cases.models import Case, Clock, ClockSegment
from wutong.cases.testing import MONDAY, NOW, Zone, do, document, errand
from wutong.registers.organisation.actors import SYSTEM

DUE = date(2026, 3, 16)
"""Ten working days after the Monday."""


def clock(case: Case, code: str = "limit") -> Clock:
    return Clock.objects.filter(case=case, code=code).order_by("-pk")[0]


def submit(case: Case, zone: Zone, on: date) -> None:
    do(case, "submit", zone.host, on=on, evidence=[document(text=f"{case.number} {on}")])


def stretches(case: Case, code: str = "limit") -> list[tuple[date, date | None]]:
    rows = ClockSegment.objects.filter(clock=clock(case, code)).order_by("pk")
    return list(rows.values_list("from_on", "to_on"))


def test_a_wished_due_day_becomes_a_budget_of_working_days(zone: Zone) -> None:
    limit = clock(errand(zone))
    assert (limit.budget, limit.due_on, limit.started_on, limit.state) == (10, DUE, MONDAY, "running")
    assert not limit.is_provisional


def test_several_clocks_of_different_units_run_at_once_and_the_nearest_counts(zone: Zone) -> None:
    case = errand(zone, due_on=date(2026, 3, 20))
    assert clock(case, "visit").due_on == date(2026, 3, 16)  # twelve calendar days end on Saturday the 14th
    assert Case.objects.get(pk=case.pk).due_on == date(2026, 3, 16)
    do(case, "visit", zone.host)
    assert Case.objects.get(pk=case.pk).due_on == date(2026, 3, 20)


def test_a_wished_due_day_on_a_day_off_rolls_on(zone: Zone) -> None:
    case = errand(zone, due_on=date(2026, 3, 14))
    assert clock(case).due_on == DUE
    assert clock(errand(zone, due_on=date(2026, 4, 4))).due_on == date(2026, 4, 7)  # Qingming


def test_a_wished_due_day_on_a_make_up_saturday_stays(zone: Zone) -> None:
    case = errand(zone, on=date(2026, 2, 9), due_on=date(2026, 2, 14))
    assert (clock(case).budget, clock(case).due_on) == (5, date(2026, 2, 14))


def test_a_due_day_in_an_unpublished_year_is_provisional(zone: Zone) -> None:
    case = errand(zone, on=date(2026, 12, 21), due_on=date(2027, 1, 8))
    assert clock(case).is_provisional
    assert not clock(errand(zone, on=date(2026, 12, 1), due_on=date(2026, 12, 21))).is_provisional


def test_a_case_entered_late_starts_its_clocks_on_its_own_day(zone: Zone) -> None:
    case = errand(zone, on=date(2025, 9, 22), due_on=date(2025, 10, 24), now=NOW)
    limit = clock(case)
    assert (limit.started_on, limit.budget, limit.due_on) == (date(2025, 9, 22), 20, date(2025, 10, 24))
    assert stretches(case) == [(date(2025, 9, 22), None)]


def test_a_clock_rests_while_somebody_else_looks(zone: Zone) -> None:
    case = errand(zone)
    submit(case, zone, date(2026, 3, 5))
    limit = clock(case)
    assert (limit.state, limit.consumed, limit.due_on, limit.running_since) == ("suspended", 3, None, None)
    assert stretches(case) == [(MONDAY, date(2026, 3, 5))]


def test_sent_back_it_goes_on_with_the_rest_of_its_budget(zone: Zone) -> None:
    case = errand(zone)
    submit(case, zone, date(2026, 3, 5))  # 3 of 10 used
    do(case, "send_back", zone.verifier, on=date(2026, 3, 19), reason="不清楚")
    limit = clock(case)
    assert (limit.state, limit.due_on) == ("running", date(2026, 3, 30))  # 7 after Thursday the 19th
    assert stretches(case) == [(MONDAY, date(2026, 3, 5)), (date(2026, 3, 19), None)]


def test_submitting_on_the_due_day_is_in_time_however_late_it_is_verified(zone: Zone) -> None:
    case = errand(zone)
    submit(case, zone, DUE)
    do(case, "close", zone.verifier, on=date(2026, 4, 30))
    limit = clock(case)
    assert (limit.state, limit.consumed, limit.ended_on) == ("met", 10, date(2026, 4, 30))


def test_submitting_a_day_late_is_late_for_good(zone: Zone) -> None:
    case = errand(zone)
    submit(case, zone, DUE + timedelta(days=1))
    do(case, "close", zone.verifier, on=DUE + timedelta(days=1))
    assert clock(case).state == "missed"
    do(case, "reopen", zone.leader, on=date(2026, 4, 1), reason="复查", due_on=date(2026, 4, 10))
    assert [item.state for item in Clock.objects.filter(case=case, code="limit").order_by("pk")] == [
        "missed",
        "running",
    ]


def test_late_stays_late_over_another_round(zone: Zone) -> None:
    case = errand(zone)
    submit(case, zone, DUE + timedelta(days=1))
    do(case, "send_back", zone.verifier, on=date(2026, 3, 18), reason="不清楚")
    assert clock(case).due_on == DUE  # the day that was missed stays to be read
    submit(case, zone, date(2026, 3, 18))
    do(case, "close", zone.verifier, on=date(2026, 3, 18))
    assert clock(case).state == "missed"


@pytest.mark.parametrize(
    ("on", "state"), [(date(2026, 3, 14), "met"), (date(2026, 3, 16), "met"), (date(2026, 3, 17), "missed")]
)
def test_a_last_day_on_a_day_off_gives_until_the_next_working_day(zone: Zone, on: date, state: str) -> None:
    """The twelfth calendar day is Saturday the 14th; the limit ends on Monday."""
    case = errand(zone, due_on=date(2026, 4, 30))
    do(case, "visit", zone.host, on=on)
    assert clock(case, "visit").state == state


def test_an_extension_moves_the_due_day_and_keeps_what_was_used(zone: Zone) -> None:
    case = errand(zone)
    submit(case, zone, date(2026, 3, 5))
    do(case, "send_back", zone.verifier, on=date(2026, 3, 9), reason="不清楚")
    do(case, "extend", zone.leader, on=date(2026, 3, 10), reason="复杂", due_on=date(2026, 3, 31))
    limit = clock(case)
    assert (limit.consumed, limit.due_on) == (3, date(2026, 3, 31))
    assert limit.budget == 3 + 16
    submit(case, zone, date(2026, 3, 31))
    do(case, "close", zone.verifier, on=date(2026, 3, 31))
    assert clock(case).state == "met"


def test_a_case_laid_aside_stops_all_its_clocks(zone: Zone) -> None:
    case = errand(zone)
    do(case, "rest", zone.host, on=date(2026, 3, 4), reason="等材料")
    assert {item.state for item in Clock.objects.filter(case=case)} == {"suspended"}
    assert Case.objects.get(pk=case.pk).due_on is None
    do(case, "resume", zone.host, on=date(2026, 3, 23))
    assert clock(case).due_on == date(2026, 4, 2)  # 8 of 10 working days left
    assert clock(case, "visit").due_on == date(2026, 4, 2)  # 10 of 12 calendar days left
    assert Case.objects.get(pk=case.pk).state == "working"


def test_a_clock_that_rested_already_goes_on_resting_when_the_case_comes_back(zone: Zone) -> None:
    """While somebody verifies, the host's time does not run, whatever happened in between."""
    case = errand(zone)
    submit(case, zone, date(2026, 3, 5))
    do(case, "rest", zone.leader, on=date(2026, 3, 6), reason="等会议")
    do(case, "resume", zone.leader, on=date(2026, 3, 20))
    assert Case.objects.get(pk=case.pk).state == "submitted"
    assert clock(case).state == "suspended"
    assert clock(case, "visit").state == "running"
    do(case, "close", zone.verifier, on=date(2026, 3, 31))
    assert (clock(case).state, clock(case).consumed) == ("met", 3)


def test_a_case_that_ends_leaves_no_clock_running(zone: Zone) -> None:
    case = errand(zone)
    do(case, "permit", zone.host, on=date(2026, 3, 4))
    do(case, "finish", zone.host, on=date(2026, 3, 6))
    assert {(item.state, item.ended_on) for item in Clock.objects.filter(case=case)} == {
        ("void", date(2026, 3, 6))
    }
    assert not ClockSegment.objects.filter(clock__case=case, to_on__isnull=True).exists()


def test_each_change_tells_what_it_did_to_the_clocks(zone: Zone) -> None:
    case = errand(zone)
    submit(case, zone, date(2026, 3, 5))
    told = [
        [
            (entry["clock"], entry["do"], entry["state"], entry["used"], entry["due"])
            for entry in change.snapshot["clocks"]
        ]
        for change in case.changes.order_by("seq")
    ]
    assert told == [
        [
            ("limit", "start", "running", 0, "2026-03-16"),
            ("visit", "start", "running", 0, "2026-03-16"),
        ],
        [("limit", "suspend", "suspended", 3, None)],
    ]


def test_a_case_entered_after_its_end_starts_no_clock(zone: Zone) -> None:
    from wutong.cases.act import act
    from wutong.cases.steps import NewCase
    from wutong.cases.testing import TYPE

    done = act(
        NewCase(TYPE, title="早已办结", state="closed"),
        "open",
        actor=SYSTEM,
        now=NOW,
        effective_on=MONDAY,
        holders=zone.holders(),
        due_on=DUE,
    )
    assert not Clock.objects.filter(case=done.case).exists()
    done.case.refresh_from_db()
    assert (done.case.is_open, done.case.result, done.case.closed_on) == (False, "done", MONDAY)
