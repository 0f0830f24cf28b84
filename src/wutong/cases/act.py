"""`act`: the only function that changes a case.

In one transaction it locks, checks (table, role, order of days, gate, evidence, open children), writes state,
clocks, assignments, tasks and evidence, and exactly one `Change` per step. `act_many` does the same for a set of
steps with a number of queries that does not grow with the set. Undo is by further steps; nothing is deleted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from wutong.base.calendar.services import working_calendar
from wutong.base.calendar.workdays import WorkingCalendar
from wutong.cases.context import CaseContext, load_contexts, lock_cases
from wutong.cases.effects import (
    Writes,
    add_evidence,
    assign,
    move_clocks,
    move_tasks,
    project,
    write,
)
from wutong.cases.judging import judge, judge_correction, judge_opening, judge_parent
from wutong.cases.models import Assignment, Case, Change
from wutong.cases.numbers import take_numbers
from wutong.cases.procedures import BACK, CORRECT_VERB, OPEN_VERB, STAY, ClockEffect, Transition
from wutong.cases.registry import latest, reactions_to
from wutong.cases.steps import NewCase, Step
from wutong.registers.history.services import snapshot_of
from wutong.registers.organisation.actors import Actor


@dataclass(frozen=True)
class Done:
    """What came of one step."""

    case: Case
    change: Change


def act(
    case: Case | NewCase, verb: str, *, actor: Actor, now: datetime, effective_on: date, **step: Any
) -> Done:
    """One step on one case. Keyword arguments are those of `Step`.

    Raises Refused, MissingItems, NotAllowed or Conflict; then nothing is written.
    """
    return act_many([Step(case=case, verb=verb, effective_on=effective_on, **step)], actor=actor, now=now)[0]


def act_many(steps: Sequence[Step], *, actor: Actor, now: datetime) -> list[Done]:
    """A set of steps, all or none; a case may occur once in a set."""
    if not steps:
        return []
    try:
        with transaction.atomic():
            return _act_many(steps, actor, now)
    except IntegrityError:
        # The same request came twice at once and the other one was first.
        repeated = _already_done(steps)
        if repeated is None:
            raise
        return repeated


def _act_many(steps: Sequence[Step], actor: Actor, now: datetime) -> list[Done]:
    locked, parents = lock_cases(steps)
    repeated = _already_done(steps)
    if repeated is not None:
        return repeated
    calendar, writes = working_calendar(), Writes()
    contexts = load_contexts(steps, locked, parents) if locked else {}
    for new in _opened(steps, parents, actor, writes):
        contexts[new.case.pk] = new
    cases = iter(writes.new_cases)
    done = []
    for step in steps:
        if isinstance(step.case, NewCase):
            done.append(_open(step, step.case, contexts[next(cases).pk], actor, now, calendar, writes))
        else:
            done.append(_take(step, contexts[step.case.pk], actor, now, calendar, writes))
    write(writes, now)
    for item in done:
        for reaction in reactions_to(item.case, item.change):
            reaction(item.case, item.change, actor, now)
    return done


def _already_done(steps: Sequence[Step]) -> list[Done] | None:
    """A request that was answered before (a double click, a retry after a lost answer) is answered again."""
    keys = [step.request_key for step in steps if step.request_key]
    if not keys:
        return None
    known = {
        change.request_key: change
        for change in Change.objects.filter(request_key__in=keys).select_related("case")
    }
    if not known:
        return None
    if len(known) != len(steps):
        raise ValueError("a set of steps was repeated with other steps in it")
    return [Done(known[key].case, known[key]) for key in keys]


def _opened(
    steps: Sequence[Step], locked: Mapping[int, Case], actor: Actor, writes: Writes
) -> list[CaseContext]:
    """Judge all openings, then insert their cases so that they have keys to chain by."""
    openings = [(step, step.case) for step in steps if isinstance(step.case, NewCase)]
    if not openings:
        return []
    parents = {new.parent.pk for _step, new in openings if new.parent is not None}
    on_parents = list(Assignment.objects.filter(case__in=parents, to_on__isnull=True)) if parents else []
    unnumbered: dict[tuple[str, int], list[Case]] = {}
    contexts = []
    for step, new in openings:
        kind = latest(new.case_type)
        parent_id = new.parent.pk if new.parent else None
        judge_opening(
            step, new, kind.procedure, actor, [item for item in on_parents if item.case_id == parent_id]
        )
        is_open = kind.procedure.state(new.state).kind != "closed"
        if is_open:
            judge_parent(kind.procedure, locked.get(parent_id) if parent_id else None)
        case = Case(
            case_type=new.case_type,
            number=new.number,
            title=new.title[:200],
            parent=new.parent,
            procedure_version=kind.procedure.version,
            state=new.state,
            is_open=is_open,
            result="" if is_open else kind.procedure.result_of(new.state),
            opened_on=step.effective_on,
            changed_on=step.effective_on,
            closed_on=None if is_open else step.effective_on,
        )
        if not new.number:
            key = (kind.procedure.number_prefix, step.effective_on.year)
            unnumbered.setdefault(key, []).append(case)
        writes.new_cases.append(case)
        contexts.append(CaseContext(case, kind, kind.detail(**new.detail)))
    for (prefix, year), cases in unnumbered.items():
        for case, number in zip(cases, take_numbers(prefix, year, len(cases)), strict=True):
            case.number = number
    Case.objects.bulk_create(writes.new_cases, batch_size=500)
    return contexts


def _open(
    step: Step,
    new: NewCase,
    context: CaseContext,
    actor: Actor,
    now: datetime,
    calendar: WorkingCalendar,
    writes: Writes,
) -> Done:
    case, procedure = context.case, context.kind.procedure
    context.detail.case = case
    told: dict[str, Any] = {
        "number": case.number,
        "case_type": case.case_type,
        "version": case.procedure_version,
        "title": case.title,
        "parent": case.parent_id,
        "result": case.result,
        "holders": assign(context, step.holders, step.effective_on, writes),
        "data": snapshot_of(context.detail, _column_names(new.detail)),
    }
    starting = procedure.open_clocks if case.is_open else ()
    told["clocks"] = move_clocks(context, starting, step, calendar, writes)
    move_tasks(context, step.effective_on, writes)
    writes.new_details.append(context.detail)
    return _record(step, OPEN_VERB, "", told, context, actor, now, writes)


def _column_names(values: Any) -> list[str]:
    return [name.removesuffix("_id") for name in values]


def _take(
    step: Step, context: CaseContext, actor: Actor, now: datetime, calendar: WorkingCalendar, writes: Writes
) -> Done:
    case = context.case
    transition = judge(step, context, actor)
    if transition.verb == CORRECT_VERB:
        judge_correction(step, context)
        return _correct(step, context, actor, now, writes)
    before = case.state
    told: dict[str, Any] = {}
    if transition.target != STAY:
        case.state = context.state_before_aside if transition.target == BACK else transition.target
        case.is_open = context.kind.procedure.state(case.state).kind != "closed"
        case.closed_on = None if case.is_open else step.effective_on
        case.result = "" if case.is_open else transition.result
        told["result"] = case.result
    case.changed_on = step.effective_on
    unknown = {holder.role for holder in step.holders} - set(transition.assigns)
    if unknown:
        raise ValueError(f"{transition.verb} may not assign {sorted(unknown)}")
    told["holders"] = assign(context, step.holders, step.effective_on, writes)
    for name, value in step.data.items():
        setattr(context.detail, name, value)
    told["data"] = snapshot_of(context.detail, step.data)
    writes.details.append((context.detail, frozenset(step.data)))
    effects = _clock_effects(transition, before, context)
    told["clocks"] = move_clocks(context, effects, step, calendar, writes)
    if case.state != before:
        move_tasks(context, step.effective_on, writes)
    return _record(step, step.verb, before, told, context, actor, now, writes)


def _clock_effects(transition: Transition, before: str, context: CaseContext) -> list[ClockEffect]:
    """Declared effects, and what follows from the kinds of the states: aside suspends, closing ends clocks."""
    procedure = context.kind.procedure
    effects = list(transition.clocks)
    old, new = procedure.state(before).kind, procedure.state(context.case.state).kind
    declared = {effect.clock for effect in effects}
    others = [clock for clock in context.clocks if clock.code not in declared]
    if new == "aside" and old == "open":
        effects += [ClockEffect(clock.code, "suspend") for clock in others if clock.state == "running"]
    elif new == "open" and old == "aside":
        # A clock that rested before the case was laid aside goes on resting.
        back = [clock for clock in others if clock.code in context.suspended_aside]
        effects += [ClockEffect(clock.code, "resume") for clock in back]
    elif new == "closed" and old != "closed":
        effects += [ClockEffect(clock.code, "void") for clock in others]
    return effects


def _correct(step: Step, context: CaseContext, actor: Actor, now: datetime, writes: Writes) -> Done:
    """The day of an earlier change was wrong: the correction takes its place in the case's life."""
    case, replaced = context.case, step.replaces
    assert replaced is not None, "judged before"
    if replaced.position == 1:
        case.opened_on = step.effective_on
    if context.replaced_neighbours[1] is None:
        case.changed_on = step.effective_on
        if not case.is_open:
            case.closed_on = step.effective_on
    told = {"corrects": replaced.seq, "was": replaced.effective_on.isoformat()}
    return _record(step, CORRECT_VERB, replaced.state_before, told, context, actor, now, writes)


