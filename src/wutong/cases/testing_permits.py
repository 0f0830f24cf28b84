"""For tests of clocks: a second invented procedure, with a clock of every unit and everything that may happen to one.

A permit is received, accepted (or deemed accepted when nobody says what is missing), decided and delivered; on site it
counts minutes and working hours. All names and articles except those quoted from the licensing law are invented.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any, ClassVar

from django.db import connection, models
from django.test.utils import isolate_apps

from wutong.cases.act import Done, act
from wutong.cases.clocks.declared import ClockDef, ClockEffect, Extension, Rung, Suspension
from wutong.cases.models import Case, CaseDetail
from wutong.cases.procedures import STAY, Procedure, RoleDef, State, TaskDef, Transition, Who
from wutong.cases.registry import CaseType, register, unregister
from wutong.cases.steps import NewCase
from wutong.cases.testing import Zone
from wutong.registers.organisation.actors import SYSTEM, Actor

TYPE = "permit"
MONDAY = date(2025, 9, 22)
"""Twenty working days from here end on 2025-10-24: National Day, Mid-Autumn and a make-up Saturday lie in between."""
TEN = datetime(2025, 9, 22, 2, 0, tzinfo=UTC)
"""Ten o'clock in the morning of that Monday, local time."""

with isolate_apps():

    class Permit(CaseDetail):
        """The detail row of the invented type. Its table exists within `permits` only."""

        case_type: ClassVar[str] = TYPE

        case = models.OneToOneField(
            Case, models.PROTECT, primary_key=True, related_name="+", db_constraint=False
        )
        words = models.CharField("说明", max_length=100, default="")

        class Meta:
            app_label = "cases_testing"


EDIT = Who(roles=("host",), right="permit.edit")
HEAD = Extension(10, "行政许可法第四十二条第一款", right="permit.head")

