"""Copies of worked cases: the same steps under another number, title and holders, sealed again.

A copy is made as plain rows, in a process that never asks the database; keys are given out beforehand.
"""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db import connection, models

from wutong.base.chain.rows import Head
from wutong.base.search.models import SearchEntry
from wutong.base.search.tokens import document_tokens
from wutong.cases.models import (
    Assignment,
    Case,
    CaseDetail,
    Change,
    Clock,
    ClockSegment,
    ClockSuspension,
    Evidence,
    Task,
)
from wutong.cases.registry import case_type_of
from wutong.cases.searching import case_document

Seat = tuple[int, int | None]
"""Unit and person."""
Link = tuple[int, type[models.Model], int]
"""Column, and the table and place of the row of the same case whose key stands in it."""
Rows = dict[type[models.Model], list[tuple[Any, ...]]]
HOLDING = ("holders", "answered", "released")
"""Parts of a change's snapshot that name units and people."""


@dataclass(frozen=True)
class Parent:
    """A case that copies stand below, and who could see it."""

    pk: int
    case_type: str
    enterprise_id: int | None
    seats: tuple[Seat, ...]


@dataclass(frozen=True)
class Order:
    """What one copy is to be."""

    template: int
    number: str
    title: str
    seats: tuple[Seat, ...]
    parent: Parent | None


@dataclass
class Template:
    """A worked case with its rows in an order in which they can be inserted. `seats` are the different holders,
    `held` who held each assignment, `told` what each change tells; `host` and `leader` are those of the case.

    The objects themselves are filled in anew for every copy, because making new ones would take most of the time.
    """

    case: Case
    rows: Mapping[type[models.Model], Sequence[Any]]
    title: str
    host: Seat | None
    leader: Seat | None
    told: list[dict[str, Any]]
    held: list[Seat]
    seats: list[Seat] = field(default_factory=list)
    plain: dict[tuple[type[models.Model], int], list[Any]] = field(default_factory=dict)
    links: dict[tuple[type[models.Model], int], list[Link]] = field(default_factory=dict)

    @property
    def detail(self) -> type[models.Model]:
        return next(model for model in self.rows if issubclass(model, CaseDetail))

    @property
    def counts(self) -> dict[type[models.Model], int]:
        """How many rows of each table a copy has; the entry that it is found by is one of them."""
        return {model: len(rows) for model, rows in self.rows.items()} | {SearchEntry: 1}


def columns_of(model: type[models.Model]) -> list[Any]:
    """The columns of a table in the order of a copied row."""
    return [column for column in model._meta.concrete_fields if not column.generated]


def template_of(case: Case) -> Template:
    """Read a worked case from the database."""
    clocks = list(Clock.objects.filter(case=case).order_by("pk"))
    detail = case_type_of(case).detail
    rows: dict[type[models.Model], Sequence[Any]] = {
        Case: [case],
        detail: [detail._default_manager.get(pk=case.pk)],
        Change: list(Change.objects.filter(case=case).order_by("seq")),
        Assignment: list(Assignment.objects.filter(case=case).order_by("pk")),
        Task: list(Task.objects.filter(case=case).order_by("pk")),
        Evidence: list(Evidence.objects.filter(case=case).order_by("pk")),
        Clock: clocks,
        ClockSegment: list(ClockSegment.objects.filter(clock__in=clocks).order_by("pk")),
        ClockSuspension: list(ClockSuspension.objects.filter(clock__in=clocks).order_by("pk")),
    }
    held = [(item.unit_id, item.person_id) for item in rows[Assignment]]
    open_now = {item.role: seat for item, seat in zip(rows[Assignment], held, strict=True) if not item.to_on}
    template = Template(
        case, rows, case.title, open_now.get("host"), open_now.get("lead_official"),
        [change.snapshot for change in rows[Change]], held,
    )  # fmt: skip
    _find_seats(template)
    _plain_rows(template)
    return template


def _find_seats(template: Template) -> None:
    """Held at some time, in the order in which they came."""
    found: dict[Seat, None] = {}
    for change in template.rows[Change]:
        for name in HOLDING:
            for item in change.snapshot.get(name, ()):
                found[item["unit"], item["person"]] = None
    template.seats = list(found)


def _plain_rows(template: Template) -> None:
    """The values of each row as the database takes them, and which of them are keys of other rows of the case."""
    known = {
        (model, row.pk): place for model, rows in template.rows.items() for place, row in enumerate(rows)
    }
    for model, rows in template.rows.items():
        columns = columns_of(model)
        for place, row in enumerate(rows):
            template.plain[model, place] = [plain_value(column, row) for column in columns]
            links = []
            for index, column in enumerate(columns):
                value = getattr(row, column.attname)
                target = model if column.primary_key and not column.remote_field else column.related_model
                if target is not None and (target, value) in known:
                    links.append((index, target, known[target, value]))
            template.links[model, place] = links


def plain_value(column: Any, row: models.Model) -> Any:
    if isinstance(column, models.JSONField):
        return json.dumps(getattr(row, column.attname), ensure_ascii=False)
    return column.get_db_prep_save(getattr(row, column.attname), connection)


def seats_for(
    template: Template, people: Sequence[Seat], leaders: Sequence[Seat], dice: random.Random
) -> tuple[Seat, ...]:
    """Somebody else for every holder of the template, no two alike; who held as a unit is a unit again. Cases are led
    by the few who lead."""
    leader = dice.choice(leaders)
    others = iter(dice.sample(people, len(template.seats) + 1))
    chosen = [
        leader if held == template.leader else next(seat for seat in others if seat != leader)
        for held in template.seats
    ]
    return tuple(
        (unit, person if held[1] is not None else None)
        for held, (unit, person) in zip(template.seats, chosen, strict=True)
    )


