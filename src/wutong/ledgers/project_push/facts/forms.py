"""What is typed about a project. A form checks the typing; whether an act may be is decided by the services."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.base.errors import DomainError
from wutong.base.money import in_unit, to_yuan
from wutong.ledgers.project_push.models import FundSource, NodeCode, PartnerRole, ProjectNode
from wutong.registers.organisation.models import Official, Unit, UnitKind
from wutong.registers.projects.models import Project
from wutong.ui.forms import HouseForm

MOST_PHOTOS = 9


def reason_field() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("理由"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("改动已登记的日期或金额时要写。"),
    )


def wan_field(label: Any, *, required: bool = True) -> forms.DecimalField:
    """An amount in 万元; to the yuan. A negative one is the service's to refuse."""
    return forms.DecimalField(label=label, max_digits=14, decimal_places=4, required=required)


def yuan_of(amount: Decimal | None) -> int | None:
    return None if amount is None else to_yuan(amount, "万元")


def wan_of(yuan: int | None) -> Decimal | None:
    """An amount as it is typed: without needless noughts."""
    if yuan is None:
        return None
    amount = in_unit(yuan, "万元", 4)
    whole = amount.to_integral_value()
    return whole if amount == whole else amount.normalize()


class MoneyForm(HouseForm):
    """A form that asks for 万元 where the service speaks of yuan: a refusal stands at the field that was typed."""

    def add_refusal(self, error: DomainError) -> None:
        error.fields = {name.replace("_yuan", "_wan"): words for name, words in error.fields.items()}
        super().add_refusal(error)


class NodeForm(HouseForm):
    """Until when a node is planned, when it was reached, who answers for it. Without `node` a further one is chosen."""

    expected_seq = forms.IntegerField(widget=forms.HiddenInput, required=False)
    plan_on = forms.DateField(label=gettext_lazy("完成时限"), required=False)
    actual_on = forms.DateField(
        label=gettext_lazy("完成日期"),
        required=False,
        help_text=gettext_lazy("事情实际办成的那一天；没办成的不填。"),
    )
    unit = forms.ModelChoiceField(
        Unit.objects.filter(valid_to__isnull=True).exclude(kind=UnitKind.TEAM).order_by("path"),
        label=gettext_lazy("责任单位"),
        required=False,
    )
    person = forms.ModelChoiceField(
        Official.objects.filter(to_on__isnull=True).select_related("unit").order_by("unit__path", "pk"),
        label=gettext_lazy("责任人"),
        required=False,
    )
    arrangement = forms.CharField(label=gettext_lazy("安排"), max_length=500, required=False)
    outcome = forms.CharField(label=gettext_lazy("完成情况"), max_length=500, required=False)
    document_no = forms.CharField(label=gettext_lazy("文号"), max_length=100, required=False)
    reason = reason_field()

    def __init__(
        self,
        *args: Any,
        node: ProjectNode | None = None,
        taken: Sequence[str] = (),
        chosen: str = "",
        **kwargs: Any,
    ) -> None:
        if node is not None:
            names = ("plan_on", "actual_on", "unit", "person", "arrangement", "outcome", "document_no")
            kwargs["initial"] = {name: getattr(node, name) for name in names} | {
                "expected_seq": node.last_seq
            }
        super().__init__(*args, **kwargs)
        if not chosen:
            free = [(code, label) for code, label in NodeCode.choices if code not in taken]
            self.fields["code"] = forms.ChoiceField(label=gettext_lazy("节点"), choices=free)
            self.order_fields(["code"])


class YearPlanForm(MoneyForm):
    year = forms.IntegerField(label=gettext_lazy("年份"))
    planned_wan = wan_field(gettext_lazy("计划完成投资（万元）"))
    reason = reason_field()

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        kwargs["initial"] = {"year": today.year} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)


class FundsForm(MoneyForm):
    """Money that arrived in one month from one source."""

    year = forms.IntegerField(label=gettext_lazy("年份"))
    month = forms.IntegerField(label=gettext_lazy("月份"), min_value=1, max_value=12)
    source = forms.ChoiceField(label=gettext_lazy("资金来源"), choices=FundSource.choices)
    arrived_wan = wan_field(gettext_lazy("到位（万元）"))
    planned_wan = wan_field(gettext_lazy("计划到位（万元）"), required=False)
    source_note = forms.CharField(label=gettext_lazy("来源说明"), max_length=200, required=False)
    reason = reason_field()

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        kwargs["initial"] = {"year": today.year, "month": today.month} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)


