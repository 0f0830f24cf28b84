"""The feed of due days, read back as a calendar program reads it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar, Todo

from wutong.base.accounts.models import Account
from wutong.base.accounts.testing import make_account
from wutong.base.feeds.services import open_feed, stop_feed
from wutong.cases.models import Assignment, Case, Clock
from wutong.cases.steps import Holder
from wutong.cases.testing import Zone, make_zone, official_of
from wutong.cases.testing_permits import TEN, take
from wutong.desk.due_clocks import may_leave
from wutong.desk.feed import plain
from wutong.desk.tests.permit_ledger import account_of, permit_ledger, received
from wutong.ledgerkit.testing import make_zone as make_ledger_zone
from wutong.ledgers.project_push.services import NewProject, enter_projects, open_rectification
from wutong.registers.organisation.actors import SYSTEM

pytestmark = pytest.mark.django_db

AWKWARD = "示例，项目;一期,二期\\备注\r\n第二行𠮷" + "很长的名称" * 20


@pytest.fixture
def zone(db: None) -> Iterator[Zone]:
    with permit_ledger():
        yield make_zone()


def address_of(account: Account) -> str:
    return f"/feeds/due/{open_feed(account, now=TEN)}.ics"


def read(account: Account, **headers: str) -> Any:
    answer = Client().get(address_of(account), headers=headers)
    assert answer.status_code == 200
    return answer


def todos_of(account: Account) -> dict[str, Todo]:
    """VTODOs by the label at the head of their summary."""
    calendar = Calendar.from_ical(read(account).content)
    return {str(todo["SUMMARY"]).split("：")[0]: todo for todo in calendar.walk("VTODO")}


def content_lines(content: bytes) -> list[str]:
    """Unfolded."""
    return content.decode().replace("\r\n ", "").split("\r\n")


def test_every_running_clock_of_the_own_cases_is_a_todo(zone: Zone) -> None:
    case = received(zone, TEN)
    todos = todos_of(account_of(zone.host))
    assert set(todos) == {"一次告知", "信访答复", "到场", "清理", "修复"}
    take(case, "arrive", zone.host, TEN + timedelta(minutes=5))
    assert "到场" not in todos_of(account_of(zone.host))
    assert todos_of(account_of(zone.stranger)) == {}


def test_a_role_held_through_the_unit_counts_and_one_that_is_over_does_not(zone: Zone) -> None:
    received(zone, TEN, holders=[Holder("host", zone.unit)])
    assert len(todos_of(account_of(zone.host))) == 5
    Assignment.objects.update(to_on=TEN.date())
    assert todos_of(account_of(zone.host)) == {}


def test_days_are_days_and_moments_are_utc(zone: Zone) -> None:
    received(zone, TEN)
    todos = todos_of(account_of(zone.host))
    assert todos["一次告知"].decoded("DUE") == date(2025, 9, 28)  # a make-up Sunday is worked
    assert todos["一次告知"]["DUE"].params["VALUE"] == "DATE"
    due = todos["到场"].decoded("DUE")
    assert due == TEN + timedelta(hours=1) and due.tzinfo is not None
    assert todos["到场"].to_ical().count(b"DUE:20250922T030000Z\r\n") == 1


def test_each_todo_has_what_the_standard_asks_for(zone: Zone) -> None:
    received(zone, TEN)
    answer = read(account_of(zone.host))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(answer.content)
    assert (calendar["VERSION"], bool(calendar["PRODID"])) == ("2.0", True)
    assert calendar["X-WR-CALNAME"] == "梧桐到期日"
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in answer.content
    assert "METHOD" not in calendar, "a published VTODO would need an organiser"
    for todo in calendar.walk("VTODO"):
        for name in ("UID", "DTSTAMP", "SUMMARY", "DUE", "STATUS", "LAST-MODIFIED", "URL", "CATEGORIES"):
            assert not isinstance(todo[name], list) or name == "CATEGORIES", f"{name} stands once"
        assert todo["STATUS"] == "NEEDS-ACTION"
        assert "DURATION" not in todo
        assert "DTSTART" not in todo or todo.decoded("DTSTART") <= todo.decoded("DUE")
        assert todo["PRIORITY"] == 1, "all of them are late by now"
        assert todo.decoded("DTSTAMP").tzinfo == UTC or todo.decoded("DTSTAMP").utcoffset() == timedelta(0)
        assert str(todo["URL"]).startswith("http://testserver/permits/XK2025-")
    uids = [str(todo["UID"]) for todo in calendar.walk("VTODO")]
    assert len(set(uids)) == len(uids) == 5


def test_what_is_not_late_has_no_priority(zone: Zone) -> None:
    received(zone, TEN)
    Clock.objects.filter(code="petition").update(due_on=date(2035, 1, 14), budget=3400, total=3400)
    assert "PRIORITY" not in todos_of(account_of(zone.host))["信访答复"]


def test_the_uid_stays_when_the_address_changes_and_the_case_moves_on(zone: Zone) -> None:
    case = received(zone, TEN)
    before = todos_of(account_of(zone.host))["信访答复"]
    take(case, "arrive", zone.host, TEN + timedelta(minutes=5))
    after = todos_of(account_of(zone.host))["信访答复"]
    assert before["UID"] == after["UID"]
    assert after.decoded("LAST-MODIFIED") > before.decoded("LAST-MODIFIED")


def test_awkward_titles_survive_the_way_through_the_feed(zone: Zone) -> None:
    received(zone, TEN, title=AWKWARD[:200])
    content = read(account_of(zone.host)).content
    lines = content.split(b"\r\n")
    assert (
        lines[-1] == b""
        and b"\n" not in content.replace(b"\r\n", b"")
        and b"\r" not in content.replace(b"\r\n", b"")
    )
    assert max(len(line) for line in lines) <= 75
    for line in lines:
        line.decode()  # no character is cut in two
    (summary,) = [line for line in content_lines(content) if line.startswith("SUMMARY:到场")]
    assert "示例，项目\\;一期\\,二期\\\\备注\\n第二行𠮷" in summary
    todo = todos_of(account_of(zone.host))["到场"]
    assert "示例，项目;一期,二期\\备注\n第二行𠮷很长的名称" in str(todo["SUMMARY"])


def test_control_characters_do_not_reach_a_line() -> None:
    assert plain("甲\0乙\r\n丙\r丁\x1b\x7f𠮷") == "甲乙\n丙\n丁𠮷"


def test_the_same_state_is_not_sent_twice(zone: Zone) -> None:
    case = received(zone, TEN)
    account = account_of(zone.host)
    path, client = address_of(account), Client()
    first = client.get(path)
    assert "private" in first["Cache-Control"]
    again = client.get(path, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert client.get(path, headers={"If-None-Match": f'W/"x", {first["ETag"]}'}).status_code == 304
    take(case, "arrive", zone.host, TEN + timedelta(minutes=5))
    assert client.get(path, headers={"If-None-Match": first["ETag"]}).status_code == 200
    head = client.head(path)
    assert (head.status_code, head.content) == (200, b"")


def test_a_stopped_address_and_a_stopped_account_are_not_found(zone: Zone) -> None:
    account = account_of(zone.host)
    path = address_of(account)
    assert Client().get(path).status_code == 200
    Account.objects.filter(pk=account.pk).update(is_active=False)
    assert Client().get(path).status_code == 404
    Account.objects.filter(pk=account.pk).update(is_active=True)
    stop_feed(account, now=TEN)
    assert Client().get(path).status_code == 404
    assert Client().post(path).status_code == 405


def test_without_an_official_in_office_the_feed_is_empty(zone: Zone) -> None:
    received(zone, TEN)
    assert todos_of(make_account("bare")) == {}
    official = official_of(zone.host)
    type(official).objects.filter(pk=official.pk).update(to_on=date(2025, 10, 1))
    assert todos_of(account_of(zone.host)) == {}


def test_the_address_needs_no_sign_in_and_gives_no_session(zone: Zone) -> None:
    client = Client()
    client.get(address_of(account_of(zone.host)))
    assert not client.cookies


def test_titles_of_leads_and_of_what_hangs_below_them_stay_inside(db: None) -> None:
    zone = make_ledger_zone()
    lead, signed = enter_projects(
        [
            NewProject(
                name=f"示例机密{state}",
                investor_name=f"示例{state}有限公司",
                total_investment_yuan=600_000_000,
                state=state,
                opened_on=zone.today - timedelta(days=40),
                host_unit=zone.home,
                host_person=zone.host,
                team=zone.team,
            )
            for state in ("lead", "signed")
        ],
        actor=SYSTEM,
        now=zone.now,
    )
    problems = [
        open_rectification(
            project,
            problem=f"示例问题{project.state}",
            blocking_class="land",
            measure="示例",
            host=Holder("host", zone.home, zone.host),
            due_on=zone.today + timedelta(days=9),
            actor=SYSTEM,
            on=zone.today,
            now=zone.now,
        )
        for project in (lead, signed)
    ]
    assert [may_leave(case) for case in (lead, signed, *problems)] == [False, True, False, True]
    content = "".join(content_lines(read(zone.host.account).content))
    assert all(case.number in content for case in problems)
    assert "示例问题signed" in content
    assert "示例问题lead" not in content and "机密lead" not in content


def test_the_number_of_queries_does_not_grow(zone: Zone) -> None:
    path, client = address_of(account_of(zone.host)), Client()

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        return len(captured)

    received(zone, TEN)
    queries()
    few = queries()
    for _number in range(5):
        received(zone, TEN)
    assert queries() == few <= 7


def test_a_switched_off_ledger_is_left_out(zone: Zone) -> None:
    case = received(zone, TEN)
    Case.objects.filter(pk=case.pk).update(case_type="gone")
    assert todos_of(account_of(zone.host)) == {}


def test_the_moment_of_a_write_is_told_in_utc(zone: Zone) -> None:
    received(zone, TEN)
    todo = todos_of(account_of(zone.host))["到场"]
    assert todo.decoded("DTSTAMP") == datetime(2025, 9, 22, 2, 0, tzinfo=UTC)
