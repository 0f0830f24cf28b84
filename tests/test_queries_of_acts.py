"""How many queries each verb of each procedure takes. The numbers are kept in a file: they may fall, not rise.

`WUTONG_WRITE_BASELINE=1 pytest tests/test_queries_of_acts.py` writes the file anew after a fall.
"""

import json
import os
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.house import PACKAGE
from tests.zone_for_ledgers import NOW, ON, LedgerZone, document, holder, make_ledger_zone, official_of
from wutong.cases.act import act, act_many
from wutong.cases.clocks.counting import counting_now
from wutong.cases.models import Case, Change, Evidence
from wutong.cases.registry import all_types
from wutong.cases.steps import Holder, Step
from wutong.ledgerkit.verify import all_faults
from wutong.ledgers.meetings.services import NewMeeting, plan_meeting
from wutong.ledgers.supervision_orders.models import SupervisionOrder
from wutong.ledgers.supervision_orders.services import (
    NewInstruction,
    NewOrder,
    enter_instruction,
    issue_order,
)
from wutong.registers.organisation.actors import SYSTEM, Actor

pytestmark = pytest.mark.django_db
BASELINE = PACKAGE / "cases" / "tests" / "query_baseline.json"
LIMIT = 20
COMPOSED = {
    "project_push.open", "project_push.revise_amount", "rectification.escalate", "project_push.backfill_start",
    "project_push.backfill_production", "project_push.change_investor", "instruction.open", "instruction.close",
    "supervision_order.list_order naming its leader",
}  # fmt: skip
"""Two acts in one: what a register or another ledger writes comes on top, or what naming somebody writes."""
DUE = date(2026, 3, 16)


class Run:
    """Takes verbs one after another and counts the queries of each."""

    def __init__(self, zone: LedgerZone) -> None:
        self.zone = zone
        self.counts: dict[str, int] = {}
        counting_now()  # read once in a process; afterwards one query asks whether it still holds

    def counted(self, name: str, action: Callable[[], Any]) -> Any:
        with CaptureQueriesContext(connection) as captured:
            value = action()
        self.counts[name] = max(self.counts.get(name, 0), len(captured))
        return value

    def do(
        self, case: Case, verb: str, actor: Actor = SYSTEM, on: date = ON, *, name: str = "", **step: Any
    ) -> None:
        """By somebody with a role where it matters: judging the actor belongs to the act. `name` is for an act that
        is counted apart from the others of its verb."""
        seen = Case.objects.get(pk=case.pk).last_seq
        given = {"expected_seq": seen, "request_key": f"{case.pk}-{seen}"}
        self.counted(
            name or f"{case.case_type}.{verb}",
            lambda: act(case, verb, actor=actor, now=NOW, effective_on=on, **given, **step),
        )  # fmt: skip

    def prove(self, case: Case, kind: str) -> None:
        self.do(case, "hand_in", self.zone.host, evidence=[document(kind, case.number)])
        evidence = Evidence.objects.get(case=case, kind=kind)
        self.do(case, "check_evidence", self.zone.verifier, checks=[(evidence, True)])


def life_of_a_project(run: Run) -> None:
    zone = run.zone
    case = run.counted("project_push.open", lambda: zone.project("示例一期", "lead", amount_yi=6))
    run.do(case, "negotiate", zone.host)
    run.do(case, "appraise", zone.host)
    run.prove(case, "contract")
    run.do(case, "sign", zone.host)
    run.do(case, "register", zone.host)
    run.do(case, "note_progress", zone.host, data={"latest_progress": "平整完成"})
    run.do(case, "revise_amount", zone.clerk, amount_yuan=700_000_000, reason="核定")
    run.do(case, "reassign", zone.leader, reason="轮岗", holders=[holder("concierge", zone.clerk)])
    investor = zone.project("示例五期").enterprise
    run.do(case, "change_investor", zone.leader, reason="转让", enterprise=investor)
    run.do(case, "suspend", zone.leader, reason="等批复")
    run.do(case, "resume", zone.leader)
    for kind in ("energy_review", "construction_permit", "site_photo"):
        run.prove(case, kind)
    run.do(case, "start", zone.host)
    signed = Change.objects.get(case=case, verb="sign")
    run.do(case, "correct", zone.verifier, reason="日期记错", replaces=signed)
    run.prove(case, "first_proof")
    run.do(case, "produce", zone.host)
    run.do(case, "reach_capacity", zone.host)
    other = zone.project("示例二期")
    run.do(other, "backfill_start", zone.clerk, reason="补录")
    run.do(other, "backfill_production", zone.clerk, reason="补录")
    double = zone.project("示例六期")
    run.do(double, "merge_into", zone.clerk, reason="登记了两次")
    run.do(double, "unmerge", zone.clerk, reason="是两个项目")
    waived = zone.project("示例四期")
    run.do(waived, "ask_waiver", zone.host, reason="证照在办", gate_verb="start")
    run.do(waived, "decline_waiver", zone.leader, reason="先补证", gate_verb="start")
    run.do(waived, "ask_waiver", zone.host, reason="证已报批", gate_verb="start")
    run.do(waived, "grant_waiver", zone.leader, reason="抢工期", gate_verb="start")
    run.do(waived, "terminate", zone.leader, reason="不建了")


