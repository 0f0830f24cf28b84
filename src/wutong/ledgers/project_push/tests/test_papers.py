"""Past a gate without its papers: by somebody's permission or as a claim of the past. What is missing stays open."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate

from wutong.base.accounts.testing import SHANGHAI
from wutong.base.errors import MissingItems, NotAllowed, Refused
from wutong.base.money import YI
from wutong.cases.act import act, act_many
from wutong.cases.models import Assignment, Case, Change, GateRule
from wutong.cases.steps import Step
from wutong.cases.verify import faults
from wutong.ledgerkit.testing import Zone, account_with, client_of, make_zone
from wutong.ledgers.project_push.gates.papers import DAYS
from wutong.ledgers.project_push.importing import import_rows
from wutong.ledgers.project_push.models import Rectification
from wutong.ledgers.project_push.services import NewProject, enter_projects
from wutong.ledgers.project_push.tests.test_act_pages import pdf, send, words
from wutong.ledgers.project_push.tests.test_importing_projects import preview, row, workbook
from wutong.registers.organisation.actors import SYSTEM, Actor, actor_of
from wutong.registers.projects.models import Project

pytestmark = pytest.mark.django_db
START_ITEMS = ("招商合同扫描件", "建筑工程施工许可证", "带日期的现场照片")


@pytest.fixture
def zone(db: None) -> Zone:
    return make_zone()


def enter(zone: Zone, name: str = "示例储能项目", *, verified: bool = False, amount: int = 3 * YI) -> Case:
    new = NewProject(
        name=name,
        investor_name="示例恒储有限公司",
        total_investment_yuan=amount,
        state="signed",
        opened_on=zone.today - timedelta(days=100),
        host_unit=zone.home,
        host_person=zone.host,
        leader=zone.leader,
        verifier=zone.verifier if verified else None,
        facts={"plan_production_on": zone.today + timedelta(days=400)},
    )
    return enter_projects([new], actor=SYSTEM, now=zone.now)[0]


@pytest.fixture
def project(zone: Zone) -> Case:
    return enter(zone)


@pytest.fixture
def host(zone: Zone) -> Client:
    assert zone.host.account is not None
    return client_of(zone.host.account)


@pytest.fixture
def leader(zone: Zone) -> Client:
    """A leader of the zone as its roles have it; works in another unit than the host."""
    return client_of(zone.accounts["leader"])


def path(case: Case, verb: str = "") -> str:
    return f"/projects/{case.number}/" + (f"act/{verb}/" if verb else "")


def papers() -> list[Rectification]:
    return list(Rectification.objects.select_related("case__parent").filter(blocking_class="papers"))


def let_past(host: Client, leader: Client, project: Case) -> None:
    asked = send(host, path(project, "ask_waiver"), gate_verb="start", reason="施工许可证在办")
    assert asked.status_code == 302, words(asked)
    granted = send(leader, path(project, "grant_waiver"), gate_verb="start", reason="抢工期，先开工")
    assert granted.status_code == 302, words(granted)


def is_due_in_time(case: Case, today: date) -> bool:
    """Thirty days, or the first working day after them; the longest holiday has eight days."""
    assert case.due_on is not None
    return DAYS <= (case.due_on - today).days <= DAYS + 10


def state_of(case: Case) -> str:
    return Case.objects.get(pk=case.pk).state


# ---- asked, permitted, used --------------------------------------------------------------------------------------


def test_the_panel_offers_the_request_and_then_tells_who_permitted_it_and_why(
    host: Client, leader: Client, project: Case
) -> None:
    page = words(host.get(path(project)))
    assert "离“开工”还缺3项" in page
    assert page.count("申请容缺办理") >= 1
    send(host, path(project, "ask_waiver"), gate_verb="start", reason="施工许可证在办")
    page = words(leader.get(path(project)))
    assert "已申请容缺办理，待准予" in page
    assert "施工许可证在办" in page
    assert "准予容缺" in page
    send(leader, path(project, "grant_waiver"), gate_verb="start", reason="抢工期，先开工")
    answer = host.get(path(project))
    page = words(answer)
    assert "离“开工”还缺3项，已获准容缺" in page
    assert "示例leader" in page
    assert "抢工期，先开工" in page
    assert all(item in page for item in START_ITEMS), "a permission hides nothing"
    start = next(action for action in answer.context["page"].actions if str(action.label) == "申报开工")
    assert start.disabled_by == ""


def test_a_request_is_declined_beside_the_permission_and_the_reason_stands_until_it_is_asked_again(
    host: Client, leader: Client, project: Case
) -> None:
    send(host, path(project, "ask_waiver"), gate_verb="start", reason="施工许可证在办")
    (line,) = gate_lines(leader, project, "待准予")
    assert (line.action_label, line.other_label) == ("准予容缺", "不予容缺")
    assert line.other_href == path(project, "decline_waiver")
    (seen_by_host,) = gate_lines(host, project, "待准予")
    assert (seen_by_host.action_href, seen_by_host.other_href) == ("", "")
    assert "施工许可证在办" in words(leader.get(line.other_href))
    assert send(leader, line.other_href, gate_verb="start", reason="先把能评补齐").status_code == 302
    (refused,) = gate_lines(host, project, "未获准")
    assert refused.state == "missing"
    assert all(word in str(refused.note) for word in ("示例leader", "先把能评补齐", START_ITEMS[0]))
    page = words(host.get(path(project)))
    assert "申请容缺办理" in page
    assert "已申请容缺办理" not in page
    assert not gate_lines(leader, project, "待准予")
    assert "没有待答复的申请" in words(leader.get(path(project, "decline_waiver")))
    let_past(host, leader, project)
    assert not gate_lines(host, project, "未获准")
    assert send(host, path(project, "start")).status_code == 302
    assert list(faults()) == []


def gate_lines(client: Client, project: Case, label: str) -> list[Any]:
    page = client.get(path(project)).context["page"]
    panel = next(block for block in page.main if getattr(block, "id", "") == "gate")
    return [line for line in panel.items if label in str(line.label)]


def test_the_step_is_taken_and_what_is_missing_is_one_open_rectification(
    zone: Zone, host: Client, leader: Client, project: Case
) -> None:
    let_past(host, leader, project)
    assert send(host, path(project, "start")).status_code == 302
    assert state_of(project) == "started"
    change = Change.objects.get(case=project, verb="start")
    assert [label for _item, label in change.snapshot["waived"]["items"]] == list(START_ITEMS)
    assert change.snapshot["waived"]["by"] == zone.accounts["leader"].pk
    (opened,) = papers()
    assert opened.problem == "补齐开工手续（3项）"
    assert all(item in opened.measure for item in START_ITEMS)
    assert opened.case.parent == project
    today = localdate(change.recorded_at)
    assert opened.case.state == "working"
    assert is_due_in_time(opened.case, today)
    held = {item.role: item for item in Assignment.objects.filter(case=opened.case)}
    assert (held["host"].unit, held["host"].person) == (zone.home, zone.host)
    assert held["lead_official"].person == zone.leader
    assert (held["verifier"].unit, held["verifier"].person) == (zone.elsewhere, None), (
        "the unit of who let it past"
    )
    assert list(faults()) == []


def test_the_verifier_of_the_project_checks_its_papers(zone: Zone, host: Client, leader: Client) -> None:
    project = enter(zone, verified=True)
    let_past(host, leader, project)
    send(host, path(project, "start"))
    (opened,) = papers()
    assert Assignment.objects.get(case=opened.case, role="verifier").person == zone.verifier


def test_the_papers_are_closed_by_a_second_person(
    zone: Zone, host: Client, leader: Client, project: Case
) -> None:
    let_past(host, leader, project)
    send(host, path(project, "start"))
    (opened,) = papers()
    at = f"/rectifications/{opened.case.number}/act/"
    assert send(host, at + "submit/", file_proof=pdf()).status_code == 302
    assert host.post(at + "close/", {"effective_on": zone.today}).status_code in (403, 422)
    supervisor = client_of(zone.accounts["supervisor"])
    assert send(supervisor, at + "close/").status_code == 302
    assert state_of(opened.case) == "closed"


def test_without_missing_items_no_rectification_is_opened(zone: Zone, project: Case) -> None:
    GateRule.objects.all().delete()
    act(project, "start", actor=SYSTEM, now=zone.now, effective_on=zone.today)
    assert papers() == []


def test_a_permission_is_used_once(zone: Zone, host: Client, leader: Client, project: Case) -> None:
    """The next gate of the project asks again."""
    let_past(host, leader, project)
    send(host, path(project, "start"))
    refused = send(host, path(project, "produce"))
    assert refused.status_code == 422
    assert "首张发票、纳税或用电读数" in words(refused)
    assert state_of(project) == "started"


# ---- who may -----------------------------------------------------------------------------------------------------


def test_whoever_asked_does_not_permit(zone: Zone, project: Case) -> None:
    both = account_with(
        "两权", zone.home, zone.now, "project_push.edit", "project_push.waive", "project_push.see_all"
    )
    actor = actor_of(both, zone.today)
    told: dict[str, Any] = {"now": zone.now, "effective_on": zone.today, "gate_verb": "start", "reason": "急"}
    act(project, "ask_waiver", actor=actor, **told)
    with pytest.raises(NotAllowed, match="另一个人"):
        act(project, "grant_waiver", actor=actor, **told)
    with pytest.raises(MissingItems):
        act(project, "start", actor=actor, now=zone.now, effective_on=zone.today)


@pytest.mark.parametrize("verb", ["grant_waiver", "decline_waiver"])
@pytest.mark.parametrize("role", ["clerk", "supervisor", "team_member", "handler", "organiser"])
def test_only_who_has_the_right_answers(
    zone: Zone, host: Client, project: Case, role: str, verb: str
) -> None:
    send(host, path(project, "ask_waiver"), gate_verb="start", reason="急")
    answer = client_of(zone.accounts[role]).post(
        path(project, verb), {"gate_verb": "start", "reason": "同意", "effective_on": zone.today}
    )
    assert answer.status_code in (403, 404, 422)
    assert not Change.objects.filter(case=project, verb=verb).exists()


def test_the_host_never_answers_for_the_own_project(zone: Zone, project: Case) -> None:
    clerk = actor_of(zone.accounts["clerk"], zone.today)
    told: dict[str, Any] = {"now": zone.now, "effective_on": zone.today, "gate_verb": "start", "reason": "急"}
    act(project, "ask_waiver", actor=clerk, **told)
    assert zone.host.account is not None
    host = actor_of(zone.host.account, zone.today)
    with_right = Actor(host.name, host.account, host.official, frozenset({"project_push.waive"}), zone.today)
    for verb in ("grant_waiver", "decline_waiver"):
        with pytest.raises(NotAllowed):
            act(project, verb, actor=with_right, **told)


def test_a_project_that_was_suspended_meanwhile_asks_again(
    zone: Zone, host: Client, leader: Client, project: Case
) -> None:
    let_past(host, leader, project)
    assert send(leader, path(project, "suspend"), reason="等批复").status_code == 302
    assert send(leader, path(project, "resume")).status_code == 302
    assert send(host, path(project, "start")).status_code == 422
    assert papers() == []


def test_thirty_projects_let_past_take_as_many_queries_as_one(zone: Zone) -> None:
    cases = [enter(zone, f"示例{number}号项目") for number in range(31)]
    clerk, head = (actor_of(zone.accounts[code], zone.today) for code in ("clerk", "leader"))
    for verb, actor in (("ask_waiver", clerk), ("grant_waiver", head)):
        steps = [Step(case, verb, zone.today, gate_verb="start", reason="抢工期") for case in cases]
        act_many(steps, actor=actor, now=zone.now)
    taken = []
    for group in (cases[:1], cases[1:]):
        with CaptureQueriesContext(connection) as captured:
            act_many([Step(case, "start", zone.today) for case in group], actor=clerk, now=zone.now)
        taken.append(len(captured))
    assert taken[1] <= taken[0]
    assert len(papers()) == 31


# ---- claims of the past ------------------------------------------------------------------------------------------


def test_a_start_entered_by_hand_names_what_it_lacks_and_keeps_it_open(zone: Zone, project: Case) -> None:
    clerk = client_of(zone.accounts["clerk"])
    assert send(clerk, path(project, "backfill_start"), reason="旧台账").status_code == 302
    change = Change.objects.get(case=project, verb="backfill_start")
    assert [label for _item, label in change.snapshot["lacking"]] == list(START_ITEMS)
    (opened,) = papers()
    assert opened.case.parent == project
    assert opened.problem == "补齐开工手续（3项）"


def test_papers_that_are_asked_for_already_are_not_asked_for_twice(zone: Zone, project: Case) -> None:
    told: dict[str, Any] = {"actor": SYSTEM, "now": zone.now, "effective_on": zone.today, "reason": "旧台账"}
    act(project, "backfill_start", **told)
    act(project, "backfill_production", **told)
    assert [item.problem for item in papers()] == ["补齐开工手续（3项）", "补齐投产手续（1项）"]


STARTED: Mapping[str, Any] = {"实际开工时间": date(2026, 3, 1), "计划投产时间": date(2027, 3, 1)}


def test_the_preview_tells_per_row_what_the_claimed_states_lack(zone: Zone) -> None:
    clerk = client_of(zone.accounts["clerk"])
    produced = row(序号=2, 项目名称="示例轴承项目", 投产时间=date(2026, 5, 1), **STARTED)
    _address, told = preview(clerk, workbook(row(**STARTED), produced, row(序号=3, 项目名称="示例签约项目")))
    assert "导入无错的3行" in told
    big = "开工还缺：招商合同扫描件、节能审查意见、建筑工程施工许可证、带日期的现场照片"
    assert told.count(big) == 2
    assert told.count("投产还缺：首张发票、纳税或用电读数") == 1
    assert "2行报了开工或投产而手续不全" in told
    assert papers() == [], "a preview writes nothing"


def test_a_field_that_a_workbook_can_carry_must_be_there(zone: Zone) -> None:
    clerk = client_of(zone.accounts["clerk"])
    wrong = row(实际开工时间=date(2026, 3, 1))
    _address, told = preview(clerk, workbook(wrong, row(序号=2, 项目名称="示例好项目", **STARTED)))
    assert re.search("第2行J列“计划投产时间”：空；报了开工，要有计划投产时间", told), told
    assert "导入无错的1行" in told


def test_a_workbook_without_the_column_is_told_at_the_day_of_the_claim(zone: Zone) -> None:
    from wutong.exchange.tests.samples import xlsx

    clerk = client_of(zone.accounts["clerk"])
    headings = ["项目名称", "投资方", "总投资(亿元)", "签约时间", "责任单位", "实际开工时间"]
    cells = ["示例项目", "示例公司", 3, date(2026, 1, 6), "示例经济部", date(2026, 3, 1)]
    _address, told = preview(clerk, xlsx({"推进库": [headings, cells]}))
    assert "报了开工，要有计划投产时间；请在工作簿里加上这一列" in told
    assert "导入无错的" not in told


def test_an_import_opens_one_rectification_per_project_with_everything_its_claims_lack(zone: Zone) -> None:
    clerk = client_of(zone.accounts["clerk"])
    produced = row(序号=2, 项目名称="示例轴承项目", 投产时间=date(2026, 5, 1), **STARTED)
    address, _told = preview(clerk, workbook(row(**STARTED), produced, row(序号=3, 项目名称="示例签约项目")))
    assert clerk.post(address).status_code == 302
    opened = {item.case.parent.title: item for item in papers() if item.case.parent}
    assert set(opened) == {"示例储能电池项目", "示例轴承项目"}
    assert opened["示例轴承项目"].problem == "补齐开工、投产手续（5项）"
    assert "首张发票、纳税或用电读数" in opened["示例轴承项目"].measure
    one = opened["示例储能电池项目"].case
    assert (one.host_unit, one.opened_on) == (zone.home, zone.today)
    assert is_due_in_time(one, zone.today)
    assert Change.objects.get(case=one, verb="open").reason == "工作簿“推进库.xlsx”"
    claim = Change.objects.get(case__title="示例轴承项目", verb="backfill_production")
    assert claim.snapshot["lacking"] == [["first_proof", "首张发票、纳税或用电读数"]]
    assert list(faults()) == []


def test_a_problem_of_the_row_and_its_papers_are_two_rectifications(zone: Zone) -> None:
    clerk = client_of(zone.accounts["clerk"])
    both = row(
        卡点类别="土地", 存在问题="地块控规待批复", 整改措施="报规委会", 整改时限=date(2026, 9, 30), **STARTED
    )  # fmt: skip
    address, _told = preview(clerk, workbook(both))
    clerk.post(address)
    classes = Rectification.objects.filter(case__parent__title="示例储能电池项目").values_list(
        "blocking_class", flat=True
    )
    assert sorted(classes) == ["land", "papers"]


def test_an_import_takes_as_many_queries_for_thirty_claims_as_for_one(zone: Zone) -> None:
    from wutong.exchange.intake import IntakeRow

    def rows(numbers: range) -> list[IntakeRow]:
        return [
            IntakeRow(
                number,
                {
                    "name": f"示例{number}号项目",
                    "investor": "示例恒储有限公司",
                    "total": 3 * YI,
                    "signed_on": date(2025, 1, 6),
                    "started_on": date(2025, 6, 1),
                    "produced_on": date(2026, 1, 5),
                    "plan_production_on": date(2026, 3, 1),
                    "unit": "示例经济部",
                },
                {},
            )
            for number in numbers
        ]

    clerk = actor_of(zone.accounts["clerk"], zone.today)
    taken = []
    for group in (rows(range(1)), rows(range(1, 2)), rows(range(2, 32))):
        with CaptureQueriesContext(connection) as captured:
            import_rows(group, actor=clerk, now=zone.now, on=zone.today, source="工作簿")
        taken.append(len(captured))
    assert taken[2] <= taken[1], "the first one also registers the investor"
    assert Project.objects.count() == len(papers()) == 32


def test_papers_may_be_due_in_a_year_whose_calendar_is_not_published_yet(zone: Zone) -> None:
    project = enter(zone)
    late = datetime(2030, 12, 20, 9, tzinfo=SHANGHAI)
    act(project, "backfill_start", actor=SYSTEM, now=late, effective_on=zone.today, reason="旧台账")
    (opened,) = papers()
    assert opened.case.due_on == date(2031, 1, 20), "the 19th is a Sunday"


def test_a_project_with_open_papers_is_not_ended(zone: Zone, project: Case) -> None:
    act(project, "backfill_start", actor=SYSTEM, now=zone.now, effective_on=zone.today, reason="旧台账")
    with pytest.raises(Refused, match="没办结的下级办件"):
        act(project, "terminate", actor=SYSTEM, now=zone.now, effective_on=zone.today, reason="不建了")
