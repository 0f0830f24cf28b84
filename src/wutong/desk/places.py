"""The zone's own places: the tree of a day, and the page of one place with its boundary."""

from collections.abc import Sequence
from datetime import date
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.desk.place_drawing import DrawnPlace, draw_place
from wutong.ledgerkit.viewer import as_of, viewer
from wutong.registers.history.intervals import valid_on
from wutong.registers.places.boundaries import shape_of
from wutong.registers.places.models import Division, PlaceKind, SpatialUnit
from wutong.registers.places.queries import district_of, parents_of, places_on, tree_order
from wutong.registers.places.rights import MANAGE
from wutong.ui.forms import FilterForm
from wutong.ui.pages import Action, Crumb, DetailPage, ListPage, Tab
from wutong.ui.panels import Block, DiagramPanel, Fact, FactsPanel, ListPanel, TablePanel
from wutong.ui.tables import Cell, Column, Row, Table, place_of

PAGE_SIZE = 100
LARGEST_ID = 2**63 - 1
NEIGHBOURS = 400
"""Most shapes in one drawing."""

COLUMNS = (
    Column("name", gettext_lazy("地域名称"), "name", phone="show"),
    Column("kind", gettext_lazy("类别"), phone="show"),
    Column("code", gettext_lazy("编码"), phone="show"),
    Column("parent", gettext_lazy("上级地域")),
    Column("division", gettext_lazy("行政区划"), phone="show"),
    Column("manager", gettext_lazy("管理单位")),
)


class SearchForm(FilterForm):
    q = forms.CharField(label=gettext_lazy("名称或编码"), required=False, max_length=50)


def places(request: HttpRequest) -> HttpResponse:
    """The zone's places of the day as a tree; with a kind or a word, the matching ones."""
    actor, day = viewer(request), as_of(request)
    form = SearchForm(request.GET)
    form.is_valid()
    text = form.cleaned_data.get("q", "").strip()
    kind = request.GET.get("kind", "")
    every = list(places_on(day).select_related("manager_unit", "division__parent__parent").order_by("code"))
    known = {place.pk: place for place in every}
    matching = [place for place in every if text.lower() in f"{place.name} {place.code}".lower()]
    chosen = [place for place in matching if kind not in PlaceKind.values or place.kind == kind]
    pages = Paginator(tree_order(chosen), PAGE_SIZE)
    page = pages.get_page(request.GET.get("page", "1"))
    kept = _kept(request, q=text, kind=kind if kind in PlaceKind.values else "")
    table = Table(
        _("地域单元"),
        COLUMNS,
        [_place_row(place, depth, known) for depth, place in page.object_list],
        **place_of(page),
        query=kept,
        empty=_("没有符合条件的地域单元。"),
    )
    actions = []
    if actor.has(MANAGE):
        actions.append(Action(_("登记地域单元"), reverse("place_new"), main=True, drawer=True))
    listing = ListPage(
        title=_("地域单元"),
        intro=_("本区的核心区、产业带、园区、镇街、社区和网格，%(day)s的情况。") % {"day": day},
        table=table,
        crumbs=[Crumb(_("地域")), Crumb(_("地域单元"))],
        actions=actions,
        filters=form,
        tabs=_tabs(request, matching, kind, text),
        clear_href=request.path if text else "",
    )
    return render(request, "ui/list.html", {"page": listing})


def _kept(request: HttpRequest, **pairs: str) -> str:
    day = request.GET.get("as_of", "")
    return urlencode({name: value for name, value in {**pairs, "as_of": day}.items() if value})


def _tabs(request: HttpRequest, matching: Sequence[SpatialUnit], kind: str, text: str) -> list[Tab]:
    tabs = [
        Tab(
            _("全部"),
            len(matching),
            f"?{_kept(request, q=text)}",
            current=kind not in PlaceKind.values,
        )
    ]
    for item in PlaceKind:
        count = sum(place.kind == item for place in matching)
        if count or kind == item:
            href = f"?{_kept(request, q=text, kind=item.value)}"
            tabs.append(Tab(item.label, count, href, current=kind == item))
    return tabs


def _place_row(place: SpatialUnit, depth: int, known: dict[int, SpatialUnit]) -> Row:
    parent = known.get(place.parent_id or 0)
    href = reverse("place", args=[place.pk])
    return Row(
        place.code,
        {
            "name": Cell("　" * depth + place.name, href=href),
            "kind": Cell(place.get_kind_display()),
            "code": Cell(place.code),
            "parent": Cell(parent.name if parent else ""),
            "division": Cell(
                place.division.name if place.division else "", note=_other_district(place, known)
            ),
            "manager": Cell(place.manager_unit.name if place.manager_unit else ""),
        },
        href=href,
    )


def _other_district(place: SpatialUnit, known: dict[int, SpatialUnit]) -> str:
    """The district that codes the place, where it is not that of the places above. The zone itself has no code,
    therefore what lies directly below it is always told."""
    own = district_of(place.division)
    if own is None or own == place.division:
        return ""
    above = known.get(place.parent_id or 0)
    while above is not None and above.division is None:
        above = known.get(above.parent_id or 0)
    if above is not None and district_of(above.division) == own:
        return ""
    return _("属%(district)s（%(code)s）") % {"district": own.name, "code": own.code}


# ---- one place ---------------------------------------------------------------------------------------------------


