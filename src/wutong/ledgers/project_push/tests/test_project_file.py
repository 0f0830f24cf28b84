"""The file of a project: what stands on its page, as of which day, for whom, with how many queries."""

import re
from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest

from wutong.base.money import WAN
from wutong.cases.act import act
from wutong.cases.models import Case
from wutong.cases.steps import Holder
from wutong.ledgerkit.testing import DETAIL_QUERIES, NOBODY, Zone, client_of, make_zone, queries_of
from wutong.ledgerkit.timeline import TimelineSource, declare_timeline, withdraw_timeline
from wutong.ledgers.project_push.facts.reading import facts_of, told_about
from wutong.ledgers.project_push.facts.services import Act, note_visit, set_node
from wutong.ledgers.project_push.models import MonthReport, ProjectPush
from wutong.ledgers.project_push.project_file.panels import Page, invested, percent
from wutong.ledgers.project_push.reports.investment_queries import investment_of
from wutong.ledgers.project_push.tests.fact_zone import actor, by_host, make_project
from wutong.ledgers.project_push.tests.full_project import add_problem, full_project
from wutong.registers.history.services import record
from wutong.registers.organisation.actors import SYSTEM
from wutong.ui.panels import TimelineEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def zone(db: None) -> Zone:
    return make_zone()


@pytest.fixture
def push(zone: Zone) -> ProjectPush:
    return make_project(zone)


def page_of(zone: Zone, push: ProjectPush, code: str = "clerk", **asked: Any) -> Any:
    answer = client_of(zone.accounts[code]).get(f"/projects/{push.case.number}/", asked)
    assert answer.status_code == 200
    return answer


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def panel(answer: Any, wanted: str) -> Any:
    page = answer.context["page"]
    return next(item for item in (*page.main, *page.side) if getattr(item, "id", "") == wanted)


def lines(answer: Any) -> list[str]:
    return [f"{entry.on} {entry.text}" for entry in panel(answer, "timeline").entries]


def test_the_page_of_a_full_project_takes_no_more_queries_than_that_of_an_empty_one(zone: Zone) -> None:
    empty, full = make_project(zone, "示例空项目"), full_project(zone)
    for code in ("clerk", "leader", "supervisor"):
        client = client_of(zone.accounts[code])
        few = queries_of(client, f"/projects/{empty.case.number}/")
        many = queries_of(client, f"/projects/{full.case.number}/")
        assert many <= few <= DETAIL_QUERIES, code
        card = queries_of(client, f"/projects/{full.case.number}/card/")
        assert card <= DETAIL_QUERIES, code


def test_nodes_and_states_stand_in_one_drawing_in_the_order_of_life(zone: Zone, push: ProjectPush) -> None:
    set_node(push, "topped_out", {"plan_on": zone.today + timedelta(days=200)}, by_host(zone))
    set_node(push, "permit", {"plan_on": zone.today - timedelta(days=9)}, by_host(zone))
    nodes = panel(page_of(zone, push), "nodes").nodes
    assert [str(node.label) for node in nodes] == ["签约", "施工许可", "主体封顶", "投产"]
    assert nodes[1].href.endswith("/node/permit/")
    assert all(node.href == "" for node in panel(page_of(zone, push, "supervisor"), "nodes").nodes)


def test_one_timeline_tells_cases_nodes_money_and_visits_newest_first(zone: Zone, push: ProjectPush) -> None:
    do = by_host(zone)
    set_node(push, "permit", {"actual_on": zone.today - timedelta(days=30), "document_no": "示例1号"}, do)
    note_visit(push, {"on": zone.today - timedelta(days=20), "visitors": "甲", "said": "基础已开挖"}, do)
    add_problem(zone, push.case, "示例：能评缺章节", closed=True)
    told = lines(page_of(zone, push))
    assert told == sorted(told, key=lambda line: line[:10], reverse=True)
    shown = " ".join(told)
    for expected in (
        "施工许可：完成",
        "走访：基础已开挖",
        "问题整改“示例：能评缺章节”：重新整改",
        "登记为“签约”",
    ):
        assert expected in shown
    only = lines(page_of(zone, push, timeline="changes"))
    assert "走访：基础已开挖" not in " ".join(only)
    assert len(only) == len(told) - 1
    linked = [
        entry for entry in panel(page_of(zone, push), "timeline").entries if "重新整改" in str(entry.text)
    ]
    assert linked[0].href.startswith("/rectifications/")


def test_the_timeline_has_pages_of_a_hundred(zone: Zone, push: ProjectPush) -> None:
    do = by_host(zone)
    for number in range(120):
        visit = {"on": zone.today - timedelta(days=number % 50), "visitors": "甲", "said": f"示例{number}"}
        note_visit(push, visit, do)
    first = panel(page_of(zone, push), "timeline")
    assert (len(first.entries), first.newer) == (100, "")
    second = panel(page_of(zone, push, timeline_page="2", as_of=zone.today), "timeline")
    assert len(second.entries) > 20
    assert (second.older, "timeline_page" in second.newer) == ("", False)
    assert "as_of" in second.newer
    for odd in ("0", "-1", "x", "9" * 30):
        assert page_of(zone, push, timeline_page=odd).status_code == 200


