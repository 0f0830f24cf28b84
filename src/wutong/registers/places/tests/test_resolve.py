"""Codes are replaced; the old and the new one mean one division, in whatever order they became known."""

from datetime import date
from itertools import permutations

import pytest

from wutong.base.errors import Refused
from wutong.registers.places.divisions import (
    DivisionRow,
    enter_divisions,
    link_orphans,
    load_successors,
    replace_division,
)
from wutong.registers.places.models import Division
from wutong.registers.places.queries import district_of, divisions_matching, parents_of, resolve

pytestmark = pytest.mark.django_db
BEFORE, AFTER = date(2019, 1, 1), date(2020, 1, 1)
ROWS = [
    DivisionRow("37", "山东省"),
    DivisionRow("3715", "聊城市"),
    DivisionRow("371503", "茌平区"),
    DivisionRow("371503101", "示例镇"),
]


def code_of(text: str, on: date | None = None) -> str | None:
    found = resolve(text, on)
    return found.code if found else None


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_both_codes_mean_one_district_however_they_were_loaded(order: tuple[int, ...]) -> None:
    acts = [
        load_successors,
        lambda: enter_divisions(ROWS[2:]),
        lambda: enter_divisions([*ROWS[:2], DivisionRow("371523", "茌平县")]),
    ]
    for index in order:
        acts[index]()
    link_orphans()
    assert load_successors() == 0
    for text in ("371523", "371503", "371523000000"):
        assert code_of(text) == code_of(text, AFTER) == "371503"
        assert code_of(text, BEFORE) == "371523"
    assert [item.code for item in parents_of(Division.objects.get(code="371503101"))] == [
        "37",
        "3715",
        "371503",
    ]
    assert Division.objects.get(code="371523").parent == Division.objects.get(code="3715")


def test_a_town_below_the_old_code_is_found_below_the_new_one() -> None:
    enter_divisions(ROWS)
    load_successors()
    assert code_of("371523101") == "371503101"
    assert code_of("371523101000") == "371503101"
    assert code_of("371523102") is None


def test_an_unknown_code_means_nothing() -> None:
    enter_divisions(ROWS)
    assert [code_of(text) for text in ("371599", "12345", "", "茌平")] == [None] * 4


def test_a_district_whose_own_code_ends_in_zeros_is_not_its_city() -> None:
    enter_divisions([DivisionRow("4419", "示例市"), DivisionRow("441900", "示例市（不设区）")])
    assert [code_of(text) for text in ("441900", "441900000000", "4419")] == ["441900", "441900", "4419"]


def test_a_row_is_kept_without_its_parent_until_the_parent_comes() -> None:
    enter_divisions([ROWS[3]])
    assert link_orphans() == {"371503": 1}
    enter_divisions(ROWS[:3])
    assert link_orphans() == {}
    town = Division.objects.get(code="371503101")
    assert [item.name for item in parents_of(town)] == ["山东省", "聊城市", "茌平区"]
    district = district_of(town)
    assert district is not None and district.code == "371503"


def test_a_chain_of_codes_is_followed_to_its_end_and_never_becomes_a_circle() -> None:
    enter_divisions([DivisionRow(code, f"示例区{code}") for code in ("379901", "379902", "379903")])
    first, second, third = Division.objects.order_by("code")
    replace_division(first, second, on=date(2010, 1, 1), note="示例")
    replace_division(second, third, on=date(2015, 1, 1), note="示例")
    assert [code_of("379901", date(year, 6, 1)) for year in (2009, 2012, 2016)] == [
        "379901",
        "379902",
        "379903",
    ]
    assert code_of("379901") == "379903"
    with pytest.raises(Refused, match="互为后继"):
        replace_division(third, Division.objects.get(pk=first.pk), on=date(2020, 1, 1), note="示例")
    with pytest.raises(Refused, match="互为后继"):
        replace_division(third, third, on=date(2020, 1, 1), note="示例")


def test_two_that_became_one_keep_their_own_codes_before() -> None:
    enter_divisions([DivisionRow(code, f"示例区{code}") for code in ("379901", "379902", "379903")])
    first, second, third = Division.objects.order_by("code")
    for old in (first, second):
        replace_division(old, third, on=date(2015, 1, 1), note="示例")
    assert code_of("379901", date(2014, 1, 1)) == "379901"
    assert code_of("379903", date(2014, 1, 1)) == "379903"


def test_what_an_office_entered_itself_is_not_overwritten() -> None:
    enter_divisions([DivisionRow("371523", "茌平县"), DivisionRow("371503", "茌平区")])
    old, new = Division.objects.get(code="371523"), Division.objects.get(code="371503")
    replace_division(old, new, on=date(2019, 9, 6), note="本单位登记")
    load_successors()
    old.refresh_from_db()
    assert (old.valid_to, old.note) == (date(2019, 9, 6), "本单位登记")


def test_divisions_are_found_by_part_of_the_name_and_beginning_of_the_code() -> None:
    enter_divisions(ROWS)
    assert {item.code for item in divisions_matching("茌平")} == {"371503"}
    assert {item.code for item in divisions_matching("3715")} == {"3715", "371503", "371503101"}
