"""Telling people, reading, and forgetting what was read long ago."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from wutong.base.accounts.models import Account
from wutong.base.notices.choices import choices_of
from wutong.base.notices.kinds import Param, kind_of, kinds_in, stored_params
from wutong.base.notices.links import is_inside
from wutong.base.notices.models import KEY_LENGTH, Delivery, Mode, Notice

KEEP_READ = timedelta(days=365)
BLOCK = 500


def notify(
    kind: str,
    recipients: Iterable[Account],
    *,
    params: Mapping[str, Param],
    link: str,
    key: str,
    now: datetime,
) -> int:
    """Tell each active recipient once, in the caller's transaction; returns how many had not been told before.

    `key` names what is told ("clock_red:17:2026-03-02"): with the same key a person is never told again, also
    when two processes try at the same moment. `params` fill the kind's templates; `link` is a path of the
    product. Raises LookupError for a kind nobody declared, ValueError for a missing param or a foreign link,
    TypeError for a param that is no plain value.
    """
    declared = kind_of(kind)
    if declared is None:
        raise LookupError(f"no package declares the notice kind {kind!r}")
    if missing := declared.names - set(params):
        raise ValueError(f"the notice kind {kind} needs {sorted(missing)}")
    ids = {account.pk for account in recipients}
    active = sorted(Account.objects.filter(pk__in=ids, is_active=True).values_list("pk", flat=True))
    choices = choices_of(active, [declared.group])
    chosen = {pk: choices[pk, declared.group] for pk in active}
    return len(
        write_notices(
            kind,
            {pk: choice.at_once for pk, choice in chosen.items()},
            params=stored_params(params),
            link=link,
            key=key,
            now=now,
            awaiting={pk for pk, choice in chosen.items() if choice.mode == Mode.DIGEST},
        )
    )


@transaction.atomic
def write_notices(
    kind: str,
    channels: Mapping[int, tuple[str, ...]],
    *,
    params: dict[str, Any],
    link: str,
    key: str,
    now: datetime,
    awaiting: Iterable[int] = (),
) -> list[Notice]:
    """Insert the notices that are not there yet, with a delivery for every channel; gives the new ones.

    `channels` maps the account to the channels its notice leaves by, `params` are stored ones.
    """
    if not is_inside(link):
        raise ValueError(f"a notice leads to a path of the product, not to {link!r}")
    batch, later = uuid.uuid4(), frozenset(awaiting)
    # In one order, so that two that tell the same people wait for each other instead of locking each other out.
    rows = [
        Notice(
            recipient_id=account_id,
            kind=kind,
            params=params,
            link=link,
            key=_own_key(key, account_id),
            batch=batch,
            awaits_digest=account_id in later,
            created_at=now,
        )
        for account_id in sorted(channels)
    ]
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    new = list(Notice.objects.filter(key__in=[row.key for row in rows], batch=batch).order_by("pk"))
    Delivery.objects.bulk_create(
        Delivery(notice=notice, channel=channel, next_try_at=now)
        for notice in new
        for channel in channels[notice.recipient_id]
    )
    return new


def read_notice(notice: Notice, now: datetime) -> None:
    """The recipient has seen it. A second time changes nothing."""
    Notice.objects.filter(pk=notice.pk, read_at__isnull=True).update(read_at=now)


def read_all(account: Account, now: datetime, *, up_to: int, group: str = "") -> int:
    """Mark as read what the person had before the eyes: notices up to the id `up_to`, of one group or of all."""
    unread = Notice.objects.filter(recipient=account, read_at__isnull=True, pk__lte=up_to)
    if group:
        unread = unread.filter(kind__in=kinds_in(group))
    return unread.update(read_at=now)


def prune_notices(now: datetime) -> int:
    """Remove what was read more than 365 days ago, in blocks of their own; returns how many notices went."""
    removed = 0
    while True:
        with transaction.atomic():
            old = Notice.objects.filter(read_at__lt=now - KEEP_READ).order_by("pk")
            block = list(old.values_list("pk", flat=True)[:BLOCK])
            Delivery.objects.filter(notice__in=block).delete()
            Notice.objects.filter(pk__in=block).delete()
        removed += len(block)
        if len(block) < BLOCK:
            return removed


def _own_key(key: str, account_id: int) -> str:
    own = f"{key}:{account_id}"
    if len(own) > KEY_LENGTH:
        raise ValueError(f"the key of a notice is longer than {KEY_LENGTH} characters: {key[:40]}…")
    return own
