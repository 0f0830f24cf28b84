"""Industrial chains: the list, and one chain drawn from upstream to downstream with its firms and its gaps."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from wutong.desk.enterprises import visible_enterprises
from wutong.ledgerkit.viewer import as_of, viewer
from wutong.registers.chains.models import Chain, ChainMember, ChainNode, MemberRole, Stage
from wutong.registers.chains.queries import chains_on, members_on, nodes_on
from wutong.registers.chains.rights import MANAGE
from wutong.registers.chains.shape import gaps, in_tree_order
from wutong.registers.leads.queries import leads_of
from wutong.registers.organisation.actors import Actor
from wutong.ui.pages import Action, Crumb, DetailPage, ListPage
from wutong.ui.panels import (
    Block,
    Fact,
    FactsPanel,
    ListItem,
    ListPanel,
    Panel,
    PanelEnd,
    Stat,
    StatCards,
    TablePanel,
)
from wutong.ui.tables import Cell, Column, Row, Table, Text, place_of

PAGE_SIZE = 50
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True)
class Picture:
    """Chains on a day as one reader sees them: all nodes and memberships, and the firms whose names may be shown."""

    nodes: Sequence[ChainNode]
    members: Sequence[ChainMember]
    visible: Collection[int]
    _by_node: dict[int, list[ChainMember]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for member in self.members:
            self._by_node.setdefault(member.node_id, []).append(member)

    def members_of(self, node: ChainNode) -> Sequence[ChainMember]:
        return self._by_node.get(node.pk, [])

    @property
    def firms_by_node(self) -> Mapping[int, int]:
        return {pk: len(members) for pk, members in self._by_node.items()}

    @property
    def gaps(self) -> set[int]:
        return gaps(self.nodes, self.firms_by_node)

    def shown(self, members: Iterable[ChainMember]) -> list[ChainMember]:
        return [member for member in members if member.enterprise_id in self.visible]

    def of_chain(self, chain: Chain) -> "Picture":
        nodes = [node for node in self.nodes if node.chain_id == chain.pk]
        keys = {node.pk for node in nodes}
        return Picture(nodes, [item for item in self.members if item.node_id in keys], self.visible)


def picture(actor: Actor, day: date, chains: Sequence[Chain]) -> Picture:
    """Two queries, however many chains and firms there are."""
    nodes = list(nodes_on(day).filter(chain__in=chains))
    visible = visible_enterprises(actor).filter(pk=OuterRef("enterprise_id")).order_by()
    members = list(
        members_on(day)
        .filter(node__chain__in=chains)
        .annotate(may_be_named=Exists(visible))
        .select_related("enterprise")
        .order_by("enterprise__name", "pk")
    )
    named = {member.enterprise_id for member in members if member.may_be_named}
    return Picture(nodes, members, named)


def leads(chain: Chain, day: date) -> list[Fact]:
    """The chain's leader (链长) and liaison officer (联络员) on the day."""
    return [
        Fact(
            lead.role_label(),
            f"{lead.official.name}（{lead.official.unit.name}）",
            reverse("official", args=[lead.official_id]),
        )
        for lead in leads_of(chain=chain, on=day)
    ]


def hidden_words(count: int) -> str:
    """How many firms the reader may not see; empty for none."""
    if not count:
        return ""
    return ngettext("另有%(count)d家无权查看", "另有%(count)d家无权查看", count) % {"count": count}


# ---- list ---------------------------------------------------------------------------------------------------------


def chains(request: HttpRequest) -> HttpResponse:
    """All chains of the day with what they have and what they lack."""
    actor, day = viewer(request), as_of(request)
    pages = Paginator(chains_on(day), PAGE_SIZE)
    page = pages.get_page(request.GET.get("page", "1"))
    listed = list(page.object_list)
    seen = picture(actor, day, listed)
    actions = []
    if actor.has(MANAGE):
        actions.append(Action(_("建立产业链"), reverse("chain_new"), main=True, drawer=True))
    table = Table(
        _("产业链"),
        [
            Column("name", _("产业链"), "name", phone="show"),
            Column("industry", _("主导产业"), phone="show"),
            Column("nodes", _("环节数"), "number", phone="show"),
            Column("firms", _("企业数"), "number", phone="show"),
            Column("key", _("链主企业"), "long", phone="show"),
            Column("gaps", _("断点数"), "number", phone="show"),
        ],
        [_chain_row(chain, seen.of_chain(chain)) for chain in listed],
        **place_of(page),
        query=_day_query(request),
        empty=_("还没有产业链。"),
    )
    title = _("产业链")
    shown = ListPage(
        title=title,
        intro=_("断点是没有企业的环节，也就是缺链的地方。一家企业在几个环节的，只算一家。"),
        table=table,
        crumbs=[Crumb(_("产业")), Crumb(title)],
        actions=actions,
    )
    return render(request, "ui/list.html", {"page": shown})


