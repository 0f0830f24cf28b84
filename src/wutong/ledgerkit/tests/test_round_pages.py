"""The pages of rounds: figures open their rows, the form keeps what was typed, others' reports do not exist."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from wutong.base.money import YI
from wutong.base.notices.models import Notice
from wutong.cases.models import Case
from wutong.cases.rounds.models import Report, Round
from wutong.cases.rounds.periods import ended_before
from wutong.cases.rounds.services import lock_round, open_round
from wutong.ledgerkit.testing import Zone, account_with, client_of, make_zone, queries_of
from wutong.ledgers.project_push.models import MonthReport
from wutong.ledgers.project_push.reports.rounds import PROJECT_MONTH
from wutong.ledgers.project_push.services import NewProject, enter_projects
from wutong.registers.organisation.actors import SYSTEM
from wutong.registers.organisation.models import Official, Unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def zone(db: None) -> Zone:
    return make_zone()


def enter(zone: Zone, *names: str, unit: Unit | None = None, person: Official | None = None) -> list[Case]:
    new = [
        NewProject(
            name=name,
            investor_name=f"{name}投资方",
            total_investment_yuan=6 * YI,
            state="signed",
            opened_on=zone.today - timedelta(days=400),
            host_unit=unit or zone.home,
            host_person=person if unit else zone.host,
        )
        for name in names
    ]
    return enter_projects(new, actor=SYSTEM, now=zone.now)


def opened(zone: Zone, *, late: bool = False) -> Round:
    """The round of the last month, due today; or of the month before, due long ago."""
    period = ended_before("month", zone.today)
    if late:
        period = ended_before("month", period.first_day)
    day = period.last_day + timedelta(days=1)
    due_on = day if late else zone.today
    return open_round(PROJECT_MONTH, period, actor=SYSTEM, on=day, now=zone.now, due_on=due_on)


@pytest.fixture
def cases(zone: Zone) -> list[Case]:
    enter(zone, "示例别家项目", unit=zone.elsewhere, person=zone.accounts["handler"].official)
    return enter(zone, "示例电池", "示例光伏")


@pytest.fixture
def found(zone: Zone, cases: list[Case]) -> Round:
    return opened(zone)


def cells(found: Round, case: Case, **values: Any) -> dict[str, Any]:
    report = Report.objects.get(round=found, case=case)
    return {f"{report.pk}-{name}": value for name, value in values.items()}


def fill(client: Client, found: Round, data: dict[str, Any]) -> Any:
    return client.post(reverse("round_fill", args=[found.pk]), data)


def rows_of(answer: Any) -> list[dict[str, str]]:
    table = answer.context["page"].table
    return [{key: str(cell.text) for key, cell in row.cells.items()} for row in table.rows]


# ---- the form ----------------------------------------------------------------------------------------------------


def test_the_form_holds_the_own_projects_and_hands_in_all_that_was_typed(
    zone: Zone, cases: list[Case], found: Round
) -> None:
    client = client_of(zone.host.account)
    page = client.get(reverse("round_fill", args=[found.pk])).content.decode()
    assert "示例电池" in page
    assert "示例光伏" in page
    assert "示例别家项目" not in page
    data = cells(found, cases[0], done_yuan="１２０．５", progress="示例桩基") | cells(
        found, cases[1], seq=""
    )
    assert fill(client, found, data).status_code == 302
    month = MonthReport.objects.get()
    assert (month.project.push.case_id, month.done_yuan) == (cases[0].pk, 1_205_000)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("约1200", "不是确定的数"),
        ("-3", "负数"),
        ("很多", "不是金额"),
        ("2000万件", "像产能或数量"),
        ("", "必须填写"),
    ],
)
def test_a_wrong_cell_says_so_and_keeps_everything_that_was_typed(
    zone: Zone, cases: list[Case], found: Round, typed: str, words: str
) -> None:
    client = client_of(zone.host.account)
    data = cells(found, cases[0], done_yuan=typed, progress="示例甲") | cells(found, cases[1], done_yuan="7")
    answer = fill(client, found, data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert "示例电池，完成投资（万元）：" in page  # the summary names the row
    assert all(value in page for value in (typed, "示例甲", 'value="7"'))
    assert not MonthReport.objects.exists()


def test_what_somebody_else_handed_in_meanwhile_is_shown_before_it_is_replaced(
    zone: Zone, cases: list[Case], found: Round
) -> None:
    client = client_of(zone.host.account)
    first = cells(found, cases[0], done_yuan="7", seq="1")
    assert fill(client, found, first).status_code == 302
    answer = fill(client, found, cells(found, cases[0], done_yuan="8", seq="1"))
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "完成投资7万元" in page
    assert 'value="8"' in page
    again = {name: str(answer.context["page"].form[name].value() or "") for name in first}
    assert fill(client, found, again).status_code == 302
    assert MonthReport.objects.get().done_yuan == 80_000


def test_a_report_of_others_is_neither_filled_in_nor_found(
    zone: Zone, cases: list[Case], found: Round
) -> None:
    foreign = Report.objects.get(round=found, case__title="示例别家项目")
    client = client_of(zone.host.account)
    fill(client, found, {f"{foreign.pk}-done_yuan": "5"})
    assert not MonthReport.objects.exists()
    for name in ("round_report", "round_report_correct"):
        assert client.get(reverse(name, args=[found.pk, foreign.pk])).status_code == 404
        assert client.post(reverse(name, args=[found.pk, foreign.pk])).status_code in {404, 405}


def test_a_locked_round_is_not_filled_in(zone: Zone, cases: list[Case], found: Round) -> None:
    later = zone.today + timedelta(days=1)
    lock_round(found, actor=SYSTEM, on=later, now=zone.now)
    answer = fill(client_of(zone.host.account), found, cells(found, cases[0], done_yuan="5"))
    assert answer.status_code == 422
    assert "已经锁定" in answer.content.decode()


# ---- lists -------------------------------------------------------------------------------------------------------


def test_every_figure_opens_as_many_rows(zone: Zone, cases: list[Case]) -> None:
    found = opened(zone, late=True)
    fill(client_of(zone.host.account), found, cells(found, cases[0], done_yuan="5"))
    client = client_of(zone.accounts["supervisor"])
    for path in (reverse("rounds"), reverse("round", args=[found.pk]) + "?by=unit"):
        answer = client.get(path)
        for row in answer.context["page"].table.rows:
            figures = {
                key: cell for key, cell in row.cells.items() if cell.href and key not in {"round", "unit"}
            }
            assert set(figures) == {"total", "handed_in", "missing", "returned", "late"}
            for cell in figures.values():
                assert client.get(cell.href).context["page"].table.row_count == cell.value
    (row,) = client.get(reverse("rounds")).context["page"].table.rows
    assert {key: row.cells[key].value for key in ("total", "handed_in", "missing", "late")} == {
        "total": 3,
        "handed_in": 1,
        "missing": 2,
        "late": 3,
    }


def test_a_reader_counts_only_what_he_may_see(zone: Zone, cases: list[Case], found: Round) -> None:
    (row,) = client_of(zone.host.account).get(reverse("rounds")).context["page"].table.rows
    assert row.cells["total"].value == 2
    nobody = client_of(zone.accounts[""])
    assert (
        nobody.get(reverse("round", args=[found.pk])).context["page"].table.row_count == 1
    )  # his own unit's
    assert "示例电池" not in nobody.get(reverse("round", args=[found.pk])).content.decode()


def test_my_reports_counts_the_own_ones(zone: Zone, cases: list[Case], found: Round) -> None:
    rows = rows_of(client_of(zone.host.account).get(reverse("my_reports")))
    assert [(row["total"], row["missing"]) for row in rows] == [("2", "2")]
    assert rows_of(client_of(zone.accounts["supervisor"]).get(reverse("my_reports"))) == []


def test_the_export_has_the_rows_of_the_page(zone: Zone, cases: list[Case], found: Round) -> None:
    answer = client_of(zone.accounts["clerk"]).get(reverse("round_export", args=[found.pk]))
    assert answer.status_code == 200
    assert answer.content[:2] == b"PK"


def test_pages_do_not_take_more_queries_with_more_reports(
    zone: Zone, cases: list[Case], found: Round
) -> None:
    paths = [
        reverse("rounds"), reverse("my_reports"), reverse("round", args=[found.pk]),
        reverse("round_fill", args=[found.pk]), "/",
    ]  # fmt: skip
    client = client_of(zone.host.account)
    before = {path: queries_of(client, path) for path in paths}
    enter(zone, *(f"示例增加{number}" for number in range(6)))
    opened(zone)
    assert {path: queries_of(client, path) for path in paths} == before
    assert max(count for path, count in before.items() if path != "/") <= 10


def test_the_first_page_says_what_is_owed_and_since_when_it_is_late(zone: Zone, cases: list[Case]) -> None:
    found = opened(zone, late=True)
    client = client_of(zone.host.account)
    (panel,) = [block for block in client.get("/").context["main"] if block.id == "rounds"]
    (item,) = panel.items
    assert item.note == "2项待报"
    assert item.side_class == "alarm"
    assert item.href == reverse("round_fill", args=[found.pk])


# ---- running -----------------------------------------------------------------------------------------------------


def test_the_runner_reminds_returns_and_locks_and_nobody_else(
    zone: Zone, cases: list[Case], found: Round
) -> None:
    host = client_of(zone.host.account)
    for name in ("round_return", "round_remind", "round_lock"):
        assert host.post(reverse(name, args=[found.pk])).status_code == 403
    assert host.get(reverse("round_open")).status_code == 403
    runner = client_of(zone.accounts["supervisor"])
    assert runner.post(reverse("round_remind", args=[found.pk])).status_code == 302
    notice = Notice.objects.get(recipient=zone.host.account)
    assert (notice.params["count"], notice.link) == (2, reverse("round_fill", args=[found.pk]))
    fill(host, found, cells(found, cases[0], done_yuan="5") | cells(found, cases[1], done_yuan="6"))
    keys = list(Report.objects.filter(round=found, case__in=cases).values_list("pk", flat=True))
    path = reverse("round_return", args=[found.pk])
    assert runner.post(path, {"reports": keys, "reason": ""}).status_code == 422
    assert runner.post(path, {"reports": keys, "reason": "与统计不一致"}).status_code == 302
    assert Report.objects.filter(round=found, state="returned").count() == 2
    assert "与统计不一致" in host.get(reverse("round_fill", args=[found.pk])).content.decode()
    assert runner.post(reverse("round_lock", args=[found.pk])).status_code == 422  # two are on their way back


def test_a_round_is_opened_by_hand_once(zone: Zone, cases: list[Case]) -> None:
    runner = client_of(zone.accounts["clerk"])
    period = ended_before("month", zone.today).code
    for _time in range(2):
        assert (
            runner.post(reverse("round_open"), {"kind": "project_month", "period": period}).status_code == 302
        )
    assert Round.objects.get().reports.count() == 3
    for wrong in ("2026-13", "上月", f"{zone.today:%Y-%m}"):
        data = {"kind": "project_month", "period": wrong}
        assert runner.post(reverse("round_open"), data).status_code == 422


def test_the_history_of_a_report_says_who_when_why_and_from_what_to_what(
    zone: Zone, cases: list[Case], found: Round
) -> None:
    host = client_of(zone.host.account)
    fill(host, found, cells(found, cases[0], done_yuan="5"))
    fill(host, found, cells(found, cases[1], done_yuan="5"))
    lock_round(found, actor=SYSTEM, on=zone.today + timedelta(days=1), now=zone.now)
    report = Report.objects.get(round=found, case=cases[0])
    path = reverse("round_report_correct", args=[found.pk, report.pk])
    data = {f"{report.pk}-done_yuan": "9", "reason": "漏报一笔"}
    stranger = account_with("other", zone.home, zone.now, "project_push.see_all")
    assert client_of(stranger).post(path, data).status_code == 403
    assert host.post(path, data).status_code == 302
    page = host.get(reverse("round_report", args=[found.pk, report.pk])).context["page"]
    (history,) = [block for block in page.main if block.id == "history"]
    first, *_rest = history.table.rows
    told = {key: str(cell.text) for key, cell in first.cells.items()}
    assert told["what"] == "更正"
    assert told["who"] == zone.host.name
    assert (told["changed"], told["reason"]) == ("完成投资：5万元 → 9万元", "漏报一笔")


def test_one_report_takes_a_fixed_number_of_queries(zone: Zone, cases: list[Case], found: Round) -> None:
    report = Report.objects.get(round=found, case=cases[0])
    client = client_of(zone.host.account)
    path = reverse("round_report", args=[found.pk, report.pk])
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    assert len(queries) <= 8
