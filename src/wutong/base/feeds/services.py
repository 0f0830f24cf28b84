"""Opening, renewing and stopping a feed."""

import hashlib
import secrets
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from wutong.base.accounts.models import Account
from wutong.base.audit.services import record_event
from wutong.base.feeds.models import FeedToken

TOKEN_BYTES = 32


def digest_of(token: str) -> str:
    """What is stored of a token. It is random through and through, therefore one plain SHA-256 is enough."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


@transaction.atomic
def open_feed(account: Account, *, now: datetime, address: str = "") -> str:
    """A new token for the account; an older one opens nothing from now on. The only time that the token is known.

    `address` is the network address that asked.
    """
    Account.objects.select_for_update().get(pk=account.pk)  # two at once: one after the other
    token = secrets.token_urlsafe(TOKEN_BYTES)
    values = {"digest": digest_of(token), "created_at": now}
    _row, is_new = FeedToken.objects.update_or_create(account=account, defaults=values)
    if is_new:
        _record(account, "open_feed", gettext_noop("开通日历订阅"), now, address)
    else:
        _record(account, "renew_feed", gettext_noop("更换日历订阅的地址"), now, address)
    return token


@transaction.atomic
def stop_feed(account: Account, *, now: datetime, address: str = "") -> bool:
    """The address opens nothing any more. False when there was none."""
    removed, _each = FeedToken.objects.filter(account=account).delete()
    if removed:
        _record(account, "stop_feed", gettext_noop("停用日历订阅"), now, address)
    return bool(removed)


def _record(account: Account, action: str, words: str, now: datetime, address: str) -> None:
    record_event(
        action=action,
        now=now,
        actor=account,
        target_kind="accounts.account",
        target_id=account.pk,
        words=words,
        address=address,
    )
