"""What pages ask about the zone. A page of a signed-in account gets it with the account, without a query of its own."""

from django.db.models import BooleanField, Exists, Subquery

from wutong.base.zone.models import Zone


def name_with_account() -> Subquery:
    return Subquery(Zone.objects.filter(pk=1).values("name")[:1])


def setup_with_account() -> Exists:
    return Exists(Zone.objects.filter(pk=1, set_up_at__isnull=True), output_field=BooleanField())


def zone_name() -> str:
    """Empty while the zone has no name."""
    return Zone.objects.filter(pk=1).values_list("name", flat=True).first() or ""


def is_in_setup() -> bool:
    """Whether the zone is being set up. A zone without this row was set up before there was a set-up."""
    return Zone.objects.filter(pk=1, set_up_at__isnull=True).exists()