# ---- in the copying process ---------------------------------------------------------------------------------------

_templates: Sequence[Template] = ()
_parents: dict[int, tuple[Case, Sequence[Assignment]]] = {}


def hold_templates(templates: Sequence[Template]) -> None:
    """What the process copies from."""
    global _templates
    _templates = templates
    _parents.clear()


def copied_rows(orders: Sequence[Order], keys: Mapping[type[models.Model], int]) -> Rows:
    """The rows of all copies by table. `keys` are the first free keys; rows take the following ones in order."""
    free = dict(keys)
    made: Rows = {}
    for order in orders:
        template = _templates[order.template]
        for model, rows in _copy(template, order, free).items():
            made.setdefault(model, []).extend(rows)
        for model, count in template.counts.items():
            if model in free:
                free[model] += count
    return made


def _copy(template: Template, order: Order, first: Mapping[type[models.Model], int]) -> Rows:
    seats = dict(zip(template.seats, order.seats, strict=True))
    made = {
        model: [_linked(template, model, place, first) for place in range(len(rows))]
        for model, rows in template.rows.items()
    }
    case = template.case
    case.pk, case.number, case.title = first[Case], order.number, order.title
    above, seats_above = _parent(order.parent) if order.parent else (None, ())
    case.parent = above
    case.enterprise_id = above.enterprise_id if above else None
    if template.host:
        case.host_unit_id, case.host_person_id = seats[template.host]
    if template.leader:
        case.leader_id = seats[template.leader][1]
    head = Head()
    for place, change in enumerate(template.rows[Change]):
        values = made[Change][place]
        change.case_id = case.pk
        told = _told(template, place, order, case, seats)
        if told is not None:
            change.snapshot = told
            values[_places(Change)["snapshot"]] = json.dumps(told, ensure_ascii=False)
        head = change.seal(after=head, now=change.recorded_at)
        values[_places(Change)["prev_hash"]], values[_places(Change)["hash"]] = change.prev_hash, change.hash
    case.set_head(head, case.chain_name())
    places = _places(Case)
    for name in CASE_COLUMNS:
        made[Case][0][places[name]] = getattr(case, name)
    places = _places(Assignment)
    for values, row, held in zip(made[Assignment], template.rows[Assignment], template.held, strict=True):
        row.unit_id, row.person_id = seats[held]
        values[places["unit_id"]], values[places["person_id"]] = seats[held]
    _put_title(template, order.title, made)
    document = case_document(case, template.rows[Assignment], seats_above)
    entry = SearchEntry(
        pk=first[SearchEntry],
        kind=document.kind,
        target_id=document.target_id,
        is_many=document.is_many,
        names="\n".join(document.names),
        codes="\n".join(document.codes),
        tokens=document_tokens(document.names, document.codes, document.extra),
    )
    made[SearchEntry] = [[getattr(entry, column.attname) for column in columns_of(SearchEntry)]]
    return {model: [tuple(row) for row in rows] for model, rows in made.items()}


CASE_COLUMNS = (
    "number", "title", "parent_id", "enterprise_id", "host_unit_id", "host_person_id", "leader_id", "head_hash",
    "head_mac",
)  # fmt: skip


def _linked(
    template: Template, model: type[models.Model], place: int, first: Mapping[type[models.Model], int]
) -> list[Any]:
    values = list(template.plain[model, place])
    for index, target, other in template.links[model, place]:
        values[index] = first[target] + other
    return values


def _told(
    template: Template, place: int, order: Order, case: Case, seats: Mapping[Seat, Seat]
) -> dict[str, Any] | None:
    """What this change of the copy tells; None where it tells the same as that of the template."""
    told = template.told[place]
    new: dict[str, Any] = {}
    for name in HOLDING:
        if name in told:
            new[name] = [
                {**item, **dict(zip(("unit", "person"), seats[item["unit"], item["person"]], strict=True))}
                for item in told[name]
            ]
    if place == 0:
        new |= {"number": order.number, "title": order.title}
        new["data"] = {
            name: order.title if value == template.title else value
            for name, value in told.get("data", {}).items()
        }
        for name, key in (("parent", case.parent_id), ("enterprise", case.enterprise_id)):
            if name in told or key is not None:
                new[name] = key
    if not new:
        return None
    return {name: value for name, value in {**told, **new}.items() if value is not None}


@cache
def _places(model: type[models.Model]) -> dict[str, int]:
    return {column.attname: index for index, column in enumerate(columns_of(model))}


def _put_title(template: Template, title: str, made: Mapping[type[models.Model], list[list[Any]]]) -> None:
    """Columns of the detail row that say the same as the title of the case."""
    values = made[template.detail][0]
    for index, value in enumerate(values):
        if value == template.title:
            values[index] = title


def _parent(parent: Parent) -> tuple[Case, Sequence[Assignment]]:
    if parent.pk not in _parents:
        case = Case(pk=parent.pk, case_type=parent.case_type, enterprise_id=parent.enterprise_id)
        seats = [Assignment(unit_id=unit, person_id=person) for unit, person in parent.seats]
        _parents[parent.pk] = case, seats
    return _parents[parent.pk]
