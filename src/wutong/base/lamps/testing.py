"""For tests of all packages: an edition with exactly the rules a test needs."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, time, timedelta

from django.utils.timezone import get_default_timezone

from wutong.base.lamps.models import LampRule, LampRuleSet
from wutong.base.lamps.services import digest_of
from wutong.rules.lamps import LampRule as Rule


def make_draft(subject: str, edition: str, rules: Sequence[Rule], *, source: str = "示例文件") -> LampRuleSet:
    """A draft that could be published."""
    draft = LampRuleSet.objects.create(subject=subject, edition=edition, title="示例规则", source=source)
    LampRule.objects.bulk_create(
        LampRule(rule_set=draft, position=position, **asdict(rule))
        for position, rule in enumerate(rules, start=1)
    )
    return draft


def make_edition(subject: str, edition: str, rules: Sequence[Rule], valid_from: date) -> LampRuleSet:
    """A published edition; the open one before it ends."""
    LampRuleSet.objects.filter(subject=subject, published_at__isnull=False, valid_to__isnull=True).update(
        valid_to=valid_from - timedelta(days=1)
    )
    made = make_draft(subject, edition, rules)
    made.valid_from = valid_from
    made.published_at = datetime.combine(valid_from, time.min, tzinfo=get_default_timezone())
    made.digest = digest_of(made)
    made.save()
    return made
