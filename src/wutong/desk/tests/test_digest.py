"""The morning digest: who is told what, once a day."""

import threading
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from wutong.base.accounts.models import Account
from wutong.base.accounts.testing import make_account
from wutong.base.calendar.services import load_published_years
from wutong.base.notices.digest import DigestLine
from wutong.base.notices.kinds import filled, source_words, stored_params
from wutong.base.notices.models import Notice
from wutong.base.notices.services import notify
from wutong.base.notices.tests.people import PARAMS
from wutong.base.notices.words import words_of
from wutong.cases.models import Case, Clock, Task
from wutong.cases.steps import Holder
from wutong.cases.testing import Zone, make_actor, make_zone, official_of
from wutong.cases.testing_permits import take
from wutong.desk import digest
from wutong.desk.digest import digest_lines, lines_of, send_digests
from wutong.desk.tests.permit_ledger import account_of, permit_ledger, received
from wutong.ledgerkit.testing import make_zone as make_ledger_zone
from wutong.ledgers.project_push.services import NewProject, enter_projects
from wutong.registers.organisation.actors import SYSTEM

pytestmark = pytest.mark.django_db

DUE = date(2026, 3, 30)
"""Twenty working days after Monday 2 March."""


@pytest.fixture
def zone(db: None) -> Iterator[Zone]:
    with permit_ledger():
        yield make_zone()


def morning(day: date) -> datetime:
    return datetime.fromisoformat(f"{day.isoformat()}T07:50+08:00")


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def accepted(zone: Zone, title: str = "示例许可", at: str = "2026-03-02 10:00", **step: Any) -> Case:
    case = received(zone, local(at), title=title, **step)
    for number, verb in enumerate(("arrive", "clean", "accept"), start=1):
        take(case, verb, SYSTEM, local(at) + timedelta(minutes=number))
    Clock.objects.filter(case=case, code="repair").update(
        state="met", ended_on=date(2026, 3, 2), running_since=None
    )
    return case


def text_of(line: DigestLine) -> str:
    return filled(source_words(line.words), stored_params(line.params))


def told(account: Account, day: date) -> list[str]:
    return [text_of(line) for line in digest_lines(account, day, morning(day))]


def test_late_today_and_soon_are_told_with_number_and_link(zone: Zone) -> None:
    case = accepted(zone)
    account = account_of(zone.host)
    about = f"{case.number}“示例许可”，作出决定"
    assert told(account, date(2026, 3, 24)) == []
    assert told(account, date(2026, 3, 25)) == [f"快到期：{about}，到期2026-03-30"]
    assert told(account, DUE) == [f"今天到期：{about}，2026-03-30"]
    assert told(account, date(2026, 3, 31)) == [f"已超时：{about}，到期2026-03-30"]
    soon, today, late = (
        digest_lines(account, day, morning(day))[0] for day in (date(2026, 3, 25), DUE, date(2026, 3, 31))
    )
    assert (soon.is_alarm, today.is_alarm, late.is_alarm) == (False, True, True)
    assert late.link == f"/permits/{case.number}/"


def test_late_ones_stand_before_what_is_soon(zone: Zone) -> None:
    accepted(zone, "示例晚", "2026-03-04 10:00")
    accepted(zone, "示例早", "2026-02-27 10:00")
    accepted(zone, "示例中")
    kinds = [text.split("：")[0] for text in told(account_of(zone.host), DUE)]
    assert kinds == ["已超时", "今天到期", "快到期"]


def test_hours_are_late_at_their_moment(zone: Zone) -> None:
    received(zone, local("2026-03-30 05:00"))
    lines = told(account_of(zone.host), DUE)
    assert [line.split("：")[0] for line in lines if "到场" in line] == ["已超时"]
    assert [line for line in lines if "修复" in line] == [
        line for line in lines if line.startswith("今天到期") and line.endswith("11:00")
    ]


def test_a_new_task_is_told_on_the_next_working_morning_only(zone: Zone) -> None:
    case = received(
        zone, local("2026-02-13 10:00")
    )  # the last Friday before Spring Festival; the 14th is worked
    assert Task.objects.get().opened_on == date(2026, 2, 13)
    account, words = account_of(zone.host), f"新的待办：{case.number}“示例许可”，一次告知"
    assert words not in told(account, date(2026, 2, 13))
    assert words in told(account, date(2026, 2, 14))
    assert words not in told(account, date(2026, 2, 24))


def test_a_task_of_the_eve_of_the_festival_is_told_after_it(zone: Zone) -> None:
    received(zone, local("2026-02-14 10:00"))
    assert any(line.startswith("新的待办") for line in told(account_of(zone.host), date(2026, 2, 24)))


def test_everybody_of_the_unit_is_told_where_nobody_is_named(zone: Zone) -> None:
    colleague = make_actor("colleague", "己某", zone.unit)
    accepted(zone, holders=[Holder("host", zone.unit)])
    assert len(told(account_of(zone.host), DUE)) == len(told(account_of(colleague), DUE)) == 1
    assert told(account_of(zone.verifier), DUE) == []


