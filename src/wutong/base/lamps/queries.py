"""Reading lamp rules: the edition in force on a day, and all editions of a subject."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import cast

from django.db.models import Count, QuerySet

from wutong.base.lamps.models import LampRule, LampRuleSet
from wutong.rules.lamps import Comparator, Number, RuleColour, RuleSet
from wutong.rules.lamps import LampRule as Rule

Version = tuple[tuple[int, str, date | None, date | None], ...]
_published: dict[str, tuple[Version, tuple[RuleSet, ...]]] = {}


def editions(subject: str) -> QuerySet[LampRuleSet]:
    """All editions of a subject: drafts and examples, then the published ones, the latest first."""
    return (
        LampRuleSet.objects.filter(subject=subject)
        .select_related("published_by", "copied_from")
        .annotate(rule_count=Count("rules"))
        .order_by("is_example", "-valid_from", "-pk")
    )


def published_rule_sets(subject: str) -> tuple[RuleSet, ...]:
    """The published editions by their first day. One query tells whether the ones built before still hold: a
    published edition never changes, but for the day on which it ends."""
    version: Version = tuple(
        LampRuleSet.objects.filter(subject=subject, published_at__isnull=False)
        .order_by("valid_from")
        .values_list("pk", "digest", "valid_from", "valid_to")
    )
    known = _published.get(subject)
    if known is None or known[0] != version:
        known = version, tuple(_rule_sets([pk for pk, _digest, _from, _to in version]))
        _published[subject] = known
    return known[1]


def rule_set_on(subject: str, on: date) -> RuleSet | None:
    """The edition in force on a day; None before the first one."""
    return current_and_previous(subject, on)[0]


def current_and_previous(subject: str, on: date) -> tuple[RuleSet | None, RuleSet | None]:
    """The edition in force on a day, and the one that it has replaced."""
    begun = [item for item in published_rule_sets(subject) if item.valid_from and item.valid_from <= on]
    current = begun[-1] if begun and begun[-1].is_in_force(on) else None
    return current, begun[-2] if len(begun) > 1 else None


def rule_set_of(edition: LampRuleSet) -> RuleSet:
    """The rules of any edition, drafts and examples too. One query."""
    return _rule_set(edition, rows_of(edition))


def rows_of(edition: LampRuleSet) -> list[LampRule]:
    """The rows of an edition, in order."""
    return list(edition.rules.order_by("position", "pk"))


def _rule_sets(pks: list[int]) -> Iterable[RuleSet]:
    found = LampRule.objects.filter(rule_set__in=pks).order_by("rule_set_id", "position", "pk")
    rows = {pk: list(items) for pk, items in groupby(found, key=lambda row: row.rule_set_id)}
    for edition in LampRuleSet.objects.filter(pk__in=pks).order_by("valid_from"):
        yield _rule_set(edition, rows.get(edition.pk, []))


def _rule_set(edition: LampRuleSet, rows: Iterable[LampRule]) -> RuleSet:
    return RuleSet(
        edition.subject, edition.edition, edition.valid_from, edition.valid_to, tuple(map(rule_of, rows))
    )


def rule_of(row: LampRule) -> Rule:
    """A row as the judge wants it."""
    return Rule(
        metric=row.metric,
        comparator=cast(Comparator, row.comparator),
        threshold=exact(row.threshold),
        colour=cast(RuleColour, row.colour),
        group=row.group,
        band_from_yuan=row.band_from_yuan,
        consecutive=row.consecutive,
        excuse_allowed=row.excuse_allowed,
        action=row.action,
        deadline_days=row.deadline_days,
        clause=row.clause,
    )


def exact(value: Decimal) -> Number:
    """A whole number as int, anything else as it is."""
    return int(value) if value == value.to_integral_value() else value
