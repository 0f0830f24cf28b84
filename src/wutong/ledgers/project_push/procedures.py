"""The two procedures: the life of a project, and a problem with its rectification."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from wutong.cases.clocks.declared import Extension, Rung, Suspension
from wutong.cases.procedures import (
    BACK,
    CORRECT_VERB,
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

EDIT = Who(roles=("host", "concierge", "team"), right="project_push.edit")
VERIFY = Who(roles=("verifier",), right="project_push.verify", never=("host",))
ON_THE_WAY = (
    "lead", "negotiating", "appraised", "signed", "registered", "started", "in_production",
)  # fmt: skip
BEFORE_A_GATE = ("appraised", "signed", "registered", "started")

PROJECT_LIFE = Procedure(
    case_type="project_push",
    version=1,
    label=_("项目推进"),
    number_prefix="XM",
    states=(
        State("lead", _("线索"), restricted=True),
        State("negotiating", _("洽谈"), restricted=True),
        State("appraised", _("研判"), restricted=True),
        State("signed", _("签约")),
        State("registered", _("注册")),
        State("started", _("开工")),
        State("in_production", _("投产")),
        State("at_capacity", _("达效"), kind="closed", on_way=True),
        State("suspended", _("暂停"), kind="aside"),
        State("terminated", _("终止"), kind="closed"),
        State("merged", _("并入"), kind="closed"),
    ),
    opens_in=("lead", "negotiating", "signed"),
    may_open=Who(right="project_push.open"),
    roles=(
        RoleDef("host", _("主办")),
        RoleDef("lead_official", _("包保领导")),
        RoleDef("concierge", _("帮办专员")),
        RoleDef("team", _("产业招商组")),
        RoleDef("verifier", _("核查人")),
        RoleDef("helper", _("协办单位"), many=True),
    ),
    results=(("reached", _("达效")), ("terminated", _("终止")), ("merged", _("并入"))),
    evidence_kinds=(
        ("contract", _("招商合同")),
        ("energy_review", _("节能审查意见")),
        ("construction_permit", _("建筑工程施工许可证")),
        ("site_photo", _("现场照片")),
        ("first_proof", _("首张发票、纳税或用电读数")),
        ("other", _("其他")),
    ),
    open_children_block=("rectification",),
    transitions=(
        Transition("negotiate", _("转入洽谈"), ("lead",), "negotiating", EDIT, main=True),
        Transition("appraise", _("通过研判"), ("negotiating",), "appraised", EDIT, main=True),
        Transition("sign", _("申报签约"), ("appraised",), "signed", EDIT, gate=True, main=True),
        Transition("register", _("登记注册"), ("signed",), "registered", EDIT),
        Transition("start", _("申报开工"), ("signed", "registered"), "started", EDIT, gate=True, main=True),
        Transition("produce", _("申报投产"), ("started",), "in_production", EDIT, gate=True, main=True),
        Transition(
            "reach_capacity", _("申报达效"), ("in_production",), "at_capacity", EDIT, result="reached", main=True
        ),
        Transition(
            "ask_waiver", _("申请容缺办理"), BEFORE_A_GATE, STAY, EDIT, needs_reason=True, waiver="asks",
            words=_("缺的材料先不交，由另一个人准予后才能办下一步；缺的开成整改，30天内补齐。"),
        ),
        Transition(
            "grant_waiver", _("准予容缺"), BEFORE_A_GATE, STAY, Who(right="project_push.waive", never=("host",)),
            needs_reason=True, waiver="grants", not_by_actor_of=("ask_waiver",),
            words=_("只对这一步、只用一次；项目状态变了就失效。缺的开成整改，30天内补齐。"),
        ),
        Transition(
            "decline_waiver", _("不予容缺"), BEFORE_A_GATE, STAY, Who(right="project_push.waive", never=("host",)),
            needs_reason=True, waiver="declines", not_by_actor_of=("ask_waiver",),
            words=_("申请到此为止，理由告知申请人；补了材料或情况有变，可以再申请。"),
        ),
        Transition("note_progress", _("记进展"), (), STAY, EDIT, fields=("latest_progress",)),
        Transition("hand_in", _("交佐证"), (), STAY, EDIT, accepts_evidence=True),
        Transition("check_evidence", _("核验佐证"), (), STAY, VERIFY, checks=True),
        Transition(
            "revise_amount", _("调整总投资"), (), STAY, Who(right="project_push.edit"), amount=True, needs_reason=True
        ),
        Transition(
            "reassign", _("调整责任"), (), STAY, Who(right="project_push.assign"),
            assigns=("host", "lead_official", "concierge"), needs_reason=True,
        ),
        Transition("suspend", pgettext_lazy("verb", "暂停"), ON_THE_WAY, "suspended", Who(right="project_push.assign"), needs_reason=True),
        Transition("resume", _("恢复"), ("suspended",), BACK, Who(right="project_push.assign"), main=True),
        Transition(
            "terminate", pgettext_lazy("verb", "终止"), (), "terminated", Who(right="project_push.assign"),
            needs_reason=True, result="terminated",
        ),
        Transition(
            "change_investor", _("变更投资方"), (), STAY, Who(right="project_push.assign"), needs_reason=True, firm=True,
            words=_("以前计入原投资方的不动，变更之后的事计入新投资方。"),
        ),
        Transition(
            "merge_into", _("并入另一项目"), (*ON_THE_WAY, "at_capacity", "suspended", "terminated"), "merged",
            Who(right="project_push.merge"), needs_reason=True, result="merged", leaves_children=True,
            words=_("登记了两次的项目并成一个。公布过的数字不变；没办完的整改继续办，可以撤销。"),
        ),
        Transition(
            "unmerge", _("撤销并入"), ("merged",), BACK, Who(right="project_push.merge"), needs_reason=True,
            words=_("项目重新单列，回到并入前的状态。"),
        ),
        Transition(
            "backfill_start", _("补录开工"), ("signed", "registered"), "started",
            Who(right="project_push.import"), needs_reason=True, claims_gate=True,
            words=_("补录以前的开工。没有的材料不冒充已交，开成整改，30天内补齐。"),
        ),
        Transition(
            "backfill_production", _("补录投产"), ("started",), "in_production",
            Who(right="project_push.import"), needs_reason=True, claims_gate=True,
            words=_("补录以前的投产。没有的材料不冒充已交，开成整改，30天内补齐。"),
        ),
        Transition(CORRECT_VERB, _("更正日期"), (), STAY, Who(right="project_push.correct"), needs_reason=True),
    ),
)  # fmt: skip

RECTIFY = "rectify"

RECTIFICATION = Procedure(
    case_type="rectification",
    version=1,
    label=_("问题整改"),
    number_prefix="ZG",
    states=(
        State("working", _("整改中"), task=TaskDef("host", _("按期整改并交佐证"))),
        State("submitted", _("待销号"), task=TaskDef("verifier", _("核查佐证，销号或退回"))),
        State("closed", _("已销号"), kind="closed"),
        State("revoked", _("已撤销"), kind="closed"),
    ),
    opens_in=("working",),
    may_open=Who(roles=("host", "lead_official", "concierge", "team"), right="project_push.rectify"),
    roles=(
        RoleDef("host", _("主办")),
        RoleDef("lead_official", _("包保领导")),
        RoleDef("verifier", _("核查人")),
        RoleDef("helper", _("协办单位"), many=True),
    ),
    clocks=(
        ClockDef(
            RECTIFY, _("整改时限"), "internal", _("推进库管理办法第6条"), "working_day",
            suspensions=(
                Suspension("verification", _("已交佐证，等待核查"), _("推进库管理办法第7条"), after_expiry=True),
            ),
            extensions=(
                Extension(None, _("推进库管理办法第6条"), ("lead_official",), "project_push.assign", repeats=True, before_expiry=False),
            ),
            rungs=(
                Rung("yellow", -1, _("到期前1个工作日亮黄灯"), "yellow"),
                Rung("red", 1, _("到期后第1个工作日亮红灯"), "red", notify=("host", "lead_official")),
                Rung(
                    "escalate", 4, _("超时3天以上转督办"), "red", "calendar_day",
                    notify=("host", "lead_official"), verb="escalate",
                ),
            ),
        ),
    ),
    open_clocks=(ClockEffect(RECTIFY, "start"),),
    results=(("closed", _("已销号")), ("revoked", _("已撤销"))),
    evidence_kinds=(("proof", _("整改佐证")),),
    transitions=(
        Transition(
            "submit", _("交佐证申请销号"), ("working",), "submitted", Who(roles=("host",)),
            evidence=("proof",), clocks=(ClockEffect(RECTIFY, "suspend", reason="verification"),), main=True,
            words=_("交出佐证后停止计时，由另一个人核查。"),
        ),
        Transition(
            "close", _("核查销号"), ("submitted",), "closed", VERIFY,
            clocks=(ClockEffect(RECTIFY, "meet"),), result="closed", main=True, not_by_actor_of=("submit",),
        ),
        Transition(
            "send_back", _("退回整改"), ("submitted",), "working", VERIFY,
            clocks=(ClockEffect(RECTIFY, "resume"),), needs_reason=True, not_by_actor_of=("submit",),
        ),
        Transition(
            "extend", _("批准延期"), ("working",), STAY,
            Who(roles=("lead_official",), right="project_push.assign", never=("host",)),
            needs_due=True, needs_reason=True, clocks=(ClockEffect(RECTIFY, "extend"),),
        ),
        Transition(
            "ask_help", _("请协办单位办理"), ("working",), STAY, Who(roles=("host",), right="project_push.assign"),
            awaits=("helper",), needs_reason=True, words=_("等待期间如果超时，记在协办单位名下。"),
        ),
        Transition(
            "answer_help", _("协办反馈"), ("working", "submitted"), STAY,
            Who(roles=("host", "helper"), right="project_push.assign"), answers=("helper",), needs_reason=True,
        ),
        Transition(
            "escalate", _("转督办"), ("working",), STAY,
            Who(roles=("lead_official",), right="project_push.assign"), needs_reason=True,
        ),
        Transition(
            "reassign", _("调整责任"), ("working", "submitted"), STAY, Who(right="project_push.assign"),
            assigns=("host", "verifier"), needs_reason=True,
        ),
        Transition(
            "revoke", _("撤销整改"), ("working",), "revoked", Who(right="project_push.assign"),
            needs_reason=True, result="revoked", words=_("提错了的、会议决定撤回的，不算销号。"),
        ),
        Transition(
            "reopen", _("重新整改"), ("closed",), "working", Who(right="project_push.verify"),
            needs_due=True, needs_reason=True, clocks=(ClockEffect(RECTIFY, "start"),),
        ),
    ),
)  # fmt: skip
