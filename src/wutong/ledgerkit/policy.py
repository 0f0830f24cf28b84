"""Who sees a row: one policy for object, list, search, count, export, file and feed.

Through the own unit's tree and those of the units in charge, the own team, an open or past assignment in person (lead
official, helper, handler, verifier) or of somebody one stands in for, the lead of its firm or of a chain on which its
firm stands, or a zone-wide right. Restricted states (leads, unsigned projects) only in person, through the team, or by
the leaders' right. Whoever sees a case sees its sub-cases; a sub-case of a restricted case is as restricted, except for
those who have to do with it themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from wutong.cases.models import Assignment, Case, Change
from wutong.cases.procedures import Procedure
from wutong.ledgerkit.judging import judged
from wutong.ledgerkit.registry import ledgers
from wutong.registers.leads.queries import led_enterprises
from wutong.registers.organisation.actors import Actor, memberships_on
from wutong.registers.organisation.models import Unit


def visible_cases(actor: Actor, case_type: str | None = None) -> QuerySet[Case]:
    """Cases that the actor may see; the only door to them for pages, exports, searches and files."""
    types = [kind.procedure.case_type for ledger in ledgers() for kind in ledger.case_types]
    if actor.is_system:
        cases = Case.objects.all()
    elif all(opens_everything(actor, of_type) for of_type in types):
        cases = Case.objects.filter(case_type__in=types)  # whoever may see all is not asked for ties
    else:
        cases = judged(_depends_on(actor), lambda: _visible_cases(actor))
    return cases if case_type is None else cases.filter(case_type=case_type)


def _depends_on(actor: Actor) -> tuple[Any, ...]:
    """Everything about an actor that `_visible_cases` looks at."""
    post = (actor.official.pk, actor.official.unit_id, actor.unit_path) if actor.official else None
    return tuple(ledger.code for ledger in ledgers()), actor.rights, post, actor.on, actor.reach


def of_visible_case(actor: Actor, key: str = "case_id") -> Exists:
    """A condition on rows that hang on a case (clocks, details): each is judged by itself, after the other conditions
    of a query have left few of them. `key` is the column with the key of the case."""
    return Exists(visible_cases(actor).filter(pk=OuterRef(key)))


def who_may_see(case: Case, actors: Sequence[Actor]) -> list[Actor]:
    """Those of some actors who may see a case, in their order. One query for all of them, none where rights are enough."""
    judged_one_by_one = [actor for actor in actors if not opens_everything(actor, case.case_type)]
    conditions = {
        f"seen_{index}": Exists(visible_cases(actor).filter(pk=OuterRef("pk")))
        for index, actor in enumerate(judged_one_by_one)
    }
    seen: tuple[bool, ...] = ()
    if conditions:
        rows = Case.objects.filter(pk=case.pk).annotate(**conditions)
        seen = rows.values_list(*conditions).get()
    hidden = {id(actor) for actor, sees in zip(judged_one_by_one, seen, strict=True) if not sees}
    return [actor for actor in actors if id(actor) not in hidden]


def listed_cases(actor: Actor, case_type: str) -> QuerySet[Case]:
    """The same rows as `visible_cases`, by a shorter way for a list, which would judge a million cases one by one. One
    case that is asked for by its number is quicker to judge as it is."""
    if opens_everything(actor, case_type):
        return Case.objects.filter(case_type=case_type)
    cases, keys = visible_cases(actor, case_type), keys_to_judge(actor, case_type)
    return cases if keys is None else cases.filter(pk__in=keys)


def keys_to_judge(actor: Actor, case_type: str) -> QuerySet[Any] | None:
    """For whom no right opens anything of the type: keys of the few cases that have to be judged. Else None: all."""
    if actor.is_system or _opens_something(actor, case_type) or actor.unit_path.count("/") == 2:
        # Whoever works at the root of the zone is tied to everything below it.
        return None
    return _tied_cases(actor, case_type)


def opens_everything(actor: Actor, case_type: str) -> bool:
    """Whether the actor's rights open all cases of the type, in every state, below whatever parent."""
    if actor.is_system:
        return True
    is_open = False
    for ledger in ledgers():
        types = [kind.procedure for kind in ledger.case_types]
        if any(procedure.case_type == case_type for procedure in types):
            is_open = actor.has(ledger.see_all)
        has_secrets = any(procedure.restricted_states() for procedure in types)
        if has_secrets and not (ledger.see_restricted and actor.has(ledger.see_restricted)):
            return False
    return is_open


