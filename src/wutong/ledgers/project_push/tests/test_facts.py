"""Nodes, money, firms, visits and register facts of a project: what is written, and what is refused in which words."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from wutong.base.errors import Conflict, NotAllowed, Refused
from wutong.base.files.services import store_file
from wutong.base.money import WAN, YI
from wutong.cases.models import Evidence
from wutong.ledgerkit.testing import Zone, make_zone
from wutong.ledgers.project_push.facts.reading import facts_of, told_about
from wutong.ledgers.project_push.facts.services import (
    Act,
    add_participant,
    change_facts,
    end_participant,
    note_visit,
    plan_year,
    record_funds,
    set_node,
)
from wutong.ledgers.project_push.models import ProjectNode, ProjectPush, ProjectVisit
from wutong.ledgers.project_push.tests.fact_zone import PNG, actor, by_host, make_project
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.history.models import RegisterChange
from wutong.registers.history.verify import faults

pytestmark = pytest.mark.django_db


@pytest.fixture
def zone(db: None) -> Zone:
    return make_zone()


@pytest.fixture
def push(zone: Zone) -> ProjectPush:
    return make_project(zone)


def day(zone: Zone, days: int) -> date:
    return zone.today + timedelta(days=days)


# ---- nodes -----------------------------------------------------------------------------------------------------


def test_a_planned_day_that_moves_needs_a_reason_and_keeps_its_history(zone: Zone, push: ProjectPush) -> None:
    set_node(push, "permit", {"plan_on": day(zone, 30)}, by_host(zone))
    with pytest.raises(Refused, match="原来是.*改动要写明理由") as refusal:
        set_node(push, "permit", {"plan_on": day(zone, 60)}, by_host(zone))
    assert "reason" in refusal.value.fields
    set_node(push, "permit", {"plan_on": day(zone, 60)}, by_host(zone, "图审未过"))
    known = facts_of(told_about(push.project_id), zone.today).nodes["permit"]
    assert (known.plan_on, known.plans) == (day(zone, 60), [day(zone, 30)])
    last = RegisterChange.objects.filter(entry_kind="project_node").order_by("pk").last()
    assert last is not None
    assert (last.reason, last.actor) == ("图审未过", zone.host.account)
    assert list(faults()) == []


def test_a_day_that_was_reached_holds_from_that_day_on(zone: Zone, push: ProjectPush) -> None:
    set_node(push, "permit", {"plan_on": day(zone, -20), "actual_on": day(zone, -10)}, by_host(zone))
    told = told_about(push.project_id)
    assert facts_of(told, day(zone, -11)).nodes == {}
    before = facts_of(told, day(zone, -10)).nodes["permit"]
    assert (before.code, before.actual_on, before.plan_on) == ("permit", day(zone, -10), None)
    assert facts_of(told, zone.today).nodes["permit"].plan_on == day(zone, -20)


def test_a_corrected_day_holds_from_the_correction_and_needs_a_reason(zone: Zone, push: ProjectPush) -> None:
    set_node(push, "permit", {"actual_on": day(zone, -10)}, by_host(zone))
    with pytest.raises(Refused, match="改动要写明理由"):
        set_node(push, "permit", {"actual_on": day(zone, -30)}, by_host(zone))
    set_node(push, "permit", {"actual_on": day(zone, -30)}, by_host(zone, "看错了证"))
    assert facts_of(told_about(push.project_id), zone.today).nodes["permit"].actual_on == day(zone, -30)
    assert list(faults()) == []


@pytest.mark.parametrize(
    ("days", "words"), [(1, "还没到"), (-101, "早于签约日期")], ids=["in the future", "before signing"]
)
def test_a_day_that_cannot_be_is_refused(zone: Zone, push: ProjectPush, days: int, words: str) -> None:
    with pytest.raises(Refused, match=words) as refusal:
        set_node(push, "permit", {"actual_on": day(zone, days)}, by_host(zone))
    assert "actual_on" in refusal.value.fields
    assert not ProjectNode.objects.exists()


def test_an_unsigned_project_has_reached_nothing(zone: Zone) -> None:
    push = make_project(zone, state="negotiating")
    with pytest.raises(Refused, match="还没有签约"):
        set_node(push, "filing", {"actual_on": zone.today}, by_host(zone))
    set_node(push, "filing", {"plan_on": day(zone, 9)}, by_host(zone))


def test_completion_comes_after_building(zone: Zone, push: ProjectPush) -> None:
    with pytest.raises(Refused, match="“主体施工”还没有完成日期"):
        set_node(push, "completion", {"actual_on": day(zone, -5)}, by_host(zone))
    set_node(push, "building", {"actual_on": day(zone, -9)}, by_host(zone))
    with pytest.raises(Refused, match="“竣工验收”.*早于“主体施工”"):
        set_node(push, "completion", {"actual_on": day(zone, -10)}, by_host(zone))
    set_node(push, "completion", {"actual_on": day(zone, -5)}, by_host(zone))
    with pytest.raises(Refused, match="“竣工验收”.*早于“主体施工”"):
        set_node(push, "building", {"actual_on": day(zone, -4)}, by_host(zone, "更正"))
    with pytest.raises(Refused, match="“主体施工”还没有完成日期"):
        set_node(push, "building", {"actual_on": None}, by_host(zone, "撤回"))


def test_a_node_says_something(zone: Zone, push: ProjectPush) -> None:
    with pytest.raises(Refused, match="请填完成时限或完成日期"):
        set_node(push, "permit", {"arrangement": "找人"}, by_host(zone))


def test_the_person_of_a_node_belongs_to_its_unit(zone: Zone, push: ProjectPush) -> None:
    facts = {"plan_on": day(zone, 9), "unit": zone.elsewhere, "person": zone.host}
    with pytest.raises(Refused, match="示例主办不在示例别部，在示例经济部"):
        set_node(push, "permit", facts, by_host(zone))


def test_two_people_on_one_node_the_second_is_told(zone: Zone, push: ProjectPush) -> None:
    node = set_node(push, "permit", {"plan_on": day(zone, 9)}, by_host(zone))
    seen = node.last_seq
    set_node(push, "permit", {"outcome": "已报"}, by_host(zone), seen)
    with pytest.raises(Conflict, match="刚被别人改过"):
        set_node(push, "permit", {"outcome": "未报"}, by_host(zone), seen)


def test_nothing_is_written_when_nothing_changes(zone: Zone, push: ProjectPush) -> None:
    set_node(push, "permit", {"plan_on": day(zone, 9)}, by_host(zone))
    plan_year(push, 2026, 900 * WAN, by_host(zone))
    count = RegisterChange.objects.count()
    set_node(push, "permit", {"plan_on": day(zone, 9)}, by_host(zone))
    plan_year(push, 2026, 900 * WAN, by_host(zone))
    change_facts(push, {"place": push.project.place}, by_host(zone))
    assert RegisterChange.objects.count() == count


# ---- money -----------------------------------------------------------------------------------------------------


def test_a_year_plan_that_changes_needs_a_reason(zone: Zone, push: ProjectPush) -> None:
    plan_year(push, 2026, 900 * WAN, by_host(zone))
    with pytest.raises(Refused, match="2026年的计划原来是900万元"):
        plan_year(push, 2026, 700 * WAN, by_host(zone))
    plan_year(push, 2026, 700 * WAN, by_host(zone, "设备延后"))
    assert facts_of(told_about(push.project_id), zone.today).plans == {2026: 700 * WAN}


def test_negative_money_is_refused(zone: Zone, push: ProjectPush) -> None:
    for write in (
        lambda: plan_year(push, 2026, -1, by_host(zone)),
        lambda: record_funds(push, 2026, 1, "own", {"arrived_yuan": -1}, by_host(zone)),
        lambda: change_facts(push, {"phase_one_yuan": -1}, by_host(zone)),
    ):
        with pytest.raises(Refused, match="不能是负数"):
            write()


def test_more_money_than_the_project_costs_is_said_and_not_forbidden(zone: Zone, push: ProjectPush) -> None:
    on = zone.today
    _row, remarks = record_funds(push, on.year, on.month, "own", {"arrived_yuan": 5 * YI}, by_host(zone))
    assert remarks == []
    _row, remarks = record_funds(push, on.year, on.month, "bank", {"arrived_yuan": 2 * YI}, by_host(zone))
    assert remarks == ["累计到位70000万元，超过总投资60000万元，请核对。"]
    with pytest.raises(Refused, match="还没到，不能登记到位资金"):
        record_funds(push, on.year + 1, 1, "own", {"arrived_yuan": 1}, by_host(zone))


def test_money_of_a_month_is_corrected_with_a_reason(zone: Zone, push: ProjectPush) -> None:
    on = zone.today
    record_funds(push, on.year, on.month, "own", {"arrived_yuan": 5 * WAN}, by_host(zone))
    with pytest.raises(Refused, match="已登记5万元"):
        record_funds(push, on.year, on.month, "own", {"arrived_yuan": 6 * WAN}, by_host(zone))
    record_funds(push, on.year, on.month, "own", {"arrived_yuan": 6 * WAN}, by_host(zone, "凭证更正"))
    arrived = facts_of(told_about(push.project_id), on).arrived
    assert arrived == {(on.year, on.month, "own"): 6 * WAN}


# ---- firms and visits ------------------------------------------------------------------------------------------


def test_a_firm_comes_and_goes(zone: Zone, push: ProjectPush) -> None:
    firm = add_participant(push, "builder", "示例建工", day(zone, -50), by_host(zone))
    with pytest.raises(Refused, match="已在这个角色里"):
        add_participant(push, "builder", "示例 建工", day(zone, -5), by_host(zone))
    with pytest.raises(Refused, match="要晚于起始日期"):
        end_participant(push, firm, day(zone, -50), by_host(zone))
    end_participant(push, firm, day(zone, -5), by_host(zone, "合同解除"))
    with pytest.raises(Refused, match="已于.*退出"):
        end_participant(push, firm, day(zone, -4), by_host(zone))
    told = told_about(push.project_id)
    assert [item.to_on for item in facts_of(told, day(zone, -6)).partners] == [None]
    assert [item.to_on for item in facts_of(told, zone.today).partners] == [day(zone, -5)]
    assert facts_of(told, day(zone, -51)).partners == []


def test_a_visit_with_photos_is_written_once_and_its_photos_wait_for_a_check(
    zone: Zone, push: ProjectPush
) -> None:
    stored = store_file(PNG, name="现场.png", actor=zone.host.account, now=zone.now)
    facts = {
        "on": day(zone, -2),
        "visitors": "甲、乙",
        "place": "工地",
        "said": "基础已开挖",
        "next_step": "",
        "next_on": None,
    }
    for _time in range(2):
        note_visit(push, facts, by_host(zone), [(stored, "现场.png")])
    assert ProjectVisit.objects.count() == 1
    photo = Evidence.objects.get(case=push.case)
    assert (photo.kind, photo.dated_on, photo.uploaded_by) == ("site_photo", day(zone, -2), zone.host.account)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"on": 1}, "还没到"),
        ({"next_on": -3, "next_step": "复查"}, "早于走访日期"),
        ({"next_on": 5}, "写明下一步谁做什么"),
    ],
)
def test_a_visit_that_cannot_be_is_refused(
    zone: Zone, push: ProjectPush, changed: dict[str, int], words: str
) -> None:
    facts = {
        "on": zone.today,
        "visitors": "甲",
        "place": "",
        "said": "示例",
        "next_step": "",
        "next_on": None,
    }
    facts |= {name: day(zone, value) if isinstance(value, int) else value for name, value in changed.items()}
    with pytest.raises(Refused, match=words):
        note_visit(push, facts, by_host(zone))
    assert not ProjectVisit.objects.exists()


# ---- register facts --------------------------------------------------------------------------------------------


def test_register_facts_change_with_their_history(zone: Zone, push: ProjectPush) -> None:
    facts = {
        "content": "年产示例电池",
        "place": "示例园区",
        "land_mu": Decimal("120.50"),
        "phase_one_yuan": 2 * YI,
    }
    change_facts(push, facts, by_host(zone), "示例项目公司")
    push.project.refresh_from_db()
    company = push.project.company
    assert company is not None
    assert (company.name, company.is_disclosed) == ("示例项目公司", False)
    change_facts(push, {}, by_host(zone), "示例 项目公司")
    assert Enterprise.objects.filter(name__contains="示例项目公司").count() == 1
    assert list(faults()) == []


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"phase_one_yuan": 7 * YI}, "一期投资超过总投资"),
        ({"land_mu": Decimal(-1)}, "用地不能是负数"),
        ({"longitude": Decimal("115.9")}, "经度和纬度要一起填"),
        ({"longitude": Decimal("36.4"), "latitude": Decimal("115.9")}, "是否填反"),
        ({"plan_start_on": date(2099, 1, 1)}, "计划投产早于计划开工"),
        ({"plan_production_on": date(2099, 1, 1)}, "改动要写明理由"),
    ],
)
def test_register_facts_that_cannot_be_are_refused(
    zone: Zone, push: ProjectPush, facts: dict[str, object], words: str
) -> None:
    with pytest.raises(Refused, match=words):
        change_facts(push, facts, by_host(zone))


# ---- who may ---------------------------------------------------------------------------------------------------


def test_only_those_who_take_the_project_forward_write_its_facts(zone: Zone, push: ProjectPush) -> None:
    """Host, concierge and team, and the right to edit; leader and verifier of the project are not among them."""
    for person in (zone.leader, zone.verifier, zone.accounts["supervisor"], zone.accounts[""]):
        do = Act(actor(person, zone.today), zone.today, zone.now)
        for write in (
            lambda do=do: set_node(push, "permit", {"plan_on": zone.today}, do),
            lambda do=do: plan_year(push, 2026, 1, do),
            lambda do=do: record_funds(push, 2026, 1, "own", {"arrived_yuan": 1}, do),
            lambda do=do: add_participant(push, "builder", "示例", zone.today, do),
            lambda do=do: note_visit(push, {"on": zone.today, "visitors": "甲", "said": "示例"}, do),
            lambda do=do: change_facts(push, {"place": "示例"}, do),
        ):
            with pytest.raises(NotAllowed):
                write()
    for person in (zone.host, zone.accounts["clerk"]):
        do = Act(actor(person, zone.today), zone.today, zone.now)
        set_node(push, "permit", {"outcome": f"{do.actor.name}", "plan_on": zone.today}, do)
