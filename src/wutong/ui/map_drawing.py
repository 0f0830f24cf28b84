"""Shapes on a map as SVG: degrees are flattened around the middle of what is shown (a degree of longitude is shorter by
the cosine of the latitude); that is exact enough for a zone. No map library, no tiles."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import shapely

from wutong.ui.tables import LampColour

WIDTH, TALLEST = 640.0, 520.0
MARGIN = 0.06
"""Share of the drawing that stays free around what is shown."""
FINEST = 0.6
"""Of a unit of the drawing: what is smaller is not drawn."""


@dataclass(frozen=True)
class Scale:
    """Degrees to units of the drawing: `west` and `north` are its upper left corner."""

    west: float
    north: float
    per_lon: float
    per_lat: float
    height: float

    def flat(self, shape: Any) -> Any:
        return shapely.transform(
            shape,
            lambda points: (points - [self.west, self.north]) * [self.per_lon, -self.per_lat],
        )


def scale_of(shape: Any, width: float = WIDTH, tallest: float = TALLEST) -> Scale:
    """The scale at which a shape fills a drawing of this width, or of this height when it is tall."""
    west, south, east, north = shapely.bounds(shape)
    narrow = math.cos(math.radians((south + north) / 2))
    across, up = max((east - west) * narrow, 1e-9), max(north - south, 1e-9)
    unit = min(width / across, tallest / up) * (1 - 2 * MARGIN)
    height = round(up * unit / (1 - 2 * MARGIN), 1)
    return Scale(
        west=west - (width - across * unit) / 2 / (unit * narrow),
        north=north + (height - up * unit) / 2 / unit,
        per_lon=unit * narrow,
        per_lat=unit,
        height=height,
    )


def path_of(shape: Any) -> str:
    """Rings as one path; lines and points that a cut leaves over are dropped."""
    drawn = []
    for part in shapely.get_parts(shapely.simplify(shape, FINEST)):
        if part.geom_type == "Polygon" and not part.is_empty:
            for ring in (part.exterior, *part.interiors):
                points = "L".join(f"{x:.1f} {y:.1f}" for x, y in ring.coords[:-1])
                drawn.append(f"M{points}Z")
    return "".join(drawn)


@dataclass(frozen=True)
class MapArea:
    """A shape in degrees with the name it bears; `href` opens it."""

    name: str
    shape: Any
    href: str = ""


@dataclass(frozen=True)
class MapPoint:
    """A thing at one place. `lamp` gives the shape of its mark, `note` is said with the name."""

    name: str
    lon: float
    lat: float
    lamp: LampColour
    href: str
    note: str = ""


MARKS: dict[str, str] = {
    "red": '<rect class="k-red" x="{l:.1f}" y="{t:.1f}" width="10" height="10"/>',
    "yellow": '<path class="k-yellow" d="M{x:.1f} {t:.1f}l6 10.5h-12z"/>',
    "green": '<circle class="k-green" cx="{x:.1f}" cy="{y:.1f}" r="5"/>',
    "pause": '<path class="k-pause" d="M{l:.1f} {t:.1f}h3.5v10h-3.5zM{r:.1f} {t:.1f}h3.5v10h-3.5z"/>',
    "grey": '<circle class="k-grey" cx="{x:.1f}" cy="{y:.1f}" r="4"/>',
}
"""Every lamp has its own shape: colour is never the only sign."""
LABEL_BELOW = 24
TOUCH = 12
"""Half the side of the invisible square around a mark that a finger hits."""


def draw_map(areas: Sequence[MapArea], points: Sequence[MapPoint], title: str) -> str:
    """The SVG as text; names are escaped. Without areas the points themselves say how much is shown; empty without both."""
    shapes = [area.shape for area in areas] + [shapely.Point(point.lon, point.lat) for point in points]
    if not shapes:
        return ""
    scale = scale_of(shapely.union_all([shapely.envelope(shape) for shape in shapes]), 960.0, 640.0)
    parts = [_area(area, scale) for area in areas]
    parts += [_point(point, scale) for point in reversed(points)]
    named = escape(title)
    return (
        f'<svg viewBox="0 0 960 {scale.height:g}" role="group" aria-label="{named}">'
        f"<title>{named}</title>{''.join(parts)}</svg>"
    )


def _area(area: MapArea, scale: Scale) -> str:
    """Its name stands at its upper edge: the middle is where the marks are."""
    shape = scale.flat(area.shape)
    west, north, east, _south = shapely.bounds(shape)
    return (
        f'<path class="k-area" fill-rule="evenodd" d="{path_of(shape)}"><title>{escape(area.name)}</title></path>'
        f'<text class="t-dim t-halo" x="{(west + east) / 2:.1f}" y="{north + LABEL_BELOW:g}" text-anchor="middle" '
        f'aria-hidden="true">{escape(area.name)}</text>'
    )


def _point(point: MapPoint, scale: Scale) -> str:
    at = scale.flat(shapely.Point(point.lon, point.lat))
    mark = MARKS.get(point.lamp, MARKS["grey"]).format(x=at.x, y=at.y, l=at.x - 5, t=at.y - 5, r=at.x + 1.5)
    said = escape("，".join(part for part in (point.name, point.note) if part))
    return (
        f'<a href="{escape(point.href)}" aria-label="{said}"><title>{said}</title>'
        f'<rect fill="transparent" x="{at.x - TOUCH:.1f}" y="{at.y - TOUCH:.1f}" width="{2 * TOUCH}" '
        f'height="{2 * TOUCH}"/>{mark}</a>'
    )
