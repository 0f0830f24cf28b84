"""The month of due days: what is due when and whose, days off in words, and the address of the feed shown once."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from wutong.base.accounts.testing import make_account
from wutong.base.feeds.models import FeedToken
from wutong.cases.models import Case, Clock
from wutong.cases.steps import Holder
from wutong.cases.testing import Zone, make_zone
from wutong.cases.testing_permits import take
from wutong.desk.tests.permit_ledger import account_of, permit_ledger, received
from wutong.ledgerkit.testing import client_of, queries_of
from wutong.registers.organisation.actors import SYSTEM

pytestmark = pytest.mark.django_db

ADDRESS = re.compile(r'value="(http://testserver/feeds/due/[\w-]{43}\.ics)"')


@pytest.fixture
def zone(db: None) -> Iterator[Zone]:
    with permit_ledger():
        yield make_zone()


@pytest.fixture
def client(zone: Zone) -> Client:
    return client_of(account_of(zone.host))


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def accepted(zone: Zone, title: str = "示例许可", at: str = "2026-03-02 10:00", **step: Any) -> Case:
    """Its decision is due twenty working days later; of its other clocks only the petition runs."""
    case = received(zone, local(at), title=title, **step)
    for number, verb in enumerate(("arrive", "clean", "accept"), start=1):
        take(case, verb, SYSTEM, local(at) + timedelta(minutes=number))
    Clock.objects.filter(case=case, code="repair").update(state="met", ended_on=date(2026, 3, 2))
    return case


def month_of(client: Client, query: str) -> dict[date, Any]:
    """The days of the month by their date."""
    answer = client.get(f"/due/{query}")
    assert answer.status_code == 200
    return {cell.day: cell for week in answer.context["weeks"] for cell in week.cells if cell.in_month}


def titles(client: Client, query: str = "") -> dict[str, list[str]]:
    """Titles by due day, where something is due."""
    days = month_of(client, f"?month=2026-03&{query}")
    return {
        day.isoformat(): [line.case.title for line in cell.lines] for day, cell in days.items() if cell.count
    }


def test_a_month_has_whole_weeks_from_monday(client: Client) -> None:
    weeks = client.get("/due/?month=2026-03").context["weeks"]
    assert [len(week.cells) for week in weeks] == [7] * 6
    assert weeks[0].cells[0].day == date(2026, 2, 23) and weeks[-1].cells[-1].day == date(2026, 4, 5)
    page = client.get("/due/?month=2026-03").content.decode()
    assert page.count('scope="col" role="columnheader"') == 7
    assert "<caption" in page and "2026年3月到期的时限" in page


def test_days_off_and_make_up_days_are_told_in_words(client: Client) -> None:
    days = month_of(client, "?month=2026-02")
    marks = {day.day: str(cell.mark) for day, cell in days.items()}
    assert marks[13] == "", "an ordinary Friday"
    assert marks[14] == "班", "the Saturday before Spring Festival is worked"
    assert marks[17] == "休", "New Year's Day of the old calendar"
    assert marks[1] == "休", "an ordinary Sunday"
    page = client.get("/due/?month=2026-02").content.decode()
    assert page.count('<span class="chip">班</span>') == sum(mark == "班" for mark in marks.values())


def test_an_unpublished_year_says_that_it_is_a_guess(client: Client) -> None:
    assert "还没有公布" in client.get("/due/?month=2027-01").content.decode()
    assert "还没有公布" not in client.get("/due/?month=2026-01").content.decode()
    assert client.get("/due/?month=2099-01").status_code == 200


def test_each_day_lists_what_is_due_on_it(zone: Zone, client: Client) -> None:
    accepted(zone)
    assert titles(client) == {"2026-03-30": ["示例许可"]}
    page = client.get("/due/?month=2026-03").content.decode()
    assert "共1项时限到期" in page and "作出决定" in page
    assert "暂定" not in page


def test_a_provisional_day_is_marked(zone: Zone, client: Client) -> None:
    accepted(zone, at="2026-12-21 10:00")
    assert ">暂定<" in client.get("/due/?month=2027-01").content.decode()


def test_a_resting_or_finished_clock_is_not_due(zone: Zone, client: Client) -> None:
    case = accepted(zone)
    take(case, "decide", zone.host, local("2026-03-05 10:00"))
    assert titles(client) == {}
    page = client.get("/due/?month=2026-03").content.decode()
    assert "这个月没有到期的时限" in page


def test_a_full_day_shows_five_and_leads_to_all(zone: Zone, client: Client) -> None:
    for number in range(7):
        accepted(zone, f"示例{number}")
    cell = month_of(client, "?month=2026-03")[date(2026, 3, 30)]
    assert (len(cell.lines), cell.more) == (5, 2)
    assert "还有2件" in client.get("/due/?month=2026-03").content.decode()
    assert client.get(cell.href).context["page"].table.row_count == 7


def test_whose_days_are_shown(zone: Zone, client: Client) -> None:
    accepted(zone, "示例本人")
    accepted(zone, "示例部门", holders=[Holder("host", zone.unit)])
    accepted(zone, "示例同事", host=zone.verifier)
    assert titles(client, "who=me") == {"2026-03-30": ["示例本人", "示例部门"]}
    assert titles(client) == titles(client, "who=me") == titles(client, "who=x")
    assert titles(client, "who=unit") == {"2026-03-30": ["示例本人", "示例部门"]}
    assert titles(client, "who=all") == {"2026-03-30": ["示例本人", "示例部门"]}
    other = client_of(account_of(zone.verifier))
    assert titles(other, "who=all") == {"2026-03-30": ["示例同事"]}
    head = client_of(account_of(zone.leader))
    assert titles(head) == {}
    assert titles(head, "who=unit") == {"2026-03-30": ["示例本人", "示例部门", "示例同事"]}
    assert titles(client_of(make_account("bare")), "who=all") == {}


def test_the_day_lists_with_article_and_lamp(zone: Zone, client: Client) -> None:
    accepted(zone)
    page = client.get("/due/2026-03-30/").context["page"]
    (row,) = page.table.rows
    assert "行政许可法第四十二条" in str(row.cells["clock"].note)
    assert row.cells["lamp"].lamp and row.href.startswith("/permits/XK2026-")
    assert str(page.intro) == "周一"
    empty = client.get("/due/2026-02-14/")
    assert "周六，班" in empty.content.decode() and "这一天没有到期的时限" in empty.content.decode()


def test_a_rest_day_of_hours_stands_before_whole_days(zone: Zone, client: Client) -> None:
    accepted(zone)
    clock = Clock.objects.get(code="petition")
    Clock.objects.filter(pk=clock.pk).update(due_on=date(2026, 3, 30))
    Clock.objects.filter(code="decide").update(due_on=date(2026, 3, 30))
    other = received(zone, local("2026-03-30 10:00"), title="示例到场")
    rows = client.get("/due/2026-03-30/").context["page"].table.rows
    assert str(rows[0].cells["case"].text) == other.title
    assert str(rows[-1].cells["case"].text) == "示例许可"


@pytest.mark.parametrize(
    "text",
    ["9999-99", "2026-13", "2026-3", "0000-01", "1989-12", "2101-01", "２０２６-03", "\0", "2026-03\n", "x"],
)
def test_a_month_that_is_none_is_refused_in_plain_words(client: Client, text: str) -> None:
    answer = client.get("/due/", {"month": text})
    assert answer.status_code == 422
    assert "请写成2026-03这样" in answer.content.decode()


@pytest.mark.parametrize(
    "text", ["x", "2026-02-30", "20260330", "2026-W10-1", "9999-12-31", "%00", "0001-01-01"]
)
def test_a_day_that_is_none_is_not_found(client: Client, text: str) -> None:
    assert client.get(f"/due/{text}/").status_code == 404


def test_the_ends_of_time_have_no_further_link(client: Client) -> None:
    assert client.get("/due/?month=1990-01").context["before"] == ""
    assert client.get("/due/?month=2100-12").context["after"] == ""
    middle = client.get("/due/?month=2026-12&who=all").context
    assert (middle["before"], middle["after"]) == (
        "/due/?month=2026-11&who=all",
        "/due/?month=2027-01&who=all",
    )


def test_the_number_of_queries_does_not_grow(zone: Zone, client: Client) -> None:
    paths = ("/due/?month=2026-03", "/due/2026-03-30/")
    accepted(zone)
    few = [queries_of(client, path) for path in paths]
    for number in range(8):
        accepted(zone, f"示例{number}")
    assert [queries_of(client, path) for path in paths] == few
    assert max(few) <= 8, few


# ---- the address of the feed -------------------------------------------------------------------------------------


def test_a_new_address_is_shown_once_and_opens_the_feed(zone: Zone, client: Client) -> None:
    answer = client.post("/due/feed/renew/")
    assert answer.status_code == 200 and "no-store" in answer["Cache-Control"]
    (address,) = ADDRESS.findall(answer.content.decode())
    assert Client().get(address).status_code == 200
    again = client.get("/due/")
    assert not ADDRESS.findall(again.content.decode())
    assert "换一个新地址" in again.content.decode()


def test_the_token_waits_in_no_session(zone: Zone, client: Client) -> None:
    (address,) = ADDRESS.findall(client.post("/due/feed/renew/").content.decode())
    token = address.rpartition("/")[2].removesuffix(".ics")
    assert not [row for row in Session.objects.all() if token in repr(row.get_decoded())]


def test_renewing_and_stopping_close_the_address(zone: Zone, client: Client) -> None:
    (old,) = ADDRESS.findall(client.post("/due/feed/renew/").content.decode())
    (new,) = ADDRESS.findall(client.post("/due/feed/renew/").content.decode())
    assert (Client().get(old).status_code, Client().get(new).status_code) == (404, 200)
    answer = client.post("/due/feed/stop/", follow=True)
    assert "已停用" in answer.content.decode() and "开通订阅" in answer.content.decode()
    assert Client().get(new).status_code == 404
    assert client.post("/due/feed/stop/").status_code == 302, "a second time changes nothing"


def test_an_address_is_only_made_on_purpose(zone: Zone, client: Client) -> None:
    assert client.get("/due/feed/renew/").status_code == client.get("/due/feed/stop/").status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(account_of(zone.host))
    assert strict.post("/due/feed/renew/").status_code == 403
    assert not FeedToken.objects.exists()


def test_somebody_without_an_official_is_told_why_there_is_no_feed(zone: Zone) -> None:
    client = client_of(make_account("bare"))
    assert "没有可以订阅的到期日" in client.get("/due/").content.decode()
    answer = client.post("/due/feed/renew/")
    assert (answer.status_code, FeedToken.objects.count()) == (422, 0)
