"""A feed's address is known to nobody but its owner: not to the database, the audit or the log."""

import logging
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from wutong.base.accounts.models import Account
from wutong.base.accounts.testing import make_account
from wutong.base.audit.models import AuditEvent
from wutong.base.feeds.log_lines import hide_addresses
from wutong.base.feeds.models import FeedToken
from wutong.base.feeds.queries import account_of_token, feed_of
from wutong.base.feeds.services import digest_of, open_feed, stop_feed

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 2, 13, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
"""The last working day before Spring Festival."""


@pytest.fixture
def account(db: None) -> Account:
    return make_account()


@pytest.fixture
def everything(db: None) -> Callable[[], str]:
    """Everything that stands in the tables, as one text."""

    def dump() -> str:
        found = []
        with connection.cursor() as cursor:
            for model in apps.get_models(include_auto_created=True):
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(model._meta.db_table)}")
                found.append(repr(cursor.fetchall()))
        return "\n".join(found)

    return dump


def test_a_token_opens_the_feed_of_its_owner(account: Account) -> None:
    make_account("li.si")
    assert account_of_token(open_feed(account, now=NOW)) == account
    assert feed_of(account).created_at == NOW


def test_a_token_has_256_bits_and_is_never_the_same(account: Account) -> None:
    tokens = {open_feed(account, now=NOW) for _time in range(20)}
    assert len(tokens) == 20
    assert {len(token) for token in tokens} == {43}
    assert FeedToken.objects.count() == 1


def test_renewing_closes_the_old_address(account: Account) -> None:
    old, new = open_feed(account, now=NOW), open_feed(account, now=NOW)
    assert (account_of_token(old), account_of_token(new)) == (None, account)


def test_stopping_closes_the_address(account: Account) -> None:
    token = open_feed(account, now=NOW)
    assert stop_feed(account, now=NOW)
    assert account_of_token(token) is None
    assert not stop_feed(account, now=NOW)
    assert list(AuditEvent.objects.order_by("pk").values_list("action", flat=True)) == [
        "open_feed",
        "stop_feed",
    ]


def test_a_stopped_account_has_no_feed(account: Account) -> None:
    token = open_feed(account, now=NOW)
    Account.objects.filter(pk=account.pk).update(is_active=False)
    assert account_of_token(token) is None


@pytest.mark.parametrize("text", ["", "\0" * 43, "x" * 42, "x" * 44, "９" * 43, "%" * 43, "\ud800" * 43])
def test_what_is_no_token_opens_nothing_and_asks_nothing(
    account: Account, text: str, django_assert_num_queries
) -> None:
    open_feed(account, now=NOW)
    with django_assert_num_queries(0):
        assert account_of_token(text) is None


def test_neither_the_database_nor_the_audit_knows_the_token(
    account: Account, everything: Callable[[], str]
) -> None:
    token = open_feed(account, now=NOW)
    renewed = open_feed(account, now=NOW)
    stored = everything()
    assert digest_of(renewed) in stored
    assert token not in stored and renewed not in stored
    words = list(AuditEvent.objects.order_by("pk").values_list("words", flat=True))
    assert words == ["开通日历订阅", "更换日历订阅的地址"]


@pytest.mark.parametrize("tail", [".ics", "", ".ics/", "?x=1", ".txt"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_the_log_knows_no_token(caplog: pytest.LogCaptureFixture, tail: str, method: str) -> None:
    hide_addresses()
    token = "A" * 40 + "_-b"
    with caplog.at_level(logging.DEBUG):
        answer = getattr(Client(enforce_csrf_checks=True), method)(f"/feeds/due/{token}{tail}")
    assert answer.status_code in {301, 302, 403, 404, 405}
    assert token not in caplog.text
    if answer.status_code == 404:
        assert "/feeds/due/…" in caplog.text


def test_other_lines_of_the_log_stay_as_they_are(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        Client().get("/nothing/here/at/all/")
    assert "/nothing/here/at/all/" in caplog.text
