"""A case as it was. Two questions, two parameters: `as_of` is the day in the world (`effective_on`), `known_at`
the moment of knowledge (`recorded_at`; None means all that is known)."""

from datetime import date, datetime

from django.db.models import Exists, OuterRef, QuerySet

from wutong.cases.models import Case, Change


def changes_as_known(as_of: date | None = None, known_at: datetime | None = None) -> QuerySet[Change]:
    """Changes that count: recorded by `known_at`, effective by `as_of`, not replaced by a correction known then."""
    corrections = Change.objects.filter(replaces=OuterRef("pk"))
    changes = Change.objects.all()
    if known_at is not None:
        corrections = corrections.filter(recorded_at__lte=known_at)
        changes = changes.filter(recorded_at__lte=known_at)
    if as_of is not None:
        changes = changes.filter(effective_on__lte=as_of)
    return changes.exclude(Exists(corrections))


def state_of(case: Case, as_of: date, known_at: datetime | None = None) -> str:
    """The state of a case on a day; empty before it began. One query."""
    last = (
        changes_as_known(as_of, known_at)
        .filter(case=case)
        .order_by("-position")
        .values_list("state_after", flat=True)
        .first()
    )
    return last or ""
