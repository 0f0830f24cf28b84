"""Projects with six changes each, through the same services as everybody's."""

import random
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from wutong.base.files.models import StoredFile
from wutong.base.money import YI
from wutong.cases.act import act_many
from wutong.cases.models import Case, Evidence
from wutong.cases.steps import NewEvidence, Step
from wutong.ledgers.project_push.services import NewProject, enter_projects
from wutong.registers.organisation.actors import SYSTEM
from wutong.registers.organisation.models import Official, Unit
from wutong.sample import names
from wutong.sample.volume.plan import SEED, firm

TO_START = ("contract", "energy_review", "construction_permit", "site_photo")
HAND_IN = {"contract": ("contract",), "start": TO_START, "proof": (*TO_START, "first_proof")}
PATHS: tuple[tuple[int, str, tuple[str, ...]], ...] = (
    # share, state it is entered in, the five steps after that; `hand_in.x` hands in the documents of HAND_IN
    (45, "lead", ("negotiate", "appraise", "hand_in.contract", "check_evidence", "sign")),
    (25, "signed", ("register", "hand_in.start", "check_evidence", "start", "note_progress")),
    (10, "signed", ("hand_in.proof", "check_evidence", "start", "note_progress", "produce")),
    (5, "signed", ("note_progress", "register", "note_progress", "suspend", "resume")),
    (5, "signed", ("register", "note_progress", "revise_amount", "note_progress", "suspend")),
    (5, "signed", ("note_progress", "register", "note_progress", "note_progress", "terminate")),
    (5, "lead", ("note_progress", "note_progress", "negotiate", "note_progress", "note_progress")),
)
WITH_REASON = {"suspend", "terminate", "revise_amount"}
SPAN_DAYS = 900


def build_projects(
    first: int,
    count: int,
    *,
    firms: int,
    people: Sequence[Official],
    teams: Sequence[Unit],
    leaders: Sequence[Official],
    document: StoredFile,
    today: date,
    now: datetime,
) -> list[Case]:
    """Projects with the running numbers from `first`; the same number always becomes the same project."""
    if not count:
        return []
    numbers = range(first, first + count)
    dices = {number: random.Random(f"{SEED}:project:{number}") for number in numbers}  # noqa: S311
    shares = [share for share, _state, _steps in PATHS]
    paths = {number: dices[number].choices(PATHS, shares)[0] for number in numbers}
    begun = {number: today - timedelta(days=dices[number].randint(60, SPAN_DAYS)) for number in numbers}
    new = [
        _planned(number, dices[number], paths[number][1], begun[number], firms, people, teams, leaders)
        for number in numbers
    ]
    cases = dict(zip(numbers, enter_projects(new, actor=SYSTEM, now=now), strict=True))
    days = begun
    for place in range(5):
        rest = 5 - place
        days = {
            number: day + timedelta(days=dices[number].randint(0, (today - day).days // rest))
            for number, day in days.items()
        }
        _take(place, cases, paths, days, dices, document, now)
    return list(cases.values())


def _planned(
    number: int,
    dice: random.Random,
    state: str,
    on: date,
    firms: int,
    people: Sequence[Official],
    teams: Sequence[Unit],
    leaders: Sequence[Official],
) -> NewProject:
    product = dice.choice(names.PRODUCTS[dice.choice(list(names.PRODUCTS))])
    host, concierge, verifier = dice.sample(people, 3)
    return NewProject(
        name=f"{product}示例项目{number}",
        investor_name=firm(dice.randrange(firms)).name,
        total_investment_yuan=int(10 ** dice.uniform(3.5, 6.5)) * (YI // 10_000),
        state=state,
        opened_on=on,
        host_unit=host.unit,
        host_person=host,
        leader=dice.choice(leaders),
        concierge=concierge,
        team=dice.choice(teams),
        verifier=verifier,
        facts={
            "plan_start_on": on + timedelta(days=200),
            "plan_production_on": on + timedelta(days=560),
            "place": dice.choice(names.PLACES),
            "content": f"建设{product}生产线及配套设施（示例）。",
        },
    )


def _take(
    place: int,
    cases: dict[int, Case],
    paths: dict[int, tuple[int, str, tuple[str, ...]]],
    days: dict[int, date],
    dices: dict[int, random.Random],
    document: StoredFile,
    now: datetime,
) -> None:
    """The step at this place of every path, verb by verb."""
    by_verb: dict[str, list[int]] = defaultdict(list)
    for number, (_share, _state, steps) in paths.items():
        by_verb[steps[place]].append(number)
    for told_verb, members in by_verb.items():
        verb, _dot, documents = told_verb.partition(".")
        pending: dict[int, list[Evidence]] = defaultdict(list)
        if verb == "check_evidence":
            for item in Evidence.objects.filter(case__in=[cases[number] for number in members]):
                pending[item.case_id].append(item)
        taken: list[Step] = []
        for number in members:
            more: dict[str, Any] = {"reason": "示例：投资方内部调整"} if verb in WITH_REASON else {}
            if verb == "note_progress":
                more["data"] = {"latest_progress": dices[number].choice(names.PROGRESS)}
            elif verb == "revise_amount":
                more["amount_yuan"] = dices[number].randint(1, 500) * (YI // 10)
            elif verb == "hand_in":
                more["evidence"] = [
                    NewEvidence(kind, document, "示例佐证.pdf", days[number]) for kind in HAND_IN[documents]
                ]
            elif verb == "check_evidence":
                more["checks"] = [(item, True) for item in pending[cases[number].pk]]
            taken.append(Step(cases[number], verb, days[number], **more))
        act_many(taken, actor=SYSTEM, now=now)
