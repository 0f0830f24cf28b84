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
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from wutong.base.errors import NotAllowed, Refused
from wutong.base.search.services import refresh, write_documents
from wutong.cases.clocks.counting import state_with_stretches
from wutong.cases.clocks.effects import clock_effects, clock_tables
from wutong.cases.clocks.judging import judge_effects, judge_moment
from wutong.cases.clocks.moving import ClockMover, moment_of
from wutong.cases.clocks.rows import state_of_row
from wutong.cases.clocks.scales import Counting
from wutong.cases.context import CaseContext, load_contexts, lock_cases
from wutong.cases.effects import (
    Writes,
    add_evidence,
    answer,
    assign,
    move_tasks,
    project,
    write,
)
from wutong.cases.judging import judge, judge_correction, judge_opening, judge_parent
from wutong.cases.models import Assignment, Case, Change, ClockRule
from wutong.cases.numbers import take_numbers
from wutong.cases.procedures import (
    BACK,
    CLOCK_RESUMED,
    CLOCK_RUNG,
    CLOCK_VERBS,
    CORRECT_VERB,
    FOLLOW_VERB,
    OPEN_VERB,
    STAY,
)
from wutong.cases.registry import latest, reactions_to, set_reactions_to
from wutong.cases.searching import KIND as SEARCHED_KIND
from wutong.cases.searching import case_document, keys_to_refresh
from wutong.cases.steps import NewCase, Step
from wutong.cases.succession import judge_successions, pass_on
from wutong.cases.who import on_behalf_of
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
    writes = Writes()
    contexts = load_contexts(steps, locked, parents) if locked else {}
    opened = _opened(steps, parents, actor, writes)
    contexts |= {new.case.pk: new for new in opened}
    act_of = _Acting(actor, now, writes, *clock_tables(steps, contexts))
    cases = iter(writes.new_cases)
    done = []
    for step in steps:
        if isinstance(step.case, NewCase):
            done.append(_open(step, step.case, contexts[next(cases).pk], act_of))
        else:
            done.append(_take(step, contexts[step.case.pk], act_of))
    write(writes, act_of.counting)
    write_documents(case_document(new.case, new.assignments, new.parent_seats) for new in opened)
    refresh(SEARCHED_KIND, keys_to_refresh(writes.changes))
    for item in done:
        for reaction in reactions_to(item.case, item.change):
            reaction(item.case, item.change, actor, now)
    for react, members in set_reactions_to([(item.case, item.change) for item in done]):
        react(members, actor, now)
    return done


