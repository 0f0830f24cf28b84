"""The dated facts of one project, as they are told: one query for everything, whatever there is.

Register entries are rows of today; what was known on a day, and what a planned day was before, stand in their changes.
So the page reads the changes and builds the facts from them: `ProjectFacts` are those of a day.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import CharField, F, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import JSONObject

from wutong.ledgers.project_push.models import (
    MonthReport,
    Participant,
    ProjectFunds,
    ProjectNode,
    ProjectVisit,
    YearPlan,
)
from wutong.registers.history.models import RegisterChange, RegisterEntry
from wutong.registers.projects.models import Project

PROJECT, NODE, PLAN, MONTH, FUNDS, PARTNER = (
    Project.entry_kind,
    ProjectNode.entry_kind,
    YearPlan.entry_kind,
    MonthReport.entry_kind,
    ProjectFunds.entry_kind,
    Participant.entry_kind,
)
VISIT = "project_visit"
"""Visits stand among the changes as rows of their own kind."""
DATED: tuple[type[RegisterEntry], ...] = (ProjectNode, YearPlan, MonthReport, ProjectFunds, Participant)


class Told(NamedTuple):
    """One change of one entry, or one visit. `unit` and `person` are the present ones of a node."""

    kind: str
    entry: int
    seq: int
    on: date
    recorded_at: datetime
    who: str | None
    verb: str
    reason: str
    facts: dict[str, Any]
    unit: str | None
    person: str | None

    def day(self, name: str) -> date | None:
        return day_of(self.facts.get(name))


def day_of(text: Any) -> date | None:
    """A day as a change tells it."""
    return date.fromisoformat(text) if text else None


def told_about(project_id: int) -> list[Told]:
    """Every change of the project and of its nodes, plans, reports, funds and participants, and its visits, in the
    order in which they were recorded. One query; each part of it is found by an index."""
    kinds = [_changes(PROJECT, [project_id])]
    kinds += [_changes(model.entry_kind, _keys(model, project_id)) for model in DATED]
    visits = ProjectVisit.objects.filter(project=project_id).annotate(
        kind=Value(VISIT, CharField()),
        number=Value(0, IntegerField()),
        who=F("recorded_by__display_name"),
        what=Value("visit", CharField()),
        why=Value("", CharField()),
        facts=JSONObject(
            visitors="visitors", place="place", said="said", next_step="next_step", next_on="next_on"
        ),
        unit_name=Value(None, CharField()),
        person_name=Value(None, CharField()),
    )
    told = visits.values_list(
        "kind", "pk", "number", "on", "recorded_at", "who", "what", "why", "facts", "unit_name", "person_name"
    )
    first, *others = kinds
    rows = first.union(*others, told, all=True)
    return sorted(map(Told._make, rows), key=lambda row: (row.recorded_at, row.kind, row.entry, row.seq))


def _keys(model: type[RegisterEntry], project_id: int) -> QuerySet[Any, Any]:
    rows: QuerySet[Any, Any] = model._default_manager.all()
    return rows.filter(project=project_id).values("pk")


def _changes(kind: str, entries: Any) -> QuerySet[RegisterChange, Any]:
    names: dict[str, Any] = {"unit_name": Value(None, CharField()), "person_name": Value(None, CharField())}
    if kind == NODE:
        node = ProjectNode.objects.filter(pk=OuterRef("entry_id"))
        names = {
            "unit_name": Subquery(node.values("unit__name")[:1], CharField()),
            "person_name": Subquery(node.values("person__name")[:1], CharField()),
        }
    changes = RegisterChange.objects.filter(entry_kind=kind, entry_id__in=entries).annotate(
        who=F("actor__display_name"), **names
    )
    return changes.values_list(
        "entry_kind", "entry_id", "seq", "effective_on", "recorded_at", "who", "verb", "reason", "snapshot",
        "unit_name", "person_name",
    )  # fmt: skip


@dataclass(frozen=True)
class NodeFacts:
    """A node as of a day; `plans` are the planned days that it had before, the latest last."""

    entry: int
    code: str
    plan_on: date | None
    actual_on: date | None
    unit: str
    person: str
    arrangement: str
    outcome: str
    document_no: str
    seq: int
    plans: Sequence[date] = ()


@dataclass(frozen=True)
class Partner:
    entry: int
    role: str
    name: str
    from_on: date
    to_on: date | None


@dataclass(frozen=True)
class MonthFacts:
    planned_yuan: int | None
    done_yuan: int
    progress: str = ""


@dataclass(frozen=True)
class ProjectFacts:
    """What is known of a project as of a day. `months` by year and month, `arrived` by year, month and source; `told`
    is everything recorded, whatever the day."""

    nodes: Mapping[str, NodeFacts] = field(default_factory=dict)
    plans: Mapping[int, int] = field(default_factory=dict)
    months: Mapping[tuple[int, int], MonthFacts] = field(default_factory=dict)
    arrived: Mapping[tuple[int, int, str], int] = field(default_factory=dict)
    partners: Sequence[Partner] = ()
    visits: Sequence[Told] = ()
    told: Sequence[Told] = ()


def facts_of(told: Sequence[Told], as_of: date) -> ProjectFacts:
    """The facts as of a day: what held by then, as far as it is known today. Of two records the later one holds."""
    known = _known(told, as_of)
    nodes = [_node(entry, rows) for entry, rows in known[NODE].items()]
    plans = [_last(rows) for rows in known[PLAN].values()]
    months = [_last(rows) for rows in known[MONTH].values()]
    funds = [_last(rows) for rows in known[FUNDS].values()]
    partners = [_partner(entry, _last(rows)) for entry, rows in known[PARTNER].items()]
    return ProjectFacts(
        nodes={node.code: node for node in nodes},
        plans={row["year"]: row["planned_yuan"] for row in plans},
        months={
            (row["year"], row["month"]): MonthFacts(
                row.get("planned_yuan"), row["done_yuan"], row.get("progress", "")
            )
            for row in months
        },
        arrived={(row["year"], row["month"], row["source"]): row["arrived_yuan"] for row in funds},
        partners=sorted(partners, key=lambda item: (item.role, item.from_on, item.entry)),
        visits=[row for rows in known[VISIT].values() for row in rows],
        told=told,
    )


NAMES = ("code", "year", "month", "source", "role", "name", "from_on")
"""What an entry is, as its first change says it: known on every day on which anything of it is."""


def _known(told: Sequence[Told], as_of: date) -> dict[str, dict[int, list[Told]]]:
    """By kind and entry what holds by a day, beginning with what the entry is."""
    first: dict[tuple[str, int], Told] = {}
    known: dict[str, dict[int, list[Told]]] = defaultdict(dict)
    for row in told:
        key = row.kind, row.entry
        first.setdefault(key, row)
        if row.on <= as_of:
            if row.entry not in known[row.kind]:
                named = {name: first[key].facts[name] for name in NAMES if name in first[key].facts}
                known[row.kind][row.entry] = [first[key]._replace(facts=named)]
            known[row.kind][row.entry].append(row)
    visits = known[VISIT]
    known[VISIT] = {entry: rows[1:] for entry, rows in visits.items()}
    return known


def _last(rows: Iterable[Told]) -> dict[str, Any]:
    """Every fact as the last change that wrote it has it."""
    facts: dict[str, Any] = {}
    for row in rows:
        facts |= row.facts
    return facts


def _node(entry: int, rows: Sequence[Told]) -> NodeFacts:
    facts = _last(rows)
    plans = [day for row in rows if "plan_on" in row.facts and (day := row.day("plan_on")) is not None]
    plan_on = day_of(facts.get("plan_on"))
    return NodeFacts(
        entry,
        facts["code"],
        plan_on,
        day_of(facts.get("actual_on")),
        rows[-1].unit or "",
        rows[-1].person or "",
        facts.get("arrangement", ""),
        facts.get("outcome", ""),
        facts.get("document_no", ""),
        rows[-1].seq,
        [day for day in dict.fromkeys(plans) if day != plan_on],
    )


def _partner(entry: int, facts: Mapping[str, Any]) -> Partner:
    from_on = day_of(facts["from_on"])
    assert from_on is not None, "a firm takes part from a day on"
    return Partner(entry, facts["role"], facts["name"], from_on, day_of(facts.get("to_on")))
