"""Builds the sample zone through the same services as everybody else uses. All names and rows are invented."""

import itertools
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate, make_aware

from wutong.base.accounts.models import Account
from wutong.base.accounts.services import create_account, grant_role
from wutong.base.files.services import store_file
from wutong.base.zone.services import name_zone
from wutong.cases.act import act, act_many
from wutong.cases.clocks.sweep import sweep_clocks
from wutong.cases.models import Case, Evidence
from wutong.cases.steps import Holder, NewEvidence, Step
from wutong.ledgers.project_push.services import (
    NewProject,
    enter_projects,
    open_rectification,
)
from wutong.registers.chains.models import Chain
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.enterprises.services import (
    NewEnterprise,
    NewYearReport,
    change_enterprise,
    record_year_reports,
    register_enterprises,
    tag_enterprise,
)
from wutong.registers.leads.models import LeadRole
from wutong.registers.leads.services import assign_lead
from wutong.registers.organisation.actors import SYSTEM, Actor, actor_of
from wutong.registers.organisation.models import Official, Unit
from wutong.registers.organisation.post_services import RosterRow, appoint_many
from wutong.registers.organisation.reach_services import arrange_stand_in, put_in_charge
from wutong.registers.organisation.services import join_team, open_unit
from wutong.registers.people.services import NewPerson, register_people
from wutong.sample import names
from wutong.sample.chains import build_chains, build_industries
from wutong.sample.firms import doubles, planned_firms
from wutong.sample.places import build_places
from wutong.sample.plan import SEED, PlannedProject, planned_projects

ZONE_OPENED = date(2015, 6, 1)
LOCAL_INVESTORS = 15


@dataclass(frozen=True)
class Zone:
    """What the later parts of the builder need of the earlier ones."""

    units: dict[str, Unit]
    officials: dict[str, Official]
    actors: dict[str, Actor]


def is_built() -> bool:
    return Unit.objects.exists()


def build_zone(*, today: date, now: datetime) -> None:
    """Everything or nothing."""
    with transaction.atomic():
        zone = _organisation(today, now)
        _enterprises(zone, today, now)
        name_zone("梧桐高新区", "379999", is_set_up=True, now=now)
        plans = planned_projects(today)
        cases = _projects(plans, zone, now)
        _rectifications(plans, cases, zone, today, now)
        sweep_clocks(now)


def _organisation(today: date, now: datetime) -> Zone:
    def unit(code: str, name: str, kind: str, parent: Unit | None) -> Unit:
        return open_unit(code=code, name=name, kind=kind, parent=parent, actor=None, on=ZONE_OPENED, now=now)

    root = unit("root", names.ZONE, "committee", None)
    units = {"root": root}
    for kind, rows in (
        ("department", names.DEPARTMENTS),
        ("town", names.TOWNS),
        ("company", names.COMPANIES),
    ):
        units |= {code: unit(code, name, kind, root) for code, name in rows}
    units |= {code: unit(code, name, "team", units["investment"]) for code, name in names.TEAMS}
    roster = [
        RosterRow(
            f"WT{number:04d}",
            name,
            units[unit_code],
            post,
            phone=f"1380000{number:04d}",
            account=_account(login, name, role, today, now) if login else None,
        )
        for number, (login, name, unit_code, post, role) in enumerate(names.OFFICIALS, start=1)
    ]
    officials = {
        official.name: official for official in appoint_many(roster, actor=None, on=ZONE_OPENED, now=now)
    }
    actors = {
        account.name: actor_of(account, today)
        for account in Account.objects.filter(official__isnull=False).select_related("official__unit")
    }
    for login, name, role in names.OFFICERS:
        _account(login, name, role, today, now)
    _more_staff(units, officials, now)
    for code, member in (("new_energy", "宋一鸣"), ("health", "白雪"), ("equipment", "何佳"), ("it", "邵宁")):
        join_team(units[code], officials[member], is_leader=True, on=ZONE_OPENED)
    for leader, codes in names.IN_CHARGE:
        for code in codes:
            put_in_charge(officials[leader], units[code], actor=None, on=ZONE_OPENED, now=now)
    arrange_stand_in(
        officials["许可欣"], officials["郑海川"], from_on=today, to_on=today + timedelta(days=7),
        reason="外出培训（示例）", actor=None, now=now,
    )  # fmt: skip
    return Zone(units, officials, actors)


