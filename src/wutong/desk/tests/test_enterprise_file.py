"""The enterprise file: what stands on it, its one timeline over all ledgers, what is hidden, and what it costs."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from wutong.base.accounts.models import Account
from wutong.cases.act import act
from wutong.cases.models import Case
from wutong.desk.enterprise_timeline import PAGE_SIZE, Happened, timeline
from wutong.desk.tests.enterprise_zone import (
    CODE,
    ON,
    OTHER_CODE,
    clerk_of,
    make_firm,
    panels,
    secret_firm,
    texts,
    told,
)
from wutong.desk.tests.permit_ledger import permit_ledger, received
from wutong.ledgerkit.testing import NOBODY, Zone, client_of, make_zone, queries_of
from wutong.ledgers.project_push.services import NewProject, enter_projects
from wutong.registers.chains.services import join_chain
from wutong.registers.chains.tests.chain_zone import make_chain, make_node
from wutong.registers.enterprises.merging import merge_enterprises
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.enterprises.services import (
    NewYearReport,
    change_enterprise,
    record_year_reports,
    tag_enterprise,
    untag_enterprise,
)
from wutong.registers.leads.services import assign_lead
from wutong.registers.organisation.actors import SYSTEM, actor_of
from wutong.registers.people.services import add_contact, erase_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def zone() -> Zone:
    return make_zone()


@pytest.fixture
def leader(zone: Zone) -> Client:
    return client_of(zone.accounts["leader"])


@pytest.fixture
def nobody(zone: Zone) -> Client:
    return client_of(zone.accounts[NOBODY])


@pytest.fixture
def firm(zone: Zone) -> Enterprise:
    return make_firm(zone, "示例甲电池有限公司", CODE)


def project_of(zone: Zone, firm: Enterprise, name: str = "示例甲项目", state: str = "lead") -> Case:
    new = NewProject(
        name=name,
        investor_name=firm.name,
        total_investment_yuan=10**8,
        state=state,
        opened_on=ON,
        host_unit=zone.home,
        host_person=zone.host,
    )
    return enter_projects([new], actor=SYSTEM, now=zone.now)[0]


def report(
    zone: Zone, firm: Enterprise, year: int, values: dict[str, object], source: str = "示例年报"
) -> None:
    new = NewYearReport(firm, year, source, date(year + 1, 3, 1), values)
    record_year_reports([new], actor=None, on=ON, now=zone.now)


def lines(client: Client, firm: Enterprise, query: str = "") -> list[str]:
    return [str(entry.text) for entry in panels(client, firm, query)["timeline"].entries]


# ---- what stands there -------------------------------------------------------------------------------------------


def test_a_number_says_who_says_so_and_a_missing_one_is_missing_not_zero(
    zone: Zone, nobody: Client, firm: Enterprise
) -> None:
    report(zone, firm, 2023, {"revenue_yuan": 50_000_000, "staff": -1})
    report(zone, firm, 2024, {"revenue_yuan": 60_000_000, "staff": 0})
    table = panels(nobody, firm)["years"].table
    revenue, staff = (next(row for row in table.rows if row.key == key) for key in ("revenue_yuan", "staff"))
    said = table.rows[0].cells
    assert (said["2023"].text, said["2023"].note) == ("示例年报", "2024-03-01")
    assert (said["2024"].text, said["2024"].note) == ("示例年报", "2025-03-01")
    assert revenue.cells["2024"].text == "6,000.00"
    assert [str(staff.cells[year].text) for year in ("2023", "2024")] == ["— 缺", "0"]
    assert "各年都缺：研发人员、" in str(panels(nobody, firm)["years"].note)
    cards = {str(card.label): card for card in panels(nobody, firm)["StatCards"].stats}
    assert (cards["营业收入"].value, cards["营业收入"].note) == ("6,000", "同比增20.0%")
    assert (cards["纳税总额"].value, cards["纳税总额"].note) == ("—", "缺")


def test_the_latest_source_of_a_year_counts(zone: Zone, nobody: Client, firm: Enterprise) -> None:
    record_year_reports(
        [
            NewYearReport(firm, 2024, "示例税务", date(2025, 6, 1), {"staff": 126}),
            NewYearReport(
                firm, 2024, "示例年报", date(2025, 3, 1), {"staff": 120, "patents": 3, "rd_staff": 9}
            ),
        ],
        actor=None,
        on=ON,
        now=zone.now,
    )
    table = panels(nobody, firm)["years"].table
    assert table.rows[0].cells["2024"].text == "示例年报"
    rows = {row.key: row.cells["2024"] for row in table.rows}
    assert (rows["staff"].text, rows["staff"].note) == ("126", "示例税务，2025-06-01")
    assert (rows["patents"].text, rows["patents"].note) == ("3", "")


def test_status_and_the_day_it_holds_from(zone: Zone, nobody: Client, firm: Enterprise) -> None:
    day = ON + timedelta(days=30)
    change_enterprise(firm, {"status": "resting"}, actor=None, on=day, now=zone.now, reason="示例停产")
    change_enterprise(firm, {"group_name": "示例集团"}, actor=None, on=day + timedelta(days=1), now=zone.now)
    fact = next(item for item in panels(nobody, firm)["facts"].facts if item.label == "经营状态")
    assert (fact.text, fact.note) == ("停产停业", f"{day}起")


def test_leaders_and_nodes_of_chains_stand_on_the_file(zone: Zone, nobody: Client, firm: Enterprise) -> None:
    node = make_node(make_chain(), "示例电芯")
    join_chain(node, firm, role="key", actor=None, on=ON, now=zone.now)
    assign_lead(zone.leader, enterprise=firm, actor=None, on=ON, now=zone.now)
    shown = panels(nobody, firm)
    assert [(item.title, str(item.side)) for item in shown["chains"].items] == [("示例链battery", "链主企业")]
    assert "示例电芯" in shown["chains"].items[0].note
    assert [(item.title, str(item.side)) for item in shown["leads"].items] == [("示例领导", "挂钩领导")]


def test_a_parent_or_subsidiary_that_is_hidden_is_not_named(
    zone: Zone, nobody: Client, firm: Enterprise
) -> None:
    secret = secret_firm(zone)
    change_enterprise(firm, {"parent": secret}, actor=None, on=ON, now=zone.now)
    open_one = make_firm(zone, "示例甲销售有限公司", parent=firm)
    shown = panels(nobody, firm)
    assert [item.title for item in shown["subsidiaries"].items] == [open_one.name]
    assert secret.name not in told(nobody.get(f"/enterprises/{firm.pk}/"))
    parent = next(item for item in panels(nobody, open_one)["facts"].facts if item.label == "母公司")
    assert (parent.text, parent.href) == (firm.name, f"/enterprises/{firm.pk}/")


def test_only_cases_that_the_reader_may_see(
    zone: Zone, leader: Client, nobody: Client, firm: Enterprise
) -> None:
    case = project_of(zone, firm)
    assert [row["title"] for row in texts(panels(leader, firm)["cases"].table)] == [case.title]
    assert texts(panels(nobody, firm)["cases"].table) == []
    assert case.number not in told(nobody.get(f"/enterprises/{firm.pk}/"))


def test_cases_of_every_ledger_with_what_is_late_in_red(zone: Zone, leader: Client, firm: Enterprise) -> None:
    with permit_ledger():
        project = project_of(zone, firm)
        account = zone.host.account
        assert account is not None
        permit = received(zone, zone.now, host=actor_of(account, zone.today))
        Case.objects.filter(pk=permit.pk).update(enterprise=firm, due_on=zone.today - timedelta(days=1))
        client = clerk_of(zone, "permits.see_all", "project_push.see_unsigned", "project_push.see_all")
        rows = panels(client, firm)["cases"].table.rows
        shown = {str(row.cells["title"].note): row.cells["state"] for row in rows}
        assert shown.keys() == {project.number, permit.number}
        assert shown[permit.number].lamp == "red"
        assert "已超时" in str(shown[permit.number].text)
        assert "：登记，" in " ".join(lines(client, firm))


def test_a_double_that_was_merged_away_leads_to_the_firm_that_stays(
    zone: Zone, nobody: Client, firm: Enterprise
) -> None:
    double = make_firm(zone, "示例甲电池")
    merge_enterprises(firm, double, reason="示例重复", actor=SYSTEM, on=ON, now=zone.now)
    answer = nobody.get(f"/enterprises/{double.pk}/", follow=True)
    assert answer.redirect_chain == [(f"/enterprises/{firm.pk}/", 302)]
    assert "已并入" in told(answer)
    assert "“示例甲电池”并入" in lines(nobody, firm)


def test_a_hidden_firm_is_not_found(zone: Zone, nobody: Client, leader: Client) -> None:
    secret = secret_firm(zone)
    told(nobody.get(f"/enterprises/{secret.pk}/"), 404)
    told(leader.get(f"/enterprises/{secret.pk}/"))
    told(nobody.get(f"/enterprises/{2**70}/"), 404)


def test_a_secret_double_is_named_nowhere(zone: Zone, nobody: Client, firm: Enterprise) -> None:
    secret = secret_firm(zone)
    merge_enterprises(firm, secret, reason="示例重复", actor=SYSTEM, on=ON, now=zone.now)
    assert "一条重复的登记并入" in lines(nobody, firm)
    assert secret.name not in told(nobody.get(f"/enterprises/{firm.pk}/"))


# ---- the timeline ------------------------------------------------------------------------------------------------


def test_one_line_over_all_ledgers_newest_first(zone: Zone, leader: Client, firm: Enterprise) -> None:
    now: dict[str, Any] = {"actor": None, "now": zone.now}

    def after(days: int) -> date:
        return ON + timedelta(days=days)

    change_enterprise(firm, {"name": "示例甲储能有限公司"}, on=after(1), **now)
    change_enterprise(firm, {"status": "resting"}, on=after(2), reason="示例依据", **now)
    change_enterprise(firm, {"address": "示例路1号"}, on=after(3), **now)
    untag_enterprise(tag_enterprise(firm, "瞪羚", on=after(4), **now), on=after(5), **now)
    record_year_reports([NewYearReport(firm, 2024, "示例年报", ON, {"staff": 1})], on=after(6), **now)
    person = add_contact(firm, name="示例联系人", phone="13900000000", post="", on=after(7), **now)
    erase_person(person, reason="示例联系人要求", on=after(8), **now)
    case = project_of(zone, firm)
    act(case, "negotiate", actor=SYSTEM, now=zone.now, effective_on=after(9))
    assert lines(leader, firm) == [
        "项目推进：洽谈",
        "清除一名人员的个人信息",
        "登记一名人员",
        "登记2024年数据",
        "去掉标签“瞪羚”",
        "加标签“瞪羚”",
        "注册地址变为示例路1号",
        "经营状态变为“停产停业”",
        "改名为“示例甲储能有限公司”",
        "登记曾用名“示例甲电池有限公司”",
        "项目推进：登记，线索",
        "登记入册",
    ]
    page = told(leader.get(f"/enterprises/{firm.pk}/"))
    assert f'href="/projects/{case.number}/"' in page
    assert "示例联系人" not in page
    assert lines(leader, firm, "?kind=case") == ["项目推进：洽谈", "项目推进：登记，线索"]
    assert lines(leader, firm, "?kind=people") == ["清除一名人员的个人信息", "登记一名人员"]
    assert lines(leader, firm, "?kind=year") == ["登记2024年数据"]
    assert len(lines(leader, firm, "?kind=firm")) == 7
    assert len(lines(leader, firm, "?kind=nonsense")) == 12
    # As of a day: what came later is not there yet.
    assert lines(leader, firm, f"?as_of={after(1)}")[0] == "改名为“示例甲储能有限公司”"


def test_pages_of_the_line_follow_each_other_without_gap_or_repetition(
    zone: Zone, nobody: Client, firm: Enterprise
) -> None:
    for year in range(1980, 1980 + PAGE_SIZE * 2):
        report(zone, firm, year, {"staff": year})
    seen: list[str] = []
    query = ""
    for _page in range(10):
        shown = panels(nobody, firm, query)["timeline"]
        seen += [str(entry.text) for entry in shown.entries]
        if not shown.older:
            break
        query = shown.older
    assert len(seen) == len(set(seen)) == PAGE_SIZE * 2 + 1
    assert lines(nobody, firm, "?page=99999") == []
    assert len(lines(nobody, firm, "?page=x")) == PAGE_SIZE


# ---- what it costs -----------------------------------------------------------------------------------------------


def test_a_full_file_takes_twelve_queries_at_most_and_its_line_five(zone: Zone, firm: Enterprise) -> None:
    now: dict[str, Any] = {"actor": None, "on": ON, "now": zone.now}
    client = client_of(zone.accounts["leader"])
    node = make_node(make_chain(), "示例电芯")
    for number in range(25):
        tag_enterprise(firm, f"标签{number}", **now)
        change_enterprise(firm, {"name": f"示例甲{number}号有限公司"}, **now)
        record_year_reports([NewYearReport(firm, 1990 + number, "示例年报", ON, {"staff": number})], **now)
        add_contact(firm, name="示例人", phone=f"139000000{number:02d}", post="", **now)
        case = project_of(zone, firm, f"示例项目{number}")
        act(case, "negotiate", actor=SYSTEM, now=zone.now, effective_on=ON)
        make_firm(zone, f"示例下属{number}", parent=firm)
    join_chain(node, firm, role="key", **now)
    assign_lead(zone.leader, enterprise=firm, **now)
    change_enterprise(firm, {"parent": make_firm(zone, "示例母公司", OTHER_CODE)}, **now)
    assert queries_of(client, f"/enterprises/{firm.pk}/") <= 12
    assert queries_of(client, f"/enterprises/{firm.pk}/?page=3") <= 12
    cases = {case.pk: case for case in Case.objects.all()}
    happened = Happened(firm, cases, {}, [], {})
    with CaptureQueriesContext(connection) as queries:
        shown = timeline(happened, kind="", page=1, day=zone.today, kept={})
    assert len(shown.entries) == PAGE_SIZE
    assert len(queries) <= 5


def test_a_firm_with_nothing_takes_no_more(zone: Zone, firm: Enterprise) -> None:
    account = Account.objects.get(pk=zone.accounts[NOBODY].pk)
    assert queries_of(client_of(account), f"/enterprises/{firm.pk}/") <= 12
