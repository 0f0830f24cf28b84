"""Writes of handovers: draw up the list, choose receivers, hand over, sign."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import override

from wutong.base.accounts.models import Account
from wutong.base.errors import Conflict, NotAllowed, Refused
from wutong.cases.handover.holdings import Held, items_of
from wutong.cases.handover.models import (
    Handover,
    HandoverLine,
    HandoverSignature,
    HandoverState,
    HeldKind,
    Outcome,
)
from wutong.cases.handover.passing import pass_all
from wutong.cases.numbers import take_numbers
from wutong.registers.history.services import Fact, record, record_many
from wutong.registers.organisation.actors import Actor
from wutong.registers.organisation.models import Official
from wutong.registers.organisation.rights import HAND_OVER

NUMBER_PREFIX = "JJ"
LANGUAGE = "zh-hans"
"""Labels on the list are data of the zone: simplified Chinese, whatever language the pages have."""
MUST_PASS = frozenset({HeldKind.CASE})
"""Somebody must take these over; what else finds no receiver ends."""
ONLY_ENDS = frozenset({HeldKind.POST, HeldKind.STOOD_IN})


def require_may_hand_over(actor: Actor) -> None:
    """Raises NotAllowed."""
    if not actor.is_system and not actor.has(HAND_OVER):
        raise NotAllowed(_("您没有办理交接的权限。工作需要的，请向安全管理员申请。"))


@transaction.atomic
def draft_handover(
    giver: Official, *, effective_on: date, reason: str, actor: Actor, now: datetime
) -> Handover:
    """A new list of everything that the giver holds on the day. The day may lie ahead: the list is drawn up before."""
    require_may_hand_over(actor)
    locked = Official.objects.select_for_update().get(pk=giver.pk)
    if not reason.strip():
        raise Refused(_("请写明交接事由。"), fields={"reason": _("请写明交接事由")})
    if effective_on < locked.from_on:
        raise Refused(
            _("交接日期早于任职日期（%(on)s）。") % {"on": locked.from_on},
            fields={"effective_on": _("不能早于%(first)s") % {"first": locked.from_on}},
        )
    drafted = Handover.objects.filter(giver=giver, state=HandoverState.DRAFTED).first()
    if drafted is not None:
        raise Refused(
            _("%(name)s已有拟定中的交接%(number)s，请接着办，或先作废。")
            % {"name": giver.name, "number": drafted.number}
        )
    facts = {
        "number": take_numbers(NUMBER_PREFIX, effective_on.year, 1)[0],
        "giver": giver,
        "effective_on": effective_on,
        "reason": reason.strip(),
        "state": HandoverState.DRAFTED,
    }
    on = localdate(now)
    handover = record(Handover(), facts, actor=actor.account, effective_on=on, now=now, verb="draft")
    _add_lines(handover, items_on_list(handover), actor, now)
    return handover


def items_on_list(handover: Handover) -> list[Held]:
    """What the giver holds now, named as on the list."""
    with override(LANGUAGE):
        return items_of(handover.giver, handover.effective_on)


def _add_lines(handover: Handover, items: Iterable[Held], actor: Actor, now: datetime) -> None:
    facts = [
        Fact(
            HandoverLine(),
            {
                "handover": handover,
                "kind": item.kind,
                "target_id": item.row.pk,
                "label": item.label[:200],
                "case": item.case,
                "outcome": Outcome.OPEN,
            },
        )
        for item in items
    ]
    record_many(facts, actor=actor.account, effective_on=localdate(now), now=now, verb="list")


@transaction.atomic
def list_again(handover: Handover, *, actor: Actor, now: datetime) -> Handover:
    """Add what has come to the giver since; what is gone is marked. Receivers that were chosen stay."""
    require_may_hand_over(actor)
    _locked(handover, HandoverState.DRAFTED)
    held = {item.key: item for item in items_on_list(handover)}
    lines = {(line.kind, line.target_id): line for line in handover.lines.select_for_update().order_by("pk")}
    outcomes = {
        line: Outcome.OPEN if key in held else Outcome.GONE
        for key, line in lines.items()
        if (line.outcome == Outcome.OPEN) != (key in held)
    }
    _record_outcomes(outcomes, actor, now)
    _add_lines(handover, [item for key, item in held.items() if key not in lines], actor, now)
    return handover


@transaction.atomic
def choose_receivers(
    handover: Handover,
    chosen: Mapping[int, Official | None],
    *,
    keeps_units: bool = False,
    actor: Actor,
    now: datetime,
) -> None:
    """Who takes over which line, by the key of the line. `keeps_units`: cases stay with the unit that answers for them
    now; otherwise they go to the receiver's unit."""
    require_may_hand_over(actor)
    _locked(handover, HandoverState.DRAFTED)
    lines = list(
        handover.lines.select_for_update(of=("self",))
        .filter(pk__in=list(chosen), outcome=Outcome.OPEN)
        .order_by("pk")
    )
    seats = (
        {item.row.pk: item.row for item in items_on_list(handover) if item.kind == HeldKind.CASE}
        if keeps_units
        else {}
    )
    facts = []
    for line in lines:
        receiver = chosen[line.pk]
        seat = seats.get(line.target_id) if line.kind == HeldKind.CASE else None
        unit = seat.unit if seat is not None and receiver is not None else None
        if receiver is not None and line.kind in ONLY_ENDS:
            raise Refused(_("“%(label)s”到日子自行终止，不需要接收人。") % {"label": line.label})
        if (line.receiver_id, line.unit_id) != (receiver and receiver.pk, unit and unit.pk):
            facts.append(Fact(line, {"receiver": receiver, "unit": unit}))
    for person in {fact.facts["receiver"] for fact in facts if fact.facts["receiver"] is not None}:
        require_can_receive(handover, person)
    record_many(facts, actor=actor.account, effective_on=localdate(now), now=now, verb="choose")


