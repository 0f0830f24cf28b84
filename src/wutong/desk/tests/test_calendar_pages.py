"""The working calendar: everybody reads it; an office records a notice after looking at what moves."""

from datetime import date, datetime, timedelta
from html import unescape

import pytest
from django.test import Client

from wutong.base.audit.models import AuditEvent
from wutong.base.calendar.models import CalendarDay, CalendarYear, OfficeHours
from wutong.base.calendar.services import publish_year
from wutong.base.errors import Refused
from wutong.base.money import YI
from wutong.cases.clocks import reprojection
from wutong.cases.models import Case, Change, Clock
from wutong.cases.procedures import CLOCK_MOVED
from wutong.cases.steps import Holder
from wutong.desk import calendar_moves
from wutong.desk.calendar_reading import (
    days_off,
    holidays_of,
    make_up_days,
    shown_days,
    stretches,
    typed_days,
)
from wutong.ledgerkit.testing import NOBODY, Zone, account_with, client_of, make_zone, queries_of
from wutong.ledgers.project_push.services import NewProject, enter_projects, open_rectification
from wutong.registers.organisation.actors import SYSTEM

QUERIES = 10
TYPED = {
    "notice": "示例〔2026〕1号",
    "published_on": "2020-11-20",
    "off": "{0}-01-01、{0}-02-05至{0}-02-11\n４月５日；5月1日—5日，{0}/10/1至7日",
    "work": "",
    "revision": "0",
    "step": "preview",
}


@pytest.fixture
def zone(db: None) -> Zone:
    return make_zone()


@pytest.fixture
def coming(zone: Zone) -> int:
    """The next year, not published."""
    year = zone.today.year + 1
    CalendarDay.objects.filter(year_id=year).delete()
    CalendarYear.objects.filter(year=year).delete()
    return year


@pytest.fixture
def publisher(zone: Zone) -> Client:
    return client_of(
        account_with("publisher", zone.elsewhere, zone.now, "calendar.publish", "project_push.see_all")
    )


def typed(year: int, **values: str) -> dict[str, str]:
    return {**TYPED, "off": TYPED["off"].format(year), **values}


def shown(client: Client, path: str, data: dict[str, str] | None = None, status: int = 200) -> str:
    answer = client.get(path) if data is None else client.post(path, data)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return unescape(answer.content.decode())


def problem(zone: Zone, due_on: date, title: str = "示例问题") -> Case:
    """A problem of a project that is to be solved by a day of the coming year."""
    new = NewProject(
        name=title,
        investor_name="示例恒储有限公司",
        total_investment_yuan=6 * YI,
        state="signed",
        opened_on=zone.today,
        host_unit=zone.home,
        host_person=zone.host,
        leader=zone.leader,
    )
    project = enter_projects([new], actor=SYSTEM, now=zone.now)[0]
    return open_rectification(
        project,
        problem=title,
        blocking_class="land",
        measure="示例",
        host=Holder("host", zone.home, zone.host),
        verifier=Holder("verifier", zone.elsewhere, zone.accounts["supervisor"].official),
        due_on=due_on,
        actor=SYSTEM,
        on=zone.today,
        now=zone.now,
    )


def limit_of(case: Case) -> Clock:
    return Clock.objects.filter(case=case).order_by("pk")[0]


