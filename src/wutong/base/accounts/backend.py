"""Signing in by login name and password."""

from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest
from django.utils.module_loading import import_string

from wutong.base.accounts.models import Account
from wutong.base.accounts.prepared import PreparedRow
from wutong.base.accounts.services import fold_name


class AccountBackend(BaseBackend):
    """Gives no permissions: what an account may do is `rights.rights_of`."""

    def authenticate(
        self, request: HttpRequest | None, name: str | None = None, password: str | None = None, **kwargs: Any
    ) -> Account | None:
        """The active account with that name and password. A name that does not exist takes as long as a wrong
        password, so that the time of an answer tells nothing."""
        if name is None or password is None:
            return None
        account = Account.objects.filter(name=fold_name(name)).first()
        if account is None:
            make_password(password)
            return None
        matches = account.check_password(password)
        return account if matches and account.is_active else None

    def get_user(self, user_id: int) -> Account | None:
        """The account of a session; None ends the session of a stopped account.

        What every page needs of the person behind it (WUTONG_ACCOUNT_RELATED, WUTONG_ACCOUNT_COUNTS) comes with the
        same query.
        """
        account = _with_all_that_pages_need(
            tuple(settings.WUTONG_ACCOUNT_RELATED), tuple(settings.WUTONG_ACCOUNT_COUNTS.items())
        ).get(user_id)
        return account if account is not None and account.is_active else None


@cache
def _with_all_that_pages_need(
    related: tuple[str, ...], counts: tuple[tuple[str, str], ...]
) -> PreparedRow[Account]:
    """Asked by every request. Neither the related rows nor the counts depend on anything but the account."""
    return PreparedRow(
        lambda: Account.objects.select_related(*related).annotate(
            **{name: import_string(path)() for name, path in counts}
        )
    )
