from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from wutong.base.accounts.models import Account
from wutong.base.accounts.services import change_password, stop_account
from wutong.base.accounts.testing import PASSWORD, make_account
from wutong.base.audit.queries import events

pytestmark = [pytest.mark.django_db, pytest.mark.urls("wutong.base.accounts.tests.urls")]
NEW = "Wu-Tong-3001"


@pytest.fixture
def account() -> Account:
    return make_account()


@pytest.fixture
def signed_in(client: Client, account: Account) -> Client:
    client.force_login(account)
    assert client.get("/ledger/").status_code == 200
    return client


def last_seen(client: Client, minutes: float) -> None:
    session = client.session
    session["seen_at"] = int((timezone.now() - timedelta(minutes=minutes)).timestamp())
    session.save()


def test_a_page_needs_a_signed_in_account_and_leads_back_afterwards(client: Client) -> None:
    assert client.get("/ledger/?page=2")["Location"] == "/account/sign-in/?next=%2Fledger%2F%3Fpage%3D2"


def test_a_form_that_was_sent_is_not_an_address_to_come_back_to(client: Client) -> None:
    assert client.post("/ledger/")["Location"] == "/account/sign-in/"


def test_a_fragment_sends_the_whole_page_to_the_sign_in(client: Client) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/board/?tab=1"}
    answer = client.get("/ledger/", headers=headers)
    assert answer.status_code == 200
    assert answer["HX-Redirect"] == "/account/sign-in/?next=%2Fboard%2F%3Ftab%3D1"
    assert "台账" not in answer.content.decode()


def test_a_public_page_needs_nobody_and_asks_the_database_nothing(
    client: Client, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert client.get("/public/").content.decode() == "公开"


def test_an_ordinary_page_costs_two_queries_and_no_write(
    signed_in: Client, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(2) as asked:  # type: ignore[operator]
        signed_in.get("/ledger/")
    assert all(query["sql"].startswith("SELECT") for query in asked.captured_queries)


def test_the_moment_of_the_last_page_is_renewed_once_a_minute(signed_in: Client) -> None:
    last_seen(signed_in, 2)
    before = signed_in.session["seen_at"]
    signed_in.get("/ledger/")
    assert signed_in.session["seen_at"] - before >= 119


def test_half_an_hour_without_a_page_ends_the_session_and_is_audited(
    signed_in: Client, account: Account, settings: Settings
) -> None:
    settings.WUTONG_IDLE_MINUTES = 30
    last_seen(signed_in, 29)
    assert signed_in.get("/ledger/").status_code == 200
    last_seen(signed_in, 31)
    assert signed_in.get("/ledger/")["Location"] == "/account/sign-in/?next=%2Fledger%2F&reason=idle"
    assert "_auth_user_id" not in signed_in.session
    assert events(action="sign_out_idle", actor_id=account.pk).count() == 1


def test_an_initial_password_must_be_changed_before_anything_else(client: Client) -> None:
    client.force_login(make_account(must_change_password=True))
    assert client.get("/ledger/")["Location"] == "/account/password/"
    assert client.get("/account/preferences/")["Location"] == "/account/password/"
    assert client.get("/ledger/", headers={"HX-Request": "true"})["HX-Redirect"] == "/account/password/"
    assert client.get("/account/password/").status_code == 200
    assert client.post("/account/sign-out/")["Location"] == "/account/sign-in/"


def test_changing_the_initial_password_opens_the_house(client: Client) -> None:
    client.force_login(make_account(must_change_password=True))
    assert client.get("/ledger/").status_code == 302
    answer = client.post("/account/password/", {"old": PASSWORD, "new": NEW, "again": NEW})
    assert answer["Location"] == "/"
    assert "密码已修改" in str([str(message) for message in get_messages(answer.wsgi_request)])
    assert client.get("/ledger/").status_code == 200


def test_an_expired_password_must_be_changed(client: Client, settings: Settings) -> None:
    settings.WUTONG_PASSWORD_DAYS = 90
    client.force_login(make_account(password_changed_at=timezone.now() - timedelta(days=91)))
    assert client.get("/ledger/")["Location"] == "/account/password/"
    assert "90天" in client.get("/account/password/").content.decode()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"old": "wrong", "new": NEW, "again": NEW}, "原密码不正确"),
        ({"old": PASSWORD, "new": NEW, "again": NEW + "x"}, "两次输入的新密码不一致"),
        ({"old": PASSWORD, "new": "short", "again": "short"}, "密码至少10位"),
    ],
)
def test_what_is_wrong_with_a_new_password_is_said_at_the_field(
    signed_in: Client, typed: dict[str, str], words: str
) -> None:
    page = signed_in.post("/account/password/", typed)
    assert page.status_code == 422
    assert words in page.content.decode()
    assert NEW not in page.content.decode()


def test_changing_the_password_ends_the_other_sessions_and_keeps_the_own(
    signed_in: Client, account: Account
) -> None:
    other = Client()
    other.force_login(account)
    assert other.get("/ledger/").status_code == 200
    key = signed_in.session.session_key
    signed_in.post("/account/password/", {"old": PASSWORD, "new": NEW, "again": NEW})
    assert signed_in.get("/ledger/").status_code == 200
    assert signed_in.session.session_key != key
    assert other.get("/ledger/").status_code == 302


def test_a_password_changed_elsewhere_ends_this_session(signed_in: Client, account: Account) -> None:
    change_password(account, PASSWORD, NEW, timezone.now())
    assert signed_in.get("/ledger/").status_code == 302


def test_stopping_an_account_ends_its_session_with_the_next_page(signed_in: Client, account: Account) -> None:
    stop_account(account, None, timezone.now())
    assert signed_in.get("/ledger/").status_code == 302


def test_pages_come_in_the_language_of_the_account(signed_in: Client, account: Account) -> None:
    assert signed_in.get("/ledger/").content.decode() == "台账 张三 zh-hans"
    chosen = {"language": "en", "theme": "dark", "text_size": "large", "density": "compact"}
    assert signed_in.post("/account/preferences/", chosen)["Location"] == "/account/preferences/"
    assert signed_in.get("/ledger/").content.decode() == "台账 张三 en"
    account.refresh_from_db()
    assert (account.theme, account.text_size, account.density) == ("dark", "large", "compact")
    assert signed_in.get("/account/sign-in/", follow=False).status_code == 302


def test_one_accounts_language_does_not_reach_the_next_visitor(signed_in: Client, account: Account) -> None:
    account.language = "en"
    account.save()
    assert signed_in.get("/ledger/").content.decode().endswith("en")
    visitor = Client()
    visitor.force_login(make_account("li.si", display_name="李四"))
    assert visitor.get("/ledger/").content.decode() == "台账 李四 zh-hans"