def _day_query(request: HttpRequest) -> str:
    return f"as_of={as_of(request)}" if request.GET.get("as_of") else ""


def _chain_row(chain: Chain, seen: Picture) -> Row:
    href = reverse("chain", args=[chain.pk])
    firms = len({member.enterprise_id for member in seen.members})
    broken = len(seen.gaps)
    keys = [member for member in seen.members if member.role == MemberRole.KEY]
    cells = {
        "name": Cell(chain.name),
        "industry": Cell(chain.leading_industry.name),
        "nodes": Cell(str(len(seen.nodes)), value=len(seen.nodes), href=f"{href}#map"),
        "firms": Cell(str(firms), value=firms, href=f"{href}#map"),
        "key": Cell(_firm_names(keys, seen), note=_hidden_of(keys, seen)),
        "gaps": Cell(str(broken), value=broken, href=f"{href}#gaps", alarm=bool(broken)),
    }
    return Row(chain.code, cells, href=href)


def _firm_names(members: Iterable[ChainMember], seen: Picture) -> str:
    """The names that may be shown, each once."""
    return "、".join(dict.fromkeys(member.enterprise.name for member in seen.shown(members)))


def _hidden_of(members: Iterable[ChainMember], seen: Picture) -> str:
    return hidden_words(len({member.enterprise_id for member in members} - set(seen.visible)))


# ---- one chain ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Card:
    """A node as a card of the drawing; `anchor` is the panel with its firms."""

    anchor: str
    name: str
    firms: int
    is_gap: bool
    is_below: bool
    parent: str
    key_firms: str


@dataclass(frozen=True)
class StageColumn:
    code: str
    label: Text
    cards: Sequence[Card]


@dataclass(frozen=True)
class ChainMapPanel(Panel):
    """The chain as three columns: 上游, 中游, 下游."""

    template: ClassVar[str] = "desk/chain_map.html"
    stages: Sequence[StageColumn]


@dataclass(frozen=True)
class NodePanel(TablePanel):
    """The firms of a node; what may be done to it stands at the end of the header."""

    template: ClassVar[str] = "desk/chain_node.html"
    acts: Sequence[PanelEnd] = ()


def find_chain(pk: int) -> Chain:
    """Or 404. A chain that was closed keeps its page."""
    found = Chain.objects.select_related("leading_industry").filter(pk=min(pk, LARGEST_ID)).first()
    if found is None:
        raise Http404
    return found


def chain_crumbs(chain: Chain, label: Text = "") -> list[Crumb]:
    """The way to a chain, and to a page below it."""
    crumbs = [Crumb(_("产业")), Crumb(_("产业链"), reverse("chains"))]
    if not label:
        return [*crumbs, Crumb(chain.name)]
    return [*crumbs, Crumb(chain.name, reverse("chain", args=[chain.pk])), Crumb(label)]


def chain(request: HttpRequest, pk: int) -> HttpResponse:
    """One chain: what it is, the drawing, its gaps, the firms node by node."""
    found, actor, day = find_chain(pk), viewer(request), as_of(request)
    seen = picture(actor, day, [found])
    placed = in_tree_order(seen.nodes)
    can_manage = actor.has(MANAGE) and found.valid_to is None
    ended = ""
    if found.valid_to is not None:
        ended = _("这条产业链已于%(day)s撤销。") % {"day": found.valid_to}
    main: list[Block] = [_facts(found, day), _stats(seen)]
    main += [_map(placed, seen), _gap_list(placed, seen)]
    main += [_node_panel(node, seen, can_manage=can_manage) for node, _depth in placed]
    page = DetailPage(
        title=found.name,
        crumbs=chain_crumbs(found),
        lamp_reason=ended,
        actions=_actions(found) if can_manage else [],
        main=main,
    )
    return render(request, "ui/detail.html", {"page": page})


def _actions(chain: Chain) -> list[Action]:
    return [
        Action(_("修改产业链"), reverse("chain_change", args=[chain.pk]), drawer=True),
        Action(_("撤销产业链"), reverse("chain_close", args=[chain.pk]), stop=True, drawer=True),
        Action(_("加环节"), reverse("chain_node_new", args=[chain.pk]), main=True, drawer=True),
    ]


def _facts(chain: Chain, day: date) -> FactsPanel:
    facts = [
        Fact(_("主导产业"), chain.leading_industry.name, href=reverse("industries")),
        Fact(_("建立日期"), chain.valid_from.isoformat()),
        *leads(chain, day),
        Fact(_("说明"), chain.description, wide=True),
    ]
    return FactsPanel(title=_("基本情况"), facts=facts)


