"""Writes of the chains. Each is one business act with its change in the register's history.

`on` is the day from which it holds; it is never in the future, so that "now" and "on the day" say the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from wutong.base.accounts.models import Account
from wutong.base.accounts.violations import is_unique_violation
from wutong.base.errors import Refused
from wutong.registers.chains.models import Chain, ChainMember, ChainNode
from wutong.registers.chains.shape import below
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.history.services import Fact, record, record_many
from wutong.registers.industries.models import LeadingIndustry

M = TypeVar("M", bound=models.Model)
NAMED = 5
"""So many firms are named in a refusal; the others are counted."""


def open_chain(
    *,
    code: str,
    name: str,
    leading_industry: LeadingIndustry,
    description: str = "",
    actor: Account | None,
    on: date,
    now: datetime,
) -> Chain:
    """Raises Refused for a code that is taken."""
    _refuse_future(on, now)
    facts = {
        "code": code.strip(),
        "name": name.strip(),
        "leading_industry": leading_industry,
        "description": description.strip(),
        "valid_from": on,
    }
    try:
        with transaction.atomic():
            return record(Chain(), facts, actor=actor, effective_on=on, now=now, verb="open")
    except IntegrityError as error:
        if not is_unique_violation(error):
            raise
        words = _("产业链编码“%(code)s”已有，请换一个。") % {"code": code.strip()}
        raise Refused(words, fields={"code": words}) from None


@transaction.atomic
def change_chain(
    chain: Chain,
    *,
    name: str,
    leading_industry: LeadingIndustry,
    description: str,
    actor: Account | None,
    on: date,
    now: datetime,
) -> Chain:
    chain = _open_chain(chain, on, now)
    facts = {"name": name.strip(), "leading_industry": leading_industry, "description": description.strip()}
    return record(chain, facts, actor=actor, effective_on=on, now=now, verb="change")


@transaction.atomic
def close_chain(chain: Chain, *, reason: str, actor: Account | None, on: date, now: datetime) -> Chain:
    """The zone no longer works on this chain: its nodes and the firms' time on them end on the same day."""
    chain = _open_chain(chain, on, now)
    nodes = list(
        ChainNode.objects.select_for_update().filter(chain=chain, valid_to__isnull=True).order_by("pk")
    )
    members = list(
        ChainMember.objects.select_for_update().filter(node__in=nodes, to_on__isnull=True).order_by("pk")
    )
    if any(node.valid_from > on for node in nodes) or any(member.from_on > on for member in members):
        raise Refused(
            _("%(day)s以后还有环节设立或企业入链，请填更晚的日期。") % {"day": on},
            fields={"on": _("日期太早")},
        )
    note: dict[str, Any] = {
        "actor": actor,
        "effective_on": on,
        "now": now,
        "verb": "close",
        "reason": reason,
    }
    record_many([Fact(member, {"to_on": on}) for member in members], **note)
    record_many([Fact(node, {"valid_to": on}) for node in nodes], **note)
    return record(chain, {"valid_to": on}, **note)


# ---- nodes --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NewNode:
    """A node to be added; `parent` is a node of the same chain."""

    name: str
    stage: str
    order: int = 0
    parent: ChainNode | None = None


def add_node(chain: Chain, node: NewNode, *, actor: Account | None, on: date, now: datetime) -> ChainNode:
    return add_nodes(chain, [node], actor=actor, on=on, now=now)[0]


@transaction.atomic
def add_nodes(
    chain: Chain, nodes: Sequence[NewNode], *, actor: Account | None, on: date, now: datetime
) -> list[ChainNode]:
    """Raises Refused for a name that the chain has already and for a parent of another chain."""
    chain = _open_chain(chain, on, now)
    present = _open_nodes(chain)
    taken = {item.name for item in present}
    changes = []
    for new in nodes:
        name = new.name.strip()
        _refuse_taken(name, taken)
        taken.add(name)
        if new.parent is not None:
            _refuse_foreign(new.parent, present)
        facts = {
            "chain": chain,
            "parent": new.parent,
            "name": name,
            "stage": new.stage,
            "order": new.order,
            "valid_from": on,
        }
        changes.append(Fact(ChainNode(), facts))
    record_many(changes, actor=actor, effective_on=on, now=now, verb="add")
    return [change.entry for change in changes if isinstance(change.entry, ChainNode)]


