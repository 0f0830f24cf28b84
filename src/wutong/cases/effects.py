"""What a step does to a case in memory, and the one place where it all is written."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import models

from wutong.base.calendar.workdays import WorkingCalendar
from wutong.cases.clocks import due_day, elapsed, used
from wutong.cases.context import CaseContext
from wutong.cases.models import (
    Assignment,
    Case,
    CaseDetail,
    Change,
    Clock,
    ClockSegment,
    Evidence,
    EvidenceCheck,
    Task,
)
from wutong.cases.procedures import ClockEffect
from wutong.cases.steps import Holder, Step
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
    new_clocks: list[Clock] = field(default_factory=list)
    clocks: list[Clock] = field(default_factory=list)
    new_segments: list[ClockSegment] = field(default_factory=list)
    ended_segments: list[tuple[Clock, date]] = field(default_factory=list)
    new_tasks: list[Task] = field(default_factory=list)
    ended_tasks: list[Task] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    checks: list[EvidenceCheck] = field(default_factory=list)


CASE_COLUMNS = [
    "state", "is_open", "result", "opened_on", "changed_on", "closed_on", "host_unit", "host_person",
    "leader", "due_on", "amount_yuan", "last_seq", "head_hash", "head_mac",
]  # fmt: skip
CLOCK_COLUMNS = ["budget", "running_since", "consumed", "due_on", "is_provisional", "state", "ended_on"]


def assign(context: CaseContext, holders: Iterable[Holder], on: date, writes: Writes) -> list[dict[str, Any]]:
    """End the time of earlier holders, begin that of the new ones; returns the snapshot of both."""
    told = []
    for holder in holders:
        role = context.kind.procedure.role(holder.role)
        person_id = holder.person.pk if holder.person else None
        held = [item for item in context.assignments if item.role == role.code]
        if any(item.unit_id == holder.unit.pk and item.person_id == person_id for item in held):
            continue
        if not role.many:
            for item in held:
                item.to_on = on
                writes.ended_assignments.append(item)
                context.assignments.remove(item)
        new = Assignment(
            case=context.case, role=role.code, unit=holder.unit, person=holder.person, from_on=on
        )
        context.assignments.append(new)
        writes.new_assignments.append(new)
        told.append({"role": role.code, "unit": holder.unit.pk, "person": person_id})
    return told


def move_clocks(
    context: CaseContext,
    effects: Iterable[ClockEffect],
    step: Step,
    calendar: WorkingCalendar,
    writes: Writes,
) -> list[list[Any]]:
    """Apply clock effects in order; returns the snapshot: code, action, due day."""
    told = []
    for effect in effects:
        if effect.action == "start":
            clock = _start(context, effect.clock, step, calendar, writes)
        else:
            live = next((item for item in context.clocks if item.code == effect.clock), None)
            if live is None:
                continue
            clock = live
            _move(clock, effect.action, step, calendar, writes)
            if clock.state not in {"running", "suspended"}:
                context.clocks.remove(clock)
        told.append([clock.code, effect.action, clock.due_on.isoformat() if clock.due_on else None])
    return told


def _start(context: CaseContext, code: str, step: Step, calendar: WorkingCalendar, writes: Writes) -> Clock:
    definition = context.kind.procedure.clock(code)
    on = step.effective_on
    if definition.budget is None:
        assert step.due_on is not None, "judged before"
        budget = _budget_until(calendar, definition.unit, on, step.due_on)
    else:
        budget = definition.budget
    due = due_day(calendar, definition.unit, on, budget)
    clock = Clock(
        case=context.case,
        code=code,
        basis=definition.basis,
        article=str(definition.article),
        unit=definition.unit,
        budget=budget,
        started_on=on,
        running_since=on,
        due_on=due.on,
        is_provisional=due.provisional,
        state="running",
    )
    context.clocks.append(clock)
    writes.new_clocks.append(clock)
    writes.new_segments.append(ClockSegment(clock=clock, from_on=on))
    return clock


def _budget_until(calendar: WorkingCalendar, unit: str, since: date, due_on: date) -> int:
    """Units to a wished due day; one on a day off rolls on to the next working day (民法典第二百零三条)."""
    if due_on <= since:
        return 0
    last = due_on if calendar.is_workday(due_on) else calendar.add_workdays(due_on, 1).on
    return elapsed(calendar, unit, since, last)


def _move(clock: Clock, action: str, step: Step, calendar: WorkingCalendar, writes: Writes) -> None:
    on = step.effective_on
    if action == "extend" and clock.running_since is not None and step.due_on is not None:
        clock.budget = clock.consumed + _budget_until(calendar, clock.unit, clock.running_since, step.due_on)
        _project_due(clock, calendar)
    elif action == "suspend" and clock.running_since is not None:
        _stop_segment(clock, on, calendar, writes)
        clock.state, clock.due_on = "suspended", None
    elif action == "resume" and clock.state == "suspended":
        clock.state, clock.running_since = "running", on
        writes.new_segments.append(ClockSegment(clock=clock, from_on=on))
        _project_due(clock, calendar)
    elif action in {"meet", "void"}:
        if clock.running_since is not None:
            _stop_segment(clock, on, calendar, writes)
        clock.ended_on = on
        late = clock.consumed > clock.budget
        clock.state = "void" if action == "void" else ("missed" if late else "met")
    if clock not in writes.new_clocks and clock not in writes.clocks:
        writes.clocks.append(clock)


def _stop_segment(clock: Clock, on: date, calendar: WorkingCalendar, writes: Writes) -> None:
    assert clock.running_since is not None
    left = clock.budget - clock.consumed
    clock.consumed += used(calendar, clock.unit, clock.running_since, on, left)
    clock.running_since = None
    writes.ended_segments.append((clock, on))


def _project_due(clock: Clock, calendar: WorkingCalendar) -> None:
    assert clock.running_since is not None
    due = due_day(calendar, clock.unit, clock.running_since, clock.budget - clock.consumed)
    clock.due_on, clock.is_provisional = due.on, due.provisional


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
    dues = [clock.due_on for clock in context.clocks if clock.state == "running" and clock.due_on]
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


def write(writes: Writes, now: datetime) -> None:
    """All rows of a set of steps, table by table; new cases have their keys already."""
    size = 500
    Change.objects.bulk_create(writes.changes, batch_size=size)
    Case.objects.bulk_update(writes.cases, CASE_COLUMNS, batch_size=100)
    _write_details(writes)
    Assignment.objects.bulk_update(writes.ended_assignments, ["to_on"], batch_size=size)
    Assignment.objects.bulk_create(writes.new_assignments, batch_size=size)
    Clock.objects.bulk_create(writes.new_clocks, batch_size=size)
    Clock.objects.bulk_update(writes.clocks, CLOCK_COLUMNS, batch_size=200)
    _end_segments(writes.ended_segments)
    ClockSegment.objects.bulk_create(writes.new_segments, batch_size=size)
    Task.objects.bulk_update(writes.ended_tasks, ["closed_on"], batch_size=size)
    Task.objects.bulk_create(writes.new_tasks, batch_size=size)
    Evidence.objects.bulk_create(writes.evidence, batch_size=size)
    EvidenceCheck.objects.bulk_create(writes.checks, batch_size=size)


def _end_segments(ended: Iterable[tuple[Clock, date]]) -> None:
    days = {clock.pk: on for clock, on in ended}
    if not days:
        return
    segments = list(ClockSegment.objects.filter(clock__in=days, to_on__isnull=True))
    for segment in segments:
        segment.to_on = days[segment.clock_id]
    ClockSegment.objects.bulk_update(segments, ["to_on"], batch_size=500)


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
