"""What a ledger declares about the way its cases go: a frozen, versioned procedure.

Structure lives here, in code. What an office changes (days, thresholds, gate items, lamp rules) lives in dated
tables. A case keeps the version of the procedure that it started under.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from django.utils.translation import gettext_lazy as _

from wutong.cases.clocks.declared import EXPIRED, MOMENT_UNITS, ClockDef, ClockEffect, Text

__all__ = ["ClockDef", "ClockEffect", "Text"]

OPEN_VERB = "open"
CORRECT_VERB = "correct"
STAY = ""
"""Target of a transition that changes data but not the state."""
BACK = "<back>"
"""Target of a transition that returns to the state before an aside state (resume after suspend)."""

CLOCK_RUNG, CLOCK_MOVED, CLOCK_RESUMED = "clock_rung", "clock_moved", "clock_resumed"
CLOCK_VERBS = (CLOCK_RUNG, CLOCK_MOVED, CLOCK_RESUMED)
"""Verbs of every procedure that only time itself takes: a rung is reached, a due day moves with the calendar, a
suspension is over. They change clocks and nothing else, and do not count among the days of the case's life."""
FOLLOW_VERB = "follow_enterprise"
"""Verb of every procedure: the firm that a case concerns was merged into another one, or taken apart from it again.
The case goes along; nothing else of it changes, and the day does not count among the days of its life."""
HAND_OVER_VERB = "hand_over"
"""Verb of every procedure: a seat passes to the next holder because its holder leaves or its unit ends (交接)."""
ASIDE_OF_LIFE = (*CLOCK_VERBS, FOLLOW_VERB)
"""Verbs that leave the days of a case's life as they were."""
SET_ASIDE = "set_aside"
"""The reason for suspension that lets a clock rest while its case is laid aside."""


@dataclass(frozen=True)
class TaskDef:
    """What somebody owes while a case is in a state: the role that owes it, in words."""

    role: str
    words: Text


@dataclass(frozen=True)
class State:
    """`open`: work goes on. `aside`: work rests, clocks are suspended. `closed`: the case has its result.

    `on_way` puts a closed state into the stage bar (it is where the way leads to).
    A `restricted` state is seen through the own team and leaders only (leads, unsigned projects).
    """

    code: str
    label: Text
    kind: Literal["open", "aside", "closed"] = "open"
    restricted: bool = False
    task: TaskDef | None = None
    on_way: bool = False


@dataclass(frozen=True)
class RoleDef:
    """A role on a case. `host` is the one that answers for it; exactly one is open while the case is open.

    `many` roles (helpers) may be held by several at once; of the others a new holder ends the old one's time.
    """

    code: str
    label: Text
    many: bool = False


@dataclass(frozen=True)
class Who:
    """Who may take a transition: the holder of one of `roles` on this case, or of the right anywhere.

    `never` names roles whose holders may not (a verifier is never the handler).
    """

    roles: tuple[str, ...] = ()
    right: str = ""
    never: tuple[str, ...] = ()


@dataclass(frozen=True)
class Transition:
    """`source` empty means every open state. `fields` are the columns of the detail row that it may write.

    `gate`: the target's gate items must be there. `evidence`: kinds of file handed in with the act itself.
    `accepts_evidence`: any kind may be handed in. `checks`: a piece of evidence is looked at by somebody else.
    `amount`: sets the amount at stake. `not_by_actor_of`: whoever last took one of these verbs may not take this one.
    `claims_gate`: enters what happened before the ledger was kept here; the items of the target's gate are looked at but
    not demanded, and what is missing is written down and stays open.
    `waiver`: how a case gets past a gate with items missing (容缺办理). `asks` names a gated step and says why it
    cannot wait; `grants` is somebody else's permission, which a named right gives, and `declines` the refusal, by the
    same people. All three change nothing but the case's record. The permission covers the items that are missing when
    it is given, is used up by the step, and falls away when the case changes its state; after a refusal it may be asked
    again.
    `awaits`: roles whose answer the host waits for from now on; `answers`: the answer of such a role is there.
    `by_clock`: nobody takes it by hand, the expiry of a clock does. `firm`: sets the firm that the case concerns.
    `leaves_children`: closes the case although sub-cases go on that would keep it open otherwise.
    """

    verb: str
    label: Text
    source: tuple[str, ...]
    target: str
    who: Who
    fields: tuple[str, ...] = ()
    gate: bool = False
    evidence: tuple[str, ...] = ()
    accepts_evidence: bool = False
    checks: bool = False
    needs_reason: bool = False
    needs_due: bool = False
    clocks: tuple[ClockEffect, ...] = ()
    assigns: tuple[str, ...] = ()
    result: str = ""
    main: bool = False
    amount: bool = False
    not_by_actor_of: tuple[str, ...] = ()
    words: Text = ""
    awaits: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    by_clock: bool = False
    firm: bool = False
    leaves_children: bool = False
    claims_gate: bool = False
    waiver: Literal["", "asks", "grants", "declines"] = ""


