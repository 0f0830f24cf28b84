"""The list of orders and what the page of one order adds."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.cases.models import Case, Change, Clock
from wutong.cases.registry import latest
from wutong.ledgerkit.ledger import DetailExtras, Lamp, ListQuery
from wutong.ledgerkit.lists import leaders_of, seen_rows, under_way
from wutong.ledgerkit.policy import visible_cases
from wutong.ledgerkit.registry import find_pages
from wutong.ledgers.supervision_orders.models import AT_LEVEL, OrderLevel, SupervisionOrder
from wutong.ledgers.supervision_orders.procedures import ORDER, PROPOSE_LISTING, PROPOSE_TALK
from wutong.registers.organisation.actors import Actor
from wutong.registers.organisation.models import Unit
from wutong.ui.forms import FilterForm
from wutong.ui.panels import Block, Fact, FactsPanel
from wutong.ui.tables import Cell, Column, Row, Text, day_cell

COLUMNS = (
    Column("name", gettext_lazy("督办事项"), "name", phone="show"),
    Column("state", gettext_lazy("状态"), "lamp", phone="show"),
    Column("level", gettext_lazy("督办级别"), phone="show"),
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
    level = forms.ChoiceField(
        label=gettext_lazy("级别"),
        required=False,
        choices=[("", gettext_lazy("全部级别")), *OrderLevel.choices],
    )
    unit = forms.ModelChoiceField(
        Unit.objects.order_by("path"),
        label=gettext_lazy("责任单位"),
        required=False,
        empty_label=gettext_lazy("全部单位"),
    )
    leader = forms.ModelChoiceField(
        leaders_of(SupervisionOrder.case_type),
        label=gettext_lazy("交办领导"),
        required=False,
        empty_label=gettext_lazy("全部领导"),
    )


def with_proposals(rows: QuerySet[SupervisionOrder]) -> QuerySet[SupervisionOrder]:
    """Rows that know whether somebody proposed the next level."""
    told = Change.objects.filter(case=OuterRef("case_id"))
    return rows.annotate(
        listing_is_proposed=Exists(told.filter(verb=PROPOSE_LISTING)),
        talk_is_proposed=Exists(told.filter(verb=PROPOSE_TALK)),
    )


def proposed_level(item: Any) -> OrderLevel | None:
    """The level that was proposed and is not reached; None without one. `item` comes from `with_proposals`."""
    if not item.case.is_open:
        return None
    if item.level == OrderLevel.EVERYDAY and item.listing_is_proposed:
        return OrderLevel.LISTED
    if item.level == OrderLevel.LISTED and item.talk_is_proposed:
        return OrderLevel.TALK
    return None


def entries(query: ListQuery) -> QuerySet[SupervisionOrder]:
    rows = with_proposals(
        seen_rows(
            SupervisionOrder.objects.select_related("case__host_unit", "case__host_person", "case__leader"),
            query.actor,
        )
    )
    rows = rows.filter(_in_view(query.view, query.as_of))
    filters = query.filters
    if "q" in filters:
        text = filters["q"].strip()
        rows = rows.filter(Q(matter__icontains=text) | Q(case__number__icontains=text))
    if "level" in filters:
        rows = rows.filter(AT_LEVEL[filters["level"]])
    if "unit" in filters:
        rows = rows.filter(case__host_unit=filters["unit"])
    if "leader" in filters:
        rows = rows.filter(case__leader=filters["leader"])
    return rows.order_by("case__due_on", "case__pk")


def _in_view(view: str, as_of: date) -> Q:
    if view == "overdue":
        return under_way(SupervisionOrder.case_type) & Q(case__due_on__lt=as_of)
    if view == "proposed":
        listing = AT_LEVEL[OrderLevel.EVERYDAY] & Q(listing_is_proposed=True)
        talk = AT_LEVEL[OrderLevel.LISTED] & Q(talk_is_proposed=True)
        return under_way(SupervisionOrder.case_type) & (listing | talk)
    done = Q(case__is_open=False, case__closed_on__year=as_of.year, case__closed_on__lte=as_of)
    done &= ~Q(case__result="revoked")
    if view == "done":
        return done
    if view == "late":
        return done & Q(Exists(Clock.objects.filter(case=OuterRef("case_id"), missed_on__isnull=False)))
    return Q(case__is_open=False) if view == "closed" else under_way(SupervisionOrder.case_type)


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
                    "level": Cell(item.level.label, note=proposal_words(item)),
                    "demand": Cell(item.demand),
                    "unit": Cell(str(case.host_unit or "")),
                    "person": Cell(str(case.host_person or "")),
                    "leader": Cell(str(case.leader or "")),
                    "opened_on": day_cell(case.opened_on),
                    "due_on": day_cell(case.due_on),
                    "answer": Cell(item.answer),
                    "state": Cell(lamp.text, lamp=lamp.colour, note=lamp.reason),
                },
                href=href,
            )
        )
    return drawn


def proposal_words(item: SupervisionOrder) -> Text:
    level = proposed_level(item)
    return _("建议升为%(level)s") % {"level": level.label} if level else ""


def order_lamp(case: Case, as_of: date) -> Lamp:
    label = ORDER.state(case.state).label
    if case.result == "revoked":
        return Lamp("grey", label, _("%(on)s撤销") % {"on": case.closed_on})
    if not case.is_open:
        return Lamp("green", label, _("%(on)s办结") % {"on": case.closed_on})
    if case.due_on is None:
        return Lamp("pause", label, _("已反馈，待核查"))
    if case.due_on < as_of:
        days = (as_of - case.due_on).days
        return Lamp("red", _("已超时"), _("时限%(due)s，已过%(days)s天") % {"due": case.due_on, "days": days})
    return Lamp("green", label, _("时限%(due)s") % {"due": case.due_on})


def intro(_query: ListQuery) -> Text:
    return _("领导批示、领导交办和超时整改转来的督办。日常督办超时不反馈的，升为挂牌督办，再约谈。")


def details() -> QuerySet[SupervisionOrder]:
    return with_proposals(SupervisionOrder.objects.select_related("case", "source"))


def source_fact(source: Case | None, actor: Actor, label: Text) -> Fact:
    """Another case that this one comes from or is about. Whoever may not see it learns its kind and nothing else."""
    if source is None:
        return Fact(label, "", wide=True)
    pages = find_pages(source.case_type)
    if pages is None or not visible_cases(actor, source.case_type).filter(pk=source.pk).exists():
        return Fact(label, latest(source.case_type).procedure.label if pages else "", wide=True)
    href = reverse("case_detail", args=[pages.slug, source.number])
    return Fact(label, f"{source.number} {source.title}", href, wide=True)


def extras(detail: SupervisionOrder, actor: Actor, as_of: date) -> DetailExtras:
    facts = [
        Fact(_("编号"), detail.case.number),
        Fact(_("督办级别"), detail.level.label, note=proposal_words(detail)),
        source_fact(detail.source, actor, _("来源")),
        Fact(_("督办要求"), detail.demand, wide=True),
        Fact(_("办理情况"), detail.answer, wide=True),
    ]
    if detail.listing_words:
        facts.append(Fact(_("公示内容"), detail.listing_words, reverse("listed_orders"), wide=True))
    panels: list[Block] = []
    if detail.talk_on is not None:
        panels.append(_talk_panel(detail))
    return DetailExtras(title=detail.matter, facts=facts, lamp=order_lamp(detail.case, as_of), panels=panels)


def _talk_panel(detail: SupervisionOrder) -> FactsPanel:
    on = detail.talk_on.isoformat() if detail.talk_on else ""
    return FactsPanel(
        title=_("约谈记录"),
        id="talk",
        facts=[
            Fact(_("约谈日期"), on),
            Fact(_("约谈对象"), detail.talked_to),
            Fact(_("约谈情况"), detail.talk_notes, wide=True),
            Fact(_("承诺事项"), detail.commitments, wide=True),
        ],
    )
