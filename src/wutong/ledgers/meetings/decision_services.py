"""Decisions: one typed line becomes a row and the work that follows from it, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import override

from wutong.base.errors import Refused, Text
from wutong.cases.models import Case
from wutong.ledgers.meetings.agenda_services import lock_meeting, require_seen
from wutong.ledgers.meetings.declared import JOIN, DecisionKind, Ordered, Written, kinds_of
from wutong.ledgers.meetings.models import AgendaItem, Decision, DecisionResult, ItemState
from wutong.ledgers.meetings.procedure import RECORD
from wutong.registers.history.services import record
from wutong.registers.organisation.actors import Actor
from wutong.registers.organisation.models import Official, Unit

REACHING_CASES = ("unit", "person", "due_on", "kinds")
"""Columns whose correction reaches the cases that were made."""


@dataclass(frozen=True)
class NewDecision:
    """A line as it was understood. `request_key` makes a line that is sent twice one decision."""

    text: str
    unit: Unit | None = None
    person: Official | None = None
    due_on: date | None = None
    kinds: str = ""
    request_key: str | None = None

    def facts(self) -> dict[str, object]:
        return {
            "text": self.text.strip(),
            "unit": self.unit,
            "person": self.person,
            "due_on": self.due_on,
            "kinds": self.kinds,
        }


def record_decision(item: AgendaItem, new: NewDecision, *, actor: Actor, now: datetime) -> Decision:
    """Write a decision and what follows from it, on the day of the meeting; the item counts as discussed.

    Raises Refused or NotAllowed; then nothing is written.
    """
    try:
        with transaction.atomic():
            return _record_decision(item, new, actor, now)
    except IntegrityError:
        # The same line came twice at once and the other one was first.
        known = _sent_before(item, new)
        if known is None:
            raise
        return known


def _record_decision(item: AgendaItem, new: NewDecision, actor: Actor, now: datetime) -> Decision:
    meeting = item.meeting
    case = lock_meeting(meeting, actor, RECORD, ("in_session",))
    known = _sent_before(item, new)
    if known is not None:
        return known
    require_seen(item.case_id, actor)
    item.refresh_from_db()
    if item.state == ItemState.REMOVED:
        raise Refused(_("这一项已经移出议程，不能再作决定。"))
    chosen = _judged(new, meeting.meeting_on)
    last = meeting.decisions.aggregate(last=Max("number"))["last"] or 0
    decision = record(
        Decision(),
        {
            "meeting": meeting,
            "item": item,
            "number": last + 1,
            **new.facts(),
            "version": 1,
            "request_key": new.request_key or None,
        },
        actor=actor.account,
        effective_on=meeting.meeting_on,
        now=now,
        verb="decide",
    )
    _carry_out(decision, chosen, case, actor, now)
    if item.state != ItemState.DISCUSSED:
        record(
            item,
            {"state": ItemState.DISCUSSED},
            actor=actor.account,
            effective_on=meeting.meeting_on,
            now=now,
            verb="mark_discussed",
        )
    return decision


def _sent_before(item: AgendaItem, new: NewDecision) -> Decision | None:
    if not new.request_key:
        return None
    return Decision.objects.filter(meeting=item.meeting_id, request_key=new.request_key).first()


def _judged(new: NewDecision, meeting_on: date) -> list[DecisionKind]:
    """The kinds that were chosen. Raises Refused at the field that lacks something."""
    if not new.text.strip():
        raise Refused(_("请写决定的内容。"), fields={"text": _("请写决定的内容")})
    chosen = kinds_of(new.kinds)
    if not chosen or JOIN.join(kind.code for kind in chosen) != new.kinds:
        raise Refused(_("请选择生成什么。"), fields={"kinds": _("请选择")})
    words: dict[str, Text] = {
        "unit": _("请填责任单位"),
        "person": _("请填责任人"),
        "due_on": _("请填时限"),
    }
    missing = {name: words[name] for kind in chosen for name in kind.needs if getattr(new, name) is None}
    if missing:
        what = "、".join(str(kind.label) for kind in chosen)
        fields = {("due" if name == "due_on" else name): text for name, text in missing.items()}
        raise Refused(
            _("生成“%(what)s”还缺：%(missing)s。")
            % {"what": what, "missing": "、".join(str(text) for text in missing.values())},
            fields=fields,
        )
    if new.due_on is not None and new.due_on < meeting_on:
        message = _("时限不能早于会议日期%(on)s。") % {"on": meeting_on}
        raise Refused(message, fields={"due": message})
    return chosen


@override("zh-hans")
def decision_words(decision: Decision) -> str:
    """“第2次调度会（DD2026-0002）决定3”: how cases and files name it."""
    return _("%(title)s（%(number)s）决定%(decision)s") % {
        "title": decision.meeting.title,
        "number": decision.meeting.case.number,
        "decision": decision.number,
    }


def _carry_out(
    decision: Decision, chosen: Sequence[DecisionKind], meeting: Case, actor: Actor, now: datetime
) -> None:
    made: dict[str, Case] = {}
    for kind in chosen:
        if kind.write is None:
            continue
        order = Ordered(
            about=decision.item.case,
            text=decision.text,
            unit=decision.unit,
            person=decision.person,
            due_on=decision.due_on,
            chair=meeting.host_person,
            reason=decision_words(decision),
            made=dict(made),
        )
        written = kind.write(order, actor, decision.meeting.meeting_on, now)
        made[kind.code] = written.case
        DecisionResult.objects.create(
            decision=decision, version=decision.version, kind=kind.code, case=written.case, seq=written.seq
        )


def _take_back(decision: Decision, actor: Actor, on: date, now: datetime, reason: str) -> None:
    """Each kind takes back what it wrote, the last first."""
    by_code = {kind.code: kind for kind in kinds_of(decision.kinds)}
    results = decision.results.filter(version=decision.version).select_related("case").order_by("-pk")
    for result in results:
        kind = by_code.get(result.kind)
        if kind is not None and kind.undo is not None:
            kind.undo(Written(result.case, result.seq), actor, on, now, reason)


@transaction.atomic
def withdraw_decision(
    decision: Decision, reason: str, *, expected_seq: int | None = None, actor: Actor, on: date, now: datetime
) -> None:
    """Withdraw a decision: it stays in the list with its reason, what it made is closed as long as nobody has worked on
    it. Raises Refused with the number of the case that somebody has."""
    _open_for_change(decision, reason, actor)
    words = _("撤回%(decision)s：%(reason)s") % {
        "decision": decision_words(decision),
        "reason": reason.strip(),
    }
    _take_back(decision, actor, on, now, words)
    record(
        decision,
        {"withdrawn_on": on},
        actor=actor.account,
        effective_on=on,
        now=now,
        verb="withdraw",
        reason=reason.strip()[:500],
        expected_seq=expected_seq,
    )


@transaction.atomic
def correct_decision(
    decision: Decision,
    new: NewDecision,
    reason: str,
    *,
    expected_seq: int | None = None,
    actor: Actor,
    on: date,
    now: datetime,
) -> None:
    """Correct what was typed. Other words change the decision only; another unit, person, day or kind takes back what
    was made and makes it anew, under the same number."""
    case = _open_for_change(decision, reason, actor)
    chosen = _judged(new, decision.meeting.meeting_on)
    facts = new.facts()
    reaches_cases = any(getattr(decision, name) != facts[name] for name in REACHING_CASES)
    if reaches_cases:
        words = _("更正%(decision)s：%(reason)s") % {
            "decision": decision_words(decision),
            "reason": reason.strip(),
        }
        _take_back(decision, actor, on, now, words)
        facts["version"] = decision.version + 1
    record(
        decision,
        facts,
        actor=actor.account,
        effective_on=on,
        now=now,
        verb="correct",
        reason=reason.strip()[:500],
        expected_seq=expected_seq,
    )
    if reaches_cases:
        _carry_out(decision, chosen, case, actor, now)


def _open_for_change(decision: Decision, reason: str, actor: Actor) -> Case:
    case = lock_meeting(decision.meeting, actor, RECORD, ("in_session", "minuted"))
    require_seen(decision.item.case_id, actor)
    if not reason.strip():
        raise Refused(_("请写明理由。"), fields={"reason": _("请写明理由")})
    current = Decision.objects.values_list("withdrawn_on", flat=True).get(pk=decision.pk)
    if current is not None:
        raise Refused(_("这项决定已经撤回。"))
    return case
