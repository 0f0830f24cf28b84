"""Projects that wait between two nodes: the lists equal a plain recount, on every day, as known at every moment."""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from wutong.cases.models import Change
from wutong.ledgers.project_push.lists.further import Milestones, waiting_projects, waits_of
from wutong.ledgers.project_push.models import NodeCode, ProjectNode, ProjectPush
from wutong.ledgers.project_push.tests.histories import FIRST_DAY, LAST_DAY, moment, tell_histories
from wutong.registers.history.models import RegisterChange
from wutong.registers.history.services import record
from wutong.registers.organisation.actors import SYSTEM
from wutong.registers.organisation.services import open_unit

# One worker builds the histories.
pytestmark = pytest.mark.xdist_group("further")
HISTORIES, DAYS = 160, 24
CODES = (NodeCode.APPROVAL, NodeCode.BUILDING, NodeCode.COMPLETION, NodeCode.LAND)


@pytest.fixture(scope="module")
def told(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Projects with lives, nodes and plans, told in rounds; taken back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        unit = open_unit(
            code="economy", name="经济发展部", kind="department", parent=None, actor=None, on=FIRST_DAY, now=moment(0)
        )  # fmt: skip
        dice = random.Random(20260702)
        tell_histories(HISTORIES, unit, dice)
        tell_nodes(dice)
        yield
        transaction.set_rollback(True)


def tell_nodes(dice: random.Random) -> None:
    """Nodes are planned, reached, planned anew, corrected and taken back, filed under whatever day."""
    for push in ProjectPush.objects.select_related("project"):
        for code in CODES:
            if dice.random() < 0.25:
                continue
            node, number = None, dice.randint(0, 3)
            for _round in range(dice.randint(1, 4)):
                facts: dict[str, Any] = {}
                if node is None:
                    node, facts = ProjectNode(), {"project": push.project, "code": code}
                if dice.random() < 0.7:
                    facts["plan_on"] = dice.choice([None, *[a_day(dice) for _ in range(4)]])
                if dice.random() < 0.7:
                    facts["actual_on"] = dice.choice([None, *[a_day(dice) for _ in range(6)]])
                if facts:
                    record(node, facts, actor=None, effective_on=a_day(dice), now=moment(number))
                number += dice.randint(0, 2)
        for number in range(dice.randint(0, 2)):
            plan = {"plan_start_on": dice.choice([None, a_day(dice), a_day(dice)])}
            record(push.project, plan, actor=None, effective_on=a_day(dice), now=moment(number + 1))


def a_day(dice: random.Random) -> date:
    return FIRST_DAY + timedelta(days=dice.randint(0, (LAST_DAY - FIRST_DAY).days))


# ---- the same in plain Python -----------------------------------------------------------------------------------


@dataclass
class Life:
    """One project walked through up to a day."""

    number: str
    first: dict[str, date] = field(default_factory=dict)
    state: str = ""
    rests: list[list[date]] = field(default_factory=list)


def life_on(rows: Sequence[Change], day: date) -> Life:
    life, original, moved = Life(rows[0].snapshot["number"]), [], {}
    stands_for: dict[int, int] = {}
    for row in rows:
        if row.replaces_id is None:
            original.append(row)
            stands_for[row.pk] = row.pk
        else:
            stands_for[row.pk] = stands_for[row.replaces_id]
            moved[stands_for[row.pk]] = row.effective_on
    for row in original:
        on = moved.get(row.pk, row.effective_on)
        if on > day:
            break
        before, after = row.state_before, row.state_after
        if before == after:
            continue
        life.first.setdefault(after, on)
        life.state = after
        if after == "suspended":
            life.rests.append([on, day])
        elif before == "suspended":
            life.rests[-1][1] = on
    return life


def fact_on(
    changes: Sequence[RegisterChange], name: str, day: date | None, known_at: datetime | None
) -> date | None:
    """The value of the last record; with a day, of the latest day of effect up to it."""
    best: tuple[date, int] | None = None
    value: str | None = None
    for change in changes:
        if name not in change.snapshot or (known_at is not None and change.recorded_at > known_at):
            continue
        if day is not None and change.effective_on > day:
            continue
        place = (change.effective_on if day is not None else date.min, change.seq)
        if best is None or place > best:
            best, value = place, change.snapshot[name]
    return date.fromisoformat(value) if value else None


class Recount:
    def __init__(self) -> None:
        self.lives: dict[int, list[Change]] = defaultdict(list)
        for change in Change.objects.order_by("seq"):
            self.lives[change.case_id].append(change)
        self.facts: dict[tuple[str, int], list[RegisterChange]] = defaultdict(list)
        for told in RegisterChange.objects.order_by("seq"):
            self.facts[told.entry_kind, told.entry_id].append(told)
        self.nodes: dict[tuple[int, str], int] = {
            (node.project_id, node.code): node.pk for node in ProjectNode.objects.all()
        }
        self.projects = dict(ProjectPush.objects.values_list("case_id", "project_id"))

    def lines(self, day: date, known_at: datetime | None) -> set[tuple[str, str, date, int, date | None]]:
        found = set()
        for case_id, rows in self.lives.items():
            known = [row for row in rows if known_at is None or row.recorded_at <= known_at]
            if known:
                found |= set(self._of(life_on(known, day), self.projects[case_id], day, known_at))
        return found

    def _of(self, life: Life, project: int, day: date, known_at: datetime | None) -> Iterator[Any]:
        def node(code: str, name: str, on: date | None = None) -> date | None:
            return fact_on(self.facts["project_node", self.nodes.get((project, code), 0)], name, on, known_at)

        def reached(code: str) -> date | None:
            on = node(code, "actual_on")
            return on if on is not None and on <= day else None

        if not life.state or life.state in {"terminated", "at_capacity"}:
            return
        started, produced = life.first.get("started"), "in_production" in life.first
        approved, built, done = reached("approval"), reached("building"), reached("completion")
        start_plan = fact_on(self.facts["project", project], "plan_start_on", day, known_at)
        if approved and not started and not produced:
            yield life.number, "approved", approved, self._days(approved, day, life), start_plan
        if started and not built and not produced:
            plan = node("building", "plan_on", day)
            yield life.number, "started", started, self._days(started, day, life), plan
        if built and not done:
            plan = node("completion", "plan_on", day)
            yield life.number, "building", built, self._days(built, day, life), plan

    def _days(self, since: date, day: date, life: Life) -> int:
        days = [since + timedelta(days=n) for n in range(1, (day - since).days + 1)]
        return sum(not any(start < on <= end for start, end in life.rests) for on in days)


@pytest.mark.parametrize("known", [None, 0, 2, 5])
def test_the_lists_equal_a_plain_recount_on_every_day_as_known_then(
    told: None, db: None, known: int | None
) -> None:
    recount, dice = Recount(), random.Random(known or 99)
    known_at = None if known is None else moment(known) + timedelta(hours=1)
    seen: set[str] = set()
    for _number in range(DAYS):
        day = a_day(dice) + timedelta(days=60)
        found = waiting_projects(SYSTEM, day, known_at=known_at)
        lines = {(item.number, item.wait, item.since_on, item.days, item.plan_on) for item in found}
        assert len(lines) == len(found)
        assert lines == recount.lines(day, known_at), (day, known_at)
        for item in found:
            late = (day - item.plan_on).days if item.plan_on and item.plan_on < day else None
            assert item.days_late == late
        seen |= {item.wait for item in found}
    assert seen == {"approved", "started", "building"}


def test_all_three_lists_take_four_queries_whatever_their_length(told: None, db: None) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert len(waiting_projects(SYSTEM, date(2025, 6, 30))) > 50
    assert len(queries) <= 4


@given(
    days=st.lists(st.one_of(st.none(), st.dates(date(2024, 1, 1), date(2024, 3, 1))), min_size=5, max_size=5),
    ended=st.booleans(),
    day=st.dates(date(2024, 1, 1), date(2024, 3, 1)),
)
def test_a_project_waits_from_a_day_that_has_come_for_one_that_has_not(
    days: list[date | None], ended: bool, day: date
) -> None:
    known = Milestones(*days, has_ended=ended)
    for wait, since_on in waits_of(known, day):
        ends = {
            "approved": known.started_on,
            "started": known.building_on,
            "building": known.completed_on,
        }
        begins = {
            "approved": known.approved_on,
            "started": known.started_on,
            "building": known.building_on,
        }
        assert begins[wait] == since_on <= day
        end = ends[wait]
        assert end is None or end > day
        assert not ended
