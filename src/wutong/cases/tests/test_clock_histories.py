"""Random lives of clocks of every unit, against a recount that shares no code with the product."""

import random
from collections import Counter
from datetime import date, timedelta

import pytest

from wutong.base.calendar.services import shipped_calendar, shipped_working_time
from wutong.cases.clocks import state as clocks
from wutong.cases.clocks.charging import Holding, charge
from wutong.cases.clocks.declared import MOMENT_UNITS, UNITS, Terms
from wutong.cases.clocks.scales import Counting
from wutong.cases.tests.plain_clock import EPOCH, SHIFT, Event, is_worked, recount

COUNTING = Counting(shipped_working_time(shipped_calendar()))
BUDGETS = {
    "minute": (5, 600), "hour": (1, 200), "working_hour": (1, 80), "working_day": (1, 60),
    "calendar_day": (1, 90), "month": (1, 14),
}  # fmt: skip
NEW_YEARS = [
    date(2011, 2, 3), date(2012, 1, 23), date(2013, 2, 10), date(2014, 1, 31), date(2015, 2, 19),
    date(2016, 2, 8), date(2017, 1, 28), date(2018, 2, 16), date(2019, 2, 5), date(2020, 1, 25),
    date(2021, 2, 12), date(2022, 2, 1), date(2023, 1, 22), date(2024, 2, 10), date(2025, 1, 29),
    date(2026, 2, 17),
]  # fmt: skip


class History:
    """One life: unit, budget, start, what happened, and the day one looks."""

    def __init__(self, dice: random.Random) -> None:
        self.unit = dice.choice(UNITS)
        self.units = dice.randint(*BUDGETS[self.unit])
        first = date(2011, 1, 1) + timedelta(days=dice.randrange(15 * 365))
        if dice.random() < 0.4:
            first = dice.choice(NEW_YEARS) - timedelta(days=dice.randrange(1, 25))
        self.start = here = self._point(first.toordinal(), dice)
        self.events: list[Event] = []
        self.extended_while_suspended = False
        running = True
        for _turn in range(dice.randrange(7)):
            here = self._later(here, dice)
            if dice.random() < 0.3:
                self.events.append(("extend", here, dice.randint(1, 10)))
                self.extended_while_suspended |= not running
            else:
                self.events.append(("suspend" if running else "resume", here, 0))
                running = not running
        if dice.random() < 0.4:
            here = self._later(here, dice)
            self.events.append(("stop", here, 0))
        self.until = self._later(here, dice) + (dice.choice((0, 40)) * (86400 if self.is_moment else 1))

    @property
    def is_moment(self) -> bool:
        return self.unit in MOMENT_UNITS

    def _point(self, day: int, dice: random.Random) -> int:
        return (day - EPOCH) * 86400 - SHIFT + dice.randrange(86400) if self.is_moment else day

    def _later(self, here: int, dice: random.Random) -> int:
        days = dice.choice((0, 0, 1, 1, 2, 3, 5, 8, 13, 21, 34))
        return here + days * 86400 + dice.randrange(40000) if self.is_moment else here + days

    def day(self, point: int) -> int:
        return (point + SHIFT) // 86400 + EPOCH if self.is_moment else point

    def fold(self) -> clocks.ClockState:
        """The same life by the product."""
        clock = clocks.start(COUNTING, Terms(self.unit, self.units), self.start)
        for what, where, amount in self.events:
            if what == "extend":
                clock = clocks.extend(COUNTING, clock, by=amount)
            elif what == "suspend":
                clock = clocks.suspend(COUNTING, clock, where)
            elif what == "resume":
                clock = clocks.resume(COUNTING, clock, where)
            else:
                clock = clocks.stop(COUNTING, clock, where)
        return clock

    def crosses_a_spring_festival(self) -> bool:
        """With its make-up days: a weekend that is worked within three weeks of a new year's day in the span."""
        first, last = self.day(self.start), self.day(self.until)
        for new_year in NEW_YEARS:
            middle = new_year.toordinal()
            if first < middle < last:
                around = range(max(first, middle - 21), min(last, middle + 21) + 1)
                if any(is_worked(day) and date.fromordinal(day).weekday() > 4 for day in around):
                    return True
        return False

    def rests_from_or_to_a_day_off(self) -> bool:
        return any(
            what in {"suspend", "resume"} and not is_worked(self.day(where)) for what, where, _ in self.events
        )


