"""The agenda: made from what other ledgers propose, put in order, changed by hand."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from wutong.base.errors import NotAllowed, Refused
from wutong.cases.models import Assignment, Case
from wutong.cases.procedures import Who
from wutong.cases.who import is_allowed
from wutong.ledgerkit.policy import visible_cases
from wutong.ledgers.meetings.declared import Proposed, sources
from wutong.ledgers.meetings.models import AgendaItem, DispatchMeeting, ItemState
from wutong.ledgers.meetings.people import leader_ranks
from wutong.ledgers.meetings.procedure import PREPARE, RECORD
from wutong.ledgers.meetings.queries import agenda_of, is_restricted
from wutong.ledgers.meetings.rules import LAMP_ORDER, agenda_key, moved, placed
from wutong.registers.history.services import Fact, record, record_many
from wutong.registers.organisation.actors import Actor

BY_HAND = "by_hand"
REASON_LENGTH = 500


@override("zh-hans")
def proposed(actor: Actor, as_of: date) -> list[tuple[str, Proposed]]:
    """What all sources propose, a case once: its worst lamp, its longest delay, all reasons. In
    Chinese whoever asks: the reasons are kept."""
    found: dict[int, tuple[str, Proposed]] = {}
    for source in sources():
        for item in source.items(actor, as_of):
            if item.case_id in found:
                code, known = found[item.case_id]
                found[item.case_id] = code, _both(known, item)
            else:
                found[item.case_id] = source.code, item
    return list(found.values())


def _both(one: Proposed, other: Proposed) -> Proposed:
    lamps = (one.lamp, other.lamp)
    return Proposed(
        one.case_id,
        one.number,
        one.leader_id or other.leader_id,
        min(lamps, key=lambda lamp: LAMP_ORDER.get(lamp, 2)),
        f"{one.reason}；{other.reason}",
        max(one.days_over, other.days_over),
    )


def new_proposals(meeting: DispatchMeeting, actor: Actor, as_of: date) -> list[tuple[str, Proposed]]:
    """What is proposed and not on the agenda; what was removed by hand is not proposed again."""
    known = set(AgendaItem.objects.filter(meeting=meeting).values_list("case_id", flat=True))
    return [(code, item) for code, item in proposed(actor, as_of) if item.case_id not in known]


@transaction.atomic
def make_agenda(meeting: DispatchMeeting, *, actor: Actor, as_of: date, now: datetime) -> int:
    """Put on the agenda what is proposed and not yet there; returns how many. Repeating it changes nothing."""
    lock_meeting(meeting, actor, PREPARE, ("planned", "in_session"))
    found = new_proposals(meeting, actor, as_of)
    new = [
        AgendaItem(
            meeting=meeting,
            case_id=item.case_id,
            leader_id=item.leader_id,
            lamp=item.lamp,
            reason=item.reason[:REASON_LENGTH],
            days_over=item.days_over,
            source=code,
        )
        for code, item in found
    ]
    numbers = {item.case_id: item.number for _code, item in found}
    _insert(meeting, new, numbers, actor, as_of, now)
    return len(new)


@transaction.atomic
def add_item(
    meeting: DispatchMeeting, case: Case, *, reason: str, actor: Actor, as_of: date, now: datetime
) -> AgendaItem:
    """Put a case on the agenda by hand, or back on it. Raises Refused for one that is there, and for one that only few
    may know of."""
    lock_meeting(meeting, actor, PREPARE, ("planned", "in_session"))
    if not reason.strip():
        raise Refused(_("请写明为什么上会。"), fields={"reason": _("请写明为什么上会")})
    if is_restricted(case):
        message = _("%(number)s还在保密阶段，不能上会讨论。") % {"number": case.number}
        raise Refused(message, fields={"case": message})
    known = AgendaItem.objects.filter(meeting=meeting, case=case).first()
    if known is not None and known.state != ItemState.REMOVED:
        message = _("%(number)s已经在议程里。") % {"number": case.number}
        raise Refused(message, fields={"case": message})
    words = reason.strip()[:REASON_LENGTH]
    if known is not None:
        return record(
            known,
            {"state": ItemState.WAITING, "reason": words},
            actor=actor.account,
            effective_on=as_of,
            now=now,
            verb="put_back",
            reason=words,
        )
    found = next((item for _code, item in proposed(actor, as_of) if item.case_id == case.pk), None)
    new = AgendaItem(
        meeting=meeting,
        case=case,
        leader_id=case.leader_id,
        lamp=found.lamp if found else "",
        days_over=found.days_over if found else 0,
        reason=words,
        source=BY_HAND,
    )
    _insert(meeting, [new], {case.pk: case.number}, actor, as_of, now)
    return new


def _insert(
    meeting: DispatchMeeting,
    new: Sequence[AgendaItem],
    numbers: dict[int, str],
    actor: Actor,
    as_of: date,
    now: datetime,
) -> None:
    if not new:
        return
    present = list(_all_items(meeting))
    ranks = leader_ranks((item.leader_id for item in (*present, *new) if item.leader_id), as_of)
    numbers = numbers | {item.case_id: item.case.number for item in present}

    def key(item: AgendaItem) -> object:
        rank = ranks[item.leader_id] if item.leader_id else None
        return agenda_key(rank, item.lamp, item.days_over, numbers[item.case_id])

    _renumber(placed(present, new, key), actor, as_of, now)


def _all_items(meeting: DispatchMeeting) -> Iterable[AgendaItem]:
    return (
        AgendaItem.objects.select_for_update(of=("self",))
        .filter(meeting=meeting)
        .select_related("case")
        .order_by("position", "pk")
    )


OWN = ("meeting_id", "case_id", "leader_id", "lamp", "reason", "days_over", "source", "state")


def _renumber(items: Sequence[AgendaItem], actor: Actor, on: date, now: datetime) -> None:
    """Positions from 1; only what changes is written."""
    entering: list[Fact] = []
    moving: list[Fact] = []
    for position, item in enumerate(items, start=1):
        if item.pk is None:
            entering.append(Fact(item, {**{name: getattr(item, name) for name in OWN}, "position": position}))
        elif item.position != position:
            moving.append(Fact(item, {"position": position}))
    record_many(entering, actor=actor.account, effective_on=on, now=now, verb="enter")
    record_many(moving, actor=actor.account, effective_on=on, now=now, verb="move")


@transaction.atomic
def move_item(item: AgendaItem, step: int, *, actor: Actor, on: date, now: datetime) -> None:
    """Before or behind the neighbours that the actor sees: `step` is -1, +1, or further when it was dragged."""
    meeting = item.meeting
    lock_meeting(meeting, actor, PREPARE, ("planned", "in_session"))
    seen = list(agenda_of(meeting, actor).items)
    at = next(place for place, other in enumerate(seen) if other.pk == item.pk)
    target = max(0, min(len(seen) - 1, at + step))
    if target == at:
        return
    every = list(_all_items(meeting))
    place = next(place for place, other in enumerate(every) if other.pk == seen[target].pk)
    own = next(other for other in every if other.pk == item.pk)
    _renumber(moved(every, own, place), actor, on, now)


@transaction.atomic
def remove_item(item: AgendaItem, reason: str, *, actor: Actor, on: date, now: datetime) -> None:
    """Off the agenda, with a reason. Raises Refused when something was decided on it."""
    lock_meeting(item.meeting, actor, PREPARE, ("planned", "in_session"))
    if not reason.strip():
        raise Refused(_("请写明理由。"), fields={"reason": _("请写明理由")})
    if item.decisions.filter(withdrawn_on__isnull=True).exists():
        raise Refused(_("这一项已经作出决定，不能移出议程。"))
    record(
        item,
        {"state": ItemState.REMOVED},
        actor=actor.account,
        effective_on=on,
        now=now,
        verb="remove",
        reason=reason.strip()[:500],
    )


@transaction.atomic
def mark_item(item: AgendaItem, state: str, *, actor: Actor, now: datetime) -> None:
    """Discussed, skipped, or waiting again."""
    lock_meeting(item.meeting, actor, RECORD, ("in_session",))
    if item.state != state:
        record(
            item,
            {"state": state},
            actor=actor.account,
            effective_on=item.meeting.meeting_on,
            now=now,
            verb=f"mark_{state}",
        )


def lock_meeting(meeting: DispatchMeeting, actor: Actor, who: Who, states: Sequence[str]) -> Case:
    """The case of the meeting, locked until the transaction ends: two people who write into one meeting do so one after
    the other. Raises NotAllowed and Refused."""
    case = Case.objects.select_for_update().get(pk=meeting.case_id)
    if not is_allowed(actor, who, Assignment.objects.filter(case=case, to_on__isnull=True)):
        raise NotAllowed(_("您不能改这次会议的议程和决定。请由记录人或有权限的人来做。"))
    if case.state not in states:
        words = {
            "planned": _("会议还没开始。先“开会”，再记决定。"),
            "in_session": _("会议正在进行，这一步要在散会以后做。"),
            "minuted": _("会议已经散会。要补记的，先“继续开会”。"),
            "closed": _("纪要已经签发，不能再改。"),
            "cancelled": _("会议已经取消。"),
        }
        raise Refused(words[case.state])
    return case


def require_seen(case_id: int, actor: Actor) -> None:
    """Nobody decides about a case that he may not see."""
    if not visible_cases(actor).filter(pk=case_id).exists():
        raise Refused(_("议程里没有这一项。"))