PERMIT = Procedure(
    case_type=TYPE,
    version=1,
    label="许可",
    number_prefix="XK",
    states=(
        State("received", "已收件", task=TaskDef("host", "一次告知")),
        State("accepted", "已受理"),
        State("deemed", "视为受理", task=TaskDef("host", "告知申请人视为受理")),
        State("decided", "已决定"),
        State("closed", "已送达", kind="closed"),
    ),
    opens_in=("received",),
    may_open=Who(right="permit.open"),
    roles=(
        RoleDef("host", "主办"),
        RoleDef("supervisor", "督查人"),
        RoleDef("helper", "协办", many=True),
    ),
    evidence_kinds=(("notice", "特别程序告知书"),),
    results=(("done", "已办结"),),
    clocks=(
        ClockDef(
            "notice", "一次告知", "statutory", "行政许可法第三十二条第一款第四项、第八十二条", "working_day", 5,
            on_expiry="deem_accepted", rungs=(Rung("yellow", -1, "还剩1个工作日", "yellow"),),
        ),
        ClockDef(
            "decide", "作出决定", "statutory", "行政许可法第四十二条、第八十二条", "working_day", 20,
            suspensions=(
                Suspension("hearing", "听证", "行政许可法第四十五条", needs_end=True, notice="notice"),
                Suspension("survey", "勘验", "行政许可法第四十五条", maximum=10, needs_end=True, notice="notice"),
            ),
            extensions=(HEAD,),
            rungs=(
                Rung("yellow", -1, "还剩1个工作日", "yellow"),
                Rung("red", 1, "超时第1个工作日", "red", notify=("host", "supervisor")),
                Rung("supervise", 3, "超时第3个工作日督办", "red", notify=("supervisor",), verb="supervise"),
            ),
        ),
        ClockDef("petition", "信访答复", "statutory", "信访工作条例第三十四条", "calendar_day", 60),
        ClockDef(
            "on_site", "到场", "internal", "示例部件表", "minute", 60,
            rungs=(Rung("yellow", -20, "还剩20分钟", "yellow"), Rung("red", 10, "超过10分钟", "red")),
        ),
        ClockDef("clean", "清理", "internal", "示例事件表", "working_hour", 4),
        ClockDef("repair", "修复", "internal", "示例部件表", "hour", 6),
        ClockDef("construction", "施工修复", "internal", "示例部件表", "calendar_day", 3),
        ClockDef("display", "公示", "statutory", "国办发〔2025〕22号", "month", 3, rolls=False),
    ),
    open_clocks=(
        ClockEffect("notice", "start"), ClockEffect("petition", "start"), ClockEffect("on_site", "start"),
        ClockEffect("clean", "start"), ClockEffect("repair", "start"), ClockEffect("display", "arm"),
    ),
    transitions=(
        Transition(
            "accept", "受理", ("received",), "accepted", EDIT,
            clocks=(ClockEffect("notice", "meet"), ClockEffect("decide", "start")),
        ),
        Transition(
            "deem_accepted", "视为受理", ("received",), "deemed", Who(), by_clock=True,
            clocks=(ClockEffect("notice", "meet"), ClockEffect("decide", "start", since="notice")),
        ),
        Transition(
            "pause", "特别程序", ("accepted", "deemed"), STAY, EDIT, clocks=(ClockEffect("decide", "suspend"),),
            accepts_evidence=True,
        ),
        Transition("go_on", "恢复", ("accepted", "deemed"), STAY, EDIT, clocks=(ClockEffect("decide", "resume"),)),
        Transition(
            "extend", "延期", ("accepted", "deemed"), STAY, Who(right="permit.extend"),
            clocks=(ClockEffect("decide", "extend"),),
        ),
        Transition(
            "decide", "决定", ("accepted", "deemed"), "decided", EDIT,
            clocks=(ClockEffect("decide", "meet"), ClockEffect("display", "start")),
        ),
        Transition("deliver", "送达", ("decided",), "closed", EDIT, result="done"),
        Transition("arrive", "到场", (), STAY, EDIT, clocks=(ClockEffect("on_site", "meet"),)),
        Transition("clean", "清理完", (), STAY, EDIT, clocks=(ClockEffect("clean", "meet"),)),
        Transition(
            "needs_construction", "需要施工", (), STAY, EDIT,
            clocks=(ClockEffect("construction", "start", since="repair", supersedes="repair"),),
        ),
        Transition("supervise", "转督办", ("accepted", "deemed"), STAY, Who(right="permit.supervise")),
        Transition("ask_help", "请协办", (), STAY, EDIT, awaits=("helper",)),
        Transition("answer_help", "协办反馈", (), STAY, Who(roles=("host", "helper")), answers=("helper",)),
        Transition(
            "reassign", "调整责任", (), STAY, Who(right="permit.assign"), assigns=("host", "supervisor"),
        ),
    ),
)  # fmt: skip


@contextmanager
def permits() -> Iterator[None]:
    """Within the block the invented procedure is registered and its table is there."""
    editor: Any = connection.schema_editor()
    editor.deferred_sql = []
    editor.create_model(Permit)
    register(CaseType(PERMIT, Permit))
    try:
        yield
    finally:
        unregister(TYPE)
        if not connection.in_atomic_block:
            editor.execute(f"DROP TABLE {Permit._meta.db_table}")


def permit(
    zone: Zone, *, on: date = MONDAY, at: datetime | None = TEN, now: datetime | None = None, **step: Any
) -> Case:
    """A permit received on `on`, recorded at that very moment unless told otherwise."""
    new = NewCase(TYPE, title="示例许可", state="received")
    given = {"holders": zone.holders()[:1], "effective_at": at, **step}
    moment = now or at
    assert moment is not None
    return act(new, "open", actor=SYSTEM, now=moment, effective_on=on, **given).case


def take(
    case: Case, verb: str, actor: Actor, at: datetime, *, now: datetime | None = None, **step: Any
) -> Done:
    """One step at a moment, recorded then."""
    from django.utils.timezone import localdate

    return act(case, verb, actor=actor, now=now or at, effective_on=localdate(at), effective_at=at, **step)
