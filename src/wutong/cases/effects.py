"""What a step does to a case in memory, and the one place where it all is written."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import models

from wutong.base.rewriting import rewrite
from wutong.cases.clocks.moving import CLOCK_COLUMNS, ClockWrites
from wutong.cases.clocks.rows import write_point
from wutong.cases.clocks.scales import Counting
from wutong.cases.context import CaseContext
from wutong.cases.models import (
    Assignment,
    Case,
    CaseDetail,
    Change,
    Clock,
    ClockRung,
    ClockSegment,
    ClockSuspension,
    Evidence,
    EvidenceCheck,
    Task,
)
from wutong.cases.steps import Holder, Step
from wutong.cases.who import holds
from wutong.registers.organisation.actors import Actor


@dataclass
class Writes:
    """Rows of a set of steps, written together."""

    new_cases: list[Case] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    new_details: list[CaseDetail] = field(default_factory=list)
    details: list[tuple[CaseDetail, frozenset[str]]] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    new_assignments: list[Assignment] = field(default_factory=list)
    ended_assignments: list[Assignment] = field(default_factory=list)
    clocks: ClockWrites = field(default_factory=ClockWrites)
    new_tasks: list[Task] = field(default_factory=list)
    ended_tasks: list[Task] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    checks: list[EvidenceCheck] = field(default_factory=list)
    on_behalf_of: dict[int, int] = field(default_factory=dict)
    """Per case the account in whose place the actor takes the step, where it is not the actor's own doing."""


CASE_COLUMNS = [
    "state", "is_open", "result", "opened_on", "changed_on", "changed_at", "closed_on", "host_unit", "host_person",
    "leader", "due_on", "amount_yuan", "enterprise", "last_seq", "head_hash", "head_mac",
]  # fmt: skip


def assign(
    context: CaseContext,
    holders: Iterable[Holder],
    on: date,
    at: datetime | None,
    writes: Writes,
    awaited: Iterable[str] = (),
) -> list[dict[str, Any]]:
    """End the time of earlier holders, begin that of the new ones; returns the snapshot of both. The answer of
    holders in an `awaited` role is waited for from now on."""
    told = []
    for holder in holders:
        role = context.kind.procedure.role(holder.role)
        is_awaited = role.code in awaited
        person_id = holder.person.pk if holder.person else None
        held = [item for item in context.assignments if item.role == role.code]
        same = [item for item in held if (item.unit_id, item.person_id) == (holder.unit.pk, person_id)]
        if any(item.is_awaited or not is_awaited for item in same):
            continue
        if not role.many:
            release(context, held, on, at, writes)
        new = Assignment(
            case=context.case,
            role=role.code,
            unit=holder.unit,
            person=holder.person,
            from_on=on,
            from_at=at,
            is_awaited=is_awaited,
        )
        context.assignments.append(new)
        writes.new_assignments.append(new)
        more = {"awaited": True} if is_awaited else {}
        told.append({"role": role.code, "unit": holder.unit.pk, "person": person_id, **more})
    return told


def release(
    context: CaseContext, held: Iterable[Assignment], on: date, at: datetime | None, writes: Writes
) -> None:
    """The time of these holders ends."""
    for item in held:
        item.to_on, item.to_at = on, at
        writes.ended_assignments.append(item)
        context.assignments.remove(item)


def answer(
    context: CaseContext, roles: Iterable[str], actor: Actor, on: date, at: datetime | None, writes: Writes
) -> list[dict[str, Any]]:
    """What was waited for is there: the actor's own part of it, or all of it when somebody else records it."""
    wanted = set(roles)
    awaited = [item for item in context.assignments if item.is_awaited and item.role in wanted]
    own = [item for item in awaited if holds(actor, item)]
    done = own or awaited
    release(context, done, on, at, writes)
    return [{"role": item.role, "unit": item.unit_id, "person": item.person_id} for item in done]


def move_tasks(context: CaseContext, on: date, writes: Writes) -> None:
    """Leaving a state ends what was owed in it; the new state says who owes what."""
    for task in context.tasks:
        task.closed_on = on
        writes.ended_tasks.append(task)
    context.tasks = []
    state = context.kind.procedure.state(context.case.state)
    if state.task is not None:
        task = Task(case=context.case, role=state.task.role, state=state.code, opened_on=on)
        context.tasks.append(task)
        writes.new_tasks.append(task)


def project(context: CaseContext) -> None:
    """Columns of the case that follow from its assignments and clocks."""
    case = context.case
    holders = {item.role: item for item in context.assignments}
    host, leader = holders.get("host"), holders.get("lead_official")
    case.host_unit_id = host.unit_id if host else None
    case.host_person_id = host.person_id if host else None
    case.leader_id = leader.person_id if leader else None
    dues = [clock.due_on for clock in context.clocks if clock.running_since is not None and clock.due_on]
    case.due_on = min(dues, default=None)


