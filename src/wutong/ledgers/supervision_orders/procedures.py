"""The procedures of the ledger: an order with its three levels, and a leader's instruction with its orders.

Levels came to the order after the first cases were under way. They are in the same version of its procedure: what an
old case could do it still can, its running clock keeps its terms, and an old case may rise like a new one.
"""

from django.utils.translation import gettext_lazy as _

from wutong.cases.clocks.declared import Extension, Rung, Suspension
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

ANSWER_IN, LISTED_IN, TALK_IN = "answer", "answer_listed", "answer_talk"
"""The clock of each level. An office changes its days by a dated rule of the clock."""
CLOCKS = (ANSWER_IN, LISTED_IN, TALK_IN)
LIST, CALL_IN = "list_order", "call_in"
PROPOSE_LISTING, PROPOSE_TALK = "propose_listing", "propose_talk"
DAYS_TO_PROPOSE = 3
"""Working days over its day after which the next level is proposed."""

CLOSE = Who(roles=("supervisor",), right="supervision.close", never=("host",))
ISSUE = Who(right="supervision.issue")
CHECKED = Suspension("verification", _("已反馈，等待核查"), _("督办工作办法第5条"), after_expiry=True)
PROLONGED = Extension(
    None, _("督办工作办法第6条"), ("lead_official",), "supervision.issue", repeats=True, before_expiry=False
)  # fmt: skip
NEAR = Rung("yellow", -1, _("到期前1个工作日亮黄灯"), "yellow")
LATE = Rung("red", 1, _("到期后第1个工作日亮红灯"), "red", notify=("host", "lead_official", "supervisor"))


def _proposal(words: object, verb: str) -> Rung:
    """The system proposes, a person raises the level."""
    return Rung("propose", DAYS_TO_PROPOSE, words, "red", notify=("lead_official", "supervisor"), verb=verb)  # type: ignore[arg-type]


def _begins(clock: str, instead_of: str) -> tuple[ClockEffect, ...]:
    """The clock of a level begins. A level that is entered again is refused once the step is judged as a whole
    (`services`); so that it comes to that, a clock that runs already is laid to rest before it is begun anew."""
    return (
        ClockEffect(clock, "suspend", reason="verification"),
        ClockEffect(clock, "start", supersedes=instead_of),
    )


