"""Who acts: an account, the official behind it, and what follows from both on one day."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from wutong.base.accounts.models import Account
from wutong.base.accounts.rights import rights_of
from wutong.registers.organisation.models import Official, TeamMember, Unit


@dataclass(frozen=True)
class Actor:
    """`unit_ids` is the official's unit with everything below it; `team_ids` are the teams of that day.

    The system acts without an account; what it does says so.
    """

    name: str
    account: Account | None = None
    official: Official | None = None
    rights: frozenset[str] = frozenset()
    unit_ids: frozenset[int] = frozenset()
    team_ids: frozenset[int] = frozenset()

    def has(self, right: str) -> bool:
        return right in self.rights

    @property
    def official_id(self) -> int | None:
        return self.official.pk if self.official else None

    @property
    def is_system(self) -> bool:
        return self.account is None


SYSTEM = Actor(name="system")


def actor_of(account: Account, on: date) -> Actor:
    """Four queries at most; pages build it once per request."""
    official = Official.objects.select_related("unit").filter(account=account).first()
    in_office = official is not None and (official.to_on is None or official.to_on >= on)
    unit_ids: frozenset[int] = frozenset()
    team_ids: frozenset[int] = frozenset()
    if official is not None and in_office:
        unit_ids = frozenset(
            Unit.objects.filter(path__startswith=official.unit.path).values_list("pk", flat=True)
        )
        team_ids = frozenset(
            TeamMember.objects.filter(official=official, from_on__lte=on)
            .filter(Q(to_on__isnull=True) | Q(to_on__gte=on))
            .values_list("team_id", flat=True)
        )
    return Actor(
        name=official.name if official else account.display_name,
        account=account,
        official=official if in_office else None,
        rights=rights_of(account, on),
        unit_ids=unit_ids,
        team_ids=team_ids,
    )
