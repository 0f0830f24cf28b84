"""The examples of other cities, at both sides of each of their lines."""

from fractions import Fraction

import pytest

from wutong.base.lamps.faults import faults_of
from wutong.base.lamps.models import LampRuleSet
from wutong.base.lamps.queries import rule_set_of
from wutong.base.lamps.seeding import load_examples
from wutong.base.lamps.subjects import find_subject
from wutong.base.lamps.words import rule_words
from wutong.rules.lamps import Lamp, Number, RuleSet, judge_lamp

pytestmark = pytest.mark.django_db


def example(name: str) -> RuleSet:
    load_examples()
    return rule_set_of(LampRuleSet.objects.get(edition=name, is_example=True))


def lamp(rules: RuleSet, metric: str, value: Number, group: str = "signed") -> Lamp:
    return judge_lamp(rules, group, 0, {metric: [value]})


@pytest.mark.parametrize("group", ["signed", "started"])
def test_city_a_is_yellow_from_10_points_behind_plan_and_red_from_30(group: str) -> None:
    rules = example("示例甲市")
    values = [0, Fraction(999, 100), 10, Fraction(2999, 100), 30, 31]
    colours = [lamp(rules, "points_behind", value, group).colour for value in values]
    assert colours == ["green", "green", "yellow", "yellow", "red", "red"]


@pytest.mark.parametrize("group", ["signed", "started"])
def test_city_b_is_yellow_after_2_months_red_after_3_and_after_6_the_project_leaves(group: str) -> None:
    rules = example("示例乙市")
    lamps = [lamp(rules, "months_idle", value, group) for value in (1, 2, 3, 5, 6)]
    assert [item.colour for item in lamps] == ["green", "yellow", "red", "red", "red"]
    actions = [item.rule.action if item.rule else None for item in lamps]
    assert actions == [None, "", "", "", "leave_library"]


def test_city_c_warns_one_working_day_before_and_is_red_on_the_first_day_after() -> None:
    rules = example("示例丙市")
    lamps = [lamp(rules, "working_days_left", value, "all") for value in (2, 1, 0, -1)]
    assert [item.colour for item in lamps] == ["green", "yellow", "yellow", "red"]
    assert lamps[-1].rule is not None and lamps[-1].rule.action == "supervision_order"


def test_every_example_could_be_published_and_reads_well() -> None:
    load_examples()
    found = LampRuleSet.objects.filter(is_example=True)
    assert found.count() == 3
    for item in found:
        subject, rules = find_subject(item.subject), rule_set_of(item).rules
        assert subject is not None
        assert faults_of(subject, rules) == [], item.edition
        for rule in rules:
            words = rule_words(subject, rule)
            assert rule.metric not in words and rule.group not in words
    clock = find_subject("clock")
    assert clock is not None
    words = [rule_words(clock, rule) for rule in example("示例丙市").rules]
    assert words == ["全部时限：剩余低于0个工作日亮红灯", "全部时限：剩余不超过1个工作日亮黄灯"]