def _record(
    step: Step,
    verb: str,
    before: str,
    told: dict[str, Any],
    context: CaseContext,
    actor: Actor,
    now: datetime,
    writes: Writes,
) -> Done:
    """The one `Change` of a step, sealed into the case's chain."""
    case, replaced = context.case, step.replaces
    if step.amount_yuan is not None:
        case.amount_yuan = step.amount_yuan
    if step.due_on is not None:
        told["due_on"] = step.due_on.isoformat()
    if step.evidence:
        told["evidence"] = [
            [item.kind, item.file.sha256, item.dated_on.isoformat()] for item in step.evidence
        ]
    if step.checks:
        told["checks"] = [[evidence.pk, is_accepted] for evidence, is_accepted in step.checks]
    change = Change(
        case=case,
        position=replaced.position if replaced else case.last_seq + 1,
        effective_on=step.effective_on,
        actor=actor.account,
        verb=verb,
        state_before=before,
        state_after=replaced.state_after if replaced else case.state,
        # A correction moves a day; what was at stake on it stays as it was.
        amount_yuan=replaced.amount_yuan if replaced else case.amount_yuan,
        reason=step.reason[:500],
        replaces=replaced,
        request_key=step.request_key,
        snapshot={key: value for key, value in told.items() if value not in ([], {}, None, "")},
    )
    case.set_head(change.seal(after=case.head(), now=now), case.chain_name())
    writes.changes.append(change)
    add_evidence(context, step, change, actor, writes)
    project(context)
    writes.cases.append(case)
    return Done(case, change)
