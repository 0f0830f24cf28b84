"""A seat passes to the next holder (交接): who may take it, and what it does to the assignments of the case."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from wutong.base.errors import Conflict, Refused
from wutong.cases.context import CaseContext
from wutong.cases.effects import Writes, release
from wutong.cases.models import Assignment
from wutong.cases.procedures import HAND_OVER_VERB, Procedure
from wutong.cases.steps import Step, Succession
from wutong.registers.organisation.models import Official


def judge_successions(step: Step, context: CaseContext) -> None:
    """Raises Refused for a handover without seats, for a receiver who has left, and for one who would verify the own
    work; Conflict for a seat that its holder has lost meanwhile."""
    if step.verb != HAND_OVER_VERB:
        if step.successions:
            raise ValueError(f"{step.verb} passes no seats on")
        return
    if not step.successions:
        raise Refused(_("移交要在交接单里办理。"))
    number = context.case.number
    open_seats = {item.pk: item for item in context.assignments}
    for succession in step.successions:
        if succession.seat.pk not in open_seats:
            raise Conflict(_("%(number)s的责任人刚被别人改过，请刷新后再办。") % {"number": number})
        _judge_receiver(step, succession, number)
    after = _seats_after(context, step.successions)
    for person in {item.person.pk: item.person for item in step.successions if item.person}.values():
        if any(item.person == person and item.seat.person_id != person.pk for item in step.successions):
            _judge_second_person(context.kind.procedure, after, person, number)


def _judge_receiver(step: Step, succession: Succession, number: str) -> None:
    person = succession.person
    if person is None:
        return
    if person.to_on is not None and person.to_on <= step.effective_on:
        raise Refused(
            _("%(name)s已于%(on)s离任，不能接手%(number)s。")
            % {"name": person.name, "on": person.to_on, "number": number}
        )
    if person.from_on > step.effective_on:
        raise Refused(
            _("%(name)s到%(on)s才任职，不能接手%(number)s。")
            % {"name": person.name, "on": person.from_on, "number": number}
        )


Seat = tuple[str, int, int | None]
"""Role, unit and person."""


def _seats_after(context: CaseContext, successions: Sequence[Succession]) -> set[Seat]:
    passed = {item.seat.pk for item in successions}
    staying = {
        (item.role, item.unit_id, item.person_id) for item in context.assignments if item.pk not in passed
    }
    return staying | {
        (item.seat.role, item.unit.pk, item.person.pk if item.person else None) for item in successions
    }


def _judge_second_person(procedure: Procedure, seats: Iterable[Seat], person: Official, number: str) -> None:
    """Nobody holds both a role that takes a step and one that may never take it."""
    held = {
        role
        for role, unit, holder in seats
        if holder == person.pk or (holder is None and unit == person.unit_id)
    }
    for transition in procedure.transitions:
        does, never = held.intersection(transition.who.roles), held.intersection(transition.who.never)
        if does and never:
            labels = [
                str(procedure.role_label(role.code)) for role in procedure.roles if role.code in does | never
            ]
            raise Refused(
                _("%(name)s不能同时是%(number)s的%(roles)s：核查要由另一个人来做。请给这件事另选接手人。")
                % {"name": person.name, "number": number, "roles": "、".join(labels)}
            )


def pass_on(
    context: CaseContext, step: Step, at: datetime | None, writes: Writes
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Ends the seats and begins the new ones; returns the snapshots of what ended and of what began."""
    released, begun = [], []
    open_seats = {item.pk: item for item in context.assignments}
    for succession in step.successions:
        seat = open_seats[succession.seat.pk]
        person_id = succession.person.pk if succession.person else None
        if (seat.unit_id, seat.person_id) == (succession.unit.pk, person_id):
            continue
        release(context, [seat], step.effective_on, at, writes)
        released.append({"role": seat.role, "unit": seat.unit_id, "person": seat.person_id})
        same = [
            item
            for item in context.assignments
            if (item.role, item.unit_id, item.person_id) == (seat.role, succession.unit.pk, person_id)
        ]
        if any(item.is_awaited or not seat.is_awaited for item in same):
            continue
        new = Assignment(
            case=context.case,
            role=seat.role,
            unit=succession.unit,
            person=succession.person,
            from_on=step.effective_on,
            from_at=at,
            is_awaited=seat.is_awaited,
        )
        context.assignments.append(new)
        writes.new_assignments.append(new)
        more = {"awaited": True} if seat.is_awaited else {}
        begun.append({"role": seat.role, "unit": succession.unit.pk, "person": person_id, **more})
    return released, begun
