"""What is typed about gate rules. What can be demanded is chosen from what the ledger declares, never typed."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.base.money import in_unit, to_yuan
from wutong.cases.gate_editing import RuleValues, demands_of, gated_states
from wutong.cases.models import Case, GateRule
from wutong.cases.registry import CaseType
from wutong.ui.forms import HouseForm

ORDER = ("label", "minimum", "band_yi", "provider", "edition", "valid_from", "running_too", "seen")
NAMED_CASES = 5
"""How many cases a question names; it counts the others."""


class AskingForm(HouseForm):
    """Before anything is saved the form tells how many running cases would newly lack something, and asks to go on. The
    answer holds for that number only: whoever changes the day is asked again."""

    valid_from = forms.DateField(label=gettext_lazy("从哪一天起"))
    running_too = forms.BooleanField(
        label=gettext_lazy("正在办理的也适用"),
        required=False,
        help_text=gettext_lazy("不勾选：这一天以后新开始的才适用，正在办理的保持开始时的条件。"),
    )
    seen = forms.BooleanField(label=gettext_lazy("已看过，仍要保存"), required=False)
    seen_count = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._question = self.fields["seen"]
        if not self.data.get("seen_count"):
            del self.fields["seen"]

    def is_answered(self, count: int) -> bool:
        return bool(self.cleaned_data.get("seen")) and self.cleaned_data.get("seen_count") == count

    def ask_about(self, affected: Sequence[Case], number_of_open: int) -> None:
        """Show what would be missing where, with a tick to go on."""
        names = "、".join(case.title for case in affected[:NAMED_CASES])
        if affected:
            words = _(
                "您可以查看的%(all)s件在办的还没到这一步，其中%(count)s件会新缺材料：%(names)s%(more)s。"
            )
        else:
            words = _("您可以查看的%(all)s件在办的还没到这一步，没有一件会因此新缺材料。")
        more = _("等") if len(affected) > NAMED_CASES else ""
        told = words % {"all": number_of_open, "count": len(affected), "names": names, "more": more}
        self.fields["seen"] = self._question
        kept = {name: value for name, value in self.data.items() if name != "seen"}
        self.data = {**kept, "seen_count": str(len(affected))}
        self._question.help_text = told
        self.add_error("seen", _("请看过下面的影响，勾选后再保存。"))


class ValuesForm(AskingForm):
    """What a rule says beside what it demands. The band is typed in 亿元 and handed on in yuan."""

    label = forms.CharField(
        label=gettext_lazy("名称"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("页面上怎么叫它；空着就用台账里的名称。"),
    )
    minimum = forms.IntegerField(
        label=gettext_lazy("最少数量"),
        min_value=1,
        max_value=1000,
        initial=1,
        help_text=gettext_lazy("字段填1。"),
    )
    band_yi = forms.DecimalField(
        label=gettext_lazy("规模下限（亿元）"),
        required=False,
        min_value=0,
        max_value=10_000_000,
        decimal_places=8,
        help_text=gettext_lazy("只管总投资达到这个数的；空着表示不分规模。"),
    )
    provider = forms.CharField(label=gettext_lazy("办理单位"), max_length=50, required=False)
    edition = forms.CharField(
        label=gettext_lazy("版本"),
        max_length=30,
        help_text=gettext_lazy("依据的文件或版本，例如“2026-11版”。"),
    )

    field_order: Iterable[str] | None = ORDER

    def values(self) -> RuleValues:
        """Only after `is_valid`."""
        typed = self.cleaned_data
        return RuleValues(
            label=typed["label"],
            minimum=typed["minimum"],
            band_from_yuan=to_yuan(typed["band_yi"] or Decimal(0), "亿元"),
            provider=typed["provider"],
            edition=typed["edition"],
        )


class NewRuleForm(ValuesForm):
    """A further demand: of which state, and what."""

    state = forms.ChoiceField(label=gettext_lazy("进入哪个状态"))
    demand = forms.ChoiceField(label=gettext_lazy("要具备什么"))

    field_order = ("state", "demand", *ORDER)

    def __init__(self, *args: Any, kind: CaseType, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = dict(GateRule._meta.get_field("kind").choices or ())
        states, demands = self.fields["state"], self.fields["demand"]
        assert isinstance(states, forms.ChoiceField)
        assert isinstance(demands, forms.ChoiceField)
        states.choices = [(state.code, state.label) for state in gated_states(kind.procedure)]
        demands.choices = [
            (f"{item.kind}:{item.item}", f"{kinds[item.kind]}：{item.label}") for item in demands_of(kind)
        ]

    def chosen(self) -> tuple[str, str]:
        kind, _colon, item = self.cleaned_data["demand"].partition(":")
        return kind, item


def typed_of(rule: GateRule) -> dict[str, Any]:
    """A rule as somebody would type it."""
    band = in_unit(rule.band_from_yuan, "亿元", 8)
    return {
        "label": rule.label,
        "minimum": rule.minimum,
        "band_yi": f"{band:f}".rstrip("0").rstrip(".") if band else None,
        "provider": rule.provider,
        "edition": rule.edition,
    }
