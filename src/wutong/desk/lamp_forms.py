"""What is typed about lamp rules. A form checks the typing; whether a rule may stand is decided by the services."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wutong.base.lamps.models import (
    CLAUSE_LENGTH,
    EDITION_LENGTH,
    SOURCE_LENGTH,
    TITLE_LENGTH,
    Actions,
    Comparators,
    LampRule,
    LampRuleSet,
    RuleColours,
)
from wutong.base.lamps.services import RuleValues
from wutong.base.lamps.subjects import LampSubject
from wutong.base.lamps.words import number_words
from wutong.base.money import in_unit, to_yuan
from wutong.ui.forms import HouseForm

LARGEST_REVISION = 2**31 - 1


class DraftForm(HouseForm):
    """Anything that is done to a draft says which state of it was on the screen."""

    revision = forms.IntegerField(
        widget=forms.HiddenInput, min_value=0, max_value=LARGEST_REVISION, label=_("修订次数")
    )


class NamesForm(HouseForm):
    """What a new edition is called and what it rests on."""

    edition = forms.CharField(
        label=_("版本"), max_length=EDITION_LENGTH, help_text=_("同一类规则里不能重名，例如“2026-03版”。")
    )
    title = forms.CharField(label=_("名称"), max_length=TITLE_LENGTH)
    source = forms.CharField(
        label=_("依据（文件名称和文号）"),
        max_length=SOURCE_LENGTH,
        required=False,
        help_text=_("可以先空着，发布以前要写明。"),
    )


class RenameForm(NamesForm, DraftForm):
    """The same of a draft that exists."""

    def __init__(self, *args: Any, draft: LampRuleSet, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "edition": draft.edition,
            "title": draft.title,
            "source": draft.source,
            "revision": draft.revision,
        }
        super().__init__(*args, **kwargs)


class PublishForm(DraftForm):
    valid_from = forms.DateField(
        label=_("生效日期"),
        help_text=_("从这一天起按新版本亮灯，上一版到前一天为止。填过去的日期，那天以来的亮灯会重算。"),
    )


class RuleForm(DraftForm):
    """One row. Its choices are those of the subject; the size band is typed in 亿元 and handed on in yuan."""

    group = forms.ChoiceField(label=_("适用范围"))
    band_from_yuan = forms.DecimalField(
        label=_("规模下限（亿元）"),
        required=False,
        min_value=0,
        max_value=10_000_000,
        decimal_places=8,
        help_text=_("只管总投资达到这个数的；空着表示不分规模。"),
    )
    metric = forms.ChoiceField(label=_("看什么"))
    comparator = forms.ChoiceField(label=_("怎么比"), choices=Comparators)
    threshold = forms.DecimalField(
        label=_("界线"), max_digits=9, decimal_places=2, help_text=_("单位跟着“看什么”走。")
    )
    consecutive = forms.IntegerField(label=_("连续期数"), min_value=1, max_value=60, initial=1)
    colour = forms.ChoiceField(label=_("亮什么灯"), choices=RuleColours, widget=forms.RadioSelect)
    excuse_allowed = forms.BooleanField(label=_("暂停期间不亮灯"), required=False, initial=True)
    action = forms.ChoiceField(label=_("措施"), choices=Actions, required=False)
    deadline_days = forms.IntegerField(label=_("措施期限（天）"), required=False, min_value=1, max_value=3650)
    clause = forms.CharField(label=_("条款"), max_length=CLAUSE_LENGTH, required=False)
    position = forms.IntegerField(
        label=_("顺序"),
        required=False,
        min_value=1,
        max_value=999,
        help_text=_("颜色相同的，排在前面的一行说明原因。新的一行空着就排在最后。"),
    )

    def __init__(
        self, *args: Any, subject: LampSubject, draft: LampRuleSet, row: LampRule | None = None, **kwargs: Any
    ) -> None:
        kwargs["initial"] = {"revision": draft.revision} | (_typed(row) if row else {})
        super().__init__(*args, **kwargs)
        self._choose("group", subject.groups)
        self._choose("metric", [(item.code, _named(item.label, item.unit)) for item in subject.metrics])
        if not subject.has_bands:
            del self.fields["band_from_yuan"]
        if not any(metric.by_period for metric in subject.metrics):
            del self.fields["consecutive"]

    def _choose(self, name: str, choices: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean_band_from_yuan(self) -> int:
        return to_yuan(self.cleaned_data["band_from_yuan"] or Decimal(0), "亿元")

    def values(self) -> RuleValues:
        """What was typed, without the state of the draft. Only after `is_valid`."""
        return RuleValues(**{name: value for name, value in self.cleaned_data.items() if name != "revision"})


def _named(label: Any, unit: Any) -> str:
    return f"{label}（{unit}）"


def _typed(row: LampRule) -> dict[str, Any]:
    """A row as somebody would type it."""
    band = in_unit(row.band_from_yuan, "亿元", 8)
    return {
        "group": row.group,
        "band_from_yuan": f"{band:f}".rstrip("0").rstrip(".") if band else None,
        "metric": row.metric,
        "comparator": row.comparator,
        "threshold": number_words(row.threshold),
        "consecutive": row.consecutive,
        "colour": row.colour,
        "excuse_allowed": row.excuse_allowed,
        "action": row.action,
        "deadline_days": row.deadline_days,
        "clause": row.clause,
        "position": row.position,
    }