def _more_staff(units: Mapping[str, Unit], officials: dict[str, Official], now: datetime) -> None:
    """Two people in every unit that has nobody yet, the first its head."""
    staffed = {official.unit_id for official in officials.values()}
    given = itertools.cycle(names.GIVEN)
    surnames = itertools.cycle(names.SURNAMES)
    rows = [
        RosterRow(
            f"WT{number:04d}", next(surnames) + next(given), unit, "负责人" if is_head else "科员", is_head,
            f"1370000{number:04d}",
        )
        for number, (unit, is_head) in enumerate(
            ((unit, is_head) for unit in units.values() if unit.pk not in staffed for is_head in (True, False)), 101
        )
    ]  # fmt: skip
    for official in appoint_many(rows, actor=None, on=ZONE_OPENED, now=now):
        officials.setdefault(official.name, official)


def _account(login: str, name: str, role: str, today: date, now: datetime) -> Account:
    account, _password = create_account(login, name, now)
    grant_role(account, role, None, today, now)
    return account


def _enterprises(zone: Zone, today: date, now: datetime) -> None:
    """The firms of the zone with their codes, years and people, on their places and chains; three of them twice."""
    places = build_places(zone.units, on=ZONE_OPENED, now=now)
    build_industries(ZONE_OPENED, now)
    plans = planned_firms(today)
    told: dict[str, Any] = {"actor": None, "on": today, "now": now}
    new = [
        NewEnterprise(
            plan.name,
            plan.code,
            (plan.former_name,) if plan.former_name else (),
            {
                "registered_on": plan.founded_on,
                "address": plan.address,
                "real_address": plan.real_address,
                "place": places[f"WT-{plan.place}"],
                "industry_code": plan.industry_code,
                "business": plan.business,
                "capital_yuan": plan.capital_yuan,
                "status": plan.status,
            },
        )
        for plan in plans
    ]
    firms = register_enterprises(new, **told)
    for plan, firm in zip(plans, firms, strict=True):
        for tag in plan.tags:
            tag_enterprise(firm, tag, **told)
        if plan.parent is not None:
            change_enterprise(firm, {"parent": firms[plan.parent]}, **told)
    register_enterprises(
        [NewEnterprise(name, "", (), {"address": address}) for name, address in doubles(plans)], **told
    )
    people = [
        NewPerson(
            plan.contact, f"1390000{number:04d}", enterprise=firm, post=plan.post, is_contact=True, is_talent=number % 50 == 7,
            talent_class="D类" if number % 50 == 7 else "",
        )
        for number, (plan, firm) in enumerate(zip(plans, firms, strict=True))
    ]  # fmt: skip
    experts = [
        NewPerson(
            f"{name}教授", f"1360000{number:04d}", employer="示例大学", is_expert=True, speciality=field
        )
        for number, (name, field) in enumerate(
            (("贺", "电化学"), ("温", "临床医学"), ("季", "精密机械"), ("樊", "数据科学"))
        )
    ]
    register_people([*people, *experts], **told)
    reports = [
        NewYearReport(firm, year, "企业年报（示例）", date(year + 1, 4, 30), values)
        for plan, firm in zip(plans, firms, strict=True)
        for year, values in plan.reports.items()
    ]
    record_year_reports(reports, **told)
    chains = build_chains(firms, ZONE_OPENED, now)
    _leads(chains, firms, zone, now)