def test_a_past_day_shows_only_what_had_happened(zone: Zone, push: ProjectPush) -> None:
    do = by_host(zone)
    note_visit(push, {"on": zone.today - timedelta(days=2), "visitors": "甲", "said": "基础已开挖"}, do)
    set_node(push, "permit", {"actual_on": zone.today - timedelta(days=30)}, do)
    past = page_of(zone, push, as_of=zone.today - timedelta(days=10))
    assert "走访：基础已开挖" not in words(past)
    assert panel(past, "node-plans").table.rows[0].cells["actual"].text != "—"
    earlier = page_of(zone, push, as_of=zone.today - timedelta(days=40))
    assert panel(earlier, "node-plans").table.rows == []


def test_problems_tell_what_is_done_and_how_often_they_came_back(zone: Zone, push: ProjectPush) -> None:
    add_problem(zone, push.case, "示例：能评缺章节", closed=True)
    add_problem(zone, push.case, "示例：杆线未迁")
    children = panel(page_of(zone, push), "children")
    assert str(children.note) == "2个未销号，重开1次"
    again = next(row for row in children.table.rows if "能评" in str(row.cells["title"].text))
    assert "环评能评" in str(again.cells["title"].note)
    assert "重开1次" in str(again.cells["title"].note)
    assert again.cells["doing"].text == "补充章节并预约专家评审"


def test_the_day_limit_of_the_finder_stands_among_the_limits(zone: Zone) -> None:
    push = make_project(zone, opened_on=zone.today - timedelta(days=400))
    answer = page_of(zone, push)
    row = panel(answer, "limits").table.rows[0]
    assert str(row.cells["used"].text).startswith("400/")
    page = answer.context["page"]
    assert row.cells["lamp"].lamp == page.lamp == "red"
    assert re.search(r"超红灯线(\d+)天", str(page.lamp_reason)) is not None


def test_each_host_is_told_how_long_and_how_much_of_it_was_late(zone: Zone) -> None:
    """Two hosts: their late days together are what the lamp says."""
    push = make_project(zone, opened_on=zone.today - timedelta(days=400))
    leader = actor(zone.accounts["leader"], zone.today)
    on = zone.today - timedelta(days=10)
    held = [Holder("host", zone.elsewhere)]
    act(push.case, "reassign", actor=leader, now=zone.now, effective_on=on, reason="换人", holders=held)
    answer = page_of(zone, push)
    notes = [str(item.note) for item in panel(answer, "responsibility").items if item.side == "主办"]
    assert any("持有10天" in note for note in notes)
    assert any("持有390天" in note for note in notes)
    late = [int(found[1]) for note in notes if (found := re.search(r"超期(\d+)天", note))]
    over = re.search(r"超红灯线(\d+)天", str(answer.context["page"].lamp_reason))
    assert over is not None
    assert sum(late) == int(over[1])


def test_the_way_through_the_states_is_told_with_suspended_days_apart(zone: Zone, push: ProjectPush) -> None:
    leader = actor(zone.accounts["leader"], zone.today)
    told: dict[str, Any] = {"actor": leader, "now": zone.now}
    case = act(push.case, "suspend", effective_on=zone.today - timedelta(days=30), reason="等地", **told).case
    act(case, "resume", effective_on=zone.today - timedelta(days=20), **told)
    (row,) = panel(page_of(zone, push), "states").table.rows
    assert (row.cells["days"].text, row.cells["suspended"].text) == ("90", "10")
    assert row.cells["who"].text == "示例主办"


def test_only_who_writes_sees_the_ways_to_write(zone: Zone, push: ProjectPush) -> None:
    set_node(push, "permit", {"plan_on": zone.today}, by_host(zone))
    for code, is_writer in (("clerk", True), ("supervisor", False)):
        text = page_of(zone, push, code).content.decode()
        for name in ("/node/", "/year-plan/", "/funds/", "/participant/", "/visit/", "/facts/"):
            assert (f"/projects/{push.case.number}{name}" in text) == is_writer, (code, name)
        assert "/card/" in text
    assert zone.host.account is not None
    assert client_of(zone.accounts[NOBODY]).get(f"/projects/{push.case.number}/card/").status_code == 404


@pytest.fixture
def meetings() -> Iterator[None]:
    """Another ledger that knows of the project: a line of its own, and a case whose changes are read along."""

    def entries(case: Case, _actor: Any, as_of: Any) -> list[TimelineEntry]:
        return [TimelineEntry(as_of, f"调度会决定：{case.number}三日内报出", "第2次调度会")]

    declare_timeline(TimelineSource("told by a test", entries, case_types=("project_push",)))
    declare_timeline(
        TimelineSource("others", also=lambda _case, _actor: Case.objects.filter(title="示例相关项目"))
    )
    yield
    withdraw_timeline("told by a test")
    withdraw_timeline("others")


