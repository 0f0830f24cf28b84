"""What is typed about units and officials. A form checks the typing; whether an act may be is decided by the services."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.desk.enterprises import visible_enterprises
from wutong.registers.chains.models import Chain
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.leads.models import LeadRole
from wutong.registers.organisation.actors import Actor
from wutong.registers.organisation.models import HoldingKind, Official, StandInReason, Unit, UnitKind
from wutong.registers.organisation.queries import officials_on, units_on
from wutong.registers.organisation.reach_services import LONGEST_STAND_IN
from wutong.ui.forms import HouseForm


class UnitChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A unit of the day, shown where it stands in the tree."""

    def __init__(self, label: Any, **more: Any) -> None:
        super().__init__(Unit.objects.none(), label=label, **more)

    def label_from_instance(self, obj: Any) -> str:
        depth: int = obj.path.count("/") - 2
        return "　" * depth + str(obj.name)


class OfficialChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Somebody in office on the day, with the unit, because names repeat."""

    def __init__(self, label: Any, **more: Any) -> None:
        super().__init__(Official.objects.none(), label=label, **more)

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}（{obj.unit.name}，{obj.staff_no}）"


class DayForm(HouseForm):
    """Every act says from which day it holds; today stands there already."""

    on = forms.DateField(label=gettext_lazy("生效日期"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        kwargs["initial"] = {"on": today} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, UnitChoice):
                field.queryset = units_on(today).order_by("path")
            elif isinstance(field, OfficialChoice):
                field.queryset = officials_on(today).select_related("unit").order_by("unit__path", "pk")


class ReasonForm(DayForm):
    reason = forms.CharField(label=gettext_lazy("依据或理由"), max_length=200, required=False)


class NewUnitForm(DayForm):
    name = forms.CharField(label=gettext_lazy("单位名称"), max_length=100)
    code = forms.SlugField(
        label=gettext_lazy("单位编码"),
        max_length=30,
        help_text=gettext_lazy("小写字母、数字和下划线，定了不再改。"),
    )
    kind = forms.ChoiceField(label=gettext_lazy("单位类别"), choices=UnitKind.choices)
    parent = UnitChoice(gettext_lazy("上级单位"))
    field_order = ("name", "code", "kind", "parent", "on")


class RenameUnitForm(ReasonForm):
    name = forms.CharField(label=gettext_lazy("新名称"), max_length=100)
    field_order = ("name", "on", "reason")


class MoveUnitForm(ReasonForm):
    parent = UnitChoice(gettext_lazy("新的上级单位"))
    field_order = ("parent", "on", "reason")


class MergeUnitForm(ReasonForm):
    successor = UnitChoice(gettext_lazy("并入单位"))
    field_order = ("successor", "on", "reason")


class NewOfficialForm(DayForm):
    staff_no = forms.CharField(label=gettext_lazy("工号"), max_length=30)
    name = forms.CharField(label=gettext_lazy("姓名"), max_length=50)
    post = forms.CharField(label=gettext_lazy("职务"), max_length=50)
    is_head = forms.BooleanField(label=gettext_lazy("是负责人"), required=False)
    phone = forms.CharField(label=gettext_lazy("电话"), max_length=30, required=False)
    field_order = ("staff_no", "name", "post", "is_head", "phone", "on")


class TransferForm(ReasonForm):
    unit = UnitChoice(gettext_lazy("单位"))
    title = forms.CharField(label=gettext_lazy("职务"), max_length=50)
    is_head = forms.BooleanField(label=gettext_lazy("是负责人"), required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("任职类别"),
        choices=HoldingKind.choices,
        help_text=gettext_lazy("主职只有一个：新的主职从生效日期起代替原来的。"),
    )
    field_order = ("unit", "title", "is_head", "kind", "on", "reason")


class OversightForm(DayForm):
    unit = UnitChoice(gettext_lazy("分管单位"))
    field_order = ("unit", "on")


class StandInForm(HouseForm):
    stand_in = OfficialChoice(gettext_lazy("B岗（代理人）"))
    from_on = forms.DateField(label=gettext_lazy("起始日期"))
    to_on = forms.DateField(
        label=gettext_lazy("恢复日期"),
        help_text=gettext_lazy("从这一天起由本人办理，这一天不再代理。"),
    )
    reason = forms.ChoiceField(label=gettext_lazy("事由"), choices=StandInReason.choices)

    def __init__(self, *args: Any, today: date, official: Official, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["stand_in"]
        assert isinstance(field, OfficialChoice)
        people = officials_on(today).exclude(pk=official.pk).select_related("unit")
        field.queryset = people.order_by("unit__path", "pk")
        self.fields["to_on"].help_text = _("从这一天起由本人办理，这一天不再代理。一次最长%(days)s天。") % {
            "days": LONGEST_STAND_IN
        }


class LeadForm(DayForm):
    """A firm by its name or code, or a chain; the reader finds only firms that he may see."""

    firm = forms.CharField(
        label=gettext_lazy("企业"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("企业全称或统一社会信用代码；挂钩产业链的不填。"),
    )
    chain = forms.ModelChoiceField(Chain.objects.none(), label=gettext_lazy("产业链"), required=False)
    role = forms.ChoiceField(label=gettext_lazy("挂钩角色"), choices=LeadRole.choices)
    field_order = ("firm", "chain", "role", "on")

    def __init__(self, *args: Any, today: date, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, today=today, **kwargs)
        self.actor = actor
        field = self.fields["chain"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Chain.objects.filter(valid_to__isnull=True).order_by("name", "pk")

    def clean_firm(self) -> Enterprise | None:
        text = str(self.cleaned_data["firm"]).strip()
        if not text:
            return None
        firms = visible_enterprises(self.actor)
        found = list(firms.filter(code=text.upper())[:2]) or list(firms.filter(name=text)[:2])
        if len(found) != 1:
            raise forms.ValidationError(
                _("没有找到这家企业，请写企业全称或统一社会信用代码。")
                if not found
                else _("有两家以上同名企业，请改填统一社会信用代码。")
            )
        return found[0]
