"""What an office does to gate rules: add one, change one from a day on, end one, take back what has not begun.

A row that has been in force is never rewritten: a change ends it on the day before and adds the next row. Days in the past
are refused, so that nothing that was judged is judged anew. Each act is planned first: `Planned` says which rows would
end and begin, so that a page can tell what would be missing before anything is saved.
"""

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from wutong.base.accounts.models import Account
from wutong.base.accounts.rights import Right, declare_rights, require_right
from wutong.base.audit.services import record_event
from wutong.base.errors import Conflict, Refused
from wutong.cases.models import GateRule
from wutong.cases.procedures import STAY, Procedure, State, Text
from wutong.cases.registry import CaseType, latest

EDIT = "gates.edit"
declare_rights(
    Right(EDIT, gettext_lazy("修改准入条件"), gettext_lazy("添加、修改、停用准入条件，每次都记入审计。"))
)

ONE_DAY = timedelta(days=1)
LATEST = date(2100, 12, 31)


@dataclass(frozen=True)
class Demand:
    """Something that a gate of a case type can demand."""

    kind: str
    item: str
    label: Text


@dataclass(frozen=True)
class RuleValues:
    """What an office says about one demand. An empty label is that of the demand."""

    label: str = ""
    minimum: int = 1
    band_from_yuan: int = 0
    provider: str = ""
    edition: str = ""


@dataclass(frozen=True)
class Planned:
    """What an act makes of the rules: `ended` is a row as it will be, `begun` a row that is not there yet."""

    ended: GateRule | None = None
    begun: GateRule | None = None

    @property
    def rule(self) -> GateRule:
        found = self.begun or self.ended
        assert found is not None, "an act ends a row or begins one"
        return found

    @property
    def first_day(self) -> date:
        if self.begun is not None:
            return self.begun.valid_from
        assert self.ended is not None
        assert self.ended.valid_to is not None
        return self.ended.valid_to + ONE_DAY

    def applied_to(self, rules: Iterable[GateRule]) -> list[GateRule]:
        """The rules as they will be."""
        ended = self.ended
        after = [ended if ended is not None and rule.pk == ended.pk else rule for rule in rules]
        return [*after, self.begun] if self.begun is not None else after


def gated_states(procedure: Procedure) -> list[State]:
    """The states that a gate stands before, in the order of the procedure."""
    targets = {item.target for item in procedure.transitions if item.gate}
    return [state for state in procedure.states if state.code in targets]


def demands_of(kind: CaseType) -> list[Demand]:
    """All that an office may choose from: declared fields and numbers, and the documents of the procedure."""
    documents = kind.procedure.evidence_kinds
    return [
        *(Demand("field", item, label) for item, label in kind.gate_fields),
        *(Demand("document", item, label) for item, label in documents),
        *(Demand("approval", item, label) for item, label in documents),
        *(Demand("count", item, label) for item, label in kind.gate_numbers),
    ]


def scope(*, running_too: bool) -> str:
    return GateRule.For.ALL if running_too else GateRule.For.NEW


# ---- plans: judged, not saved ------------------------------------------------------------------------------------


def plan_new(
    case_type: str,
    state: str,
    demand: tuple[str, str],
    values: RuleValues,
    *,
    valid_from: date,
    running_too: bool,
    on: date,
) -> Planned:
    """A further demand from a day on. Raises Refused for what the ledger does not know, a day in the past, and a demand
    that is there already."""
    kind = latest(case_type)
    if state not in {item.code for item in gated_states(kind.procedure)}:
        raise Refused(_("请选择进入哪个状态。"), fields={"state": _("请选择")})
    found = next((item for item in demands_of(kind) if (item.kind, item.item) == demand), None)
    if found is None:
        raise Refused(_("请从列表里选择要具备的条件。"), fields={"demand": _("请选择")})
    _judge_day(valid_from, on)
    rule = GateRule(
        case_type=case_type,
        state=state,
        kind=found.kind,
        item=found.item,
        valid_from=valid_from,
        starts_for=scope(running_too=running_too),
        **_columns(values, str(found.label)),
    )
    same = GateRule.objects.filter(
        case_type=case_type, state=state, item=rule.item, band_from_yuan=rule.band_from_yuan
    )
    if any(item.valid_to is None or item.valid_to >= valid_from for item in same):
        words = _("这个条件在这一档已经有了。请在列表里改那一条。")
        raise Refused(words, fields={"demand": words})
    return Planned(begun=rule)


