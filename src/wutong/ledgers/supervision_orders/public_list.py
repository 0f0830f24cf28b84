"""The public list of listed orders (挂牌督办公示): what was published on purpose, for everybody who is signed in.

It does not start from the rows that the reader may see: listing an order publishes the words that were written for it,
its unit, leader and days. Number, matter, demand and answer stay with those who may see the order.
"""

from collections.abc import Sequence
from datetime import date
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Min, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.cases.models import Change
from wutong.ledgerkit.policy import visible_cases
from wutong.ledgerkit.viewer import as_of, viewer
from wutong.ledgers.supervision_orders.models import SupervisionOrder
from wutong.ledgers.supervision_orders.pages import order_lamp
from wutong.ledgers.supervision_orders.procedures import LIST
from wutong.registers.organisation.actors import Actor
from wutong.ui.pages import Crumb, ListPage, Tab
from wutong.ui.tables import Cell, Column, Row, Table, day_cell, place_of

PAGE_SIZE = 50
COLUMNS = (
    Column("words", gettext_lazy("公示内容"), "name", phone="show"),
    Column("state", gettext_lazy("状态"), "lamp", phone="show"),
    Column("level", gettext_lazy("督办级别")),
    Column("unit", gettext_lazy("责任单位"), phone="show"),
    Column("leader", gettext_lazy("挂牌领导"), phone="show"),
    Column("listed_on", gettext_lazy("挂牌日期"), "date", phone="show"),
    Column("due_on", gettext_lazy("反馈时限"), "date", phone="show"),
)


def published_orders(on: date, *, is_open: bool) -> QuerySet[SupervisionOrder]:
    """Orders that were listed by a day: those that still stand on the list, or those taken off it in its year."""
    listed = (
        Change.objects.filter(case=OuterRef("case_id"), verb=LIST)
        .values("case")
        .annotate(first=Min("effective_on"))
    )
    rows = (
        SupervisionOrder.objects.exclude(listing_words="")
        .select_related("case__host_unit", "case__leader")
        .annotate(listed_on=Subquery(listed.values("first")[:1]))
        .filter(listed_on__lte=on, case__is_open=is_open)
    )
    if is_open:
        return rows.order_by("case__due_on", "case__pk")
    return rows.filter(case__closed_on__year=on.year, case__closed_on__lte=on).order_by(
        "-case__closed_on", "case__pk"
    )


def listed_orders(request: HttpRequest) -> HttpResponse:
    """The list on a page. A row leads to its order for those who may see it."""
    actor, on = viewer(request), as_of(request)
    is_closed = request.GET.get("view") == "closed"
    pages = Paginator(published_orders(on, is_open=not is_closed), PAGE_SIZE)
    page = pages.get_page(request.GET.get("page", "1"))
    kept = {"view": "closed"} if is_closed else {}
    if request.GET.get("as_of"):
        kept["as_of"] = on.isoformat()
    table = Table(
        _("挂牌督办公示"),
        COLUMNS,
        _rows(list(page.object_list), actor, on),
        **place_of(page),
        query=urlencode(kept),
        empty=_("没有挂牌督办的事项。"),
    )
    href = reverse("listed_orders")
    shown = ListPage(
        title=_("挂牌督办公示"),
        table=table,
        intro=_("全区公示。办结后销牌。"),
        crumbs=[Crumb(_("工作台")), Crumb(_("挂牌督办公示"))],
        tabs=[
            Tab(_("在榜"), None, href, not is_closed),
            Tab(_("本年销牌"), None, f"{href}?view=closed", is_closed),
        ],
    )
    return render(request, "ui/list.html", {"page": shown})


def _rows(found: Sequence[SupervisionOrder], actor: Actor, on: date) -> list[Row]:
    own = set(
        visible_cases(actor, SupervisionOrder.case_type)
        .filter(pk__in=[item.case_id for item in found])
        .values_list("pk", flat=True)
    )
    rows = []
    for place, item in enumerate(found):
        case, lamp = item.case, order_lamp(item.case, on)
        href = reverse("case_detail", args=["orders", case.number]) if case.pk in own else ""
        cells = {
            "words": Cell(item.listing_words, href=href),
            "state": Cell(lamp.text, lamp=lamp.colour, note=lamp.reason),
            "level": Cell(item.level.label),
            "unit": Cell(str(case.host_unit or "")),
            "leader": Cell(str(case.leader or "")),
            "listed_on": day_cell(item.listed_on),  # type: ignore[attr-defined]
            "due_on": day_cell(case.due_on),
        }
        rows.append(Row(str(place), cells, href=href))
    return rows
