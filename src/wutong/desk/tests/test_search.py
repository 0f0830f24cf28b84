"""Search over cases and enterprises: what is found, and that rights hold for it."""

from datetime import timedelta

import pytest
from django.test import Client

from wutong.base.audit.models import AuditEvent
from wutong.base.money import YI
from wutong.cases.models import Case
from wutong.ledgerkit.testing import NOBODY, Zone, client_of, make_zone
from wutong.ledgers.project_push.services import NewProject, enter_projects
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.enterprises.services import register_enterprise
from wutong.registers.enterprises.uscc import check_character
from wutong.registers.organisation.actors import SYSTEM
from wutong.registers.people.services import add_contact

pytestmark = pytest.mark.django_db

CODE = "91379999MA0000007" + check_character("91379999MA0000007")


@pytest.fixture
def zone(db: None) -> Zone:
    return make_zone()


@pytest.fixture
def projects(zone: Zone) -> list[Case]:
    """A signed project and a lead of other people; the investor of the lead is known from it only."""
    new = [
        NewProject(
            name=f"示例{words}项目",
            investor_name=f"示例{words}投资方",
            total_investment_yuan=YI,
            state=state,
            opened_on=zone.today - timedelta(days=30),
            host_unit=zone.home,
            host_person=zone.host,
            team=zone.other_team,
        )
        for words, state in (("𠮷签约", "signed"), ("𠮷线索", "lead"))
    ]
    return enter_projects(new, actor=SYSTEM, now=zone.now)


def found(client: Client, text: str) -> dict[str, list[str]]:
    """Titles by kind, in the order of the page."""
    result: dict[str, list[str]] = {"cases": [], "enterprises": []}
    for item in client.get("/search/", {"q": text}).context["found"]:
        result.setdefault(
            {"case": "cases", "enterprise": "enterprises"}.get(item.kind, item.kind), []
        ).append(item.title)
    return result


def test_a_case_is_found_by_a_part_of_its_title_and_by_its_number(zone: Zone, projects: list[Case]) -> None:
    client = client_of(zone.accounts["leader"])
    assert found(client, "𠮷签")["cases"] == ["示例𠮷签约项目"]
    assert found(client, projects[1].number.lower())["cases"] == ["示例𠮷线索项目"]
    assert sorted(found(client, " 𠮷 ")["cases"]) == ["示例𠮷签约项目", "示例𠮷线索项目"]


def test_an_enterprise_is_found_by_name_and_by_code(zone: Zone) -> None:
    register_enterprise(name="示例有码公司", code=CODE, actor=None, on=zone.today, now=zone.now)
    client = client_of(zone.accounts["clerk"])
    assert found(client, "有码")["enterprises"] == ["示例有码公司"]
    assert found(client, CODE[-6:].lower())["enterprises"] == ["示例有码公司"]


@pytest.mark.parametrize(
    ("code", "cases", "firms"),
    [
        ("leader", {"示例𠮷签约项目", "示例𠮷线索项目"}, {"示例𠮷签约投资方", "示例𠮷线索投资方"}),
        ("clerk", {"示例𠮷签约项目"}, {"示例𠮷签约投资方"}),
        ("supervisor", {"示例𠮷签约项目"}, {"示例𠮷签约投资方"}),
        ("team_member", {"示例𠮷签约项目", "示例𠮷线索项目"}, {"示例𠮷签约投资方", "示例𠮷线索投资方"}),
        ("handler", set(), set()),
        (NOBODY, set(), set()),
        ("system_officer", set(), set()),
        ("audit_officer", set(), set()),
    ],
)
def test_search_and_register_show_what_the_role_may_see(
    zone: Zone, projects: list[Case], code: str, cases: set[str], firms: set[str]
) -> None:
    client = client_of(zone.accounts[code])
    result = found(client, "示例𠮷")
    assert set(result["cases"]) == cases
    assert set(result["enterprises"]) == firms
    listed = client.get("/enterprises/", {"q": "示例𠮷"}).context["page"].table
    assert {str(row.cells["name"].text) for row in listed.rows} == firms
    assert listed.row_count == len(firms)
    for firm in Enterprise.objects.filter(name__startswith="示例𠮷"):
        status = client.get(f"/enterprises/{firm.pk}/").status_code
        assert status == (200 if firm.name in firms else 404)