def plan_change(
    rule: GateRule, values: RuleValues, *, valid_from: date, running_too: bool, on: date
) -> Planned:
    """The same demand with other words, number or band from a day on. Raises Refused as `plan_new`, and for a row that
    has ended or will not have begun by then."""
    _judge_open(rule)
    _judge_day(valid_from, on)
    _judge_after(rule, valid_from)
    begun = GateRule(
        case_type=rule.case_type,
        state=rule.state,
        kind=rule.kind,
        item=rule.item,
        valid_from=valid_from,
        starts_for=scope(running_too=running_too),
        replaces=rule,
        order=rule.order,
        **_columns(values, rule.label),
    )
    return Planned(ended=_ended(rule, valid_from, running_too=running_too), begun=begun)


def plan_end(rule: GateRule, *, first_day_without: date, running_too: bool, on: date) -> Planned:
    """The demand is no more from a day on. Raises Refused as `plan_change`."""
    _judge_open(rule)
    _judge_day(first_day_without, on)
    _judge_after(rule, first_day_without)
    return Planned(ended=_ended(rule, first_day_without, running_too=running_too))


def _columns(values: RuleValues, label: str) -> dict[str, Any]:
    return {
        "label": values.label.strip() or label,
        "minimum": values.minimum,
        "band_from_yuan": values.band_from_yuan,
        "provider": values.provider,
        "edition": values.edition,
    }


def _ended(rule: GateRule, first_day_without: date, *, running_too: bool) -> GateRule:
    ended = copy(rule)
    ended.valid_to = first_day_without - ONE_DAY
    ended.ends_for = scope(running_too=running_too)
    return ended


def _judge_day(day: date, on: date) -> None:
    if day < on:
        words = _("不能从过去的日期起改：已经办过的保持当时的条件。请填今天或以后的日期。")
        raise Refused(words, fields={"valid_from": words})
    if day > LATEST:
        raise Refused(_("日期太晚，请核对年份。"), fields={"valid_from": _("请核对年份")})


def _judge_open(rule: GateRule) -> None:
    if rule.valid_to is not None:
        raise Refused(_("这一条到%(day)s为止，不能再改。还没到期的可以先撤回。") % {"day": rule.valid_to})


def _judge_after(rule: GateRule, day: date) -> None:
    if day <= rule.valid_from:
        words = _("这一条从%(day)s起生效，请填更晚的日期；还没生效的可以撤回后重新添加。") % {
            "day": rule.valid_from
        }
        raise Refused(words, fields={"valid_from": words})


# ---- saving ------------------------------------------------------------------------------------------------------


@transaction.atomic
def save_planned(planned: Planned, *, actor: Account, on: date, now: datetime) -> GateRule:
    """Write what was planned, with its audit event. Raises NotAllowed, and Conflict when somebody else has changed the
    rules of the same demand meanwhile."""
    require_right(actor, EDIT, on)
    ended, begun = planned.ended, planned.begun
    _judge_unchanged(planned)
    if ended is not None:
        ended.save(update_fields=["valid_to", "ends_for"])
    if begun is not None:
        if ended is None:
            same = GateRule.objects.filter(case_type=begun.case_type, state=begun.state)
            begun.order = (same.aggregate(last=Max("order"))["last"] or 0) + 1
        begun.save()
    words = gettext_noop("添加准入条件")
    if ended is not None:
        words = gettext_noop("修改准入条件") if begun is not None else gettext_noop("停用准入条件")
    _report(words, planned, actor, now)
    return planned.rule