HAND_OVER = Transition(
    HAND_OVER_VERB, _("移交"), (), STAY, Who(right="organisation.hand_over"), needs_reason=True
)  # fmt: skip
"""Taken in every open state of every procedure, by a handover only: it is not among the steps that a page offers."""


@dataclass(frozen=True)
class Procedure:
    """One version of the way a type of case goes. `number_prefix` starts its case numbers: `ZG2026-0001`."""

    case_type: str
    version: int
    label: Text
    number_prefix: str
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]
    opens_in: tuple[str, ...]
    may_open: Who
    roles: tuple[RoleDef, ...] = (RoleDef("host", "主办"),)
    clocks: tuple[ClockDef, ...] = ()
    results: tuple[tuple[str, Text], ...] = ()
    open_clocks: tuple[ClockEffect, ...] = ()
    evidence_kinds: tuple[tuple[str, Text], ...] = ()
    open_children_block: tuple[str, ...] = field(default=())

    def state(self, code: str) -> State:
        return next(state for state in self.states if state.code == code)

    def transition(self, verb: str) -> Transition | None:
        if verb == HAND_OVER_VERB:
            return HAND_OVER
        return next((item for item in self.transitions if item.verb == verb), None)

    def clock(self, code: str) -> ClockDef:
        return next(clock for clock in self.clocks if clock.code == code)

    @property
    def counts_moments(self) -> bool:
        """Whether a clock counts hours or minutes: then every step has its moment."""
        return any(clock.unit in MOMENT_UNITS for clock in self.clocks)

    def role(self, code: str) -> RoleDef:
        return next(role for role in self.roles if role.code == code)

    def role_label(self, code: str) -> Text:
        return next((role.label for role in self.roles if role.code == code), code)

    def evidence_label(self, code: str) -> Text:
        return dict(self.evidence_kinds).get(code, code)

    def result_label(self, code: str) -> Text:
        return dict(self.results).get(code, code)

    def result_of(self, state_code: str) -> str:
        """The result of a case that is entered when it has already ended; empty for a state without one."""
        return next((item.result for item in self.transitions if item.target == state_code), "")

    def leads_from(self, state_code: str) -> Iterator[Transition]:
        """Transitions that may be tried in a state, in declared order."""
        state = self.state(state_code)
        for item in self.transitions:
            if state_code in item.source or (not item.source and state.kind != "closed"):
                yield item

    def is_possible(self, transition: Transition, state_code: str) -> bool:
        """Whether a transition may be tried in a state; a handover wherever the case is not closed."""
        if transition.verb == HAND_OVER_VERB:
            return self.state(state_code).kind != "closed"
        return transition in self.leads_from(state_code)

    def gated_from(self, state_code: str) -> list[Transition]:
        """Steps behind a gate that may be tried in a state."""
        return [item for item in self.leads_from(state_code) if item.gate]

    def restricted_states(self) -> tuple[str, ...]:
        return tuple(state.code for state in self.states if state.restricted)


def faults_of_procedure(procedure: Procedure) -> list[str]:
    """Everything that makes a declaration impossible: unknown names, unreachable states, dead ends."""
    codes = [state.code for state in procedure.states]
    faults = [f"state {code} is declared twice" for code in sorted({c for c in codes if codes.count(c) > 1})]
    known, clocks = set(codes), {clock.code for clock in procedure.clocks}
    roles = {role.code for role in procedure.roles}
    verbs = [item.verb for item in procedure.transitions]
    kinds = {kind for kind, _label in procedure.evidence_kinds}
    faults += [f"verb {verb} is declared twice" for verb in sorted({v for v in verbs if verbs.count(v) > 1})]
    faults += [f"{verb} is a verb of every procedure" for verb in verbs if verb == HAND_OVER_VERB]
    faults += [f"opening names the unknown state {code}" for code in procedure.opens_in if code not in known]
    faults += [
        f"opening names the unknown clock {e.clock}" for e in procedure.open_clocks if e.clock not in clocks
    ]
    for item in procedure.transitions:
        for code in {*item.source, item.target} - {STAY, BACK}:
            if code not in known:
                faults.append(f"{item.verb} names the unknown state {code}")
        faults += [
            f"{item.verb} names the unknown clock {e.clock}" for e in item.clocks if e.clock not in clocks
        ]
        named = {*item.who.roles, *item.who.never, *item.assigns, *item.awaits, *item.answers}
        faults += [f"{item.verb} names the unknown role {role}" for role in sorted(named - roles)]
        faults += [f"{item.verb} names the unknown verb {v}" for v in item.not_by_actor_of if v not in verbs]
        faults += [f"{item.verb} names the unknown evidence {k}" for k in item.evidence if k not in kinds]
        if not item.who.roles and not item.who.right and not item.by_clock:
            faults.append(f"nobody may {item.verb}")
    if "host" not in roles:
        faults.append("there is no host role")
    faults += _faults_of_waivers(procedure)
    faults += _faults_of_clocks(procedure)
    faults += [f"state {code} cannot be reached" for code in sorted(known - _reachable(procedure))]
    for state in procedure.states:
        leaves = [t for t in procedure.leads_from(state.code) if t.target not in {STAY, state.code}]
        if state.kind != "closed" and not leaves:
            faults.append(f"state {state.code} cannot be left")
    return faults