def life_of_a_rectification(run: Run) -> None:
    zone = run.zone
    project = zone.project("示例三期")
    case = run.counted("rectification.open", lambda: zone.rectification(project))
    run.do(case, "submit", zone.host, evidence=[document("proof", "一")])
    run.do(case, "send_back", zone.verifier, reason="不清楚")
    run.do(case, "extend", zone.leader, reason="复杂", due_on=DUE)
    run.do(case, "ask_help", zone.host, reason="请确认用地", holders=[holder("helper", zone.clerk)])
    run.do(case, "answer_help", zone.clerk, reason="已确认")
    run.do(case, "escalate", zone.leader, reason="督办")
    run.do(case, "reassign", zone.leader, reason="协调", holders=[holder("verifier", zone.clerk)])
    run.do(case, "reassign", zone.leader, reason="协调", holders=[holder("verifier", zone.verifier)])
    run.do(case, "submit", zone.host, evidence=[document("proof", "二")])
    run.do(case, "close", zone.verifier)
    run.do(case, "reopen", zone.verifier, reason="复查", due_on=DUE)
    run.do(case, "revoke", zone.leader, reason="提错了")


def life_of_an_order(run: Run) -> None:
    zone = run.zone
    holders = [holder("host", zone.host), holder("supervisor", zone.verifier)]

    def issued(*more: Holder) -> Case:
        return issue_order(
            matter="示例事项",
            demand="按期办结",
            holders=[*holders, *more],
            source=None,
            actor=zone.leader,
            on=ON,
            now=NOW,
        )

    case = run.counted("supervision_order.open", issued)
    run.do(case, "answer", zone.host, data={"answer": "在办"})
    run.do(case, "send_back", zone.verifier, reason="不清楚")
    run.do(case, "reassign", zone.leader, reason="协调", holders=[holder("supervisor", zone.clerk)])
    run.do(case, "answer", zone.host, data={"answer": "办完"})
    run.do(case, "close", zone.verifier)
    leader = holder("lead_official", zone.leader)
    listing: dict[str, Any] = {"reason": "超时", "data": {"listing_words": "示例公示"}}
    run.do(issued(leader), "list_order", zone.leader, **listing)
    pressed = issued()
    run.do(pressed, "propose_listing", zone.verifier, reason="超时")
    name = "supervision_order.list_order naming its leader"
    run.do(pressed, "list_order", zone.leader, name=name, holders=[leader], **listing)
    run.do(pressed, "propose_talk", zone.verifier, reason="又超时")
    talk = {"talk_on": ON, "talked_to": "甲某", "talk_notes": "示例记录", "commitments": "一周办结"}
    run.do(pressed, "call_in", zone.leader, reason="又超时", data=talk)
    run.do(pressed, "set_due", zone.leader, reason="会议决定", due_on=DUE)
    run.do(pressed, "revoke", zone.leader, reason="交办错了")


def life_of_an_instruction(run: Run) -> None:
    zone = run.zone
    new = NewInstruction(
        leader=official_of(zone.leader),
        given_on=ON,
        document_title="示例来文",
        text="请阅处",
        received_by=official_of(zone.verifier),
        orders=[NewOrder(zone.unit, "按期反馈", person=official_of(zone.host))],
    )
    case = run.counted(
        "instruction.open", lambda: enter_instruction(new, actor=zone.verifier, on=ON, now=NOW)
    )  # fmt: skip
    run.do(case, "hand_in", zone.verifier, evidence=[document("scan")])
    run.do(case, "summarise", zone.verifier, data={"summary": "正在办"})
    run.do(case, "reassign", zone.leader, reason="轮岗", holders=[holder("host", zone.clerk)])
    order = Case.objects.get(parent=case)
    run.do(order, "answer", zone.host, data={"answer": "办完"})
    # An instruction ends with the last of its orders, in one act with it.
    run.do(order, "close", zone.verifier, name="instruction.close")
    assert not Case.objects.get(pk=case.pk).is_open


