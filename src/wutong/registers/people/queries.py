"""Reads of the register of people."""

from datetime import date, timedelta

from django.db.models import Q, QuerySet

from wutong.base.personal.digests import blind_candidates
from wutong.base.personal.fields import personal_fields
from wutong.registers.people.models import Person


def people() -> QuerySet[Person]:
    """Everybody whose values are still there."""
    return Person.objects.filter(is_erased=False)


def found_by(text: str) -> QuerySet[Person]:
    """People whose whole name, telephone or identity number is `text`: encrypted values are found whole or not at
    all."""
    wanted = Q()
    for column in ("name", "phone", "id_number"):
        wanted |= Q(
            **{f"{column}_index__in": [item for item in blind_candidates(text, purpose=column) if item]}
        )
    return people().filter(wanted)


def retention_days() -> int:
    """How long a person's values are kept after they were last confirmed: the longest of the columns' periods."""
    return max(found.keep_days for found in personal_fields() if found.model is Person)


def due_for_erasure(on: date) -> QuerySet[Person]:
    """People whose period of retention is over on the day `on`."""
    return people().filter(confirmed_on__lt=on - timedelta(days=retention_days()))
