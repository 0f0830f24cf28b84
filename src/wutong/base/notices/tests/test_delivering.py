"""The way out: states, back-off, and never twice."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction

from wutong.base.accounts.testing import make_account
from wutong.base.notices.adapters.protocol import UNKNOWN, UNREACHABLE, Outcome
from wutong.base.notices.delivering import CLAIM_LIMIT, deliver_due, fail_interrupted
from wutong.base.notices.models import Delivery, Notice, NoticeAddress
from wutong.base.notices.receipts import accept_receipts
from wutong.base.notices.services import notify
from wutong.base.notices.tests.people import MOBILE, NOW, PARAMS, FakeChannel, reach, tell
from wutong.cases.tests.at_once import database_file, together

MINUTE = timedelta(minutes=1)
REFUSED = Outcome("permanent", reason="拒收")


@pytest.fixture
def delivery(db: None) -> Delivery:
    reach(zhang := make_account())
    tell(zhang)
    return Delivery.objects.get()


def state(delivery: Delivery) -> str:
    delivery.refresh_from_db()
    return delivery.state


def test_a_message_goes_out_once_and_says_little(delivery: Delivery) -> None:
    channel = FakeChannel()
    assert deliver_due(NOW, {"sms": channel}) == 1
    assert deliver_due(NOW, {"sms": channel}) == 0
    assert channel.calls == [
        (MOBILE, "亮灯", "XM2026-0001，期限2026-02-13。请登录梧桐查看。", delivery.idempotency_key)
    ]
    assert (state(delivery), delivery.reference, delivery.sent_at) == ("sent", "r-1", NOW)


def test_a_temporary_failure_is_tried_again_after_a_growing_while(delivery: Delivery) -> None:
    channel, at, waits = FakeChannel(UNREACHABLE), NOW, []
    while deliver_due(at, {"sms": channel}):
        if state(delivery) != "failed_temporarily":
            break
        assert deliver_due(delivery.next_try_at - timedelta(seconds=1), {"sms": channel}) == 0
        waits.append((delivery.next_try_at - at) // MINUTE)
        at = delivery.next_try_at
    assert waits == [1, 5, 30, 120]
    assert (state(delivery), delivery.attempts, len(channel.calls)) == ("failed", 5, 5)
    assert len({call[3] for call in channel.calls}) == 1, "every attempt has the same key"


def test_a_second_try_may_succeed(delivery: Delivery) -> None:
    channel = FakeChannel(UNREACHABLE, Outcome("sent"))
    deliver_due(NOW, {"sms": channel})
    deliver_due(NOW + MINUTE, {"sms": channel})
    assert (state(delivery), delivery.reason) == ("sent", "")


@pytest.mark.parametrize("outcome", [REFUSED, UNKNOWN, RuntimeError(f"broken at {MOBILE}")])
def test_what_is_refused_or_unknown_is_not_sent_again(
    delivery: Delivery, outcome: Outcome | Exception, caplog: pytest.LogCaptureFixture
) -> None:
    channel = FakeChannel(outcome)
    deliver_due(NOW, {"sms": channel})
    deliver_due(NOW + timedelta(days=2), {"sms": channel})
    assert (state(delivery), len(channel.calls)) == ("failed", 1)
    assert delivery.reason
    assert MOBILE not in caplog.text + delivery.reason


def test_without_a_channel_or_an_address_it_fails_at_once_in_words(delivery: Delivery) -> None:
    deliver_due(NOW, {})
    assert (state(delivery), delivery.reason) == ("failed", "这个渠道未开通")
    NoticeAddress.objects.all().delete()
    tell(delivery.notice.recipient, key="red:2")
    channel = FakeChannel()
    deliver_due(NOW, {"sms": channel})
    assert Delivery.objects.latest("pk").reason.startswith("没有登记地址")
    assert not channel.calls


def test_an_address_that_cannot_be_decrypted_stops_nobody_else(delivery: Delivery) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE notices_noticeaddress SET value = 'A1:1:AAAA'")
    reach(li := make_account("li.si"))
    tell(li)
    channel = FakeChannel()
    assert deliver_due(NOW, {"sms": channel}) == 2
    assert state(delivery) == "failed"
    assert len(channel.calls) == 1


def test_a_worker_killed_between_sending_and_writing_leads_to_no_second_message(delivery: Delivery) -> None:
    class Killed(BaseException):
        pass

    def die() -> None:
        raise Killed

    channel = FakeChannel(before=die)
    with pytest.raises(Killed):
        deliver_due(NOW, {"sms": channel})
    channel.before = None
    assert deliver_due(NOW + CLAIM_LIMIT, {"sms": channel}) == 0
    assert state(delivery) == "created", "somebody may still be at it"
    assert deliver_due(NOW + CLAIM_LIMIT + MINUTE, {"sms": channel}) == 0
    assert (state(delivery), delivery.reason) == ("failed", "发送中断，结果不明，未重发（收件箱里有）")
    deliver_due(NOW + timedelta(days=30), {"sms": channel})
    assert len(channel.calls) == 1
    assert Notice.objects.filter(read_at__isnull=True).count() == 1


def test_an_answer_that_comes_after_the_claim_was_given_up_changes_nothing(delivery: Delivery) -> None:
    late = FakeChannel(UNREACHABLE, before=lambda: fail_interrupted(NOW + CLAIM_LIMIT + MINUTE))
    deliver_due(NOW, {"sms": late})
    assert state(delivery) == "failed"
    assert deliver_due(NOW + timedelta(days=1), {"sms": late}) == 0


def test_a_receipt_that_is_faster_than_the_answer_stands(delivery: Delivery) -> None:
    body = f'{{"key": "{delivery.idempotency_key}", "state": "delivered"}}'.encode()
    deliver_due(NOW, {"sms": FakeChannel(before=lambda: accept_receipts("sms", body, NOW))})
    assert (state(delivery), delivery.delivered_at, delivery.sent_at) == ("delivered", NOW, NOW)


@pytest.mark.django_db(transaction=True)
def test_delivering_inside_a_transaction_is_refused() -> None:
    reach(zhang := make_account())
    tell(zhang)
    channel = FakeChannel()
    with pytest.raises(RuntimeError), transaction.atomic():
        deliver_due(NOW, {"sms": channel})
    assert not channel.calls


@pytest.fixture
def shared_database(transactional_db: None, tmp_path: Path):
    """A database that threads meet in, with the locking of the product."""
    if connection.vendor == "sqlite":
        with database_file(tmp_path / "wutong.sqlite3"):
            yield
    else:
        yield


def test_a_message_is_sent_once_even_when_two_workers_try(shared_database: None) -> None:
    reach(zhang := make_account())
    for number in range(12):
        tell(zhang, key=f"red:{number}")
    channel = FakeChannel()
    counts = together(*[lambda: deliver_due(NOW, {"sms": channel}) for _ in range(3)])
    assert sum(counts) == 12, counts
    assert len({call[3] for call in channel.calls}) == len(channel.calls) == 12
    assert set(Delivery.objects.values_list("state", "attempts")) == {("sent", 1)}


def test_two_that_tell_the_same_people_at_once_tell_them_once(shared_database: None) -> None:
    people = [make_account(f"person{number}") for number in range(40)]
    for account in people:
        reach(account)
    for round_number in range(3):
        key = f"red:{round_number}"
        counts = together(
            lambda key=key: tell(*people, key=key),  # type: ignore[misc]
            lambda key=key: tell(*reversed(people), key=key),  # type: ignore[misc]
        )
        assert sum(counts) == 40, counts
    assert Notice.objects.count() == Delivery.objects.count() == 120


def test_telling_waits_for_a_transaction_under_way_and_takes_over_when_it_is_undone(
    shared_database: None,
) -> None:
    zhang = make_account()
    told, may_undo = threading.Event(), threading.Event()

    def undone() -> int:
        with transaction.atomic():
            count = notify("test.red", [zhang], params=PARAMS, link="/", key="k", now=NOW)
            told.set()
            may_undo.wait(1)
            transaction.set_rollback(True)
        return count

    def second() -> int:
        told.wait(10)
        may_undo.set()
        return notify("test.red", [zhang], params=PARAMS, link="/", key="k", now=NOW)

    assert together(undone, second) == [1, 1]
    assert Notice.objects.count() == 1
