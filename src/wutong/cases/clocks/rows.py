"""Between the rows of a clock and its state: which column holds which point, and when to look at it next."""

from datetime import UTC, date, datetime
from typing import Any

from wutong.cases.clocks.declared import EXPIRED, MOMENT_UNITS, Rung, Terms
from wutong.cases.clocks.scales import Counting, Point
from wutong.cases.clocks.state import ClockState, Stretch
from wutong.cases.models import Clock

POINTS = {"started": "started_on", "due": "due_on", "missed": "missed_on", "ended": "ended_on"}
RUNNING = "running_since"


def _moment_column(column: str) -> str:
    return f"{column.removesuffix('_on')}_at"


def read_point(row: Any, unit: str, column: str) -> Point | None:
    """The point in `column` (a day), or for hours and minutes in the column of its moment."""
    if unit in MOMENT_UNITS:
        moment: datetime | None = getattr(row, _moment_column(column))
        return None if moment is None else int(moment.timestamp())
    day: date | None = getattr(row, column)
    return None if day is None else day.toordinal()


def write_point(row: Any, counting: Counting, unit: str, column: str, point: Point | None) -> None:
    setattr(row, column, None if point is None else counting.day(unit, point))
    is_moment = unit in MOMENT_UNITS and point is not None
    setattr(row, _moment_column(column), datetime.fromtimestamp(point or 0, UTC) if is_moment else None)


def terms_of(clock: Clock) -> Terms:
    return Terms(clock.unit, clock.budget, clock.rolls, tuple(Rung.from_row(row) for row in clock.rungs))  # type: ignore[arg-type]


def state_of_row(clock: Clock) -> ClockState:
    """A clock as its row has it; of its stretches only the one that runs."""
    unit = clock.unit
    since = read_point(clock, unit, RUNNING)
    return ClockState(
        terms_of(clock),
        clock.state,  # type: ignore[arg-type]
        clock.budget,
        clock.total,
        clock.consumed,
        clock.late,
        started=read_point(clock, unit, "started_on"),
        due=read_point(clock, unit, "due_on"),
        provisional=clock.is_provisional,
        missed=read_point(clock, unit, "missed_on"),
        ended=read_point(clock, unit, "ended_on"),
        extensions=clock.extensions,
        stretches=() if since is None else (Stretch(since),),
    )


def write_state(clock: Clock, state: ClockState, counting: Counting) -> None:
    """The columns that follow from a state."""
    unit = clock.unit
    clock.state, clock.budget, clock.total, clock.consumed = (
        state.state, state.budget, state.total, state.consumed,
    )  # fmt: skip
    clock.late, clock.is_provisional, clock.extensions = state.late, state.provisional, state.extensions
    for name, column in POINTS.items():
        write_point(clock, counting, unit, column, getattr(state, name))
    write_point(clock, counting, unit, RUNNING, state.running_since)


def rung_point(counting: Counting, state: ClockState, rung: Rung) -> Point | None:
    """Where a rung lies for the due point of now; None without one, or where the calendar does not reach."""
    if state.due is None:
        return None
    try:
        return counting.shift(rung.unit or state.terms.unit, state.due, rung.offset)
    except ValueError:
        return None


def rung_moments(counting: Counting, state: ClockState) -> dict[str, datetime]:
    """When each rung is reached, the expiry among them, in order of time."""
    if state.due is None:
        return {}
    unit = state.terms.unit
    moments = {EXPIRED: counting.moment(unit, state.due + 1)}
    for rung in state.terms.rungs:
        point = rung_point(counting, state, rung)
        if point is not None:
            moments[rung.code] = counting.moment(unit, point)
    return dict(sorted(moments.items(), key=lambda item: (item[1], item[0] != EXPIRED)))


def next_moment(counting: Counting, state: ClockState, fired: list[str]) -> datetime | None:
    """When time has something to do with a running clock."""
    if state.running_since is None or not state.is_live:
        return None
    open_rungs = [
        moment
        for code, moment in rung_moments(counting, state).items()
        if code not in fired and not (code == EXPIRED and state.missed is not None)
    ]
    return min(open_rungs, default=None)


def iso_point(counting: Counting, unit: str, point: Point | None) -> str | None:
    """A point as a change tells it: a day, or a moment."""
    if point is None:
        return None
    if unit in MOMENT_UNITS:
        return datetime.fromtimestamp(point, UTC).isoformat()
    return counting.day(unit, point).isoformat()


def point_from_iso(unit: str, text: str) -> Point:
    if unit in MOMENT_UNITS:
        return int(datetime.fromisoformat(text).timestamp())
    return date.fromisoformat(text).toordinal()
