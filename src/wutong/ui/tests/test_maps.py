"""Maps and Gantt drawings: every mark has a shape of its own, nothing leaves the drawing, names are only text."""

from datetime import date

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from wutong.ui.gantt import LEFT, WIDTH, GanttRow, Mark, draw_gantt
from wutong.ui.map_drawing import MARKS, MapArea, MapPoint, draw_map
from wutong.ui.maps import features_of
from wutong.ui.tests.examples import HOSTILE
from wutong.ui.tests.well_formed import read

AS_OF = date(2024, 1, 15)
DAYS = st.none() | st.dates(date(2015, 1, 1), date(2035, 12, 31))
SQUARE = shapely.box(119.8, 38.4, 119.9, 38.5)


def test_every_lamp_has_a_shape_of_its_own() -> None:
    shapes = {mark.split()[0] + mark[-40:] for mark in MARKS.values()}
    assert len(shapes) == len(MARKS) == 5


def test_a_map_shows_areas_and_points_with_their_words() -> None:
    svg = draw_map(
        [MapArea("智造园", SQUARE)],
        [MapPoint("储能项目", 119.85, 38.45, "red", "/projects/XM1/", "签约374天未开工")],
        "项目分布",
    )
    read(svg)
    assert "智造园" in svg
    assert 'href="/projects/XM1/"' in svg
    assert 'aria-label="储能项目，签约374天未开工"' in svg
    assert "k-red" in svg


def test_without_anything_there_is_no_map() -> None:
    assert draw_map([], [], "项目分布") == ""


@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_only_text(name: str) -> None:
    read(draw_map([MapArea(name, SQUARE)], [MapPoint(name, 119.85, 38.45, "grey", "/", name)], name))
    read(
        draw_gantt([GanttRow(name, "/", "red", AS_OF, None, AS_OF, AS_OF, [Mark(name, AS_OF, AS_OF)])], AS_OF)
    )


@given(st.lists(st.tuples(st.floats(119, 121), st.floats(38, 40)), min_size=1, max_size=20))
def test_points_lie_inside_the_drawing(places: list[tuple[float, float]]) -> None:
    svg = draw_map(
        [], [MapPoint(str(i), lon, lat, "green", "/") for i, (lon, lat) in enumerate(places)], "图"
    )
    height = float(svg.split('viewBox="0 0 960 ')[1].split('"')[0])
    for part in svg.split('cx="')[1:]:
        x, y = float(part.split('"')[0]), float(part.split('cy="')[1].split('"')[0])
        assert 0 <= x <= 960
        assert 0 <= y <= height


def test_the_live_map_gets_the_same_points() -> None:
    features = features_of(
        [MapArea("智造园", SQUARE)], [MapPoint("储能项目", 119.85, 38.45, "red", "/p/", "晚")]
    )
    assert features["points"]["features"][0]["properties"] == {
        "name": "储能项目", "note": "晚", "lamp": "red", "href": "/p/",
    }  # fmt: skip
    assert features["areas"]["features"][0]["properties"] == {"name": "智造园"}


@pytest.mark.parametrize(
    ("planned_to", "ended_on", "late"),
    [
        (None, None, 0),
        (date(2024, 1, 15), None, 0),
        (date(2024, 1, 5), None, 10),
        (date(2024, 1, 5), date(2024, 1, 4), 0),
        (date(2024, 1, 5), date(2024, 1, 8), 3),
        (date(2024, 1, 5), date(2024, 2, 8), 10),
    ],
)
def test_lateness_counts_to_the_end_or_to_the_data_day(
    planned_to: date | None, ended_on: date | None, late: int
) -> None:
    row = GanttRow("项目", "/", "red", date(2023, 1, 1), ended_on, date(2023, 1, 1), planned_to)
    assert row.days_late(AS_OF) == late


@given(st.lists(st.tuples(DAYS, DAYS, DAYS, DAYS, DAYS), max_size=8))
def test_bars_and_marks_stay_inside_the_gantt(lives: list[tuple[date | None, ...]]) -> None:
    rows = [GanttRow("示例", "/", "grey", a, b, c, d, [Mark("节点", d, e)]) for a, b, c, d, e in lives]
    svg = draw_gantt(rows, AS_OF)
    read(svg)
    for part in svg.split('<rect class="m-')[1:]:
        x, width = (float(part.split(f' {key}="')[1].split('"')[0]) for key in ("x", "width"))
        assert x >= LEFT - 1
        assert x + width <= WIDTH
