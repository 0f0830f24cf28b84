"""The three lists: who answers, what holds projects up, what is done about it. Page and workbook have the same rows."""

import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.test import Client

from wutong.base.files.services import store_file
from wutong.base.money import YI
from wutong.cases.act import act
from wutong.cases.models import Case
from wutong.cases.steps import Holder, NewEvidence
from wutong.ledgerkit.testing import (
    LIST_QUERIES,
    NOBODY,
    Zone,
    account_with,
    client_of,
    make_zone,
    queries_of,
)
from wutong.ledgers.project_push.services import NewProject, enter_projects, open_rectification
from wutong.registers.organisation.actors import SYSTEM

pytestmark = pytest.mark.django_db
PATH = "/projects/lists/"
VIEWS = ("", "problems", "rectifications")


@pytest.fixture
def zone(db: None) -> Zone:
    return make_zone()


@pytest.fixture
def clerk(zone: Zone) -> Client:
    return client_of(zone.accounts["clerk"])


def project(zone: Zone, name: str, state: str = "signed", **more: Any) -> Case:
    new = NewProject(
        name=name,
        investor_name=f"{name}投资方",
        total_investment_yuan=3 * YI,
        state=state,
        opened_on=zone.today - timedelta(days=100),
        host_unit=zone.home,
        **{"host_person": zone.host, "leader": zone.leader, "team": zone.team, **more},
    )
    return enter_projects([new], actor=SYSTEM, now=zone.now)[0]


def problem(
    zone: Zone, above: Case, words: str = "示例问题", days_left: int = 9, blocking: str = "land"
) -> Case:
    return open_rectification(
        above,
        problem=words,
        blocking_class=blocking,
        measure="示例措施",
        host=Holder("host", zone.home, zone.host),
        verifier=Holder("verifier", zone.home, zone.verifier),
        due_on=zone.today + timedelta(days=days_left),
        actor=SYSTEM,
        on=zone.today - timedelta(days=20),
        now=zone.now,
    )


def take(zone: Zone, case: Case, verb: str, **step: Any) -> Case:
    return act(
        Case.objects.get(pk=case.pk), verb, actor=SYSTEM, now=zone.now, effective_on=zone.today,
        **{"reason": "示例", **step},
    ).case  # fmt: skip


def hand_in(zone: Zone, case: Case) -> Case:
    stored = store_file(b"%PDF-1.4\n%%EOF\n", name="a.pdf", actor=zone.host.account, now=zone.now)
    return take(zone, case, "submit", evidence=[NewEvidence("proof", stored, "a.pdf", zone.today)])


def rows(client: Client, view: str = "", **asked: Any) -> dict[str, dict[str, Any]]:
    page = client.get(PATH, {"view": view, **asked}).context["page"]
    return {row.key: row.cells for row in page.table.rows}


def test_each_project_of_the_library_names_who_answers_and_since_when(zone: Zone, clerk: Client) -> None:
    case = project(zone, "示例一号")
    take(zone, case, "reassign", holders=[Holder("concierge", zone.home, zone.verifier)])
    cells = rows(clerk)[case.number]
    assert (cells["host"].text, cells["host_days"].value) == (str(zone.host), 100)
    assert (cells["lead_official"].text, cells["lead_official_days"].value) == (str(zone.leader), 100)
    assert (cells["concierge"].text, cells["concierge_days"].value) == (str(zone.verifier), 0)
    assert cells["team"].text == str(zone.team)
    assert (cells["verifier"].text, cells["verifier"].alarm) == ("未明确", True)


def test_only_projects_on_their_way_from_signing_to_production_stand_in_the_library(
    zone: Zone, clerk: Client
) -> None:
    signed, _lead = project(zone, "示例一号"), project(zone, "示例二号", "lead")
    producing = project(zone, "示例三号", "started")
    take(zone, producing, "backfill_production")
    resting = take(zone, project(zone, "示例四号"), "suspend")
    ended = take(zone, project(zone, "示例五号"), "terminate")
    assert set(rows(clerk)) == {signed.number, resting.number}
    assert ended.number not in rows(client_of(zone.accounts["leader"]))


def test_a_problem_tells_its_age_who_raised_it_and_how_often_it_came_back(zone: Zone, clerk: Client) -> None:
    case = problem(zone, project(zone, "示例一号"))
    hand_in(zone, case)
    take(zone, case, "close")
    assert rows(clerk, "problems") == {}
    take(zone, case, "reopen", due_on=zone.today + timedelta(days=5))
    cells = rows(clerk, "problems")[case.number]
    assert (cells["days"].value, cells["raised_by"].text, cells["reopened"].value) == (20, "系统", 1)
    assert cells["blocking"].text == "土地"
    assert cells["leader"].text == str(zone.leader)
    listed = clerk.get("/rectifications/").context["page"].table.rows[0]
    assert listed.cells["reopened"].value == 1
    told = clerk.get(f"/rectifications/{case.number}/").content.decode()
    assert "1次" in told


