"""Who may use the interface: whoever is signed in, with the CSRF token of the session for everything that writes."""

from typing import Any

from django.http import HttpRequest
from ninja.security import SessionAuth

from wutong.base.accounts.models import Account
from wutong.base.accounts.passwords import is_expired
from wutong.ledgerkit.viewer import now_of


class SignedIn(SessionAuth):
    """An account whose first password still has to be changed gets nothing here either."""

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        account = request.user
        if not isinstance(account, Account):
            return None
        return None if account.must_change_password or is_expired(account, now_of(request)) else account
