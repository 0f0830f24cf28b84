"""The form of one step, made from the declaration of its transition. A form validates; `act` decides and saves."""

import secrets
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django import forms
from django.db import models
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from wutong.cases.context import valid_changes
from wutong.cases.models import Case, CaseDetail, Evidence
from wutong.cases.procedures import CORRECT_VERB, Procedure, Transition
from wutong.cases.waivers import ANSWERS, waivers_of
from wutong.ledgerkit.clock_fields import add_clock_fields, add_time_field, notice_kinds
from wutong.ledgerkit.gate_panel import waiver_words
from wutong.registers.organisation.models import Official, Unit
from wutong.ui.forms import HouseForm

SINGLE_UNIT_ROLES = ("host",)


class StepForm(HouseForm):
    """Fields follow from the transition: day, columns, people, due day, files, reason."""

    expected_seq = forms.IntegerField(widget=forms.HiddenInput, required=False)
    request_key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(
        self,
        *args: Any,
        transition: Transition,
        procedure: Procedure,
        case: Case,
        detail: CaseDetail,
        now: datetime,
        pending: Sequence[Evidence] = (),
        chosen_kind: str = "",
        **kwargs: Any,
    ) -> None:
        today = localdate(now)
        kwargs["initial"] = {
            "expected_seq": case.last_seq,
            "request_key": secrets.token_hex(16),
            "effective_on": today,
            "dated_on": today,
            "kind": chosen_kind,
            **{name: getattr(detail, name) for name in transition.fields},
            **kwargs.get("initial", {}),
        }
        super().__init__(*args, **kwargs)
        self.transition, self.procedure, self.case = transition, procedure, case
        if transition.checks:
            self._add_checks(pending)
        if transition.waiver:
            self._add_waiver()
        for name in transition.fields:
            self.fields[name] = detail_field(type(detail), name)
        self._add_files()
        add_holder_fields(self, procedure, transition.assigns)
        add_holder_fields(self, procedure, transition.awaits, required=True)
        if transition.needs_due:
            self.fields["due_on"] = forms.DateField(label=_("时限"))
        add_clock_fields(self, procedure, transition, case)
        if transition.amount:
            self.fields["amount_yi"] = forms.DecimalField(
                label=_("金额（亿元）"), min_value=0, max_digits=10, decimal_places=4
            )
        if transition.verb == CORRECT_VERB:
            self._add_correction()
        self.fields["effective_on"] = forms.DateField(label=_("日期"), help_text=_("事情实际发生的那一天。"))
        add_time_field(self, procedure, now)
        if transition.needs_reason:
            self.fields["reason"] = forms.CharField(
                label=_("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
            )

    def _add_checks(self, pending: Sequence[Evidence]) -> None:
        self.fields["evidence"] = forms.TypedChoiceField(
            label=_("核验哪一份"),
            coerce=int,
            choices=[
                (item.pk, f"{self.procedure.evidence_label(item.kind)}：{item.name}（{item.dated_on}）")
                for item in pending
            ],
            widget=forms.RadioSelect,
        )
        self.fields["decision"] = forms.ChoiceField(
            label=_("结论"),
            choices=[("yes", _("认可")), ("no", _("不认可"))],
            widget=forms.RadioSelect,
        )

    def _add_files(self) -> None:
        item = self.transition
        for kind in item.evidence:
            self.fields[f"file_{kind}"] = forms.FileField(label=str(self.procedure.evidence_label(kind)))
        for kind in notice_kinds(self.procedure, item):
            label = str(self.procedure.evidence_label(kind))
            self.fields[f"file_{kind}"] = forms.FileField(label=label, required=False)
        if item.accepts_evidence:
            self.fields["kind"] = forms.ChoiceField(label=_("种类"), choices=self.procedure.evidence_kinds)
            self.fields["file"] = forms.FileField(label=_("文件"))
        if item.evidence or item.accepts_evidence or notice_kinds(self.procedure, item):
            self.fields["dated_on"] = forms.DateField(
                label=_("文件日期"), help_text=_("文件上写的日期，或照片拍摄的日期。")
            )

    def _add_waiver(self) -> None:
        """Which step behind a gate: to ask, any that lies ahead; to answer, one that somebody asked for, with the words
        and the reason."""
        ahead = self.procedure.gated_from(self.case.state)
        words: list[str] = []
        if self.transition.waiver in ANSWERS:
            changes = self.case.changes.select_related("actor").order_by("seq")
            asked = waivers_of(self.procedure, changes).asked
            ahead = [item for item in ahead if item.verb in asked]
            words = [waiver_words(asked[item.verb]) for item in ahead] or [str(_("没有待答复的申请。"))]
        self.fields["gate_verb"] = forms.ChoiceField(
            label=_("容缺办理哪一步"),
            choices=[(item.verb, item.label) for item in ahead],
            help_text="；".join(words),
        )

    def _add_correction(self) -> None:
        changes = valid_changes(self.case.changes.order_by("seq"))
        self.fields["change"] = forms.TypedChoiceField(
            label=_("更正哪一条的日期"),
            coerce=int,
            choices=[
                (change.pk, f"{change.effective_on} {self.procedure.state(change.state_after).label}")
                for change in changes
                if change.state_after != change.state_before
            ],
        )


class OpeningForm(HouseForm):
    """Opens a case: columns of its detail row, who is responsible, the due day."""

    request_key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(
        self,
        *args: Any,
        procedure: Procedure,
        detail: type[CaseDetail],
        names: Sequence[str],
        roles: Sequence[str],
        needs_due: bool,
        today: date,
        **kwargs: Any,
    ) -> None:
        kwargs["initial"] = {
            "request_key": secrets.token_hex(16),
            "effective_on": today,
            **kwargs.get("initial", {}),
        }
        super().__init__(*args, **kwargs)
        for name in names:
            self.fields[name] = detail_field(detail, name)
        add_holder_fields(self, procedure, roles, required=True)
        if needs_due:
            self.fields["due_on"] = forms.DateField(label=_("时限"))
        self.fields["effective_on"] = forms.DateField(label=_("日期"))


def detail_field(model: type[models.Model], name: str) -> forms.Field:
    """The form field of a column of the detail row; its label is the column's Chinese name."""
    field = model._meta.get_field(name).formfield()  # type: ignore[union-attr]
    assert isinstance(field, forms.Field)
    return field


def add_holder_fields(
    form: forms.Form, procedure: Procedure, roles: Sequence[str], *, required: bool = False
) -> None:
    """For every role a unit and, if known, a person of it."""
    for role in roles:
        label = procedure.role_label(role)
        form.fields[f"{role}_unit"] = forms.ModelChoiceField(
            Unit.objects.filter(valid_to__isnull=True).order_by("path"),
            label=_("%(role)s单位") % {"role": label},
            required=required and (role in SINGLE_UNIT_ROLES or procedure.role(role).many),
        )
        form.fields[f"{role}_person"] = forms.ModelChoiceField(
            Official.objects.filter(to_on__isnull=True).select_related("unit").order_by("unit__path", "pk"),
            label=_("%(role)s责任人") % {"role": label},
            required=False,
        )
