"""Why a stalled project shows its lamp: what lasts how long, past which line, by which rule."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.base.lamps.subjects import Metric
from wutong.base.lamps.words import COLOUR_WORDS, action_words, line_words, number_words, quantity_words
from wutong.ledgers.project_push.stalled.rules import (
    DAYS_IDLE,
    DAYS_IN_STAGE,
    MONTHS_IDLE,
    POINTS_BEHIND,
    Stage,
    Verdict,
)
from wutong.registers.projects.bands import band_label, band_of
from wutong.rules.lamps import Lamp, LampRule, RuleSet

METRICS = (
    Metric(DAYS_IN_STAGE, gettext_lazy("在本阶段"), gettext_lazy("天")),
    Metric(DAYS_IDLE, gettext_lazy("无进展"), gettext_lazy("天")),
    Metric(MONTHS_IDLE, gettext_lazy("无进展"), gettext_lazy("个月")),
    Metric(POINTS_BEHIND, gettext_lazy("落后计划"), gettext_lazy("个百分点")),
)
GROUPS = (("signed", gettext_lazy("签约未开工")), ("started", gettext_lazy("开工未投产")))
_metrics = {metric.code: metric for metric in METRICS}


def reason_words(stage: Stage, verdict: Verdict) -> str:
    """“签约250天未开工，超红灯线10天”."""
    lamp = verdict.lamp
    told = {"days": verdict.days}
    words = _("签约%(days)s天未开工") % told if stage == "signed" else _("开工%(days)s天未投产") % told
    if lamp.colour == "pause":
        return _("%(words)s，暂停中不计时") % {"words": words}
    if lamp.cause == "no_data":
        return _("%(words)s，缺少亮灯要看的数据") % {"words": words}
    if lamp.rule is None:
        return words
    words = _past_line(words, lamp, lamp.rule)
    if lamp.excused:
        return _("%(words)s，暂停期间照样亮灯") % {"words": words}
    return words


def _past_line(words: str, lamp: Lamp, rule: LampRule) -> str:
    metric = _metrics[rule.metric]
    assert lamp.value is not None, "a lamp that is lit has a reading"
    if metric.code == DAYS_IDLE:
        words = _("%(words)s，%(idle)s天无进展") % {"words": words, "idle": number_words(lamp.value)}
    elif metric.code != DAYS_IN_STAGE:
        words = _("%(words)s，%(metric)s%(quantity)s") % {
            "words": words,
            "metric": metric.label,
            "quantity": quantity_words(lamp.value, metric),
        }
    if not _is_over_days(rule):
        return _("%(words)s，%(line)s亮%(lamp)s") % {
            "words": words,
            "line": line_words(rule, metric),
            "lamp": COLOUR_WORDS[rule.colour],
        }
    if rule.colour == "red":
        return _("%(words)s，超红灯线%(over)s天") % {"words": words, "over": number_words(lamp.over)}
    return _("%(words)s，超黄灯线%(over)s天") % {"words": words, "over": number_words(lamp.over)}


def basis_words(rule_set: RuleSet | None, stage: Stage, amount_yuan: int, verdict: Verdict) -> str:
    """“亮灯规则2023-07版第2条，≥10亿档，210天”: the rule that decides, else the line that comes first in the stage."""
    rules = rule_set.rules_for(stage, amount_yuan) if rule_set else []
    rules = [item for item in rules if item.metric in _metrics]
    if rule_set is None or not rules:
        return _("没有适用的亮灯规则")
    lamp = verdict.lamp
    if lamp.rule is not None and lamp.colour != "pause":
        rule = lamp.rule
    else:
        lines = [item for item in rules if item.metric == DAYS_IN_STAGE and item.colour == "yellow"]
        rule = (lines or rules)[0]
    told = {
        "edition": rule_set.edition,
        "clause": rule.clause,
        "band": band_label(band_of(amount_yuan)),
    }
    if _is_over_days(rule):
        told["line"] = number_words(rule.threshold)
        words = _("亮灯规则%(edition)s%(clause)s，%(band)s档，%(line)s天") % told
    else:
        told["line"] = line_words(rule, _metrics[rule.metric])
        words = _("亮灯规则%(edition)s%(clause)s，%(band)s档，%(line)s") % told
    if lamp.rule is rule and rule.action:
        return _("%(words)s，%(action)s") % {"words": words, "action": action_words(rule)}
    return words


def _is_over_days(rule: LampRule) -> bool:
    """The usual rule, which has words of its own: more than so many days."""
    return rule.metric in {DAYS_IN_STAGE, DAYS_IDLE} and rule.comparator == "over"
