"""Whether somebody may: through a role held on the case, or a right."""

from collections.abc import Iterable

from wutong.cases.models import Assignment
from wutong.cases.procedures import Who
from wutong.registers.organisation.actors import Actor


def holds(actor: Actor, assignment: Assignment) -> bool:
    """In person, or as a member of the unit when nobody is named."""
    if actor.official is None:
        return False
    if assignment.person_id is not None:
        return assignment.person_id == actor.official.pk
    return assignment.unit_id in {actor.official.unit_id, *actor.team_ids}


def holds_role(actor: Actor, assignments: Iterable[Assignment], roles: Iterable[str]) -> bool:
    wanted = set(roles)
    return any(item.role in wanted and holds(actor, item) for item in assignments)


def is_allowed(actor: Actor, who: Who, assignments: Iterable[Assignment]) -> bool:
    if actor.is_system:
        return True
    rows = list(assignments)
    if who.never and holds_role(actor, rows, who.never):
        return False
    return (bool(who.right) and actor.has(who.right)) or holds_role(actor, rows, who.roles)
