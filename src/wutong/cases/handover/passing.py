"""What happens to each kind of thing in a handover, set by set: the number of queries does not grow with the list."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any

from django.utils.timezone import localdate, make_aware

from wutong.cases.act import act_many
from wutong.cases.handover.holdings import Held
from wutong.cases.handover.models import Handover, HandoverLine, HeldKind
from wutong.cases.models import Case
from wutong.cases.procedures import HAND_OVER_VERB
from wutong.cases.steps import Step, Succession
from wutong.registers.history.models import RegisterEntry
from wutong.registers.history.services import Fact, record_many
from wutong.registers.leads.models import LeadAssignment
from wutong.registers.organisation.actors import Actor
from wutong.registers.organisation.models import Oversight, StandIn, TeamMember
from wutong.registers.organisation.services import end_posts, leave_teams

Pairs = Sequence[tuple[HandoverLine, Held]]
"""Lines of the list, each with what it names."""


def pass_all(handover: Handover, pairs: Pairs, *, actor: Actor, now: datetime) -> set[int]:
    """Pass on or end everything; returns the keys of the lines that somebody has taken over."""
    by_kind: dict[HeldKind, list[tuple[HandoverLine, Held]]] = defaultdict(list)
    for line, item in pairs:
        by_kind[item.kind].append((line, item))
    _pass_cases(handover, by_kind[HeldKind.CASE], actor, now)
    day, account = handover.effective_on, actor.account

    def write(facts: list[Fact], verb: str) -> None:
        record_many(facts, actor=account, effective_on=day, now=now, verb=verb, reason=handover.number)

    for kind in (HeldKind.LEAD, HeldKind.OVERSIGHT, HeldKind.STANDS_IN, HeldKind.STOOD_IN):
        rows = [item.row for _line, item in by_kind[kind]]
        begun = _successors(by_kind[kind], day)
        # Those that end come first: of one target only one may be open.
        write([Fact(row, {"to_on": max(day, row.from_on)}) for row in rows], "end")
        write(begun, "hand_over")
    _pass_teams(by_kind[HeldKind.TEAM], day)
    if by_kind[HeldKind.POST]:
        end_posts(handover.giver, actor=account, on=day, now=now)
        _forget_post(handover, actor, now)
    return {line.pk for line, _item in pairs if line.receiver_id is not None}


def _pass_cases(handover: Handover, pairs: Pairs, actor: Actor, now: datetime) -> None:
    seats: dict[int, list[Succession]] = defaultdict(list)
    cases: dict[int, Case] = {}
    for line, item in pairs:
        assert item.case is not None, "a seat is one of a case"
        assert line.receiver is not None, "judged before"
        cases[item.case.pk] = item.case
        seats[item.case.pk].append(Succession(item.row, line.unit or line.receiver.unit, line.receiver))
    reason = f"{handover.number} {handover.reason}"
    steps = [
        Step(
            case,
            HAND_OVER_VERB,
            handover.effective_on,
            reason=reason,
            successions=seats[key],
            effective_at=moment_of(case, handover.effective_on, now),
        )
        for key, case in cases.items()
    ]
    act_many(steps, actor=actor, now=now)


def moment_of(case: Case, day: date, now: datetime) -> datetime | None:
    """Where hours are counted an earlier day has its moment: its first, or that of the last change on it."""
    if day == localdate(now):
        return None
    first = make_aware(datetime.combine(day, time()))
    return max(first, case.changed_at) if case.changed_at is not None else first


def _successors(pairs: Pairs, day: date) -> list[Fact]:
    """What begins for the receivers: from the day (or the later day it was to begin) to the end that was planned."""
    receivers = {line.receiver_id for line, _item in pairs if line.receiver_id is not None}
    facts: list[Fact] = []
    taken: set[tuple[Any, ...]] = set()
    held = _held_already(pairs, receivers)
    for line, item in pairs:
        row = item.row
        if line.receiver is None:
            continue
        facts_of_row = {**_copied(row), "from_on": max(day, row.from_on), "to_on": row.to_on}
        if isinstance(row, StandIn):
            if row.official_id == line.receiver_id:
                continue  # nobody stands in for himself: the arrangement ends
            facts.append(Fact(StandIn(), {**facts_of_row, "stand_in": line.receiver}))
            continue
        key = (line.receiver_id, *_target(row))
        if key in held or key in taken:
            continue
        taken.add(key)
        entry: RegisterEntry = type(row)()
        facts.append(Fact(entry, {**facts_of_row, "official": line.receiver}))
    return facts


def _copied(row: RegisterEntry) -> dict[str, Any]:
    """The facts of a row that stay when its holder changes."""
    if isinstance(row, LeadAssignment):
        return {"enterprise": row.enterprise, "chain": row.chain, "role": row.role}
    if isinstance(row, Oversight):
        return {"unit": row.unit}
    assert isinstance(row, StandIn), "leads, units in charge and stand-ins are passed on"
    return {"official": row.official, "reason": row.reason}


def _target(row: RegisterEntry) -> tuple[Any, ...]:
    """What a row is about, to see that nobody holds it twice."""
    if isinstance(row, LeadAssignment):
        return row.enterprise_id, row.chain_id, row.role
    assert isinstance(row, Oversight), "only leads and units in charge are held once"
    return (row.unit_id,)


def _held_already(pairs: Pairs, receivers: Iterable[int]) -> set[tuple[Any, ...]]:
    """What the receivers hold already is not given to them twice."""
    if not pairs or isinstance(pairs[0][1].row, StandIn):
        return set()
    kind = type(pairs[0][1].row)
    found = kind._default_manager.filter(official__in=receivers, to_on__isnull=True)
    return {(row.official_id, *_target(row)) for row in found}


def _pass_teams(pairs: Pairs, day: date) -> None:
    """A receiver who is in the team already leads it from now on, when the giver did."""
    memberships: list[TeamMember] = [item.row for _line, item in pairs]
    leave_teams(memberships, on=day)
    receivers = [line.receiver_id for line, _item in pairs if line.receiver_id is not None]
    present = {
        (item.team_id, item.official_id): item
        for item in TeamMember.objects.filter(official__in=receivers, to_on__isnull=True)
    }
    promoted, new = [], []
    for line, item in pairs:
        row: TeamMember = item.row
        if line.receiver is None:
            continue
        known = present.get((row.team_id, line.receiver.pk))
        if known is not None and (known.is_leader or not row.is_leader):
            continue
        if known is not None:
            promoted.append(known)
        member = TeamMember(
            team_id=row.team_id,
            official=line.receiver,
            is_leader=row.is_leader,
            from_on=max(day, row.from_on),
        )
        present[row.team_id, line.receiver.pk] = member
        new.append(member)
    leave_teams([item for item in promoted if item.pk is not None], on=day)
    TeamMember.objects.bulk_create(new)


def _forget_post(handover: Handover, actor: Actor, now: datetime) -> None:
    """Who has handed over has no post until the next one."""
    record_many(
        [Fact(handover.giver, {"post": ""})],
        actor=actor.account,
        effective_on=handover.effective_on,
        now=now,
        verb="hand_over",
        reason=handover.number,
    )
