"""Which entries of the search index could be permitted to somebody at all. It narrows, it never permits: every hit is
judged by `policy.visible_cases` before it is shown."""

from wutong.base.search.queries import Range
from wutong.cases.searching import firm_token, person_token, type_token, unit_token
from wutong.ledgerkit.registry import ledgers
from wutong.registers.leads.queries import led_enterprises
from wutong.registers.organisation.actors import Actor
from wutong.registers.organisation.models import Unit


def case_range(actor: Actor) -> Range:
    """Cases that a search of this actor has to look at. One query for the units of the own trees."""
    if actor.is_system:
        return Range(is_many=True)
    everything = [ledger for ledger in ledgers() if actor.has(ledger.see_all)]
    if len(everything) == len(ledgers()):
        return Range(is_many=True)
    # Restricted cases are opened by a right of their own.
    restricted = [
        ledger for ledger in ledgers() if ledger.see_restricted and actor.has(ledger.see_restricted)
    ]
    reach = {
        type_token(case_type.procedure.case_type)
        for ledger in (*everything, *restricted)
        for case_type in ledger.case_types
    }
    if actor.official is not None:
        units = _own_units(actor)
        if units is None:
            return Range(is_many=True)
        reach |= {unit_token(pk) for pk in units | actor.team_ids}
        reach |= {person_token(pk) for pk in {actor.official.pk} | actor.stands_in_for}
        reach |= {firm_token(pk) for pk in led_enterprises(actor)}
    return Range(is_many=True, reach=frozenset(reach))


def _own_units(actor: Actor) -> set[int] | None:
    """Units of the own tree and of those in charge; None when they are all units of the zone."""
    trees = (actor.unit_path, *actor.reach.overseen_paths)
    paths = list(Unit.objects.values_list("pk", "path"))
    inside = {pk for pk, path in paths if any(tree and path.startswith(tree) for tree in trees)}
    return None if len(inside) == len(paths) else inside