class ParticipantForm(HouseForm):
    role = forms.ChoiceField(label=gettext_lazy("参与角色"), choices=PartnerRole.choices)
    name = forms.CharField(label=gettext_lazy("单位名称"), max_length=200)
    from_on = forms.DateField(label=gettext_lazy("起始日期"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        kwargs["initial"] = {"from_on": today}
        super().__init__(*args, **kwargs)


class ParticipantEndForm(HouseForm):
    to_on = forms.DateField(label=gettext_lazy("结束日期"), help_text=gettext_lazy("从这一天起不再参与。"))
    reason = forms.CharField(label=gettext_lazy("理由"), max_length=500, required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        kwargs["initial"] = {"to_on": today}
        super().__init__(*args, **kwargs)


class PhotosInput(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.getlist(name) if hasattr(files, "getlist") else files.get(name)


class PhotosField(forms.FileField):
    """Several pictures at once; a telephone offers its camera."""

    def __init__(self, **kwargs: Any) -> None:
        widget = PhotosInput(attrs={"accept": "image/jpeg,image/png", "multiple": True})
        super().__init__(widget=widget, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        uploads = (
            [item for item in data if item] if isinstance(data, list | tuple) else [data] if data else []
        )
        if len(uploads) > MOST_PHOTOS:
            raise forms.ValidationError(_("一次最多交%(count)s张。") % {"count": MOST_PHOTOS})
        one = super().clean
        return [one(item, initial) for item in uploads]


class VisitForm(HouseForm):
    """A visit, made to be filled in on a telephone at the building site."""

    on = forms.DateField(label=gettext_lazy("走访日期"))
    visitors = forms.CharField(label=gettext_lazy("走访人员"), max_length=200)
    place = forms.CharField(label=gettext_lazy("走访地点"), max_length=100, required=False)
    said = forms.CharField(
        label=gettext_lazy("了解的情况"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4})
    )
    next_step = forms.CharField(
        label=gettext_lazy("下一步"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("谁做什么。"),
    )
    next_on = forms.DateField(label=gettext_lazy("完成时限"), required=False)
    photos = PhotosField(
        label=gettext_lazy("现场照片"), required=False, help_text=gettext_lazy("JPEG或PNG，可以选多张。")
    )

    def __init__(self, *args: Any, today: date, visitor: str, place: str, **kwargs: Any) -> None:
        kwargs["initial"] = {"on": today, "visitors": visitor, "place": place}
        super().__init__(*args, **kwargs)


class FactsForm(MoneyForm):
    """What the register knows of a project, apart from name, investor and total investment."""

    expected_seq = forms.IntegerField(widget=forms.HiddenInput, required=False)
    company_name = forms.CharField(
        label=gettext_lazy("项目公司"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("全称。登记过的企业会对上，没有的新登记。"),
    )
    content = forms.CharField(
        label=gettext_lazy("建设内容"), max_length=2000, required=False, widget=forms.Textarea
    )
    place = forms.CharField(label=gettext_lazy("建设地点"), max_length=100, required=False)
    land_mu = forms.DecimalField(
        label=gettext_lazy("用地（亩）"), max_digits=10, decimal_places=2, required=False
    )
    phase_one_wan = wan_field(gettext_lazy("一期投资（万元）"), required=False)
    plan_start_on = forms.DateField(label=gettext_lazy("计划开工"), required=False)
    plan_production_on = forms.DateField(label=gettext_lazy("计划投产"), required=False)
    longitude = forms.DecimalField(
        label=gettext_lazy("经度"),
        max_digits=9,
        decimal_places=6,
        required=False,
        help_text=gettext_lazy("例如115.985432"),
    )
    latitude = forms.DecimalField(
        label=gettext_lazy("纬度"),
        max_digits=9,
        decimal_places=6,
        required=False,
        help_text=gettext_lazy("例如36.456789"),
    )
    reason = reason_field()

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        names = (
            "content",
            "place",
            "land_mu",
            "plan_start_on",
            "plan_production_on",
            "longitude",
            "latitude",
        )
        kwargs["initial"] = {name: getattr(project, name) for name in names} | {
            "company_name": project.company.name if project.company else "",
            "phase_one_wan": wan_of(project.phase_one_yuan),
            "expected_seq": project.last_seq,
        }
        super().__init__(*args, **kwargs)
