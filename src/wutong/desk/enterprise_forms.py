"""What is typed about enterprises. A form checks the typing; whether an act may be is decided by the services."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.base.errors import Refused
from wutong.base.money import WAN
from wutong.desk.enterprises import visible_enterprises
from wutong.registers.enterprises import uscc
from wutong.registers.enterprises.duplicates import REASONS
from wutong.registers.enterprises.measures import MEASURES, NotANumber, clean_value
from wutong.registers.enterprises.models import Enterprise, Status
from wutong.registers.industries.codes import clean_code, printed_code
from wutong.registers.industries.queries import class_of
from wutong.registers.organisation.actors import Actor
from wutong.registers.places.models import PlaceKind, SpatialUnit
from wutong.registers.places.queries import places_on, tree_order
from wutong.ui.forms import HouseForm

SUGGESTED = 5
FIRST_YEAR = 1980


class DatedForm(HouseForm):
    """What holds from a day on. What has not happened yet is not recorded."""

    on = forms.DateField(label=gettext_lazy("从哪天起"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        kwargs["initial"] = {"on": today} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if on > self.today:
            raise forms.ValidationError(_("不能晚于今天。"))
        return on


class FactsForm(DatedForm):
    """The facts of a firm; `facts` gives them as columns of the entry."""

    name = forms.CharField(label=gettext_lazy("企业名称"), max_length=200)
    code = forms.CharField(
        label=gettext_lazy("统一社会信用代码"),
        required=False,
        max_length=30,
        help_text=gettext_lazy("18位，与营业执照一致；还没有的可以空着。"),
    )
    registered_on = forms.DateField(label=gettext_lazy("成立日期"), required=False)
    address = forms.CharField(label=gettext_lazy("注册地址"), required=False, max_length=200)
    real_address = forms.CharField(label=gettext_lazy("实际经营地址"), required=False, max_length=200)
    place = forms.ChoiceField(label=gettext_lazy("所属镇街园区"), required=False)
    industry_code = forms.CharField(
        label=gettext_lazy("行业代码"),
        required=False,
        max_length=5,
        help_text=gettext_lazy("国民经济行业分类的代码，例如C3841、384。"),
    )
    business = forms.CharField(
        label=gettext_lazy("主营业务"), required=False, max_length=500, widget=forms.Textarea
    )
    capital = forms.DecimalField(
        label=gettext_lazy("注册资本（万元）"), required=False, min_value=0, max_digits=14, decimal_places=4
    )
    parent = forms.CharField(
        label=gettext_lazy("母公司"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("名录里的企业：写全称或统一社会信用代码。"),
    )
    group_name = forms.CharField(label=gettext_lazy("所属集团"), required=False, max_length=100)
    field_order = (
        "name", "code", "status", "registered_on", "address", "real_address", "place", "industry_code", "business",
        "capital", "parent", "group_name", "on", "reason", "not_double",
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        offered = tree_order([item for item in places_on(self.today) if item.kind != PlaceKind.GRID])
        self._places = {str(place.pk): place for _depth, place in offered}
        field = self.fields["place"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("不指定"))] + [
            (str(place.pk), "　" * depth + place.name) for depth, place in offered
        ]

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"].strip()
        return name

    def clean_code(self) -> str | None:
        text: str = self.cleaned_data["code"].strip()
        return _cleaned(uscc.clean_code, text) if text else None

    def clean_place(self) -> SpatialUnit | None:
        return self._places.get(self.cleaned_data["place"])

    def clean_industry_code(self) -> str:
        text: str = self.cleaned_data["industry_code"].strip()
        if text:
            _cleaned(class_of, text)
        return clean_code(text) if text else ""

    def clean_parent(self) -> Enterprise | None:
        text: str = self.cleaned_data["parent"].strip()
        return _visible_firm(self.actor, text) if text else None

    @property
    def facts(self) -> dict[str, Any]:
        typed = dict(self.cleaned_data)
        capital: Decimal | None = typed.pop("capital")
        for name in ("on", "seq", "reason", "not_double"):
            typed.pop(name, None)
        return {**typed, "capital_yuan": None if capital is None else int(capital * WAN)}


def _cleaned(clean: Any, text: str) -> Any:
    """A refusal of the register, told at the field."""
    try:
        return clean(text)
    except Refused as error:
        raise forms.ValidationError(str(error.message)) from None


def _visible_firm(actor: Actor, typed: str) -> Enterprise:
    """Among those that the reader may see; a firm that is hidden is not found, nor a double that was merged away."""
    seen = visible_enterprises(actor).filter(merged_into__isnull=True)
    exact = list(seen.filter(name=typed)[:2]) or list(seen.filter(code=typed.upper())[:2])
    found = exact or list(seen.filter(name__icontains=typed).order_by("name", "pk")[: SUGGESTED + 1])
    if not found:
        raise forms.ValidationError(_("企业名录里没有找到，请核对名称，或先登记企业。"))
    if len(found) > 1:
        names = "、".join(item.name for item in found[:SUGGESTED])
        raise forms.ValidationError(_("不止一家相符：%(names)s。请写全称或代码。") % {"names": names})
    return found[0]


class RegisterForm(FactsForm):
    """A new firm. When some are there that it may be, the form asks about them."""

    status = forms.ChoiceField(
        label=gettext_lazy("经营状态"), choices=Status, initial=Status.OPERATING, widget=forms.RadioSelect
    )
    not_double = forms.BooleanField(label=gettext_lazy("仍要登记，不是同一家"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].label = _("登记日期")
        self._question = self.fields["not_double"]
        if not self.is_confirmed:
            del self.fields["not_double"]

    def ask_about(self, doubles: Sequence[tuple[Enterprise, str]]) -> None:
        """Show the firms that this one may be, with a tick to go on all the same."""
        lines = (
            (
                reverse("enterprise", args=[firm.pk]),
                firm.name,
                firm.code or _("没有统一社会信用代码"),
                REASONS[why],
            )
            for firm, why in doubles
        )
        listed = format_html_join("；", '<a href="{}">{}</a>（{}，{}）', lines)
        self._question.help_text = format_html("{}{}", _("名录里已有："), listed)
        self.fields["not_double"] = self._question
        self.add_error("not_double", _("可能已经登记过。请先看看是不是同一家；不是的，勾选后再提交。"))

    @property
    def is_confirmed(self) -> bool:
        return self.data.get("not_double") == "on"


class ChangeForm(FactsForm):
    """Changed facts. `seq` says which state of the entry was on the screen."""

    reason = forms.CharField(label=gettext_lazy("说明"), required=False, max_length=200)
    seq = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, firm: Enterprise, **kwargs: Any) -> None:
        kwargs["initial"] = _initial(firm, kwargs["actor"])
        super().__init__(*args, **kwargs)
        self.fields["on"].help_text = _("改名的，原名称从这一天起成为曾用名。")
        self.firm = firm
        self._keep_hidden_parent()

    def _keep_hidden_parent(self) -> None:
        """A parent that the reader may not see is neither shown nor lost."""
        self.has_hidden_parent = bool(self.firm.parent_id) and not self.initial["parent"]

    @property
    def changed(self) -> Mapping[str, Any]:
        """Facts that are not what they were."""
        facts = self.facts
        if self.has_hidden_parent and facts["parent"] is None:
            facts.pop("parent")
        return {name: value for name, value in facts.items() if value != getattr(self.firm, name)}


def _initial(firm: Enterprise, actor: Actor) -> dict[str, Any]:
    columns = ("name", "code", "registered_on", "address", "real_address", "business", "group_name")
    parent = visible_enterprises(actor).filter(pk=firm.parent_id).first() if firm.parent_id else None
    capital = None if firm.capital_yuan is None else (Decimal(firm.capital_yuan) / WAN).normalize()
    return {
        **{name: getattr(firm, name) for name in columns},
        "place": firm.place_id or "",
        "industry_code": _printed(firm.industry_code),
        "capital": None if capital is None else f"{capital:f}",
        "parent": parent.name if parent else "",
        "seq": firm.last_seq,
    }


def _printed(code: str) -> str:
    try:
        return printed_code(clean_code(code)) if code else ""
    except Refused:
        return code


class StatusForm(DatedForm):
    """What a firm does from a day on, and why it is said."""

    status = forms.ChoiceField(label=gettext_lazy("经营状态"), choices=Status, widget=forms.RadioSelect)
    reason = forms.CharField(label=gettext_lazy("依据"), max_length=200)
    seq = forms.IntegerField(widget=forms.HiddenInput)
    field_order = ("status", "on", "reason", "seq")


class TagForm(DatedForm):
    word = forms.CharField(label=gettext_lazy("标签"), max_length=20)
    field_order = ("word", "on")


class EndForm(DatedForm):
    """A tag ends."""

    on = forms.DateField(label=gettext_lazy("到哪天为止"))


class FormerNameForm(HouseForm):
    """A name that a firm had before it was in the register."""

    name = forms.CharField(label=gettext_lazy("曾用名"), max_length=200)
    to_on = forms.DateField(
        label=gettext_lazy("停用日期"), required=False, help_text=gettext_lazy("不清楚的可以空着。")
    )


class YearForm(HouseForm):
    """What a source says about a year. What is empty is missing; so is the marker -1, and the page says so."""

    year = forms.IntegerField(label=gettext_lazy("年度"), min_value=FIRST_YEAR)
    source = forms.CharField(
        label=gettext_lazy("来源"),
        max_length=100,
        help_text=gettext_lazy("例如企业年报、统计月报、税务数据。"),
    )
    dated_on = forms.DateField(label=gettext_lazy("来源日期"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        kwargs["initial"] = {"year": today.year - 1, "dated_on": today} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.today = today
        for measure in MEASURES:
            label = _("%(label)s（%(unit)s）") % {"label": measure.label, "unit": measure.unit}
            self.fields[measure.code] = forms.CharField(label=label, required=False, max_length=20)

    def clean_year(self) -> int:
        year: int = self.cleaned_data["year"]
        if year > self.today.year:
            raise forms.ValidationError(_("还没有到这一年。"))
        return year

    def clean_dated_on(self) -> date:
        day: date = self.cleaned_data["dated_on"]
        if day > self.today:
            raise forms.ValidationError(_("不能晚于今天。"))
        return day

    def clean(self) -> None:
        self.values: dict[str, int] = {}
        self.marked: list[str] = []
        for measure in MEASURES:
            text = str(self.cleaned_data.get(measure.code, "")).replace(",", "").replace("，", "").strip()
            try:
                value = clean_value(measure, text)
            except NotANumber as error:
                self.add_error(measure.code, str(error))
                continue
            if value is not None:
                self.values[measure.code] = value
            elif text:
                self.marked.append(str(measure.label))
        if not self.values and not self.errors:
            raise forms.ValidationError(_("请至少填一个数；缺的空着。"))