def test_two_roles_on_one_case_are_one_line(zone: Zone) -> None:
    case = accepted(zone)
    take(case, "ask_help", zone.host, local("2026-03-03 10:00"), holders=[Holder("helper", zone.unit)])
    assert len(told(account_of(zone.host), DUE)) == 1


def test_who_left_office_or_has_no_official_is_told_nothing(zone: Zone) -> None:
    accepted(zone)
    official = official_of(zone.host)
    type(official).objects.filter(pk=official.pk).update(to_on=DUE)
    assert told(Account.objects.get(pk=official.account_id), DUE) == []
    assert told(make_account("bare"), DUE) == []
    assert send_digests(morning(DUE), DUE) == 0


def test_a_lead_is_told_by_its_number_and_not_to_the_whole_unit(db: None) -> None:
    zone = make_ledger_zone()
    (lead,) = enter_projects(
        [
            NewProject(
                name="示例机密",
                investor_name="示例有限公司",
                total_investment_yuan=600_000_000,
                state="lead",
                opened_on=zone.today,
                host_unit=zone.home,
                host_person=None,
                team=zone.team,
            )
        ],
        actor=SYSTEM,
        now=zone.now,
    )
    assert digest._title(Case.objects.get(pk=lead.pk)) == ""
    line = DigestLine(digest.NEW_TASK, {}, "")
    lines: dict[int, list[DigestLine]] = {1: [], 2: []}
    digest._give(lines, {1: True, 2: False}, Case.objects.get(pk=lead.pk), line)
    assert lines == {1: [line], 2: []}


# ---- sending -----------------------------------------------------------------------------------------------------


def test_the_digest_of_a_day_is_written_once(zone: Zone) -> None:
    accepted(zone)
    assert send_digests(morning(DUE), DUE) == 1
    assert send_digests(morning(DUE) + timedelta(hours=1), DUE) == 0
    notice = Notice.objects.get()
    assert notice.recipient == account_of(zone.host)
    assert words_of(notice).title == "2026-03-30的汇总：共1件，要紧的1件"
    assert send_digests(morning(date(2026, 3, 31)), date(2026, 3, 31)) == 1


def test_who_has_nothing_is_told_nothing(zone: Zone) -> None:
    assert send_digests(morning(DUE), DUE) == 0
    assert not Notice.objects.exists()


def test_what_waited_for_the_digest_goes_with_it(zone: Zone) -> None:
    account = account_of(zone.stranger)
    notify("test.red", [account], params=PARAMS, link="/projects/", key="k", now=morning(DUE))
    Notice.objects.update(awaits_digest=True)
    assert send_digests(morning(DUE), DUE) == 1
    assert not Notice.objects.filter(awaits_digest=True).exists()


def test_a_stopped_account_gets_none(zone: Zone) -> None:
    accepted(zone)
    Account.objects.filter(pk=account_of(zone.host).pk).update(is_active=False)
    assert send_digests(morning(DUE), DUE) == 0


def test_the_failure_of_one_keeps_nobody_waiting(
    zone: Zone, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    accepted(zone)
    accepted(zone, host=zone.verifier)
    real, broken = digest.compose_digest, account_of(zone.host)

    def fails(account: Account, *given: Any, **named: Any) -> Any:
        if account == broken:
            raise ValueError("示例")
        return real(account, *given, **named)

    monkeypatch.setattr(digest, "compose_digest", fails)
    assert send_digests(morning(DUE), DUE) == 1
    assert f"account {broken.pk} failed" in caplog.text


def test_blocks_reach_everybody(zone: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digest, "BLOCK", 2)
    for number in range(5):
        accepted(zone, host=make_actor(f"p{number}", f"示例{number}", zone.unit))
    assert send_digests(morning(DUE), DUE) == 5


def test_reading_takes_as_many_queries_for_many_as_for_one(zone: Zone) -> None:
    def queries(day: date) -> int:
        people = list(digest._people(day))
        with CaptureQueriesContext(connection) as captured:
            lines_of(people, day, morning(day))
        return len(captured)

    accepted(zone)
    few = queries(DUE)
    for number in range(12):
        accepted(zone, host=make_actor(f"p{number}", f"示例{number}", zone.unit))
    assert queries(DUE) == few <= 5


def test_somebody_without_news_costs_no_query(zone: Zone) -> None:
    accepted(zone)
    send_digests(morning(DUE), DUE)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            send_digests(morning(DUE), DUE)
        return len(captured)

    few = queries()
    for number in range(10):
        make_actor(f"p{number}", f"示例{number}", zone.other_unit)
    assert queries() == few


@pytest.mark.django_db(transaction=True)
def test_two_that_send_at_once_write_one_digest_each() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("the embedded database lets one write at a time")
    load_published_years()
    with permit_ledger():
        zone = make_zone()
        accepted(zone)
        sent: list[int] = []

        def send() -> None:
            try:
                sent.append(send_digests(morning(DUE), DUE))
            finally:
                connection.close()

        threads = [threading.Thread(target=send) for _number in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(sent) == [0, 0, 1]
        assert Notice.objects.count() == 1
