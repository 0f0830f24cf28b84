"""The classification as it is shipped and loaded."""

from collections import Counter

import pytest
import yaml

from wutong.base.errors import Refused
from wutong.registers.industries.codes import SECTION_OF_DIVISION, SECTIONS, clean_code, parent_code
from wutong.registers.industries.models import IndustryClass
from wutong.registers.industries.queries import class_of
from wutong.registers.industries.services import SEED, load_classes, load_industry_classes

pytestmark = pytest.mark.django_db
WITH_GROUPS = {*range(13, 44), 63, 64, 65, 73, 74, 75}
WITH_CLASSES = {26, 27, 34, 35, 36, 38, 39, 40, 63, 64, 65, 73, 74, 75}


@pytest.fixture
def loaded() -> None:
    load_industry_classes()


def stored() -> dict[str, tuple[str, str, str | None]]:
    rows = IndustryClass.objects.values_list("code", "name", "level", "parent__code")
    return {code: (name, level, above) for code, name, level, above in rows}


def test_all_sections_and_divisions_are_shipped(loaded: None) -> None:
    levels = Counter(IndustryClass.objects.values_list("level", flat=True))
    assert (levels["section"], levels["division"]) == (20, 97)
    rows = stored()
    for division, section in SECTION_OF_DIVISION.items():
        assert rows[division][2] == section
    assert set(SECTIONS) <= set(rows)
    assert rows["C"][0] == "制造业"
    assert rows["65"][0] == "软件和信息技术服务业"


def test_the_shipped_part_is_what_its_head_says(loaded: None) -> None:
    groups = {
        int(code[:2]) for code in IndustryClass.objects.filter(level="group").values_list("code", flat=True)
    }
    assert groups == WITH_GROUPS
    lists_classes = IndustryClass.objects.filter(level="class").values_list("code", flat=True)
    assert {int(code[:2]) for code in lists_classes} == WITH_CLASSES
    for group in IndustryClass.objects.filter(level="group"):
        assert group.children.exists() == (int(group.code[:2]) in WITH_CLASSES), group


def test_the_shipped_file_holds_clean_codes_once_and_no_hole() -> None:
    classes = yaml.safe_load(SEED.read_text(encoding="utf-8"))["classes"]
    assert all(clean_code(code) == code for code in classes)
    assert all(name == name.strip() and name for name in classes.values())
    lines = [line for line in SEED.read_text(encoding="utf-8").splitlines() if line.startswith('  "')]
    assert len(lines) == len(classes), "a code stands twice"
    whole = set(classes) | {code[:3] for code in classes if len(code) == 4 and code[3] == "0"}
    assert [code for code in whole if parent_code(code) and parent_code(code) not in whole] == []


def test_loading_twice_gives_the_same(loaded: None) -> None:
    before = stored()
    again = load_industry_classes()
    assert (again.added, again.renamed) == (0, 0)
    assert stored() == before


def test_a_group_that_is_not_divided_has_the_name_of_its_only_class(loaded: None) -> None:
    rows = stored()
    assert rows["271"] == ("化学药品原料药制造", "group", "27")
    assert rows["2710"] == ("化学药品原料药制造", "class", "271")


@pytest.mark.parametrize(
    ("typed", "found", "path"),
    [
        ("C3841", "锂离子电池制造", ["C", "38", "384", "3841"]),
        ("384", "电池制造", ["C", "38", "384"]),
        ("I65", "软件和信息技术服务业", ["I", "65"]),
        ("c", "制造业", ["C"]),
        ("1311", "谷物磨制", ["C", "13", "131"]),
        ("8411", "卫生", ["Q", "84"]),
    ],
)
def test_a_code_gives_its_deepest_known_class_and_the_way_to_it(
    loaded: None, typed: str, found: str, path: list[str]
) -> None:
    answer = class_of(typed)
    assert answer.found.name == found
    assert [item.code for item in answer.path] == path


@pytest.mark.parametrize("typed", ["3847", "388", "C3888"])
def test_a_code_beside_those_of_the_list_is_refused(loaded: None, typed: str) -> None:
    with pytest.raises(Refused, match="没有行业代码"):
        class_of(typed)


def test_without_a_list_the_reader_is_told_so() -> None:
    with pytest.raises(Refused, match="还没有载入"):
        class_of("3841")


# ---- a complete list from a file ----------------------------------------------------------------------------------


def test_a_list_adds_classes_and_corrects_names(loaded: None) -> None:
    done = load_classes([("C1311", "稻谷加工"), ("131", "谷物磨制（更正）"), ("1312", " 小麦  加工 ")])
    assert (done.total, done.added, done.renamed) == (3, 2, 1)
    assert class_of("1311").found.name == "稻谷加工"
    assert class_of("131").found.name == "谷物磨制（更正）"
    assert class_of("1312").found.name == "小麦 加工"
    load_industry_classes()
    assert class_of("131").found.name == "谷物磨制（更正）", (
        "the shipped part does not undo what the office loaded"
    )


def test_a_class_without_what_stands_above_it_is_refused_and_nothing_is_loaded(loaded: None) -> None:
    before = stored()
    with pytest.raises(Refused, match="“0121”缺少上级“012”"):
        load_classes([("011", "谷物种植"), ("0121", "豆类种植")])
    assert stored() == before


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("3841", "甲"), ("C3841", "乙")], "出现了两次"),
        ([("3841", " ")], "没有名称"),
        ([], "没有行业代码"),
        ([("电池", "电池制造")], "不是行业代码"),
    ],
)
def test_a_list_that_contradicts_itself_is_refused(rows: list[tuple[str, str]], words: str) -> None:
    with pytest.raises(Refused, match=words):
        load_classes(rows)
    assert not IndustryClass.objects.exists()
