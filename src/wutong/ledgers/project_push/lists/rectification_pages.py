"""The list and the page of rectifications."""

from collections.abc import Sequence
from datetime import date

from django import forms
from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.cases.models import Case, Change, Clock
from wutong.ledgerkit.ledger import DetailExtras, Lamp, ListQuery
from wutong.ledgerkit.lists import leaders_of, seen_rows, under_way
from wutong.ledgers.project_push.lists.order_links import orders_of, orders_panel
from wutong.ledgers.project_push.models import BlockingClass, Rectification
from wutong.ledgers.project_push.procedures import RECTIFICATION
from wutong.registers.organisation.actors import Actor
from wutong.registers.organisation.models import Unit
from wutong.ui.forms import FilterForm
from wutong.ui.panels import Fact
from wutong.ui.tables import Cell, Column, Row, Text, day_cell

RECTIFICATION_COLUMNS = (
    Column("name", gettext_lazy("存在问题"), "name", phone="show"),
    Column("state", gettext_lazy("状态"), "lamp", phone="show"),
    Column("project", gettext_lazy("项目"), "long", phone="show"),
    Column("blocking", gettext_lazy("卡点类别"), phone="show"),
    Column("measure", gettext_lazy("整改措施"), "long"),
    Column("unit", gettext_lazy("责任单位"), phone="show"),
    Column("person", gettext_lazy("责任人"), phone="show"),
    Column("leader", gettext_lazy("包保领导")),
    Column("opened_on", gettext_lazy("提出日期"), "date", sortable=True),
    Column("due_on", gettext_lazy("整改时限"), "date", sortable=True, phone="show"),
    Column("reopened", gettext_lazy("重新整改"), "number", unit=gettext_lazy("次")),
)


class RectificationFilters(FilterForm):
    q = forms.CharField(label=gettext_lazy("问题、项目、编号"), required=False, max_length=50)
    blocking = forms.ChoiceField(
        label=gettext_lazy("卡点"),
        required=False,
        choices=[("", gettext_lazy("全部卡点")), *BlockingClass.choices],
    )
    unit = forms.ModelChoiceField(
        Unit.objects.order_by("path"),
        label=gettext_lazy("责任单位"),
        required=False,
        empty_label=gettext_lazy("全部单位"),
    )
    leader = forms.ModelChoiceField(
        leaders_of(Rectification.case_type),
        label=gettext_lazy("包保领导"),
        required=False,
        empty_label=gettext_lazy("全部包保领导"),
    )


def times_reopened(case_key: str) -> Coalesce:
    """How often a case was taken up again after it had been found done, from its changes."""
    told = Change.objects.filter(case=OuterRef(case_key), verb="reopen")
    counted = told.order_by().values("case").annotate(times=Count("pk")).values("times")
    return Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))


def rectification_entries(query: ListQuery) -> QuerySet[Rectification]:
    rows = seen_rows(
        Rectification.objects.select_related(
            "case__parent", "case__host_unit", "case__host_person", "case__leader"
        ),
        query.actor,
    )
    rows = rows.annotate(reopened=times_reopened("case_id"))
    if query.view == "":
        rows = rows.filter(under_way(Rectification.case_type))
    elif query.view == "overdue":
        rows = rows.filter(under_way(Rectification.case_type), case__due_on__lt=query.as_of)
    elif query.view == "submitted":
        rows = rows.filter(case__state="submitted")
    elif query.view in {"done", "late"}:
        on = query.as_of
        rows = rows.filter(case__is_open=False, case__closed_on__year=on.year, case__closed_on__lte=on)
        rows = rows.exclude(case__result="revoked")
        if query.view == "late":
            missed = Clock.objects.filter(case=OuterRef("case_id"), missed_on__isnull=False)
            rows = rows.filter(Exists(missed))
    elif query.view == "closed":
        rows = rows.filter(case__is_open=False)
    if "q" in query.filters:
        text = query.filters["q"].strip()
        rows = rows.filter(
            Q(problem__icontains=text)
            | Q(case__parent__title__icontains=text)
            | Q(case__number__icontains=text)
        )
    if "blocking" in query.filters:
        rows = rows.filter(blocking_class=query.filters["blocking"])
    if "unit" in query.filters:
        rows = rows.filter(case__host_unit=query.filters["unit"])
    if "leader" in query.filters:
        rows = rows.filter(case__leader=query.filters["leader"])
    return rows.order_by("case__due_on", "case__pk")


