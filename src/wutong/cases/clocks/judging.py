"""What the law and the procedure permit about clocks, in the user's words. Judged before anything is written."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wutong.base.errors import MissingItems, NotAllowed, Refused
from wutong.cases.clocks.declared import ClockDef, ClockEffect, Suspension
from wutong.cases.clocks.moving import ClockMover, suspension_end
from wutong.cases.clocks.rows import state_of_row
from wutong.cases.clocks.scales import is_moment
from wutong.cases.clocks.words import amount_words
from wutong.cases.models import Assignment, Case, Clock
from wutong.cases.procedures import Procedure, Who
from wutong.cases.steps import Step
from wutong.cases.who import is_allowed
from wutong.registers.organisation.actors import Actor


def judge_moment(step: Step, case: Case | None, procedure: Procedure, at: datetime | None) -> None:
    """Where hours or minutes are counted a step has its moment, and moments never run backwards."""
    if not procedure.counts_moments:
        return
    if at is None:
        words = _("这类事按小时计时，请填几点几分。")
        raise Refused(words, fields={"effective_at": words})
    if case is not None and case.changed_at is not None and at < case.changed_at:
        words = _("时间早于上一次变更。请填不早于它的时间。")
        raise Refused(words, fields={"effective_at": words})


def judge_effects(
    effects: Iterable[ClockEffect],
    mover: ClockMover,
    procedure: Procedure,
    actor: Actor,
    held: Iterable[Assignment],
) -> None:
    """Raises Refused, NotAllowed or MissingItems for a suspension or an extension that is not permitted."""
    assignments = list(held)
    for effect in effects:
        definition = procedure.clock(effect.clock)
        clock = mover.live(effect.clock)
        if clock is None:
            continue
        if effect.action == "suspend" and clock.running_since is not None:
            _judge_suspension(effect, definition, clock, mover, procedure)
        if effect.action == "extend":
            _judge_extension(definition, clock, mover, actor, assignments)


def _judge_suspension(
    effect: ClockEffect, definition: ClockDef, clock: Clock, mover: ClockMover, procedure: Procedure
) -> None:
    step, pause = mover.step, mover.step.pause
    code = effect.reason or (pause.reason if pause else "")
    reason = definition.suspension(code)
    if reason is None:
        permitted = "、".join(str(item.label) for item in definition.suspensions)
        words = _("“%(clock)s”只能因下列理由中止：%(reasons)s。") % {
            "clock": definition.label,
            "reasons": permitted,
        }
        raise Refused(words, fields={"pause_reason": words})
    if reason.notice and reason.notice not in {item.kind for item in step.evidence}:
        label = str(procedure.evidence_label(reason.notice))
        raise MissingItems(_("中止要书面告知申请人，还缺：%(item)s。") % {"item": label}, [label])
    _judge_end(reason, clock, mover)
    if not reason.after_expiry and _is_late(clock, mover):
        raise Refused(_("“%(clock)s”已经超时，不能再中止。") % {"clock": definition.label})


def _judge_end(reason: Suspension, clock: Clock, mover: ClockMover) -> None:
    told = mover.step.pause.ends_on if mover.step.pause else None
    if told is None:
        if reason.needs_end:
            words = _("请填告知的结束日期：中止要有期限。")
            raise Refused(words, fields={"pause_ends_on": words})
        return
    if told < mover.step.effective_on:
        words = _("结束日期%(end)s早于中止日期%(on)s。") % {"end": told, "on": mover.step.effective_on}
        raise Refused(words, fields={"pause_ends_on": words})
    if reason.maximum is None:
        return
    last = suspension_end(mover.counting, clock.unit, mover.point(clock.unit), reason.maximum, None)
    assert last is not None
    if told > mover.counting.day(clock.unit, last):
        words = _("“%(reason)s”最多中止%(most)s，最迟到%(last)s（%(article)s）。") % {
            "reason": reason.label,
            "most": amount_words(clock.unit, reason.maximum),
            "last": mover.counting.day(clock.unit, last),
            "article": reason.article,
        }
        raise Refused(words, fields={"pause_ends_on": words})


def _judge_extension(
    definition: ClockDef, clock: Clock, mover: ClockMover, actor: Actor, held: list[Assignment]
) -> None:
    step = mover.step
    policy = definition.extension(clock.extensions)
    if policy is None:
        words = ngettext(
            "“%(clock)s”最多延期%(times)s次，已经用完。",
            "“%(clock)s”最多延期%(times)s次，已经用完。",
            clock.extensions,
        ) % {"clock": definition.label, "times": len(definition.extensions)}
        raise Refused(words)
    if (policy.roles or policy.right) and not is_allowed(actor, Who(policy.roles, policy.right), held):
        raise NotAllowed(
            _("“%(clock)s”的这次延期您批不了，要由更高一级批准（%(article)s）。")
            % {"clock": definition.label, "article": policy.article}
        )
    if policy.before_expiry and _is_late(clock, mover):
        raise Refused(_("“%(clock)s”已经超时，延期要在到期之前办。") % {"clock": definition.label})
    if step.extend_by is None:
        if step.due_on is None:
            raise Refused(_("请填延长多少。"), fields={"extend_by": _("请填延长多少")})
        if clock.running_since is None:
            words = _("中止期间请填延长多少，不能填到期日：恢复之后才知道哪天到期。")
            raise Refused(words, fields={"extend_by": words})
        if is_moment(clock.unit) or clock.unit == "month" or policy.amount is not None:
            words = _("请填延长多少，不能填到期日。")
            raise Refused(words, fields={"extend_by": words})
        return
    if step.extend_by < 1:
        raise Refused(_("请填延长多少。"), fields={"extend_by": _("请填大于0的数")})
    if policy.amount is not None and step.extend_by > policy.amount:
        words = _("“%(clock)s”这次最多延长%(most)s（%(article)s）。") % {
            "clock": definition.label,
            "most": amount_words(clock.unit, policy.amount),
            "article": policy.article,
        }
        raise Refused(words, fields={"extend_by": words})


def _is_late(clock: Clock, mover: ClockMover) -> bool:
    state = state_of_row(clock)
    return state.missed is not None or (state.due is not None and mover.point(clock.unit) > state.due)