def test_a_rectification_tells_how_late_it_is_and_what_became_of_its_proof(zone: Zone, clerk: Client) -> None:
    above = project(zone, "示例一号")
    late, handed_in, returned = (
        problem(zone, above, f"示例{n}", days) for n, days in ((1, -14), (2, 3), (3, 3))
    )
    hand_in(zone, handed_in)
    hand_in(zone, returned)
    take(zone, returned, "send_back")
    cells = rows(clerk, "rectifications")
    assert late.due_on is not None
    assert late.due_on < zone.today, "also after a day off it is late"
    assert cells[late.number]["late"].value == (zone.today - late.due_on).days
    assert cells[late.number]["state"].lamp == "red"
    assert cells[late.number]["evidence"].text == "未交"
    assert cells[handed_in.number]["evidence"].text == "已交1份，待核查"
    assert cells[returned.number]["evidence"].text == "已交1份，已退回"
    assert cells[handed_in.number]["late"].value == 0


def test_the_level_of_an_order_stands_beside_its_rectification_for_those_who_see_it(zone: Zone) -> None:
    case = problem(zone, project(zone, "示例一号"))
    take(zone, case, "escalate")
    both = client_of(zone.accounts["supervisor"])
    cell = rows(both, "rectifications")[case.number]["order"]
    assert (str(cell.text), cell.href.startswith("/orders/")) == ("日常督办", True)
    blind = client_of(account_with("blind", zone.elsewhere, zone.now, "project_push.see_all"))
    assert not rows(blind, "rectifications")[case.number]["order"].text


def test_the_same_filters_narrow_all_three(zone: Zone, clerk: Client) -> None:
    first, second = project(zone, "示例甲项目"), project(zone, "示例乙项目", leader=zone.verifier)
    late, other = problem(zone, first, "示例甲", -14, "money"), problem(zone, second, "示例乙", 9)
    expected = {
        "q=甲": (first, late),
        f"leader={zone.verifier.pk}": (second, other),
        "blocking=money": (first, late),
        "overdue=yes": (first, late),
    }
    for asked, (above, below) in expected.items():
        question = dict([asked.split("=")])
        assert set(rows(clerk, "", **question)) == {above.number}, asked
        for view in VIEWS[1:]:
            assert set(rows(clerk, view, **question)) == {below.number}, (asked, view)
    for view in VIEWS:
        assert rows(clerk, view, unit=zone.elsewhere.pk) == {}


def test_tabs_count_what_each_list_shows(zone: Zone, clerk: Client) -> None:
    above = project(zone, "示例一号")
    project(zone, "示例二号")
    for number in range(3):
        problem(zone, above, f"示例{number}")
    for view in VIEWS:
        page = clerk.get(PATH, {"view": view}).context["page"]
        assert [tab.count for tab in page.tabs] == [2, 3, 3]
        assert next(tab for tab in page.tabs if tab.current).count == page.table.row_count


def test_the_workbook_has_the_rows_of_the_page(zone: Zone, clerk: Client) -> None:
    above = project(zone, "示例一号")
    problem(zone, above, "示例问题甲")
    problem(zone, above, "示例问题乙", -14)
    for view in VIEWS:
        page = clerk.get(PATH, {"view": view}).context["page"]
        content = clerk.get(f"{PATH}export/", {"view": view}).content
        book = openpyxl.load_workbook(io.BytesIO(content)).active
        told = [list(row) for row in book.iter_rows(values_only=True)]
        first = page.table.columns[0].key
        names = [str(row.cells[first].text) for row in page.table.rows]
        column = [row[1] for row in told]
        start = column.index(names[0])
        assert column[start : start + len(names)] == names, view
        assert column[-1] == page.table.totals[first].text


def test_nobody_finds_a_row_of_others(zone: Zone) -> None:
    case = problem(zone, project(zone, "示例一号"))
    secret = problem(zone, project(zone, "示例线索", "lead"))
    stranger, clerk = client_of(zone.accounts[NOBODY]), client_of(zone.accounts["clerk"])
    for view in VIEWS:
        page = stranger.get(PATH, {"view": view})
        assert page.context["page"].table.row_count == 0
        assert {tab.count for tab in page.context["page"].tabs} == {0}
        assert case.number not in page.content.decode()
        assert secret.number not in clerk.get(PATH, {"view": view}).content.decode()
    assert case.number in rows(client_of(zone.host.account), "problems")


def test_ten_times_the_rows_take_no_more_queries(zone: Zone) -> None:
    client = client_of(zone.accounts["supervisor"])
    above = project(zone, "示例一号")
    take(zone, problem(zone, above), "escalate")
    few = {view: queries_of(client, f"{PATH}?view={view}") for view in VIEWS}
    for number in range(9):
        more = project(zone, f"示例再一个{number}")
        take(zone, problem(zone, more, f"示例{number}"), "escalate")
    assert {view: queries_of(client, f"{PATH}?view={view}") for view in VIEWS} == few
    assert max(few.values()) <= LIST_QUERIES, few
