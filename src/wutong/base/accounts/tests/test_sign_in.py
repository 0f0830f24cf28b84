from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from wutong.base.accounts.models import Account
from wutong.base.accounts.testing import PASSWORD, make_account
from wutong.base.audit.queries import events
from wutong.base.audit.services import ANONYMOUS

pytestmark = pytest.mark.django_db
WRONG = "Falsch-2026-x"


@pytest.fixture
def account(settings: Settings) -> Account:
    settings.AXES_ENABLED = True
    return make_account()


def sign_in(
    client: Client,
    name: str = "zhang.san",
    password: str = PASSWORD,
    *,
    address: str = "10.0.0.7",
    **more: str,
) -> HttpResponse:
    data = {"name": name, "password": password, **more}
    answer: HttpResponse = client.post(reverse("accounts:sign_in"), data, REMOTE_ADDR=address)
    return answer


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_the_page_is_open_to_visitors(client: Client) -> None:
    page = client.get(reverse("accounts:sign_in"))
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]


def test_name_and_password_open_the_house_and_are_audited(client: Client, account: Account) -> None:
    answer = sign_in(client)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert is_signed_in(client)
    event = events(action="sign_in", outcome="ok").get()
    assert (event.actor, event.address) == (account, "10.0.0.7")


def test_capitals_and_full_width_of_the_name_do_not_matter(client: Client, account: Account) -> None:
    sign_in(client, name="Ｚhang.SAN")
    assert is_signed_in(client)


def test_the_session_key_changes_with_the_sign_in(client: Client, account: Account) -> None:
    session = client.session
    session["planted"] = "by somebody"
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before
    sign_in(client)
    assert client.session.session_key != before
    assert not client.session.exists(before)


def test_a_wrong_password_an_unknown_name_and_a_stopped_account_get_the_same_answer(
    client: Client, account: Account
) -> None:
    stopped = make_account("li.si")
    stopped.is_active = False
    stopped.save()
    pages = [
        sign_in(client, "zhang.san", WRONG),
        sign_in(client, "nobody.here", WRONG),
        sign_in(client, "li.si", PASSWORD),
    ]
    assert {page.status_code for page in pages} == {422}
    bodies = {
        page.content.decode().replace(name, "").split("csrfmiddlewaretoken")[0]
        for page, name in zip(pages, ["zhang.san", "nobody.here", "li.si"], strict=True)
    }
    assert len(bodies) == 1
    assert "登录名或密码不正确" in bodies.pop()
    assert not is_signed_in(client)


def test_failures_are_audited_without_what_was_typed(client: Client, account: Account) -> None:
    sign_in(client, "zhang.san", WRONG)
    sign_in(client, PASSWORD, "x")
    known, unknown = events(action="sign_in", outcome="refused", chain_name=ANONYMOUS).order_by("seq")
    assert known.target_id == str(account.pk)
    assert unknown.target_id == ""
    assert PASSWORD.lower() not in f"{unknown.words}{unknown.detail}".lower()


def test_five_wrong_passwords_lock_this_account_at_this_address_only(
    client: Client, account: Account
) -> None:
    make_account("li.si")
    answers = [sign_in(client, password=WRONG).status_code for _number in range(5)]
    assert answers == [422, 422, 422, 422, 429]
    locked = sign_in(client)
    assert locked.status_code == 429
    assert "登录已锁定" in locked.content.decode()
    assert not is_signed_in(client)
    assert [event.action for event in events(chain_name=ANONYMOUS)] == ["sign_in_locked"] * 2 + [
        "sign_in"
    ] * 4
    elsewhere, other = Client(), Client()
    sign_in(elsewhere, address="10.0.0.8")
    assert is_signed_in(elsewhere)
    sign_in(other, "li.si")
    assert is_signed_in(other)


def test_the_lock_page_says_when_to_try_again(client: Client, account: Account) -> None:
    for _number in range(5):
        answer = sign_in(client, password=WRONG)
    assert "30分钟后" in answer.content.decode()
    assert 1700 <= int(answer["Retry-After"]) <= 1800


def test_the_lock_opens_after_half_an_hour(client: Client, account: Account) -> None:
    for _number in range(5):
        sign_in(client, password=WRONG)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=31))
    sign_in(client)
    assert is_signed_in(client)


def test_a_success_forgets_the_failures_before_it(client: Client, account: Account) -> None:
    for _number in range(4):
        sign_in(client, password=WRONG)
    sign_in(client)
    client.logout()
    assert [sign_in(client, password=WRONG).status_code for _number in range(4)] == [422] * 4


@pytest.mark.parametrize(
    ("wanted", "target"),
    [
        ("/ledger/?page=2", "/ledger/?page=2"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("https:evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/\\evil.example", "/"),
        ("", "/"),
    ],
)
def test_after_signing_in_one_goes_to_the_own_host_only(
    client: Client, account: Account, wanted: str, target: str
) -> None:
    assert sign_in(client, next=wanted)["Location"] == target


def test_a_long_name_that_grows_when_folded_breaks_nothing(client: Client, account: Account) -> None:
    assert sign_in(client, name="ﷺ" * 60, password=WRONG).status_code == 422
    assert sign_in(client, name="z" * 61, password=WRONG).status_code == 422


def test_an_unknown_name_takes_a_password_check_too(
    client: Client, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    monkeypatch.setattr("wutong.base.accounts.backend.make_password", hashed.append)
    sign_in(client, "nobody.here", WRONG)
    assert hashed == [WRONG]


def test_a_signed_in_account_does_not_see_the_page_again(client: Client, account: Account) -> None:
    sign_in(client)
    assert client.get(reverse("accounts:sign_in"), {"next": "/ledger/"})["Location"] == "/ledger/"


def test_signing_out_is_a_sent_form_and_is_audited(client: Client, account: Account) -> None:
    sign_in(client)
    assert client.get(reverse("accounts:sign_out")).status_code == 405
    assert client.post(reverse("accounts:sign_out"))["Location"] == reverse("accounts:sign_in")
    assert not is_signed_in(client)
    assert events(action="sign_out", actor_id=account.pk).count() == 1


def test_the_password_is_never_stored_by_the_lock(client: Client, account: Account) -> None:
    sign_in(client, password=WRONG)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM axes_accessattempt")
        assert WRONG not in repr(cursor.fetchall())
