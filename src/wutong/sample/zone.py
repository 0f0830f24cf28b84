"""Builds the sample zone through the same services as everybody else uses. All names and rows are invented."""

import random
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils.timezone import localdate, make_aware

from wutong.base.accounts.models import Account
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
from wutong.registers.organisation.actors import SYSTEM, Actor
from wutong.registers.organisation.models import Official, Unit
from wutong.sample import names
from wutong.sample.enterprises import build_enterprises
from wutong.sample.firms import planned_firms
from wutong.sample.organisation import Zone, build_organisation
from wutong.sample.plan import SEED, PlannedProject, planned_projects

LOCAL_INVESTORS = 15


def is_built() -> bool:
    return Unit.objects.exists()


def build_zone(*, today: date, now: datetime) -> None:
    """Everything or nothing."""
    with transaction.atomic():
        zone = build_organisation(today, now)
        build_enterprises(zone, today, now)
        name_zone("梧桐高新区", "379999", is_set_up=True, now=now)
        plans = planned_projects(today)
        cases = _projects(plans, zone, now)
        _rectifications(plans, cases, zone, today, now)
        sweep_clocks(now)


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