def require_can_receive(handover: Handover, receiver: Official) -> None:
    """Raises Refused for the giver and for somebody who is not in office on the day."""
    if receiver.pk == handover.giver_id:
        raise Refused(_("接收人不能是移交人本人。"))
    if receiver.to_on is not None and receiver.to_on <= handover.effective_on:
        raise Refused(
            _("%(name)s于%(on)s离任，不能接收。请另选接收人。")
            % {"name": receiver.name, "on": receiver.to_on}
        )
    if receiver.from_on > handover.effective_on:
        raise Refused(
            _("%(name)s到%(on)s才任职，不能接收。请另选接收人。")
            % {"name": receiver.name, "on": receiver.from_on}
        )


def hand_over(handover: Handover, *, actor: Actor, now: datetime) -> Handover:
    """All lines at once, or none. Raises Refused for a line without receiver and whatever the engine refuses; Conflict,
    with the lines, when something came to the giver after the list was drawn up."""
    with transaction.atomic():
        return _hand_over(handover, actor, now)


def _hand_over(handover: Handover, actor: Actor, now: datetime) -> Handover:
    require_may_hand_over(actor)
    giver = Official.objects.select_for_update().get(pk=handover.giver_id)
    handover = _locked(handover, HandoverState.DRAFTED)
    day = handover.effective_on
    if day > localdate(now):
        raise Refused(_("交接日期是%(on)s，请到那一天再办。") % {"on": day})
    held = {item.key: item for item in items_on_list(handover)}
    lines = list(
        handover.lines.select_for_update(of=("self",)).select_related("receiver__unit", "unit").order_by("pk")
    )
    listed = {(line.kind, line.target_id) for line in lines}
    new = [item.label for key, item in held.items() if key not in listed]
    if new:
        words = _("清单之后又新增%(count)s项，没有移交。请更新清单，选好接收人再办。") % {"count": len(new)}
        raise Conflict(words, new)
    still = [(line, held[key]) for line in lines if (key := (line.kind, line.target_id)) in held]
    _require_receivers(handover, [line for line, _item in still])
    _require_order(handover, [item for _line, item in still])
    passed = pass_all(handover, still, actor=actor, now=now)
    outcomes: dict[HandoverLine, Outcome] = dict.fromkeys(lines, Outcome.GONE)
    outcomes |= {line: Outcome.PASSED if line.pk in passed else Outcome.ENDED for line, _item in still}
    _record_outcomes(outcomes, actor, now)
    late = items_of(giver, day)
    if late:
        raise Conflict(
            _("办理时又有新的事到了移交人手上，没有移交。请再办一次。"), [item.label for item in late]
        )
    facts = {"state": HandoverState.DONE, "done_at": now.astimezone(UTC)}
    return record(handover, facts, actor=actor.account, effective_on=day, now=now, verb="hand_over")


