"""Who acts: an account, the official behind it, and what follows from both on one day."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import cached_property

from wutong.base.accounts.models import Account
from wutong.base.accounts.rights import read_rights, rights_of
from wutong.registers.history.intervals import holds_on
from wutong.registers.organisation.models import Official, TeamMember
from wutong.registers.organisation.reach import (
    NO_REACH,
    Reach,
    reach_of,
    reaches_of,
    reaches_with_account,
)


@dataclass(frozen=True)
class Actor:
    """`unit_path` is the path of the official's unit: what lies below it is the own tree. `known_teams` are the own
    teams among those that matter here, when somebody has read them already. `_reaches` is what was read of the reach;
    a copy of the actor shares it. `memo` keeps what others worked out for this actor and is asked again and again.

    The system acts without an account; what it does says so.
    """

    name: str
    account: Account | None = None
    official: Official | None = None
    rights: frozenset[str] = frozenset()
    on: date | None = None
    known_teams: frozenset[int] | None = None
    _reaches: dict[tuple[int, date], Reach] = field(default_factory=dict, repr=False, compare=False)
    memo: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

    def has(self, right: str) -> bool:
        return right in self.rights

    @property
    def official_id(self) -> int | None:
        return self.official.pk if self.official else None

    @property
    def unit_path(self) -> str:
        return self.official.unit.path if self.official else ""

    @property
    def is_system(self) -> bool:
        return self.account is None

    @cached_property
    def team_ids(self) -> frozenset[int]:
        """Teams on the actor's day, asked once."""
        if self.known_teams is not None:
            return self.known_teams
        if self.official is None or self.on is None:
            return frozenset()
        return frozenset(
            memberships_on(self.on).filter(official=self.official).values_list("team_id", flat=True)
        )

    @property
    def reach(self) -> Reach:
        """Units in charge, who is stood in for, leads on the actor's day: one query, asked once."""
        if self.official is None or self.on is None or not getattr(self.account, "reaches", True):
            return NO_REACH
        key = self.official.pk, self.on
        if key not in self._reaches:
            self._reaches[key] = reach_of(*key)
        return self._reaches[key]

    @property
    def stands_in_for(self) -> frozenset[int]:
        """Officials whose roles in person the actor has today besides the own ones."""
        return frozenset(person.official_id for person in self.reach.stands_in_for)


SYSTEM = Actor(name="system")


def memberships_on(on: date) -> QuerySet[TeamMember]:
    return TeamMember.objects.filter(holds_on(on))


def actor_of(account: Account, on: date) -> Actor:
    """The actor behind an account. No query beyond the account's rights when the account came with its official."""
    official = getattr(account, "official", None)
    if official is not None and official.to_on is not None and official.to_on <= on:
        official = None
    return Actor(
        name=official.name if official else account.display_name,
        account=account,
        official=official,
        rights=rights_of(account, on),
        on=on,
    )


def actors_of(accounts: QuerySet[Account], on: date, teams: Collection[int]) -> list[Actor]:
    """The actors behind some accounts, in their order; nothing is asked for one of them alone afterwards. `teams` are
    the units that matter as teams. Three queries at most, and one for those who reach beyond what they hold."""
    rows = list(accounts.select_related("official__unit").annotate(reaches=reaches_with_account()))
    read_rights(rows, on)
    found = [actor_of(account, on) for account in rows]
    officials = [actor.official.pk for actor in found if actor.official]
    own_teams: dict[int, set[int]] = defaultdict(set)
    members = memberships_on(on).filter(official__in=officials, team__in=teams)
    for official_id, team_id in members.values_list("official_id", "team_id"):
        own_teams[official_id].add(team_id)
    reaching = [
        actor.official.pk for actor in found if actor.official and getattr(actor.account, "reaches", True)
    ]
    reaches = {(pk, on): reach for pk, reach in reaches_of(reaching, on).items()}
    return [
        replace(actor, known_teams=frozenset(own_teams[actor.official_id or 0]), _reaches=reaches)
        for actor in found
    ]
