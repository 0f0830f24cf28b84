"""A project entered by hand."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.base.errors import Refused
from wutong.base.money import to_yuan
from wutong.cases.models import Case
from wutong.ledgers.project_push.services import NewProject, enter_projects
from wutong.registers.organisation.actors import Actor
from wutong.registers.organisation.models import Official, Unit, UnitKind
from wutong.registers.projects.models import Project
from wutong.registers.projects.services import identity_of
from wutong.ui.forms import HouseForm


class NewProjectForm(HouseForm):
    """A lead or a negotiation, entered by hand. Whoever enters it, its team and its leaders see it."""

    name = forms.CharField(label=gettext_lazy("项目名称"), max_length=200)
    investor = forms.CharField(label=gettext_lazy("投资方"), max_length=200)
    total_yi = forms.DecimalField(
        label=gettext_lazy("总投资（亿元）"), min_value=0, max_digits=10, decimal_places=4
    )
    state = forms.ChoiceField(
        label=gettext_lazy("当前阶段"),
        choices=[("lead", gettext_lazy("线索")), ("negotiating", gettext_lazy("洽谈"))],
        widget=forms.RadioSelect,
    )
    opened_on = forms.DateField(label=gettext_lazy("开始日期"))
    team = forms.ModelChoiceField(
        Unit.objects.filter(kind=UnitKind.TEAM, valid_to__isnull=True).order_by("pk"),
        label=gettext_lazy("产业招商组"),
    )
    unit = forms.ModelChoiceField(
        Unit.objects.filter(valid_to__isnull=True).exclude(kind=UnitKind.TEAM).order_by("path"),
        label=gettext_lazy("责任单位"),
    )
    person = forms.ModelChoiceField(
        Official.objects.filter(to_on__isnull=True).select_related("unit").order_by("unit__path", "pk"),
        label=gettext_lazy("责任人"),
        required=False,
    )
    content = forms.CharField(
        label=gettext_lazy("建设内容"), max_length=2000, required=False, widget=forms.Textarea
    )


def enter_project(data: dict[str, Any], *, actor: Actor, now: datetime, on: date) -> Case:
    """Raises Refused for a project that is in the library, with its number, and for a person of another unit."""
    known = Project.objects.filter(identity=identity_of(data["name"], data["investor"])).first()
    if known is not None:
        message = _("已在库中，编号%(code)s；没有重复登记") % {"code": known.code}
        raise Refused(message, fields={"name": message})
    if data["opened_on"] > on:
        message = _("还没到这一天。请填已经发生的日期。")
        raise Refused(message, fields={"opened_on": message})
    person = data["person"]
    if person is not None and not person.unit.path.startswith(data["unit"].path):
        message = _("%(person)s不在%(unit)s，在%(own)s。") % {
            "person": person,
            "unit": data["unit"],
            "own": person.unit,
        }
        raise Refused(message, fields={"person": message})
    new = NewProject(
        name=data["name"].strip(),
        investor_name=data["investor"].strip(),
        total_investment_yuan=to_yuan(data["total_yi"], "亿元"),
        state=data["state"],
        opened_on=data["opened_on"],
        host_unit=data["unit"],
        host_person=person,
        concierge=actor.official,
        team=data["team"],
        facts={"content": data["content"]},
    )
    return enter_projects([new], actor=actor, now=now)[0]
