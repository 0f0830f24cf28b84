"""A boundary is a closed, plain surface in degrees; everything else is refused in words."""

import json
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from wutong.base.errors import Refused
from wutong.registers.places import boundaries
from wutong.registers.places.boundaries import checked_boundary, read_upload, repaired_boundary
from wutong.registers.places.tests.drawings import patchwork, square

BOW = {"type": "Polygon", "coordinates": [[[116, 36], [116.1, 36.1], [116.1, 36], [116, 36.1], [116, 36]]]}


def ring_of(*points: object) -> dict[str, object]:
    return {"type": "Polygon", "coordinates": [list(points)]}


@pytest.mark.parametrize(
    ("given_", "words"),
    [
        (BOW, "自相交（经度116.05，纬度36.05附近）"),
        (ring_of([116, 36], [116.1, 36], [116.1, 36.1], [116, 36.1]), "没有闭合"),
        (ring_of([116, 36], [116.1, 36], [116, 36]), "至少要4个点"),
        (ring_of([36, 116], [36.1, 116], [36.1, 116.1], [36, 116]), "写反了"),
        (ring_of([4e5, 4e6], [4e5, 4.1e6], [4.1e5, 4e6], [4e5, 4e6]), "不用米"),
        (ring_of([116, 36], ["116", 36], [116, 36.1], [116, 36]), "不是经纬度"),
        (ring_of([116, 36], [116.1, 36], [116.2, 36], [116, 36]), "。"),
        ({"type": "Point", "coordinates": [116, 36]}, "不能是点或线"),
        ({"type": "Polygon", "coordinates": []}, "没有坐标"),
        ({"type": "Polygon"}, "没有坐标"),
        ({"type": "FeatureCollection", "features": [1, 2]}, "2个图形"),
        ({"type": "Feature", "geometry": None}, "没有找到边界图形"),
        ([], "没有找到边界图形"),
    ],
)
def test_what_is_wrong_is_said(given_: object, words: str) -> None:
    with pytest.raises(Refused) as refused:
        checked_boundary(given_)
    assert words in str(refused.value) and str(refused.value).endswith("。")


def test_a_hole_outside_and_parts_that_overlap_are_refused() -> None:
    shell: Any = square()["coordinates"]
    hole: Any = square(117)["coordinates"]
    with pytest.raises(Refused, match="洞不在外圈里面"):
        checked_boundary({"type": "Polygon", "coordinates": [shell[0], hole[0]]})
    with pytest.raises(Refused, match="自相交|一块套在另一块"):
        checked_boundary({"type": "MultiPolygon", "coordinates": [shell, square(116.05)["coordinates"]]})


def test_too_many_points_and_too_large_a_file_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boundaries, "MAX_POINTS", 4)
    with pytest.raises(Refused, match="有5个点，最多4个"):
        checked_boundary(square())
    monkeypatch.setattr(boundaries, "MAX_BYTES", 10)
    with pytest.raises(Refused, match="文件太大"):
        read_upload(b" " * 11)


@pytest.mark.parametrize("content", [b"", b"<kml/>", b"\xff\xfe\x00", b"[" * 100_000, b"null", b"7"])
def test_a_file_that_is_no_geojson_is_refused(content: bytes) -> None:
    with pytest.raises(Refused):
        read_upload(content)


def test_a_feature_and_a_collection_of_one_are_opened_and_heights_dropped() -> None:
    feature = {"type": "Feature", "properties": {}, "geometry": square()}
    high = {"type": "Polygon", "coordinates": [[[*point, 12.5] for point in square()["coordinates"][0]]]}
    told = {checked_boundary(item).text for item in (square(), feature, high)}
    told.add(
        checked_boundary(
            read_upload(json.dumps({"type": "FeatureCollection", "features": [feature]}).encode())
        ).text
    )
    assert len(told) == 1


def test_a_published_boundary_is_repaired_only_a_little_and_says_so() -> None:
    lap: Any = [square()["coordinates"], square(116.0999, 36.0, 0.1)["coordinates"]]
    fixed = repaired_boundary({"type": "MultiPolygon", "coordinates": lap})
    assert shapely.is_valid(fixed.shape) and "已修复" in fixed.repair and "自相交" in fixed.repair
    with pytest.raises(Refused, match="自相交"):
        repaired_boundary(BOW)
    assert repaired_boundary(square()).repair == ""


@given(st.integers(0, 10_000))
def test_a_kept_boundary_is_accepted_again_unchanged(seed: int) -> None:
    for given_ in patchwork(seed, 2, 2):
        kept = checked_boundary(given_)
        assert checked_boundary(json.loads(kept.text)).text == kept.text
