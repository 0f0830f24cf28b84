"""Battle map (挂图作战): the projects on a map and over time, and the wallboard of a hall."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import shapely
from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.base.lamps.words import COLOUR_WORDS
from wutong.base.money import in_unit
from wutong.ledgerkit.lists import query_without
from wutong.ledgerkit.viewer import as_of, viewer
from wutong.ledgers.project_push.battle.queries import (
    BattleProject,
    areas_on,
    battle_projects,
    details_of,
    nodes_of,
    positions_of,
)
from wutong.ledgers.project_push.models import ProjectPush
from wutong.ledgers.project_push.procedures import PROJECT_LIFE
from wutong.registers.organisation.actors import Actor
from wutong.registers.organisation.models import Official, Unit, UnitKind
from wutong.registers.projects.bands import BANDS_YUAN, band_label
from wutong.ui.forms import FilterForm
from wutong.ui.gantt import GanttPanel, GanttRow, Mark
from wutong.ui.map_drawing import MapArea, MapPoint
from wutong.ui.maps import MapPanel, features_of
from wutong.ui.pages import Action, Crumb, Tab
from wutong.ui.panels import ListItem, ListPanel, PanelEnd, Stat, StatCards

GANTT_ROWS = 30
LISTED = 40
MOST_POINTS = 1_500
"""So many marks are drawn, the worst lamps first; the page says when there are more."""
WALL_ROWS = 8


class BattleFilters(FilterForm):
    lamp = forms.ChoiceField(
        label=gettext_lazy("亮灯"),
        required=False,
        choices=[("", gettext_lazy("全部亮灯")), *COLOUR_WORDS.items()],
    )
    stage = forms.ChoiceField(
        label=gettext_lazy("阶段"),
        required=False,
        choices=[
            ("", gettext_lazy("全部阶段")),
            ("signed", gettext_lazy("签约未开工")),
            ("started", gettext_lazy("开工未投产")),
            ("in_production", gettext_lazy("已投产")),
        ],
    )
    band = forms.ChoiceField(
        label=gettext_lazy("规模档"),
        required=False,
        choices=[("", gettext_lazy("全部规模")), *((str(band), band_label(band)) for band in BANDS_YUAN)],
    )
    leader = forms.ModelChoiceField(
        Official.objects.filter(to_on__isnull=True, led_cases__case_type="project_push")
        .distinct()
        .order_by("pk"),
        label=gettext_lazy("包保领导"),
        required=False,
        empty_label=gettext_lazy("全部包保领导"),
    )
    team = forms.ModelChoiceField(
        Unit.objects.filter(kind=UnitKind.TEAM, valid_to__isnull=True).order_by("pk"),
        label=gettext_lazy("产业招商组"),
        required=False,
        empty_label=gettext_lazy("全部产业组"),
    )


@dataclass
class Battle:
    """What one request looks at, read once for the figures, the map and the list."""

    actor: Actor
    as_of: date
    filters: Mapping[str, object]

    @cached_property
    def projects(self) -> list[BattleProject]:
        condition = Q()
        if "leader" in self.filters:
            condition &= Q(case__leader=self.filters["leader"])
        if "team" in self.filters:
            condition &= Q(project__team=self.filters["team"])
        found = battle_projects(self.actor, self.as_of, condition or None)
        lamp, stage, band = (self.filters.get(name) for name in ("lamp", "stage", "band"))
        return [
            item
            for item in found
            if (not lamp or item.lamp == lamp)
            and (not stage or item.stage == stage)
            and (not band or item.amount_yuan >= int(str(band)))
        ]

    @cached_property
    def drawn(self) -> list[tuple[BattleProject, ProjectPush]]:
        """The projects that are drawn, with what their marks say."""
        shown = self.projects[:MOST_POINTS]
        details = details_of(shown)
        return [(item, details[item.case_id]) for item in shown]

    def points(self) -> list[MapPoint]:
        where = positions_of([detail.project for _item, detail in self.drawn], self.as_of)
        return [
            MapPoint(
                name=detail.project.name,
                lon=where[detail.project_id].lon,
                lat=where[detail.project_id].lat,
                lamp=item.lamp,
                href=_href(item),
                note=item.reason or str(COLOUR_WORDS[item.lamp]),
            )
            for item, detail in self.drawn
            if detail.project_id in where
        ]

    def areas(self) -> list[MapArea]:
        return [MapArea(place.name, shapely.from_geojson(place.boundary)) for place in areas_on(self.as_of)]


def _battle(request: HttpRequest) -> tuple[Battle, BattleFilters]:
    form = BattleFilters(request.GET)
    form.is_valid()
    filters = {name: value for name, value in form.cleaned_data.items() if value not in (None, "")}
    return Battle(viewer(request), as_of(request), filters), form


def _href(item: BattleProject) -> str:
    return reverse("case_detail", args=["projects", item.number])


def battle_map(request: HttpRequest) -> HttpResponse:
    """Map or Gantt of the projects that the reader may see, as of the day of the page."""
    battle, form = _battle(request)
    is_gantt = request.GET.get("view") == "gantt"
    if is_gantt:
        blocks: list[object] = [_gantt_panel(request, battle)]
    else:
        blocks = [_map_panel(request, battle)]
    rest = query_without(request.GET, "view", "page")
    context = {
        "title": _("挂图作战"),
        "crumbs": [Crumb(_("招商")), Crumb(_("挂图作战"))],
        "actions": [Action(_("大屏"), reverse("wallboard"))],
        "stats": _stats(battle, rest),
        "tabs": [
            Tab(_("地图"), None, _address(rest), not is_gantt),
            Tab(_("甘特图"), None, _address(rest, view="gantt"), is_gantt),
        ],
        "filters": form,
        "kept": [("view", "gantt")] if is_gantt else [],
        "clear_href": request.path if battle.filters else "",
        "blocks": blocks,
        "side": _side(battle) if not is_gantt else None,
        "wide": is_gantt,
    }
    return render(request, "project_push/battle.html", context)


def _address(rest: str, **more: str) -> str:
    query = "&".join(part for part in (urlencode(more), rest) if part)
    return reverse("battle_map") + (f"?{query}" if query else "")


def battle_shapes(request: HttpRequest) -> JsonResponse:
    """The same areas and points as GeoJSON, for the live map."""
    battle, _form = _battle(request)
    return JsonResponse(features_of(battle.areas(), battle.points()))


def _stats(battle: Battle, rest: str) -> StatCards:
    lamps = Counter(item.lamp for item in battle.projects)
    stages = Counter(item.stage for item in battle.projects)
    total = sum(item.amount_yuan for item in battle.projects)
    labels = {"signed": _("签约未开工"), "started": _("开工未投产"), "in_production": _("已投产")}
    cards = [
        Stat(
            _("项目"), str(len(battle.projects)), _("个"), _address(rest, view="gantt"),
            note=_("总投资%(total)s亿元") % {"total": in_unit(total, "亿元", 1)},
        ),
        Stat(_("红灯"), str(lamps["red"]), _("个"), _address(rest, lamp="red"), alarm=lamps["red"] > 0),
        Stat(_("黄灯"), str(lamps["yellow"]), _("个"), _address(rest, lamp="yellow")),
    ]  # fmt: skip
    cards += [
        Stat(label, str(stages[stage]), _("个"), _address(rest, stage=stage))
        for stage, label in labels.items()
    ]
    return StatCards(cards, label=_("在库项目"))


def _map_panel(request: HttpRequest, battle: Battle) -> MapPanel:
    points = battle.points()
    missing = len(battle.projects) - len(points)
    source = reverse("battle_shapes")
    query = query_without(request.GET, "view", "page")
    return MapPanel(
        title=_("项目分布"),
        note=_("%(count)s个项目没有位置，见列表") % {"count": missing} if missing else "",
        id="map",
        areas=battle.areas(),
        points=points,
        source_href=f"{source}?{query}" if query else source,
        empty=_("还没有画出边界，也没有填位置的项目。"),
    )


def _side(battle: Battle) -> ListPanel:
    items = [
        ListItem(
            detail.project.name,
            _href(item),
            side=COLOUR_WORDS[item.lamp],
            side_class=f"lamp lamp--{item.lamp}",
            note="，".join(
                part
                for part in (item.reason, str(detail.case.leader or ""), str(detail.case.host_unit or ""))
                if part
            ),
        )
        for item, detail in battle.drawn[:LISTED]
    ]
    more = len(battle.projects) - len(items)
    rest = _("另有%(count)s个") % {"count": more}
    return ListPanel(
        title=_("项目"),
        note=_("%(count)s个") % {"count": len(battle.projects)},
        id="list",
        items=items,
        end=PanelEnd(rest, reverse("battle_map") + "?view=gantt") if more > 0 else None,
    )


def _gantt_panel(request: HttpRequest, battle: Battle) -> GanttPanel:
    text = request.GET.get("page", "1")
    pages = max(1, -(-len(battle.projects) // GANTT_ROWS))
    page = min(max(int(text), 1), pages) if text.isdecimal() and len(text) < 7 else 1
    shown = battle.projects[(page - 1) * GANTT_ROWS : page * GANTT_ROWS]
    rest = query_without(request.GET, "view", "page")
    end = None
    if pages > 1:
        following = page % pages + 1
        words = _("第%(page)s页，共%(pages)s页；翻到第%(next)s页")
        end = PanelEnd(
            words % {"page": page, "pages": pages, "next": following},
            _address(rest, view="gantt", page=str(following)),
        )
    return GanttPanel(
        title=_("计划与实际"),
        note=_("%(count)s个项目，红灯在前") % {"count": len(battle.projects)},
        id="gantt",
        rows=gantt_rows(shown),
        as_of=battle.as_of,
        end=end,
        empty=_("没有符合条件的项目。"),
    )


def gantt_rows(shown: Sequence[BattleProject]) -> list[GanttRow]:
    """From signing to production, with the start and the nodes between."""
    details = details_of(shown)
    nodes = nodes_of([detail.project_id for detail in details.values()])
    rows = []
    for item in shown:
        project = details[item.case_id].project
        start, production = PROJECT_LIFE.state("started").label, PROJECT_LIFE.state("in_production").label
        marks = [
            Mark(start, project.plan_start_on, item.days.get("started")),
            *(
                Mark(node.get_code_display(), node.plan_on, node.actual_on)
                for node in nodes.get(project.pk, [])
            ),
            Mark(production, project.plan_production_on, item.days.get("in_production")),
        ]
        signed = item.days["signed"]
        rows.append(
            GanttRow(
                label=project.name,
                href=_href(item),
                lamp=item.lamp,
                begun_on=signed,
                ended_on=item.days.get("in_production"),
                planned_from=signed if project.plan_production_on else None,
                planned_to=project.plan_production_on,
                marks=marks,
            )
        )
    return rows


def wallboard(request: HttpRequest) -> HttpResponse:
    """The same on a wall: figures, map, the worst lamps. The page asks for itself again every five minutes."""
    battle, _form = _battle(request)
    worst = [pair for pair in battle.drawn if pair[0].lamp in {"red", "yellow"}][:WALL_ROWS]
    context = {
        "day": battle.as_of,
        "stats": _stats(battle, ""),
        "map": _map_panel(request, battle),
        "worst": [
            {
                "name": detail.project.name,
                "href": _href(item),
                "lamp": item.lamp,
                "word": COLOUR_WORDS[item.lamp],
                "reason": item.reason,
                "leader": str(detail.case.leader or ""),
                "unit": str(detail.case.host_unit or ""),
            }
            for item, detail in worst
        ],
    }
    return render(request, "project_push/wall.html", context)
