"""What keeps a draft from being published, in words."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from django.utils.translation import gettext as _

from wutong.base.lamps.subjects import LampSubject
from wutong.base.lamps.words import condition_words, rule_words, scope_words
from wutong.rules.lamps import LampRule


def faults_of(subject: LampSubject, rules: Sequence[LampRule]) -> list[str]:
    """Each fault is a sentence that says what to do; none: the rules can be published."""
    if not rules:
        return [_("还没有一行规则。请先加一行。")]
    known = [rule for rule in rules if _is_known(subject, rule)]
    faults = []
    if len(known) < len(rules):
        faults.append(_("有的行已经不在可选的范围或指标之内。请修改或删除这些行。"))
    for one, other in combinations(known, 2):
        faults += _faults_of_pair(subject, one, other)
    return faults


def _is_known(subject: LampSubject, rule: LampRule) -> bool:
    return rule.metric in {metric.code for metric in subject.metrics} and rule.group in dict(subject.groups)


def _faults_of_pair(subject: LampSubject, one: LampRule, other: LampRule) -> Iterator[str]:
    if _place(one) != _place(other):
        return
    if (one.comparator, one.threshold) == (other.comparator, other.threshold):
        yield _("有两行的界线一样：%(row)s。请删除或修改其中一行。") % {"row": rule_words(subject, one)}
    elif one.colour != other.colour:
        yellow, red = (one, other) if one.colour == "yellow" else (other, one)
        if not yellow.comes_before(red):
            yield _(
                "%(scope)s：黄灯线（%(yellow)s）应当先到，现在排在红灯线（%(red)s）后面。请修改其中一行。"
            ) % {
                "scope": scope_words(subject, one),
                "yellow": condition_words(subject, yellow),
                "red": condition_words(subject, red),
            }


def _place(rule: LampRule) -> tuple[str, int, str, int, bool]:
    """Rows with the same one are lines on the same scale."""
    return rule.group, rule.band_from_yuan, rule.metric, rule.consecutive, rule.is_upward