def _faults_of_waivers(procedure: Procedure) -> Iterator[str]:
    """A way past a gate without reason, without right or without a second person."""
    asking = {item.verb for item in procedure.transitions if item.waiver == "asks"}
    granting = [item.who for item in procedure.transitions if item.waiver == "grants"]
    for item in procedure.transitions:
        if item.waiver and (item.target != STAY or not item.needs_reason or item.gate):
            yield f"{item.verb} is about a waiver: it stays in its state, needs a reason and has no gate"
        if item.waiver in {"grants", "declines"} and (
            not item.who.right or item.who.roles or not asking or set(item.not_by_actor_of) != asking
        ):
            yield f"{item.verb} answers a request for a waiver: by a right, and by nobody who asked for it"
        if item.waiver == "declines" and item.who not in granting:
            yield f"{item.verb} declines a waiver: by those who grant it"
        if item.claims_gate and (item.gate or item.target in {STAY, BACK} or not item.needs_reason):
            yield f"{item.verb} claims a gate: it enters a state and needs a reason"


def _faults_of_clocks(procedure: Procedure) -> Iterator[str]:
    """A clock that could not be right in law: an effect without its article, a suspension without a permitted reason,
    an extension without a policy, a rung that cannot happen."""
    known = {clock.code for clock in procedure.clocks}
    kinds = {kind for kind, _label in procedure.evidence_kinds}
    roles = {role.code for role in procedure.roles}
    for clock in procedure.clocks:
        if clock.on_expiry:
            if clock.basis != "statutory" or not str(clock.article).strip():
                yield f"clock {clock.code} acts on its expiry without an article of law"
            if procedure.transition(clock.on_expiry) is None:
                yield f"clock {clock.code} names the unknown verb {clock.on_expiry}"
        for reason in clock.suspensions:
            if reason.notice and reason.notice not in kinds:
                yield f"suspension {reason.code} of {clock.code} names the unknown evidence {reason.notice}"
        codes = [rung.code for rung in clock.rungs]
        if len(set(codes)) != len(codes) or EXPIRED in codes:
            yield f"clock {clock.code} has two rungs of one name"
        for rung in clock.rungs:
            if rung.unit and (rung.unit in MOMENT_UNITS) != (clock.unit in MOMENT_UNITS):
                yield f"rung {rung.code} of {clock.code} mixes days and moments"
            if rung.verb and procedure.transition(rung.verb) is None:
                yield f"rung {rung.code} of {clock.code} names the unknown verb {rung.verb}"
            if set(rung.notify) - roles:
                yield f"rung {rung.code} of {clock.code} tells an unknown role"
    for item in procedure.transitions:
        for effect in item.clocks:
            if effect.clock not in known:
                continue
            clock = procedure.clock(effect.clock)
            if effect.action == "suspend" and not clock.suspensions:
                yield f"{item.verb} suspends {clock.code}, which permits no suspension"
            if effect.action == "suspend" and effect.reason and clock.suspension(effect.reason) is None:
                yield f"{item.verb} suspends {clock.code} for the unknown reason {effect.reason}"
            if effect.action == "extend" and not clock.extensions:
                yield f"{item.verb} extends {clock.code}, which permits no extension"
            if {effect.since, effect.supersedes} - {""} - known:
                yield f"{item.verb} names the unknown clock {effect.since or effect.supersedes}"


def _reachable(procedure: Procedure) -> set[str]:
    reached: set[str] = set()
    waiting: list[str] = list(procedure.opens_in)
    while waiting:
        code = waiting.pop()
        if code in reached or all(state.code != code for state in procedure.states):
            continue
        reached.add(code)
        waiting += [item.target for item in procedure.leads_from(code) if item.target not in {STAY, BACK}]
    return reached


def main_states(procedure: Procedure) -> Sequence[State]:
    """The states that a step bar shows: those on the straight way, without aside states and other ends."""
    return [state for state in procedure.states if state.kind == "open" or state.on_way]
