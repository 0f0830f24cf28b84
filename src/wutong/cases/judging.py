"""The checks of `act`, in the user's words: table, role, order of days, gate, evidence, children."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from wutong.base.errors import Conflict, MissingItems, NotAllowed, Refused
from wutong.cases.context import CaseContext
from wutong.cases.models import Assignment, Case, Change
from wutong.cases.procedures import BACK, STAY, Procedure, Transition
from wutong.cases.registry import case_type_of
from wutong.cases.steps import NewCase, Step
from wutong.cases.waivers import judge_gate
from wutong.cases.who import holds_role, is_allowed
from wutong.registers.organisation.actors import Actor


def judge_seen(step: Step, context: CaseContext) -> None:
    """Two people on one case: the second is told what the first changed."""
    if step.expected_seq is None or step.expected_seq == context.case.last_seq:
        return
    newer = Change.objects.filter(case=context.case, seq__gt=step.expected_seq).order_by("seq")
    raise Conflict(
        _("您打开之后，这件事已被别人改过，您填的内容没有写入。请看完变化再提交。"),
        [describe_change(context.kind.procedure, change) for change in newer.select_related("actor")],
    )


def describe_change(procedure: Procedure, change: Change) -> str:
    who = change.actor.display_name if change.actor else _("系统")
    transition = procedure.transition(change.verb)
    label = transition.label if transition else change.verb
    return _("%(who)s于%(on)s：%(what)s") % {"who": who, "on": change.effective_on, "what": label}


def judge(step: Step, context: CaseContext, actor: Actor) -> Transition:
    """The transition that the step takes. Raises what the user has to be told."""
    procedure, case = context.kind.procedure, context.case
    judge_seen(step, context)
    transition = procedure.transition(step.verb)
    state = procedure.state(case.state)
    if transition is None or not procedure.is_possible(transition, case.state):
        label = transition.label if transition else step.verb
        raise Refused(
            _("%(number)s现在是“%(state)s”，不能“%(verb)s”。")
            % {"number": case.number, "state": state.label, "verb": label}
        )
    _judge_actor(actor, transition, context)
    _judge_days(step, context)
    _judge_words(step, transition)
    _judge_checks(step, context, actor)
    _judge_target(step, transition, context, actor)
    return transition


def _judge_actor(actor: Actor, transition: Transition, context: CaseContext) -> None:
    who = transition.who
    if actor.is_system:
        return
    if who.never and holds_role(actor, context.assignments, who.never):
        roles = "、".join(str(context.kind.procedure.role_label(role)) for role in who.never)
        raise NotAllowed(
            _("“%(verb)s”要由另一个人来做：您是这件事的%(roles)s。")
            % {"verb": transition.label, "roles": roles}
        )
    if transition.by_clock or not is_allowed(actor, who, context.assignments):
        raise NotAllowed(_("您没有“%(verb)s”的权限。") % {"verb": transition.label})
    for verb in transition.not_by_actor_of:
        if actor.account is not None and context.last_actors.get(verb) == actor.account.pk:
            done = context.kind.procedure.transition(verb)
            raise NotAllowed(
                _("“%(verb)s”要由另一个人来做：“%(done)s”是您自己做的。")
                % {"verb": transition.label, "done": done.label if done else verb}
            )


def _judge_days(step: Step, context: CaseContext) -> None:
    if step.replaces is None and step.effective_on < context.case.changed_on:
        raise Refused(
            _("日期%(on)s早于上一次变更（%(last)s）。请填不早于它的日期；如果原来的日期记错了，请用“更正”。")
            % {"on": step.effective_on, "last": context.case.changed_on},
            fields={"effective_on": _("不能早于%(last)s") % {"last": context.case.changed_on}},
        )


def judge_correction(step: Step, context: CaseContext) -> None:
    """A corrected day stays between its neighbours: within a case days never run backwards."""
    if step.replaces is None or step.replaces.case_id != context.case.pk or context.is_replaced:
        raise Refused(_("这条变更已被更正过，请更正最新的一条。"))
    before, after = context.replaced_neighbours
    if (before and step.effective_on < before) or (after and step.effective_on > after):
        raise Refused(
            _("更正后的日期%(on)s与前后变更的先后顺序不符（前一条%(before)s，后一条%(after)s）。")
            % {"on": step.effective_on, "before": before or "—", "after": after or "—"},
            fields={"effective_on": _("与前后变更的顺序不符")},
        )


def _judge_words(step: Step, transition: Transition) -> None:
    if transition.needs_reason and not step.reason.strip():
        raise Refused(_("请写明理由。"), fields={"reason": _("请写明理由")})
    if transition.needs_due and step.due_on is None:
        raise Refused(_("请填时限。"), fields={"due_on": _("请填时限")})
    if step.due_on is not None and step.due_on < step.effective_on:
        raise Refused(
            _("时限%(due)s早于%(on)s。") % {"due": step.due_on, "on": step.effective_on},
            fields={"due_on": _("不能早于%(on)s") % {"on": step.effective_on}},
        )
    if transition.firm and step.enterprise is None:
        raise Refused(_("请写明转到哪家企业。"))
    unknown = set(step.data) - set(transition.fields)
    if unknown:
        raise ValueError(f"{transition.verb} may not write {sorted(unknown)}")


def _judge_checks(step: Step, context: CaseContext, actor: Actor) -> None:
    """Who hands in a proof does not verify it."""
    for evidence, _accepted in step.checks:
        if evidence.case_id != context.case.pk:
            raise ValueError("the evidence belongs to another case")
        if actor.account is not None and evidence.uploaded_by_id == actor.account.pk:
            raise NotAllowed(_("自己交的佐证要由另一个人核验。"))


def _judge_target(step: Step, transition: Transition, context: CaseContext, actor: Actor) -> None:
    procedure = context.kind.procedure
    if not context.case.is_open and transition.target not in {STAY, BACK}:
        judge_parent(procedure, context.parent)
    handed_in = {item.kind for item in step.evidence}
    lacking = [kind for kind in transition.evidence if kind not in handed_in]
    if lacking:
        labels = [str(procedure.evidence_label(kind)) for kind in lacking]
        raise MissingItems(
            _("“%(verb)s”还缺：%(items)s。") % {"verb": transition.label, "items": "、".join(labels)}, labels
        )
    context.told_of_gate = judge_gate(
        procedure,
        transition,
        context.gated,
        context.case.state,
        context.lacking,
        context.waivers,
        actor.account.pk if actor.account else None,
    )
    closes = transition.target not in {STAY, BACK} and procedure.state(transition.target).kind == "closed"
    if closes and not transition.leaves_children:
        blocking = [
            child.number
            for child in context.open_children
            if child.case_type in procedure.open_children_block
        ]
        if blocking:
            raise Refused(
                _("还有没办结的下级办件，不能办结：%(numbers)s。") % {"numbers": "、".join(blocking)}
            )


def judge_parent(procedure: Procedure, parent: Case | None) -> None:
    """A closed case never has an open sub-case that would have kept it from closing."""
    if parent is None or parent.is_open:
        return
    above = case_type_of(parent).procedure
    if procedure.case_type in above.open_children_block:
        raise Refused(
            _("上级办件%(number)s已是“%(state)s”，不能再在它下面办理“%(label)s”。")
            % {"number": parent.number, "state": above.state(parent.state).label, "label": procedure.label}
        )


def judge_opening(
    step: Step, new: NewCase, procedure: Procedure, actor: Actor, on_parent: Iterable[Assignment]
) -> None:
    """`on_parent` are the open assignments of the parent case: its host may open a sub-case."""
    if new.state not in {state.code for state in procedure.states}:
        raise ValueError(f"{procedure.case_type} has no state {new.state}")
    if not is_allowed(actor, procedure.may_open, on_parent):
        raise NotAllowed(_("您没有登记“%(label)s”的权限。") % {"label": procedure.label})
    if not any(holder.role == "host" for holder in step.holders):
        raise Refused(_("请指定责任单位：在办的事有且只有一个主办。"), fields={"host": _("请指定责任单位")})
    needs_due = [effect for effect in procedure.open_clocks if procedure.clock(effect.clock).budget is None]
    if needs_due and step.due_on is None:
        raise Refused(_("请填时限。"), fields={"due_on": _("请填时限")})
    if step.due_on is not None and step.due_on < step.effective_on:
        raise Refused(
            _("时限%(due)s早于%(on)s。") % {"due": step.due_on, "on": step.effective_on},
            fields={"due_on": _("不能早于%(on)s") % {"on": step.effective_on}},
        )
