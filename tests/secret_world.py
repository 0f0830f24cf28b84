"""Rows of one department that no other role has to do with: what the tests of leaks look for. All names are invented."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from wutong.base.accounts.models import Account
from wutong.base.files.services import store_file
from wutong.base.money import YI
from wutong.cases.act import act
from wutong.cases.handover.services import draft_handover
from wutong.cases.models import Case
from wutong.cases.rounds.periods import ended_before
from wutong.cases.rounds.services import open_round
from wutong.cases.steps import Holder, NewEvidence
from wutong.exchange.models import ImportBatch
from wutong.exchange.services import check_workbook
from wutong.exchange.tests.samples import xlsx
from wutong.ledgerkit.testing import (
    OPENED_ON,
    Zone,
    account_with,
    make_zone,
)
from wutong.ledgers.meetings.agenda_services import add_item
from wutong.ledgers.meetings.decision_services import NewDecision, record_decision
from wutong.ledgers.meetings.models import AgendaItem, Decision, DispatchMeeting
from wutong.ledgers.meetings.services import NewMeeting, plan_meeting
from wutong.ledgers.project_push.importing import SHEET
from wutong.ledgers.project_push.reports.rounds import PROJECT_MONTH
from wutong.ledgers.project_push.services import NewProject, enter_projects, open_rectification
from wutong.ledgers.supervision_orders.services import (
    NewInstruction,
    NewOrder,
    enter_instruction,
    issue_order,
)
from wutong.registers.chains.services import NewNode, add_node, join_chain, open_chain
from wutong.registers.enterprises.merging import merge_enterprises, undo_merge
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.industries.services import open_leading_industry
from wutong.registers.leads.services import assign_lead
from wutong.registers.organisation.actors import SYSTEM, actor_of
from wutong.registers.organisation.reach_services import arrange_stand_in, put_in_charge
from wutong.registers.people.models import Person
from wutong.registers.people.services import add_contact
from wutong.registers.places.models import PlaceKind
from wutong.registers.places.services import PlaceFacts, open_place
from wutong.registers.projects.distinct import declare_distinct
from wutong.registers.projects.models import Project

MARK = "暗礁"
"""Every secret text holds it; asking a list for it would show all of them."""


@dataclass
class World:
    """Rows of one department and team, with whom no account of `zone.accounts` has anything to do."""

    zone: Zone
    cases: list[Case] = field(default_factory=list)
    firms: list[tuple[Enterprise, list[Case]]] = field(default_factory=list)
    contacts: list[Person] = field(default_factory=list)
    batch: ImportBatch | None = None
    others: dict[str, Any] = field(default_factory=dict)
    """Rows that everybody may know of, by the beginning of their address: units, places, chains."""


def make_world() -> World:
    """Projects, leads, rectifications and an order with their firms, contacts and files; a workbook that waits."""
    zone = make_zone()
    world = World(zone)
    day = zone.today - timedelta(days=300)
    signed, lead, paused = enter_projects(
        [
            NewProject(
                name=f"{MARK}{words}项目",
                investor_name=f"{MARK}{words}投资方",
                total_investment_yuan=amount * YI,
                state=state,
                opened_on=day,
                host_unit=zone.home,
                host_person=zone.host,
                team=zone.team,
                leader=zone.leader,
            )
            for words, state, amount in (
                ("签约", "signed", 7),
                ("线索", "lead", 11),
                ("暂停", "negotiating", 13),
            )
        ],
        actor=SYSTEM,
        now=zone.now,
    )
    paused = act(paused, "suspend", actor=SYSTEM, now=zone.now, effective_on=zone.today, reason="示例").case
    world.cases = [signed, lead, paused]
    for project, words in ((signed, "签约"), (lead, "线索")):
        world.cases.append(
            open_rectification(
                project,
                problem=f"{MARK}{words}问题",
                blocking_class="land",
                measure="示例措施",
                host=Holder("host", zone.home, zone.host),
                verifier=Holder("verifier", zone.home, zone.verifier),
                due_on=zone.today + timedelta(days=9),
                actor=SYSTEM,
                on=zone.today,
                now=zone.now,
            )
        )
    order = issue_order(
        matter=f"{MARK}督办事项",
        demand="示例要求",
        holders=[Holder("host", zone.home, zone.host), Holder("supervisor", zone.home, zone.verifier)],
        source=None,
        actor=SYSTEM,
        on=zone.today,
        now=zone.now,
    )
    instruction = enter_instruction(
        NewInstruction(
            leader=zone.leader,
            given_on=zone.today,
            document_title=f"{MARK}来文",
            text=f"{MARK}批示内容",
            received_by=zone.host,
            about=lead,
            orders=[NewOrder(zone.home, f"{MARK}批示要求")],
        ),
        actor=SYSTEM,
        on=zone.today,
        now=zone.now,
    )
    for project in (signed, lead):
        hand_in(project, zone)
    for case in (signed, lead, paused):
        firm = Enterprise.objects.get(invested_projects__push__case=case)
        world.firms.append((firm, [case]))
        contact = add_contact(
            firm,
            name=f"{MARK}联系人",
            phone="13900001234",
            post="经理",
            actor=None,
            on=OPENED_ON,
            now=zone.now,
        )
        world.contacts.append(contact)
    world.cases = [*Case.objects.filter(pk__in=[case.pk for case in world.cases]).order_by("pk"), order]
    world.cases += [instruction, *instruction.children.order_by("pk")]
    world.others["meeting"] = meeting_about(signed, zone)
    world.cases.append(world.others["meeting"][0])
    importer = account_with("importer", zone.home, zone.now, "project_push.import")
    rows = [
        ["项目名称", "投资方", "总投资(亿元)", "签约时间", "责任单位"],
        [f"{MARK}导入项目", "甲", 3, day, "示例经济部"],
    ]
    world.others |= rows_for_everybody(world, importer)
    world.batch, _intake = check_workbook(
        SHEET, xlsx({"表": rows}), name=f"{MARK}.xlsx", actor=importer, now=zone.now
    )
    return world


def rows_for_everybody(world: World, importer: Account) -> dict[str, Any]:
    """A handover of the host who holds the secret cases, a chain on which a secret firm stands, a stand-in, a lead of
    a secret firm: their pages are open, what hangs on them is not."""
    zone, firm = world.zone, world.firms[1][0]
    told: dict[str, Any] = {"actor": None, "on": zone.today, "now": zone.now}
    industry = open_leading_industry(
        code="leak", name="示例产业", kind="leading", order=9, prefixes=["38"], **told
    )
    chain = open_chain(code="leak", name="示例链", leading_industry=industry, **told)
    node = add_node(chain, NewNode("示例节点", "upstream"), **told)
    join_chain(node, firm, role="ordinary", **told)
    lead = assign_lead(zone.leader, enterprise=firm, **told)
    oversight = put_in_charge(zone.leader, zone.home, **told)
    stand_in = arrange_stand_in(
        zone.leader, zone.verifier, from_on=zone.today, to_on=zone.today + timedelta(days=3), reason="示例",
        actor=None, now=zone.now,
    )  # fmt: skip
    place = open_place("LEAK", PlaceFacts(name="示例园", kind=PlaceKind.PARK), **told)
    handover = draft_handover(zone.host, effective_on=zone.today, reason="示例", actor=SYSTEM, now=zone.now)
    merge = merge_enterprises(
        world.firms[1][0], world.firms[2][0], reason="示例", actor=SYSTEM, on=zone.today, now=zone.now
    )
    undo_merge(merge, reason="示例", actor=SYSTEM, on=zone.today, now=zone.now)
    known, secret = Project.objects.filter(push__case__in=world.cases[:2]).order_by("pk")
    declare_distinct(known, secret, reason="示例", **told)
    return {
        "chains": (chain, node),
        "lead": lead,
        "oversight": oversight,
        "stand-in": stand_in,
        "places": place,
        "handover": handover,
        "merge": merge,
        "round": open_round(
            PROJECT_MONTH, ended_before("month", zone.today), actor=SYSTEM, on=zone.today, now=zone.now
        ),
    }


def meeting_about(project: Case, zone: Zone) -> tuple[Case, AgendaItem, Decision]:
    """A meeting in session that decided about a secret project; the department leads and records it."""
    new = NewMeeting(zone.today, "08:30", "示例会议室", zone.host, zone.verifier, title=f"{MARK}调度会")
    case = plan_meeting(new, actor=SYSTEM, on=zone.today, now=zone.now)
    meeting = DispatchMeeting.objects.select_related("case").get(case=case)
    item = add_item(
        meeting, project, reason=f"{MARK}原因", actor=SYSTEM, as_of=zone.today, now=zone.now
    )  # fmt: skip
    case = act(case, "start", actor=SYSTEM, now=zone.now, effective_on=zone.today).case
    decision = record_decision(item, NewDecision(f"{MARK}决定", kinds="note"), actor=SYSTEM, now=zone.now)
    return case, item, decision


def hand_in(case: Case, zone: Zone) -> None:
    content = f"%PDF-1.4\n% {case.number}\n%%EOF\n".encode()
    stored = store_file(content, name="a.pdf", actor=zone.host.account, now=zone.now)
    account = Account.objects.select_related("official__unit").get(pk=zone.host.account.pk)
    act(
        case,
        "hand_in",
        actor=actor_of(account, zone.today),
        now=zone.now,
        effective_on=zone.today,
        evidence=[NewEvidence("contract", stored, f"{MARK}{case.number}.pdf", zone.today)],
    )
