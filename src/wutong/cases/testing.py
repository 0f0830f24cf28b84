"""For tests of the engine: an invented procedure, its people, and one line to open a case of it.

The procedure has everything the engine can do and belongs to no ledger: two clocks of different units, a gate, a
state aside, sub-cases that block, evidence, a second person. All names are invented.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, ClassVar

import yaml
from django.db import connection, models
from django.test.utils import isolate_apps

from wutong.base.accounts.testing import make_account
from wutong.base.calendar.services import SEED, publish_year
from wutong.base.files.services import store_file
from wutong.cases.act import Done, act
from wutong.cases.clocks.declared import Extension, Rung, Suspension
from wutong.cases.gates import GateFacts
from wutong.cases.models import Case, CaseDetail, GateRule
from wutong.cases.procedures import (
    BACK,
    CORRECT_VERB,
    SET_ASIDE,
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
from wutong.cases.registry import CaseType, register, unregister
from wutong.cases.steps import Holder, NewCase, NewEvidence
from wutong.registers.organisation.actors import SYSTEM, Actor
from wutong.registers.organisation.models import Official, Unit, UnitKind
from wutong.registers.organisation.services import appoint_official, open_unit

TYPE = "errand"
PREFIX = "CS"
MONDAY = date(2026, 3, 2)
"""An ordinary Monday: no holiday in its month."""
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)

with isolate_apps():

    class Errand(CaseDetail):
        """The detail row of the invented type. Its table exists within `errands` only."""

        case_type: ClassVar[str] = TYPE

        case = models.OneToOneField(
            Case, models.PROTECT, primary_key=True, related_name="+", db_constraint=False
        )
        words = models.CharField("说明", max_length=100, default="")
        visits = models.IntegerField("走访次数", null=True)
        size_yuan = models.BigIntegerField("规模", default=0)

        class Meta:
            app_label = "cases_testing"


VERIFY = Who(roles=("verifier",), right="errand.verify", never=("host",))
EDIT = Who(roles=("host",), right="errand.edit")

ERRAND = Procedure(
    case_type=TYPE,
    version=1,
    label="差事",
    number_prefix=PREFIX,
    states=(
        State("working", "办理中", task=TaskDef("host", "办理")),
        State("submitted", "待核查", task=TaskDef("verifier", "核查")),
        State("permitted", "已许可"),
        State("resting", "搁置", kind="aside"),
        State("closed", "已办结", kind="closed"),
    ),
    opens_in=("working",),
    may_open=Who(roles=("host",), right="errand.open"),
    roles=(
        RoleDef("host", "主办"),
        RoleDef("verifier", "核查人"),
        RoleDef("helper", "协办", many=True),
    ),
    clocks=(
        ClockDef(
            "limit", "办理时限", "internal", "示例办法第1条", "working_day",
            suspensions=(
                Suspension("verification", "等待核查", "示例办法第3条", after_expiry=True),
                Suspension(SET_ASIDE, "搁置", "示例办法第4条"),
            ),
            extensions=(Extension(None, "示例办法第5条", right="errand.assign", repeats=True, before_expiry=False),),
            rungs=(Rung("yellow", -1, "黄灯", "yellow"), Rung("red", 1, "红灯", "red")),
        ),
        ClockDef(
            "visit", "走访时限", "promised", "示例办法第2条", "calendar_day", 12,
            suspensions=(Suspension(SET_ASIDE, "搁置", "示例办法第4条"),),
        ),
    ),
    open_clocks=(ClockEffect("limit", "start"), ClockEffect("visit", "start")),
    results=(("done", "已办结"),),
    evidence_kinds=(("proof", "办理佐证"), ("permit", "许可证"), ("survey", "勘测报告")),
    open_children_block=(TYPE,),
    transitions=(
        Transition(
            "submit", "申请核查", ("working",), "submitted", Who(roles=("host",)), evidence=("proof",),
            clocks=(ClockEffect("limit", "suspend", reason="verification"),),
        ),
        Transition(
            "close", "办结", ("submitted",), "closed", VERIFY, clocks=(ClockEffect("limit", "meet"),),
            result="done", not_by_actor_of=("submit",),
        ),
        Transition(
            "send_back", "退回", ("submitted",), "working", VERIFY, needs_reason=True,
            clocks=(ClockEffect("limit", "resume"),), not_by_actor_of=("submit",),
        ),
        Transition("visit", "走访", ("working",), STAY, EDIT, clocks=(ClockEffect("visit", "meet"),)),
        Transition("permit", "许可", ("working",), "permitted", EDIT, gate=True),
        Transition("finish", "直接办结", ("permitted",), "closed", EDIT, result="done"),
        Transition("note", "记事", (), STAY, EDIT, fields=("words", "visits", "size_yuan")),
        Transition("hand_in", "交佐证", (), STAY, EDIT, accepts_evidence=True),
        Transition("check", "核验佐证", (), STAY, VERIFY, checks=True),
        Transition("ask_waiver", "申请容缺", ("working",), STAY, EDIT, needs_reason=True, waiver="asks"),
        Transition(
            "grant_waiver", "准予容缺", ("working",), STAY, Who(right="errand.waive"), needs_reason=True,
            waiver="grants", not_by_actor_of=("ask_waiver",),
        ),
        Transition(
            "decline_waiver", "不予容缺", ("working",), STAY, Who(right="errand.waive"), needs_reason=True,
            waiver="declines", not_by_actor_of=("ask_waiver",),
        ),
        Transition("claim", "补录许可", ("working",), "permitted", EDIT, needs_reason=True, claims_gate=True),
        Transition("value", "调整金额", (), STAY, EDIT, amount=True, needs_reason=True),
        Transition(
            "extend", "延期", ("working",), STAY, Who(right="errand.assign", never=("host",)),
            needs_due=True, needs_reason=True, clocks=(ClockEffect("limit", "extend"),),
        ),
        Transition(
            "reassign", "调整责任", (), STAY, Who(right="errand.assign"),
            assigns=("host", "verifier", "helper"), needs_reason=True,
        ),
        Transition("rest", "搁置", ("working", "submitted"), "resting", EDIT, needs_reason=True),
        Transition("resume", "恢复", ("resting",), BACK, EDIT),
        Transition(
            "reopen", "重新办理", ("closed",), "working", Who(right="errand.assign"),
            needs_due=True, needs_reason=True, clocks=(ClockEffect("limit", "start"),),
        ),
        Transition(CORRECT_VERB, "更正日期", (), STAY, Who(right="errand.correct"), needs_reason=True),
    ),
)  # fmt: skip


def _facts(detail: Any, handed_in: Any, verified: Any) -> GateFacts:
    fields, counts = {"words": detail.words}, {"visits": detail.visits or 0}
    return GateFacts(fields, detail.size_yuan, handed_in, verified, counts)


@contextmanager
def errands() -> Iterator[None]:
    """Within the block the invented procedure is registered and its table is there. Inside the transaction of a
    test the table goes with the rollback."""
    editor: Any = connection.schema_editor()
    editor.deferred_sql = []
    editor.create_model(Errand)
    register(CaseType(ERRAND, Errand, _facts))
    try:
        yield
    finally:
        unregister(TYPE)
        if not connection.in_atomic_block:
            editor.execute(f"DROP TABLE {Errand._meta.db_table}")


@dataclass(frozen=True)
class Zone:
    """Two units; a host, a verifier, a leader and somebody who may only look."""

    root: Unit
    unit: Unit
    other_unit: Unit
    host: Actor
    verifier: Actor
    leader: Actor
    stranger: Actor

    def holders(self) -> list[Holder]:
        return [holder("host", self.host), holder("verifier", self.verifier)]


def official_of(actor: Actor) -> Official:
    assert actor.official is not None
    return actor.official


def holder(role: str, actor: Actor) -> Holder:
    return Holder(role, official_of(actor).unit, official_of(actor))


def make_zone() -> Zone:
    """People with accounts, and the calendar of 2025 and 2026; 2027 is not published."""
    for year in (2025, 2026):
        row = yaml.safe_load(SEED.read_text(encoding="utf-8"))[year]
        days = {key: [date.fromisoformat(f"{year}-{day}") for day in row[key]] for key in ("rest", "work")}
        publish_year(
            year, notice=row["notice"], published_on=row["published_on"], off=days["rest"], work=days["work"]
        )
    root = _unit("root", "示例管委会", UnitKind.COMMITTEE, None)
    unit = _unit("works", "示例建设部", UnitKind.DEPARTMENT, root)
    other = _unit("audit", "示例督查办", UnitKind.DEPARTMENT, root)
    return Zone(
        root,
        unit,
        other,
        host=make_actor("host", "甲某", unit),
        verifier=make_actor("verifier", "乙某", other, "errand.verify"),
        leader=make_actor("leader", "丙某", root, *(f"errand.{name}" for name in ("open", "edit", "assign", "correct", "waive"))),
        stranger=make_actor("stranger", "丁某", other),
    )  # fmt: skip


def _unit(code: str, name: str, kind: str, parent: Unit | None) -> Unit:
    return open_unit(code=code, name=name, kind=kind, parent=parent, actor=None, on=date(2020, 1, 1), now=NOW)


def make_actor(name: str, display_name: str, unit: Unit, *rights: str) -> Actor:
    account = make_account(name, display_name=display_name)
    official = appoint_official(
        staff_no=f"T-{name}",
        name=display_name,
        unit=unit,
        post="科员",
        phone="13800000000",
        account=account,
        actor=None,
        on=date(2020, 1, 1),
        now=NOW,
    )
    return Actor(display_name, account, official, frozenset(rights), MONDAY)


def errand(
    zone: Zone,
    *,
    on: date = MONDAY,
    due_on: date = date(2026, 3, 16),
    title: str = "示例差事",
    parent: Case | None = None,
    actor: Actor = SYSTEM,
    now: datetime = NOW,
    holders: Sequence[Holder] | None = None,
    **detail: Any,
) -> Case:
    """A case of the invented type, opened on `on` with ten working days."""
    new = NewCase(TYPE, title=title, state="working", detail=detail, parent=parent)
    chosen = zone.holders() if holders is None else holders
    return act(new, "open", actor=actor, now=now, effective_on=on, holders=chosen, due_on=due_on).case


def do(
    case: Case, verb: str, actor: Actor = SYSTEM, *, on: date = MONDAY, now: datetime = NOW, **step: Any
) -> Done:
    return act(case, verb, actor=actor, now=now, effective_on=on, **step)


def document(kind: str = "proof", text: str = "示例", on: date = MONDAY) -> NewEvidence:
    """A small PDF whose content depends on `kind` and `text`."""
    content = f"%PDF-1.4\n% Sample, invented: {kind} {text}\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
    stored = store_file(content.encode(), name=f"{kind}.pdf", actor=None, now=NOW)
    return NewEvidence(kind, stored, f"{kind}.pdf", on)


def gate_rule(item: str = "permit", kind: str = "document", **values: Any) -> GateRule:
    """One condition of entering `permitted`; in force since 2020 for every case unless told otherwise."""
    labels = {"permit": "许可证", "survey": "勘测报告", "visits": "走访次数", "words": "说明"}
    given = {"label": labels[item], "edition": "示例版", "valid_from": date(2020, 1, 1)}
    given |= {"starts_for": GateRule.For.ALL, "ends_for": GateRule.For.ALL, **values}
    return GateRule.objects.create(case_type=TYPE, state="permitted", kind=kind, item=item, **given)
