"""Codes of the classification: what is one, where it stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wutong.base.errors import Refused
from wutong.registers.industries.codes import (
    SECTION_OF_DIVISION,
    SECTIONS,
    clean_code,
    level_of,
    parent_code,
    path_of,
    printed_code,
)

DIVISIONS = st.sampled_from(sorted(SECTION_OF_DIVISION))
TAILS = st.text("0123456789", max_size=2)


def test_every_division_belongs_to_one_section_without_a_hole() -> None:
    assert sorted(SECTION_OF_DIVISION) == [f"{number:02d}" for number in range(1, 98)]
    assert "".join(SECTIONS) == "ABCDEFGHIJKLMNOPQRST"
    counted = sum(last - first + 1 for first, last in SECTIONS.values())
    assert counted == len(SECTION_OF_DIVISION) == 97


@pytest.mark.parametrize(
    ("section", "first", "last"),
    [
        ("A", "01", "05"),
        ("C", "13", "43"),
        ("E", "47", "50"),
        ("I", "63", "65"),
        ("M", "73", "75"),
        ("T", "97", "97"),
    ],
)
def test_sections_begin_and_end_where_the_standard_says(section: str, first: str, last: str) -> None:
    assert SECTION_OF_DIVISION[first] == SECTION_OF_DIVISION[last] == section
    before, after = f"{int(first) - 1:02d}", f"{int(last) + 1:02d}"
    assert SECTION_OF_DIVISION.get(before) != section
    assert SECTION_OF_DIVISION.get(after) != section


@pytest.mark.parametrize(
    ("typed", "code"),
    [("C3841", "3841"), ("3841", "3841"), (" c384 ", "384"), ("Ｃ３８", "38"), ("c", "C"), ("A0111", "0111")],
)
def test_a_code_is_read_with_and_without_its_letter(typed: str, code: str) -> None:
    assert clean_code(typed) == code


@pytest.mark.parametrize("typed", ["", "3", "38411", "C38411", "电池", "3-8", "C3", "٣٨", "38\0", "U12"])
def test_what_is_no_code_is_refused_in_words(typed: str) -> None:
    with pytest.raises(Refused, match="不是行业代码"):
        clean_code(typed)


@pytest.mark.parametrize("typed", ["00", "98", "9911"])
def test_a_division_that_does_not_exist_is_named(typed: str) -> None:
    with pytest.raises(Refused, match=f"没有“{typed[:2]}”这个大类"):
        clean_code(typed)


def test_a_letter_of_another_section_is_refused_with_the_right_one() -> None:
    with pytest.raises(Refused, match="大类38属于门类C"):
        clean_code("B3841")


def test_the_way_down_to_a_class() -> None:
    assert path_of("3841") == ["C", "38", "384", "3841"]
    assert [level_of(code) for code in path_of("3841")] == ["section", "division", "group", "class"]
    assert parent_code("C") == ""


@given(division=DIVISIONS, tail=TAILS)
def test_a_printed_code_is_read_back(division: str, tail: str) -> None:
    code = division + tail
    assert clean_code(printed_code(code)) == code
    assert path_of(code)[0] == SECTION_OF_DIVISION[division]
    assert path_of(code)[-1] == code
