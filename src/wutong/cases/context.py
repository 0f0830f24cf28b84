"""Everything that judging a set of steps needs, read set by set: the number of queries does not grow."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q

from wutong.cases.gate_sets import facts_of_set
from wutong.cases.gates import GateItem, counted_evidence, evaluate, missing, rules_for, rules_of
from wutong.cases.models import Assignment, Case, CaseDetail, Change, Clock, Task
from wutong.cases.procedures import BACK, STAY, Transition
from wutong.cases.registry import CaseType, case_type_of
from wutong.cases.steps import Step
from wutong.cases.waivers import NONE, Waivers, gated_step, waivers_of


@dataclass
class CaseContext:
    """One locked case with what hangs on it. Lists are kept up to date while steps are applied. `parent_seats` are
    all assignments of the parent, past ones too, of a case that is being opened. `gated` is the step whose gate is
    looked at, `lacking` what it lacks, `told_of_gate` what the change will say about it."""

    case: Case
    kind: CaseType
    detail: CaseDetail
    assignments: list[Assignment] = field(default_factory=list)
    clocks: list[Clock] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    open_children: list[Case] = field(default_factory=list)
    parent: Case | None = None
    parent_seats: list[Assignment] = field(default_factory=list)
    gated: Transition | None = None
    lacking: list[GateItem] = field(default_factory=list)
    waivers: Waivers = NONE
    told_of_gate: dict[str, Any] = field(default_factory=dict)
    state_before_aside: str = ""
    suspended_aside: frozenset[str] = frozenset()
    is_replaced: bool = False
    last_actors: dict[str, int | None] = field(default_factory=dict)
    replaced_neighbours: tuple[date | None, date | None] = (None, None)


def lock_cases(steps: Sequence[Step]) -> tuple[dict[int, Case], dict[int, Case]]:
    """The cases of the steps, and the parents below which one is opened or opened again: a parent must not be
    closed meanwhile. Locked in the order of keys, so that two sets of steps never wait for each other."""
    own = [step.case.pk for step in steps if isinstance(step.case, Case)]
    if len(set(own)) != len(own):
        raise ValueError("a case may occur once in a set of steps")
    above = set()
    for step in steps:
        parent_id = _parent_needed(step)
        if parent_id is not None:
            above.add(parent_id)
    if not own and not above:
        return {}, {}
    cases = Case.objects.select_for_update().filter(pk__in=sorted(above.union(own))).order_by("pk")
    locked = {case.pk: case for case in cases}
    return {pk: locked[pk] for pk in sorted(own)}, {pk: locked[pk] for pk in above}


def _parent_needed(step: Step) -> int | None:
    if not isinstance(step.case, Case):
        return step.case.parent.pk if step.case.parent else None
    procedure = case_type_of(step.case).procedure
    transition = procedure.transition(step.verb)
    if transition is None or all(procedure.state(code).kind != "closed" for code in transition.source):
        return None
    return step.case.parent_id


def load_contexts(
    steps: Sequence[Step], locked: Mapping[int, Case], parents: Mapping[int, Case]
) -> dict[int, CaseContext]:
    """Contexts of existing cases. Gates, children and aside states are read only where a step needs them."""
    contexts: dict[int, CaseContext] = {}
    by_type: dict[CaseType, list[Case]] = defaultdict(list)
    for case in locked.values():
        by_type[case_type_of(case)].append(case)
    for kind, cases in by_type.items():
        rows = (
            kind.detail._default_manager.select_related(*kind.related)
            if kind.related
            else kind.detail._default_manager.all()
        )
        details = rows.in_bulk([case.pk for case in cases])
        for case in cases:
            parent = parents.get(case.parent_id or 0)
            contexts[case.pk] = CaseContext(case, kind, details[case.pk], parent=parent)
    for assignment in Assignment.objects.filter(case__in=locked, to_on__isnull=True):
        contexts[assignment.case_id].assignments.append(assignment)
    _load_clocks(contexts)
    with_tasks = [
        pk for pk, context in contexts.items() if any(state.task for state in context.kind.procedure.states)
    ]
    if with_tasks:
        for task in Task.objects.filter(case__in=with_tasks, closed_on__isnull=True):
            contexts[task.case_id].tasks.append(task)
    _load_positions(steps, contexts)
    _load_children(steps, contexts)
    _load_gates(steps, contexts)
    _load_last_actors(steps, contexts)
    return contexts


def _load_clocks(contexts: dict[int, CaseContext]) -> None:
    """Live clocks, and ended ones that another clock counts from."""
    with_clocks = [pk for pk, context in contexts.items() if context.kind.procedure.clocks]
    if not with_clocks:
        return
    origins = {
        effect.since
        for pk in with_clocks
        for transition in contexts[pk].kind.procedure.transitions
        for effect in transition.clocks
        if effect.since
    }
    wanted = Q(ended_on__isnull=True) | Q(code__in=origins) if origins else Q(ended_on__isnull=True)
    for clock in Clock.objects.filter(wanted, case__in=with_clocks).order_by("pk"):
        contexts[clock.case_id].clocks.append(clock)


def _load_last_actors(steps: Sequence[Step], contexts: dict[int, CaseContext]) -> None:
    """Who last took the verbs that keep their actor away from this step."""
    wanted: dict[int, tuple[str, ...]] = {}
    for step in steps:
        if isinstance(step.case, Case) and step.case.pk in contexts:
            transition = contexts[step.case.pk].kind.procedure.transition(step.verb)
            if transition is not None and transition.not_by_actor_of:
                wanted[step.case.pk] = transition.not_by_actor_of
    if wanted:
        verbs = {verb for names in wanted.values() for verb in names}
        for change in Change.objects.filter(case__in=wanted, verb__in=verbs).order_by("seq"):
            contexts[change.case_id].last_actors[change.verb] = change.actor_id


def _load_positions(steps: Sequence[Step], contexts: dict[int, CaseContext]) -> None:
    """Positions, the state to come back to, and the neighbours of a change that is being corrected."""
    wanted = {}
    for step in steps:
        if isinstance(step.case, Case) and step.case.pk in contexts:
            context = contexts[step.case.pk]
            transition = context.kind.procedure.transition(step.verb)
            if step.replaces is not None or (transition is not None and transition.target == BACK):
                wanted[context.case.pk] = step
    if not wanted:
        return
    rows: dict[int, list[Change]] = defaultdict(list)
    for change in Change.objects.filter(case__in=wanted).order_by("seq"):
        rows[change.case_id].append(change)
    for pk, step in wanted.items():
        context = contexts[pk]
        valid = valid_changes(rows[pk])
        states = [state.code for state in context.kind.procedure.states if state.kind == "aside"]
        context.state_before_aside = _state_before(context, valid, states)
        context.suspended_aside = _suspended_aside(rows[pk], states)
        if step.replaces is not None:
            position = step.replaces.position
            context.is_replaced = step.replaces.pk not in {change.pk for change in valid}
            before = [change.effective_on for change in valid if change.position < position]
            after = [change.effective_on for change in valid if change.position > position]
            context.replaced_neighbours = (before[-1] if before else None, after[0] if after else None)


def _state_before(context: CaseContext, valid: Sequence[Change], aside: Sequence[str]) -> str:
    """Where a way back leads: out of an aside state to the last one in which work went on, out of an end to whatever
    was before it. A state that is only passed through on a way back is not one to go back to."""
    procedure, now = context.kind.procedure, context.case.state
    passing = {now}
    if now in aside:
        passing |= {code for item in procedure.transitions if item.target == BACK for code in item.source}
        passing |= set(aside)
    return next((change.state_after for change in reversed(valid) if change.state_after not in passing), "")


def _suspended_aside(rows: Sequence[Change], aside: Sequence[str]) -> frozenset[str]:
    """Codes of the clocks that stopped when the case was last laid aside."""
    for change in reversed(rows):
        if change.state_after in aside and change.state_before not in aside and change.replaces_id is None:
            told = change.snapshot.get("clocks", [])
            return frozenset(entry["clock"] for entry in told if entry["do"] == "suspend")
    return frozenset()


def valid_changes(changes: Iterable[Change]) -> list[Change]:
    """Changes that have not been replaced, in the order of the case's life."""
    rows = list(changes)
    replaced = {change.replaces_id for change in rows if change.replaces_id}
    return sorted(
        (change for change in rows if change.pk not in replaced), key=lambda change: change.position
    )


