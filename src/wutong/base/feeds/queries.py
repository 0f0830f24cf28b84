"""Whose feed a token opens."""

import hmac
import re

from django.conf import settings

from wutong.base.accounts.models import Account
from wutong.base.feeds.models import FeedToken
from wutong.base.feeds.services import digest_of

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def feed_of(account: Account) -> FeedToken | None:
    return FeedToken.objects.filter(account=account).first()


def account_of_token(token: str) -> Account | None:
    """The active account behind a token, with its official; None for anything else.

    The look-up goes by the digest: how long it takes says nothing about the token.
    """
    if not TOKEN.fullmatch(token):
        return None
    digest = digest_of(token)
    found = FeedToken.objects.filter(digest=digest, account__is_active=True).first()
    if found is None or not hmac.compare_digest(found.digest, digest):
        return None
    return Account.objects.select_related(*settings.WUTONG_ACCOUNT_RELATED).get(pk=found.account_id)