def check(count: int, seed: int) -> Counter[str]:
    dice, seen = random.Random(seed), Counter[str]()
    for number in range(count):
        life = History(dice)
        clock = life.fold()
        paper = recount(life.unit, life.units, life.start, life.events, life.until)
        told = f"{number}: {life.unit} {life.units} from {life.start}: {life.events} until {life.until}"
        used = clock.consumed - clock.late
        if clock.running_since is not None:
            delay = clocks.delay(COUNTING, clock, life.until)
            used += clocks.used(COUNTING, clock, life.until) - (delay - clock.late)
            if clock.missed is None:
                assert clock.due == paper.limit, told
        else:
            delay = clock.late
        assert (used, delay) == (paper.used, paper.late), told
        is_late = clock.missed is not None or delay > 0
        assert is_late >= (paper.late > 0) and is_late <= paper.missed, told
        assert clock.total == paper.total, told
        late = clocks.late_stretches(COUNTING, clock, life.until)
        shares = charge(COUNTING.scale(life.unit), late, _holdings(life, dice))
        assert sum(share.ticks for share in shares) == delay, told
        seen[life.unit] += 1
        seen["late"] += delay > 0
        seen["spring festival"] += life.crosses_a_spring_festival()
        seen["day off"] += life.rests_from_or_to_a_day_off()
        seen["extended while suspended"] += life.extended_while_suspended
    return seen


def _holdings(life: History, dice: random.Random) -> list[Holding]:
    """Hosts one after another, and helpers in between whose answer is waited for."""
    length = max(1, life.until - life.start)
    cuts = sorted({life.start, *(life.start + dice.randrange(length) for _ in range(dice.randrange(4)))})
    hosts = [
        Holding((1, index), start, end)
        for index, (start, end) in enumerate(zip(cuts, [*cuts[1:], None], strict=True))
    ]
    helpers = []
    for index in range(dice.randrange(3)):
        start = life.start + dice.randrange(length)
        helpers.append(Holding((2, index), start, start + dice.randrange(length), is_awaited=True))
    return [*hosts, *helpers]


def test_ten_thousand_lives_are_those_of_the_recount() -> None:
    seen = check(10_000, seed=20250922)
    assert all(seen[unit] > 1_000 for unit in UNITS), seen
    assert seen["spring festival"] >= 1_000, seen
    assert seen["day off"] >= 1_000, seen
    assert seen["extended while suspended"] >= 500, seen
    assert seen["late"] > 2_000, seen


@pytest.mark.deep
def test_two_hundred_thousand_lives_are_those_of_the_recount() -> None:
    seen = check(200_000, seed=203)
    print(dict(seen))


@pytest.mark.parametrize("unit", UNITS)
def test_a_suspended_clock_is_never_due_earlier_than_one_that_ran_on(unit: str) -> None:
    dice = random.Random(unit)
    for _number in range(300):
        life = History(dice)
        if life.unit != unit:
            continue
        running = clocks.start(COUNTING, Terms(life.unit, life.units), life.start)
        at = life._later(life.start, dice)
        back = life._later(at, dice)
        rested = clocks.resume(COUNTING, clocks.suspend(COUNTING, running, at), back)
        assert rested.due is not None and running.due is not None
        assert rested.due >= running.due


def test_a_working_day_clock_always_ends_on_a_working_day() -> None:
    dice = random.Random(7)
    for _number in range(2_000):
        life = History(dice)
        if life.unit == "working_day":
            clock = life.fold()
            if clock.due is not None:
                assert is_worked(clock.due)
