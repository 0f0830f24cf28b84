"""A place is drawn flat, in its proportions, and well-formed."""

import math
import re
from xml.etree import ElementTree

import pytest

from wutong.desk.place_drawing import DrawnPlace, draw_place
from wutong.registers.places.boundaries import checked_boundary
from wutong.registers.places.tests.drawings import square
from wutong.ui.map_drawing import TALLEST, WIDTH


def drawn(name: str, given: dict[str, object], href: str = "") -> DrawnPlace:
    return DrawnPlace(name, checked_boundary(given).shape, href)


def points_of(path: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", path)]


def paths_of(svg: str) -> dict[str, list[tuple[float, float]]]:
    """The points of every path that has a title."""
    root = ElementTree.fromstring(svg)  # noqa: S314
    named = {}
    for path in root.iter("path"):
        title = path.find("title")
        if title is not None:
            named[title.text or ""] = points_of(path.get("d", ""))
    return named


def test_a_square_in_degrees_is_narrower_by_the_cosine_of_its_latitude() -> None:
    points = paths_of(draw_place(drawn("示例", square(116, 60)), [], []))["示例"]
    wide = max(x for x, _y in points) - min(x for x, _y in points)
    tall = max(y for _x, y in points) - min(y for _x, y in points)
    assert wide / tall == pytest.approx(math.cos(math.radians(60.05)), rel=0.01)
    assert all(0 <= x <= WIDTH and 0 <= y <= TALLEST for x, y in points)


def test_north_is_up_and_east_is_right() -> None:
    inside = [drawn("西南", square(116, 36, 0.02)), drawn("东北", square(116.08, 36.08, 0.02))]
    paths = paths_of(draw_place(drawn("示例", square()), inside, []))
    assert max(x for x, _y in paths["西南"]) < min(x for x, _y in paths["东北"])
    assert min(y for _x, y in paths["西南"]) > max(y for _x, y in paths["东北"])


def test_neighbours_are_cut_at_the_edge_and_far_ones_left_out() -> None:
    beside = [drawn("近", square(116.1)), drawn("远", square(118))]
    paths = paths_of(draw_place(drawn("示例", square()), [], beside))
    assert set(paths) == {"示例", "近"}
    assert all(-10 <= x <= WIDTH + 10 for x, _y in paths["近"])


def test_names_do_not_cover_each_other() -> None:
    svg = draw_place(drawn("示例", square()), [drawn("核心区", square()), drawn("示例镇", square())], [])
    heights = [float(y) for y in re.findall(r'<text [^>]*y="([\d.]+)"', svg)]
    assert len(heights) == 2 and abs(heights[0] - heights[1]) >= 16


def test_names_and_addresses_are_escaped_and_the_drawing_has_a_title() -> None:
    svg = draw_place(drawn('<b>"&', square()), [drawn("<i>", square(size=0.05), '/x/?a="1"&b')], [])
    root = ElementTree.fromstring(svg)  # noqa: S314
    assert root[0].tag == "title" and '<b>"&' in (root[0].text or "")
    assert "<b>" not in svg and "style" not in svg


def test_holes_stay_open() -> None:
    rings = [square()["coordinates"][0], square(116.04, 36.04, 0.02)["coordinates"][0]]  # type: ignore[index]
    svg = draw_place(drawn("示例", {"type": "Polygon", "coordinates": rings}), [], [])
    assert 'fill-rule="evenodd"' in svg
    assert all(path.count("M") == 2 for path in re.findall(r' d="([^"]+)"', svg))
