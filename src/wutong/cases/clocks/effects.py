"""Which clocks a step moves: what is declared, and what follows from the kinds of the states; and what that needs read."""

from collections.abc import Mapping, Sequence

from wutong.cases.clocks.counting import counting_now, rules_between
from wutong.cases.clocks.scales import Counting
from wutong.cases.context import CaseContext
from wutong.cases.models import ClockRule
from wutong.cases.procedures import SET_ASIDE, ClockEffect, Transition
from wutong.cases.registry import latest
from wutong.cases.steps import NewCase, Step


def clock_tables(
    steps: Sequence[Step], contexts: Mapping[int, CaseContext]
) -> tuple[Counting | None, Sequence[ClockRule]]:
    """The calendar, and the offices' rules of clocks, each read only when a step may need it."""
    if not any(context.kind.procedure.clocks for context in contexts.values()):
        return None, ()
    starting = {kind for step in steps if (kind := _starts_clocks(step, contexts))}
    days = [step.effective_on for step in steps]
    return counting_now(), rules_between(starting, min(days), max(days)) if starting else ()


def _starts_clocks(step: Step, contexts: Mapping[int, CaseContext]) -> str:
    """The case type of a step that may start a clock; empty for one that does not."""
    if isinstance(step.case, NewCase):
        return step.case.case_type if latest(step.case.case_type).procedure.open_clocks else ""
    transition = contexts[step.case.pk].kind.procedure.transition(step.verb)
    effects = transition.clocks if transition else ()
    is_starting = any(effect.action in {"start", "arm"} for effect in effects)
    return step.case.case_type if is_starting else ""


def clock_effects(transition: Transition, before: str, context: CaseContext) -> list[ClockEffect]:
    """Declared effects, and what follows from the kinds of the states: aside suspends, closing ends clocks."""
    procedure = context.kind.procedure
    effects = list(transition.clocks)
    old, new = procedure.state(before).kind, procedure.state(context.case.state).kind
    declared = {effect.clock for effect in effects}
    declared |= {effect.supersedes for effect in effects}
    others = [clock for clock in context.clocks if clock.code not in declared and clock.ended_on is None]
    if new == "aside" and old == "open":
        effects += [
            ClockEffect(clock.code, "suspend", reason=SET_ASIDE)
            for clock in others
            if clock.running_since is not None
            and clock.missed_on is None
            and procedure.clock(clock.code).suspension(SET_ASIDE) is not None
        ]
    elif new == "open" and old == "aside":
        # A clock that rested before the case was laid aside goes on resting.
        back = [clock for clock in others if clock.code in context.suspended_aside]
        effects += [ClockEffect(clock.code, "resume") for clock in back]
    elif new == "closed" and old != "closed":
        effects += [ClockEffect(clock.code, "void") for clock in others]
    return effects
