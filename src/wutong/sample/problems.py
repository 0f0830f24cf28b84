"""Problems of the sample projects with what was done about them."""

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from wutong.cases.act import act
from wutong.cases.models import Case
from wutong.cases.steps import Holder
from wutong.ledgers.project_push.services import open_rectification
from wutong.registers.organisation.actors import SYSTEM
from wutong.sample import names
from wutong.sample.organisation import Zone
from wutong.sample.papers import document, morning
from wutong.sample.plan import SEED, PlannedProject


def build_problems(
    plans: Sequence[PlannedProject], cases: Sequence[Case], zone: Zone, today: date, now: datetime
) -> None:
    """Problems in every state: on time, overdue, handed in, ended."""
    dice = random.Random(SEED + 2)  # noqa: S311
    hosts = [zone.officials[name] for name in ("郑海川", "许可欣", "雷震", "蒋南", "段文博")]
    verifier = zone.officials["秦舒"]
    helper = zone.units["land"]
    for number, (_plan, case) in enumerate(
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
            now=morning(opened),
        )
        if number % 4 == 1:
            asked = opened + timedelta(days=3)
            act(
                opened_case,
                "ask_help",
                actor=SYSTEM,
                now=morning(asked),
                effective_on=asked,
                holders=[Holder("helper", helper)],
                reason="请确认用地手续",
            )
        if number % 4 == 2:
            handed_in = opened + timedelta(days=4)
            proof = document(opened_case, "proof", handed_in, now)
            act(
                opened_case,
                "submit",
                actor=SYSTEM,
                now=morning(handed_in),
                effective_on=handed_in,
                evidence=[proof],
            )
        if number % 8 == 6:
            act(
                opened_case,
                "close",
                actor=zone.actors["supervisor"],
                now=morning(opened + timedelta(days=5)),
                effective_on=opened + timedelta(days=5),
            )


def build_ended_problems(
    plans: Sequence[PlannedProject], cases: Sequence[Case], zone: Zone, now: datetime
) -> None:
    """Problems of earlier years, closed by somebody else; every fifth was closed too early and opened again."""
    dice = random.Random(SEED + 4)  # noqa: S311
    hosts = [zone.officials[name] for name in ("郑海川", "许可欣", "雷震", "蒋南", "段文博")]
    verifier = zone.officials["秦舒"]
    supervisor = zone.actors["supervisor"]
    # Nothing is opened below a project that has ended.
    open_ones = {"started", "in_production"}
    held_up = [(plan, case) for plan, case in zip(plans, cases, strict=True) if plan.end in open_ones]
    for number, (plan, case) in enumerate(held_up[::2]):
        blocking, problem, measure = names.PROBLEMS[(number + 3) % len(names.PROBLEMS)]
        opened = plan.days["started"] - timedelta(days=dice.randint(25, 60))
        host = hosts[number % len(hosts)]
        ended = open_rectification(
            case,
            problem=problem,
            blocking_class=blocking,
            measure=measure,
            host=Holder("host", host.unit, host),
            verifier=Holder("verifier", verifier.unit, verifier),
            due_on=opened + timedelta(days=14),
            actor=zone.actors["clerk"],
            on=opened,
            now=morning(opened),
        )
        day = opened + timedelta(days=dice.randint(6, 18))
        rounds = 2 if number % 5 == 4 else 1
        for turn in range(rounds):
            if turn:
                act(
                    ended, "reopen", actor=supervisor, now=morning(day), effective_on=day,
                    due_on=day + timedelta(days=10), reason="现场复查发现未整改到位（示例）",
                )  # fmt: skip
                day += timedelta(days=4)
            proof = document(ended, "proof", day, now)
            act(ended, "submit", actor=SYSTEM, now=morning(day), effective_on=day, evidence=[proof])
            act(ended, "close", actor=supervisor, now=morning(day), effective_on=day)
            day += timedelta(days=9)