def _leads(chains: Mapping[str, Chain], firms: Sequence[Enterprise], zone: Zone, now: datetime) -> None:
    """Every chain has its leader (链长) and liaison; some firms have a leader who answers for them (挂钩)."""
    leaders = [zone.officials[name] for name, _codes in names.IN_CHARGE]
    liaisons = [zone.officials[name] for name in ("宋一鸣", "白雪", "何佳", "邵宁")]
    told: dict[str, Any] = {"actor": None, "on": ZONE_OPENED, "now": now}
    for number, chain in enumerate(chains.values()):
        assign_lead(leaders[number % 4], chain=chain, **told)
        assign_lead(liaisons[number % 4], role=LeadRole.LIAISON, chain=chain, **told)
    for number, firm in enumerate(firms[:40]):
        assign_lead(leaders[number % 4], enterprise=firm, **told)


def _projects(plans: Sequence[PlannedProject], zone: Zone, now: datetime) -> list[Case]:
    leaders = [zone.officials[name] for name in ("周明远", "韩东升", "马文静", "孙立群")]
    firms = planned_firms(localdate(now))
    concierges = [zone.officials["白雪"], zone.officials["何佳"]]
    people: dict[int, list[Official]] = {}
    for official in zone.officials.values():
        people.setdefault(official.unit_id, []).append(official)
    new = [
        NewProject(
            name=plan.name,
            # Some invest from within the zone: their enterprise file holds projects.
            investor_name=firms[index].name if index < LOCAL_INVESTORS else plan.investor,
            total_investment_yuan=plan.amount_yuan,
            state="lead",
            opened_on=plan.days["lead"],
            host_unit=zone.units[plan.unit],
            host_person=people[zone.units[plan.unit].pk][0],
            leader=leaders[plan.leader],
            concierge=concierges[index % 2],
            team=zone.units[plan.team],
            verifier=zone.officials["秦舒"],
            facts=plan.facts,
        )
        for index, plan in enumerate(plans)
    ]
    clerk, leader = zone.actors["clerk"], zone.actors["leader"]
    cases = enter_projects(new, actor=clerk, now=now)
    pairs = list(zip(plans, cases, strict=True))
    _advance(pairs, "negotiating", "negotiate", clerk, now)
    _advance(pairs, "appraised", "appraise", clerk, now)
    _prove(pairs, "signed", ("contract",), zone, now)
    _advance(pairs, "signed", "sign", clerk, now)
    _advance(pairs, "registered", "register", clerk, now)
    _prove(pairs, "started", ("energy_review", "construction_permit", "site_photo"), zone, now)
    _advance(pairs, "started", "start", clerk, now)
    _prove(pairs, "in_production", ("first_proof",), zone, now)
    _advance(pairs, "in_production", "produce", clerk, now)
    _note(pairs, clerk, now)
    _advance(pairs, "at_capacity", "reach_capacity", clerk, now)
    _set_aside(pairs, leader, now)
    return cases


def _advance(
    pairs: Iterable[tuple[PlannedProject, Case]], state: str, verb: str, actor: Actor, now: datetime
) -> None:
    steps = [Step(case, verb, plan.days[state]) for plan, case in pairs if state in plan.days]
    act_many(steps, actor=actor, now=now)


def _prove(
    pairs: Sequence[tuple[PlannedProject, Case]],
    state: str,
    kinds: tuple[str, ...],
    zone: Zone,
    now: datetime,
) -> None:
    """Hand in the documents of a gate, have somebody else verify them: both on the day of the step."""
    due = [(plan, case) for plan, case in pairs if state in plan.days]
    for kind in kinds:
        handed_in = [
            Step(
                case,
                "hand_in",
                plan.days[state],
                evidence=[_document(plan, case, kind, plan.days[state], now)],
            )
            for plan, case in due
        ]
        act_many(handed_in, actor=zone.actors["clerk"], now=now)
        pending = {
            item.case_id: item
            for item in Evidence.objects.filter(kind=kind, case__in=[case for _plan, case in due])
        }
        checked = [
            Step(case, "check_evidence", plan.days[state], checks=[(pending[case.pk], True)])
            for plan, case in due
        ]
        act_many(checked, actor=zone.actors["supervisor"], now=now)


