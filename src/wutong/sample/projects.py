"""The life of the sample projects, told through the same acts as everybody else's."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.utils.timezone import localdate

from wutong.cases.act import act_many
from wutong.cases.models import Case, Evidence
from wutong.cases.steps import Step
from wutong.ledgers.project_push.services import NewProject, enter_projects
from wutong.registers.organisation.actors import Actor
from wutong.registers.organisation.models import Official
from wutong.sample.firms import planned_firms
from wutong.sample.organisation import Zone
from wutong.sample.papers import document
from wutong.sample.plan import PlannedProject

LOCAL_INVESTORS = 15


def build_projects(plans: Sequence[PlannedProject], zone: Zone, now: datetime) -> list[Case]:
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
                evidence=[document(case, kind, plan.days[state], now)],
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
