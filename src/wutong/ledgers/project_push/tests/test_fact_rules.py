"""The pure rules of a project's facts, against plain recounts day by day."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from wutong.ledgers.project_push.facts.rules import (
    NEEDED_BEFORE,
    NEVER_BEFORE,
    ORDER_OF_LIFE,
    faults_of_nodes,
    is_in_reach,
    late_days_within,
    limit_day,
)
from wutong.ledgers.project_push.models import NodeCode
from wutong.ledgers.project_push.procedures import PROJECT_LIFE
from wutong.ledgers.project_push.stalled.rules import days_counted

DAY = date(2026, 1, 1)
days = st.integers(0, 400).map(lambda number: DAY + timedelta(days=number))


@st.composite
def rests(draw: st.DrawFn) -> tuple[tuple[date, date | None], ...]:
    """Suspensions that follow each other; the last one may last."""
    edges = sorted(draw(st.lists(days, max_size=6, unique=True)))
    pairs: list[tuple[date, date | None]] = list(zip(edges[::2], edges[1::2], strict=False))
    if len(edges) % 2:
        pairs.append((edges[-1], None))
    return tuple(pairs)


@given(rests(), st.integers(0, 300), st.integers(0, 500))
def test_a_limit_is_past_exactly_when_more_days_are_counted(
    suspensions: tuple[tuple[date, date | None], ...], limit: int, until: int
) -> None:
    as_of = DAY + timedelta(days=until)
    known = tuple(
        (start, end if end and end <= as_of else None) for start, end in suspensions if start <= as_of
    )
    is_late = limit_day(DAY, limit, known, as_of) < as_of
    lasts = any(end is None for _start, end in known)
    over = days_counted(DAY, as_of, known) > limit
    if not lasts:
        assert is_late == over
    elif over:
        assert is_late


@given(rests(), st.lists(days, min_size=1, max_size=5), days, days)
def test_hosts_that_follow_each_other_divide_the_lateness_without_remainder(
    suspensions: tuple[tuple[date, date | None], ...], changes: list[date], start: date, end: date
) -> None:
    late = [(min(start, end), max(start, end))]
    edges = sorted({DAY, *changes, DAY + timedelta(days=401)})
    shares = [
        late_days_within(first, last, late, suspensions)
        for first, last in zip(edges, edges[1:], strict=False)
    ]
    assert all(share >= 0 for share in shares)
    assert sum(shares) == late_days_within(edges[0], edges[-1], late, suspensions)
    resting = sum(
        any(a < on and (b is None or on <= b) for a, b in suspensions)
        for on in (late[0][0] + timedelta(days=n) for n in range(1, (late[0][1] - late[0][0]).days + 1))
    )
    assert sum(shares) == (late[0][1] - late[0][0]).days - resting


@given(st.dictionaries(st.sampled_from(sorted(NodeCode.values)), st.none() | days))
def test_nodes_have_a_fault_exactly_when_a_pair_stands_wrong(known: dict[str, date | None]) -> None:
    expected = set()
    for earlier, later in (*NEEDED_BEFORE, *NEVER_BEFORE):
        first, second = known.get(earlier), known.get(later)
        if second and not first and (earlier, later) in NEEDED_BEFORE:
            expected.add((earlier, later))
        if first and second and second < first:
            expected.add((earlier, later))
    assert set(faults_of_nodes(known)) == expected


def test_every_node_and_every_state_of_the_way_has_its_place() -> None:
    states = {state.code for state in PROJECT_LIFE.states if state.kind == "open" or state.on_way}
    assert set(ORDER_OF_LIFE) == states | set(NodeCode.values)
    assert len(ORDER_OF_LIFE) == len(set(ORDER_OF_LIFE))


def test_exchanged_degrees_are_noticed() -> None:
    assert is_in_reach(Decimal("115.98"), Decimal("36.45"))
    assert not is_in_reach(Decimal("36.45"), Decimal("115.98"))