def _document(plan: PlannedProject, case: Case, kind: str, on: date, now: datetime) -> NewEvidence:
    """A tiny PDF that says that it is a sample."""
    text = f"%PDF-1.4\n% Sample document, invented: {case.number} {kind} {on}\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
    name = f"{kind}-{case.number}.pdf"
    stored = store_file(text.encode(), name=name, actor=None, now=now)
    return NewEvidence(kind, stored, name, on)


def _note(pairs: Iterable[tuple[PlannedProject, Case]], actor: Actor, now: datetime) -> None:
    steps = [
        Step(case, "note_progress", plan.progress_on, data={"latest_progress": plan.progress})
        for plan, case in pairs
        if plan.progress_on is not None and plan.end != "at_capacity"
    ]
    act_many(steps, actor=actor, now=now)


def _set_aside(pairs: Iterable[tuple[PlannedProject, Case]], actor: Actor, now: datetime) -> None:
    verbs = {"suspended": "suspend", "terminated": "terminate"}
    steps = [
        Step(
            case,
            verbs[plan.end],
            plan.progress_on or max(plan.days.values()) + timedelta(days=10),
            reason="投资方内部调整（示例）",
        )
        for plan, case in pairs
        if plan.end in verbs
    ]
    act_many(steps, actor=actor, now=now)


def _rectifications(
    plans: Sequence[PlannedProject], cases: Sequence[Case], zone: Zone, today: date, now: datetime
) -> None:
    """Problems in every state: on time, overdue, handed in, ended."""
    dice = random.Random(SEED + 2)  # noqa: S311
    hosts = [zone.officials[name] for name in ("郑海川", "许可欣", "雷震", "蒋南", "段文博")]
    verifier = zone.officials["秦舒"]
    helper = zone.units["land"]
    for number, (plan, case) in enumerate(
        (plan, case) for plan, case in zip(plans, cases, strict=True) if plan.has_problem
    ):
        blocking, problem, measure = names.PROBLEMS[number % len(names.PROBLEMS)]
        opened = today - timedelta(days=dice.choice([5, 12, 20, 33]))
        host = hosts[number % len(hosts)]
        leader = case.leader or verifier
        opened_case = open_rectification(
            case,
            problem=problem,
            blocking_class=blocking,
            measure=measure,
            host=Holder("host", host.unit, host),
            verifier=Holder("verifier", verifier.unit, verifier),
            leader=Holder("lead_official", leader.unit, leader),
            due_on=opened + timedelta(days=dice.choice([7, 14, 30])),
            actor=zone.actors["clerk"],
            on=opened,
            now=_morning(opened),
        )
        if number % 4 == 1:
            asked = opened + timedelta(days=3)
            act(
                opened_case,
                "ask_help",
                actor=SYSTEM,
                now=_morning(asked),
                effective_on=asked,
                holders=[Holder("helper", helper)],
                reason="请确认用地手续",
            )
        if number % 4 == 2:
            handed_in = opened + timedelta(days=4)
            proof = _document(plan, opened_case, "proof", handed_in, now)
            act(
                opened_case,
                "submit",
                actor=SYSTEM,
                now=_morning(handed_in),
                effective_on=handed_in,
                evidence=[proof],
            )
        if number % 8 == 6:
            act(
                opened_case,
                "close",
                actor=zone.actors["supervisor"],
                now=_morning(opened + timedelta(days=5)),
                effective_on=opened + timedelta(days=5),
            )


def _morning(day: date) -> datetime:
    """Recorded on the day itself, so that its clocks do not count as entered late."""
    return make_aware(datetime.combine(day, time(9)))


def sample_accounts() -> list[Account]:
    logins = [row[0] for row in names.OFFICIALS if row[0]] + [row[0] for row in names.OFFICERS]
    found = {account.name: account for account in Account.objects.filter(name__in=logins)}
    return [found[login] for login in logins if login in found]