@transaction.atomic
def rename_node(node: ChainNode, *, name: str, actor: Account | None, on: date, now: datetime) -> ChainNode:
    node, present = _open_node(node, on, now)
    _refuse_taken(name.strip(), {item.name for item in present if item.pk != node.pk})
    return record(node, {"name": name.strip()}, actor=actor, effective_on=on, now=now, verb="rename")


@transaction.atomic
def move_node(
    node: ChainNode,
    *,
    parent: ChainNode | None,
    stage: str,
    order: int,
    actor: Account | None,
    on: date,
    now: datetime,
) -> ChainNode:
    """Put a node elsewhere in its chain. What lies below comes along; stages of those nodes stay.

    Raises Refused for a parent of another chain, and for one that lies below the node itself.
    """
    node, present = _open_node(node, on, now)
    if parent is not None:
        _refuse_foreign(parent, present)
        if parent.pk in below(present, node.pk):
            words = _("“%(node)s”不能放到它自己或它的下级下面。") % {"node": node.name}
            raise Refused(words, fields={"parent": words})
    facts = {"parent": parent, "stage": stage, "order": order}
    return record(node, facts, actor=actor, effective_on=on, now=now, verb="move")


@transaction.atomic
def remove_node(
    node: ChainNode,
    *,
    actor: Account | None,
    on: date,
    now: datetime,
    nameable: QuerySet[Enterprise] | None = None,
) -> ChainNode:
    """Only a node without firms and without nodes below it goes.

    The refusal names the firms: all of them, or those of `nameable` when the reader may not see every enterprise.
    """
    node, present = _open_node(node, on, now)
    children = [item.name for item in present if item.parent_id == node.pk]
    if children:
        raise Refused(
            _("“%(node)s”下面还有环节：%(names)s。请先把它们移走或删除。")
            % {"node": node.name, "names": "、".join(children[:NAMED])}
        )
    members = ChainMember.objects.filter(Q(to_on__isnull=True) | Q(to_on__gt=on), node=node)
    firms = Enterprise.objects.filter(pk__in=members.values("enterprise"), merged_into__isnull=True)
    count = firms.count()
    if count:
        raise Refused(
            _("“%(node)s”上还有%(count)s家企业：%(names)s。请先办理退链，再删除环节。")
            % {"node": node.name, "count": count, "names": _named(firms, nameable, count)}
        )
    return record(node, {"valid_to": on}, actor=actor, effective_on=on, now=now, verb="remove")


def _named(firms: QuerySet[Enterprise], nameable: QuerySet[Enterprise] | None, count: int) -> str:
    if nameable is not None:
        firms = firms.filter(pk__in=nameable.order_by().values("pk"))
    names = list(firms.order_by("name").values_list("name", flat=True)[:NAMED])
    if not names:
        return _("您无权查看名称")
    listed = "、".join(names)
    return listed if len(names) == count else _("%(names)s等") % {"names": listed}


# ---- firms --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Joining:
    """A firm that comes onto a node, as what."""

    node: ChainNode
    enterprise: Enterprise
    role: str


def join_chain(
    node: ChainNode, enterprise: Enterprise, *, role: str, actor: Account | None, on: date, now: datetime
) -> ChainMember:
    """A firm comes onto a node. Raises Refused when it stands there already on that day or later."""
    return join_chain_many([Joining(node, enterprise, role)], actor=actor, on=on, now=now)[0]