def _load_children(steps: Sequence[Step], contexts: dict[int, CaseContext]) -> None:
    closing = set()
    for step in steps:
        if isinstance(step.case, Case) and step.case.pk in contexts:
            procedure = contexts[step.case.pk].kind.procedure
            transition = procedure.transition(step.verb)
            if (
                transition is not None
                and procedure.open_children_block
                and transition.target not in {STAY, BACK}
                and procedure.state(transition.target).kind == "closed"
            ):
                closing.add(step.case.pk)
    if closing:
        for child in Case.objects.filter(parent__in=closing, is_open=True):
            contexts[child.parent_id or 0].open_children.append(child)


def _load_gates(steps: Sequence[Step], contexts: dict[int, CaseContext]) -> None:
    """What each gate lacks; requests and permissions to pass are read only where something is missing."""
    looked_at: dict[CaseType, list[tuple[CaseContext, Transition, date]]] = defaultdict(list)
    for step in steps:
        if isinstance(step.case, Case) and step.case.pk in contexts:
            context = contexts[step.case.pk]
            procedure = context.kind.procedure
            gated = gated_step(procedure, procedure.transition(step.verb), step.gate_verb)
            if gated is not None:
                context.gated = gated
                looked_at[context.kind].append((context, gated, step.effective_on))
    if not looked_at:
        return
    all_rules = rules_of(kind.procedure.case_type for kind in looked_at)
    for kind, members in looked_at.items():
        documents = counted_evidence([context.case for context, _gated, _on in members])
        rules = {
            context.case.pk: rules_for(
                all_rules, context.case.case_type, gated.target, opened_on=context.case.opened_on, on=on
            )
            for context, gated, on in members
        }
        held = [rule for found in rules.values() for rule in found]
        pairs = [(context.case, context.detail) for context, _gated, _on in members]
        facts = facts_of_set(kind, pairs, documents, held)
        for context, _gated, _on in members:
            context.lacking = missing(evaluate(rules[context.case.pk], facts[context.case.pk]))
    _load_waivers([context for members in looked_at.values() for context, _gated, _on in members])


def _load_waivers(members: Sequence[CaseContext]) -> None:
    wanted = {
        context.case.pk: context
        for context in members
        if context.lacking and any(item.waiver for item in context.kind.procedure.transitions)
    }
    if not wanted:
        return
    rows: dict[int, list[Change]] = defaultdict(list)
    for change in Change.objects.filter(case__in=wanted).order_by("seq"):
        rows[change.case_id].append(change)
    for pk, context in wanted.items():
        context.waivers = waivers_of(context.kind.procedure, rows[pk])
