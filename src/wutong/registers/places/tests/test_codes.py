"""Division codes are kept without padding, and their length says the level."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wutong.base.errors import Refused
from wutong.registers.places.codes import LENGTHS, bare_code, level_of, parent_code


@pytest.mark.parametrize(
    ("written", "kept", "level"),
    [
        ("37", "37", "province"),
        ("370000", "37", "province"),
        ("370100", "3701", "city"),
        (" ３７１５０３ ", "371503", "district"),
        ("371503000000", "371503", "district"),
        ("371503101000", "371503101", "town"),
        ("371503101001", "371503101001", "village"),
    ],
)
def test_padding_is_taken_off(written: str, kept: str, level: str) -> None:
    assert bare_code(written) == kept
    assert level_of(kept) == level


def test_zeros_that_belong_to_the_code_stay_when_the_file_names_the_code_above() -> None:
    """A city without districts has one district of its own; a county without towns one town."""
    assert bare_code("441900", "4419") == "441900"
    assert bare_code("350527000", "350527") == "350527000"
    assert bare_code("441900") == "4419"


@pytest.mark.parametrize("wrong", ["", "37150", "3715031010", "37A503", "-37", "000000", "三七"])
def test_what_is_no_code_is_refused_in_words(wrong: str) -> None:
    with pytest.raises(Refused, match="区划代码"):
        bare_code(wrong)


@given(st.sampled_from(LENGTHS), st.integers(min_value=10**11, max_value=10**12 - 1))
def test_a_bare_code_stays_as_it_is_and_lies_below_its_parent(length: int, number: int) -> None:
    code = bare_code(str(number)[:length])
    assert bare_code(code) == code
    assert code.startswith(parent_code(code))
    assert len(parent_code(code)) < len(code)
