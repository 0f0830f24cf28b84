"""What holds on a day. The first day counts, the last one is the first on which it holds no more; without one it goes on."""

from datetime import date

from django.db.models import Q


def holds_on(on: date) -> Q:
    """For rows that somebody holds: `from_on`, `to_on`."""
    return Q(from_on__lte=on) & (Q(to_on__isnull=True) | Q(to_on__gt=on))


def valid_on(on: date) -> Q:
    """For things that exist: `valid_from`, `valid_to`."""
    return Q(valid_from__lte=on) & (Q(valid_to__isnull=True) | Q(valid_to__gt=on))
