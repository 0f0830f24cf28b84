"""The first procedure of the ledger: an everyday order."""

from django.utils.translation import gettext_lazy as _

from wutong.cases.clocks.declared import Rung, Suspension
from wutong.cases.procedures import (
    STAY,
    ClockDef,
    ClockEffect,
    Procedure,
    RoleDef,
    State,
    TaskDef,
    Transition,
    Who,
)

ANSWER_IN = "answer"
CLOSE = Who(roles=("supervisor",), right="supervision.close", never=("host",))

ORDER = Procedure(
    case_type="supervision_order",
    version=1,
    label=_("督办"),
    number_prefix="DB",
    states=(
        State("issued", _("已交办"), task=TaskDef("host", _("按期反馈办理情况"))),
        State("answered", _("已反馈"), task=TaskDef("supervisor", _("核查反馈，办结或退回"))),
        State("closed", _("已办结"), kind="closed"),
    ),
    opens_in=("issued",),
    may_open=Who(right="supervision.issue"),
    roles=(
        RoleDef("host", _("主办")),
        RoleDef("lead_official", _("交办领导")),
        RoleDef("supervisor", _("督查人")),
    ),
    clocks=(
        ClockDef(
            ANSWER_IN, _("反馈时限"), "internal", _("督办工作办法第4条"), "working_day", 5,
            suspensions=(
                Suspension("verification", _("已反馈，等待核查"), _("督办工作办法第5条"), after_expiry=True),
            ),
            rungs=(
                Rung("yellow", -1, _("到期前1个工作日亮黄灯"), "yellow"),
                Rung("red", 1, _("到期后第1个工作日亮红灯"), "red", notify=("host", "lead_official", "supervisor")),
            ),
        ),
    ),
    open_clocks=(ClockEffect(ANSWER_IN, "start"),),
    results=(("closed", _("已办结")),),
    evidence_kinds=(("proof", _("办理佐证")),),
    transitions=(
        Transition(
            "answer", _("反馈"), ("issued",), "answered", Who(roles=("host",)), fields=("answer",),
            clocks=(ClockEffect(ANSWER_IN, "suspend", reason="verification"),), main=True,
        ),
        Transition(
            "close", _("办结"), ("answered",), "closed", CLOSE,
            clocks=(ClockEffect(ANSWER_IN, "meet"),), result="closed", main=True, not_by_actor_of=("answer",),
        ),
        Transition(
            "send_back", _("退回"), ("answered",), "issued", CLOSE,
            clocks=(ClockEffect(ANSWER_IN, "resume"),), needs_reason=True, not_by_actor_of=("answer",),
        ),
        Transition(
            "reassign", _("调整责任"), ("issued", "answered"), STAY, Who(right="supervision.issue"),
            assigns=("host", "supervisor"), needs_reason=True,
        ),
    ),
)  # fmt: skip