def add_evidence(context: CaseContext, step: Step, change: Change, actor: Actor, writes: Writes) -> None:
    for item in step.evidence:
        writes.evidence.append(
            Evidence(
                case=context.case,
                change=change,
                kind=item.kind,
                file=item.file,
                name=item.name,
                dated_on=item.dated_on,
                uploaded_by=actor.account,
            )
        )
    for evidence, is_accepted in step.checks:
        writes.checks.append(
            EvidenceCheck(evidence=evidence, change=change, is_accepted=is_accepted, checked_by=actor.account)
        )


def write(writes: Writes, counting: Counting | None) -> None:
    """All rows of a set of steps, table by table; new cases have their keys already."""
    size = 500
    Change.objects.bulk_create(writes.changes, batch_size=size)
    rewrite(Case, writes.cases, CASE_COLUMNS)
    _write_details(writes)
    rewrite(Assignment, writes.ended_assignments, ["to_on", "to_at"])
    Assignment.objects.bulk_create(writes.new_assignments, batch_size=size)
    rewrite(Task, writes.ended_tasks, ["closed_on"])
    Task.objects.bulk_create(writes.new_tasks, batch_size=size)
    Evidence.objects.bulk_create(writes.evidence, batch_size=size)
    EvidenceCheck.objects.bulk_create(writes.checks, batch_size=size)
    if counting is not None:
        _write_clocks(writes.clocks, writes.evidence, counting)


def _write_clocks(clocks: ClockWrites, evidence: list[Evidence], counting: Counting) -> None:
    size = 500
    Clock.objects.bulk_create(clocks.new_clocks, batch_size=size)
    rewrite(Clock, clocks.clocks, CLOCK_COLUMNS)
    _end_segments(clocks, counting)
    _recount_segments(clocks, counting)
    ClockSegment.objects.bulk_create(clocks.new_segments, batch_size=size)
    _end_suspensions(clocks, counting)
    notices = {(item.change_id, item.kind): item for item in evidence}
    for suspension, kind in clocks.new_suspensions:
        suspension.notice = notices.get((suspension.change.pk, kind))
    ClockSuspension.objects.bulk_create([row for row, _kind in clocks.new_suspensions], batch_size=size)
    _end_rungs(clocks)
    ClockRung.objects.bulk_create(clocks.new_rungs, batch_size=size)


def _end_segments(clocks: ClockWrites, counting: Counting) -> None:
    ended = {clock.pk: (clock, state.stretches[-1]) for clock, state in clocks.ended_segments}
    if not ended:
        return
    segments = list(ClockSegment.objects.filter(clock__in=ended, to_on__isnull=True))
    for segment in segments:
        clock, stretch = ended[segment.clock_id]
        write_point(segment, counting, clock.unit, "to_on", stretch.end)
        write_point(segment, counting, clock.unit, "late_from_on", stretch.late_from)
    rewrite(ClockSegment, segments, ["to_on", "to_at", "late_from_on", "late_from_at"])


def _recount_segments(clocks: ClockWrites, counting: Counting) -> None:
    """Under another calendar delay begins elsewhere in stretches that are over."""
    states = {clock.pk: (clock, state.stretches) for clock, state in clocks.recounted}
    if not states:
        return
    position: dict[int, int] = {}
    rows = list(ClockSegment.objects.filter(clock__in=states).order_by("clock_id", "pk"))
    for row in rows:
        index = position[row.clock_id] = position.get(row.clock_id, -1) + 1
        clock, stretches = states[row.clock_id]
        write_point(row, counting, clock.unit, "late_from_on", stretches[index].late_from)
    rewrite(ClockSegment, rows, ["late_from_on", "late_from_at"])


def _end_suspensions(clocks: ClockWrites, counting: Counting) -> None:
    ended = {clock.pk: (clock, point) for clock, point in clocks.ended_suspensions}
    if not ended:
        return
    rows = list(ClockSuspension.objects.filter(clock__in=ended, to_on__isnull=True))
    for row in rows:
        clock, point = ended[row.clock_id]
        write_point(row, counting, clock.unit, "to_on", point)
    rewrite(ClockSuspension, rows, ["to_on", "to_at"])


def _end_rungs(clocks: ClockWrites) -> None:
    """Rungs that no longer count, before those that are reached again."""
    for clock, code, change in clocks.ended_rungs:
        ClockRung.objects.filter(clock=clock, rung=code, ended_by__isnull=True).update(ended_by=change)


def _write_details(writes: Writes) -> None:
    new: dict[type[models.Model], list[CaseDetail]] = {}
    for detail in writes.new_details:
        new.setdefault(type(detail), []).append(detail)
    for model, rows in new.items():
        model._default_manager.bulk_create(rows, batch_size=500)
    changed: dict[tuple[type[models.Model], frozenset[str]], list[CaseDetail]] = {}
    for detail, columns in writes.details:
        if columns:
            changed.setdefault((type(detail), columns), []).append(detail)
    for (model, columns), rows in changed.items():
        model._default_manager.bulk_update(rows, sorted(columns), batch_size=200)
