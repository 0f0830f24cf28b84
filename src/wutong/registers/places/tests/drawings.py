"""Invented shapes for tests: a rectangle, and a patchwork whose neighbours share their corners."""

import random
from datetime import UTC, date, datetime

from wutong.registers.places.models import SpatialUnit
from wutong.registers.places.services import PlaceFacts, open_place

ON = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def square(lon: float = 116.0, lat: float = 36.0, size: float = 0.1) -> dict[str, object]:
    ring = [[lon, lat], [lon + size, lat], [lon + size, lat + size], [lon, lat + size], [lon, lat]]
    return {"type": "Polygon", "coordinates": [ring]}


def patchwork(seed: int, columns: int, rows: int) -> list[dict[str, object]]:
    """Crooked quadrangles that cover the rectangle from (116, 36), 0.01° each on average, without gap or overlap."""
    dice = random.Random(seed)

    def corner(x: int, y: int) -> list[float]:
        inner = 0 < x < columns and 0 < y < rows
        away = (dice.uniform(-0.003, 0.003), dice.uniform(-0.003, 0.003)) if inner else (0.0, 0.0)
        return [round(116 + x * 0.01 + away[0], 6), round(36 + y * 0.01 + away[1], 6)]

    corners = {(x, y): corner(x, y) for x in range(columns + 1) for y in range(rows + 1)}
    return [
        {
            "type": "Polygon",
            "coordinates": [
                [corners[x, y], corners[x + 1, y], corners[x + 1, y + 1], corners[x, y + 1], corners[x, y]]
            ],
        }
        for x in range(columns)
        for y in range(rows)
    ]


def make_place(
    code: str, kind: str = "park", parent: SpatialUnit | None = None, boundary: object = None, **facts: object
) -> SpatialUnit:
    told = PlaceFacts(name=f"示例{code}", kind=kind, parent=parent, **facts)  # type: ignore[arg-type]
    return open_place(code, told, actor=None, on=ON, now=NOW, boundary=boundary)
