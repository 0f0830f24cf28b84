"""Who sees a row: one policy for object, list, search, count, export, file and feed.

Through the own unit's tree, the own team, an open or past assignment in person (lead official, helper, handler,
verifier), or a zone-wide right. Restricted states (leads, unsigned projects) only in person, through the team,
or by the leaders' right. Whoever sees a case sees its sub-cases.
"""

from django.db.models import Exists, OuterRef, Q, QuerySet

from wutong.cases.models import Assignment, Case
from wutong.ledgerkit.registry import ledgers
from wutong.registers.organisation.actors import Actor, memberships_on


def visible_cases(actor: Actor, case_type: str | None = None) -> QuerySet[Case]:
    """Cases that the actor may see; the only door to them for pages, exports, searches and files."""
    cases = Case.objects.all() if case_type is None else Case.objects.filter(case_type=case_type)
    if actor.is_system:
        return cases
    own = _allowed(actor, "pk", "")
    through_parent = _allowed(actor, "parent_id", "parent__") & Q(parent__isnull=False)
    return cases.filter(own | through_parent)


def _allowed(actor: Actor, key: str, prefix: str) -> Q:
    """The condition on one case: the row itself (`prefix` empty) or its parent."""
    allowed = Q(pk__in=[])
    in_person, in_team, in_tree = _ways(actor, key)
    for ledger in ledgers():
        for case_type in ledger.case_types:
            procedure = case_type.procedure
            here = Q(**{f"{prefix}case_type": procedure.case_type})
            restricted = Q(**{f"{prefix}state__in": procedure.restricted_states()})
            close = in_person | in_team
            if ledger.see_restricted and actor.has(ledger.see_restricted):
                close = Q()
            wide = Q() if actor.has(ledger.see_all) else in_person | in_team | in_tree
            if not procedure.restricted_states():
                allowed |= here & wide
            else:
                allowed |= here & ((restricted & close) | (~restricted & wide))
    return allowed


def _ways(actor: Actor, key: str) -> tuple[Q, Q, Q]:
    if actor.official is None or actor.on is None:
        nothing = Q(pk__in=[])
        return nothing, nothing, nothing
    assignments = Assignment.objects.filter(case=OuterRef(key))
    teams = memberships_on(actor.on).filter(official=actor.official).values("team_id")
    return (
        Q(Exists(assignments.filter(person=actor.official))),
        Q(Exists(assignments.filter(unit__in=teams))),
        Q(Exists(assignments.filter(unit__path__startswith=actor.unit_path))),
    )
