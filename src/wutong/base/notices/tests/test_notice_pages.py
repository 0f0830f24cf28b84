"""The page of the choices, and receipts from strangers."""

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from wutong.base.accounts.models import Account
from wutong.base.accounts.testing import make_account
from wutong.base.audit.models import AuditEvent
from wutong.base.notices.models import Delivery, NoticeAddress, NoticeChoice
from wutong.base.notices.receipts import signature
from wutong.base.notices.tests.people import MOBILE, NOW, reach, tell

pytestmark = pytest.mark.django_db
KEY = "receipt-key"
PATH = "/notices/receipts/sms/"
CHOICES = "/notices/choices/"


@pytest.fixture
def open_channels(settings: Any) -> None:
    settings.WUTONG_SMS_URL, settings.WUTONG_SMS_KEY = "https://example.org/sms", "k"
    settings.WUTONG_SMS_RECEIPT_KEY = KEY


@pytest.fixture
def account(db: None) -> Account:
    return make_account()


@pytest.fixture
def client(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def answers(**changes: Any) -> dict[str, Any]:
    groups = ("clocks", "tasks", "lamps", "system")
    return {f"mode_{group}": "digest" for group in groups} | {"address_sms": ""} | changes


def test_a_person_chooses_and_the_number_comes_back_masked_only(
    open_channels: None, client: Client, account: Account
) -> None:
    assert "企业微信、电子邮件" in client.get(CHOICES).content.decode()
    wanted = answers(mode_lamps="at_once", channels_lamps=["sms"], address_sms="+86 138-0013-8000")
    assert client.post(CHOICES, wanted).status_code == 302
    assert NoticeAddress.objects.get(account=account).value == MOBILE
    choice = NoticeChoice.objects.get()
    assert (choice.group, choice.mode, choice.channels) == ("lamps", "at_once", ["sms"])
    page = client.get(CHOICES).content.decode()
    assert "138****8000" in page
    assert MOBILE not in page
    assert client.post(CHOICES, answers(remove_sms="on")).status_code == 302
    assert not NoticeAddress.objects.exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"address_sms": "12345"}, "11位手机号"),
        ({"mode_lamps": "at_once"}, "请选择发到哪里"),
        ({"mode_lamps": "at_once", "channels_lamps": ["sms"]}, "请在这里填写"),
        ({"mode_lamps": "at_once", "channels_lamps": ["email"]}, "email"),
        ({"mode_lamps": "hourly"}, "hourly"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    open_channels: None, client: Client, changes: dict[str, Any], words: str
) -> None:
    answer = client.post(CHOICES, answers(**changes))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not NoticeChoice.objects.exists()


def test_without_channels_the_page_says_so(client: Client) -> None:
    page = client.get(CHOICES).content.decode()
    assert "短信、企业微信、电子邮件" in page
    assert "at_once" not in page
    assert client.post(CHOICES, answers(mode_tasks="inbox")).status_code == 302
    assert NoticeChoice.objects.get().mode == "inbox"


def send(body: bytes, *, key: str = KEY, at: int | None = None, path: str = PATH, **changes: str) -> int:
    timestamp = str(int(timezone.now().timestamp()) if at is None else at)
    headers = {"X-Wutong-Timestamp": timestamp, "X-Wutong-Signature": signature(key, timestamp, body)}
    client = Client(enforce_csrf_checks=True)
    return client.post(
        path, body, content_type="application/json", headers={**headers, **changes}
    ).status_code


@pytest.fixture
def sent(open_channels: None, account: Account) -> Delivery:
    reach(account)
    tell(account)
    Delivery.objects.update(state="sent", attempts=1, claimed_at=NOW, sent_at=NOW)
    return Delivery.objects.get()


def receipt(delivery: Delivery, state: str, **more: Any) -> bytes:
    return json.dumps({"key": delivery.idempotency_key, "state": state, **more}).encode()


def test_receipts_say_how_it_ended_and_delivered_is_the_last_word(sent: Delivery) -> None:
    assert send(receipt(sent, "failed", code=9), **{"Accept-Language": "en"}) == 204
    sent.refresh_from_db()
    assert (sent.state, sent.reason) == ("failed", "发送平台拒收（代码9），请联系系统管理员")
    assert send(receipt(sent, "delivered")) == 204
    sent.refresh_from_db()
    first = sent.delivered_at
    assert (sent.state, sent.reason) == ("delivered", "")
    assert send(receipt(sent, "delivered")) == send(receipt(sent, "failed")) == 204
    sent.refresh_from_db()
    assert (sent.state, sent.delivered_at) == ("delivered", first)


def test_a_wrong_signature_is_refused_and_leaves_one_line(sent: Delivery) -> None:
    now, body = int(timezone.now().timestamp()), receipt(sent, "delivered")
    assert send(body, key="guess") == 403
    # A minute beyond the five that are allowed: the page reads its own clock, some seconds later.
    assert send(body, at=now - 360) == send(body, at=now + 360) == 403
    assert send(body, **{"X-Wutong-Timestamp": "soon"}) == 403
    assert send(body, **{"X-Wutong-Signature": "𠮷é"}) == 403
    assert Client().post(PATH, body, content_type="application/json").status_code == 403
    sent.refresh_from_db()
    assert sent.state == "sent"
    event = AuditEvent.objects.get(action="refuse_receipt")
    assert (event.outcome, event.target_id) == ("refused", "sms")


def test_a_strange_receipt_changes_nothing(sent: Delivery) -> None:
    for body in (b"", b"{", b"[1]", b"\xff", b"[" * 5000, b"7"):
        assert send(body) == 400, body
    for key in (
        "",
        "wutong-0-0",
        f"wutong-{sent.pk}-{'0' * 20}",
        "wutong-" + "9" * 18 + "-" + "0" * 20,
        None,
    ):
        assert send(json.dumps([{"key": key, "state": "delivered"}]).encode()) == 204
    assert send(b" " * 65_537) == 413
    assert send(receipt(sent, "vanished")) == 204
    assert send(receipt(sent, "delivered"), path="/notices/receipts/email/") == 404
    sent.refresh_from_db()
    assert sent.state == "sent"


def test_a_receipt_for_what_was_never_tried_is_passed_over(sent: Delivery) -> None:
    Delivery.objects.update(attempts=0, state="created")
    assert send(receipt(sent, "delivered")) == 204
    sent.refresh_from_db()
    assert sent.state == "created"
