"""Firms that seem to be one: the same name, a name that is spoken alike, the same address with a name alike."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher

from django.db.models import Count, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from wutong.base.accounts.models import Account
from wutong.registers.enterprises.models import Distinct, Enterprise, EnterpriseKey
from wutong.registers.enterprises.names import core_of, fold_address, fold_name, sound_of

Kind = EnterpriseKey.Kind
ALIKE = 0.6
"""From this likeness of the cores on, two firms at one address may be one: an incubator houses hundreds that are not."""
CROWD = 30
"""A key that more firms share says nothing: a short common word, the address of a business centre."""

REASONS: dict[str, str | Promise] = {
    "same_name": _("名称相同"),
    "same_core": _("名称主干相同"),
    "same_sound": _("名称读音相同"),
    "same_address": _("地址相同，名称相近"),
}


@dataclass(frozen=True)
class Pair:
    """Two entries that seem to be one firm; `reason` is a key of REASONS. `first` was registered earlier."""

    first: Enterprise
    second: Enterprise
    reason: str

    @property
    def words(self) -> str | Promise:
        return REASONS[self.reason]


def keys_of(name: str, address: str) -> dict[str, str]:
    keys = {Kind.NAME: fold_name(name)[:200], Kind.SOUND: sound_of(name), Kind.ADDRESS: fold_address(address)}
    return {kind.value: value for kind, value in keys.items() if value}


def write_keys(enterprises: Iterable[Enterprise]) -> None:
    """Bring the keys of these firms up to their names and addresses."""
    rows = list(enterprises)
    EnterpriseKey.objects.filter(enterprise__in=rows).delete()
    EnterpriseKey.objects.bulk_create(
        (
            EnterpriseKey(enterprise=row, kind=kind, value=value)
            for row in rows
            for kind, value in keys_of(row.name, row.address).items()
        ),
        batch_size=1000,
    )


def doubles_of(
    name: str, address: str = "", *, among: QuerySet[Enterprise], besides: int | None = None
) -> list[tuple[Enterprise, str]]:
    """Firms that a name and an address may already stand for, each with the reason. Two queries."""
    keys = keys_of(name, address)
    found = set()
    for kind, value in keys.items():
        rows = EnterpriseKey.objects.filter(kind=kind, value=value).values_list("enterprise_id", flat=True)
        found |= set(rows[: CROWD + 1])
    others = among.filter(pk__in=found - {besides}, merged_into__isnull=True)
    judged = ((other, likeness(name, address, other.name, other.address)) for other in others.order_by("pk"))
    return [(other, reason) for other, reason in judged if reason]


def likeness(name: str, address: str, other_name: str, other_address: str) -> str:
    """Why two firms may be one; empty when they are just neighbours."""
    if fold_name(name) == fold_name(other_name):
        return "same_name"
    core, other_core = core_of(name), core_of(other_name)
    if core == other_core:
        return "same_core"
    if sound_of(name) == sound_of(other_name):
        return "same_sound"
    same_place = fold_address(address) != "" and fold_address(address) == fold_address(other_address)
    if same_place and SequenceMatcher(None, core, other_core).ratio() >= ALIKE:
        return "same_address"
    return ""


def suspected_pairs(among: QuerySet[Enterprise], limit: int = 200) -> list[Pair]:
    """Pairs of the register that nobody has judged yet, the surest first."""
    groups: list[Sequence[int]] = []
    for kind in (Kind.NAME, Kind.SOUND, Kind.ADDRESS):
        groups += _groups(kind)
    ids = {pk for group in groups for pk in group}
    rows = among.filter(merged_into__isnull=True).in_bulk(list(ids))
    judged = set(Distinct.objects.filter(first__in=ids).values_list("first_id", "second_id"))
    pairs: dict[tuple[int, int], Pair] = {}
    for group in groups:
        for first, second in _pairs(group):
            if (first, second) in pairs or (first, second) in judged or not {first, second} <= rows.keys():
                continue
            one, other = rows[first], rows[second]
            reason = likeness(one.name, one.address, other.name, other.address)
            if reason and not (one.code and other.code):
                pairs[first, second] = Pair(one, other, reason)
    order = list(REASONS)
    return sorted(pairs.values(), key=lambda pair: (order.index(pair.reason), pair.first.pk))[:limit]


def _groups(kind: str) -> Iterator[Sequence[int]]:
    shared = (
        EnterpriseKey.objects.filter(kind=kind, enterprise__merged_into__isnull=True)
        .values("value")
        .annotate(firms=Count("pk"))
        .filter(firms__gt=1, firms__lte=CROWD)
        .values("value")
    )
    members: dict[str, list[int]] = defaultdict(list)
    rows = EnterpriseKey.objects.filter(
        kind=kind, enterprise__merged_into__isnull=True, value__in=shared
    ).order_by("enterprise_id")
    for value, pk in rows.values_list("value", "enterprise_id"):
        members[value].append(pk)
    yield from members.values()


def _pairs(group: Sequence[int]) -> Iterator[tuple[int, int]]:
    for index, first in enumerate(group):
        for second in group[index + 1 :]:
            yield first, second


def declare_distinct(
    first: Enterprise, second: Enterprise, *, reason: str, actor: Account | None, now: datetime
) -> None:
    """These two are two firms; they are not offered as a pair again. Safe to repeat."""
    low, high = sorted((first, second), key=lambda item: item.pk)
    Distinct.objects.get_or_create(
        first=low, second=high, defaults={"reason": reason[:500], "actor": actor, "decided_at": now}
    )
