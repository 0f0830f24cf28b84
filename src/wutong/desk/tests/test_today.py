"""The first page: what a person owes, what is due first on top, and nothing of others."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from wutong.base.money import YI
from wutong.base.notices.models import Notice
from wutong.base.notices.tests.people import NOW, tell
from wutong.cases.models import Case
from wutong.cases.steps import Holder
from wutong.ledgerkit.testing import NOBODY, Zone, client_of, make_zone, queries_of
from wutong.ledgers.project_push.services import NewProject, enter_projects, open_rectification
from wutong.ledgers.supervision_orders.services import issue_order
from wutong.registers.organisation.actors import SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture
def zone(db: None) -> Zone:
    return make_zone()


@pytest.fixture
def project(zone: Zone) -> Case:
    new = NewProject(
        name="示例储能电池项目",
        investor_name="示例恒储有限公司",
        total_investment_yuan=6 * YI,
        state="signed",
        opened_on=zone.today - timedelta(days=400),
        host_unit=zone.home,
        host_person=zone.host,
        leader=zone.leader,
    )
    return enter_projects([new], actor=SYSTEM, now=zone.now)[0]


def problem(zone: Zone, project: Case, words: str, due_in: int, host: Holder | None = None) -> Case:
    opened = zone.today + timedelta(days=min(0, due_in) - 3)
    return open_rectification(
        project,
        problem=words,
        blocking_class="land",
        measure="示例",
        host=host or Holder("host", zone.home, zone.host),
        verifier=Holder("verifier", zone.elsewhere, zone.accounts["supervisor"].official),
        due_on=zone.today + timedelta(days=due_in),
        actor=SYSTEM,
        on=opened,
        now=zone.now,
    )


def blocks_of(client: Client, query: str = "") -> dict[str, Any]:
    context = client.get(f"/{query}").context
    return {"stats": context["stats"], **{block.id: block for block in [*context["main"], *context["side"]]}}


def owed(client: Client, query: str = "") -> list[str]:
    return [str(item.title) for item in blocks_of(client, query)["tasks"].items]


def figures(client: Client, query: str = "") -> dict[str, str]:
    stats = blocks_of(client, query)["stats"]
    return {str(stat.label): str(stat.value) for stat in stats.stats}


def test_owed_tasks_stand_soonest_due_first(zone: Zone, project: Case) -> None:
    for words, due_in in (("示例第三", 30), ("示例第一", -20), ("示例第二", 5)):
        problem(zone, project, words, due_in)
    client = client_of(zone.host.account)
    assert owed(client) == ["示例第一", "示例第二", "示例第三"]


def test_what_has_no_due_day_stands_last(zone: Zone, project: Case) -> None:
    problem(zone, project, "示例整改", 30)
    order = issue_order(
        matter="示例督办",
        demand="示例",
        holders=[Holder("host", zone.home, zone.host), Holder("supervisor", zone.home, zone.host)],
        source=None,
        actor=SYSTEM,
        on=zone.today,
        now=zone.now,
    )
    client = client_of(zone.host.account)
    assert owed(client) == ["示例督办", "示例整改"]
    path = f"/orders/{order.number}/act/answer/"
    form = client.get(path).context["page"].form
    typed = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    assert client.post(path, {**typed, "answer": "示例反馈"}).status_code == 302
    assert owed(client) == ["示例整改", "示例督办"], (
        "answered, the clock rests, the check is owed without a day"
    )


def test_overdue_tasks_are_counted_and_marked(zone: Zone, project: Case) -> None:
    problem(zone, project, "示例超时", -20)
    problem(zone, project, "示例未到", 20)
    client = client_of(zone.host.account)
    assert {name: figures(client)[name] for name in ("我的待办", "其中超时")} == {
        "我的待办": "2",
        "其中超时": "1",
    }
    later = (zone.today + timedelta(days=60)).isoformat()
    assert figures(client, f"?as_of={later}")["其中超时"] == "2"


def test_a_task_leaves_the_list_when_its_case_moves_on(zone: Zone, project: Case) -> None:
    case = problem(zone, project, "示例问题", 9)
    host, checker = client_of(zone.host.account), client_of(zone.accounts["supervisor"])
    assert (owed(host), owed(checker)) == (["示例问题"], [])
    proof = SimpleUploadedFile("示例.pdf", b"%PDF-1.4\n%%EOF\n")
    typed = {"effective_on": zone.today, "dated_on": zone.today, "file_proof": proof}
    assert host.post(f"/rectifications/{case.number}/act/submit/", typed).status_code == 302
    assert (owed(host), owed(checker)) == ([], ["示例问题"])


def test_without_a_named_person_everybody_of_the_unit_owes_it(zone: Zone, project: Case) -> None:
    problem(zone, project, "示例部门的事", 9, host=Holder("host", zone.home))
    for official in (zone.host, zone.verifier, zone.leader):
        assert owed(client_of(official.account)) == ["示例部门的事"]
    assert owed(client_of(zone.accounts[NOBODY])) == []


def test_without_a_named_person_every_member_of_the_team_owes_it(zone: Zone, project: Case) -> None:
    problem(zone, project, "示例小组的事", 9, host=Holder("host", zone.other_team))
    assert owed(client_of(zone.accounts["team_member"])) == ["示例小组的事"]
    assert owed(client_of(zone.host.account)) == []


def test_a_lead_official_sees_the_led_cases_what_is_due_first_on_top(zone: Zone, project: Case) -> None:
    led = [
        open_rectification(
            project,
            problem=words,
            blocking_class="land",
            measure="示例",
            host=Holder("host", zone.home, zone.host),
            leader=Holder("lead_official", zone.home, zone.leader),
            due_on=zone.today + timedelta(days=days),
            actor=SYSTEM,
            on=zone.today,
            now=zone.now,
        )
        for words, days in (("示例后到期", 20), ("示例先到期", 5))
    ]
    items = blocks_of(client_of(zone.leader.account))["led"].items
    assert [item.note for item in items] == [led[1].number, led[0].number, project.number]


def test_the_figures_of_a_ledger_open_the_rows_they_count(zone: Zone, project: Case) -> None:
    client = client_of(zone.accounts["clerk"])
    stats = [stat for stat in blocks_of(client)["stats"].stats if stat.href.startswith("/")]
    assert {str(stat.label) for stat in stats} >= {"红灯", "签约未开工"}
    for stat in stats:
        assert str(client.get(stat.href).context["page"].table.row_count) == stat.value, stat.href


def test_the_figures_of_a_past_day_open_the_rows_of_that_day(zone: Zone, project: Case) -> None:
    client = client_of(zone.accounts["clerk"])
    day = (zone.today - timedelta(days=390)).isoformat()
    stats = [stat for stat in blocks_of(client, f"?as_of={day}")["stats"].stats if stat.href.startswith("/")]
    assert stats
    for stat in stats:
        assert f"as_of={day}" in stat.href
        assert str(client.get(stat.href).context["page"].table.row_count) == stat.value


@pytest.mark.parametrize("code", [NOBODY, "handler", "system_officer", "security_officer", "audit_officer"])
def test_nobody_sees_tasks_or_figures_of_others(zone: Zone, project: Case, code: str) -> None:
    case = problem(zone, project, "示例问题", -9)
    client = client_of(zone.accounts[code])
    assert owed(client) == []
    page = client.get("/").content.decode()
    assert case.number not in page
    assert project.title not in page
    assert figures(client) == dict.fromkeys(("我的待办", "其中超时", "我的超时时限", "3个工作日内到期"), "0")
    assert blocks_of(client)["clocks"].table.rows == []


def clocks_of(client: Client) -> list[tuple[str, str]]:
    rows = blocks_of(client)["clocks"].table.rows
    return [(str(row.cells["case"].text), row.cells["lamp"].lamp) for row in rows]


def test_running_clocks_stand_late_ones_first_with_their_lamp(zone: Zone, project: Case) -> None:
    for words, due_in in (("示例后到期", 30), ("示例超时", -20), ("示例先到期", 15)):
        problem(zone, project, words, due_in)
    client = client_of(zone.host.account)
    assert clocks_of(client) == [("示例超时", "red"), ("示例先到期", "green"), ("示例后到期", "green")]
    first = blocks_of(client)["clocks"].table.rows[0]
    assert first.cells["lamp"].note, "a lamp says why"
    assert "推进库管理办法" in str(first.cells["basis"].text)


def test_clocks_of_the_own_unit_count_where_nobody_is_named(zone: Zone, project: Case) -> None:
    problem(zone, project, "示例部门的事", 9, host=Holder("host", zone.home))
    assert [title for title, _lamp in clocks_of(client_of(zone.verifier.account))] == ["示例部门的事"]
    assert clocks_of(client_of(zone.accounts[NOBODY])) == []


def test_the_own_figures_open_the_rows_they_count(zone: Zone, project: Case) -> None:
    for number, due_in in enumerate((-20, -5, 0, 1, 40)):
        problem(zone, project, f"示例{number}", due_in)
    client = client_of(zone.host.account)
    stats = {str(stat.label): stat for stat in blocks_of(client)["stats"].stats}
    for label, expected in (("我的超时时限", 2), ("3个工作日内到期", 2)):
        rows = client.get(stats[label].href).context["page"].table.row_count
        assert str(rows) == stats[label].value
        assert rows == expected
    every = client.get(blocks_of(client)["clocks"].end.href).context["page"].table
    assert every.row_count == 5


def test_the_newest_unread_notices_stand_on_the_page_and_lead_to_the_inbox(zone: Zone) -> None:
    account = zone.host.account
    for number in range(7):
        tell(account, key=f"k{number}")
    tell(zone.leader.account, key="foreign")
    Notice.objects.filter(key=f"k6:{account.pk}").update(read_at=NOW)
    client = client_of(account)
    block = blocks_of(client)["notices"]
    newest = Notice.objects.filter(recipient=account, read_at=None).order_by("-created_at", "-pk")[:5]
    assert [item.href for item in block.items] == [f"/inbox/{notice.pk}/" for notice in newest]
    assert (str(block.end.label), block.end.href) == ("未读6条", "/inbox/")
    Notice.objects.update(read_at=NOW)
    assert "notices" not in blocks_of(client)


def test_the_page_stays_within_its_queries(zone: Zone, project: Case) -> None:
    client = client_of(zone.host.account)
    problem(zone, project, "示例问题", 9)
    tell(zone.host.account)
    few = queries_of(client, "/")
    for number in range(12):
        problem(zone, project, f"示例问题{number}", number - 6)
        tell(zone.host.account, key=f"k{number}")
    assert queries_of(client, "/") == few == 16


def test_the_number_of_queries_does_not_grow_with_the_tasks(zone: Zone, project: Case) -> None:
    client = client_of(zone.host.account)

    def queries() -> int:
        client.get("/")
        with CaptureQueriesContext(connection) as captured:
            client.get("/")
        return len(captured)

    problem(zone, project, "示例问题", 9)
    few = queries()
    for number in range(12):
        problem(zone, project, f"示例问题{number}", number)
    assert queries() <= few


def test_the_day_shown_can_be_chosen_and_leads_back_to_the_own_page(zone: Zone) -> None:
    client = client_of(zone.accounts["clerk"])
    answer = client.post("/day/", {"day": "2024-01-15", "next": "/projects/?view=red&as_of=2025-01-01"})
    assert answer["Location"] == "/projects/?view=red&as_of=2024-01-15"
    for foreign in ("https://example.org/", "//example.org/", "javascript:alert(1)", "/\\example.org"):
        answer = client.post("/day/", {"day": "2024-01-15", "next": foreign})
        assert answer["Location"] == "/?as_of=2024-01-15"
        assert re.search(r'href="/"', client.get("/day/", {"next": foreign}).content.decode())


@pytest.mark.parametrize("day", ["2024-13-01", "gestern", "1066-01-01", "9999-12-31", "2024-02-30"])
def test_a_day_that_is_no_day_is_refused_in_plain_words(zone: Zone, day: str) -> None:
    answer = client_of(zone.accounts["clerk"]).get("/projects/", {"as_of": day})
    assert answer.status_code == 422
    assert "数据日" in answer.content.decode()