def _locked(handover: Handover, state: str) -> Handover:
    locked = Handover.objects.select_for_update(of=("self",)).select_related("giver").get(pk=handover.pk)
    if locked.state != state:
        raise Refused(
            _("交接%(number)s现在是“%(state)s”，不能再这样办。")
            % {"number": locked.number, "state": locked.get_state_display()}
        )
    return locked


def _require_receivers(handover: Handover, lines: Sequence[HandoverLine]) -> None:
    lacking = [line for line in lines if line.receiver is None and line.kind in MUST_PASS]
    if lacking:
        raise Refused(
            _("还有%(count)s件办件没有选接收人，例如“%(label)s”。")
            % {"count": len(lacking), "label": lacking[0].label}
        )
    for person in {line.receiver_id: line.receiver for line in lines if line.receiver}.values():
        require_can_receive(handover, person)


def _require_order(handover: Handover, items: Iterable[Held]) -> None:
    """Days of a case never run backwards: say which cases changed after the day of the handover."""
    later = sorted(
        {item.case.number for item in items if item.case and item.case.changed_on > handover.effective_on}
    )
    if later:
        raise Refused(
            _("这些办件在%(on)s之后还有变更，不能按那一天移交：%(numbers)s。请作废后按较晚的日期重新拟定。")
            % {"on": handover.effective_on, "numbers": "、".join(later[:10])}
        )


def _record_outcomes(outcomes: Mapping[HandoverLine, Outcome], actor: Actor, now: datetime) -> None:
    facts = [
        Fact(line, {"outcome": outcome}) for line, outcome in outcomes.items() if line.outcome != outcome
    ]
    record_many(facts, actor=actor.account, effective_on=localdate(now), now=now, verb="outcome")


@transaction.atomic
def drop_handover(handover: Handover, *, reason: str, actor: Actor, now: datetime) -> Handover:
    """A list that is not needed any more. It stays as dropped."""
    require_may_hand_over(actor)
    locked = _locked(handover, HandoverState.DRAFTED)
    return record(
        locked, {"state": HandoverState.DROPPED}, actor=actor.account, effective_on=localdate(now), now=now,
        verb="drop", reason=reason,
    )  # fmt: skip


# ---- signatures --------------------------------------------------------------------------------------------------


def signers(handover: Handover) -> list[Official]:
    """The giver, then everybody who received something."""
    received = handover.lines.filter(outcome=Outcome.PASSED, receiver__isnull=False)
    people = Official.objects.filter(pk__in=received.values("receiver")).order_by("pk")
    return [handover.giver, *people.select_related("unit")]


@transaction.atomic
def sign_handover(handover: Handover, *, account: Account, now: datetime) -> HandoverSignature:
    """The giver or a receiver signs the list, with the own account. With the last signature of those who have an
    account the handover is signed; who has none signs on paper."""
    locked = _locked(handover, HandoverState.DONE)
    people = signers(locked)
    person = next((item for item in people if item.account_id == account.pk), None)
    if person is None:
        raise NotAllowed(_("只有移交人和接收人可以签字。"))
    done = set(locked.signatures.values_list("official_id", flat=True))
    if person.pk in done:
        raise Refused(_("您已经签过字。"))
    on = localdate(now)
    facts = {"handover": locked, "official": person, "account": account, "signed_at": now.astimezone(UTC)}
    signature = record(HandoverSignature(), facts, actor=account, effective_on=on, now=now, verb="sign")
    missing = {item.pk for item in people if item.account_id is not None} - done - {person.pk}
    if not missing:
        record(locked, {"state": HandoverState.SIGNED}, actor=account, effective_on=on, now=now, verb="sign")
    return signature
