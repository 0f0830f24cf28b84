"""Cases that are worked by `act`, one step after the other on the day it happened, to be copied many times."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils.timezone import make_aware

from wutong.base.files.models import StoredFile
from wutong.base.files.services import store_file
from wutong.cases.act import act
from wutong.cases.models import Case
from wutong.cases.steps import Holder, NewEvidence
from wutong.ledgers.project_push.services import open_rectification
from wutong.ledgers.supervision_orders.services import issue_order
from wutong.registers.organisation.actors import SYSTEM
from wutong.registers.organisation.models import Official

DAYS_BACK = 1000
"""Ended cases began within so many days."""
SOON = 40
"""Running clocks end within so many days."""


@dataclass(frozen=True)
class Kind:
    """A case type, how many of a hundred cases are of it, and how its templates end (ending, share)."""

    case_type: str
    share: int
    work: "Callable[[Bench, str], Case]"
    endings: tuple[tuple[str, int], ...]


@dataclass
class Bench:
    """What a template is made from."""

    dice: random.Random
    people: Sequence[Official]
    projects: Sequence[Case]
    document: StoredFile
    today: date

    def holders(self, *roles: str) -> list[Holder]:
        """Different people, so that each of them becomes somebody else in a copy."""
        chosen = self.dice.sample(list(self.people), len(roles))
        return [Holder(role, person.unit, person) for role, person in zip(roles, chosen, strict=True)]


class Worker:
    """Takes a case through its steps: each a few days after the one before, none later than today."""

    def __init__(self, bench: Bench, case: Case, day: date) -> None:
        self.bench, self.case, self.day = bench, case, day

    def step(self, verb: str, days: int = 2, **more: object) -> None:
        self.day = min(self.day + timedelta(days=days), self.bench.today)
        self.case = act(
            self.case, verb, actor=SYSTEM, now=morning(self.day), effective_on=self.day, **more
        ).case


def morning(day: date) -> datetime:
    return make_aware(datetime.combine(day, time(9)))


def begun(bench: Bench, ending: str) -> date:
    """Ended long ago, or under way for some days."""
    days = bench.dice.randint(30, DAYS_BACK) if ending == "closed" else bench.dice.randint(11, 25)
    return bench.today - timedelta(days=days)


def work_order(bench: Bench, ending: str) -> Case:
    """A supervision order with six changes."""
    day = begun(bench, ending)
    case = issue_order(
        matter="示例督办事项",
        demand="示例：按期反馈办理情况",
        holders=bench.holders("host", "lead_official", "supervisor"),
        source=None,
        actor=SYSTEM,
        on=day,
        now=morning(day),
    )
    worker = Worker(bench, case, day)
    worker.step("answer", data={"answer": "示例：正在办理"})
    worker.step("send_back", reason="示例：请补充办理结果")
    worker.step("answer", data={"answer": "示例：已补充"})
    if ending == "closed":
        worker.step("reassign", holders=bench.holders("supervisor"), reason="示例：工作分工调整")
        worker.step("close")
        return worker.case
    worker.step("send_back", reason="示例：请附佐证")
    if ending == "answered":
        worker.step("answer", data={"answer": "示例：已办理"})
    else:
        worker.step("set_due", due_on=_coming(bench), reason="示例：限期办结")
    return worker.case


def work_rectification(bench: Bench, ending: str) -> Case:
    """A problem of a project with six changes."""
    day = begun(bench, ending)
    host, verifier, leader = bench.holders("host", "verifier", "lead_official")
    case = open_rectification(
        bench.dice.choice(bench.projects),
        problem="示例问题",
        blocking_class=bench.dice.choice(("land", "review", "permit", "money", "labour")),
        measure="示例：按期补齐手续",
        host=host,
        verifier=verifier,
        leader=leader,
        due_on=day + timedelta(days=60),
        actor=SYSTEM,
        on=day,
        now=morning(day),
    )
    worker = Worker(bench, case, day)
    helper = bench.holders("helper")[0]
    worker.step("ask_help", holders=[Holder("helper", helper.unit)], reason="示例：请确认手续")
    worker.step("answer_help", reason="示例：已确认")
    worker.step("submit", evidence=[_proof(bench, worker.day)])
    if ending == "closed":
        worker.step("reassign", holders=bench.holders("verifier"), reason="示例：工作分工调整")
        worker.step("close")
        return worker.case
    worker.step("send_back", reason="示例：佐证不全")
    if ending == "submitted":
        worker.step("submit", evidence=[_proof(bench, worker.day)])
    else:
        worker.step("extend", due_on=_coming(bench), reason="示例：手续延长")
    return worker.case


KINDS = (
    Kind("supervision_order", 90, work_order, (("closed", 96), ("answered", 2), ("issued", 2))),
    Kind("rectification", 10, work_rectification, (("closed", 90), ("submitted", 5), ("working", 5))),
)


def _coming(bench: Bench) -> date:
    return bench.today + timedelta(days=bench.dice.randint(20, 20 + SOON))


def _proof(bench: Bench, on: date) -> NewEvidence:
    return NewEvidence("proof", bench.document, "示例佐证.pdf", on)


def sample_document(now: datetime) -> StoredFile:
    """One small file that all evidence of the zone points to."""
    text = "%PDF-1.4\n% Sample document, invented\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
    return store_file(text.encode(), name="示例佐证.pdf", actor=None, now=now)
