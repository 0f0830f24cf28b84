"""A project with everything that its file can show, for the tests of its page and of its card. All names are invented."""

from datetime import timedelta
from decimal import Decimal

from wutong.base.files.services import store_file
from wutong.base.money import WAN, YI
from wutong.cases.act import act
from wutong.cases.models import Case
from wutong.cases.steps import Holder
from wutong.ledgerkit.testing import Zone
from wutong.ledgers.project_push.facts.services import (
    add_participant,
    change_facts,
    note_visit,
    plan_year,
    record_funds,
    set_node,
)
from wutong.ledgers.project_push.models import MonthReport, NodeCode, ProjectPush
from wutong.ledgers.project_push.services import open_rectification
from wutong.ledgers.project_push.tests.fact_zone import PNG, by_host, make_project, push_of
from wutong.registers.history.services import record
from wutong.registers.organisation.actors import SYSTEM

LONG = (
    "建设示例储能电池模组生产线四条，配套研发中心、检测中心和职工食堂，分两期实施，一期建设两条生产线。" * 4
)


def full_project(zone: Zone, problems: int = 6, visits: int = 5) -> ProjectPush:
    """Signed 700 days ago and past its red line, every node planned, reports of a year, photos, problems of which one was
    taken up again."""
    day = zone.today - timedelta(days=700)
    push = make_project(
        zone,
        "示例年产5GWh储能电池模组及配套材料一体化建设项目",
        opened_on=day,
        total_investment_yuan=52 * YI,
        progress=LONG[:400],
        facts={
            "plan_start_on": day + timedelta(days=200),
            "plan_production_on": day + timedelta(days=900),
            "content": LONG,
        },
    )
    do = by_host(zone)
    facts = {"phase_one_yuan": 21 * YI, "place": "示例智造园东区示例大道北侧", "land_mu": Decimal("286.00")}
    change_facts(push, facts, do, "示例恒储能源科技有限公司")
    for number, code in enumerate(NodeCode.values):
        plan = day + timedelta(days=60 + 70 * number)
        set_node(
            push,
            code,
            {"plan_on": plan, "unit": zone.home, "person": zone.host, "arrangement": "示例安排"},
            do,
        )
    for code in ("filing", "approval", "land"):
        on = day + timedelta(days=130 if code != "land" else 260)
        set_node(push, code, {"actual_on": on, "document_no": "示例〔2025〕1号"}, do)
    plan_year(push, zone.today.year, 80_000 * WAN, do)
    for month in range(1, zone.today.month + 1):
        report = {
            "project": push.project,
            "year": zone.today.year,
            "month": month,
            "planned_yuan": 5000 * WAN,
            "done_yuan": 3000 * WAN,
            "progress": "示例：基础施工",
        }
        record(MonthReport(), report, actor=None, effective_on=zone.today, now=zone.now)
        record_funds(push, zone.today.year, month, "own", {"arrived_yuan": 900 * WAN}, do)
    for role in ("design", "builder", "supervisor"):
        add_participant(push, role, f"示例{role}单位", day + timedelta(days=90), do)
    for number in range(visits):
        stored = store_file(PNG + bytes([number]), name="现场.png", actor=zone.host.account, now=zone.now)
        visit = {
            "on": zone.today - timedelta(days=number),
            "visitors": "示例领导、示例主办",
            "place": "工地",
            "said": f"第{number}次：基础施工进度正常",
            "next_step": "示例主办协调接电",
            "next_on": zone.today + timedelta(days=3),
        }
        note_visit(push, visit, do, [(stored, f"现场{number}.png")])
    for number in range(problems):
        add_problem(zone, push.case, f"示例问题{number}：能评报告缺余热利用章节", closed=number == 0)
    return push_of(push.case)


def add_problem(zone: Zone, project: Case, words: str, closed: bool = False) -> Case:
    """A problem; with `closed` it was closed and taken up again."""
    problem = open_rectification(
        project,
        problem=words,
        blocking_class="review",
        measure="补充章节并预约专家评审",
        host=Holder("host", zone.home, zone.host),
        verifier=Holder("verifier", zone.home, zone.verifier),
        due_on=zone.today - timedelta(days=3),
        actor=SYSTEM,
        on=zone.today - timedelta(days=20),
        now=zone.now,
    )
    if closed:
        told = {"actor": SYSTEM, "now": zone.now, "effective_on": zone.today - timedelta(days=2)}
        from wutong.cases.steps import NewEvidence

        stored = store_file(PNG + b"proof", name="a.png", actor=None, now=zone.now)
        proof = [NewEvidence("proof", stored, "a.png", zone.today)]
        problem = act(problem, "submit", evidence=proof, **told).case
        problem = act(problem, "close", **told).case
        problem = act(problem, "reopen", reason="回潮", due_on=zone.today + timedelta(days=9), **told).case
    return problem
