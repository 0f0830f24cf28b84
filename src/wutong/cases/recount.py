"""What the columns of a case, its assignments and its clocks must be, recounted from its changes."""

from collections.abc import Iterator, Sequence
from typing import Any

from wutong.cases.clocks.recount import clock_faults
from wutong.cases.clocks.scales import Counting
from wutong.cases.context import valid_changes
from wutong.cases.models import Assignment, Case, Change, Clock
from wutong.cases.procedures import ASIDE_OF_LIFE, Procedure
from wutong.cases.registry import find_type

Seat = tuple[str, int | None, int | None]
"""Role, unit and person."""


def check_projection(
    case: Case,
    rows: Sequence[Change],
    held: Sequence[Assignment],
    clocks: Sequence[Clock],
    counting: Counting,
) -> Iterator[str]:
    """In words, everything about one case that its changes say otherwise. `held` are its open assignments."""
    told = rows[0].snapshot
    kind = find_type(told.get("case_type", case.case_type), told.get("version", case.procedure_version))
    if kind is None:
        yield "没有装载这类办件的流程，无法重算"
        return
    seats = _seats(kind.procedure, rows)
    for column, value in _columns(kind.procedure, case, rows, seats, clocks).items():
        if getattr(case, column) != value:
            label = Case._meta.get_field(column).verbose_name  # type: ignore[union-attr]
            yield f"“{label}”与变更记录不符"
    hosts = sum(item.role == "host" for item in held)
    if case.is_open and hosts != 1:
        yield f"在办办件有{hosts}个主办"
    elif sorted(map(str, seats)) != sorted(str((item.role, item.unit_id, item.person_id)) for item in held):
        yield "责任人与变更记录不符"
    if kind.procedure.clocks or clocks:
        yield from clock_faults(counting, kind.procedure, rows, clocks)


def _columns(
    procedure: Procedure, case: Case, rows: Sequence[Change], seats: Sequence[Seat], clocks: Sequence[Clock]
) -> dict[str, Any]:
    told = rows[0].snapshot
    valid = [change for change in valid_changes(rows) if change.verb not in ASIDE_OF_LIFE]
    end = valid[-1]
    is_open = _is_open(procedure, end.state_after)
    closings = [
        change
        for change in valid
        if not _is_open(procedure, change.state_after)
        and (not change.state_before or _is_open(procedure, change.state_before))
    ]
    results = [row.snapshot["result"] for row in rows if "result" in row.snapshot]
    firms = [row.snapshot["enterprise"] for row in rows if "enterprise" in row.snapshot]
    host = next((seat for seat in seats if seat[0] == "host"), ("host", None, None))
    leader = next((seat for seat in seats if seat[0] == "lead_official"), ("", None, None))
    dues = [clock.due_on for clock in clocks if clock.running_since is not None and clock.due_on]
    return {
        "case_type": told.get("case_type"),
        "procedure_version": told.get("version"),
        "number": told.get("number"),
        "title": told.get("title", ""),
        "parent_id": told.get("parent"),
        "enterprise_id": firms[-1] if firms else None,
        "state": end.state_after,
        "is_open": is_open,
        "result": "" if is_open or not results else results[-1],
        "opened_on": valid[0].effective_on,
        "changed_on": end.effective_on,
        "changed_at": end.effective_at,
        "closed_on": None if is_open or not closings else closings[-1].effective_on,
        "host_unit_id": host[1],
        "host_person_id": host[2],
        "leader_id": leader[2],
        "due_on": min(dues, default=None),
        "amount_yuan": end.amount_yuan,
    }


def _is_open(procedure: Procedure, state: str) -> bool:
    return procedure.state(state).kind != "closed"


def _seats(procedure: Procedure, rows: Sequence[Change]) -> list[Seat]:
    """Who holds which role after all changes."""
    seats: list[Seat] = []
    for row in rows:
        for item in row.snapshot.get("released", []):
            seats.remove((item["role"], item["unit"], item["person"]))
        for item in row.snapshot.get("holders", []):
            if not procedure.role(item["role"]).many:
                seats = [seat for seat in seats if seat[0] != item["role"]]
            seats.append((item["role"], item["unit"], item["person"]))
        for item in row.snapshot.get("answered", []):
            seats.remove((item["role"], item["unit"], item["person"]))
    return seats
