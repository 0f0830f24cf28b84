"""Delay is charged to who held the case in that time, and waiting for a helper to the helper."""

import random
import resource
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from wutong.base.calendar.services import load_published_years
from wutong.cases.clocks import state as clocks
from wutong.cases.clocks.charging import charges_of
from wutong.cases.clocks.counting import counting_now
from wutong.cases.clocks.rows import write_point, write_state
from wutong.cases.clocks.scales import Counting
from wutong.cases.models import Assignment, Case, Clock, ClockSegment
from wutong.cases.steps import Holder
from wutong.cases.testing import Zone, holder, make_actor, make_zone, official_of
from wutong.cases.testing_permits import TEN, permit, permits, take
from wutong.cases.tests.test_clock_histories import History
from wutong.registers.organisation.actors import SYSTEM
from wutong.registers.organisation.models import Unit

DAY = timedelta(days=1)


@pytest.fixture
def zone(db: None) -> Iterator[Zone]:
    with permits():
        yield make_zone()


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def charged(case: Case, code: str, at: datetime) -> tuple[int, dict[int | None, int]]:
    """The delay of a clock, and the ticks by person (or by unit, negative, where nobody is named)."""
    (found,) = charges_of(Clock.objects.filter(case=case, code=code), at)
    shares: Counter[int | None] = Counter()
    for item in found.charges:
        unit, person = item.key
        shares[person if person is not None or unit is None else -unit] += item.ticks
    return found.delay, dict(shares)


def test_the_host_of_the_time_is_charged_and_his_successor_for_the_rest(zone: Zone) -> None:
    case = permit(zone)
    take(case, "accept", zone.host, TEN)  # due on 24 October
    handover = local("2025-10-28 10:00")
    take(case, "reassign", SYSTEM, handover, holders=[holder("host", zone.verifier)])
    delay, shares = charged(case, "decide", local("2025-10-31 18:00"))
    assert delay == 5
    assert shares == {official_of(zone.host).pk: 2, official_of(zone.verifier).pk: 3}


def test_waiting_for_a_helper_is_charged_to_the_helper(zone: Zone) -> None:
    helper = make_actor("helper", "庚某", zone.other_unit)
    case = permit(zone)
    take(case, "accept", zone.host, TEN)
    take(case, "ask_help", zone.host, local("2025-10-20 10:00"), holders=[Holder("helper", zone.other_unit)])
    take(case, "answer_help", helper, local("2025-10-29 10:00"))
    delay, shares = charged(case, "decide", local("2025-10-31 18:00"))
    assert delay == 5
    assert shares == {-zone.other_unit.pk: 3, official_of(zone.host).pk: 2}


def test_of_two_helpers_the_one_asked_first_is_charged_until_he_answers(zone: Zone) -> None:
    first, second = make_actor("first", "辛某", zone.other_unit), make_actor("second", "壬某", zone.root)
    case = permit(zone)
    take(case, "accept", zone.host, TEN)
    take(case, "ask_help", zone.host, local("2025-10-20 10:00"), holders=[holder("helper", first)])
    take(case, "ask_help", zone.host, local("2025-10-21 10:00"), holders=[holder("helper", second)])
    take(case, "answer_help", first, local("2025-10-27 10:00"))
    delay, shares = charged(case, "decide", local("2025-10-29 18:00"))
    assert (delay, shares) == (3, {official_of(first).pk: 1, official_of(second).pk: 2})


def test_minutes_are_charged_to_the_second(zone: Zone) -> None:
    case = permit(zone)  # on site within sixty minutes of ten o'clock
    take(case, "reassign", SYSTEM, TEN + timedelta(minutes=75), holders=[holder("host", zone.verifier)])
    take(case, "arrive", zone.verifier, TEN + timedelta(minutes=100))
    delay, shares = charged(case, "on_site", TEN + DAY)
    assert delay == 40 * 60
    assert shares == {official_of(zone.host).pk: 15 * 60, official_of(zone.verifier).pk: 25 * 60}


