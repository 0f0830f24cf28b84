"""The page of projects that wait between two nodes: rows, tabs, workbook, and who sees what."""

import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.test import Client

from wutong.cases.models import Case
from wutong.ledgerkit.testing import (
    LIST_QUERIES,
    NOBODY,
    Zone,
    account_with,
    client_of,
    make_zone,
    queries_of,
)
from wutong.ledgers.project_push.models import ProjectNode, ProjectPush
from wutong.ledgers.project_push.services import NewProject, enter_projects
from wutong.registers.history.services import record
from wutong.registers.organisation.actors import SYSTEM

pytestmark = pytest.mark.django_db
PATH = "/projects/nodes/"


@pytest.fixture
def zone(db: None) -> Zone:
    return make_zone()


def project(zone: Zone, name: str, state: str = "signed", **nodes: int) -> Case:
    """A project that reached nodes so many days ago."""
    new = NewProject(
        name=name, investor_name=f"{name}投资方", total_investment_yuan=10**9, state=state,
        opened_on=zone.today - timedelta(days=100), host_unit=zone.home, host_person=zone.host, leader=zone.leader,
    )  # fmt: skip
    case = enter_projects([new], actor=SYSTEM, now=zone.now)[0]
    entry = ProjectPush.objects.get(case=case).project
    for code, ago in nodes.items():
        on = zone.today - timedelta(days=ago)
        facts = {"project": entry, "code": code, "actual_on": on}
        record(ProjectNode(), facts, actor=None, effective_on=on, now=zone.now)
    return case


def plan(zone: Zone, case: Case, code: str, ago: int) -> None:
    facts = {
        "project": ProjectPush.objects.get(case=case).project, "code": code, "plan_on": zone.today - timedelta(days=ago)
    }  # fmt: skip
    on = zone.today - timedelta(days=90)
    record(ProjectNode(), facts, actor=None, effective_on=on, now=zone.now)


def keys(client: Client, view: str = "", **asked: Any) -> list[str]:
    return [row.key for row in client.get(PATH, {"view": view, **asked}).context["page"].table.rows]


def test_each_project_stands_in_the_list_it_waits_in_with_its_delay(zone: Zone) -> None:
    clerk = client_of(zone.accounts["clerk"])
    approved = project(zone, "示例甲", approval=30)
    started = project(zone, "示例乙", "started", approval=90)
    building = project(zone, "示例丙", "started", approval=90, building=40)
    project(zone, "示例丁", "started", approval=90, building=40, completion=1)
    plan(zone, started, "building", 12)
    assert keys(clerk) == [approved.number]
    assert keys(clerk, "started") == [started.number]
    assert keys(clerk, "building") == [building.number]
    page = clerk.get(PATH, {"view": "started"}).context["page"]
    cells = page.table.rows[0].cells
    assert (cells["days"].value, cells["late"].value, cells["late"].alarm) == (100, 12, True)
    assert [tab.count for tab in page.tabs] == [1, 1, 1]
    assert keys(clerk, "started", late="yes") == [started.number]
    assert keys(clerk, "building", late="yes") == []
    past = (zone.today - timedelta(days=60)).isoformat()
    assert set(keys(clerk, "started", as_of=past)) >= {started.number, building.number}
    assert keys(clerk, as_of=past) == []


def test_the_workbook_has_the_rows_of_the_page(zone: Zone) -> None:
    clerk = client_of(zone.accounts["clerk"])
    for number in range(3):
        project(zone, f"示例{number}", approval=10 + number)
    page = clerk.get(PATH).context["page"]
    content = clerk.get(f"{PATH}export/").content
    told = [row[1] for row in openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)]
    names = [row.cells["name"].text for row in page.table.rows]
    assert names == ["示例2", "示例1", "示例0"]
    assert told[-4:] == [*names, "合计 3个项目"]


def test_nobody_finds_a_project_of_others(zone: Zone) -> None:
    case = project(zone, "示例甲", approval=30)
    secret = project(zone, "示例线索", "lead", approval=30)
    page = client_of(zone.accounts[NOBODY]).get(PATH)
    assert case.number not in page.content.decode()
    assert {tab.count for tab in page.context["page"].tabs} == {0}
    assert keys(client_of(zone.accounts["clerk"])) == [case.number]
    assert secret.number in keys(client_of(zone.accounts["leader"]))


def test_the_page_takes_no_more_queries_for_more_projects(zone: Zone) -> None:
    everything = ("project_push.see_all", "project_push.see_unsigned")
    client = client_of(account_with("reader", zone.elsewhere, zone.now, *everything))
    project(zone, "示例", approval=3)
    few = queries_of(client, PATH)
    for number in range(9):
        project(zone, f"示例{number}", approval=3)
    assert queries_of(client, PATH) == few
    assert few <= LIST_QUERIES + 2, "of these two for the choices of filters"
