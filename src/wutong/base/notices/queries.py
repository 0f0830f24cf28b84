"""Reading the inbox. Every queryset starts from the notices of one account."""

from django.db.models import Count, F, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.lookups import IsNull

from wutong.base.accounts.models import Account
from wutong.base.notices.kinds import kinds_in
from wutong.base.notices.models import Delivery, DeliveryState, Notice

MOST_COUNTED = 100
"""Nobody reads the difference between a hundred and more."""


def unread_count(account: Account) -> int:
    """Unread notices of the account, at most MOST_COUNTED. One query over an index of the unread ones."""
    unread = Notice.objects.filter(recipient=account, read_at__isnull=True)
    return unread.order_by()[:MOST_COUNTED].count()


def unread_of_account() -> Subquery:
    """The number of unread notices as a column of the account that is being read: the bell costs no query."""
    unread = Notice.objects.filter(recipient=OuterRef("pk"), read_at__isnull=True).order_by()
    return Subquery(unread.values("recipient").annotate(count=Count("pk")).values("count"))


def inbox(account: Account, group: str = "") -> QuerySet[Notice]:
    """The account's notices, unread ones first, newest first; with the deliveries that failed."""
    failed = Prefetch(
        "deliveries",
        queryset=Delivery.objects.filter(state=DeliveryState.FAILED).order_by("pk"),
        to_attr="failed_deliveries",
    )
    found = Notice.objects.filter(recipient=account)
    if group:
        found = found.filter(kind__in=kinds_in(group))
    return found.order_by(IsNull(F("read_at"), False).asc(), "-created_at", "-pk").prefetch_related(failed)
