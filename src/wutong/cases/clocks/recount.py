"""What the clocks of a case must be, folded again from what its changes tell."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from wutong.cases.clocks.declared import EXPIRED, Terms
from wutong.cases.clocks.rows import POINTS, point_from_iso, state_of_row
from wutong.cases.clocks.scales import Counting, Point, is_moment
from wutong.cases.clocks.state import (
    ClockState,
    end,
    extend,
    miss,
    recount,
    resume,
    start,
    stop,
    suspend,
)
from wutong.cases.models import Change, Clock
from wutong.cases.procedures import CORRECT_VERB, Procedure

Life = tuple[ClockState, dict[str, Any]]
"""A clock as folded, and the last thing told of it."""


def clock_faults(
    counting: Counting, procedure: Procedure, rows: Sequence[Change], clocks: Sequence[Clock]
) -> Iterator[str]:
    """In words, everything about clocks that the changes say otherwise. A clock that runs is folded under the calendar
    of now; one that has ended is what was told when it ended."""
    lives = fold(counting, rows)
    held: dict[str, list[Clock]] = defaultdict(list)
    for clock in clocks:
        held[clock.code].append(clock)
    for code in sorted(lives.keys() | held.keys()):
        label = next((str(item.label) for item in procedure.clocks if item.code == code), code)
        if len(lives[code]) != len(held[code]):
            yield f"时限“{label}”的个数与变更记录不符"
            continue
        for (state, last), clock in zip(lives[code], held[code], strict=True):
            if not _agrees(state, last, clock):
                yield f"时限“{label}”与变更记录不符"


def _agrees(state: ClockState, last: dict[str, Any], clock: Clock) -> bool:
    row = state_of_row(clock)
    told_due = None if last["due"] is None else point_from_iso(clock.unit, last["due"])
    if not state.is_live:
        return (row.state, row.consumed, row.due, row.ended) == (
            last["state"], last["used"], told_due, state.ended,
        )  # fmt: skip
    columns = ("state", "budget", "total", "consumed", "late", "extensions", "running_since", *POINTS)
    return all(getattr(row, name) == getattr(state, name) for name in columns) and row.due == told_due


def fold(counting: Counting, rows: Sequence[Change]) -> dict[str, list[Life]]:
    """The clocks of a case by code, oldest first."""
    lives: dict[str, list[Life]] = defaultdict(list)
    for row in rows:
        if row.verb == CORRECT_VERB:
            continue
        for entry in row.snapshot.get("clocks", []):
            known = lives[entry["clock"]]
            live = known[-1][0] if known and known[-1][0].is_live else None
            folded = _apply(counting, live, entry, row)
            if live is None:
                known.append((folded, entry))
            else:
                known[-1] = (folded, entry)
    return lives


def _apply(counting: Counting, live: ClockState | None, entry: dict[str, Any], row: Change) -> ClockState:
    word = entry["do"]
    if word == "arm":
        return ClockState(Terms(entry["unit"], entry["budget"], entry["rolls"]), budget=entry["budget"])
    if word == "start":
        terms = Terms(entry["unit"], entry["budget"], entry["rolls"])
        return start(counting, terms, _point(entry, row, terms.unit))
    assert live is not None, "told of a clock that never began"
    point = _point(entry, row, live.terms.unit)
    if word == "suspend":
        return suspend(counting, live, point)
    if word == "resume":
        return resume(counting, live, point)
    if word == "extend":
        until = entry.get("until")
        return (
            extend(counting, live, by=entry["by"])
            if until is None
            else extend(counting, live, until=point_from_iso("calendar_day", until))
        )
    if word == "meet":
        return stop(counting, live, point)
    if word in {"void", "supersede"}:
        return end(counting, live, point, "void" if word == "void" else "superseded")
    if word == "rung":
        if entry["rung"] != EXPIRED:
            return live
        # Missed was the due day of then; the calendar may have moved it since.
        return miss(replace(live, due=point_from_iso(live.terms.unit, entry["due"])))
    assert word == "move", f"unknown act on a clock: {word}"
    return recount(counting, live)


def _point(entry: dict[str, Any], row: Change, unit: str) -> Point:
    """Where an act lies: where it says so, or where its change does."""
    if "since" in entry:
        return point_from_iso(unit, entry["since"])
    if is_moment(unit):
        assert row.effective_at is not None, "told without its moment"
        return int(row.effective_at.timestamp())
    return row.effective_on.toordinal()
