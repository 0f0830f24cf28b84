"""What is done to projects: one function is one act of business in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction
from django.utils.timezone import localdate

from wutong.base.lamps.seeding import load_examples, load_first_edition
from wutong.base.money import YI
from wutong.cases.act import act, act_many
from wutong.cases.models import Case, Change, GateRule
from wutong.cases.numbers import take_numbers
from wutong.cases.registry import react_to
from wutong.cases.steps import Holder, NewCase, Step
from wutong.ledgers.project_push.models import ProjectPush, Rectification
from wutong.ledgers.project_push.procedures import PROJECT_LIFE
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.enterprises.names import fold_name
from wutong.registers.enterprises.queries import enterprises_named
from wutong.registers.enterprises.services import NewEnterprise, register_enterprises
from wutong.registers.history.services import Fact, record_many
from wutong.registers.organisation.actors import Actor
from wutong.registers.organisation.models import Official, Unit
from wutong.registers.projects.models import Project
from wutong.registers.projects.services import change_project, identity_of

SEEDS = Path(__file__).parent / "seeds"


@dataclass(frozen=True)
class NewProject:
    """A project to be entered: register facts, the state and day its life begins with, and who answers for it."""

    name: str
    investor_name: str
    total_investment_yuan: int
    state: str
    opened_on: date
    host_unit: Unit
    host_person: Official | None = None
    leader: Official | None = None
    concierge: Official | None = None
    team: Unit | None = None
    verifier: Official | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    investor_code: str = ""
    progress: str = ""
    reason: str = ""


@transaction.atomic
def enter_projects(projects: Sequence[NewProject], *, actor: Actor, now: datetime) -> list[Case]:
    """Enter projects with their investors and open their cases, set by set."""
    investors = _investors({item.investor_name: item.investor_code for item in projects}, actor, now)
    numbers = _numbers(projects)
    entries = [
        Fact(
            Project(),
            {
                "code": numbers[index],
                "name": item.name,
                "investor": investors[fold_name(item.investor_name)],
                "identity": identity_of(item.name, investors[fold_name(item.investor_name)].name),
                "total_investment_yuan": item.total_investment_yuan,
                "team": item.team,
                **item.facts,
            },
        )
        for index, item in enumerate(projects)
    ]
    record_many(entries, actor=actor.account, effective_on=localdate(now), now=now, verb="register")
    steps = [
        Step(
            NewCase(
                ProjectPush.case_type,
                title=item.name,
                state=item.state,
                number=numbers[index],
                detail={"project": entries[index].entry, "latest_progress": item.progress},
                enterprise=investors[fold_name(item.investor_name)],
            ),
            "open",
            item.opened_on,
            reason=item.reason,
            holders=_holders(item),
            amount_yuan=item.total_investment_yuan,
        )
        for index, item in enumerate(projects)
    ]
    return [done.case for done in act_many(steps, actor=actor, now=now)]


def _numbers(projects: Sequence[NewProject]) -> dict[int, str]:
    """A project's code is the number of its case, of the year its life begins in."""
    by_year: dict[int, list[int]] = {}
    for index, item in enumerate(projects):
        by_year.setdefault(item.opened_on.year, []).append(index)
    numbers: dict[int, str] = {}
    for year, indexes in sorted(by_year.items()):
        taken = take_numbers(PROJECT_LIFE.number_prefix, year, len(indexes))
        numbers |= dict(zip(indexes, taken, strict=True))
    return numbers


def _investors(codes: Mapping[str, str], actor: Actor, now: datetime) -> dict[str, Enterprise]:
    """Enterprises by folded name, present or former; `codes` maps names to codes, empty where none is known. Unknown
    enterprises are registered, but nobody learns of them except through the project."""
    wanted = {fold_name(name): name.strip() for name in sorted(codes)}
    known = {fold_name(name): code for name, code in codes.items() if code}
    found = enterprises_named(codes)
    new = [
        NewEnterprise(name, known.get(folded, ""), is_disclosed=False)
        for folded, name in wanted.items()
        if folded not in found
    ]
    made = register_enterprises(new, actor=actor.account, on=localdate(now), now=now)
    return found | {enterprise.folded_name: enterprise for enterprise in made}


def _holders(item: NewProject) -> list[Holder]:
    holders = [Holder("host", item.host_unit, item.host_person)]
    if item.team is not None:
        holders.append(Holder("team", item.team))
    for role, person in (
        ("lead_official", item.leader),
        ("concierge", item.concierge),
        ("verifier", item.verifier),
    ):
        if person is not None:
            holders.append(Holder(role, person.unit, person))
    return holders


@transaction.atomic
def open_rectification(
    project: Case,
    *,
    problem: str,
    blocking_class: str,
    measure: str,
    host: Holder,
    due_on: date,
    actor: Actor,
    on: date,
    now: datetime,
    verifier: Holder | None = None,
    leader: Holder | None = None,
    reason: str = "",
) -> Case:
    """A problem of a project with an owner and a due day."""
    return act(
        NewCase(
            Rectification.case_type,
            title=problem,
            state="working",
            detail={"problem": problem, "blocking_class": blocking_class, "measure": measure},
            parent=project,
        ),
        "open",
        actor=actor,
        now=now,
        effective_on=on,
        holders=[holder for holder in (host, leader, verifier) if holder is not None],
        due_on=due_on,
        reason=reason,
    ).case


@react_to("project_push", "revise_amount")
def follow_amount(case: Case, change: Change, actor: Actor, now: datetime) -> None:
    """The register's total investment follows the case, in the same transaction."""
    project = ProjectPush.objects.select_related("project__investor").get(case=case).project
    change_project(
        project,
        {"total_investment_yuan": change.amount_yuan},
        actor=actor.account,
        effective_on=change.effective_on,
        now=now,
        reason=change.reason,
    )


def load_rules() -> None:
    """The gate items and lamp rules of the seed; what exists is left as the office has it."""
    gates = yaml.safe_load((SEEDS / "gates.yaml").read_text(encoding="utf-8"))
    for order, row in enumerate(gates["rules"]):
        GateRule.objects.get_or_create(
            case_type=ProjectPush.case_type,
            state=row["state"],
            item=row["item"],
            band_from_yuan=row.get("band", 0) * YI,
            valid_from=gates["valid_from"],
            defaults={
                "kind": row["kind"],
                "label": row["label"],
                "provider": row["provider"],
                "edition": gates["edition"],
                "starts_for": GateRule.For.ALL,
                "ends_for": GateRule.For.ALL,
                "order": order,
            },
        )
    load_first_edition(SEEDS / "lamps.yaml")
    load_examples()
