"""Projects that wait between two nodes (节点清单): approved and not started, started and not being built, being built and
not finished; as of any day, with what was known at any moment.

Set-based and independent of nightly runs. What is a state of the case (start, production, end) comes from its changes,
what is a node (approval, building, completion) from the history of the register.

- 批而未开: the approval is there, construction has not begun.
- 开而未建: construction has begun by its state, the main structure has not, and nothing is produced.
- 建而未竣: the main structure has begun and is not accepted as complete. A project that produces already stays here:
  producing before the acceptance is what the list has to show.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from django.db.models import F, Q, QuerySet

from wutong.cases.history import changes_as_known
from wutong.cases.models import Case
from wutong.ledgerkit.policy import visible_cases
from wutong.ledgers.project_push.models import NodeCode, ProjectNode, ProjectPush
from wutong.ledgers.project_push.project_file.status_history import ASIDE, ENDED, node_delay
from wutong.ledgers.project_push.stalled.rules import days_counted
from wutong.registers.history.queries import changes_of, facts_at
from wutong.registers.organisation.actors import Actor
from wutong.registers.projects.models import Project

Wait = Literal["approved", "started", "building"]
WAITS: tuple[Wait, ...] = ("approved", "started", "building")
NODES = (NodeCode.APPROVAL, NodeCode.BUILDING, NodeCode.COMPLETION)


@dataclass(frozen=True)
class Milestones:
    """The days of one project as known, None for what is not reached. A day after the day asked for does not count."""

    approved_on: date | None = None
    started_on: date | None = None
    building_on: date | None = None
    completed_on: date | None = None
    produced_on: date | None = None
    has_ended: bool = False


def waits_of(known: Milestones, as_of: date) -> list[tuple[Wait, date]]:
    """What a project waits for on a day, and since when. Pure."""
    if known.has_ended:
        return []
    approved, started, building, completed, produced = (
        day if day is not None and day <= as_of else None
        for day in (
            known.approved_on,
            known.started_on,
            known.building_on,
            known.completed_on,
            known.produced_on,
        )
    )
    found: list[tuple[Wait, date]] = []
    if approved and not started and not produced:
        found.append(("approved", approved))
    if started and not building and not produced:
        found.append(("started", started))
    if building and not completed:
        found.append(("building", building))
    return found


@dataclass(frozen=True)
class Waiting:
    """One project in one list: since when, for how many days (suspended ones left out), until when planned as the plan
    stood on the day, and how many days late; None for what cannot be told."""

    case_id: int
    number: str
    wait: Wait
    since_on: date
    days: int
    plan_on: date | None
    days_late: int | None

    @property
    def is_late(self) -> bool:
        return self.days_late is not None and self.days_late > 0


def waiting_projects(
    actor: Actor, as_of: date, *, known_at: datetime | None = None, condition: Q | None = None
) -> list[Waiting]:
    """All three lists of what the actor may see: by list, then the longest wait first, then by number. `condition`
    narrows by columns of `ProjectPush`. Four queries at most, whatever the number of projects."""
    cases = visible_cases(actor, ProjectPush.case_type)
    if condition:
        cases = cases.filter(pk__in=ProjectPush.objects.filter(condition).values("case_id"))
    nodes = _Nodes(cases, as_of, known_at)
    found = []
    for case_id, life in _lives(cases, as_of, known_at).items():
        known = Milestones(
            approved_on=nodes.reached.get((case_id, NodeCode.APPROVAL)),
            started_on=life.first.get("started"),
            building_on=nodes.reached.get((case_id, NodeCode.BUILDING)),
            completed_on=nodes.reached.get((case_id, NodeCode.COMPLETION)),
            produced_on=life.first.get("in_production"),
            has_ended=life.state in ENDED,
        )
        for wait, since_on in waits_of(known, as_of):
            plan_on = nodes.planned_end(case_id, wait)
            days = days_counted(since_on, as_of, life.suspensions)
            late = node_delay(plan_on, None, as_of).days_late
            found.append(Waiting(case_id, life.number, wait, since_on, days, plan_on, late))
    return sorted(found, key=lambda item: (WAITS.index(item.wait), -item.days, item.number))


@dataclass
class _Life:
    """The states of one project up to the day: the first day of each, the last one, and when it was suspended."""

    number: str
    state: str = ""
    first: dict[str, date] = field(default_factory=dict)
    suspensions: list[tuple[date, date | None]] = field(default_factory=list)

    def enter(self, before: str, after: str, on: date) -> None:
        self.state = after
        self.first.setdefault(after, on)
        if after in ASIDE:
            self.suspensions.append((on, None))
        elif before in ASIDE and self.suspensions:
            self.suspensions[-1] = (self.suspensions[-1][0], on)


def _lives(cases: QuerySet[Case], as_of: date, known_at: datetime | None) -> dict[int, _Life]:
    changes = (
        changes_as_known(as_of, known_at)
        .filter(case__in=cases)
        .exclude(state_after=F("state_before"))
        .order_by("case_id", "position")
        .values_list("case_id", "case__number", "state_before", "state_after", "effective_on")
    )
    lives: dict[int, _Life] = {}
    for case_id, number, before, after, on in changes:
        lives.setdefault(case_id, _Life(number)).enter(before, after, on)
    return lives


class _Nodes:
    """Nodes as known: `reached` has the day a node was reached, `planned` its planned day, by case and node.

    The day a node was reached is a fact of the world: the last word known about it counts, whatever day it was filed
    under. A plan holds from a day on: the one in force on the day asked for counts.
    """

    def __init__(self, cases: QuerySet[Case], as_of: date, known_at: datetime | None) -> None:
        self.reached: dict[tuple[int, str], date] = {}
        self.planned: dict[tuple[int, str], date] = {}
        self.starts: dict[int, date] = {}
        nodes = ProjectNode.objects.filter(project__push__case__in=cases, code__in=NODES)
        told = nodes.values_list("pk", "project_id", "project__push__case_id", "code")
        places: dict[int, tuple[int, str]] = {}
        approved: dict[int, int] = {}
        for pk, project_id, case_id, code in told:
            places[pk] = case_id, code
            if code == NodeCode.APPROVAL:
                approved[project_id] = case_id
        if not places:
            return
        history = (
            changes_of(ProjectNode.entry_kind, known_at=known_at)
            .filter(
                Q(snapshot__has_key="actual_on") | Q(snapshot__has_key="plan_on"),
                entry_id__in=nodes.values("pk"),
            )
            .order_by("entry_id", "seq")
            .values_list("entry_id", "effective_on", "snapshot")
        )
        self._fold(places, history, as_of)
        if approved:
            self._read_planned_starts(approved, nodes.filter(code=NodeCode.APPROVAL), as_of, known_at)

    def _fold(
        self,
        places: Mapping[int, tuple[int, str]],
        history: Iterable[tuple[int, date, dict[str, Any]]],
        as_of: date,
    ) -> None:
        decided: dict[tuple[int, str], date] = {}
        for entry_id, effective_on, told in history:
            place = places[entry_id]
            if "actual_on" in told:
                _set(self.reached, place, told["actual_on"])
            if "plan_on" in told and effective_on <= as_of and effective_on >= decided.get(place, date.min):
                decided[place] = effective_on
                _set(self.planned, place, told["plan_on"])

    def _read_planned_starts(
        self,
        case_of: Mapping[int, int],
        approvals: QuerySet[ProjectNode],
        as_of: date,
        known_at: datetime | None,
    ) -> None:
        """The start is a state of the case; its planned day is a fact of the project."""
        told = facts_at(
            Project.entry_kind,
            "plan_start_on",
            entries=approvals.values("project_id"),
            as_of=as_of,
            known_at=known_at,
        )
        for project_id, day in told.items():
            if day is not None:
                self.starts[case_of[project_id]] = date.fromisoformat(day)

    def planned_end(self, case_id: int, wait: Wait) -> date | None:
        """Until when what is waited for was planned."""
        if wait == "approved":
            return self.starts.get(case_id)
        code = NodeCode.BUILDING if wait == "started" else NodeCode.COMPLETION
        return self.planned.get((case_id, code))


def _set(days: dict[tuple[int, str], date], place: tuple[int, str], text: str | None) -> None:
    if text is None:
        days.pop(place, None)
    else:
        days[place] = date.fromisoformat(text)
