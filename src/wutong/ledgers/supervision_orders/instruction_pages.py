"""Leaders' instructions: the list, the page of one with its orders, and the reply for the leader."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.db.models import Count, Min, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.cases.models import Assignment, Case
from wutong.cases.who import is_allowed
from wutong.ledgerkit.ledger import DetailExtras, Lamp, ListQuery
from wutong.ledgerkit.policy import visible_cases
from wutong.ledgerkit.viewer import as_of, today_of, viewer
from wutong.ledgers.supervision_orders.models import Instruction, SupervisionOrder, Urgency
from wutong.ledgers.supervision_orders.pages import order_lamp, source_fact
from wutong.ledgers.supervision_orders.procedures import INSTRUCT, INSTRUCTION
from wutong.registers.organisation.actors import Actor
from wutong.registers.organisation.models import Official
from wutong.ui.forms import FilterForm
from wutong.ui.pages import Action, Crumb, DetailPage
from wutong.ui.panels import Fact, FactsPanel, TablePanel
from wutong.ui.tables import Cell, Column, LampColour, Row, Table, Text, day_cell

SLUG = "instructions"
COLUMNS = (
    Column("name", gettext_lazy("来文标题"), "name", phone="show"),
    Column("state", gettext_lazy("状态"), "lamp", phone="show"),
    Column("leader", gettext_lazy("批示领导"), phone="show"),
    Column("given_on", gettext_lazy("批示日期"), "date", sortable=True, phone="show"),
    Column("text", gettext_lazy("批示内容"), "long"),
    Column("urgency", gettext_lazy("紧急程度")),
    Column("orders", gettext_lazy("督办"), "number", unit=gettext_lazy("项"), total=True),
    Column(
        "open_orders", gettext_lazy("未办结"), "number", unit=gettext_lazy("项"), total=True, phone="show"
    ),
    Column("due_on", gettext_lazy("最近时限"), "date"),
    Column("host", gettext_lazy("承办人")),
)
ORDER_COLUMNS = (
    Column("unit", gettext_lazy("责任单位"), "name", phone="show"),
    Column("demand", gettext_lazy("督办要求"), "long", phone="show"),
    Column("due_on", gettext_lazy("反馈时限"), "date"),
    Column("state", gettext_lazy("状态"), "lamp", phone="show"),
    Column("answer", gettext_lazy("办理情况"), "long", phone="show"),
)


class InstructionFilters(FilterForm):
    q = forms.CharField(label=gettext_lazy("标题、文号、内容、编号"), required=False, max_length=50)
    urgency = forms.ChoiceField(
        label=gettext_lazy("紧急程度"),
        required=False,
        choices=[("", gettext_lazy("全部")), *Urgency.choices],
    )
    leader = forms.ModelChoiceField(
        Official.objects.filter(led_cases__case_type=Instruction.case_type).distinct().order_by("pk"),
        label=gettext_lazy("批示领导"),
        required=False,
        empty_label=gettext_lazy("全部领导"),
    )


def entries(query: ListQuery) -> QuerySet[Instruction]:
    """Whoever sees an instruction sees its orders, therefore their numbers may stand beside it."""
    under_way = Q(case__children__is_open=True)
    rows = (
        Instruction.objects.select_related("leader", "case__host_unit", "case__host_person")
        .filter(case__in=visible_cases(query.actor, Instruction.case_type))
        .annotate(
            order_count=Count("case__children"),
            open_count=Count("case__children", filter=under_way),
            next_due_on=Min("case__children__due_on", filter=under_way),
        )
    )
    if query.view == "overdue":
        rows = rows.filter(case__is_open=True, next_due_on__lt=query.as_of)
    else:
        rows = rows.filter(case__is_open=query.view != "closed")
    filters = query.filters
    if "q" in filters:
        text = filters["q"].strip()
        rows = rows.filter(
            Q(document_title__icontains=text)
            | Q(document_no__icontains=text)
            | Q(text__icontains=text)
            | Q(case__number__icontains=text)
        )
    if "urgency" in filters:
        rows = rows.filter(urgency=filters["urgency"])
    if "leader" in filters:
        rows = rows.filter(leader=filters["leader"])
    return rows.order_by("-given_on", "-case__pk")


def rows(entries: Sequence[Instruction], query: ListQuery) -> list[Row]:
    drawn = []
    for item in entries:
        case = item.case
        open_count, due_on = item.open_count, item.next_due_on  # type: ignore[attr-defined]
        lamp = _lamp(case, due_on, query.as_of)
        href = reverse("case_detail", args=[SLUG, case.number])
        cells = {
            "name": Cell(item.document_title, href=href, note=case.number),
            "state": Cell(lamp.text, lamp=lamp.colour, note=lamp.reason),
            "leader": Cell(str(item.leader)),
            "given_on": day_cell(item.given_on),
            "text": Cell(item.text),
            "urgency": Cell(item.get_urgency_display()),
            "orders": _figure(item.order_count, f"{href}#orders"),  # type: ignore[attr-defined]
            "open_orders": _figure(open_count, f"{href}#orders"),
            "due_on": day_cell(due_on),
            "host": Cell(str(case.host_person or case.host_unit or "")),
        }
        drawn.append(Row(case.number, cells, href=href))
    return drawn


def _figure(count: int, href: str) -> Cell:
    return Cell(str(count), count, href)


def totals(entries: QuerySet[Any], _query: ListQuery) -> dict[str, Cell]:
    told = entries.order_by().values_list("order_count", "open_count")
    added = [sum(column) for column in zip(*told, strict=True)] or [0, 0]
    return {
        "orders": Cell(str(added[0]), added[0]),
        "open_orders": Cell(str(added[1]), added[1]),
    }


def intro(_query: ListQuery) -> Text:
    return _("领导在文件上的批示，随批示交办的督办，和报给领导的办理情况。督办全部办结，批示才办结。")


def _lamp(case: Case, due_on: date | None, on: date) -> Lamp:
    label = INSTRUCTION.state(case.state).label
    if not case.is_open:
        return Lamp("green", label, _("%(on)s办结") % {"on": case.closed_on})
    if due_on is not None and due_on < on:
        days = (on - due_on).days
        return Lamp("red", _("有督办超时"), _("时限%(due)s，已过%(days)s天") % {"due": due_on, "days": days})
    colour: LampColour = "green" if due_on is not None else "pause"
    return Lamp(colour, label, _("最近时限%(due)s") % {"due": due_on} if due_on else _("已反馈，待核查"))


# ---- one instruction ---------------------------------------------------------------------------------------------


def details() -> QuerySet[Instruction]:
    return Instruction.objects.select_related("case__host_unit", "case__host_person", "leader", "about")


def orders_of(instruction: Case) -> list[SupervisionOrder]:
    """Its orders with what their rows show, one query."""
    return list(
        SupervisionOrder.objects.filter(case__parent=instruction)
        .select_related("case__host_unit", "case__host_person")
        .order_by("case__pk")
    )


def extras(detail: Instruction, actor: Actor, on: date) -> DetailExtras:
    case, orders = detail.case, orders_of(detail.case)
    dues = [order.case.due_on for order in orders if order.case.is_open and order.case.due_on]
    actions = [Action(_("办理情况报告"), reverse("instruction_report", args=[case.number]))]
    if case.is_open and _may_add(actor, case):
        href = reverse("instruction_orders", args=[case.number])
        actions.insert(0, Action(_("增加督办"), href, drawer=True))
    return DetailExtras(
        title=detail.document_title,
        facts=[Fact(_("编号"), case.number), *_facts(detail, actor)],
        lamp=_lamp(case, min(dues, default=None), on),
        panels=[orders_panel(orders, on)],
        actions=actions,
    )


def _may_add(actor: Actor, case: Case) -> bool:
    held = Assignment.objects.filter(case=case, to_on__isnull=True)
    return is_allowed(actor, INSTRUCT, held)


def _facts(detail: Instruction, actor: Actor) -> list[Fact]:
    return [
        Fact(_("批示领导"), str(detail.leader)),
        Fact(_("批示日期"), detail.given_on.isoformat()),
        Fact(_("来文文号"), detail.document_no),
        Fact(_("紧急程度"), detail.get_urgency_display()),
        Fact(_("批示内容"), detail.text, wide=True),
        source_fact(detail.about, actor, _("相关办件")),
        Fact(_("办理综述"), detail.summary, wide=True),
    ]


def orders_panel(orders: Sequence[SupervisionOrder], on: date) -> TablePanel:
    rows = []
    for order in orders:
        case, lamp = order.case, order_lamp(order.case, on)
        href = reverse("case_detail", args=["orders", case.number])
        cells = {
            "unit": Cell(str(case.host_unit or ""), href=href, note=str(case.host_person or case.number)),
            "demand": Cell(order.demand),
            "due_on": day_cell(case.due_on),
            "state": Cell(lamp.text, lamp=lamp.colour, note=lamp.reason),
            "answer": Cell(order.answer or "—"),
        }
        rows.append(Row(case.number, cells, href=href))
    open_count = sum(order.case.is_open for order in orders)
    return TablePanel(
        title=_("督办"),
        note=_("%(count)s项未办结") % {"count": open_count},
        id="orders",
        table=Table(_("督办"), ORDER_COLUMNS, rows, len(rows), empty=_("没有督办。")),
    )


def found_instruction(request: HttpRequest, number: str) -> Instruction:
    """The instruction, or 404 for whoever may not see it."""
    if "\0" in number:
        raise Http404
    visible = visible_cases(viewer(request), Instruction.case_type).filter(number=number)
    detail = details().filter(case__in=visible).first()
    if detail is None:
        raise Http404
    return detail


def crumbs(number: str, label: Text) -> list[Crumb]:
    return [
        Crumb(_("工作台")),
        Crumb(_("领导批示"), reverse("case_list", args=[SLUG])),
        Crumb(number, reverse("case_detail", args=[SLUG, number])),
        Crumb(label),
    ]


def instruction_report(request: HttpRequest, instruction: str) -> HttpResponse:
    """The reply for the leader (办理情况报告), to be printed: the instruction, the summary, what each unit answered."""
    detail = found_instruction(request, instruction)
    orders, on = orders_of(detail.case), as_of(request)
    open_count = sum(order.case.is_open for order in orders)
    words = (
        _("%(all)s项督办全部办结。") % {"all": len(orders)}
        if not open_count
        else _("%(all)s项督办，办结%(done)s项，%(open)s项正在办理。")
        % {"all": len(orders), "done": len(orders) - open_count, "open": open_count}
    )
    page = DetailPage(
        title=_("关于“%(title)s”批示办理情况的报告") % {"title": detail.document_title},
        crumbs=crumbs(detail.case.number, _("办理情况报告")),
        main=[
            FactsPanel(
                title=_("批示"),
                note=detail.case.number,
                id="instruction",
                facts=_facts(detail, viewer(request)),
            ),
            FactsPanel(title=_("办理情况"), id="result", facts=[Fact(_("总体情况"), words, wide=True)]),
            orders_panel(orders, on),
        ],
        foot=_("承办：%(host)s　%(day)s")
        % {
            "host": detail.case.host_person or detail.case.host_unit or "",
            "day": today_of(request).isoformat(),
        },
    )
    return render(request, "ui/detail.html", {"page": page})
