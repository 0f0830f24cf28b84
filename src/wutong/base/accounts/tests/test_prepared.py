"""The prepared account is the account that a plain query would read, with the same related rows and counts."""

from threading import Thread

import pytest
from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

from wutong.base.accounts.backend import AccountBackend
from wutong.base.accounts.models import Account
from wutong.base.accounts.testing import make_account


def told(account: Account) -> dict[str, object]:
    columns = {field.attname: getattr(account, field.attname) for field in Account._meta.concrete_fields}
    return columns | {name: getattr(account, name) for name in settings.WUTONG_ACCOUNT_COUNTS}


def plain(key: int) -> Account:
    counts = {name: import_string(path)() for name, path in settings.WUTONG_ACCOUNT_COUNTS.items()}
    return Account.objects.select_related(*settings.WUTONG_ACCOUNT_RELATED).annotate(**counts).get(pk=key)


@pytest.mark.django_db
def test_each_account_is_what_a_plain_query_reads(django_assert_num_queries) -> None:
    accounts = [make_account(f"example{number}") for number in range(3)]
    AccountBackend().get_user(accounts[0].pk)
    for account in accounts:
        with django_assert_num_queries(1):
            found = AccountBackend().get_user(account.pk)
            assert found is not None
            told(found)
        assert told(found) == told(plain(account.pk))


@pytest.mark.django_db
def test_nobody_is_behind_a_key_that_no_account_has_or_one_that_was_stopped() -> None:
    stopped = make_account("example")
    Account.objects.filter(pk=stopped.pk).update(is_active=False)
    assert AccountBackend().get_user(stopped.pk) is None
    assert AccountBackend().get_user(stopped.pk + 1) is None


@pytest.mark.django_db(transaction=True)
def test_threads_do_not_get_each_others_account() -> None:
    accounts = [make_account(f"example{number}") for number in range(4)]
    wrong: list[str] = []

    def ask(account: Account) -> None:
        try:
            for _time in range(20):
                found = AccountBackend().get_user(account.pk)
                if found is None or found.name != account.name:
                    wrong.append(account.name)
        finally:
            connection.close()

    threads = [Thread(target=ask, args=[account]) for account in accounts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