def test_the_page_of_a_firm_lists_only_the_projects_that_may_be_seen(
    zone: Zone, projects: list[Case]
) -> None:
    firm = Enterprise.objects.get(invested_projects__push__case=projects[0])
    secret = NewProject(
        name="示例𠮷二期线索",
        investor_name=firm.name,
        total_investment_yuan=YI,
        state="lead",
        opened_on=zone.today,
        host_unit=zone.home,
    )
    enter_projects([secret], actor=SYSTEM, now=zone.now)
    assert (
        "示例𠮷二期线索"
        in client_of(zone.accounts["leader"]).get(f"/enterprises/{firm.pk}/").content.decode()
    )
    page = client_of(zone.accounts["clerk"]).get(f"/enterprises/{firm.pk}/").content.decode()
    assert "示例𠮷签约项目" in page
    assert "示例𠮷二期线索" not in page


def test_an_empty_search_finds_nothing_and_a_strange_one_breaks_nothing(
    zone: Zone, projects: list[Case]
) -> None:
    client = client_of(zone.accounts["leader"])
    for text in ("", "   ", "%", "_", "'", '"', "\\", "<script>alert(1)</script>", "龘" * 300, "\x00"):
        answer = client.get("/search/", {"q": text})
        assert answer.status_code == 200, text
        assert "<script>alert" not in answer.content.decode()
        assert not answer.context["found"], text


def test_only_the_audit_officer_reads_the_audit(zone: Zone) -> None:
    for code, account in zone.accounts.items():
        status = client_of(account).get("/audit/").status_code
        assert status == (200 if code == "audit_officer" else 403), code


def test_an_export_is_on_record_with_its_number_of_rows(zone: Zone, projects: list[Case]) -> None:
    account = zone.accounts["clerk"]
    client_of(account).get("/projects/export/?view=signed")
    event = AuditEvent.objects.get(action="export_list")
    assert (event.actor, event.detail) == (account, {"rows": 1, "query": "view=signed"})
    shown = client_of(zone.accounts["audit_officer"]).get("/audit/").content.decode()
    assert "导出一览表" in shown


def test_a_refusal_is_on_record(zone: Zone, projects: list[Case]) -> None:
    client_of(zone.accounts["handler"]).get("/projects/import/")
    event = AuditEvent.objects.get(action="refused_request")
    assert (event.actor, event.outcome, event.target_id) == (
        zone.accounts["handler"],
        "refused",
        "/projects/import/",
    )


def test_a_person_is_found_by_all_of_a_name_or_telephone_and_shown_masked(zone: Zone) -> None:
    firm = register_enterprise(name="示例有人公司", code=None, actor=None, on=zone.today, now=zone.now)
    person = add_contact(
        firm, name="示例联系人辛", phone="13911113333", post="经理", actor=None, on=zone.today, now=zone.now
    )
    client = client_of(zone.accounts["clerk"])
    for text in ("示例联系人辛", "139-1111-3333"):
        (item,) = (
            item for item in client.get("/search/", {"q": text}).context["found"] if item.kind == "person"
        )
        assert (item.target_id, item.title, item.note) == (person.pk, "示***", "经理")
    page = client.get("/search/", {"q": "示例联系人辛"}).content.decode()
    assert "13911113333" not in page
    assert found(client, "示例联系").get("person", []) == []
    assert client.get(f"/search/open/person/{person.pk}/")["Location"] == f"/people/{person.pk}/"


def test_what_was_opened_and_what_is_pinned_is_at_hand(zone: Zone) -> None:
    firms = [
        register_enterprise(name=f"示例{word}公司", code=None, actor=None, on=zone.today, now=zone.now)
        for word in ("天", "地")
    ]
    client = client_of(zone.accounts["clerk"])
    for firm in firms:
        client.get(f"/search/open/enterprise/{firm.pk}/")
    client.post(f"/search/pin/enterprise/{firms[0].pk}/", {"pin": "1"})
    page = client.get("/search/").context
    assert [item.title for item in page["pinned"]] == ["示例天公司"]
    assert [item.title for item in page["recent"]] == ["示例地公司"]
    client.post(f"/search/pin/enterprise/{firms[0].pk}/", {"pin": "0"})
    assert not client.get("/search/").context["pinned"]
    other = client_of(zone.accounts["leader"]).get("/search/").context
    assert not other["recent"]


def test_suggestions_are_the_first_few_of_the_same_answers(zone: Zone) -> None:
    for number in range(12):
        register_enterprise(name=f"示例建议{number}公司", code=None, actor=None, on=zone.today, now=zone.now)
    client = client_of(zone.accounts["clerk"])
    answer = client.get("/search/suggest/", {"q": "sljy"})
    assert len(answer.context["found"]) == 8
    assert "frame" not in answer.content.decode()
    assert client.get("/search/suggest/", {"q": ""}).content.strip() == b""