def find_place(pk: int) -> SpatialUnit:
    found = (
        SpatialUnit.objects.select_related(
            "parent", "manager_unit", "division__parent__parent__parent__parent"
        )
        .filter(pk=min(pk, LARGEST_ID))
        .first()
    )
    if found is None:
        raise Http404
    return found


def place_crumbs(found: SpatialUnit | None, label: str) -> list[Crumb]:
    crumbs = [Crumb(_("地域")), Crumb(_("地域单元"), reverse("places"))]
    if found is not None:
        crumbs.append(Crumb(found.name, reverse("place", args=[found.pk]) if label else ""))
    return [*crumbs, Crumb(label)] if label else crumbs


def place(request: HttpRequest, pk: int) -> HttpResponse:
    """One place: facts, its boundary with what lies inside and beside it, the places below it."""
    actor, day = viewer(request), as_of(request)
    found = find_place(pk)
    around = SpatialUnit.objects.filter(valid_on(day)).filter(Q(parent=found) | _brothers(found))
    near = list(_readable(around.exclude(pk=found.pk)))
    below = [item for item in near if item.parent_id == found.pk]
    beside = [item for item in near if item.parent_id != found.pk and item.kind == found.kind]
    main: list[Block] = [_map(found, below, beside), _below_panel(below)]
    actions = []
    if actor.has(MANAGE) and found.valid_to is None:
        actions = [
            Action(_("修改"), reverse("place_change", args=[pk]), drawer=True),
            Action(_("上传边界"), reverse("place_boundary", args=[pk]), drawer=True),
            Action(_("撤销地域"), reverse("place_close", args=[pk]), stop=True, drawer=True),
        ]
    page = DetailPage(
        title=found.name,
        crumbs=place_crumbs(found, ""),
        lamp_reason=_("已于%(day)s撤销") % {"day": found.valid_to} if found.valid_to else "",
        actions=actions,
        main=main,
        side=[FactsPanel(title=_("基本情况"), facts=_facts(found))],
    )
    return render(request, "ui/detail.html", {"page": page})


def _brothers(found: SpatialUnit) -> Q:
    return Q(parent_id=found.parent_id) if found.parent_id else Q(pk__in=())


def _readable(query: QuerySet[SpatialUnit]) -> QuerySet[SpatialUnit]:
    return query.select_related("manager_unit").order_by("kind", "code")[:NEIGHBOURS]


def _facts(found: SpatialUnit) -> list[Fact]:
    return [
        Fact(_("编码"), found.code),
        Fact(_("类别"), found.get_kind_display()),
        Fact(
            _("上级地域"),
            found.parent.name if found.parent else "",
            href=reverse("place", args=[found.parent_id]) if found.parent_id else "",
        ),
        Fact(_("管理单位"), found.manager_unit.name if found.manager_unit else ""),
        _division_fact(found.division),
        Fact(
            _("中心点"),
            f"{found.centre_lon}, {found.centre_lat}" if found.centre_lon is not None else "",
        ),
        Fact(_("启用日期"), _day(found.valid_from)),
        Fact(_("撤销日期"), _day(found.valid_to)),
    ]


def _division_fact(division: Division | None) -> Fact:
    if division is None:
        return Fact(_("行政区划"), "")
    path = "　".join(item.name for item in parents_of(division))
    href = f"{reverse('divisions')}?{urlencode({'q': division.code})}"
    return Fact(_("行政区划"), division.name, href=href, note=f"{path}　{division.code}".strip())


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _map(found: SpatialUnit, below: list[SpatialUnit], beside: list[SpatialUnit]) -> Block:
    if not found.boundary:
        return ListPanel(title=_("边界"), id="boundary", items=[], empty=_("还没有上传边界。"))
    own = DrawnPlace(found.name, shape_of(found.boundary))
    rows = [(_("本地域"), found)]
    rows += [(_("下级"), item) for item in below if item.boundary]
    rows += [(_("相邻"), item) for item in beside if item.boundary]
    svg = draw_place(own, _drawn(below), _drawn(beside))
    return DiagramPanel(
        title=_("边界"),
        note=_("虚线是下级，细线是同类相邻地域"),
        id="boundary",
        svg=mark_safe(svg),  # noqa: S308
        headings=[_("地域名称"), _("类别"), _("与本地域的关系")],
        text_rows=[[item.name, item.get_kind_display(), how] for how, item in rows],
    )


def _drawn(items: Sequence[SpatialUnit]) -> list[DrawnPlace]:
    return [
        DrawnPlace(item.name, shape_of(item.boundary), reverse("place", args=[item.pk]))
        for item in items
        if item.boundary
    ]


def _below_panel(below: list[SpatialUnit]) -> TablePanel:
    columns = [
        Column("name", _("地域名称"), "name", phone="show"),
        Column("kind", _("类别"), phone="show"),
        Column("code", _("编码"), phone="show"),
        Column("manager", _("管理单位")),
    ]
    rows = [
        Row(
            item.code,
            {
                "name": Cell(item.name, href=reverse("place", args=[item.pk])),
                "kind": Cell(item.get_kind_display()),
                "code": Cell(item.code),
                "manager": Cell(item.manager_unit.name if item.manager_unit else ""),
            },
        )
        for _depth, item in tree_order(below)
    ]
    return TablePanel(
        title=_("下级地域"),
        note=_("%(count)s个") % {"count": len(rows)},
        id="below",
        table=Table(_("下级地域"), columns, rows, len(rows), empty=_("没有下级地域。")),
    )
