"""The way of a dispatch meeting: planned, in session, minutes drafted, minutes issued."""

from django.utils.translation import gettext_lazy as _

from wutong.cases.procedures import STAY, Procedure, RoleDef, State, TaskDef, Transition, Who

HOST, RECORDER, PARTICIPANT = "host", "recorder", "participant"

PREPARE = Who(roles=(RECORDER,), right="meetings.prepare")
RECORD = Who(roles=(RECORDER,), right="meetings.record")
CONDUCT = Who(roles=(HOST, RECORDER), right="meetings.record")
ISSUE = Who(roles=(HOST,), right="meetings.issue", never=(RECORDER,))
"""Who writes the minutes does not sign them."""

DISPATCH_MEETING = Procedure(
    case_type="dispatch_meeting",
    version=1,
    label=_("调度会"),
    number_prefix="DD",
    states=(
        State("planned", _("筹备中"), task=TaskDef(RECORDER, _("准备议程"))),
        State("in_session", _("会议中")),
        State("minuted", _("纪要起草"), task=TaskDef(RECORDER, _("整理纪要，送主持人签发"))),
        State("closed", _("纪要已签发"), kind="closed", on_way=True),
        State("cancelled", _("会议已取消"), kind="closed"),
    ),
    opens_in=("planned",),
    may_open=Who(right="meetings.prepare"),
    roles=(
        RoleDef(HOST, _("主持")),
        RoleDef(RECORDER, _("记录")),
        RoleDef(PARTICIPANT, _("参会"), many=True),
    ),
    results=(("issued", _("纪要已签发")), ("cancelled", _("会议已取消"))),
    evidence_kinds=(("minutes", _("会议纪要")), ("other", _("会议材料"))),
    transitions=(
        Transition(
            "start", _("开会"), ("planned",), "in_session", CONDUCT, main=True,
            words=_("开会那天才能开会；日期有变，先“调整安排”。"),
        ),
        Transition(
            "revise", _("调整安排"), ("planned",), STAY, PREPARE,
            fields=("title", "meeting_on", "begins", "place"), assigns=(HOST, RECORDER),
        ),
        Transition("invite", _("增加参会人"), ("planned", "in_session"), STAY, PREPARE, assigns=(PARTICIPANT,)),
        Transition(
            "note_attendance", _("登记请假和列席"), ("in_session", "minuted"), STAY, RECORD,
            fields=("excused", "attending"), words=_("姓名之间用顿号分开。"),
        ),
        Transition("hand_in", _("交会议材料"), ("planned", "in_session", "minuted"), STAY, PREPARE, accepts_evidence=True),
        Transition("adjourn", _("散会"), ("in_session",), "minuted", CONDUCT),
        Transition("resume", _("继续开会"), ("minuted",), "in_session", CONDUCT, needs_reason=True),
        Transition("issue", _("签发纪要"), ("minuted",), "closed", ISSUE, result="issued", main=True),
        Transition(
            "cancel", _("取消会议"), ("planned",), "cancelled", PREPARE, needs_reason=True, result="cancelled"
        ),
    ),
)  # fmt: skip

HELD = ("in_session", "minuted", "closed")
"""States of a meeting that took place."""
