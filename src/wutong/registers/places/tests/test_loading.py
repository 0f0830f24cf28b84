"""Public files are loaded as they are: quotes, BOM, GB18030, any order; a second load changes nothing."""

import json
from pathlib import Path

import pytest

from wutong.base.errors import Refused
from wutong.cli.main import main
from wutong.registers.places.loading import Load, load_paths
from wutong.registers.places.lookup import division_at
from wutong.registers.places.models import Division, DivisionBoundary
from wutong.registers.places.queries import resolve
from wutong.registers.places.tests.drawings import make_place, square

pytestmark = pytest.mark.django_db
PROVINCES = 'code,name\n37,"示例省"\n'
CITIES = 'code,name,provinceCode\n3715,"示例市",37\n3719,"示例不设区市",37\n'
AREAS = 'code,name,cityCode,provinceCode\n371503,"示例区",3715,37\n371900,"示例不设区市",3719,37\n'
TOWNS = 'code,name,areaCode,provinceCode,cityCode\n371503101,"示例镇",371503,37,3715\n371503000,"示例直管",371503,37,3715\n'


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def write_boundaries(path: Path, *features: tuple[object, dict[str, object], str]) -> Path:
    told = [
        {"type": "Feature", "properties": {"adcode": code, "name": name}, "geometry": geometry}
        for code, geometry, name in features
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": told}), encoding="utf-8")
    return path


def counted(load: Load) -> dict[str, tuple[int, int, int, int]]:
    return {
        item.name: (item.counts.new, item.counts.changed, item.counts.unchanged, len(item.refused))
        for item in load.files
    }


def test_a_folder_is_loaded_once_and_the_second_time_nothing_changes(tmp_path: Path) -> None:
    folder = write(tmp_path, a_towns=TOWNS, b_areas=AREAS, c_cities=CITIES, d_provinces=PROVINCES)
    first = load_paths([folder])
    assert counted(first)["c_cities.csv"] == (2, 0, 0, 0)
    assert counted(first)["a_towns.csv"] == (2, 0, 0, 0)
    # The code of a shipped change was there already, only its name differs.
    assert counted(first)["b_areas.csv"] == (1, 1, 0, 0)
    town = Division.objects.get(code="371503101")
    assert town.parent == Division.objects.get(code="371503", level="district")
    assert Division.objects.get(code="371900").level == "district"
    assert Division.objects.get(code="371503000").level == "town"
    second = load_paths([folder])
    assert not second.has_changed
    assert {unchanged for _new, _changed, unchanged, _refused in counted(second).values()} == {1, 2}


def test_a_new_name_is_a_change(tmp_path: Path) -> None:
    load_paths([write(tmp_path, a=PROVINCES)])
    load = load_paths([write(tmp_path, a=PROVINCES.replace("示例省", "示例新省"))])
    assert counted(load) == {"a.csv": (0, 1, 0, 0)}
    assert Division.objects.get(code="37").name == "示例新省"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_bom_gb18030_quotes_and_other_columns_are_read(tmp_path: Path, encoding: str) -> None:
    text = '"NAME","Code","拼音"\r\n"示例,""省""","370000","x"\r\n\r\n'
    (tmp_path / "list.csv").write_bytes(text.encode(encoding))
    assert counted(load_paths([tmp_path / "list.csv"])) == {"list.csv": (1, 0, 0, 0)}
    assert Division.objects.get(code="37").name == '示例,"省"'


def test_every_refused_row_says_why_and_the_others_are_loaded(tmp_path: Path) -> None:
    text = (
        "code,name,cityCode\n379901,示例甲区,3799\n37990,少一位,3799\n379902,,3799\nABCDEF,字母,3799\n"
        "380101,不在其下,3799\n379901,示例乙区,3799\n379901,示例甲区,3799\n379903\n"
    )
    load = load_paths([write(tmp_path, a=text)])
    (file,) = load.files
    assert (file.counts.new, len(file.refused)) == (1, 6)
    for words in ("5位", "名称是空的", "应全是数字", "不在上级代码“3799”之下", "前面已有“示例甲区”"):
        assert any(words in reason for reason in file.refused)
    assert load.missing["3799"] == 1
    assert not Division.objects.filter(code="3799").exists()


def test_files_that_cannot_be_read_are_refused_as_a_whole(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="没有code和name两列"):
        load_paths([write(tmp_path, a="名称,代码\n示例,37\n") / "a.csv"])
    (tmp_path / "b.csv").write_bytes(b"code,name\n37,\xff\xff\n")
    with pytest.raises(Refused, match="编码"):
        load_paths([tmp_path / "b.csv"])
    with pytest.raises(Refused, match="找不到"):
        load_paths([tmp_path / "c.csv"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(Refused, match="没有"):
        load_paths([tmp_path / "empty"])


def test_boundaries_find_their_division_by_an_old_code_too(tmp_path: Path) -> None:
    write(tmp_path, a=PROVINCES, b=CITIES, c=AREAS)
    write_boundaries(
        tmp_path / "示例_2019.geojson",
        (371523, square(), "茌平县"),
        ("371500", square(size=1), "示例市"),
        (999999, square(), "没有"),
        ("371900", {"type": "Point", "coordinates": [1, 1]}, "点"),
    )
    load = load_paths([tmp_path])
    file = load.files[-1]
    assert (file.counts.new, len(file.refused)) == (2, 2)
    assert "999999" in file.refused[0] and "不能是点或线" in file.refused[1]
    found = division_at(116.05, 36.05)
    assert found is not None and found == resolve("371523") and found.code == "371503"
    row = DivisionBoundary.objects.get(division=found)
    assert (row.year, row.source) == (2019, "示例_2019.geojson")
    assert not load_paths([tmp_path]).has_changed
    write_boundaries(tmp_path / "示例_2019.geojson", (371523, square(117), "茌平县"))
    assert counted(load_paths([tmp_path]))["示例_2019.geojson"] == (0, 1, 0, 0)
    assert division_at(117.05, 36.05) == found


def test_a_boundary_needs_a_year(tmp_path: Path) -> None:
    write_boundaries(tmp_path / "a.geojson", (371523, square(), "茌平县"))
    with pytest.raises(Refused, match="--year"):
        load_paths([tmp_path])
    assert counted(load_paths([tmp_path], year=2021)) == {"a.geojson": (1, 0, 0, 0)}


def test_the_command_prints_counts_reasons_and_missing_parents(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, a="code,name\n379901,示例区\n1,错\n")
    assert main(["places", "load", str(tmp_path)]) == 1
    told = capsys.readouterr().out
    assert "a.csv\t新增1\t变更0\t未变0\t拒绝1\n" in told
    assert "拒绝：第3行" in told and "缺上级区划3799：1行暂时没有上级。" in told
    write(tmp_path, a="code,name\n379901,示例区\n")
    assert main(["places", "load", str(tmp_path)]) == 0
    assert "没有变化。" in capsys.readouterr().out


def test_the_command_says_what_lies_at_a_point(capsys: pytest.CaptureFixture[str]) -> None:
    make_place("P1", boundary=square())
    assert main(["places", "at", "116.05", "36.05", "--on", "2026-03-02"]) == 0
    assert capsys.readouterr().out == "行政区划\t没有边界包含这个点\n园区\tP1\t示例P1\n"
    assert main(["places", "at", "116.05", "36.05", "--on", "2025-03-02"]) == 0
    assert "没有地域单元包含这个点。" in capsys.readouterr().out
