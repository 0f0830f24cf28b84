"""Lamp rules in the words of a clerk: “签约未开工，10亿元及以上：在本阶段超过210天亮黄灯”."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.base.errors import Text
from wutong.base.lamps.models import Actions, Comparators, RuleColours
from wutong.base.lamps.subjects import LampSubject, Metric
from wutong.base.money import WAN, YI, in_unit
from wutong.rules.lamps import LampRule, Number

COLOUR_WORDS: Mapping[str, Text] = {
    "red": gettext_lazy("红灯"),
    "yellow": gettext_lazy("黄灯"),
    "green": gettext_lazy("正常"),
    "grey": gettext_lazy("灰灯"),
    "pause": gettext_lazy("暂停"),
}
"""A colour is never the only sign: each has its word."""


def number_words(value: Number) -> str:
    """A line or reading as text; what is not whole has at most two places, rounded half up."""
    if isinstance(value, Fraction):
        value = Decimal(value.numerator) / value.denominator
    text = f"{Decimal(value).quantize(Decimal('0.01'), rounding=ROUND_HALF_UP):f}"
    return text.rstrip("0").rstrip(".")


def quantity_words(value: Number, metric: Metric) -> str:
    """“210天”."""
    return _("%(value)s%(unit)s") % {"value": number_words(value), "unit": metric.unit}


def line_words(rule: LampRule, metric: Metric) -> str:
    """“超过210天”, “连续3期低于80%”."""
    line = _("%(comparator)s%(quantity)s") % {
        "comparator": Comparators(rule.comparator).label,
        "quantity": quantity_words(rule.threshold, metric),
    }
    if rule.consecutive > 1:
        return _("连续%(count)s期%(line)s") % {"count": rule.consecutive, "line": line}
    return line


def band_words(band_from_yuan: int) -> str:
    """“10亿元及以上”; of a band below 1 亿 in 万元."""
    unit, size = ("亿元", YI) if band_from_yuan >= YI else ("万元", WAN)
    places = 0 if band_from_yuan % size == 0 else 4
    amount = in_unit(band_from_yuan, unit, places)
    return _("%(amount)s%(unit)s及以上") % {"amount": number_words(amount), "unit": unit}


def scope_words(subject: LampSubject, rule: LampRule) -> str:
    """“签约未开工，10亿元及以上”."""
    group = str(subject.group_label(rule.group))
    if not rule.band_from_yuan:
        return group
    return _("%(group)s，%(band)s") % {"group": group, "band": band_words(rule.band_from_yuan)}


def condition_words(subject: LampSubject, rule: LampRule) -> str:
    """“在本阶段超过210天”."""
    metric = subject.metric(rule.metric)
    return _("%(metric)s%(line)s") % {"metric": metric.label, "line": line_words(rule, metric)}


def rule_words(subject: LampSubject, rule: LampRule) -> str:
    """The whole row in one sentence."""
    return _("%(scope)s：%(condition)s亮%(lamp)s") % {
        "scope": scope_words(subject, rule),
        "condition": condition_words(subject, rule),
        "lamp": RuleColours(rule.colour).label,
    }


def action_words(rule: LampRule) -> str:
    """What has to follow, and until when; empty where nothing has to."""
    if not rule.action:
        return ""
    action = Actions(rule.action).label
    if rule.deadline_days is None:
        return str(action)
    return _("%(days)s天内%(action)s") % {"days": rule.deadline_days, "action": action}