@transaction.atomic
def join_chain_many(
    joinings: Sequence[Joining], *, actor: Account | None, on: date, now: datetime
) -> list[ChainMember]:
    """The same for many firms, all or none, in a few queries."""
    _refuse_future(on, now)
    wanted = {joining.node.pk for joining in joinings}
    nodes = {
        node.pk: node for node in ChainNode.objects.select_for_update().filter(pk__in=wanted).order_by("pk")
    }
    for node in nodes.values():
        _refuse_ended(node, on)
    there = {
        (member.node_id, member.enterprise_id)
        for member in ChainMember.objects.filter(Q(to_on__isnull=True) | Q(to_on__gt=on), node__in=wanted)
    }
    changes = []
    for joining in joinings:
        place = (joining.node.pk, joining.enterprise.pk)
        if place in there:
            words = _("“%(firm)s”已经在“%(node)s”环节；要改角色，请先退链再入链。") % {
                "firm": joining.enterprise.name,
                "node": nodes[joining.node.pk].name,
            }
            raise Refused(words, fields={"enterprise": words})
        there.add(place)
        facts = {
            "node": nodes[joining.node.pk],
            "enterprise": joining.enterprise,
            "role": joining.role,
            "from_on": on,
        }
        changes.append(Fact(ChainMember(), facts))
    record_many(changes, actor=actor, effective_on=on, now=now, verb="join")
    return [change.entry for change in changes if isinstance(change.entry, ChainMember)]


@transaction.atomic
def leave_chain(
    member: ChainMember, *, reason: str = "", actor: Account | None, on: date, now: datetime
) -> ChainMember:
    """The firm is no longer on the node from this day on."""
    _refuse_future(on, now)
    member = _locked(member)
    if member.to_on is not None:
        raise Refused(_("这家企业已于%(day)s退链。") % {"day": member.to_on})
    if on < member.from_on:
        words = _("退链日期不能早于入链日期%(day)s。") % {"day": member.from_on}
        raise Refused(words, fields={"on": words})
    return record(member, {"to_on": on}, actor=actor, effective_on=on, now=now, verb="leave", reason=reason)


# ---- what all of them ask -----------------------------------------------------------------------------------------


def _locked(row: M) -> M:
    """The row as it is now, locked until the act is over."""
    return type(row)._default_manager.select_for_update().get(pk=row.pk)


def _refuse_future(on: date, now: datetime) -> None:
    if on > timezone.localdate(now):
        words = _("日期%(day)s还没有到，请填今天或以前的日期。") % {"day": on}
        raise Refused(words, fields={"on": words})


def _open_chain(chain: Chain, on: date, now: datetime) -> Chain:
    _refuse_future(on, now)
    chain = _locked(chain)
    if chain.valid_to is not None:
        raise Refused(_("产业链“%(chain)s”已于%(day)s撤销。") % {"chain": chain.name, "day": chain.valid_to})
    if on < chain.valid_from:
        words = _("日期不能早于产业链建立的%(day)s。") % {"day": chain.valid_from}
        raise Refused(words, fields={"on": words})
    return chain


def _open_nodes(chain: Chain) -> list[ChainNode]:
    return list(ChainNode.objects.filter(chain=chain, valid_to__isnull=True).order_by("order", "pk"))


def _open_node(node: ChainNode, on: date, now: datetime) -> tuple[ChainNode, list[ChainNode]]:
    """The node and all open nodes of its chain. The chain is locked: two who move nodes make no circle."""
    chain = _open_chain(node.chain, on, now)
    node = _locked(node)
    _refuse_ended(node, on)
    return node, _open_nodes(chain)


def _refuse_ended(node: ChainNode, on: date) -> None:
    if node.valid_to is not None:
        raise Refused(_("环节“%(node)s”已于%(day)s删除。") % {"node": node.name, "day": node.valid_to})
    if on < node.valid_from:
        words = _("日期不能早于环节设立的%(day)s。") % {"day": node.valid_from}
        raise Refused(words, fields={"on": words})


def _refuse_taken(name: str, taken: set[str]) -> None:
    if name in taken:
        words = _("这条产业链已有“%(name)s”环节。") % {"name": name}
        raise Refused(words, fields={"name": words})


def _refuse_foreign(parent: ChainNode, present: Sequence[ChainNode]) -> None:
    if parent.pk not in {item.pk for item in present}:
        words = _("上级环节“%(name)s”不在这条产业链上。") % {"name": parent.name}
        raise Refused(words, fields={"parent": words})
