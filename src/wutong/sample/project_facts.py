"""Nodes, money, participants, visits and positions of the sample projects, as an office would have entered them: once a
week, on Monday, what had become known since."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from wutong.base.money import WAN
from wutong.cases.models import Case
from wutong.ledgers.project_push.models import (
    FundSource,
    MonthReport,
    NodeCode,
    Participant,
    PartnerRole,
    ProjectFunds,
    ProjectNode,
    ProjectPush,
    ProjectVisit,
    YearPlan,
)
from wutong.registers.history.models import RegisterEntry
from wutong.registers.history.services import Fact, record_many
from wutong.registers.places.models import SpatialUnit
from wutong.registers.projects.models import Project
from wutong.sample import names
from wutong.sample.organisation import Zone
from wutong.sample.plan import SEED, PlannedProject
from wutong.sample.reports import reported_periods

BEFORE_START = (
    (NodeCode.FILING, 15), (NodeCode.APPROVAL, 40), (NodeCode.LAND, 70), (NodeCode.ENVIRONMENT, 95),
    (NodeCode.ENERGY, 115), (NodeCode.PLANNING, 135), (NodeCode.PERMIT, 180),
)  # fmt: skip
"""Nodes between signing and start, and how many days after signing they are planned."""
AFTER_START = (
    (NodeCode.BUILDING, 20), (NodeCode.TOPPED_OUT, 150), (NodeCode.COMPLETION, 240), (NodeCode.EQUIPMENT, 280),
    (NodeCode.TRIAL, 320),
)  # fmt: skip
"""The same after the start of construction."""
BUILDERS = (
    (PartnerRole.DESIGN, "示例建筑设计研究院有限公司"),
    (PartnerRole.BUILDER, "示例建设集团有限公司"),
    (PartnerRole.SUPERVISOR, "示例工程监理有限公司"),
)
SAID = (
    "设备订货不受影响，等待节能审查批复。",
    "厂房图纸已送审，企业希望协调临时用电。",
    "一期资金已到位，二期等待融资。",
    "施工队伍已进场，基础施工完成过半。",
    "企业反映用工缺口约四十人。",
)
NEXT = ("协调供电部门上门", "陪同企业到审批窗口", "约银行对接", "两周后回访")


@dataclass(frozen=True)
class Told:
    """What became known of one entry on a day."""

    on: date
    entry: RegisterEntry
    facts: dict[str, Any]


def build_project_facts(
    plans: Sequence[PlannedProject], cases: Sequence[Case], zone: Zone, today: date, now: datetime
) -> None:
    """Facts of every project that was signed. A month that nobody reported stays without a report."""
    dice = random.Random(SEED + 3)  # noqa: S311
    pushes = ProjectPush.objects.select_related("project").in_bulk([case.pk for case in cases])
    told: list[Told] = []
    visits: list[ProjectVisit] = []
    for plan, case in zip(plans, cases, strict=True):
        if "signed" not in plan.days:
            continue
        project = pushes[case.pk].project
        told += _nodes(plan, project, case, today, dice)
        told += _money(plan, project, today, dice)
        told += _partners(plan, project)
        visits += _visits(plan, project, zone, today, now, dice)
    _write(told, zone, today, now)
    ProjectVisit.objects.bulk_create(sorted(visits, key=lambda visit: visit.on))
    _positions([pushes[case.pk].project for case in cases], zone, today, now, dice)


def _nodes(
    plan: PlannedProject, project: Project, case: Case, today: date, dice: random.Random
) -> Iterator[Told]:
    """Planned at signing; reached a little late, and never later than the state that needs them."""
    signed, started = plan.days["signed"], plan.days.get("started")
    produced = plan.days.get("in_production")
    planned_start = signed + timedelta(days=200)
    # What has no start yet stands somewhere on the way there.
    reached = len(BEFORE_START) if started else dice.randint(0, len(BEFORE_START) - 1)
    for index, (code, days) in enumerate(BEFORE_START):
        plan_on = signed + timedelta(days=days)
        actual = plan_on + timedelta(days=dice.randint(-6, 45)) if index < reached else None
        if actual and started:
            actual = min(actual, started)
        yield from _node(project, case, code, plan_on, signed, actual, today)
    begun = started or planned_start
    done = len(AFTER_START) if produced else dice.randint(0, 3)
    for index, (code, days) in enumerate(AFTER_START):
        plan_on = planned_start + timedelta(days=days)
        actual = begun + timedelta(days=days + dice.randint(0, 30)) if started and index < done else None
        if actual and produced:
            actual = min(actual, produced)
        yield from _node(project, case, code, plan_on, signed, actual, today)


def _node(
    project: Project,
    case: Case,
    code: NodeCode,
    plan_on: date,
    signed: date,
    actual: date | None,
    today: date,
) -> Iterator[Told]:
    entry = ProjectNode()
    facts = {"project": project, "code": code, "plan_on": plan_on, "unit": case.host_unit}
    yield Told(signed, entry, facts)
    if actual and actual <= today:
        yield Told(actual, entry, {"actual_on": actual, "outcome": "已完成（示例）"})


def _money(plan: PlannedProject, project: Project, today: date, dice: random.Random) -> Iterator[Told]:
    """A plan for every year of building, a report for nearly every month of it, and money that came in."""
    started = plan.days.get("started")
    signed = plan.days["signed"]
    first = started or signed + timedelta(days=200)
    share = plan.amount_yuan // 3
    for year in sorted({first.year, first.year + 1}):
        yield Told(
            max(signed, date(year, 1, 1)),
            YearPlan(),
            {"project": project, "year": year, "planned_yuan": share},
        )
    if started is None:
        return
    last = min(plan.days.get("in_production", today), today)
    first_in_rounds = reported_periods(today)[0]
    months = list(_months(started, last))
    for index, (year, month) in enumerate(months):
        told_on = _after(year, month, today)
        in_rounds = (year, month) >= (first_in_rounds.year, first_in_rounds.number)
        if told_on is None or in_rounds or dice.random() < 0.06:
            continue  # nobody reported this month, or it is told in a round
        planned = share // 12 // WAN * WAN
        done = int(planned * dice.randint(55, 125) / 100) // WAN * WAN
        facts = {"project": project, "year": year, "month": month, "planned_yuan": planned, "done_yuan": done}
        yield Told(told_on, MonthReport(), {**facts, "progress": names.PROGRESS[index % len(names.PROGRESS)]})
        if index % 3 == 0:
            source = (FundSource.OWN, FundSource.BANK, FundSource.OUTSIDE)[index // 3 % 3]
            yield Told(
                told_on,
                ProjectFunds(),
                {
                    "project": project, "year": year, "month": month, "source": source,
                    "planned_yuan": planned * 2, "arrived_yuan": done * 2,
                },
            )  # fmt: skip


def _months(first: date, last: date) -> Iterator[tuple[int, int]]:
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month):
        yield year, month
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def _after(year: int, month: int, today: date) -> date | None:
    """The fifth of the next month, when a month is reported; None while it is still to come."""
    on = date(year + month // 12, month % 12 + 1, 5)
    return on if on <= today else None


def _partners(plan: PlannedProject, project: Project) -> Iterator[Told]:
    started = plan.days.get("started")
    if started is None:
        return
    for role, name in BUILDERS:
        facts = {"project": project, "role": role, "name": name, "from_on": started}
        yield Told(started, Participant(), facts)


def _visits(
    plan: PlannedProject, project: Project, zone: Zone, today: date, now: datetime, dice: random.Random
) -> Iterator[ProjectVisit]:
    """Somebody goes to whatever is not in production yet, once to four times."""
    if plan.end not in {"signed", "registered", "started", "suspended"}:
        return
    signed = plan.days["signed"]
    for _index in range(dice.randint(1, 4)):
        on = signed + timedelta(days=dice.randint(1, max(1, (today - signed).days)))
        yield ProjectVisit(
            project=project,
            on=min(on, today),
            visitors=dice.choice(("周明远、林晓岚", "白雪", "何佳、宋一鸣", "韩东升、白雪")),
            place=str(plan.facts["place"]),
            said=dice.choice(SAID),
            next_step=dice.choice(NEXT),
            next_on=min(on, today) + timedelta(days=14),
            recorded_by=zone.actors["clerk"].account,
            recorded_at=now,
        )


def _write(told: Sequence[Told], zone: Zone, today: date, now: datetime) -> None:
    """Week by week and kind by kind, so that an entry is told in the order of its days."""
    account = zone.actors["clerk"].account
    weeks: dict[tuple[date, str], list[Fact]] = {}
    for item in sorted(told, key=lambda item: item.on):
        monday = min(item.on + timedelta(days=(7 - item.on.weekday()) % 7), today)
        key = (monday, type(item.entry).__name__)
        weeks.setdefault(key, []).append(Fact(item.entry, item.facts))
    for (monday, _kind), facts in sorted(weeks.items(), key=lambda pair: pair[0]):
        once: dict[int, Fact] = {}
        for fact in facts:
            known = once.get(id(fact.entry))
            once[id(fact.entry)] = Fact(fact.entry, {**known.facts, **fact.facts}) if known else fact
        record_many(list(once.values()), actor=account, effective_on=monday, now=now)


def _positions(
    projects: Sequence[Project], zone: Zone, today: date, now: datetime, dice: random.Random
) -> None:
    """Two of three projects have a point of their own, somewhere around the middle of their park."""
    centres = {
        place.name: place for place in SpatialUnit.objects.filter(centre_lon__isnull=False).defer("boundary")
    }
    facts = []
    for index, project in enumerate(projects):
        place = centres.get(project.place)
        if index % 3 == 2 or place is None or place.centre_lon is None or place.centre_lat is None:
            continue
        facts.append(
            Fact(
                project,
                {
                    "longitude": f"{float(place.centre_lon) + dice.uniform(-0.008, 0.008):.6f}",
                    "latitude": f"{float(place.centre_lat) + dice.uniform(-0.008, 0.008):.6f}",
                },
            )
        )
    record_many(facts, actor=zone.actors["clerk"].account, effective_on=today, now=now)
