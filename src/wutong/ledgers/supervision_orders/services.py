"""What is done to supervision orders and instructions."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from wutong.base.errors import Refused
from wutong.cases.act import act, act_many
from wutong.cases.models import Case, Change
from wutong.cases.registry import react_to
from wutong.cases.steps import Holder, NewCase, NewEvidence, Step
from wutong.ledgers.supervision_orders.models import Instruction, OrderLevel, SupervisionOrder, Urgency
from wutong.ledgers.supervision_orders.procedures import CALL_IN, LIST, PROPOSE_LISTING, PROPOSE_TALK
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.organisation.actors import SYSTEM, Actor
from wutong.registers.organisation.models import Official, Unit


def issue_order(
    *,
    matter: str,
    demand: str,
    holders: list[Holder],
    source: Case | None,
    actor: Actor,
    on: date,
    now: datetime,
    reason: str = "",
    enterprise: Enterprise | None = None,
) -> Case:
    """An order to one unit; the clock of the answer starts on `on`. It concerns the firm of its source, if it has one."""
    new = NewCase(
        SupervisionOrder.case_type,
        title=matter,
        state="issued",
        detail={"matter": matter[:200], "demand": demand, "source": source},
        enterprise=enterprise or (source.enterprise if source else None),
    )
    return act(new, "open", actor=actor, now=now, effective_on=on, holders=holders, reason=reason).case


# ---- levels ------------------------------------------------------------------------------------------------------


def judge_rise(order: SupervisionOrder, verb: str) -> None:
    """A level is entered once, and never goes down. Raises Refused."""
    is_higher = order.level == OrderLevel.EVERYDAY or (order.level == OrderLevel.LISTED and verb == CALL_IN)
    if not is_higher:
        _refuse_level(order.case, order.level)


def _refuse_level(case: Case, level: OrderLevel) -> None:
    raise Refused(
        _("%(number)s已经是“%(level)s”，级别只升不降，也不重复登记。")
        % {"number": case.number, "level": level.label}
    )


# The two below judge after the step, because the step itself names leader and talk; what is refused takes it back.


@react_to(SupervisionOrder.case_type, LIST)
def require_leader_of_list(case: Case, change: Change, _actor: Actor, _now: datetime) -> None:
    """An order is listed once, before any talk, and has a leader by name."""
    earlier = Change.objects.filter(case=case, seq__lt=change.seq)
    if earlier.filter(verb=CALL_IN).exists():
        _refuse_level(case, OrderLevel.TALK)
    if earlier.filter(verb=LIST).exists():
        _refuse_level(case, OrderLevel.LISTED)
    if case.leader_id is None:
        words = _("挂牌督办要有挂牌领导。请选挂牌领导。")
        raise Refused(words, fields={"lead_official_person": words})


@react_to(SupervisionOrder.case_type, CALL_IN)
def require_talk(case: Case, change: Change, _actor: Actor, _now: datetime) -> None:
    """A talk is entered once, and has taken place by then."""
    if Change.objects.filter(case=case, verb=CALL_IN, seq__lt=change.seq).exists():
        _refuse_level(case, OrderLevel.TALK)
    talk_on = SupervisionOrder.objects.values_list("talk_on", flat=True).get(case=case)
    if talk_on is None or talk_on > change.effective_on:
        words = _("约谈还没有进行。请在约谈之后登记，日期不早于约谈日期。")
        raise Refused(words, fields={"talk_on": words})


def press_harder(
    order: SupervisionOrder, *, words: str, reason: str, actor: Actor, on: date, now: datetime
) -> Case:
    """The next level, as far as it can be reached without a talk: an everyday order with a leader is listed under
    `words`; where a leader, an answer's check or a talk has to come first, the next level is proposed."""
    case = order.case
    day = max(on, case.changed_on)
    if order.level == OrderLevel.EVERYDAY:
        if case.state == "issued" and case.leader_id is not None:
            data = {"listing_words": words[:200]}
            return act(case, LIST, actor=actor, now=now, effective_on=day, data=data, reason=reason).case
        verb = PROPOSE_LISTING
    else:
        verb = PROPOSE_TALK
    return act(case, verb, actor=actor, now=now, effective_on=day, reason=reason).case


# ---- instructions ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NewOrder:
    """What one unit is to do because of an instruction. Without `due_on` the days of the everyday order count."""

    unit: Unit
    demand: str
    due_on: date | None = None
    person: Official | None = None