def hidden_states(actor: Actor, case_type: str) -> frozenset[str] | None:
    """The states whose cases the actor's rights do not open; None when no right opens the type at all.

    Holds for a case that stands below no other one and has once been in an open state that is not restricted: whoever
    has rested or ended without ever having come out is as restricted as before, and only `visible_cases` knows that.
    """
    if actor.is_system:
        return frozenset()
    for ledger in ledgers():
        for kind in ledger.case_types:
            if kind.procedure.case_type == case_type:
                if not actor.has(ledger.see_all):
                    return None
                if ledger.see_restricted and actor.has(ledger.see_restricted):
                    return frozenset()
                return frozenset(kind.procedure.restricted_states())
    return None


def _opens_something(actor: Actor, case_type: str) -> bool:
    return any(
        actor.has(ledger.see_all) or (ledger.see_restricted and actor.has(ledger.see_restricted))
        for ledger in ledgers()
        if any(kind.procedure.case_type == case_type for kind in ledger.case_types)
    )


def _tied_cases(actor: Actor, case_type: str) -> QuerySet[Any]:
    """Keys of all cases of the type that the actor can be permitted to see without a right of their ledger: tied to
    them or to their parent, or below a parent that a right opens. It permits nothing, it is what has to be judged."""
    of_type = Case.objects.filter(case_type=case_type)
    parts: list[QuerySet[Any]] = []
    if actor.official is not None and actor.on is not None:
        tied = _tied_assignments(actor, actor.official.pk, actor.on)
        parts = [part.values("case_id") for part in tied]
        parts += [Case.objects.filter(parent__in=part).values("pk") for part in parts]
        firms = sorted(led_enterprises(actor))
        if firms:
            parts += [of_type.filter(enterprise__in=firms).values("pk")]
            parts += [of_type.filter(parent__enterprise__in=firms).values("pk")]
    opened = [
        kind.procedure.case_type
        for ledger in ledgers()
        for kind in ledger.case_types
        if _opens_something(actor, kind.procedure.case_type)
    ]
    if opened:
        parts.append(Case.objects.filter(parent__case_type__in=opened).values("pk"))
    if not parts:
        return Case.objects.none().values("pk")
    return parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]


def _tied_assignments(actor: Actor, official_id: int, on: date) -> list[QuerySet[Assignment]]:
    """What ties the actor to cases, one part for each index that finds it."""
    teams = memberships_on(on).filter(official=official_id).values("team_id")
    units = Unit.objects.filter(_in_tree(actor, "path")).values("pk")
    ways = (_in_person(actor, official_id), Q(unit__in=teams), Q(unit__in=units))
    return [Assignment.objects.filter(way) for way in ways]


def _in_tree(actor: Actor, path: str) -> Q:
    """The own unit, those in charge, and what lies below them; `path` leads to the path of a unit."""
    trees = Q(**{f"{path}__startswith": actor.unit_path})
    for overseen in actor.reach.overseen_paths:
        trees |= Q(**{f"{path}__startswith": overseen})
    return trees


def _visible_cases(actor: Actor) -> QuerySet[Case]:
    """The parent is asked for each case by its key, never joined: a join would read all cases to find a few."""
    own = _allowed(actor) & _below_nothing_restricted(actor)
    parents = Case.objects.filter(_allowed(actor), pk=OuterRef("parent_id"))
    return Case.objects.filter(own | (Q(parent__isnull=False) & Exists(parents)))


