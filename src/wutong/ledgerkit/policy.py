"""Who sees a row: one policy for object, list, search, count, export, file and feed.

Through the own unit's tree and those of the units in charge, the own team, an open or past assignment in person (lead
official, helper, handler, verifier) or of somebody one stands in for, the lead of its firm or of a chain on which its
firm stands, or a zone-wide right. Restricted states (leads, unsigned projects) only in person, through the team, or by
the leaders' right. Whoever sees a case sees its sub-cases; a sub-case of a restricted case is as restricted, except for
those who have to do with it themselves.
"""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from wutong.cases.models import Assignment, Case, Change
from wutong.cases.procedures import Procedure
from wutong.ledgerkit.registry import ledgers
from wutong.registers.leads.queries import led_enterprises
from wutong.registers.organisation.actors import Actor, memberships_on


def visible_cases(actor: Actor, case_type: str | None = None) -> QuerySet[Case]:
    """Cases that the actor may see; the only door to them for pages, exports, searches and files."""
    if actor.is_system:
        cases = Case.objects.all()
    else:
        # One page asks many times; to put the condition together costs more than to ask the database.
        key = ("visible_cases", tuple(ledger.code for ledger in ledgers()))
        if key not in actor.memo:
            actor.memo[key] = _visible_cases(actor)
        cases = actor.memo[key].all()
    return cases if case_type is None else cases.filter(case_type=case_type)


def _visible_cases(actor: Actor) -> QuerySet[Case]:
    own = _allowed(actor, "pk", "") & _below_nothing_restricted(actor)
    through_parent = _allowed(actor, "parent_id", "parent__") & Q(parent__isnull=False)
    return Case.objects.filter(own | through_parent)


def _allowed(actor: Actor, key: str, prefix: str) -> Q:
    """The condition on one case: the row itself (`prefix` empty) or its parent."""
    seen, secret = _by_right(actor, key, prefix)
    ways = _ways(actor, key, prefix)
    close = ways.in_person | ways.in_team
    far = ways.in_tree if ways.in_lead is None else ways.in_tree | ways.in_lead
    return (seen | close | far) & (~secret | close)


def _by_right(actor: Actor, key: str, prefix: str) -> tuple[Q, Q]:
    """What the actor's zone-wide rights open, and what needs a closer tie than the own unit's tree."""
    seen = secret = Q(pk__in=[])
    types = []
    for ledger in ledgers():
        for case_type in ledger.case_types:
            procedure = case_type.procedure
            if actor.has(ledger.see_all):
                types.append(procedure.case_type)
            if procedure.restricted_states():
                restricted = _restricted(procedure, key, prefix)
                if ledger.see_restricted and actor.has(ledger.see_restricted):
                    seen |= restricted
                else:
                    secret |= restricted
    return seen | Q(**{f"{prefix}case_type__in": types}), secret


def _restricted(procedure: Procedure, key: str, prefix: str) -> Q:
    """In a restricted state, or laid aside or ended without ever having left the restricted ones."""
    known = [state.code for state in procedure.states if state.kind == "open" and not state.restricted]
    resting = [state.code for state in procedure.states if state.kind != "open"]
    came_out = Exists(Change.objects.filter(case=OuterRef(key), state_after__in=known))
    here = Q(**{f"{prefix}case_type": procedure.case_type})
    still = Q(**{f"{prefix}state__in": procedure.restricted_states()})
    return here & (still | (Q(**{f"{prefix}state__in": resting}) & Q(~came_out)))


def _below_nothing_restricted(actor: Actor) -> Q:
    """The parent is none, or not restricted to this actor, or the sub-case itself concerns the actor. (A parent
    that the actor is tied to is judged by `visible_cases`.)"""
    _seen, secret = _by_right(actor, "parent_id", "parent__")
    ways = _ways(actor, "pk", "")
    return Q(parent__isnull=True) | ~secret | ways.in_person | ways.in_team | ways.in_unit


@dataclass(frozen=True)
class Ways:
    """What ties an actor to a case: in person (or standing in), through a team, through the own unit, through it or one
    below it or below a unit in charge, through the lead of its firm (None: the actor leads none)."""

    in_person: Q
    in_team: Q
    in_unit: Q
    in_tree: Q
    in_lead: Q | None


def _ways(actor: Actor, key: str, prefix: str) -> Ways:
    """What only a few have (units in charge, a stand-in, a lead) adds no condition for all the others."""
    if actor.official is None or actor.on is None:
        nothing = Q(pk__in=[])
        return Ways(nothing, nothing, nothing, nothing, None)
    assignments = Assignment.objects.filter(case=OuterRef(key))
    teams = memberships_on(actor.on).filter(official=actor.official).values("team_id")
    trees = Q(unit__path__startswith=actor.unit_path)
    for path in actor.reach.overseen_paths:
        trees |= Q(unit__path__startswith=path)
    firms = led_enterprises(actor)
    return Ways(
        in_person=Q(Exists(assignments.filter(_in_person(actor, actor.official.pk)))),
        in_team=Q(Exists(assignments.filter(unit__in=teams))),
        in_unit=Q(Exists(assignments.filter(unit=actor.official.unit_id))),
        in_tree=Q(Exists(assignments.filter(trees))),
        in_lead=Q(**{f"{prefix}enterprise__in": sorted(firms)}) if firms else None,
    )


def _in_person(actor: Actor, official_id: int) -> Q:
    """Own assignments, open or past, and the open ones of those the actor stands in for."""
    persons = actor.stands_in_for
    own = Q(person=official_id)
    return own | Q(person__in=sorted(persons), to_on__isnull=True) if persons else own