def rectification_rows(entries: Sequence[Rectification], query: ListQuery) -> list[Row]:
    rows = []
    for item in entries:
        case = item.case
        href = reverse("case_detail", args=["rectifications", case.number])
        parent = case.parent
        lamp = rectification_lamp(case, query.as_of)
        cells = {
            "name": Cell(item.problem, href=href, note=case.number),
            "project": Cell(
                parent.title if parent else "",
                href=reverse("case_detail", args=["projects", parent.number]) if parent else "",
            ),
            "blocking": Cell(item.get_blocking_class_display()),
            "measure": Cell(item.measure),
            "unit": Cell(str(case.host_unit or "")),
            "person": Cell(str(case.host_person or "")),
            "leader": Cell(str(case.leader or "")),
            "opened_on": day_cell(case.opened_on),
            "due_on": day_cell(case.due_on),
            "reopened": reopened_cell(item.reopened, href),  # type: ignore[attr-defined]
            "state": Cell(lamp.text, lamp=lamp.colour, note=lamp.reason),
        }
        rows.append(Row(case.number, cells, href=href))
    return rows


def reopened_cell(times: int, href: str) -> Cell:
    """How often; a figure above nought leads to the changes that it counts."""
    return Cell(str(times), times, f"{href}#timeline" if times else "", alarm=times > 0)


def rectification_lamp(case: Case, as_of: date) -> Lamp:
    state = RECTIFICATION.state(case.state)
    if not case.is_open:
        on = case.closed_on.isoformat() if case.closed_on else ""
        if case.result == "revoked":
            return Lamp("grey", state.label, _("%(on)s撤销") % {"on": on})
        return Lamp("green", state.label, _("%(on)s销号") % {"on": on})
    if case.state == "submitted":
        return Lamp("pause", state.label, _("佐证已交，停止计时，待核查"))
    if case.due_on is not None and case.due_on < as_of:
        days = (as_of - case.due_on).days
        return Lamp("red", _("已超时"), _("时限%(due)s，已过%(days)s天") % {"due": case.due_on, "days": days})
    return Lamp("green", state.label, _("时限%(due)s") % {"due": case.due_on or "—"})


def rectification_intro(_query: ListQuery) -> Text:
    return _("项目的问题、责任和整改。交佐证的人和销号的人不是同一个人。")


def rectification_details() -> QuerySet[Rectification]:
    return Rectification.objects.select_related("case__parent").annotate(reopened=times_reopened("case_id"))


def rectification_extras(detail: Rectification, actor: Actor, as_of: date) -> DetailExtras:
    case = detail.case
    times: int = detail.reopened  # type: ignore[attr-defined]
    orders = orders_of(actor, [case.pk], as_of).get(case.pk, [])
    parent = case.parent
    facts = [
        Fact(_("编号"), case.number),
        Fact(
            _("项目"),
            parent.title if parent else "",
            href=reverse("case_detail", args=["projects", parent.number]) if parent else "",
        ),
        Fact(_("卡点类别"), detail.get_blocking_class_display()),
        Fact(_("整改措施"), detail.measure, wide=True),
        Fact(_("到期日"), case.due_on.isoformat() if case.due_on else ""),
        Fact(_("重新整改"), _("%(times)s次") % {"times": times}, href="#timeline" if times else ""),
    ]
    side = [orders_panel(orders, _("督办"))] if orders else []
    return DetailExtras(title=detail.problem, facts=facts, lamp=rectification_lamp(case, as_of), side=side)
