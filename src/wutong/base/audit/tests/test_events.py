import threading
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.test import RequestFactory
from django.utils import translation
from django.utils.translation import gettext_lazy
from pytest_django import Settings

from wutong.base.audit.addresses import client_address
from wutong.base.audit.models import AuditChain, AuditEvent
from wutong.base.audit.queries import events
from wutong.base.audit.services import ANONYMOUS, record_event, record_failure
from wutong.base.audit.tests.people import make_account
from wutong.base.audit.verify import faults

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_each_actor_has_a_chain_of_its_own_counted_from_one() -> None:
    one, two = make_account("zhang.san"), make_account("li.si")
    written = [record_event(action="export_list", now=NOW, actor=actor) for actor in (one, two, one, None)]
    assert [event.seq for event in written] == [1, 1, 2, 1]
    names = AuditChain.objects.order_by("pk").values_list("account_name", flat=True)
    assert list(names) == [f"account:{one.pk}", f"account:{two.pk}", "system"]
    assert list(faults()) == []


def test_visitors_share_a_chain() -> None:
    record_event(action="sign_in", now=NOW, outcome="refused", chain_name=ANONYMOUS)
    assert events(chain_name=ANONYMOUS).count() == 1


def test_an_event_keeps_what_happened_and_where_from() -> None:
    actor = make_account()
    record_event(
        action="export_list",
        now=NOW,
        actor=actor,
        target_kind="cases.case",
        target_id=17,
        words="导出办件清单",
        detail={"rows": 3, "on": NOW.date(), "names": ["𠮷㐂"]},
        address="10.0.0.7",
    )
    event = events(target_kind="cases.case", target_id=17).get()
    assert (event.actor, event.outcome, event.address, event.words) == (
        actor,
        "ok",
        "10.0.0.7",
        "导出办件清单",
    )
    assert event.detail == {"rows": 3, "on": "2026-03-02", "names": ["𠮷㐂"]}
    assert event.recorded_at == NOW


def test_words_are_kept_in_simplified_chinese_whatever_the_actor_reads() -> None:
    with translation.override("en"):
        event = record_event(action="save", now=NOW, words=gettext_lazy("星期一"))
    assert event.words == "星期一"


def test_what_postgresql_cannot_store_does_not_stop_the_audit() -> None:
    event = record_event(
        action="save", now=NOW, words="甲\0乙" + "长" * 300, target_id="a\0b", detail={"k\0": ["\0v"]}
    )
    event.refresh_from_db()
    assert event.words.startswith("甲乙长")
    assert len(event.words) == 200
    assert event.detail == {"k": ["v"]}
    assert list(faults()) == []


def test_the_audit_vanishes_with_the_act_it_reports() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record_event(action="save", now=NOW)
        _ = 1 / 0
    assert not AuditEvent.objects.exists()
    assert record_event(action="save", now=NOW).seq == 1


def test_a_failure_reported_inside_the_failing_transaction_is_an_error() -> None:
    with transaction.atomic(), pytest.raises(RuntimeError):
        record_failure(action="save", now=NOW)


def test_a_failure_reported_after_the_rollback_stays() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        _ = 1 / 0
    record_failure(action="save", now=NOW, words="除数为零")
    assert events(outcome="failed").get().words == "除数为零"


def test_events_are_chosen_by_person_time_and_outcome_and_come_newest_first() -> None:
    one, two = make_account("zhang.san"), make_account("li.si")
    for minute, (actor, action) in enumerate([(one, "open"), (two, "open"), (one, "save")]):
        record_event(action=action, now=NOW + timedelta(minutes=minute), actor=actor)
    assert [event.action for event in events(actor_id=one.pk)] == ["save", "open"]
    assert events(action="open").count() == 2
    assert [
        event.actor for event in events(since=NOW + timedelta(minutes=1), until=NOW + timedelta(minutes=2))
    ] == [two]
    assert events(actor_id=one.pk, outcome="refused").count() == 0


def test_the_address_in_front_of_ones_own_proxies_is_believed_and_no_other(settings: Settings) -> None:
    request = RequestFactory().get(
        "/", headers={"X-Forwarded-For": "1.1.1.1, 2.2.2.2"}, REMOTE_ADDR="10.0.0.1"
    )
    assert client_address(request) == "10.0.0.1"
    settings.WUTONG_PROXY_COUNT = 1
    assert client_address(request) == "2.2.2.2"
    settings.WUTONG_PROXY_COUNT = 3
    assert client_address(request) == "10.0.0.1"


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer at a time")
def test_writers_of_one_chain_at_once_all_succeed_also_when_the_chain_is_new() -> None:
    failed: list[Any] = []
    start = threading.Barrier(4)

    def write() -> None:
        try:
            start.wait()
            for _number in range(5):
                record_event(action="save", now=NOW)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    writers = [threading.Thread(target=write) for _number in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert failed == []
    assert list(AuditEvent.objects.order_by("seq").values_list("seq", flat=True)) == list(range(1, 21))
    assert list(faults()) == []
