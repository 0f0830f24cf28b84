"""A map as a panel: an SVG drawing that works everywhere; where WebGL is there, MapLibre takes its place."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import shapely
from django.utils.safestring import SafeString, mark_safe

from wutong.ui.map_drawing import MapArea, MapPoint, draw_map
from wutong.ui.panels import Panel


@dataclass(frozen=True)
class MapPanel(Panel):
    """`source_href` gives the same areas and points as GeoJSON (see `features_of`); what has no position is named by
    `note` and stands in the list beside the map."""

    template: ClassVar[str] = "ui/panels/map.html"
    areas: Sequence[MapArea]
    points: Sequence[MapPoint]
    source_href: str

    @property
    def svg(self) -> SafeString:
        return mark_safe(draw_map(self.areas, self.points, str(self.title)))  # noqa: S308


def features_of(areas: Sequence[MapArea], points: Sequence[MapPoint]) -> dict[str, Any]:
    """Two GeoJSON collections, `areas` and `points`, for `map.mjs`."""
    return {
        "areas": _collection([(area.shape, {"name": area.name}) for area in areas]),
        "points": _collection(
            [
                (
                    shapely.Point(point.lon, point.lat),
                    {
                        "name": point.name,
                        "note": point.note,
                        "lamp": point.lamp or "grey",
                        "href": point.href,
                    },
                )
                for point in points
            ]
        ),
    }


def _collection(items: Sequence[tuple[Any, dict[str, str]]]) -> dict[str, Any]:
    features = [
        {"type": "Feature", "geometry": shapely.geometry.mapping(shape), "properties": properties}
        for shape, properties in items
    ]
    return {"type": "FeatureCollection", "features": features}