def life_of_a_meeting(run: Run) -> None:
    zone = run.zone
    chair, recorder, guest = (official_of(actor) for actor in (zone.leader, zone.clerk, zone.host))
    new = NewMeeting(ON, "08:30", "示例会议室", chair, recorder, [guest])
    case = run.counted("dispatch_meeting.open", lambda: plan_meeting(new, actor=zone.clerk, on=ON, now=NOW))
    run.do(case, "revise", zone.clerk, data={"place": "示例大厅"})
    run.do(case, "invite", zone.clerk, holders=[holder("participant", zone.verifier)])
    run.do(case, "hand_in", zone.clerk, evidence=[document("other")])
    run.do(case, "start", zone.clerk)
    run.do(case, "adjourn", zone.clerk)
    run.do(case, "resume", zone.clerk, reason="补议一项")
    run.do(case, "note_attendance", zone.clerk, data={"excused": "甲某", "attending": "戊某"})
    run.do(case, "adjourn", zone.clerk)
    files = [document("minutes", "一"), document("minutes", "二")]
    run.do(case, "issue", zone.leader, evidence=files)
    other = plan_meeting(new, actor=zone.clerk, on=ON, now=NOW)
    run.do(other, "cancel", zone.clerk, reason="并到下一次")


LIVES = (
    life_of_a_project, life_of_a_rectification, life_of_an_order, life_of_an_instruction, life_of_a_meeting,
)  # fmt: skip


@pytest.fixture
def counts() -> dict[str, int]:
    run = Run(make_ledger_zone())
    for life in LIVES:
        life(run)
    assert list(all_faults()) == []
    assert SupervisionOrder.objects.count() == 5
    return run.counts


def test_no_verb_takes_more_queries_than_it_did(counts: dict[str, int]) -> None:
    declared = {
        f"{kind.procedure.case_type}.{item.verb}"
        for kind in all_types()
        for item in kind.procedure.transitions
    }
    assert declared <= set(counts), "a new verb belongs into a life above"
    over = {name: count for name, count in counts.items() if count > LIMIT and name not in COMPOSED}
    assert over == {}
    assert all(counts[name] <= 2 * LIMIT for name in COMPOSED)
    if connection.vendor != "sqlite":
        return
    if os.environ.get("WUTONG_WRITE_BASELINE"):
        BASELINE.write_text(json.dumps(counts, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    baseline = json.loads(BASELINE.read_text(encoding="utf-8"))
    assert set(baseline) == set(counts)
    worse = {name: (count, baseline[name]) for name, count in counts.items() if count > baseline[name]}
    assert worse == {}, "more queries than in the baseline (found, baseline)"


def test_thirty_rectifications_are_handed_in_with_as_many_queries_as_one() -> None:
    zone = make_ledger_zone()
    project = zone.project()
    cases = [zone.rectification(project) for _number in range(31)]
    steps = [
        Step(case, "submit", ON + timedelta(days=index % 5), evidence=[document("proof", case.number)])
        for index, case in enumerate(cases)
    ]
    taken = []
    for group in (steps[:1], steps[1:]):
        with CaptureQueriesContext(connection) as captured:
            act_many(group, actor=zone.host, now=NOW)
        taken.append(len(captured))
    assert taken[1] <= taken[0] <= LIMIT


def test_thirty_projects_pass_their_gate_with_as_many_queries_as_one() -> None:
    zone = make_ledger_zone()
    cases = [zone.project(f"示例{number}") for number in range(31)]
    for kind in ("contract", "construction_permit", "site_photo"):
        act_many(
            [Step(c, "hand_in", ON, evidence=[document(kind, c.number)]) for c in cases],
            actor=zone.host,
            now=NOW,
        )
        held = Evidence.objects.filter(kind=kind).select_related("case")
        act_many(
            [Step(e.case, "check_evidence", ON, checks=[(e, True)]) for e in held],
            actor=zone.verifier,
            now=NOW,
        )
    steps = [Step(case, "start", ON + timedelta(days=index % 9)) for index, case in enumerate(cases)]
    taken = []
    for group in (steps[:1], steps[1:]):
        with CaptureQueriesContext(connection) as captured:
            act_many(group, actor=zone.host, now=NOW)
        taken.append(len(captured))
    assert taken[1] <= taken[0] <= LIMIT