# ---- reading what is typed -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2027-02-20", ["02-20"]),
        ("2027-02-05至2027-02-07", ["02-05", "02-06", "02-07"]),
        ("２０２７－０２－２０、２月２１日；2027/2/22\n2027.2.23，2027年2月24日（周三）", ["02-20", "02-21", "02-22", "02-23", "02-24"]),
        ("2月27日至3月1日", ["02-27", "02-28", "03-01"]),
        ("2月5日~7日", ["02-05", "02-06", "02-07"]),
        ("2027-02-05 至 2027-02-06 2027-02-06", ["02-05", "02-06"]),
        (" \n、；", []),
    ],
)  # fmt: skip
def test_days_are_read_as_clerks_type_them(text: str, days: list[str]) -> None:
    assert [day.isoformat()[5:] for day in typed_days(text, 2027)] == days


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("春节放假", "看不懂“春节放假”"),
        ("2027-02-30", "没有这一天"),
        ("2027-13-01", "没有这一天"),
        ("2027-02-07至2027-02-05", "开始晚于结束"),
        ("2027-01-01至2027-06-05", "超过一个月"),
        ("5日", "看不懂"),
        ("2月1日至3日至5日", "看不懂"),
        ("9" * 5000, "看不懂"),
        ("0000-01-01", "没有这一天"),
    ],
)
def test_what_cannot_be_read_is_quoted(text: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        typed_days(text, 2027)


def test_slips_get_plain_words() -> None:
    many = [date(2027, 3, 1) + timedelta(days=number) for number in range(41)]
    for action, words in (
        (lambda: days_off(2027, many[:4]), "像是漏了"),
        (lambda: days_off(2027, many), "像是填错了"),
        (lambda: days_off(2027, [*many[:6], date(2026, 12, 31)]), "2026-12-31不在2027年内"),
        (lambda: make_up_days(2027, [date(2027, 2, 3)], []), "2027-02-03是周三，本来就上班"),
        (lambda: make_up_days(2027, [date(2027, 2, 6)], [date(2027, 2, 6)]), "既填了放假又填了上班"),
    ):
        with pytest.raises(Refused, match=words):
            action()


def test_a_recorded_year_is_typed_back_as_it_was() -> None:
    typed_text = "2027-01-01至2027-01-03\n2027-02-05至2027-02-11"
    days = typed_days(typed_text, 2027)
    exceptions = dict.fromkeys(days_off(2027, days), False)
    assert shown_days(holidays_of(2027, exceptions)) == typed_text
    assert list(stretches([])) == []


# ---- reading the pages -----------------------------------------------------------------------------------------


def test_everybody_reads_the_years_and_who_may_not_publish_has_no_buttons(zone: Zone, coming: int) -> None:
    client = client_of(zone.accounts[NOBODY])
    page = shown(client, "/calendar/")
    for words in (
        "国办发明电〔2025〕7号",
        "2025-11-04",
        "已公布",
        f"/calendar/{coming}/",
        "未公布",
        "办公时间",
    ):
        assert words in page, words
    assert "/record/" not in page and "/calendar/hours/" not in page
    assert "未公布" in shown(client, f"/calendar/{coming}/")
    for path in (f"/calendar/{coming}/record/", "/calendar/hours/"):
        assert client.get(path).status_code == client.post(path, typed(coming)).status_code == 403
    assert not CalendarYear.objects.filter(year=coming).exists()


def test_a_year_says_in_words_what_is_off_and_what_is_worked(zone: Zone) -> None:
    page = shown(client_of(zone.accounts[NOBODY]), "/calendar/2025/")
    assert "<caption" in page and "2025年10月" in page
    october = page[page.index("2025年10月") : page.index("2025年11月")]
    assert october.count(">休<") == 8 and october.count(">班<") == 1
    assert "放假8天，调休上班1天" in october
    assert "11 <span" in october


@pytest.mark.parametrize("year", ["1999", "2999", "99999999999999999999"])
def test_a_year_that_nobody_plans_with_is_not_found(publisher: Client, year: str) -> None:
    assert publisher.get(f"/calendar/{year}/").status_code == 404
    assert publisher.get(f"/calendar/{year}/record/").status_code == 404


@pytest.mark.parametrize("path", ["/calendar/", "/calendar/2025/", "/calendar/2025/record/"])
def test_pages_cost_few_queries(publisher: Client, path: str) -> None:
    assert queries_of(publisher, path) <= QUERIES


# ---- recording a notice ----------------------------------------------------------------------------------------


def test_looking_at_what_moves_writes_nothing(zone: Zone, coming: int, publisher: Client) -> None:
    case = problem(zone, date(coming, 2, 10))
    before = Change.objects.count()
    page = shown(publisher, f"/calendar/{coming}/record/", typed(coming))
    limit = limit_of(case)
    assert limit.due_on is not None and limit.is_provisional
    for words in (
        "还没有写入",
        case.number,
        case.title,
        f"{coming}-02-10",
        "暂定→确定",
        "各台账变动数",
        "休",
    ):
        assert words in page, words
    assert (Change.objects.count(), CalendarYear.objects.filter(year=coming).exists()) == (before, False)


def test_publishing_moves_and_stands_in_the_audit(zone: Zone, coming: int, publisher: Client) -> None:
    case = problem(zone, date(coming, 2, 10))
    path = f"/calendar/{coming}/record/"
    answer = publisher.post(path, typed(coming, step="publish"), follow=True)
    assert answer.redirect_chain == [(f"/calendar/{coming}/", 302)]
    assert f"{coming}年的工作日历已公布" in answer.content.decode()
    row = CalendarYear.objects.get(year=coming)
    assert (row.notice, row.published_on, row.revision) == ("示例〔2026〕1号", date(2020, 11, 20), 1)
    days = CalendarDay.objects.filter(year=row)
    assert days.exists() and all(day.day.weekday() < 5 for day in days), (
        "weekends in a range are no exceptions"
    )
    limit = limit_of(case)
    assert limit.due_on is not None and limit.due_on > date(coming, 2, 11) and not limit.is_provisional
    assert case.changes.filter(verb=CLOCK_MOVED).count() >= 1
    event = AuditEvent.objects.get(action="publish_calendar")
    assert event.actor is not None and event.actor.name == "publisher"


def test_who_may_not_see_a_case_sees_only_that_it_is_counted(zone: Zone, coming: int) -> None:
    case = problem(zone, date(coming, 2, 10), title="示例密件")
    blind = client_of(account_with("blind", zone.other_team, zone.now, "calendar.publish"))
    page = shown(blind, f"/calendar/{coming}/record/", typed(coming))
    assert case.number not in page and "示例密件" not in page
    assert "另有1个您看不到的" in page


def test_the_list_is_cut_and_everything_is_counted(
    zone: Zone, coming: int, publisher: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        problem(zone, date(coming, 2, 10), title=f"示例问题{number}")
    monkeypatch.setattr(calendar_moves, "LISTED", 2)
    monkeypatch.setattr(calendar_moves, "BLOCK", 2)
    monkeypatch.setattr(reprojection, "BLOCK", 2)
    page = shown(publisher, f"/calendar/{coming}/record/", typed(coming))
    assert "还有3个没有列出" in page and "共5个时限" in page


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"notice": ""}, "请填写"),
        ({"off": "{0}-01-01"}, "像是漏了"),
        ({"work": "{0}-01-04、{0}-01-05、{0}-01-06、{0}-01-07、{0}-01-08、{0}-01-11"}, "本来就上班"),
        ({"off": "2020-02-05至2020-02-11"}, "不在"),
        ({"off": "春节"}, "看不懂“春节”"),
        ({"work": "x\0"}, ""),
        ({"published_on": "2999-01-01"}, "晚于今天"),
        ({"revision": "x"}, ""),
    ],
)
def test_a_slip_is_told_at_its_field_and_what_was_typed_stays(
    coming: int, publisher: Client, values: dict[str, str], words: str
) -> None:
    filled = {name: text.format(coming) for name, text in values.items()}
    page = shown(
        publisher, f"/calendar/{coming}/record/", typed(coming, step="publish", **filled), status=422
    )
    assert words in page
    assert not CalendarYear.objects.filter(year=coming).exists()


