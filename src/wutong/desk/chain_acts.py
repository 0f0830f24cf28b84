"""What is done to industrial chains: open and change them, add, rename, move and remove nodes, firms join and leave."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from wutong.desk.chain_forms import (
    ChainForm,
    DayForm,
    JoinForm,
    LeaveForm,
    NewChainForm,
    NodeForm,
    PlaceForm,
    ReasonForm,
    RenameForm,
)
from wutong.desk.chains import LARGEST_ID, anchor_of, chain_crumbs, find_chain
from wutong.desk.enterprises import visible_enterprises
from wutong.ledgerkit.saving import Save, answer_form
from wutong.ledgerkit.viewer import holder_of, now_of, today_of, viewer
from wutong.registers.chains import services
from wutong.registers.chains.models import Chain, ChainMember, ChainNode, Stage
from wutong.registers.chains.queries import nodes_on
from wutong.registers.chains.rights import MANAGE
from wutong.ui.forms import HouseForm
from wutong.ui.pages import Crumb


def new(request: HttpRequest) -> HttpResponse:
    """Open a chain."""
    actor = holder_of(request, MANAGE)

    def save(typed: dict[str, Any]) -> str:
        return href_of(services.open_chain(**typed, actor=actor, now=now_of(request)))

    form = NewChainForm(request.POST or None, today=today_of(request))
    label = _("建立产业链")
    crumbs = [Crumb(_("产业")), Crumb(_("产业链"), reverse("chains")), Crumb(label)]
    return answer_form(request, form, label, save, reverse("chains"), crumbs)


def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what a chain is called and what it belongs to."""
    actor, found = holder_of(request, MANAGE), find_chain(pk)

    def save(typed: dict[str, Any]) -> str:
        return href_of(services.change_chain(found, **typed, actor=actor, now=now_of(request)))

    form = ChainForm(request.POST or None, today=today_of(request), chain=found)
    return _answer_on(request, found, form, _("修改产业链"), save)


def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then end a chain with all its nodes."""
    actor, found = holder_of(request, MANAGE), find_chain(pk)

    def save(typed: dict[str, Any]) -> str:
        return href_of(services.close_chain(found, **typed, actor=actor, now=now_of(request)))

    form = ReasonForm(request.POST or None, today=today_of(request))
    intro = _("这条产业链的环节随之删除，链上企业随之退链。变更记录都留着，但不能恢复。")
    return _answer_on(request, found, form, _("撤销产业链"), save, intro=intro, stop=True)


def new_node(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a node."""
    actor, found = holder_of(request, MANAGE), find_chain(pk)
    nodes = _nodes(request, found)

    def save(typed: dict[str, Any]) -> str:
        on = typed.pop("on")
        node = services.add_node(found, services.NewNode(**typed), actor=actor, on=on, now=now_of(request))
        return href_of(found, node)

    last = max((node.order for node in nodes), default=0)
    initial = {"stage": Stage.UPSTREAM, "order": min(last + 1, 999)}
    form = NodeForm(request.POST or None, today=today_of(request), nodes=nodes, initial=initial)
    return _answer_on(request, found, form, _("加环节"), save)


def rename_node(request: HttpRequest, pk: int, node_pk: int) -> HttpResponse:
    actor, node = holder_of(request, MANAGE), _found_node(pk, node_pk)

    def save(typed: dict[str, Any]) -> str:
        return href_of(node.chain, services.rename_node(node, **typed, actor=actor, now=now_of(request)))

    form = RenameForm(request.POST or None, today=today_of(request), initial={"name": node.name})
    return _answer_on(request, node.chain, form, _("环节改名"), save, intro=node.name)


def move_node(request: HttpRequest, pk: int, node_pk: int) -> HttpResponse:
    """Put a node elsewhere in its chain."""
    actor, node = holder_of(request, MANAGE), _found_node(pk, node_pk)

    def save(typed: dict[str, Any]) -> str:
        return href_of(node.chain, services.move_node(node, **typed, actor=actor, now=now_of(request)))

    nodes = _nodes(request, node.chain)
    form = PlaceForm(request.POST or None, today=today_of(request), nodes=nodes, node=node)
    return _answer_on(request, node.chain, form, _("移动环节"), save, intro=node.name)


def remove_node(request: HttpRequest, pk: int, node_pk: int) -> HttpResponse:
    """Ask, then remove a node that is empty. The refusal names the firms that the reader may see."""
    actor, node = holder_of(request, MANAGE), _found_node(pk, node_pk)

    def save(typed: dict[str, Any]) -> str:
        nameable = visible_enterprises(viewer(request))
        services.remove_node(node, **typed, actor=actor, now=now_of(request), nameable=nameable)
        return href_of(node.chain)

    form = DayForm(request.POST or None, today=today_of(request))
    intro = _("删除“%(name)s”。只有没有企业、也没有下级的环节能删除。") % {"name": node.name}
    return _answer_on(request, node.chain, form, _("删除环节"), save, intro=intro, stop=True)


def join(request: HttpRequest, pk: int, node_pk: int) -> HttpResponse:
    """A firm comes onto a node."""
    actor, node = holder_of(request, MANAGE), _found_node(pk, node_pk)

    def save(typed: dict[str, Any]) -> str:
        firm = typed.pop("enterprise")
        services.join_chain(node, firm, **typed, actor=actor, now=now_of(request))
        return href_of(node.chain, node)

    form = JoinForm(request.POST or None, today=today_of(request), actor=viewer(request))
    return _answer_on(request, node.chain, form, _("企业入链"), save, intro=node.name)


def leave(request: HttpRequest, pk: int, node_pk: int) -> HttpResponse:
    """A firm goes from a node."""
    actor, node = holder_of(request, MANAGE), _found_node(pk, node_pk)

    def save(typed: dict[str, Any]) -> str:
        services.leave_chain(typed.pop("member"), **typed, actor=actor, now=now_of(request))
        return href_of(node.chain, node)

    members = (
        ChainMember.objects.filter(node=node, to_on__isnull=True)
        .filter(enterprise__in=visible_enterprises(viewer(request)).order_by().values("pk"))
        .select_related("enterprise")
        .order_by("enterprise__name")
    )
    form = LeaveForm(
        request.POST or None,
        today=today_of(request),
        members=list(members),
        initial={"member": request.GET.get("member", "")},
    )
    return _answer_on(request, node.chain, form, _("企业退链"), save, intro=node.name)


# ---- what all of them share --------------------------------------------------------------------------------------


def _found_node(pk: int, node_pk: int) -> ChainNode:
    """A node of the chain, or 404. A removed one is found: the act then says that it is removed."""
    found = (
        ChainNode.objects.select_related("chain__leading_industry")
        .filter(pk=min(node_pk, LARGEST_ID), chain=min(pk, LARGEST_ID))
        .first()
    )
    if found is None:
        raise Http404
    return found


def _nodes(request: HttpRequest, chain: Chain) -> list[ChainNode]:
    return list(nodes_on(today_of(request)).filter(chain=chain))


def href_of(chain: Chain, node: ChainNode | None = None) -> str:
    href = reverse("chain", args=[chain.pk])
    return f"{href}#{anchor_of(node)}" if node is not None else href


def _answer_on(
    request: HttpRequest,
    chain: Chain,
    form: HouseForm,
    label: str,
    save: Save,
    *,
    intro: str = "",
    stop: bool = False,
) -> HttpResponse:
    crumbs = chain_crumbs(chain, label)
    return answer_form(request, form, label, save, href_of(chain), crumbs, intro=intro, stop=stop)
