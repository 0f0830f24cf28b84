"""Rules in the words of a clerk, and what is wrong with them. No database."""

from decimal import Decimal
from fractions import Fraction

import pytest

from wutong.base.lamps.faults import faults_of
from wutong.base.lamps.subjects import LampSubject, Metric, declare_subject
from wutong.base.lamps.words import action_words, band_words, number_words, rule_words
from wutong.base.money import WAN, YI
from wutong.rules.lamps import LampRule

SUBJECT = LampSubject(
    "example",
    "示例",
    (Metric("days", "在本阶段", "天"), Metric("output", "产值完成", "%", by_period=True)),
    (("signed", "签约未开工"),),
)


def test_a_rule_is_one_sentence() -> None:
    rule = LampRule("days", "over", 210, "yellow", "signed", 10 * YI)
    assert rule_words(SUBJECT, rule) == "签约未开工，10亿元及以上：在本阶段超过210天亮黄灯"
    rule = LampRule("output", "under", Decimal("80.50"), "red", "signed", consecutive=3)
    assert rule_words(SUBJECT, rule) == "签约未开工：产值完成连续3期低于80.5%亮红灯"


def test_a_code_that_is_no_longer_declared_stands_for_itself() -> None:
    rule = LampRule("gone", "over", 1, "red", "away")
    assert rule_words(SUBJECT, rule) == "away：gone超过1亮红灯"
    assert faults_of(SUBJECT, [rule]) == ["有的行已经不在可选的范围或指标之内。请修改或删除这些行。"]


@pytest.mark.parametrize(
    ("band", "words"),
    [
        (50 * YI, "50亿元及以上"),
        (YI + YI // 2, "1.5亿元及以上"),
        (5000 * WAN, "5000万元及以上"),
        (100 * YI, "100亿元及以上"),
    ],
)
def test_a_band_is_told_in_the_unit_of_its_size(band: int, words: str) -> None:
    assert band_words(band) == words


def test_numbers_are_rounded_half_up_once() -> None:
    values = [210, 0, -1, Decimal("2.50"), Fraction(100, 3), Fraction(1, 200), 1000]
    assert [number_words(value) for value in values] == ["210", "0", "-1", "2.5", "33.33", "0.01", "1000"]


def test_an_action_says_until_when() -> None:
    def words(action: str, days: int | None = None) -> str:
        return action_words(LampRule("days", "over", 1, "red", "signed", action=action, deadline_days=days))

    assert words("") == ""
    assert words("supervision_order", 5) == "5天内交督办"
    assert words("leave_library") == "移出推进库"


def test_the_yellow_line_comes_before_the_red_one() -> None:
    def faults(yellow: LampRule, red: LampRule) -> list[str]:
        return faults_of(SUBJECT, [red, yellow])

    yellow = LampRule("days", "over", 300, "yellow", "signed")
    red = LampRule("days", "over", 240, "red", "signed")
    (words,) = faults(yellow, red)
    assert "黄灯线（在本阶段超过300天）应当先到" in words and "红灯线（在本阶段超过240天）" in words
    assert faults(LampRule("days", "at_least", 240, "yellow", "signed"), red) == []
    assert faults(yellow, LampRule("days", "over", 240, "red", "signed", YI)) == []
    low = LampRule("output", "under", 50, "yellow", "signed")
    assert len(faults(low, LampRule("output", "under", 80, "red", "signed"))) == 1
    assert faults(LampRule("output", "at_most", 80, "yellow", "signed"), low_red()) == []
    assert faults(low, LampRule("output", "under", 50, "red", "signed", consecutive=2)) == []


def low_red() -> LampRule:
    return LampRule("output", "under", 80, "red", "signed")


def test_a_subject_is_declared_once() -> None:
    other = LampSubject("clock", "别的", (), ())
    with pytest.raises(ValueError, match="declared twice"):
        declare_subject(other)
