"""The sample zone's leading industries ("3+1") and six industrial chains. Everything here is invented: chains, nodes,
and which firm stands where. Only the codes are those of the national classification."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from django.db import transaction

from wutong.base.errors import Refused
from wutong.registers.chains.models import Chain, ChainNode, MemberRole, Stage
from wutong.registers.chains.services import Joining, NewNode, add_nodes, join_chain_many, open_chain
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.industries.codes import clean_code
from wutong.registers.industries.models import IndustryKind, LeadingIndustry
from wutong.registers.industries.services import load_industry_classes, open_leading_industry

SEED = 20260312
BACKBONE_SHARE, SECOND_NODE_SHARE = 0.15, 0.08

INDUSTRIES: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "new_energy": (
        "新能源新材料",
        IndustryKind.LEADING,
        ("2614", "265", "266", "28", "292", "306", "324", "325", "3415", "382", "384", "3985"),
    ),
    "health": ("医养健康", IndustryKind.LEADING, ("27", "3544", "358", "7340", "84", "85")),
    "equipment": ("高端装备制造", IndustryKind.LEADING, ("34", "35", "36", "37", "40")),
    "it": ("信息技术", IndustryKind.FUTURE, ("39", "63", "64", "65")),
}
"""Code, name, kind and scope. Three lead, one is for the future."""


@dataclass(frozen=True)
class PlannedNode:
    """A node and the beginnings of the codes whose firms stand on it.

    `is_gap`: nobody in the zone does this. A node with neither only stands above others.
    """

    name: str
    stage: Stage
    prefixes: tuple[str, ...] = ()
    above: str = ""
    is_gap: bool = False


@dataclass(frozen=True)
class PlannedChain:
    code: str
    name: str
    industry: str
    description: str
    nodes: tuple[PlannedNode, ...]


UP, MID, DOWN = Stage.UPSTREAM, Stage.MIDSTREAM, Stage.DOWNSTREAM
CHAINS = (
    PlannedChain(
        "storage_battery",
        "储能电池产业链",
        "new_energy",
        "从电池材料到储能系统（示例）。",
        (
            PlannedNode("电池材料", UP, ("266", "2614", "3985")),
            PlannedNode("铝箔铜箔", UP, ("325", "324")),
            PlannedNode("电芯", MID, ("384",)),
            PlannedNode("电力电子器件", MID, ("3824", "3821")),
            PlannedNode("储能系统集成", DOWN, ("382", "3415")),
            PlannedNode("退役电池回收", DOWN, is_gap=True),
        ),
    ),
    PlannedChain(
        "polymer_materials",
        "高分子新材料产业链",
        "new_energy",
        "从单体到复合材料制品（示例）。",
        (
            PlannedNode("生物基单体与树脂", UP, ("283", "265")),
            PlannedNode("特种纤维", MID, ("281", "282")),
            PlannedNode("改性塑料", MID, ("292",)),
            PlannedNode("复合材料制品", DOWN, ("306",)),
        ),
    ),
    PlannedChain(
        "medical_devices",
        "医疗器械产业链",
        "health",
        "从医用材料到养老护理（示例）。",
        (
            PlannedNode("医用材料", UP, ("277",)),
            PlannedNode("精密零部件", UP, is_gap=True),
            PlannedNode("诊断治疗设备", MID, ("3581", "3583", "3589")),
            PlannedNode("口腔与康复器械", MID, ("3582", "3586", "3587")),
            PlannedNode("手术与护理器械", MID, ("3584", "3585")),
            PlannedNode("医疗与养老服务", DOWN, ("84", "85")),
        ),
    ),
    PlannedChain(
        "biomedicine",
        "生物医药产业链",
        "health",
        "从原料药到研发服务（示例）。",
        (
            PlannedNode("原料药", UP, ("271",)),
            PlannedNode("药用辅料与包装", UP, ("278",)),
            PlannedNode("化学制剂", MID, ("272", "275", "3544")),
            PlannedNode("中药", MID, ("273", "274")),
            PlannedNode("生物药品", MID, ("276",)),
            PlannedNode("医药研发服务", DOWN, ("7340",)),
        ),
    ),
    PlannedChain(
        "smart_equipment",
        "智能装备产业链",
        "equipment",
        "从关键零部件到成套装备（示例）。",
        (
            PlannedNode("关键零部件", UP),
            PlannedNode("轴承与传动", UP, ("345", "348"), above="关键零部件"),
            PlannedNode("液压与泵阀", UP, ("344",), above="关键零部件"),
            PlannedNode("数控机床", MID, ("342",)),
            PlannedNode("机器人与通用设备", MID, ("34",)),
            PlannedNode("专用装备", MID, ("35",)),
            PlannedNode("车辆与运输装备", DOWN, ("36", "37")),
            PlannedNode("检测与控制仪表", DOWN, ("40",)),
        ),
    ),
    PlannedChain(
        "electronics",
        "电子信息产业链",
        "it",
        "从元器件到软件服务（示例）。",
        (
            PlannedNode("电子元器件", UP, ("397", "398")),
            PlannedNode("芯片制造", UP, is_gap=True),
            PlannedNode("计算机与通信设备", MID, ("391", "392", "393", "394")),
            PlannedNode("智能终端", MID, ("395", "396", "399")),
            PlannedNode("软件开发", DOWN, ("65",)),
            PlannedNode("算力与数据服务", DOWN, ("63", "64")),
        ),
    ),
)

PREFIXES = {prefix: code for code, (_name, _kind, scope) in INDUSTRIES.items() for prefix in scope}
T = TypeVar("T")
Place = tuple[str, str]
"""Code of a chain and name of its node."""


@dataclass(frozen=True)
class PlannedMembership:
    """Firm (by the key it was given with), chain, node, role."""

    firm: int
    chain: str
    node: str
    role: str

    @property
    def place(self) -> Place:
        return self.chain, self.node


def planned_memberships(firms: Sequence[tuple[int, str]], seed: int = SEED) -> list[PlannedMembership]:
    """Which firm stands on which nodes. `firms` are (key, industry code); the same firms always stand the same.

    A firm stands where its code says, else somewhere on a chain of its leading industry; a few stand on a second node.
    A node that would stay empty borrows a firm of its industry, so that the planned gaps are the only ones.
    Firms outside the leading industries stand nowhere.
    """
    dice = random.Random(seed)  # noqa: S311
    by_industry: dict[str, list[int]] = {}
    places: dict[tuple[int, Place], None] = {}
    for key, typed in sorted(firms):
        code = _cleaned(typed)
        industry = _longest(PREFIXES, code)
        if industry is None:
            continue
        by_industry.setdefault(industry, []).append(key)
        offered = _places_of(industry)
        fitting = {prefix: place for place, node in offered.items() for prefix in node.prefixes}
        places[key, _longest(fitting, code) or dice.choice(list(offered))] = None
        if dice.random() < SECOND_NODE_SHARE:
            places[key, dice.choice(list(offered))] = None
    filled = {place for _key, place in places}
    for industry, keys in by_industry.items():
        for place in _places_of(industry):
            if place not in filled:
                places[dice.choice(keys), place] = None
    return _with_roles(list(places), dice)


def _with_roles(places: Sequence[tuple[int, Place]], dice: random.Random) -> list[PlannedMembership]:
    """One key firm for each chain, some backbones."""
    planned, led = [], set()
    for key, (chain, node) in dice.sample(places, len(places)):
        role = MemberRole.BACKBONE if dice.random() < BACKBONE_SHARE else MemberRole.ORDINARY
        if chain not in led:
            led.add(chain)
            role = MemberRole.KEY
        planned.append(PlannedMembership(key, chain, node, role.value))
    return sorted(planned, key=lambda item: (item.chain, item.node, item.firm))


def _places_of(industry: str) -> dict[Place, PlannedNode]:
    return {
        (chain.code, node.name): node
        for chain in CHAINS
        if chain.industry == industry
        for node in chain.nodes
        if node.prefixes
    }


def _longest(by_prefix: Mapping[str, T], code: str) -> T | None:
    lengths = range(len(code), 0, -1)
    return next((by_prefix[code[:length]] for length in lengths if code[:length] in by_prefix), None)


def _cleaned(code: str) -> str:
    """Empty for what is no code: the firm has not told its industry."""
    try:
        return clean_code(code)
    except Refused:
        return ""


# ---- building -----------------------------------------------------------------------------------------------------


@transaction.atomic
def build_industries(on: date, now: datetime) -> dict[str, LeadingIndustry]:
    """The classification and the four industries, by their codes."""
    load_industry_classes()
    return {
        code: open_leading_industry(
            code=code, name=name, kind=kind, order=order, prefixes=scope, actor=None, on=on, now=now
        )
        for order, (code, (name, kind, scope)) in enumerate(INDUSTRIES.items(), start=1)
    }


@transaction.atomic
def build_chains(enterprises: Sequence[Enterprise], on: date, now: datetime) -> dict[str, Chain]:
    """Six chains with their nodes, and the firms on them by their industry codes. `build_industries` comes before."""
    industries = {item.code: item for item in LeadingIndustry.objects.filter(code__in=INDUSTRIES)}
    chains: dict[str, Chain] = {}
    nodes: dict[Place, ChainNode] = {}
    for plan in CHAINS:
        chain = open_chain(
            code=plan.code,
            name=plan.name,
            leading_industry=industries[plan.industry],
            description=plan.description,
            actor=None,
            on=on,
            now=now,
        )
        chains[plan.code] = chain
        nodes |= _build_nodes(plan, chain, on, now)
    firms = {enterprise.pk: enterprise for enterprise in enterprises}
    planned = planned_memberships([(pk, firm.industry_code) for pk, firm in firms.items()])
    joinings = [Joining(nodes[item.place], firms[item.firm], item.role) for item in planned]
    join_chain_many(joinings, actor=None, on=on, now=now)
    return chains


def _build_nodes(plan: PlannedChain, chain: Chain, on: date, now: datetime) -> dict[Place, ChainNode]:
    """Those at the top first: the others stand below them."""
    made: dict[str, ChainNode] = {}
    for is_top in (True, False):
        new = [
            NewNode(node.name, node.stage.value, order, made.get(node.above))
            for order, node in enumerate(plan.nodes, start=1)
            if is_top == (not node.above)
        ]
        made |= {node.name: node for node in add_nodes(chain, new, actor=None, on=on, now=now)}
    return {(plan.code, name): node for name, node in made.items()}
