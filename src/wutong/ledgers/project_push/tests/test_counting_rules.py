"""How projects are counted: once, by first entry, by increments, to whom it belonged, in cumulative bands."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from wutong.ledgers.project_push.counting.rules import (
    ALL,
    AMOUNTS,
    BELOW,
    CONTRACT,
    DECREASE,
    INCREASE,
    MEASURES,
    NUMBERS,
    STATUSES,
    STOCK,
    TERMINATED,
    LifeEvent,
    bands_of,
    bookings,
    count,
    counted,
    differences,
    numbers,
)

YI = 10**8
BANDS = (YI, 5 * YI, 10 * YI, 50 * YI)
FIRST = date(2024, 1, 1)
WAY = ("lead", "negotiating", "appraised", "signed", "registered", "started", "in_production", "at_capacity")
OLD, NEW, OTHER = 1, 2, 3


def event(day: int, before: str, after: str, amount: int = 3, **told: Any) -> LifeEvent:
    return LifeEvent(day, FIRST + timedelta(days=day), before, after, amount * YI, **told)


def told(events: list[LifeEvent]) -> list[tuple[str, int, int]]:
    """What counts, as measure, day and value (amounts in 亿元)."""
    return [
        (item.measure, (item.on - FIRST).days, item.value // YI if item.measure in AMOUNTS else item.value)
        for item in bookings(events)
    ]


# ---- by hand -----------------------------------------------------------------------------------------------------


def test_a_project_counts_once_for_its_first_signing() -> None:
    events = [
        event(0, "", "signed"),
        event(5, "signed", "suspended"),
        event(9, "suspended", "signed"),
        event(12, "signed", "started"),
    ]
    assert told(events) == [("signed", 0, 1), ("contract", 0, 3), ("started", 12, 1)]


def test_only_the_increment_of_added_investment_counts_and_a_decrease_stands_apart() -> None:
    events = [
        event(0, "", "lead", 1),
        event(2, "lead", "lead", 2),
        event(3, "lead", "signed", 2),
        event(5, "signed", "signed", 7),
        event(9, "signed", "signed", 4),
    ]
    assert told(events) == [("signed", 3, 1), ("contract", 3, 2), ("increase", 5, 5), ("decrease", 9, -3)]


def test_what_comes_after_a_change_of_investor_is_booked_to_the_new_one() -> None:
    events = [
        event(0, "", "signed", 3, investor=OLD),
        event(5, "signed", "signed", 5),
        event(7, "signed", "signed", 5, investor=NEW, is_new_investor=True),
        event(8, "signed", "signed", 9),
        event(9, "signed", "started", 9),
    ]
    whose = [(item.measure, item.investor) for item in bookings(events)]
    assert whose == [
        ("signed", OLD), ("contract", OLD), ("increase", OLD), ("increase", NEW), ("started", NEW),
    ]  # fmt: skip


def test_a_firm_that_was_registered_twice_is_one_investor_before_and_after() -> None:
    events = [
        event(0, "", "signed", 3, investor=OTHER),
        event(5, "signed", "signed", 5, investor=OLD),
        event(7, "signed", "signed", 5, investor=NEW, is_new_investor=True),
    ]
    assert {item.investor for item in bookings(events)} == {OLD}


def test_what_belongs_to_a_unit_stays_with_it_when_another_one_takes_over() -> None:
    events = [
        event(0, "", "signed", 3, unit=11, team=21),
        event(5, "signed", "signed", 3, unit=12),
        event(7, "signed", "started", 3),
    ]
    assert [(item.measure, item.unit, item.team) for item in bookings(events)] == [
        ("signed", 11, 21), ("contract", 11, 21), ("started", 12, 21),
    ]  # fmt: skip


def test_an_end_before_the_signing_does_not_count_and_a_project_entered_in_its_middle_was_never_newly_signed() -> (
    None
):
    assert told([event(0, "", "lead"), event(3, "lead", "terminated")]) == []
    entered_late = [event(0, "", "started", 4), event(3, "started", "started", 6)]
    assert told(entered_late) == [("started", 0, 1), ("increase", 3, 2)]


def test_a_merged_double_counts_nothing_on_any_day_and_a_merge_taken_back_counts_as_before() -> None:
    events = [event(0, "", "signed"), event(5, "signed", "merged")]
    assert bookings(events) == []
    assert count({7: events}, None, FIRST) == {}
    back = [*events, event(6, "merged", "signed"), event(9, "signed", "started")]
    assert told(back) == [("signed", 0, 1), ("contract", 0, 3), ("started", 9, 1)]
    assert told([event(0, "", "signed"), event(2, "signed", "terminated"), event(5, "terminated", "merged"),
                 event(8, "merged", "terminated")]) == [("signed", 0, 1), ("contract", 0, 3), ("terminated", 2, 1)]  # fmt: skip


def test_a_project_of_12_yi_stands_in_three_bands() -> None:
    assert bands_of(12 * YI, BANDS) == [f"band:{band}" for band in (YI, 5 * YI, 10 * YI)]
    assert bands_of(YI - 1, BANDS) == [BELOW]


def test_the_period_holds_its_first_and_its_last_day() -> None:
    events = [event(10, "", "signed"), event(20, "signed", "started")]
    for first, last, held in ((10, 20, 2), (11, 20, 1), (10, 19, 1), (11, 19, 0)):
        found = count({1: events}, FIRST + timedelta(days=first), FIRST + timedelta(days=last))
        assert sum(item.measure in NUMBERS for item in found[1].bookings) == held, (first, last)


# ---- whatever a life ----------------------------------------------------------------------------------------------


@dataclass
class Walker:
    """A life as it goes on."""

    state: str
    amount: int
    day: int = 0
    resting: str = ""


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "on",
                "on",
                "on",
                "rest",
                "back",
                "amount",
                "amount",
                "investor",
                "same_firm",
                "unit",
                "end",
                "merge",
            ]
        ),
        st.integers(0, 40),
        st.integers(0, 70),
        st.integers(1, 5),
    ),
    max_size=25,
)


@st.composite
def lives(draw: st.DrawFn) -> list[LifeEvent]:
    walker = Walker(draw(st.sampled_from(WAY[:4])), draw(st.integers(0, 60)) * YI)
    events = [LifeEvent(1, FIRST, "", walker.state, walker.amount, investor=9, unit=1, team=1)]
    for kind, days, amount, who in draw(STEPS):
        before, more = walker.state, {}
        if walker.state == "merged" and kind != "back":
            continue
        if walker.state in ("terminated", "at_capacity") and kind not in ("merge", "same_firm"):
            continue
        if kind == "on" and walker.state in WAY[:-1]:
            walker.state = WAY[WAY.index(walker.state) + 1]
        elif kind == "rest" and walker.state in WAY[:-1]:
            walker.state, walker.resting = "suspended", walker.state
        elif kind == "merge":
            walker.state, walker.resting = (
                "merged",
                walker.state if walker.state != "suspended" else walker.resting,
            )
        elif kind == "back" and walker.resting:
            walker.state, walker.resting = walker.resting, ""
        elif kind == "amount":
            walker.amount = amount * YI
        elif kind == "investor":
            more = {"investor": who, "is_new_investor": True}
        elif kind == "same_firm":
            more = {"investor": who}
        elif kind == "unit":
            more = {"unit": who}
        elif kind == "end" and walker.state in WAY[:-1]:
            walker.state = "terminated"
        walker.day += days
        events.append(
            LifeEvent(
                len(events) + 1,
                FIRST + timedelta(days=walker.day),
                before,
                walker.state,
                walker.amount,
                **more,
            )
        )
    return events


ZONES = st.lists(lives(), max_size=6).map(lambda found: dict(enumerate(found, start=1)))
PERIODS = st.tuples(st.none() | st.integers(0, 500), st.integers(0, 900)).map(
    lambda days: (
        None if days[0] is None else FIRST + timedelta(days=days[0]),
        FIRST + timedelta(days=days[1]),
    )
)


def plainly_counted(events: list[LifeEvent], from_on: date | None, as_of: date) -> dict[str, int]:
    """One project told anew: look for the first day of each state, then add and take away amounts."""
    if events[-1].after == "merged":
        return {}
    told: dict[str, int] = defaultdict(int)

    def is_in(on: date) -> bool:
        return (from_on or on) <= on <= as_of

    signed_at = next(
        (n for n, item in enumerate(events) if item.after in STATUSES and item.before != item.after), None
    )
    for state in STATUSES:
        first = next((item for item in events if item.after == state != item.before), None)
        if first and is_in(first.on):
            told[state] = 1
            if state == "signed" and first is events[signed_at or 0] and first.amount_yuan:
                told[CONTRACT] = first.amount_yuan
    ends = [n for n, item in enumerate(events) if item.after == TERMINATED != item.before]
    if ends and signed_at is not None and signed_at < ends[0] and is_in(events[ends[0]].on):
        told[TERMINATED] = 1
    for n, (old, new) in enumerate(zip(events, events[1:], strict=False), start=1):
        if signed_at is not None and n > signed_at and is_in(new.on):
            rise = new.amount_yuan - old.amount_yuan
            told[INCREASE] += max(rise, 0)
            told[DECREASE] += min(rise, 0)
    return {measure: value for measure, value in told.items() if value}


@given(ZONES, PERIODS)
def test_a_count_equals_what_is_told_plainly_of_every_project(
    zone: dict[int, list[LifeEvent]], period: tuple[date | None, date]
) -> None:
    found = numbers(count(zone, *period), BANDS)
    for measure in MEASURES:
        number = found.get(f"{measure}/{ALL}")
        parts = {} if number is None else {pk: value for pk, value in number.parts.items() if value}
        expected = {pk: plainly_counted(events, *period).get(measure, 0) for pk, events in zone.items()}
        assert parts == {pk: value for pk, value in expected.items() if value}, measure


@given(lives())
def test_a_project_counts_at_most_once_whatever_its_life(events: list[LifeEvent]) -> None:
    found = [item.measure for item in bookings(events)]
    assert all(found.count(measure) <= 1 for measure in (*NUMBERS, CONTRACT))


@given(lives())
def test_increments_add_up_to_the_amount_now_without_the_amount_at_signing(events: list[LifeEvent]) -> None:
    if events[-1].after == "merged" or not any(item.after in STATUSES for item in events):
        assert all(item.measure not in (INCREASE, DECREASE) for item in bookings(events))
        return
    at_signing = next(item.amount_yuan for item in events if item.after in STATUSES)
    changes = sum(item.value for item in bookings(events) if item.measure in (INCREASE, DECREASE))
    assert changes == events[-1].amount_yuan - at_signing
    assert all(
        (item.value > 0) == (item.measure == INCREASE)
        for item in bookings(events)
        if item.measure in (INCREASE, DECREASE)
    )


@given(ZONES, PERIODS)
def test_booking_to_others_moves_numbers_and_changes_no_total(
    zone: dict[int, list[LifeEvent]], period: tuple[date | None, date]
) -> None:
    found = numbers(count(zone, *period), BANDS)
    for measure in MEASURES:
        total = found[f"{measure}/{ALL}"].value if f"{measure}/{ALL}" in found else 0
        for kind in ("unit", "team", "investor"):
            assert total == sum(
                number.value for key, number in found.items() if key.startswith(f"{measure}/{kind}:")
            )
    never = {
        pk: [
            replace(item, is_new_investor=False, investor=9 if n == 0 else None)
            for n, item in enumerate(events)
        ]
        for pk, events in zone.items()
    }
    kept = numbers(count(never, *period), BANDS)
    for key, number in found.items():
        if "/investor:" not in key:
            assert kept[key] == number


@given(ZONES, PERIODS)
def test_bands_contain_each_other(zone: dict[int, list[LifeEvent]], period: tuple[date | None, date]) -> None:
    found = numbers(count(zone, *period), BANDS)
    for measure in (*MEASURES, STOCK):
        sets = [
            set(found[f"{measure}/{group}"].ids) if f"{measure}/{group}" in found else set()
            for group in (ALL, *(f"band:{band}" for band in BANDS))
        ]
        assert all(larger >= smaller for larger, smaller in zip(sets, sets[1:], strict=False))
        below = set(found[f"{measure}/{BELOW}"].ids) if f"{measure}/{BELOW}" in found else set()
        assert below == sets[0] - sets[1]


@given(ZONES, PERIODS, st.data())
def test_merging_and_undoing_leaves_every_count_as_it_was(
    zone: dict[int, list[LifeEvent]], period: tuple[date | None, date], data: st.DataObject
) -> None:
    before = numbers(count(zone, *period), BANDS)
    for pk in data.draw(st.sets(st.sampled_from(sorted(zone)))) if zone else ():
        last = zone[pk][-1]
        if last.after == "merged":
            continue
        gone = replace(
            last, seq=last.seq + 1, before=last.after, after="merged", investor=None, is_new_investor=False
        )
        back = replace(gone, seq=last.seq + 2, before="merged", after=last.after)
        merged = {**zone, pk: [*zone[pk], gone]}
        assert counted(pk, merged[pk], *period) is None
        then = numbers(count(zone, *period), BANDS)
        now = numbers(count(merged, *period), BANDS)
        found = differences(then, now)
        assert {item.case_id for item in found} <= {pk}
        for key in {*then, *now}:
            old = then[key].value if key in then else 0
            new = now[key].value if key in now else 0
            assert new - old == sum(item.now - item.then for item in found if item.key == key)
        zone = {**zone, pk: [*zone[pk], gone, back]}
    after = numbers(count(zone, *period), BANDS)
    assert {key: number.parts for key, number in after.items()} == {
        key: number.parts for key, number in before.items()
    }