def test_other_ledgers_add_their_lines(zone: Zone, push: ProjectPush, meetings: None) -> None:
    other = make_project(zone, "示例相关项目")
    told = " ".join(lines(page_of(zone, push)))
    assert f"调度会决定：{push.case.number}三日内报出" in told
    assert "项目推进“示例相关项目”：登记为“签约”" in told
    assert "调度会" not in " ".join(lines(page_of(zone, push, timeline="changes")))
    card = client_of(zone.accounts["clerk"]).get(f"/projects/{push.case.number}/card/")
    assert "调度会决定" in words(card)
    assert other.case.number not in [row.key for row in panel(page_of(zone, push), "children").table.rows]


# ---- the card --------------------------------------------------------------------------------------------------


def test_the_card_says_what_a_leader_asks(zone: Zone) -> None:
    push = full_project(zone)
    told = words(client_of(zone.accounts["leader"]).get(f"/projects/{push.case.number}/card/"))
    for expected in (
        push.project.name, "52.0亿元，一期21.0", "红灯", "示例问题", "补充章节", "另有2个未销号的问题",
        "走访时说好：示例主办协调接电", "包保领导", f"数据日 {zone.today}", "80,000万元",
    ):  # fmt: skip
        assert expected in told, expected


def test_the_card_shows_telephones_masked_only(zone: Zone, push: ProjectPush) -> None:
    zone.host.phone = "13800138000"
    zone.host.save(update_fields=["phone"])
    told = words(client_of(zone.accounts["leader"]).get(f"/projects/{push.case.number}/card/"))
    assert "138****8000" in told
    assert "13800138000" not in told


# ---- money -----------------------------------------------------------------------------------------------------


def test_the_page_and_the_lists_say_the_same_of_the_investment(zone: Zone) -> None:
    push = full_project(zone, problems=0, visits=0)
    known = investment_of([push.project_id], zone.today)[push.project_id]
    page = Page(
        push.case.number, push.project, facts_of(told_about(push.project_id), zone.today), zone.today, False
    )
    assert invested(page) == known
    assert known.done_yuan == 3000 * WAN * zone.today.month


def test_months_that_nobody_reported_are_named(zone: Zone, push: ProjectPush) -> None:
    facts = {"project": push.project, "year": zone.today.year - 1, "month": 12, "done_yuan": 5 * WAN}
    record(MonthReport(), facts, actor=None, effective_on=zone.today, now=zone.now)
    told = words(page_of(zone, push))
    if zone.today.month > 1:
        assert re.search(r"缺报月份 .*月", told) is not None
    assert "本年完成 未报" in told


def test_a_share_is_rounded_half_up_once() -> None:
    assert [percent(Fraction(number, 1000)) for number in (4, 5, 314, 315, 1001)] == [0, 1, 31, 32, 100]


def test_who_stands_in_the_system_writes_through_nobody(zone: Zone, push: ProjectPush) -> None:
    set_node(push, "permit", {"plan_on": zone.today}, Act(SYSTEM, zone.today, zone.now))
    assert "系统" in words(page_of(zone, push))


def test_an_order_that_came_of_a_rectification_is_told_to_those_who_may_see_it(
    zone: Zone, push: ProjectPush
) -> None:
    problem = add_problem(zone, push.case, "示例：能评缺章节")
    leader = actor(zone.accounts["leader"], zone.today)
    act(problem, "escalate", actor=leader, now=zone.now, effective_on=zone.today, reason="超时")
    order = "督办“示例：能评缺章节”"
    assert order in " ".join(lines(page_of(zone, push, "leader")))
    assert order not in " ".join(lines(page_of(zone, push, "clerk")))


def test_a_late_rectification_tells_whose_days_they_were(zone: Zone, push: ProjectPush) -> None:
    """Due three days ago, handed over yesterday: what is late is divided between the two, none of it lost."""
    problem = add_problem(zone, push.case, "示例：能评缺章节")
    leader = actor(zone.accounts["leader"], zone.today)
    held = [Holder("host", zone.elsewhere)]
    on = zone.today - timedelta(days=1)
    act(problem, "reassign", actor=leader, now=zone.now, effective_on=on, reason="换人", holders=held)
    answer = client_of(zone.accounts["clerk"]).get(
        f"/rectifications/{problem.number}/", {"as_of": zone.today + timedelta(days=30)}
    )
    hosts = [str(item.note) for item in panel(answer, "responsibility").items if item.side == "主办"]
    late = [int(found[1]) for note in hosts if (found := re.search(r"超期(\d+)个工作日", note))]
    lamp = str(panel(answer, "clocks").table.rows[0].cells["lamp"].text)
    found = re.search(r"超(\d+)个工作日", lamp)
    assert found is not None, lamp
    assert sum(late) == int(found[1])
