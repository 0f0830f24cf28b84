"""A small invented chain for tests."""

from datetime import UTC, date, datetime

from wutong.registers.chains.models import Chain, ChainNode
from wutong.registers.chains.services import NewNode, add_node, open_chain
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.history.services import record
from wutong.registers.industries.models import LeadingIndustry
from wutong.registers.industries.services import open_leading_industry

ON, LATER = date(2026, 1, 5), date(2026, 3, 2)
NOW = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)


def make_firm(name: str) -> Enterprise:
    facts = {"name": name, "folded_name": name, "code": None}
    return record(Enterprise(), facts, actor=None, effective_on=ON, now=NOW, verb="register")


def make_industry(code: str = "energy", *prefixes: str) -> LeadingIndustry:
    return open_leading_industry(
        code=code,
        name=f"示例产业{code}",
        kind="leading",
        order=1,
        prefixes=prefixes,
        actor=None,
        on=ON,
        now=NOW,
    )


def make_chain(code: str = "battery", industry: LeadingIndustry | None = None) -> Chain:
    return open_chain(
        code=code,
        name=f"示例链{code}",
        leading_industry=industry or make_industry(f"{code}_industry"),
        actor=None,
        on=ON,
        now=NOW,
    )


def make_node(
    chain: Chain, name: str, stage: str = "upstream", order: int = 1, parent: ChainNode | None = None
) -> ChainNode:
    return add_node(chain, NewNode(name, stage, order, parent), actor=None, on=ON, now=NOW)