@transaction.atomic
def take_back(rule: GateRule, *, actor: Account, on: date, now: datetime) -> None:
    """What has not happened yet is undone: a row that has not begun goes, the one it would have replaced goes on; an end
    that has not come is lifted. Raises NotAllowed, and Refused when it is too late."""
    require_right(actor, EDIT, on)
    found = GateRule.objects.select_for_update().filter(pk=rule.pk).first()
    if found is None:
        raise Conflict(_("这一条已经被别人撤回了。请回到列表看现在的内容。"))
    before, reopened = found.replaces, None
    if found.valid_from > on and found.valid_to is None:
        reopened = before
        found.delete()
    elif found.valid_to is not None and found.valid_to >= on and not found.replaced_by.exists():
        reopened = found
    else:
        raise Refused(_("已经生效或已经失效的条件不能撤回。要改的，从今天或以后的日期起修改。"))
    if reopened is not None:
        reopened.valid_to, reopened.ends_for = None, GateRule.For.NEW
        reopened.save(update_fields=["valid_to", "ends_for"])
    rule.valid_to = None
    _report(gettext_noop("撤回准入条件的改动"), Planned(begun=rule), actor, now)


def can_take_back(rule: GateRule, on: date, replaced: Sequence[int] = ()) -> bool:
    """Whether `take_back` may be offered; `replaced` are the keys of the rows that another one replaces."""
    if rule.valid_to is None:
        return rule.valid_from > on
    return rule.valid_to >= on and rule.pk not in replaced


def _judge_unchanged(planned: Planned) -> None:
    """All rows of the same demand are locked; the row that ends is still as it was planned."""
    rule = planned.rule
    rows = GateRule.objects.select_for_update().filter(
        case_type=rule.case_type, state=rule.state, item=rule.item
    )
    found = {row.pk: row for row in rows.order_by("pk")}
    words = _("这个条件刚被别人改过。请回到列表看现在的内容，再改一次。")
    if planned.ended is not None:
        now_there = found.get(planned.ended.pk)
        if now_there is None or now_there.valid_to is not None:
            raise Conflict(words)
    if planned.begun is not None:
        for row in found.values():
            same_band = row.band_from_yuan == planned.begun.band_from_yuan
            is_own = planned.ended is not None and row.pk == planned.ended.pk
            if (
                same_band
                and not is_own
                and (row.valid_to is None or row.valid_to >= planned.begun.valid_from)
            ):
                raise Conflict(words)


def _report(words: str, planned: Planned, actor: Account, now: datetime) -> None:
    rule = planned.rule
    record_event(
        action="edit_gate_rules",
        now=now,
        actor=actor,
        target_kind="cases.gaterule",
        target_id=rule.pk or "",
        words=words,
        detail={
            "case_type": rule.case_type,
            "state": rule.state,
            "kind": rule.kind,
            "item": rule.item,
            "label": rule.label,
            "minimum": rule.minimum,
            "band_from_yuan": rule.band_from_yuan,
            "edition": rule.edition,
            "valid_from": rule.valid_from,
            "valid_to": rule.valid_to or "",
            "starts_for": rule.starts_for,
            "ends_for": rule.ends_for,
            "replaces": rule.replaces_id or "",
        },
    )


def states_leading_to(procedure: Procedure, target: str) -> list[str]:
    """Open states from which a case may still come to a state, other than that state itself."""
    leading: set[str] = set()
    grown = True
    while grown:
        grown = False
        for state in procedure.states:
            if state.kind != "open" or state.code in leading or state.code == target:
                continue
            goals = {item.target for item in procedure.leads_from(state.code)} - {STAY}
            if goals & {*leading, target}:
                leading.add(state.code)
                grown = True
    return [state.code for state in procedure.states if state.code in leading]
