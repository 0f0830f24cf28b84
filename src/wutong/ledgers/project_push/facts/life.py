"""The life of one project from the changes that its page has read: what the stalled finder reads for many at once.

The finder stays the definition; a test compares the two over whole histories.
"""

from collections.abc import Sequence
from datetime import date

from wutong.cases.context import valid_changes
from wutong.cases.models import Change
from wutong.cases.procedures import CORRECT_VERB
from wutong.ledgers.project_push.stalled.queries import NOT_PROGRESS, Stalled
from wutong.ledgers.project_push.stalled.rules import Life, judge, stalled_stage
from wutong.registers.projects.models import Project
from wutong.rules.lamps import RuleSet

ENDS = ("terminated", "at_capacity")
GONE = "merged"
"""A project that was merged into another one is not looked for any more."""


def known_by(changes: Sequence[Change], as_of: date) -> list[Change]:
    """The changes that hold on a day, in the order of the case's life."""
    return [change for change in valid_changes(changes) if change.effective_on <= as_of]


def life_of(changes: Sequence[Change], as_of: date) -> Life:
    """The days of a project's life as known, up to a day. `changes` are all changes of its case."""
    known = known_by(changes, as_of)
    first_told = {change.seq: change.verb for change in changes}

    def first(*states: str) -> date | None:
        days = [
            change.effective_on
            for change in known
            if change.state_after in states and change.state_before != change.state_after
        ]
        return min(days, default=None)

    progress = [
        change.effective_on
        for change in known
        if (first_told[change.position] if change.verb == CORRECT_VERB else change.verb) not in NOT_PROGRESS
    ]
    ended = [change.effective_on for change in known if change.state_after in ENDS]
    return Life(
        signed_on=first("signed"),
        started_on=first("started"),
        produced_on=first("in_production"),
        ended_on=min(ended, default=None),
        progress_on=max(progress, default=None),
        suspensions=suspensions_in(known),
    )


def suspensions_in(known: Sequence[Change]) -> tuple[tuple[date, date | None], ...]:
    found: list[tuple[date, date | None]] = []
    for change in known:
        if change.state_after == "suspended" and change.state_before != "suspended":
            found.append((change.effective_on, None))
        elif change.state_before == "suspended" and change.state_after != "suspended" and found:
            found[-1] = (found[-1][0], change.effective_on)
    return tuple(found)


def stalled_of(
    number: str,
    project: Project,
    changes: Sequence[Change],
    as_of: date,
    rule_sets: tuple[RuleSet | None, RuleSet | None],
) -> Stalled | None:
    """One project as the finder shows it: None when it is not stalled. `rule_sets` are the edition in force on the day
    and the one before."""
    known = known_by(changes, as_of)
    if not known or known[-1].state_after == GONE:
        return None
    life = life_of(changes, as_of)
    stage = stalled_stage(life, as_of)
    if stage is None:
        return None
    amount = known[-1].amount_yuan or 0
    rule_set, previous = rule_sets
    plan_on = project.plan_start_on if stage == "signed" else project.plan_production_on
    verdict = judge(life, stage, as_of, rule_set, amount, plan_on)
    return Stalled(changes[0].case_id, number, stage, amount, life, verdict, rule_set, plan_on, previous)
