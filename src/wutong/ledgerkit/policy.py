"""Who sees a row: one policy for object, list, search, count, export, file and feed.

Through the own unit's tree, the own team, an open or past assignment in person (lead official, helper, handler,
verifier), or a zone-wide right. Restricted states (leads, unsigned projects) only in person, through the team,
or by the leaders' right. Whoever sees a case sees its sub-cases; a sub-case of a restricted case is as restricted,
except for those who have to do with it themselves.
"""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from wutong.cases.models import Assignment, Case, Change
from wutong.cases.procedures import Procedure
from wutong.ledgerkit.registry import ledgers
from wutong.registers.organisation.actors import Actor, memberships_on


def visible_cases(actor: Actor, case_type: str | None = None) -> QuerySet[Case]:
    """Cases that the actor may see; the only door to them for pages, exports, searches and files."""
    cases = Case.objects.all() if case_type is None else Case.objects.filter(case_type=case_type)
    if actor.is_system:
        return cases
    own = _allowed(actor, "pk", "") & _below_nothing_restricted(actor)
    through_parent = _allowed(actor, "parent_id", "parent__") & Q(parent__isnull=False)
    return cases.filter(own | through_parent)


def _allowed(actor: Actor, key: str, prefix: str) -> Q:
    """The condition on one case: the row itself (`prefix` empty) or its parent."""
    allowed = Q(pk__in=[])
    ways = _ways(actor, key)
    for ledger in ledgers():
        for case_type in ledger.case_types:
            procedure = case_type.procedure
            here = Q(**{f"{prefix}case_type": procedure.case_type})
            restricted = _restricted(procedure, key, prefix)
            close_or_tree = ways.in_person | ways.in_team | ways.in_tree
            close = ways.in_person | ways.in_team
            if ledger.see_restricted and actor.has(ledger.see_restricted):
                close = Q()
            wide = Q() if actor.has(ledger.see_all) else close_or_tree
            if not procedure.restricted_states():
                allowed |= here & wide
            else:
                allowed |= here & ((restricted & close) | (~restricted & wide))
    return allowed


def _restricted(procedure: Procedure, key: str, prefix: str) -> Q:
    """In a restricted state, or laid aside or ended without ever having left the restricted ones."""
    known = [state.code for state in procedure.states if state.kind == "open" and not state.restricted]
    resting = [state.code for state in procedure.states if state.kind != "open"]
    came_out = Exists(Change.objects.filter(case=OuterRef(key), state_after__in=known))
    return Q(**{f"{prefix}state__in": procedure.restricted_states()}) | (
        Q(**{f"{prefix}state__in": resting}) & ~came_out
    )


def _below_nothing_restricted(actor: Actor) -> Q:
    """The parent is none, or in a state that is not restricted, or the sub-case itself concerns the actor. (The
    parent seen by the leaders' right or through the own team is judged by `visible_cases`.)"""
    secret = Q(pk__in=[])
    for ledger in ledgers():
        if ledger.see_restricted and actor.has(ledger.see_restricted):
            continue
        for case_type in ledger.case_types:
            procedure = case_type.procedure
            if procedure.restricted_states():
                here = Q(parent__case_type=procedure.case_type)
                secret |= here & _restricted(procedure, "parent_id", "parent__")
    ways = _ways(actor, "pk")
    return Q(parent__isnull=True) | ~secret | ways.in_person | ways.in_team | ways.in_unit


@dataclass(frozen=True)
class Ways:
    """What ties an actor to a case: in person, through a team, through the own unit or one below it."""

    in_person: Q
    in_team: Q
    in_unit: Q
    in_tree: Q


def _ways(actor: Actor, key: str) -> Ways:
    if actor.official is None or actor.on is None:
        nothing = Q(pk__in=[])
        return Ways(nothing, nothing, nothing, nothing)
    assignments = Assignment.objects.filter(case=OuterRef(key))
    teams = memberships_on(actor.on).filter(official=actor.official).values("team_id")
    return Ways(
        in_person=Q(Exists(assignments.filter(person=actor.official))),
        in_team=Q(Exists(assignments.filter(unit__in=teams))),
        in_unit=Q(Exists(assignments.filter(unit=actor.official.unit_id))),
        in_tree=Q(Exists(assignments.filter(unit__path__startswith=actor.unit_path))),
    )