def test_back_from_the_preview_everything_is_there(coming: int, publisher: Client) -> None:
    page = shown(publisher, f"/calendar/{coming}/record/", typed(coming, step="edit"))
    assert "示例〔2026〕1号" in page and "看影响" in page and f"{coming}-02-05至{coming}-02-11" in page


def test_a_correction_is_prefilled(publisher: Client) -> None:
    page = shown(publisher, "/calendar/2025/record/")
    assert "国办发明电〔2024〕12号" in page and "2025-10-01至2025-10-08" in page and "2025-10-11" in page


@pytest.mark.parametrize("step", ["preview", "publish"])
def test_who_comes_second_is_told_what_stands_there_now(coming: int, publisher: Client, step: str) -> None:
    publish_year(coming, notice="别人登记的", published_on=date(2020, 11, 1), off=[], work=[])
    page = shown(publisher, f"/calendar/{coming}/record/", typed(coming, step=step), status=409)
    assert "已被别人登记过" in page
    assert CalendarYear.objects.get(year=coming).notice == "别人登记的"


# ---- office hours ----------------------------------------------------------------------------------------------

SUMMER = {
    "valid_from": "2026-06-01", "label": "夏季", "opens": "08:00", "break_from": "12:00", "break_to": "14:30",
    "closes": "17:30", "source": "示例通知",
}  # fmt: skip


def test_summer_hours_are_recorded_and_shown_in_their_year(publisher: Client) -> None:
    answer = publisher.post("/calendar/hours/", SUMMER, follow=True)
    assert "办公时间已登记" in answer.content.decode()
    row = OfficeHours.objects.get(valid_from=date(2026, 6, 1))
    assert (row.label, row.break_to) == ("夏季", datetime(2026, 1, 1, 14, 30).time())  # noqa: DTZ001
    assert AuditEvent.objects.filter(action="set_office_hours").count() == 1
    assert "14:30–17:30" in shown(publisher, "/calendar/2026/")
    assert "夏季" not in shown(publisher, "/calendar/2025/")
    publisher.post("/calendar/hours/", {**SUMMER, "break_from": "", "break_to": ""})
    assert "中午不休息" in shown(publisher, "/calendar/")


@pytest.mark.parametrize(
    ("values", "words"),
    [({"closes": "07:00"}, "依次往后"), ({"break_from": ""}, "依次往后"), ({"valid_from": "2999-01-01"}, "太早或太晚"),
     ({"opens": "25:00"}, ""), ({"label": ""}, "请填写")],
)  # fmt: skip
def test_hours_that_cannot_be_are_refused(publisher: Client, values: dict[str, str], words: str) -> None:
    assert words in shown(publisher, "/calendar/hours/", {**SUMMER, **values}, status=422)
    assert not OfficeHours.objects.filter(label="夏季").exists()
