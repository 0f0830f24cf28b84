"""The unified social credit code: its check character catches every slip of one character."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wutong.base.errors import Refused
from wutong.registers.enterprises.uscc import ALPHABET, check_character, clean_code

BODIES = st.text(ALPHABET, min_size=17, max_size=17)


@pytest.mark.parametrize("code", ["91350100M000100Y43", "91110108MA01C8JC3L"])
def test_codes_made_by_the_rule_of_the_standard_pass(code: str) -> None:
    """The first is the example of GB 32100-2015; the second was computed by hand from its tables."""
    body = code[:17]
    assert clean_code(body + check_character(body)) == body + check_character(body)


def test_the_example_of_the_standard_has_its_check_character() -> None:
    assert check_character("91350100M000100Y4") == "3"


@given(body=BODIES)
@settings(max_examples=200, deadline=None)
def test_a_code_with_its_check_character_passes(body: str) -> None:
    code = body + check_character(body)
    assert clean_code(code) == code


@given(body=BODIES, place=st.integers(0, 17), other=st.sampled_from(ALPHABET))
@settings(max_examples=500, deadline=None)
def test_one_wrong_character_is_always_refused(body: str, place: int, other: str) -> None:
    """31 is prime and no weight is a multiple of it, so no single slip goes through."""
    code = body + check_character(body)
    wrong = code[:place] + other + code[place + 1 :]
    if wrong == code:
        assert clean_code(wrong) == code
    else:
        with pytest.raises(Refused, match="校验位不对"):
            clean_code(wrong)


@given(body=BODIES, place=st.integers(0, 15))
@settings(max_examples=300, deadline=None)
def test_two_neighbours_in_the_wrong_order_are_always_refused(body: str, place: int) -> None:
    code = body + check_character(body)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    if swapped == code:
        return
    with pytest.raises(Refused, match="校验位不对"):
        clean_code(swapped)


@pytest.mark.parametrize("letter", list("IOSVZ") + list("iosvz") + ["〇", "-", "中"])
def test_characters_that_the_standard_leaves_out_are_named(letter: str) -> None:
    with pytest.raises(Refused) as refusal:
        clean_code("91350100M000100Y4" + letter)
    assert letter.upper() in str(refusal.value)
    assert "不允许的字符" in str(refusal.value)


@given(
    body=BODIES, spaces=st.lists(st.tuples(st.integers(0, 18), st.sampled_from(" \t\n\u3000")), max_size=4)
)
@settings(max_examples=100, deadline=None)
def test_lower_case_and_spaces_do_not_matter(body: str, spaces: list[tuple[int, str]]) -> None:
    code = body + check_character(body)
    typed = code.lower()
    for place, space in sorted(spaces, reverse=True):
        typed = typed[:place] + space + typed[place:]
    assert clean_code(typed) == code


def test_full_width_characters_are_the_same_characters() -> None:
    typed = "".join(chr(ord(letter) + 0xFEE0) for letter in "91350100M000100Y43")
    assert clean_code(typed) == "91350100M000100Y43"


@pytest.mark.parametrize("code", ["", "9135", "91350100M000100Y433"])
def test_another_length_is_told_with_the_length_found(code: str) -> None:
    with pytest.raises(Refused) as refusal:
        clean_code(code)
    assert f"有{len(code)}位" in str(refusal.value)
    assert "18位" in str(refusal.value)