def test_what_is_in_time_is_charged_to_nobody(zone: Zone) -> None:
    case = permit(zone)
    take(case, "arrive", zone.host, TEN + timedelta(minutes=60))
    assert list(charges_of(Clock.objects.filter(case=case, code="on_site"), TEN + DAY)) == []


# ---- thirty thousand cases ---------------------------------------------------------------------------------------


def simulate(zone: Zone, count: int, seed: int) -> int:
    """Cases with one clock each and the random life of it, hosts one after another, helpers waited for in between.
    Written as rows: the acts that lead to such rows are tested elsewhere. Returns the delay of all of them, added up
    while they were made."""
    load_published_years()
    dice, counting, delay = random.Random(seed), counting_now(), 0
    units = [zone.root, zone.unit, zone.other_unit]
    for first in range(0, count, 1000):
        cases, rows, segments, held = [], [], [], []
        for number in range(first, min(first + 1000, count)):
            life = History(dice)
            on = date.fromordinal(life.day(life.start))
            case = Case(
                case_type="permit", number=f"MN{number}", title="示例", procedure_version=1, state="accepted",
                opened_on=on, changed_on=on,
            )  # fmt: skip
            state = life.fold()
            clock = Clock(case=case, code="decide", basis="internal", article="示例", unit=life.unit)
            write_state(clock, state, counting)
            cases.append(case)
            rows.append(clock)
            for item in state.stretches:
                segment = ClockSegment(clock=clock)
                for column, point in (
                    ("from_on", item.start), ("to_on", item.end), ("late_from_on", item.late_from),
                ):  # fmt: skip
                    write_point(segment, counting, life.unit, column, point)
                segments.append(segment)
            held += _assignments(counting, case, life, dice, units)
            delay += clocks.delay(counting, state, _until(life))
        Case.objects.bulk_create(cases, batch_size=500)
        Clock.objects.bulk_create(rows, batch_size=500)
        ClockSegment.objects.bulk_create(segments, batch_size=500)
        Assignment.objects.bulk_create(held, batch_size=500)
    return delay


END = datetime(2026, 6, 30, 10, 0, tzinfo=UTC)


def _until(life: History) -> int:
    return int(END.timestamp()) if life.is_moment else date(2026, 6, 30).toordinal()


def _assignments(
    counting: Counting, case: Case, life: History, dice: random.Random, units: Sequence[Unit]
) -> Iterator[Assignment]:
    length = max(2, life.until - life.start)
    cuts = sorted({life.start, *(life.start + dice.randrange(length) for _ in range(dice.randrange(3)))})
    spans = [("host", start, end, False) for start, end in zip(cuts, [*cuts[1:], None], strict=True)]
    for _number in range(dice.randrange(2)):
        start = life.start + dice.randrange(length)
        spans.append(("helper", start, start + dice.randrange(length), True))
    for role, start, end, is_awaited in spans:
        row = Assignment(case=case, role=role, unit=dice.choice(units), is_awaited=is_awaited)
        write_point(row, counting, life.unit, "from_on", start)
        write_point(row, counting, life.unit, "to_on", end)
        yield row


def resident_mb() -> float:
    """The largest memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def test_the_charges_of_thirty_thousand_cases_add_up_to_their_delay(zone: Zone) -> None:
    expected = simulate(zone, 30_000, seed=7)
    before = resident_mb()
    began, late, total, helpers = time.process_time(), 0, 0, 0
    for item in charges_of(Clock.objects.all(), END):
        assert sum(share.ticks for share in item.charges) == item.delay
        late += item.delay > 0
        total += item.delay
        helpers += len(item.charges) > 1
    seconds = time.process_time() - began
    print(
        f"30000 cases: {late} late clocks charged in {seconds:.1f} s CPU; "
        f"the process grew by {resident_mb() - before:.0f} MB to {resident_mb():.0f} MB at its peak"
    )
    assert total == expected
    assert late > 10_000 and helpers > 3_000


def test_charging_takes_three_queries_for_a_thousand_clocks(zone: Zone) -> None:
    simulate(zone, 900, seed=3)
    with CaptureQueriesContext(connection) as captured:
        list(charges_of(Clock.objects.all(), END))
    assert len(captured) <= 5
