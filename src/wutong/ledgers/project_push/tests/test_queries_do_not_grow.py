"""Ten times the rows take not one query more: lists, exports, and the page of a project with many problems."""

from datetime import timedelta

import pytest

from wutong.base.money import YI
from wutong.cases.models import Case
from wutong.cases.steps import Holder
from wutong.ledgerkit.testing import (
    DETAIL_QUERIES,
    LIST_QUERIES,
    Zone,
    client_of,
    make_zone,
    queries_of,
)
from wutong.ledgers.project_push.services import NewProject, enter_projects, open_rectification
from wutong.registers.organisation.actors import SYSTEM

pytestmark = pytest.mark.django_db

LISTS = (
    "/projects/",
    "/projects/?view=red",
    "/projects/?q=示例",
    "/rectifications/",
    "/rectifications/?view=overdue",
)
EXPORTS = ("/projects/export/", "/rectifications/export/")


def add_projects(zone: Zone, first: int, count: int) -> list[Case]:
    """Each of an own investor, every second one with a problem."""
    new = [
        NewProject(
            name=f"示例项目{number}",
            investor_name=f"示例投资方{number}",
            total_investment_yuan=number * YI,
            state="signed",
            opened_on=zone.today - timedelta(days=200 + number),
            host_unit=zone.home,
            host_person=zone.host,
            leader=zone.leader,
            team=zone.team,
        )
        for number in range(first, first + count)
    ]
    cases = enter_projects(new, actor=SYSTEM, now=zone.now)
    for case in cases[::2]:
        add_problem(zone, case, f"示例问题{case.number}")
    return cases


def add_problem(zone: Zone, project: Case, words: str) -> None:
    open_rectification(
        project,
        problem=words,
        blocking_class="land",
        measure="示例",
        host=Holder("host", zone.home, zone.host),
        leader=Holder("lead_official", zone.home, zone.leader),
        due_on=zone.today - timedelta(days=1),
        actor=SYSTEM,
        on=zone.today - timedelta(days=9),
        now=zone.now,
    )


def test_ten_times_the_rows_take_no_more_queries(db: None) -> None:
    zone = make_zone()
    clerk = client_of(zone.accounts["clerk"])
    project = add_projects(zone, 1, 5)[0]
    paths = [*LISTS, *EXPORTS, f"/projects/{project.number}/", "/", "/search/?q=示例", "/enterprises/"]
    few = {path: queries_of(clerk, path) for path in paths}
    add_projects(zone, 6, 45)
    for number in range(9):
        add_problem(zone, project, f"示例再一个问题{number}")
    assert clerk.get("/projects/").context["page"].table.row_count == 50
    many = {path: queries_of(clerk, path) for path in paths}
    grown = {path: (few[path], many[path]) for path in paths if many[path] > few[path]}
    assert not grown, f"queries with few and with many rows: {grown}"
    assert all(many[path] <= LIST_QUERIES for path in LISTS), many
    assert many[f"/projects/{project.number}/"] <= DETAIL_QUERIES
