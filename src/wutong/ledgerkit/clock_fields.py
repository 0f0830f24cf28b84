"""What a step's form asks about clocks: how long an extension is, why a clock rests and until when, and the time of day
where hours are counted."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils.timezone import localtime, make_aware
from django.utils.translation import gettext_lazy as _

from wutong.cases.clocks.declared import MOMENT_UNITS, ClockDef, Suspension
from wutong.cases.clocks.words import amount_words, unit_words
from wutong.cases.models import Case, Clock
from wutong.cases.procedures import Procedure, Transition
from wutong.cases.steps import Pause


def permitted_reasons(procedure: Procedure, transition: Transition) -> list[Suspension]:
    """The reasons for which a step may let a clock rest."""
    reasons: list[Suspension] = []
    for effect in transition.clocks:
        if effect.action == "suspend":
            definition = procedure.clock(effect.clock)
            reasons += [item for item in definition.suspensions if effect.reason in {"", item.code}]
    return reasons


def notice_kinds(procedure: Procedure, transition: Transition) -> list[str]:
    """Kinds of evidence that prove the written notice of a suspension; which one is needed depends on the reason."""
    kinds = [item.notice for item in permitted_reasons(procedure, transition) if item.notice]
    return [kind for kind in dict.fromkeys(kinds) if kind not in transition.evidence]


def is_by_units(definition: ClockDef, granted: int) -> bool:
    """Whether an extension is asked for in units; else by the new due day."""
    policy = definition.extension(granted)
    return (
        definition.unit in MOMENT_UNITS
        or definition.unit == "month"
        or bool(policy and policy.amount is not None)
    )


def add_clock_fields(form: forms.Form, procedure: Procedure, transition: Transition, case: Case) -> None:
    for effect in transition.clocks:
        if effect.action == "extend":
            definition = procedure.clock(effect.clock)
            clock = Clock.objects.filter(case=case, code=effect.clock, ended_on__isnull=True).first()
            _add_extension(form, definition, clock.extensions if clock else 0)
    reasons = permitted_reasons(procedure, transition)
    if any(effect.action == "suspend" and not effect.reason for effect in transition.clocks):
        form.fields["pause_reason"] = forms.ChoiceField(
            label=_("中止理由"),
            choices=[(item.code, f"{item.label}（{item.article}）") for item in reasons],
            widget=forms.RadioSelect,
        )
    if any(item.needs_end or item.maximum is not None for item in reasons):
        form.fields["pause_ends_on"] = forms.DateField(
            label=_("告知的结束日期"), required=False, help_text=_("到这一天自动恢复计时。")
        )


def _add_extension(form: forms.Form, definition: ClockDef, granted: int) -> None:
    policy = definition.extension(granted)
    if not is_by_units(definition, granted):
        form.fields["due_on"] = forms.DateField(label=_("时限"))
        return
    most = policy.amount if policy else None
    form.fields["extend_by"] = forms.IntegerField(
        label=_("延长多少（%(unit)s）") % {"unit": unit_words(definition.unit)},
        min_value=1,
        help_text=_("最多%(most)s") % {"most": amount_words(definition.unit, most)} if most else "",
    )


def add_time_field(form: forms.Form, procedure: Procedure, now: datetime) -> None:
    """The time of day, where hours or minutes are counted."""
    if procedure.counts_moments:
        form.fields["effective_time"] = forms.TimeField(
            label=_("几点几分"), initial=localtime(now).strftime("%H:%M"),
            widget=forms.TimeInput(attrs={"type": "time"}),
        )  # fmt: skip


def clock_step(data: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed about clocks, as arguments of a step."""
    step: dict[str, Any] = {"extend_by": data.get("extend_by"), "effective_at": _moment(data)}
    if data.get("pause_reason") or data.get("pause_ends_on"):
        step["pause"] = Pause(data.get("pause_reason", ""), data.get("pause_ends_on"))
    return step


def _moment(data: Mapping[str, Any]) -> datetime | None:
    on: date = data["effective_on"]
    at: time | None = data.get("effective_time")
    return None if at is None else make_aware(datetime.combine(on, at))