@dataclass(frozen=True)
class NewInstruction:
    """A leader's written words on a document, and who received them."""

    leader: Official
    given_on: date
    document_title: str
    text: str
    received_by: Official
    document_no: str = ""
    urgency: str = Urgency.ORDINARY
    about: Case | None = None
    scan: NewEvidence | None = None
    orders: Sequence[NewOrder] = field(default_factory=tuple)


@transaction.atomic
def enter_instruction(
    new: NewInstruction, *, actor: Actor, on: date, now: datetime, request_key: str | None = None
) -> Case:
    """An instruction with its orders, all or nothing. `on` is the day on which it is entered and the orders begin.

    Raises Refused for an instruction of the future or without an order, NotAllowed for somebody without the right.
    """
    if new.given_on > on:
        words = _("还没到这一天。请填领导批示的日期。")
        raise Refused(words, fields={"given_on": words})
    if not new.orders:
        raise Refused(_("请至少填一项督办：哪个单位，办什么。"), fields={"unit_1": _("请填责任单位")})
    opened = act(
        NewCase(
            Instruction.case_type,
            title=new.document_title,
            state="handling",
            detail={
                "leader": new.leader,
                "given_on": new.given_on,
                "document_title": new.document_title,
                "document_no": new.document_no,
                "about": new.about,
                "text": new.text,
                "urgency": new.urgency,
            },
            enterprise=new.about.enterprise if new.about else None,
        ),
        "open",
        actor=actor,
        now=now,
        effective_on=on,
        holders=[
            Holder("host", new.received_by.unit, new.received_by),
            Holder("lead_official", new.leader.unit, new.leader),
        ],
        request_key=request_key,
    )
    case = opened.case
    if Case.objects.filter(parent=case).exists():
        return case  # the same request again
    if new.scan is not None:
        case = act(case, "hand_in", actor=actor, now=now, effective_on=on, evidence=[new.scan]).case
    add_orders(case, new.orders, actor=actor, on=on, now=now)
    return case


@transaction.atomic
def add_orders(
    instruction: Case, orders: Sequence[NewOrder], *, actor: Actor, on: date, now: datetime
) -> list[Case]:
    """Orders of an instruction, under its leader, supervised by whoever received it.

    Raises Refused when the instruction is closed, or a due day lies in the past.
    """
    detail = Instruction.objects.select_related("leader__unit").get(case=instruction)
    held = instruction.assignments.filter(role="host", to_on__isnull=True).select_related("unit", "person")
    supervisor = held.get()
    for number, item in enumerate(orders, start=1):
        if item.due_on is not None and item.due_on < on:
            words = _("时限%(due)s已经过了。") % {"due": item.due_on}
            raise Refused(words, fields={f"due_{number}": words})
    opening = [
        Step(
            NewCase(
                SupervisionOrder.case_type,
                title=detail.document_title,
                state="issued",
                detail={"matter": detail.document_title, "demand": item.demand, "source": instruction},
                parent=instruction,
            ),
            "open",
            on,
            holders=[
                Holder("host", item.unit, item.person),
                Holder("lead_official", detail.leader.unit, detail.leader),
                Holder("supervisor", supervisor.unit, supervisor.person),
            ],
        )
        for item in orders
    ]
    cases = [done.case for done in act_many(opening, actor=actor, now=now)]
    limits = [
        Step(case, "set_due", on, due_on=item.due_on, reason=_("按领导批示限定"))
        for case, item in zip(cases, orders, strict=True)
        if item.due_on is not None
    ]
    act_many(limits, actor=actor, now=now)
    return cases


@react_to(SupervisionOrder.case_type, "close")
@react_to(SupervisionOrder.case_type, "revoke")
def close_instruction(case: Case, change: Change, _actor: Actor, now: datetime) -> None:
    """The last order closes its instruction, whether it is done or revoked. The instruction is locked first: of two orders that are closed at once the
    second one sees the first."""
    if case.parent_id is None:
        return
    parent = Case.objects.select_for_update().get(pk=case.parent_id)
    if parent.case_type != Instruction.case_type or not parent.is_open:
        return
    if Case.objects.filter(parent=parent, is_open=True).exists():
        return
    on = max(change.effective_on, parent.changed_on)
    act(parent, "close", actor=SYSTEM, now=now, effective_on=on, reason=_("督办全部办结"))
