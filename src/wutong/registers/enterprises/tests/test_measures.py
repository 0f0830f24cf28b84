"""What a source says about a firm and a year: a missing value stays missing, -1 is never a number."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wutong.registers.enterprises.measures import (
    BY_CODE,
    MEASURES,
    NotANumber,
    clean_value,
    clean_values,
)


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.code)
@pytest.mark.parametrize("value", [None, "", "  ", -1, "-1", -1.0, "-1.0", "-1.00", Decimal("-1")])
def test_empty_and_minus_one_are_missing_in_every_measure(measure: object, value: object) -> None:
    assert clean_value(measure, value) is None  # type: ignore[arg-type]


def test_what_is_missing_has_no_key_and_zero_has_one() -> None:
    assert clean_values({"staff": "0", "rd_yuan": "-1.0", "revenue_yuan": ""}) == {"staff": 0}


@pytest.mark.parametrize(
    ("value", "whole"), [("2285638861.88", 2285638862), ("0.5", 1), ("1.49", 1), (12, 12), ("1e3", 1000)]
)
def test_fractions_of_a_yuan_are_rounded_half_up_once(value: object, whole: int) -> None:
    assert clean_value(BY_CODE["revenue_yuan"], value) == whole


def test_a_loss_is_a_number_and_negative_staff_is_none() -> None:
    assert clean_value(BY_CODE["profit_yuan"], "-70565420.54") == -70565421
    with pytest.raises(NotANumber):
        clean_value(BY_CODE["staff"], "-2")


@pytest.mark.parametrize("value", ["约100", "NaN", "Infinity", "1,000", "一百"])
def test_text_is_not_taken_for_a_number(value: str) -> None:
    with pytest.raises(NotANumber):
        clean_value(BY_CODE["staff"], value)


@given(st.integers(0, 10**15))
def test_whole_numbers_come_through_unchanged(number: int) -> None:
    assert clean_value(BY_CODE["assets_yuan"], str(number)) == number
