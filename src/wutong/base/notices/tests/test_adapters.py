"""The channels against a real server on loopback."""

import json
import smtplib
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.core import mail

from wutong.base.notices.adapters import configured_adapters, http
from wutong.base.notices.adapters.email import Mail
from wutong.base.notices.adapters.protocol import Outcome
from wutong.base.notices.adapters.sms import SmsGateway
from wutong.base.notices.adapters.work_chat import WorkChatWebhook
from wutong.base.notices.tests.people import MOBILE

MESSAGE = (MOBILE, "亮灯", "XM2026-0001 𠮷", "wutong-1-20260213090000000000")


class Gateway:
    """A server that answers as told and remembers what it was asked."""

    def __init__(self) -> None:
        self.status, self.answer, self.location = 200, b'{"code": 0, "id": "g-7"}', ""
        self.behaviour = "answer"
        self.asked: list[tuple[dict[str, str], Any]] = []
        self.release = threading.Event()
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                gateway.asked.append((dict(self.headers), json.loads(body)))
                if gateway.behaviour == "hang":
                    gateway.release.wait(5)
                if gateway.behaviour != "answer":
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                self.send_response(gateway.status)
                if gateway.location:
                    self.send_header("Location", gateway.location)
                self.send_header("Content-Length", str(len(gateway.answer)))
                self.end_headers()
                self.wfile.write(gateway.answer)

            def log_message(self, *arguments: Any) -> None:
                """Tests print nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/send"

    def sms(self) -> Outcome:
        return SmsGateway(self.url, "geheim", "梧桐", "T1").send(*MESSAGE)

    def chat(self) -> Outcome:
        return WorkChatWebhook(self.url).send("LinShiLi", *MESSAGE[1:])


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    gateway = Gateway()
    thread = threading.Thread(target=gateway.server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield gateway
    gateway.release.set()
    gateway.server.shutdown()
    thread.join()
    gateway.server.server_close()


def test_the_gateway_gets_the_message_and_its_number_is_kept(gateway: Gateway) -> None:
    outcome = gateway.sms()
    assert (outcome.result, outcome.reference) == ("sent", "g-7")
    headers, body = gateway.asked[0]
    assert headers["Authorization"] == "Bearer geheim"
    assert (body["mobile"], body["sign"], body["params"]) == (MOBILE, "梧桐", {"text": MESSAGE[2]})
    assert body["key"] == headers["Idempotency-Key"] == MESSAGE[3]


@pytest.mark.parametrize(
    ("status", "result"),
    [(500, "temporary"), (503, "temporary"), (429, "temporary"), (504, "unknown")]
    + [(400, "permanent"), (401, "permanent"), (404, "permanent")],
)
def test_a_status_says_whether_to_come_again(gateway: Gateway, status: int, result: str) -> None:
    gateway.status = status
    assert gateway.sms().result == result


def test_a_redirect_is_not_followed(gateway: Gateway) -> None:
    gateway.status, gateway.location = 307, gateway.url
    assert gateway.sms().result == "permanent"
    assert len(gateway.asked) == 1


@pytest.mark.parametrize(
    ("answer", "result"),
    [(b'{"code": "OK"}', "sent"), (b'{"code": 7, "message": "13800138000"}', "permanent"), (b"{}", "unknown")]
    + [(b"<html>", "unknown"), (b"[]", "unknown"), (b"\xff", "unknown"), (b"[" * 9999, "unknown")]
    + [(b" " * 70_000 + b'{"code": 0}', "unknown")],
)
def test_a_strange_answer_is_neither_believed_nor_repeated(
    gateway: Gateway, answer: bytes, result: str
) -> None:
    gateway.answer = answer
    outcome = gateway.sms()
    assert outcome.result == result
    assert MOBILE not in str(outcome.reason)


def test_nobody_listening_means_not_sent_and_a_lost_answer_means_unknown(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "SECONDS", 0.3)
    for behaviour in ("cut", "hang"):
        gateway.behaviour = behaviour
        assert gateway.sms().result == "unknown", behaviour
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/"
        assert SmsGateway(url, "k", "", "").send(*MESSAGE).result == "temporary"


@pytest.mark.parametrize(
    ("errcode", "result"),
    [(0, "sent"), (-1, "temporary"), (45009, "temporary"), (93000, "permanent"), ("", "unknown")],
)
def test_the_work_chat_answers_by_error_codes(gateway: Gateway, errcode: object, result: str) -> None:
    gateway.answer = json.dumps({"errcode": errcode, "errmsg": "words"}).encode()
    assert gateway.chat().result == result
    body = gateway.asked[0][1]
    assert body["msgtype"] == "text"
    assert body["text"] == {"content": f"亮灯\n{MESSAGE[2]}", "mentioned_list": ["LinShiLi"]}


def test_a_mail_carries_the_id_of_its_delivery() -> None:
    outcome = Mail("梧桐 <no-reply@example.org>").send("lin@example.org", *MESSAGE[1:])
    assert outcome.result == "sent"
    assert mail.outbox[0].extra_headers["Message-ID"] == f"<{MESSAGE[3]}@example.org>"
    assert (
        Mail("a@example.org").send("lin@example.org\nBcc: x@example.org", *MESSAGE[1:]).result == "permanent"
    )
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    ("at", "error", "result"),
    [
        ("open", ConnectionRefusedError(), "temporary"),
        ("open", TimeoutError(), "temporary"),
        ("open", smtplib.SMTPAuthenticationError(535, b"no"), "permanent"),
        ("send_messages", smtplib.SMTPRecipientsRefused({"a": (550, b"no")}), "permanent"),
        ("send_messages", smtplib.SMTPRecipientsRefused({"a": (450, b"later")}), "temporary"),
        ("send_messages", smtplib.SMTPDataError(451, b"later"), "temporary"),
        ("send_messages", smtplib.SMTPServerDisconnected(), "unknown"),
        ("send_messages", TimeoutError(), "unknown"),
    ],
)
def test_a_mail_server_in_trouble(
    at: str, error: Exception, result: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: Any) -> None:
        raise error

    monkeypatch.setattr(f"django.core.mail.backends.locmem.EmailBackend.{at}", fail, raising=False)
    assert Mail("a@example.org").send("lin@example.org", *MESSAGE[1:]).result == result


def test_only_what_is_configured_is_open(settings: Any) -> None:
    assert configured_adapters() == {}
    settings.WUTONG_SMS_URL, settings.WUTONG_SMS_KEY = "file:///etc/passwd", "k"
    settings.WUTONG_WORKCHAT_URL = "https://example.org/hook?key=geheim"
    settings.WUTONG_EMAIL_FROM = "a@example.org"
    assert set(configured_adapters()) == {"work_chat", "email"}
    settings.WUTONG_SMS_URL = "https://example.org/sms"
    assert set(configured_adapters()) == {"sms", "work_chat", "email"}
    assert "geheim" not in repr(configured_adapters())
