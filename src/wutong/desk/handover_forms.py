"""What is typed about handovers."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wutong.cases.handover.models import Handover, HandoverLine
from wutong.desk.organisation_forms import OfficialChoice
from wutong.registers.organisation.queries import officials_on
from wutong.ui.forms import HouseForm

ALL, LACKING, PICKED = "all", "lacking", "picked"


class NewHandoverForm(HouseForm):
    effective_on = forms.DateField(
        label=_("交接日期"), help_text=_("从这一天起由接收人负责。可以先拟清单，到那一天再办。")
    )
    reason = forms.CharField(label=_("交接事由"), max_length=200, help_text=_("例如：调离、退休、轮岗。"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, initial={"effective_on": today}, **kwargs)


class ReceiverForm(HouseForm):
    """One receiver for all lines, for those that have none yet, or for those that are ticked."""

    receiver = OfficialChoice(_("接收人"), required=False, empty_label=_("不指定（清空）"))
    scope = forms.ChoiceField(
        label=_("哪些事项"),
        choices=[(LACKING, _("还没有接收人的")), (ALL, _("全部")), (PICKED, _("下面勾选的"))],
        widget=forms.RadioSelect,
    )
    keeps_units = forms.BooleanField(
        label=_("办件的责任单位不变"),
        required=False,
        help_text=_("不勾选时，办件随接收人转到接收人的单位。"),
    )
    lines = forms.TypedMultipleChoiceField(
        label=_("事项"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self, *args: Any, handover: Handover, open_lines: Sequence[HandoverLine], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.open_lines = open_lines
        receiver, lines = self.fields["receiver"], self.fields["lines"]
        assert isinstance(receiver, OfficialChoice)
        assert isinstance(lines, forms.TypedMultipleChoiceField)
        people = officials_on(handover.effective_on).exclude(pk=handover.giver_id).select_related("unit")
        receiver.queryset = people.order_by("unit__path", "pk")
        lines.choices = [(line.pk, f"{line.get_kind_display()}：{line.label}") for line in open_lines]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("scope") == PICKED and not data.get("lines"):
            self.add_error("lines", _("请勾选事项"))
        return data

    def chosen(self) -> list[int]:
        """Keys of the lines that are meant."""
        scope = self.cleaned_data["scope"]
        if scope == PICKED:
            return list(self.cleaned_data["lines"])
        return [line.pk for line in self.open_lines if scope == ALL or line.receiver_id is None]


class DropForm(HouseForm):
    reason = forms.CharField(label=_("作废理由"), max_length=200)


class SureForm(HouseForm):
    """Nothing to type: the act is asked for once more."""
