"""Boundaries as GeoJSON: what is accepted, and what is wrong with the rest, in words. Pure functions."""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import shapely
from django.utils.translation import gettext as _

from wutong.base.errors import Refused

DECIMALS = 6
"""Of a degree: about 0.1 m."""
MAX_POINTS = 20_000
MAX_BYTES = 4_000_000
SHAPES = ("Polygon", "MultiPolygon")
REPAIR_SHARE = 0.01
"""A repair that changes more than this share of the area is none."""


@dataclass(frozen=True)
class Boundary:
    """A checked boundary: its text as it is kept, its shape, and what a repair did (empty: nothing)."""

    text: str
    shape: Any
    repair: str = ""

    @property
    def digest(self) -> str:
        return sha256(self.text.encode()).hexdigest()


def checked_boundary(given: object) -> Boundary:
    """A Polygon or MultiPolygon in degrees (WGS84 or GCJ-02), rounded to six decimals. A Feature, or a collection of
    one, is opened. Raises Refused: nothing is repaired here."""
    text, shape = _read(given)
    if not shapely.is_valid(shape):
        raise Refused(fault_words(shape))
    return Boundary(text, shape)


def repaired_boundary(given: object) -> Boundary:
    """The same, but a published boundary that crosses itself is repaired, and the repair is told in `repair`.
    Raises Refused when the repair would change the area by more than `REPAIR_SHARE`."""
    text, shape = _read(given)
    if shapely.is_valid(shape):
        return Boundary(text, shape)
    fault = fault_words(shape)
    fixed = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    before = abs(float(shapely.area(shape)))
    share = abs(float(shapely.area(fixed)) - before) / before if before else math.inf
    if fixed.geom_type not in SHAPES or share > REPAIR_SHARE:
        raise Refused(fault)
    text, shape = _read(json.loads(shapely.to_geojson(fixed)))
    if not shapely.is_valid(shape):
        raise Refused(fault)
    words = _("%(fault)s已修复，面积变化%(share)s%%。") % {"fault": fault, "share": f"{share * 100:.3f}"}
    return Boundary(text, shape, words)


def read_upload(content: bytes) -> object:
    """What an uploaded GeoJSON file holds. Raises Refused when it is too large or no GeoJSON."""
    if len(content) > MAX_BYTES:
        raise Refused(
            _("文件太大（上限%(limit)s MB）。请简化边界后再上传。") % {"limit": MAX_BYTES // 1_000_000}
        )
    return read_json(content)


def read_json(content: bytes) -> object:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            told: object = json.loads(content.decode(encoding))
        except (ValueError, RecursionError):
            continue
        if isinstance(told, dict | list):
            return told
    raise Refused(_("这不是GeoJSON文件。请从地图软件导出GeoJSON格式的边界。"))


def fault_words(shape: Any) -> str:
    """Why a shape is not valid, with the place where it goes wrong."""
    reason = str(shapely.is_valid_reason(shape))
    name = reason.partition("[")[0].strip()
    words = {
        "Self-intersection": _("边界自相交"),
        "Ring Self-intersection": _("边界的同一个环与自己相碰"),
        "Hole lies outside shell": _("洞不在外圈里面"),
        "Holes are nested": _("洞套着洞"),
        "Nested shells": _("一块套在另一块里面"),
        "Nested holes": _("洞套着洞"),
        "Interior is disconnected": _("洞把区域切断了"),
        "Duplicate Rings": _("有两个环完全重复"),
        "Too few points in geometry component": _("有一个环的点太少"),
    }.get(name, _("边界不成面"))
    place = re.search(r"\[(-?[\d.]+) (-?[\d.]+)", reason)
    if place is None:
        return _("%(fault)s。") % {"fault": words}
    return _("%(fault)s（经度%(lon)s，纬度%(lat)s附近）。") % {
        "fault": words,
        "lon": place[1],
        "lat": place[2],
    }


def shape_of(text: str) -> Any:
    """The shape of a kept boundary."""
    return shapely.from_geojson(text)


def _read(given: object) -> tuple[str, Any]:
    geometry = _geometry(given)
    kind, parts = geometry.get("type"), geometry.get("coordinates")
    if kind not in SHAPES:
        raise Refused(_("边界应是面（Polygon或MultiPolygon），不能是点或线。"))
    polygons = [parts] if kind == "Polygon" else parts
    rounded = [[_ring(ring) for ring in _list(polygon)] for polygon in _list(polygons)]
    count = sum(len(ring) for polygon in rounded for ring in polygon)
    if count > MAX_POINTS:
        raise Refused(
            _("边界有%(count)s个点，最多%(limit)s个。请简化后再上传。")
            % {"count": count, "limit": MAX_POINTS}
        )
    coordinates: Any = rounded[0] if kind == "Polygon" else rounded
    text = json.dumps({"type": kind, "coordinates": coordinates}, separators=(",", ":"))
    return text, shapely.from_geojson(text)


def _geometry(given: object) -> Mapping[str, Any]:
    if isinstance(given, Mapping):
        if given.get("type") == "FeatureCollection":
            features = _list(given.get("features"))
            if len(features) != 1:
                raise Refused(_("文件里有%(count)s个图形，应只有一个。") % {"count": len(features)})
            given = features[0]
        if isinstance(given, Mapping) and given.get("type") == "Feature":
            given = given.get("geometry")
    if not isinstance(given, Mapping):
        raise Refused(_("没有找到边界图形。请导出GeoJSON格式的面。"))
    return given


def _list(value: object) -> Sequence[Any]:
    if not isinstance(value, list) or not value:
        raise Refused(_("边界里没有坐标。"))
    return value


def _ring(points: object) -> list[list[float]]:
    ring = [_point(point) for point in _list(points)]
    if len(ring) < 4:
        raise Refused(_("边界的环至少要4个点（首尾同一点）。"))
    if ring[0] != ring[-1]:
        raise Refused(
            _("边界没有闭合：首点（%(first)s）和尾点（%(last)s）应相同。")
            % {"first": _told(ring[0]), "last": _told(ring[-1])}
        )
    return ring


def _point(given: object) -> list[float]:
    pair = given[:2] if isinstance(given, list) else []
    if len(pair) != 2 or not all(
        isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        for value in pair
    ):
        raise Refused(_("边界里有一个点不是经纬度。"))
    lon, lat = (round(float(value), DECIMALS) for value in pair)
    if abs(lon) > 180 or abs(lat) > 90:
        if abs(lon) <= 90 and abs(lat) <= 180:
            raise Refused(
                _("点（%(point)s）的经度和纬度像是写反了。应先经度后纬度。") % {"point": _told([lon, lat])}
            )
        raise Refused(
            _("点（%(point)s）不是经纬度。请用WGS84或GCJ-02的度，不用米。") % {"point": _told([lon, lat])}
        )
    return [lon, lat]


def _told(point: Sequence[float]) -> str:
    return ", ".join(f"{value:g}" if abs(value) > 180 else f"{value:.6f}" for value in point)