def _stats(seen: Picture) -> StatCards:
    firms = {member.enterprise_id for member in seen.members}
    keys = [member for member in seen.members if member.role == MemberRole.KEY]
    broken = len(seen.gaps)
    return StatCards(
        stats=[
            Stat(_("环节"), str(len(seen.nodes)), pgettext("nodes", "个"), href="#map"),
            Stat(_("企业"), str(len(firms)), _("家"), href="#map", note=_hidden_of(seen.members, seen)),
            Stat(
                _("链主企业"),
                str(len({member.enterprise_id for member in keys})),
                _("家"),
                note=_firm_names(keys, seen) or _hidden_of(keys, seen),
            ),
            Stat(_("断点"), str(broken), pgettext("nodes", "个"), href="#gaps", alarm=bool(broken)),
        ]
    )


def _map(placed: Sequence[tuple[ChainNode, int]], seen: Picture) -> ChainMapPanel:
    broken, stage_of = seen.gaps, {node.pk: node.stage for node, _depth in placed}
    names = {node.pk: node.name for node, _depth in placed}
    columns = []
    for stage in Stage:
        cards = []
        for node, _depth in placed:
            if node.stage != stage:
                continue
            members = seen.members_of(node)
            parent = node.parent_id if node.parent_id in names else None
            cards.append(
                Card(
                    anchor=anchor_of(node),
                    name=node.name,
                    firms=len(members),
                    is_gap=node.pk in broken,
                    is_below=parent is not None and stage_of[parent] == stage,
                    parent=names[parent] if parent is not None else "",
                    key_firms=_firm_names([item for item in members if item.role == MemberRole.KEY], seen),
                )
            )
        columns.append(StageColumn(stage.value, stage.label, cards))
    return ChainMapPanel(title=_("链条图"), note=_("点环节看企业；虚线框是断点"), id="map", stages=columns)


def _gap_list(placed: Sequence[tuple[ChainNode, int]], seen: Picture) -> ListPanel:
    broken = seen.gaps
    return ListPanel(
        title=_("断点"),
        note=_("没有企业的环节，招商补链的方向"),
        id="gaps",
        empty=_("没有断点：每个环节都有企业。") if placed else _("还没有环节。"),
        items=[
            ListItem(node.name, f"#{anchor_of(node)}", Stage(node.stage).label)
            for node, _depth in placed
            if node.pk in broken
        ],
    )


def anchor_of(node: ChainNode) -> str:
    return f"node-{node.pk}"


def _node_panel(node: ChainNode, seen: Picture, *, can_manage: bool) -> NodePanel:
    members = seen.members_of(node)
    shown = seen.shown(members)
    hidden = hidden_words(len(members) - len(shown))
    keys = [node.chain_id, node.pk]
    rows = []
    for member in shown:
        cells = {
            "name": Cell(member.enterprise.name, href=reverse("enterprise", args=[member.enterprise_id])),
            "role": Cell(MemberRole(member.role).label),
            "from_on": Cell(member.from_on.isoformat(), value=member.from_on),
        }
        if can_manage:
            href = f"{reverse('chain_leave', args=keys)}?member={member.pk}"
            cells["leave"] = Cell(_("退链"), href=href)
        rows.append(Row(str(member.pk), cells))
    columns = [
        Column("name", _("企业名称"), "name", phone="show"),
        Column("role", _("链上角色"), phone="show"),
        Column("from_on", _("入链日期"), "date", phone="show"),
    ]
    if can_manage:
        columns.append(Column("leave", _("处理"), phone="show"))
    empty = hidden or _("没有企业。")
    note = _("%(stage)s，%(count)s家") % {"stage": Stage(node.stage).label, "count": len(members)}
    return NodePanel(
        title=node.name,
        note=_("%(note)s，%(hidden)s") % {"note": note, "hidden": hidden} if hidden else note,
        id=anchor_of(node),
        empty=empty,
        table=Table(node.name, columns, rows, len(rows), empty=empty),
        acts=_node_acts(node, has_firms=bool(shown)) if can_manage else (),
    )


def _node_acts(node: ChainNode, *, has_firms: bool) -> list[PanelEnd]:
    keys = [node.chain_id, node.pk]
    acts = [(_("企业入链"), "chain_join"), (_("改名"), "chain_node_rename"), (_("移动"), "chain_node_move")]
    if has_firms:
        acts.insert(1, (_("企业退链"), "chain_leave"))
    acts.append((_("删除环节"), "chain_node_remove"))
    return [PanelEnd(label, reverse(name, args=keys), drawer=True) for label, name in acts]
