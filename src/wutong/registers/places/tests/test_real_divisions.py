"""Real code lists and boundaries, whose folder is given by WUTONG_REAL_FILES and is no part of the project."""

import json
from pathlib import Path

import pytest

from wutong.registers.places.loading import load_paths
from wutong.registers.places.lookup import Shapes, division_at
from wutong.registers.places.models import Division, DivisionBoundary
from wutong.registers.places.queries import resolve

ROWS = {"provinces": 31, "cities": 342, "areas": 2_978, "streets": 41_352, "villages_3715": 2_408}


@pytest.mark.real_files
@pytest.mark.django_db
def test_the_public_code_lists_and_district_boundaries_load(real_files: Path) -> None:
    folder = real_files / "g_geo"
    load = load_paths([folder])
    counts = {item.name: item.counts for item in load.files}
    for name, rows in ROWS.items():
        file = counts[f"china_division_{name}.csv"]
        assert (name, file.new + file.changed + file.unchanged) == (name, rows)
    assert [item.refused for item in load.files if item.refused] == []
    assert load.missing == {}
    levels = {level: Division.objects.filter(level=level).count() for level in ("province", "city", "town")}
    assert levels == {"province": 31, "city": 342, "town": 41_352}
    assert counts["371500_districts_2019.geojson"].new == 8
    again = load_paths([folder])
    assert not again.has_changed


@pytest.mark.real_files
@pytest.mark.django_db
def test_each_centre_lies_in_its_own_district_only_and_both_codes_mean_one(real_files: Path) -> None:
    folder = real_files / "g_geo"
    path = folder / "371500_districts_2019.geojson"
    load_paths([folder / "china_division_areas.csv", path])
    boundaries = list(DivisionBoundary.objects.select_related("division"))
    shapes = Shapes([(row.division.code, row.geometry) for row in boundaries])
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    assert len(features) == len(boundaries) == 8
    for feature in features:
        wanted = resolve(str(feature["properties"]["adcode"]))
        assert wanted is not None
        assert shapes.holding(*feature["properties"]["center"]) == [wanted.code]
        assert division_at(*feature["properties"]["center"]) == wanted
    assert resolve("371523") == resolve("371503") == Division.objects.get(code="371503")
