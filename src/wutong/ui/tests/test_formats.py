"""Amounts are rounded once, half up, on exact decimals; days are written as ledgers and sentences write them."""

from datetime import date
from decimal import Decimal

import pytest
from django.template import engines
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from wutong.ui import formats


@pytest.mark.parametrize(
    ("yuan", "places", "text"),
    [
        (5_200_000_000, 1, "52.0"),
        (12_345_000_000, 2, "123.45"),
        (105_000_000, 1, "1.1"),  # exactly half: a float or banker's rounding says 1.0
        (25_000_000, 1, "0.3"),
        (-25_000_000, 1, "-0.3"),
        (-1_000_000, 1, "0.0"),
        (123_456_789_000_000, 1, "1,234,567.9"),
        (0, 1, "0.0"),
        (None, 1, ""),
        (Decimal("1004999999.99"), 2, "10.05"),
    ],
)
def test_yuan_are_written_as_yi_half_up(yuan, places, text):
    assert formats.in_yi(yuan, places) == text


def test_yuan_are_written_as_wan_and_english_million():
    assert formats.in_wan(84_205_000) == "8,421"
    assert formats.in_wan(84_204_999) == "8,420"
    assert formats.in_million(5_250_000, 0) == "5"
    assert formats.in_million(100_000_000) == "100.0"


@given(st.integers(min_value=-(10**18), max_value=10**18), st.integers(min_value=0, max_value=4))
def test_a_rounded_amount_is_never_further_than_half_a_step_away(yuan, places):
    shown = Decimal(formats.in_yi(yuan, places).replace(",", ""))
    assert abs(shown * formats.YI - yuan) * 2 <= Decimal(formats.YI).scaleb(-places)


def test_an_amount_in_running_text_takes_the_unit_that_fits():
    assert formats.money_text(5_200_000_000) == "52.0亿元"
    assert formats.money_text(84_200_000, 0) == "8,420万元"
    assert formats.money_text(300) == "300元"
    assert formats.money_text(-5_200_000_000, english=True) == "-¥5,200.0 million"
    assert formats.money_text(None) == ""


def test_days_are_written_for_ledgers_and_for_sentences():
    day = date(2024, 1, 5)
    assert formats.date_text(day) == "2024-01-05"
    assert formats.long_date_text(day) == "2024年1月5日"
    assert formats.short_date_text(day) == "1月5日"
    assert formats.month_text(day) == "2024年1月"
    assert formats.date_text(None) == formats.long_date_text(None) == ""


def test_counts_keep_their_thousands_apart():
    assert formats.count_text(1234567) == "1,234,567"
    assert formats.count_text(None) == ""
    assert formats.days_text(1374) == "1,374天"


def test_the_filters_of_the_templates_are_built_in():
    template = engines["django"].from_string(
        "{{ y|yi:2 }} {{ y|wan }} {{ d|day }} {{ n|days }} {{ y|money }}"
    )
    context = {"y": 5_210_000_000, "d": date(2024, 1, 5), "n": 3}
    assert template.render(context) == "52.10 521,000 2024-01-05 3天 52.1亿元"
    with translation.override("en"):
        assert template.render(context).endswith("¥5,210.0 million")
