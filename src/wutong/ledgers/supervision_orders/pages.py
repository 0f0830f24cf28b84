"""The list of orders and what the page of one order adds."""

from collections.abc import Sequence
from datetime import date

from django import forms
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.cases.models import Case
from wutong.ledgerkit.ledger import DetailExtras, Lamp, ListQuery
from wutong.ledgerkit.policy import visible_cases
from wutong.ledgerkit.registry import pages_of
from wutong.ledgers.supervision_orders.models import SupervisionOrder
from wutong.ledgers.supervision_orders.procedures import ORDER
from wutong.registers.organisation.actors import Actor
from wutong.ui.forms import FilterForm
from wutong.ui.panels import Fact
from wutong.ui.tables import Cell, Column, Row, Text

COLUMNS = (
    Column("name", gettext_lazy("督办事项"), "name", phone="show"),
    Column("state", gettext_lazy("状态"), "lamp", phone="show"),
    Column("level", gettext_lazy("督办级别")),
    Column("demand", gettext_lazy("督办要求"), "long"),
    Column("unit", gettext_lazy("责任单位"), phone="show"),
    Column("person", gettext_lazy("责任人"), phone="show"),
    Column("leader", gettext_lazy("交办领导")),
    Column("opened_on", gettext_lazy("交办日期"), "date", sortable=True),
    Column("due_on", gettext_lazy("反馈时限"), "date", sortable=True, phone="show"),
    Column("answer", gettext_lazy("办理情况"), "long"),
)


class OrderFilters(FilterForm):
    q = forms.CharField(label=gettext_lazy("事项、编号"), required=False, max_length=50)


def entries(query: ListQuery) -> QuerySet[SupervisionOrder]:
    rows = SupervisionOrder.objects.select_related(
        "case__host_unit", "case__host_person", "case__leader"
    ).filter(case__in=visible_cases(query.actor, SupervisionOrder.case_type))
    if query.view == "":
        rows = rows.filter(case__is_open=True)
    elif query.view == "overdue":
        rows = rows.filter(case__is_open=True, case__due_on__lt=query.as_of)
    elif query.view == "closed":
        rows = rows.filter(case__is_open=False)
    if "q" in query.filters:
        text = query.filters["q"].strip()
        rows = rows.filter(Q(matter__icontains=text) | Q(case__number__icontains=text))
    return rows.order_by("case__due_on", "case__pk")


def rows(entries: Sequence[SupervisionOrder], query: ListQuery) -> list[Row]:
    drawn = []
    for item in entries:
        case = item.case
        lamp = order_lamp(case, query.as_of)
        href = reverse("case_detail", args=["orders", case.number])
        drawn.append(
            Row(
                case.number,
                {
                    "name": Cell(item.matter, href=href, note=case.number),
                    "level": Cell(item.get_level_display()),
                    "demand": Cell(item.demand),
                    "unit": Cell(str(case.host_unit or "")),
                    "person": Cell(str(case.host_person or "")),
                    "leader": Cell(str(case.leader or "")),
                    "opened_on": Cell(case.opened_on.isoformat(), value=case.opened_on),
                    "due_on": Cell(case.due_on.isoformat() if case.due_on else "", value=case.due_on),
                    "answer": Cell(item.answer),
                    "state": Cell(lamp.text, lamp=lamp.colour, note=lamp.reason),
                },
                href=href,
            )
        )
    return drawn


def order_lamp(case: Case, as_of: date) -> Lamp:
    label = ORDER.state(case.state).label
    if not case.is_open:
        return Lamp("green", label, _("%(on)s办结") % {"on": case.closed_on})
    if case.due_on is None:
        return Lamp("pause", label, _("已反馈，待核查"))
    if case.due_on < as_of:
        days = (as_of - case.due_on).days
        return Lamp("red", _("已超时"), _("时限%(due)s，已过%(days)s天") % {"due": case.due_on, "days": days})
    return Lamp("green", label, _("时限%(due)s") % {"due": case.due_on})


def intro(_query: ListQuery) -> Text:
    return _("领导交办和超时整改转来的督办，5个工作日内反馈。")


def details() -> QuerySet[SupervisionOrder]:
    return SupervisionOrder.objects.select_related("case", "source")


def _source(detail: SupervisionOrder) -> Fact:
    source = detail.source
    if source is None:
        return Fact(_("来源"), "", wide=True)
    href = reverse("case_detail", args=[pages_of(source.case_type).slug, source.number])
    return Fact(_("来源"), f"{source.number} {source.title}", href, wide=True)


def extras(detail: SupervisionOrder, _actor: Actor, as_of: date) -> DetailExtras:
    facts = [
        Fact(_("编号"), detail.case.number),
        Fact(_("督办级别"), detail.get_level_display()),
        _source(detail),
        Fact(_("督办要求"), detail.demand, wide=True),
        Fact(_("办理情况"), detail.answer, wide=True),
    ]
    return DetailExtras(title=detail.matter, facts=facts, lamp=order_lamp(detail.case, as_of))
