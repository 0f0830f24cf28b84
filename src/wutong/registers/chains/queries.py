"""Chains, nodes and firms as they stand on a day."""

from datetime import date

from django.db.models import QuerySet

from wutong.registers.chains.models import Chain, ChainMember, ChainNode
from wutong.registers.history.intervals import holds_on, valid_on


def chains_on(day: date) -> QuerySet[Chain]:
    """In the order of their leading industries."""
    return (
        Chain.objects.filter(valid_on(day))
        .select_related("leading_industry")
        .order_by("leading_industry__order", "code")
    )


def nodes_on(day: date) -> QuerySet[ChainNode]:
    return ChainNode.objects.filter(valid_on(day)).order_by("order", "pk")


def members_on(day: date) -> QuerySet[ChainMember]:
    """Memberships of nodes that are there on the day. A double that was merged into another firm is not counted."""
    return ChainMember.objects.filter(
        holds_on(day),
        enterprise__merged_into__isnull=True,
        node__in=nodes_on(day).order_by(),
    )
