"""Invented places around the invented zone 梧桐高新区, on a drawing of our own.

The drawing lies in open water and shows no real place. Division codes begin with 3799, which no real division has
(the zone's own district is 379999). Two families of places lie over each other, as in a real zone: core, belt and
parks, and towns with their communities and grids. Within a family brothers never overlap and parents contain their
children: all shapes are blocks of one crooked lattice and share its corners.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from wutong.registers.organisation.models import Unit
from wutong.registers.places.divisions import DivisionRow, enter_divisions, link_orphans
from wutong.registers.places.models import Division, PlaceKind, SpatialUnit
from wutong.registers.places.services import PlaceFacts, open_place

SEED = 379999
WEST, SOUTH, STEP = 119.8, 38.4, 0.012
COLUMNS, ROWS = 12, 8
Block = tuple[int, int, int, int]
"""Columns from–to and rows from–to of the lattice, the last ones not included."""

DIVISIONS = (
    ("3799", "梧桐市（示例）"),
    ("379998", "临河县（示例）"),
    ("379999", "湖东区（示例）"),
)
TOWNS = (
    # code, name, division, managing unit, communities with their blocks; the lake town belongs to another district
    ("T1", "临湖镇", "379998101", "lake", ("湖滨社区", "柳岸社区", "荷塘社区", "渔歌社区")),
    ("T2", "新城街道", "379999001", "new_town", ("新苑社区", "书院社区", "文汇社区", "梧桐里社区")),
    ("T3", "智造园管理处", "379999002", "park", ("匠心社区", "创业社区", "工坊社区", "安居社区")),
)
FUNCTIONS = (
    ("CORE", "核心区", PlaceKind.CORE, "", "root", (4, 8, 2, 6)),
    ("BELT", "东部产业带", PlaceKind.BELT, "", "economy", (8, 12, 1, 7)),
    ("P1", "智造园", PlaceKind.PARK, "BELT", "park", (8, 10, 1, 4)),
    ("P2", "医养产业园", PlaceKind.PARK, "BELT", "economy", (8, 11, 4, 7)),
    ("P3", "新材料园", PlaceKind.PARK, "BELT", "park", (10, 12, 1, 4)),
    ("P4", "软件园", PlaceKind.PARK, "CORE", "investment", (5, 7, 3, 5)),
    ("P5", "临湖工业组团", PlaceKind.PARK, "", "lake", (0, 3, 5, 8)),
)
ORDINALS = ("第一网格", "第二网格")


@dataclass(frozen=True)
class PlannedPlace:
    """One place before it is written; `parent` is the code of another one, `division` and `manager` are codes too."""

    code: str
    name: str
    kind: str
    parent: str
    boundary: dict[str, object]
    manager: str = ""
    division: str = ""


def planned_divisions() -> list[DivisionRow]:
    """The invented districts, towns and communities."""
    rows = [DivisionRow(code, name) for code, name in DIVISIONS]
    for _code, town, division, _unit, communities in TOWNS:
        rows.append(DivisionRow(division, town))
        rows += [
            DivisionRow(f"{division}{number:03d}", name) for number, name in enumerate(communities, start=1)
        ]
    return rows


def planned_places() -> list[PlannedPlace]:
    """Always the same 47 places, parents before their children."""
    corners = _corners()

    def drawn(block: Block) -> dict[str, object]:
        return {"type": "Polygon", "coordinates": [_ring(corners, block)]}

    whole = drawn((0, COLUMNS, 0, ROWS))
    places = [PlannedPlace("WT", "梧桐高新区", PlaceKind.ZONE, "", whole, "root")]
    for code, name, kind, parent, unit, block in FUNCTIONS:
        above = f"WT-{parent}" if parent else "WT"
        places.append(PlannedPlace(f"WT-{code}", name, kind, above, drawn(block), unit))
    width = COLUMNS // len(TOWNS)
    for index, (code, name, division, unit, communities) in enumerate(TOWNS):
        town, west = f"WT-{code}", index * width
        shape = drawn((west, west + width, 0, ROWS))
        places.append(PlannedPlace(town, name, PlaceKind.TOWN, "WT", shape, unit, division))
        for number, community in enumerate(communities, start=1):
            left, bottom = west + (number - 1) % 2 * 2, (number - 1) // 2 * 4
            own, own_division = f"{town}-C{number}", f"{division}{number:03d}"
            shape = drawn((left, left + 2, bottom, bottom + 4))
            places.append(PlannedPlace(own, community, PlaceKind.COMMUNITY, town, shape, unit, own_division))
            for half, ordinal in enumerate(ORDINALS):
                shape = drawn((left, left + 2, bottom + half * 2, bottom + half * 2 + 2))
                grid = f"{own}-G{half + 1}"
                places.append(
                    PlannedPlace(
                        grid, f"{community}{ordinal}", PlaceKind.GRID, own, shape, unit, own_division
                    )
                )
    return places


def build_places(units: Mapping[str, Unit], *, on: date, now: datetime) -> dict[str, SpatialUnit]:
    """Write the places through the services; returns them by code. `units` are those of the sample zone by code."""
    enter_divisions(planned_divisions())
    link_orphans()
    divisions = Division.objects.in_bulk([row.code for row in planned_divisions()], field_name="code")
    places: dict[str, SpatialUnit] = {}
    for plan in planned_places():
        facts = PlaceFacts(
            name=plan.name,
            kind=plan.kind,
            parent=places.get(plan.parent),
            division=divisions.get(plan.division),
            manager_unit=units.get(plan.manager),
        )
        places[plan.code] = open_place(plan.code, facts, actor=None, on=on, now=now, boundary=plan.boundary)
    return places


def _corners() -> dict[tuple[int, int], list[float]]:
    """The corners of the lattice, each a little away from its regular place."""
    dice = random.Random(SEED)  # noqa: S311
    return {
        (x, y): [
            round(WEST + (x + dice.uniform(-0.28, 0.28)) * STEP, 6),
            round(SOUTH + (y + dice.uniform(-0.28, 0.28)) * STEP * 0.8, 6),
        ]
        for x in range(COLUMNS + 1)
        for y in range(ROWS + 1)
    }


def _ring(corners: Mapping[tuple[int, int], list[float]], block: Block) -> list[list[float]]:
    """The border of a block, counter-clockwise from its lower left corner, through every corner on the way."""
    west, east, south, north = block
    way = [(x, south) for x in range(west, east)]
    way += [(east, y) for y in range(south, north)]
    way += [(x, north) for x in range(east, west, -1)]
    way += [(west, y) for y in range(north, south, -1)]
    return [corners[step] for step in (*way, way[0])]
