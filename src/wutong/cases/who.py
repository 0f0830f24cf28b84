"""Whether somebody may: through a role held on the case, or a right."""

from collections.abc import Iterable

from wutong.cases.models import Assignment
from wutong.cases.procedures import Who
from wutong.registers.organisation.actors import Actor


def holds(actor: Actor, assignment: Assignment) -> bool:
    """In person, as a member of the unit when nobody is named, or standing in for the person who is named."""
    if holds_self(actor, assignment):
        return True
    # Nobody stands in for a unit: who reaches no further is not asked for it.
    is_named = actor.official is not None and assignment.person_id is not None
    return is_named and assignment.person_id in actor.stands_in_for


def holds_self(actor: Actor, assignment: Assignment) -> bool:
    """The same without standing in for anybody."""
    if actor.official is None:
        return False
    if assignment.person_id is not None:
        return assignment.person_id == actor.official.pk
    return assignment.unit_id in {actor.official.unit_id, *actor.team_ids}


def holds_role(actor: Actor, assignments: Iterable[Assignment], roles: Iterable[str]) -> bool:
    wanted = set(roles)
    return any(item.role in wanted and holds(actor, item) for item in assignments)


def is_allowed(actor: Actor, who: Who, assignments: Iterable[Assignment]) -> bool:
    """`never` counts the own roles and those held as a stand-in: nobody verifies what he answers for meanwhile."""
    if actor.is_system:
        return True
    rows = list(assignments)
    if who.never and holds_role(actor, rows, who.never):
        return False
    return (bool(who.right) and actor.has(who.right)) or holds_role(actor, rows, who.roles)


def on_behalf_of(actor: Actor, who: Who, assignments: Iterable[Assignment]) -> int | None:
    """The account of the person in whose place the actor may do this; None when the actor may by right or in an own
    role."""
    if actor.official is None or (who.right and actor.has(who.right)):
        return None
    held = [item for item in assignments if item.role in who.roles]
    if not held or any(holds_self(actor, item) for item in held):
        return None
    persons = {item.person_id for item in held}
    return next(
        (
            person.account_id
            for person in actor.reach.stands_in_for
            if person.official_id in persons and person.account_id is not None
        ),
        None,
    )
