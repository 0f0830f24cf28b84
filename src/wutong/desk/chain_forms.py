"""What is typed about industrial chains. A form checks the typing; whether an act may be is decided by the services."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.desk.enterprises import visible_enterprises
from wutong.registers.chains.models import Chain, ChainMember, ChainNode, MemberRole, Stage
from wutong.registers.chains.shape import below, in_tree_order
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.industries.models import LeadingIndustry
from wutong.registers.industries.queries import leading_industries
from wutong.registers.organisation.actors import Actor
from wutong.ui.forms import HouseForm

SUGGESTED = 5
LARGEST_ORDER = 999


class IndustryChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A leading industry of the day."""

    def __init__(self) -> None:
        super().__init__(LeadingIndustry.objects.none(), label=gettext_lazy("主导产业"))


class DayForm(HouseForm):
    """Every act says from which day it holds; today stands there already."""

    on = forms.DateField(label=gettext_lazy("日期"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        kwargs["initial"] = {"on": today} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)


class ReasonForm(DayForm):
    reason = forms.CharField(label=gettext_lazy("理由"), max_length=200, required=False)


class ChainForm(DayForm):
    """A chain's facts. The code is given once, when the chain is opened."""

    name = forms.CharField(label=gettext_lazy("产业链名称"), max_length=50)
    leading_industry = IndustryChoice()
    description = forms.CharField(
        label=gettext_lazy("说明"), max_length=500, required=False, widget=forms.Textarea
    )
    field_order = ("code", "name", "leading_industry", "description", "on")

    def __init__(self, *args: Any, today: date, chain: Chain | None = None, **kwargs: Any) -> None:
        if chain is not None:
            kwargs["initial"] = {
                "name": chain.name,
                "leading_industry": chain.leading_industry_id,
                "description": chain.description,
            }
        super().__init__(*args, today=today, **kwargs)
        offered = leading_industries(today)
        if chain is not None:
            offered = offered | LeadingIndustry.objects.filter(pk=chain.leading_industry_id)
        field = self.fields["leading_industry"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = offered.order_by("order", "pk")


class NewChainForm(ChainForm):
    code = forms.SlugField(
        label=gettext_lazy("产业链编码"),
        max_length=30,
        help_text=gettext_lazy("小写字母、数字和下划线，例如new_battery。定了不再改。"),
    )


class PlaceForm(DayForm):
    """Where a node stands in its chain."""

    stage = forms.ChoiceField(label=gettext_lazy("位置"), choices=Stage, widget=forms.RadioSelect)
    parent = forms.ChoiceField(label=gettext_lazy("上级环节"), required=False)
    order = forms.IntegerField(
        label=gettext_lazy("顺序"),
        min_value=0,
        max_value=LARGEST_ORDER,
        help_text=gettext_lazy("同一级里小的在前。"),
    )
    field_order = ("name", "stage", "parent", "order", "on")

    def __init__(
        self, *args: Any, nodes: Sequence[ChainNode], node: ChainNode | None = None, **kwargs: Any
    ) -> None:
        """`nodes` are those of the chain. A node is never offered itself nor what lies below it."""
        if node is not None:
            kwargs["initial"] = {"stage": node.stage, "parent": node.parent_id or "", "order": node.order}
        super().__init__(*args, **kwargs)
        barred = below(nodes, node.pk) if node is not None else set()
        self._nodes = {str(item.pk): item for item in nodes if item.pk not in barred}
        field = self.fields["parent"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("没有上级"))] + [
            (str(item.pk), "　" * depth + item.name)
            for item, depth in in_tree_order(nodes)
            if item.pk not in barred
        ]

    def clean_parent(self) -> ChainNode | None:
        return self._nodes.get(self.cleaned_data["parent"])


class NodeForm(PlaceForm):
    name = forms.CharField(label=gettext_lazy("环节名称"), max_length=50)


class RenameForm(DayForm):
    name = forms.CharField(label=gettext_lazy("环节名称"), max_length=50)
    field_order = ("name", "on")


class JoinForm(DayForm):
    """Which firm comes onto a node. It is typed, not chosen: there are too many for a list."""

    enterprise = forms.CharField(
        label=gettext_lazy("企业"),
        max_length=200,
        help_text=gettext_lazy("写企业全称，或统一社会信用代码；写名称的一部分，只要只有一家相符也可以。"),
    )
    role = forms.ChoiceField(
        label=gettext_lazy("链上角色"),
        choices=MemberRole,
        initial=MemberRole.ORDINARY,
        widget=forms.RadioSelect,
    )
    field_order = ("enterprise", "role", "on")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._actor = actor

    def clean_enterprise(self) -> Enterprise:
        """Among those that the reader may see; a firm that is hidden is not found, nor a double that was merged away."""
        typed = self.cleaned_data["enterprise"].strip()
        seen = visible_enterprises(self._actor).filter(merged_into__isnull=True)
        exact = list(seen.filter(name=typed)[:2]) or list(seen.filter(code=typed.upper())[:2])
        found = exact or list(seen.filter(name__icontains=typed).order_by("name")[: SUGGESTED + 1])
        if not found:
            raise forms.ValidationError(_("企业名录里没有找到，请核对名称，或先登记企业。"))
        if len(found) > 1:
            names = "、".join(item.name for item in found[:SUGGESTED])
            raise forms.ValidationError(_("不止一家相符：%(names)s。请写全称或代码。") % {"names": names})
        return found[0]


class LeaveForm(DayForm):
    """Which firm of a node goes. Only those that the reader may see are offered."""

    member = forms.ChoiceField(label=gettext_lazy("企业"))
    reason = forms.CharField(label=gettext_lazy("理由"), max_length=200, required=False)
    field_order = ("member", "reason", "on")

    def __init__(self, *args: Any, members: Sequence[ChainMember], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._members = {str(item.pk): item for item in members}
        field = self.fields["member"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("请选择"))] + [
            (key, item.enterprise.name) for key, item in self._members.items()
        ]

    def clean_member(self) -> ChainMember:
        return self._members[self.cleaned_data["member"]]
