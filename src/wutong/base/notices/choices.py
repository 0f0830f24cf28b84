"""How a person is reached: what was chosen, what the product does by itself, and the addresses."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from wutong.base.accounts.models import Account
from wutong.base.audit.services import record_event
from wutong.base.notices.adapters import is_configured
from wutong.base.notices.kinds import Group
from wutong.base.notices.models import Channel, Mode, NoticeAddress, NoticeChoice


@dataclass(frozen=True)
class Choice:
    """When the notices of a group leave the product, and through which channels."""

    mode: str
    channels: tuple[str, ...] = ()

    @property
    def at_once(self) -> tuple[str, ...]:
        """Channels through which a notice leaves at once."""
        return self.channels if self.mode == Mode.AT_ONCE else ()

    @property
    def in_digest(self) -> tuple[str, ...]:
        """Channels through which the digest leaves."""
        return self.channels if self.mode == Mode.DIGEST else ()


DEFAULT = Choice(Mode.DIGEST, (Channel.WORK_CHAT.value,))
"""The inbox, and a digest by work chat for whoever has an id there."""


def choices_of(account_ids: Collection[int], groups: Iterable[str]) -> dict[tuple[int, str], Choice]:
    """The choice in force for every account and group. Two queries, whatever their number."""
    groups = list(groups)
    stored = {
        (row.account_id, row.group): Choice(row.mode, tuple(row.channels))
        for row in NoticeChoice.objects.filter(account__in=account_ids, group__in=groups)
    }
    reached: set[tuple[int, str]] = set()
    if any(is_configured(channel) for channel in DEFAULT.channels):
        reached.update(
            NoticeAddress.objects.filter(account__in=account_ids, channel__in=DEFAULT.channels).values_list(
                "account_id", "channel"
            )
        )
    found = {}
    for account_id in account_ids:
        usual = Choice(
            DEFAULT.mode,
            tuple(channel for channel in DEFAULT.channels if (account_id, channel) in reached),
        )
        for group in groups:
            found[account_id, group] = stored.get((account_id, group), usual)
    return found


def digest_channels(account: Account) -> tuple[str, ...]:
    """Channels of the person's digest: those of all groups that go into it."""
    chosen = choices_of([account.pk], Group.values).values()
    return tuple(sorted({channel for choice in chosen for channel in choice.in_digest}))


@transaction.atomic
def save_choices(
    account: Account,
    choices: Mapping[str, Choice],
    addresses: Mapping[str, str],
    *,
    now: datetime,
) -> None:
    """What the person wants, by group; and new addresses by channel, where an empty one removes the old.

    Only what differs from the choice in force is stored. Addresses come first, because what the product does by
    itself follows from them: who gives an address and chooses nothing for it is sent nothing. The audit names
    groups and channels, never an address.
    """
    Account.objects.select_for_update().get(pk=account.pk)
    for channel, value in addresses.items():
        if value:
            NoticeAddress.objects.update_or_create(
                account=account, channel=channel, defaults={"value": value, "changed_at": now}
            )
        else:
            NoticeAddress.objects.filter(account=account, channel=channel).delete()
    in_force = choices_of([account.pk], choices)
    changed = [group for group, choice in choices.items() if in_force[account.pk, group] != choice]
    for group in changed:
        NoticeChoice.objects.update_or_create(
            account=account,
            group=group,
            defaults={"mode": choices[group].mode, "channels": list(choices[group].channels)},
        )
    if changed or addresses:
        record_event(
            action="save_notice_choices",
            now=now,
            actor=account,
            target_kind="accounts.account",
            target_id=account.pk,
            words="修改通知方式",
            detail={"groups": sorted(changed), "addresses": sorted(addresses)},
        )