ORDER = Procedure(
    case_type="supervision_order",
    version=1,
    label=_("督办"),
    number_prefix="DB",
    states=(
        State("issued", _("已交办"), task=TaskDef("host", _("按期反馈办理情况"))),
        State("answered", _("已反馈"), task=TaskDef("supervisor", _("核查反馈，办结或退回"))),
        State("closed", _("已办结"), kind="closed"),
        State("revoked", _("已撤销"), kind="closed"),
    ),
    opens_in=("issued",),
    may_open=Who(roles=("host",), right="supervision.issue"),
    roles=(
        RoleDef("host", _("主办")),
        RoleDef("lead_official", _("交办领导")),
        RoleDef("supervisor", _("督查人")),
    ),
    clocks=(
        ClockDef(
            ANSWER_IN, _("反馈时限"), "internal", _("督办工作办法第4条"), "working_day", 5,
            suspensions=(CHECKED,), extensions=(PROLONGED,),
            rungs=(NEAR, LATE, _proposal(_("超时3个工作日建议挂牌督办"), PROPOSE_LISTING)),
        ),
        ClockDef(
            LISTED_IN, _("挂牌反馈时限"), "internal", _("督办工作办法第7条"), "working_day", 3,
            suspensions=(CHECKED,), extensions=(PROLONGED,),
            rungs=(NEAR, LATE, _proposal(_("挂牌后超时3个工作日建议约谈"), PROPOSE_TALK)),
        ),
        ClockDef(
            TALK_IN, _("约谈后反馈时限"), "internal", _("督办工作办法第8条"), "working_day", 2,
            suspensions=(CHECKED,), extensions=(PROLONGED,), rungs=(NEAR, LATE),
        ),
    ),
    open_clocks=(ClockEffect(ANSWER_IN, "start"),),
    results=(("closed", _("已办结")), ("revoked", _("已撤销"))),
    evidence_kinds=(("proof", _("办理佐证")),),
    transitions=(
        Transition(
            "answer", _("反馈"), ("issued",), "answered", Who(roles=("host",)), fields=("answer",),
            clocks=tuple(ClockEffect(code, "suspend", reason="verification") for code in CLOCKS), main=True,
        ),
        Transition(
            "close", _("办结"), ("answered",), "closed", CLOSE,
            clocks=tuple(ClockEffect(code, "meet") for code in CLOCKS),
            result="closed", main=True, not_by_actor_of=("answer",),
        ),
        Transition(
            "send_back", _("退回"), ("answered",), "issued", CLOSE,
            clocks=tuple(ClockEffect(code, "resume") for code in CLOCKS),
            needs_reason=True, not_by_actor_of=("answer",),
        ),
        Transition(
            LIST, _("挂牌督办"), ("issued",), STAY, Who(roles=("lead_official",), right="supervision.issue"),
            fields=("listing_words",), assigns=("lead_official",), needs_reason=True,
            clocks=_begins(LISTED_IN, ANSWER_IN),
            words=_("公示内容全区可见。要有挂牌领导，反馈时限从挂牌之日重新计算。"),
        ),
        Transition(
            CALL_IN, _("约谈"), ("issued",), STAY, ISSUE,
            fields=("talk_on", "talked_to", "talk_notes", "commitments"), needs_reason=True,
            clocks=(*_begins(TALK_IN, LISTED_IN), ClockEffect(ANSWER_IN, "void")),
            words=_("反馈时限从约谈登记之日重新计算。级别只升不降，办结为止。"),
        ),
        Transition(
            PROPOSE_LISTING, _("建议挂牌督办"), ("issued", "answered"), STAY, Who(roles=("supervisor",)),
            needs_reason=True,
        ),
        Transition(
            PROPOSE_TALK, _("建议约谈"), ("issued", "answered"), STAY, Who(roles=("supervisor",)), needs_reason=True,
        ),
        Transition(
            "set_due", _("限定时限"), ("issued",), STAY,
            Who(roles=("lead_official",), right="supervision.issue", never=("host",)),
            needs_due=True, needs_reason=True, clocks=tuple(ClockEffect(code, "extend") for code in CLOCKS),
        ),
        Transition(
            "reassign", _("调整责任"), ("issued", "answered"), STAY, ISSUE,
            assigns=("host", "supervisor"), needs_reason=True,
        ),
        Transition(
            "revoke", _("撤销督办"), ("issued",), "revoked", ISSUE, needs_reason=True, result="revoked",
            words=_("交办错了的、会议决定撤回的，不算办结。"),
        ),
    ),
)  # fmt: skip

INSTRUCT = Who(roles=("host",), right="supervision.instruct")

INSTRUCTION = Procedure(
    case_type="instruction",
    version=1,
    label=_("领导批示"),
    number_prefix="PS",
    states=(
        State("handling", _("批示办理中"), task=TaskDef("host", _("督促办理，报告办理情况"))),
        State("closed", _("已办结"), kind="closed"),
    ),
    opens_in=("handling",),
    may_open=Who(right="supervision.instruct"),
    roles=(RoleDef("host", _("承办")), RoleDef("lead_official", _("批示领导"))),
    results=(("closed", _("已办结")),),
    evidence_kinds=(("scan", _("批示件扫描件")),),
    open_children_block=("supervision_order",),
    transitions=(
        Transition(
            "summarise", _("写办理综述"), ("handling",), STAY, INSTRUCT, fields=("summary",), main=True,
            words=_("写在办理情况报告的开头；各单位的反馈由系统列在后面。"),
        ),
        Transition("hand_in", _("交扫描件"), ("handling",), STAY, INSTRUCT, accepts_evidence=True),
        Transition(
            "close", _("办结批示"), ("handling",), "closed", INSTRUCT, result="closed",
            words=_("全部督办办结后系统自动办结批示。"),
        ),
        Transition(
            "reassign", _("调整责任"), ("handling",), STAY, Who(right="supervision.instruct"),
            assigns=("host",), needs_reason=True,
        ),
    ),
)  # fmt: skip