def _allowed(actor: Actor) -> Q:
    """The condition on one case, whatever it stands below."""
    seen, secret = _by_right(actor)
    ways = _ways(actor)
    close = ways.in_person | ways.in_team
    far = ways.in_tree if ways.in_lead is None else ways.in_tree | ways.in_lead
    tied = seen | close | far
    return tied if secret is None else tied & (~secret | close)


def _by_right(actor: Actor) -> tuple[Q, Q | None]:
    """What the actor's zone-wide rights open, and what needs a closer tie than the own unit's tree (None: nothing)."""
    seen = Q(pk__in=[])
    secret: Q | None = None
    types = []
    for ledger in ledgers():
        for case_type in ledger.case_types:
            procedure = case_type.procedure
            if actor.has(ledger.see_all):
                types.append(procedure.case_type)
            if procedure.restricted_states():
                restricted = _restricted(procedure)
                if ledger.see_restricted and actor.has(ledger.see_restricted):
                    seen |= restricted
                else:
                    secret = restricted if secret is None else secret | restricted
    return seen | Q(case_type__in=types), secret


def _restricted(procedure: Procedure) -> Q:
    """In a restricted state, or laid aside or ended without ever having left the restricted ones."""
    known = [state.code for state in procedure.states if state.kind == "open" and not state.restricted]
    resting = [state.code for state in procedure.states if state.kind != "open"]
    came_out = Exists(Change.objects.filter(case=OuterRef("pk"), state_after__in=known))
    still = Q(state__in=procedure.restricted_states())
    return Q(case_type=procedure.case_type) & (still | (Q(state__in=resting) & Q(~came_out)))


def _below_nothing_restricted(actor: Actor) -> Q:
    """The parent is none, or not restricted to this actor, or the sub-case itself concerns the actor. (A parent
    that the actor is tied to is judged by `visible_cases`.)"""
    _seen, secret = _by_right(actor)
    if secret is None:
        return Q()
    ways = _ways(actor)
    restricted = Case.objects.filter(secret, pk=OuterRef("parent_id"))
    return Q(parent__isnull=True) | Q(~Exists(restricted)) | ways.in_person | ways.in_team | ways.in_unit


@dataclass(frozen=True)
class Ways:
    """What ties an actor to a case: in person (or standing in), through a team, through the own unit, through it or one
    below it or below a unit in charge, through the lead of its firm (None: the actor leads none)."""

    in_person: Q
    in_team: Q
    in_unit: Q
    in_tree: Q
    in_lead: Q | None


def _ways(actor: Actor) -> Ways:
    """What only a few have (units in charge, a stand-in, a lead) adds no condition for all the others."""
    if actor.official is None or actor.on is None:
        nothing = Q(pk__in=[])
        return Ways(nothing, nothing, nothing, nothing, None)
    assignments = Assignment.objects.filter(case=OuterRef("pk"))
    teams = memberships_on(actor.on).filter(official=actor.official).values("team_id")
    firms = led_enterprises(actor)
    return Ways(
        in_person=Q(Exists(assignments.filter(_in_person(actor, actor.official.pk)))),
        in_team=Q(Exists(assignments.filter(unit__in=teams))),
        in_unit=Q(Exists(assignments.filter(unit=actor.official.unit_id))),
        in_tree=Q(Exists(assignments.filter(_in_tree(actor, "unit__path")))),
        in_lead=Q(enterprise__in=sorted(firms)) if firms else None,
    )


def _in_person(actor: Actor, official_id: int) -> Q:
    """Own assignments, open or past, and the open ones of those the actor stands in for."""
    persons = actor.stands_in_for
    own = Q(person=official_id)
    return own | Q(person__in=sorted(persons), to_on__isnull=True) if persons else own
