"""The plan of the sample's chains: the same every time, and with the gaps that it says."""

import time
from collections import Counter
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wutong.registers.chains.models import Chain, ChainMember, ChainNode
from wutong.registers.chains.queries import chains_on, members_on, nodes_on
from wutong.registers.chains.shape import gaps
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.history.services import Fact, record_many
from wutong.registers.history.verify import faults
from wutong.registers.industries.models import LeadingIndustry
from wutong.registers.industries.queries import class_of, leading_industry_of
from wutong.registers.industries.services import load_industry_classes
from wutong.sample.chains import (
    CHAINS,
    INDUSTRIES,
    PREFIXES,
    build_chains,
    build_industries,
    planned_memberships,
)

ON = date(2026, 1, 5)
NOW = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)
CODES = ["3841", "C2651", "2770", "3451", "3973", "6513", "3581", "8411", "", "5121", "wrong"]
FIRMS = st.lists(
    st.tuples(st.integers(1, 10**6), st.sampled_from(CODES)), max_size=60, unique_by=lambda row: row[0]
)


def many(count: int) -> list[tuple[int, str]]:
    return [(number, CODES[number % len(CODES)]) for number in range(1, count + 1)]


def test_there_are_six_chains_of_four_to_eight_nodes_and_three_gaps() -> None:
    assert len(CHAINS) == 6
    assert all(4 <= len(chain.nodes) <= 8 for chain in CHAINS)
    assert {chain.industry for chain in CHAINS} == set(INDUSTRIES)
    assert sum(node.is_gap for chain in CHAINS for node in chain.nodes) == 3
    assert Counter(kind for _name, kind, _scope in INDUSTRIES.values()) == {"leading": 3, "future": 1}


def test_every_node_stands_on_codes_of_its_industry() -> None:
    for chain in CHAINS:
        for node in chain.nodes:
            for prefix in node.prefixes:
                owner = max((scope for scope in PREFIXES if prefix.startswith(scope)), key=len, default="")
                assert PREFIXES.get(owner) == chain.industry, (chain.code, node.name, prefix)


@pytest.mark.django_db
def test_every_code_of_the_sample_is_one_of_the_classification() -> None:
    load_industry_classes()
    for prefix in [
        *PREFIXES,
        *(prefix for chain in CHAINS for node in chain.nodes for prefix in node.prefixes),
    ]:
        assert class_of(prefix).found.code == prefix


@given(firms=FIRMS, seed=st.integers(0, 5))
def test_the_same_firms_stand_the_same_whatever_their_order(firms: list[tuple[int, str]], seed: int) -> None:
    planned = planned_memberships(firms, seed)
    assert planned == planned_memberships(list(reversed(firms)), seed)
    assert len({(item.firm, item.place) for item in planned}) == len(planned)
    by_key = dict(firms)
    assert {item.firm for item in planned} == {
        key for key, code in by_key.items() if code not in ("", "5121", "wrong")
    }
    gap_places = {(chain.code, node.name) for chain in CHAINS for node in chain.nodes if not node.prefixes}
    assert not gap_places & {item.place for item in planned}
    keys = Counter(item.chain for item in planned if item.role == "key")
    assert set(keys) == {item.chain for item in planned} and set(keys.values()) <= {1}


def test_a_firm_stands_where_its_code_says() -> None:
    planned = planned_memberships(many(400))
    places = {(item.firm, item.place) for item in planned}
    for number, code in many(400):
        if code == "3841":
            assert (number, ("storage_battery", "电芯")) in places


@pytest.mark.django_db
def test_the_sample_is_built_in_a_moment_with_exactly_three_gaps() -> None:
    changes = [
        Fact(Enterprise(), {"name": f"示例企业{number}", "folded_name": f"示例企业{number}", "code": None})
        for number, _code in many(400)
    ]
    record_many(changes, actor=None, effective_on=ON, now=NOW, verb="register")
    firms = list(Enterprise.objects.order_by("pk"))
    for firm, (_number, code) in zip(firms, many(400), strict=True):
        firm.industry_code = code
    build_industries(ON, NOW)
    started = time.perf_counter()
    chains = build_chains(firms, ON, NOW)
    assert time.perf_counter() - started < 3
    assert set(chains) == {chain.code for chain in CHAINS}
    counts = Counter(members_on(ON).values_list("node_id", flat=True))
    nodes = list(nodes_on(ON))
    broken = gaps(nodes, counts)
    assert {node.name for node in nodes if node.pk in broken} == {"退役电池回收", "精密零部件", "芯片制造"}
    planned = planned_memberships([(firm.pk, firm.industry_code) for firm in firms])
    stored = ChainMember.objects.values_list("enterprise", "node__chain__code", "node__name", "role")
    assert set(stored) == {(item.firm, item.chain, item.node, item.role) for item in planned}
    assert (Chain.objects.count(), ChainNode.objects.count()) == (
        6,
        sum(len(chain.nodes) for chain in CHAINS),
    )
    assert ChainNode.objects.get(name="液压与泵阀").parent == ChainNode.objects.get(name="关键零部件")
    assert [chain.leading_industry.code for chain in chains_on(ON)][:2] == ["new_energy", "new_energy"]
    assert leading_industry_of("C3985", ON) == LeadingIndustry.objects.get(code="new_energy")
    assert leading_industry_of("3581", ON) == LeadingIndustry.objects.get(code="health")
    assert list(faults()) == []
