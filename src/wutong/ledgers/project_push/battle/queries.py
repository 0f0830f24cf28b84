"""The projects of the battle map (挂图作战): signed and not ended, with lamp, days and position, as of any day."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import F, Min, Q, QuerySet

from wutong.cases.history import changes_as_known
from wutong.cases.models import Case
from wutong.ledgerkit.policy import visible_cases
from wutong.ledgers.project_push.models import ProjectNode, ProjectPush
from wutong.ledgers.project_push.stalled.queries import projects_for_page, stalled_among
from wutong.ledgers.project_push.stalled.rules import COLOUR_ORDER
from wutong.registers.organisation.actors import Actor
from wutong.registers.places.models import PlaceKind, SpatialUnit
from wutong.registers.places.queries import places_on
from wutong.registers.projects.models import Project
from wutong.ui.tables import LampColour

CASE_TYPE = ProjectPush.case_type
STAGES = ("signed", "started", "in_production")
DRAWN_KINDS = (PlaceKind.ZONE, PlaceKind.CORE, PlaceKind.PARK)
APART = 0.0011
"""Degrees between neighbours that are known to lie in the same place only."""


@dataclass(frozen=True)
class BattleProject:
    """One project: the first day of each stage it has reached (`days`), its lamp and why."""

    case_id: int
    number: str
    stage: str
    lamp: LampColour
    reason: str
    amount_yuan: int
    days: Mapping[str, date]


@dataclass(frozen=True)
class Position:
    """`is_exact`: the project's own point; else a place near the middle of the park or town that it names."""

    lon: float
    lat: float
    is_exact: bool = field(default=True)


def battle_projects(actor: Actor, as_of: date, condition: Q | None = None) -> list[BattleProject]:
    """Projects that the actor may see, red first, then by amount. `condition` narrows by columns of `ProjectPush`.

    Five queries whatever their number, one more when a rule looks at planned days.
    """
    cases = visible_cases(actor, CASE_TYPE)
    if condition:
        cases = cases.filter(pk__in=ProjectPush.objects.filter(condition).values("case_id"))
    days = _first_days(cases, as_of)
    stalled = {item.case_id: item for item in stalled_among(cases, as_of)}
    found = []
    for case_id, number, amount in cases.values_list("pk", "number", "amount_yuan"):
        reached = days.get(case_id, {})
        if "signed" not in reached or "ended" in reached:
            continue
        stage = next(stage for stage in reversed(STAGES) if stage in reached)
        item = stalled.get(case_id)
        if item is not None:
            lamp, reason = item.verdict.colour, item.reason()
        else:
            # In production nothing stalls any more; what left the window of the finder has no lamp.
            lamp, reason = ("green", "") if stage == "in_production" else ("grey", "")
        found.append(BattleProject(case_id, number, stage, lamp, reason, amount or 0, reached))
    return sorted(found, key=lambda item: (COLOUR_ORDER[item.lamp], -item.amount_yuan, item.number))


def _first_days(cases: QuerySet[Case], as_of: date) -> dict[int, dict[str, date]]:
    """Per case the first day of each stage, and under `ended` the day it left the library."""
    closed = ("terminated", "at_capacity", "merged")
    rows = (
        changes_as_known(as_of, None)
        .filter(case__in=cases, state_after__in=[*STAGES, *closed])
        .exclude(state_after=F("state_before"))
        .values_list("case_id", "state_after")
        .annotate(first=Min("effective_on"))
    )
    found: dict[int, dict[str, date]] = {}
    for case_id, state, first in rows:
        key = "ended" if state in closed else state
        known = found.setdefault(case_id, {})
        known[key] = min(first, known.get(key, first))
    return found


def areas_on(as_of: date) -> list[SpatialUnit]:
    """The zone, its core and its parks with their boundaries."""
    return list(
        places_on(as_of).filter(kind__in=DRAWN_KINDS).exclude(boundary="").only("name", "kind", "boundary")
    )


def positions_of(projects: Sequence[Project], as_of: date) -> dict[int, Position]:
    """Where projects lie: their own point, else around the middle of the place whose name their site bears. A project
    without either has no position. One query at most."""
    centres: dict[str, tuple[float, float]] = {}
    if any(project.longitude is None and project.place for project in projects):
        centres = {
            place.name: (float(place.centre_lon), float(place.centre_lat))
            for place in places_on(as_of)
            if place.centre_lon is not None and place.centre_lat is not None
        }
    found: dict[int, Position] = {}
    beside: dict[str, int] = {}
    for project in sorted(projects, key=lambda item: item.pk):
        if project.longitude is not None and project.latitude is not None:
            found[project.pk] = Position(float(project.longitude), float(project.latitude))
            continue
        name = next((name for name in centres if project.place and name in project.place), "")
        if name:
            index = beside.get(name, 0)
            beside[name] = index + 1
            found[project.pk] = _around(centres[name], index)
    return found


def _around(centre: tuple[float, float], index: int) -> Position:
    """The place of the `index`th thing around a centre: a spiral in which neighbours keep their distance."""
    distance, angle = APART * math.sqrt(index), index * 2.399963  # the golden angle, in radians
    lon, lat = centre
    narrow = max(math.cos(math.radians(lat)), 0.1)
    return Position(lon + distance * math.cos(angle) / narrow, lat + distance * math.sin(angle), False)


def nodes_of(project_ids: Sequence[int]) -> dict[int, list[ProjectNode]]:
    """The nodes of projects in the order of their plan, one query."""
    found: dict[int, list[ProjectNode]] = {}
    for node in ProjectNode.objects.filter(project__in=project_ids).order_by("plan_on", "pk"):
        found.setdefault(node.project_id, []).append(node)
    return found


def details_of(found: Sequence[BattleProject]) -> dict[int, ProjectPush]:
    return projects_for_page(item.case_id for item in found)