@dataclass(frozen=True)
class _Acting:
    """What all steps of a set share. `counting` is there when a procedure has clocks."""

    actor: Actor
    now: datetime
    writes: Writes
    counting: Counting | None
    rules: Sequence[ClockRule]

    def mover(self, step: Step, context: CaseContext, change: Change) -> ClockMover:
        assert self.counting is not None, "the procedure has clocks"
        at = moment_of(step, self.now, localdate(self.now))
        return ClockMover(
            context.case, context.clocks, self.counting, self.rules, step, change, at, self.now,
            self.writes.clocks,
        )  # fmt: skip

    def moment(self, step: Step, context: CaseContext) -> datetime | None:
        """The moment of a step, where the procedure counts by moments."""
        if not context.kind.procedure.counts_moments:
            return None
        return moment_of(step, self.now, localdate(self.now))


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
    on_parents = list(Assignment.objects.filter(case__in=parents)) if parents else []
    unnumbered: dict[tuple[str, int], list[Case]] = {}
    contexts, principals = [], []
    for step, new in openings:
        kind = latest(new.case_type)
        parent_id = new.parent.pk if new.parent else None
        seats = [item for item in on_parents if item.case_id == parent_id]
        held = [item for item in seats if item.to_on is None]
        judge_opening(step, new, kind.procedure, actor, held)
        principals.append(on_behalf_of(actor, kind.procedure.may_open, held))
        is_open = kind.procedure.state(new.state).kind != "closed"
        if is_open:
            judge_parent(kind.procedure, locked.get(parent_id) if parent_id else None)
        case = Case(
            case_type=new.case_type,
            number=new.number,
            title=new.title[:200],
            parent=new.parent,
            enterprise_id=new.enterprise_id,
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
        contexts.append(CaseContext(case, kind, kind.detail(**new.detail), parent_seats=seats))
    for (prefix, year), cases in unnumbered.items():
        for case, number in zip(cases, take_numbers(prefix, year, len(cases)), strict=True):
            case.number = number
    Case.objects.bulk_create(writes.new_cases, batch_size=500)
    for context, principal in zip(contexts, principals, strict=True):
        _note_principal(context.case, principal, writes)
    return contexts


def _open(step: Step, new: NewCase, context: CaseContext, acting: _Acting) -> Done:
    case, procedure = context.case, context.kind.procedure
    context.detail.case = case
    at = acting.moment(step, context)
    judge_moment(step, None, procedure, at)
    case.changed_at = at
    change = Change(case=case)
    told: dict[str, Any] = {
        "number": case.number,
        "case_type": case.case_type,
        "version": case.procedure_version,
        "title": case.title,
        "parent": case.parent_id,
        "enterprise": case.enterprise_id,
        "result": case.result,
        "holders": assign(context, step.holders, step.effective_on, at, acting.writes),
        "data": snapshot_of(context.detail, _column_names(new.detail)),
    }
    if case.is_open and procedure.open_clocks:
        mover = acting.mover(step, context, change)
        for effect in procedure.open_clocks:
            mover.apply(effect, procedure.clock(effect.clock))
        told["clocks"] = mover.told
    move_tasks(context, step.effective_on, acting.writes)
    acting.writes.new_details.append(context.detail)
    return _record(step, OPEN_VERB, "", told, context, acting, change)


def _column_names(values: Any) -> list[str]:
    return [name.removesuffix("_id") for name in values]


def _take(step: Step, context: CaseContext, acting: _Acting) -> Done:
    case, procedure, writes = context.case, context.kind.procedure, acting.writes
    if step.verb in CLOCK_VERBS:
        return _let_time_pass(step, context, acting)
    if step.verb == FOLLOW_VERB:
        return _follow_enterprise(step, context, acting)
    transition = judge(step, context, acting.actor)
    judge_successions(step, context)
    # Asked before the step moves anything: it may end the very role it is taken in.
    _note_principal(case, on_behalf_of(acting.actor, transition.who, context.assignments), writes)
    if transition.verb == CORRECT_VERB:
        judge_correction(step, context)
        return _correct(step, context, acting)
    at = acting.moment(step, context)
    judge_moment(step, case, procedure, at)
    change, before = Change(case=case), case.state
    told: dict[str, Any] = {"by_clock": step.by_clock, **context.told_of_gate}
    if transition.target != STAY:
        case.state = context.state_before_aside if transition.target == BACK else transition.target
        case.is_open = procedure.state(case.state).kind != "closed"
        # Who goes from one end to another (a double that had ended is merged) was closed before.
        case.closed_on = None if case.is_open else case.closed_on or step.effective_on
        case.result = "" if case.is_open else transition.result or procedure.result_of(case.state)
        told["result"] = case.result
    if transition.firm and step.enterprise is not None:
        case.enterprise = step.enterprise
        told["enterprise"] = step.enterprise.pk
    case.changed_on, case.changed_at = step.effective_on, at
    if procedure.clocks:
        # Judged on what is held now: who takes over with this step does not approve it.
        mover = acting.mover(step, context, change)
        effects = clock_effects(transition, before, context)
        judge_effects(effects, mover, procedure, acting.actor, context.assignments)
        for effect in effects:
            mover.apply(effect, procedure.clock(effect.clock))
        told["clocks"] = mover.told
    unknown = {holder.role for holder in step.holders} - {*transition.assigns, *transition.awaits}
    if unknown:
        raise ValueError(f"{transition.verb} may not assign {sorted(unknown)}")
    told["holders"] = assign(context, step.holders, step.effective_on, at, writes, transition.awaits)
    told["answered"] = answer(context, transition.answers, acting.actor, step.effective_on, at, writes)
    told["released"], begun = pass_on(context, step, at, writes)
    told["holders"] += begun
    for name, value in step.data.items():
        setattr(context.detail, name, value)
    told["data"] = snapshot_of(context.detail, step.data)
    writes.details.append((context.detail, frozenset(step.data)))
    if case.state != before:
        move_tasks(context, step.effective_on, writes)
    return _record(step, step.verb, before, told, context, acting, change)


def _note_principal(case: Case, account_id: int | None, writes: Writes) -> None:
    if account_id is not None:
        writes.on_behalf_of[case.pk] = account_id


def _let_time_pass(step: Step, context: CaseContext, acting: _Acting) -> Done:
    """A rung, the end of a suspension, a new calendar: only the system says that time has passed."""
    work = step.clock_work
    if work is None or not acting.actor.is_system:
        raise NotAllowed(_("时限由系统按日历计算，不能手工改动。"))
    change = Change(case=context.case)
    mover = acting.mover(step, context, change)
    clock = next((item for item in context.clocks if item.pk == work.clock_id), None)
    if clock is None or clock.ended_on is not None:
        raise Refused(_("这个时限已经结束。"))
    if step.verb == CLOCK_RUNG:
        mover.reach(clock, work.rungs)
    elif step.verb == CLOCK_RESUMED:
        assert work.point is not None, "a suspension ends on a day"
        mover.go_on(clock, state_of_row(clock), work.point)
    else:
        mover.reproject(clock, state_with_stretches(clock))
    return _record(step, step.verb, context.case.state, {"clocks": mover.told}, context, acting, change)


def _follow_enterprise(step: Step, context: CaseContext, acting: _Acting) -> Done:
    """The firm of the case is another register entry from now on: whoever may merge firms moves their cases along."""
    if step.enterprise is None or not (acting.actor.is_system or acting.actor.has("enterprises.merge")):
        raise NotAllowed(_("只有合并企业的人能把办件转到另一家企业。"))
    case = context.case
    case.enterprise = step.enterprise
    told = {"enterprise": step.enterprise.pk}
    return _record(step, FOLLOW_VERB, case.state, told, context, acting, Change(case=case))


def _correct(step: Step, context: CaseContext, acting: _Acting) -> Done:
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
    return _record(step, CORRECT_VERB, replaced.state_before, told, context, acting, Change(case=case))


def _record(
    step: Step,
    verb: str,
    before: str,
    told: dict[str, Any],
    context: CaseContext,
    acting: _Acting,
    change: Change,
) -> Done:
    """The one `Change` of a step, filled in and sealed into the case's chain."""
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
    change.position = replaced.position if replaced else case.last_seq + 1
    change.effective_on = step.effective_on
    change.effective_at = None if replaced else acting.moment(step, context)
    change.actor = acting.actor.account
    change.on_behalf_of_id = acting.writes.on_behalf_of.get(case.pk)
    change.verb = verb
    change.state_before = before
    change.state_after = replaced.state_after if replaced else case.state
    # A correction moves a day; what was at stake on it stays as it was.
    change.amount_yuan = replaced.amount_yuan if replaced else case.amount_yuan
    change.reason = step.reason[:500]
    change.replaces = replaced
    change.request_key = step.request_key
    change.snapshot = {key: value for key, value in told.items() if value not in ([], {}, None, "")}
    case.set_head(change.seal(after=case.head(), now=acting.now), case.chain_name())
    acting.writes.changes.append(change)
    add_evidence(context, step, change, acting.actor, acting.writes)
    project(context)
    acting.writes.cases.append(case)
    return Done(case, change)
