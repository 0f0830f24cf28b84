"""Entering an instruction with its orders, and adding orders to one."""

import secrets
from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.base.errors import NotAllowed, Refused
from wutong.base.files.services import store_file
from wutong.cases.models import Assignment, Case
from wutong.cases.steps import NewEvidence
from wutong.cases.who import is_allowed
from wutong.ledgerkit.policy import visible_cases
from wutong.ledgerkit.saving import answer_form
from wutong.ledgerkit.viewer import account_of, now_of, today_of, viewer
from wutong.ledgers.supervision_orders.instruction_pages import SLUG, crumbs, found_instruction
from wutong.ledgers.supervision_orders.models import Urgency
from wutong.ledgers.supervision_orders.procedures import INSTRUCT
from wutong.ledgers.supervision_orders.services import (
    NewInstruction,
    NewOrder,
    add_orders,
    enter_instruction,
)
from wutong.registers.organisation.actors import Actor
from wutong.registers.organisation.models import Official, Unit
from wutong.ui.forms import HouseForm
from wutong.ui.pages import Crumb

ORDER_ROWS = 4
"""So many orders fit on one form; more are added on the page of the instruction."""
INSTRUCT_RIGHT = "supervision.instruct"


class OrdersForm(HouseForm):
    """Up to ORDER_ROWS orders: unit, demand, due day. Empty ones are passed over."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = Unit.objects.filter(valid_to__isnull=True).order_by("path")
        for number in range(1, ORDER_ROWS + 1):
            self.fields[f"unit_{number}"] = forms.ModelChoiceField(
                units, label=_("督办%(number)s：责任单位") % {"number": number}, required=number == 1
            )
            self.fields[f"demand_{number}"] = forms.CharField(
                label=_("督办%(number)s：要求") % {"number": number},
                max_length=500,
                required=number == 1,
                widget=forms.Textarea(attrs={"rows": 2}),
            )
            self.fields[f"due_{number}"] = forms.DateField(
                label=_("督办%(number)s：反馈时限") % {"number": number},
                required=False,
                help_text=_("不填按日常督办的时限。"),
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for number in range(2, ORDER_ROWS + 1):
            unit, demand = data.get(f"unit_{number}"), data.get(f"demand_{number}")
            if demand and unit is None:
                self.add_error(f"unit_{number}", _("请选责任单位。"))
            if unit is not None and not demand:
                self.add_error(f"demand_{number}", _("请写要办什么。"))
        return data


def orders_from(data: dict[str, Any]) -> Iterator[NewOrder]:
    for number in range(1, ORDER_ROWS + 1):
        if data.get(f"unit_{number}") is not None:
            yield NewOrder(data[f"unit_{number}"], data[f"demand_{number}"], data.get(f"due_{number}"))


class InstructionForm(OrdersForm):
    """A leader's words on a document, who received them, and the first orders."""

    request_key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    leader = forms.ModelChoiceField(
        Official.objects.filter(to_on__isnull=True).select_related("unit").order_by("unit__path", "pk"),
        label=gettext_lazy("批示领导"),
    )
    given_on = forms.DateField(label=gettext_lazy("批示日期"))
    document_title = forms.CharField(label=gettext_lazy("来文标题"), max_length=200)
    document_no = forms.CharField(label=gettext_lazy("来文文号"), max_length=100, required=False)
    about = forms.CharField(
        label=gettext_lazy("相关办件编号"),
        max_length=30,
        required=False,
        help_text=gettext_lazy("例如项目编号；没有就不填。"),
    )
    text = forms.CharField(label=gettext_lazy("批示内容"), max_length=1000, widget=forms.Textarea)
    urgency = forms.ChoiceField(
        label=gettext_lazy("紧急程度"),
        choices=Urgency.choices,
        initial=Urgency.ORDINARY,
        widget=forms.RadioSelect,
    )
    received_by = forms.ModelChoiceField(
        Official.objects.filter(to_on__isnull=True).select_related("unit").order_by("unit__path", "pk"),
        label=gettext_lazy("承办人"),
        help_text=gettext_lazy("收批示的人，督促各单位办理并报告。"),
    )
    scan = forms.FileField(label=gettext_lazy("批示件扫描件"), required=False)


def instruction_new(request: HttpRequest) -> HttpResponse:
    actor = viewer(request)
    if not actor.has(INSTRUCT_RIGHT):
        raise NotAllowed(_("您没有“登记批示”的权限。"))
    initial = {
        "request_key": secrets.token_hex(16),
        "given_on": today_of(request),
        "received_by": actor.official_id,
    }
    form = InstructionForm(request.POST or None, request.FILES or None, initial=initial)

    def save(data: dict[str, Any]) -> str:
        case = enter_instruction(
            NewInstruction(
                leader=data["leader"],
                given_on=data["given_on"],
                document_title=data["document_title"].strip(),
                document_no=data["document_no"].strip(),
                text=data["text"],
                urgency=data["urgency"],
                received_by=data["received_by"],
                about=_case_of(data["about"], actor),
                scan=_scan(request, data),
                orders=list(orders_from(data)),
            ),
            actor=actor,
            on=today_of(request),
            now=now_of(request),
            request_key=data["request_key"] or None,
        )
        return reverse("case_detail", args=[SLUG, case.number])

    back = reverse("case_list", args=[SLUG])
    trail = [Crumb(_("工作台")), Crumb(_("领导批示"), back), Crumb(_("登记批示"))]
    return answer_form(request, form, _("登记批示"), save, back, trail)


def _case_of(number: str, actor: Actor) -> Case | None:
    """A case that the actor may see; one of others is as unknown as one that there is not."""
    if not number.strip():
        return None
    case = visible_cases(actor).select_related("enterprise").filter(number=number.strip()).first()
    if case is None:
        words = _("没有编号为“%(number)s”的办件。") % {"number": number.strip()}
        raise Refused(words, fields={"about": words})
    return case


def _scan(request: HttpRequest, data: dict[str, Any]) -> NewEvidence | None:
    upload = data.get("scan")
    if not upload:
        return None
    stored = store_file(upload.read(), name=upload.name, actor=account_of(request), now=now_of(request))
    return NewEvidence("scan", stored, upload.name[:200], data["given_on"])


def instruction_orders(request: HttpRequest, instruction: str) -> HttpResponse:
    """More orders because of an instruction."""
    actor, detail = viewer(request), found_instruction(request, instruction)
    case = detail.case
    if not is_allowed(actor, INSTRUCT, Assignment.objects.filter(case=case, to_on__isnull=True)):
        raise NotAllowed(_("您没有“登记批示”的权限。"))
    back = reverse("case_detail", args=[SLUG, case.number])

    def save(data: dict[str, Any]) -> str:
        add_orders(case, list(orders_from(data)), actor=actor, on=today_of(request), now=now_of(request))
        return back

    form = OrdersForm(request.POST or None)
    label = _("增加督办")
    return answer_form(
        request, form, label, save, back, crumbs(case.number, label), intro=f"{case.number} {case.title}"
    )
