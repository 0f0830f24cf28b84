"""Chains, their nodes, and firms that come and go."""

from datetime import date

import pytest

from wutong.base.errors import Refused
from wutong.registers.chains.models import Chain, ChainMember, ChainNode
from wutong.registers.chains.queries import chains_on, members_on, nodes_on
from wutong.registers.chains.services import (
    Joining,
    NewNode,
    add_node,
    add_nodes,
    change_chain,
    close_chain,
    join_chain,
    join_chain_many,
    leave_chain,
    move_node,
    remove_node,
    rename_node,
)
from wutong.registers.chains.tests.chain_zone import (
    LATER,
    NOW,
    ON,
    make_chain,
    make_firm,
    make_industry,
    make_node,
)
from wutong.registers.enterprises.merging import merge_enterprises
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.history.models import RegisterChange
from wutong.registers.history.verify import faults
from wutong.registers.organisation.actors import SYSTEM

pytestmark = pytest.mark.django_db
TOLD = {"actor": None, "now": NOW}


@pytest.fixture
def chain() -> Chain:
    return make_chain()


@pytest.fixture
def node(chain: Chain) -> ChainNode:
    return make_node(chain, "示例电芯")


def verbs(kind: str, pk: int) -> list[str]:
    return list(
        RegisterChange.objects.filter(entry_kind=kind, entry_id=pk)
        .order_by("seq")
        .values_list("verb", flat=True)
    )


# ---- chains -------------------------------------------------------------------------------------------------------


def test_a_code_of_a_chain_is_taken_once(chain: Chain) -> None:
    with pytest.raises(Refused, match="“battery”已有") as refusal:
        make_chain("battery", chain.leading_industry)
    assert "code" in refusal.value.fields
    assert Chain.objects.count() == 1


def test_a_change_of_a_chain_is_kept(chain: Chain) -> None:
    other = make_industry("other")
    facts = {"name": "示例新名", "leading_industry": other, "description": "说明"}
    change_chain(chain, **facts, **TOLD, on=LATER)
    stored = Chain.objects.get()
    assert (stored.name, stored.leading_industry, stored.description) == ("示例新名", other, "说明")
    assert verbs("chain", chain.pk) == ["open", "change"]
    assert list(faults()) == []


def test_a_closed_chain_ends_with_its_nodes_and_memberships_and_takes_nothing_more(
    chain: Chain, node: ChainNode
) -> None:
    firm = make_firm("示例甲企业")
    member = join_chain(node, firm, role="key", **TOLD, on=ON)
    close_chain(chain, reason="示例", **TOLD, on=LATER)
    assert list(chains_on(date(2026, 3, 1))) == [chain]
    assert list(members_on(date(2026, 3, 1))) == [member]
    for asked in (chains_on(LATER), nodes_on(LATER), members_on(LATER)):
        assert not asked.exists()
    assert verbs("chain_member", member.pk) == ["join", "close"]
    for act in (
        lambda: add_node(chain, NewNode("示例新", "upstream"), **TOLD, on=LATER),
        lambda: close_chain(chain, reason="", **TOLD, on=LATER),
        lambda: rename_node(node, name="示例改", **TOLD, on=LATER),
    ):
        with pytest.raises(Refused, match="已于2026-03-02撤销"):
            act()
    with pytest.raises(Refused, match="已于2026-03-02删除"):
        join_chain(node, make_firm("示例乙企业"), role="ordinary", **TOLD, on=LATER)
    assert list(faults()) == []


def test_a_chain_does_not_close_before_what_happened_on_it(chain: Chain, node: ChainNode) -> None:
    join_chain(node, make_firm("示例甲企业"), role="key", **TOLD, on=LATER)
    with pytest.raises(Refused, match="请填更晚的日期"):
        close_chain(chain, reason="", **TOLD, on=date(2026, 2, 1))


def test_nothing_is_dated_into_the_future(chain: Chain, node: ChainNode) -> None:
    with pytest.raises(Refused, match="还没有到"):
        join_chain(node, make_firm("示例甲企业"), role="key", **TOLD, on=date(2026, 6, 2))
    with pytest.raises(Refused, match="还没有到"):
        close_chain(chain, reason="", **TOLD, on=date(2026, 6, 2))


# ---- nodes --------------------------------------------------------------------------------------------------------


def test_a_name_stands_once_in_a_chain(chain: Chain, node: ChainNode) -> None:
    with pytest.raises(Refused, match="已有“示例电芯”环节"):
        make_node(chain, " 示例电芯 ")
    other = make_node(chain, "示例模组")
    with pytest.raises(Refused, match="已有“示例电芯”环节"):
        rename_node(other, name="示例电芯", **TOLD, on=LATER)
    rename_node(other, name="示例系统", **TOLD, on=LATER)
    assert verbs("chain_node", other.pk) == ["add", "rename"]
    assert make_node(make_chain("second"), "示例电芯").name == "示例电芯"


def test_many_nodes_are_added_at_once_or_none(chain: Chain, node: ChainNode) -> None:
    new = [NewNode("示例一", "upstream"), NewNode("示例一", "midstream")]
    with pytest.raises(Refused, match="已有“示例一”"):
        add_nodes(chain, new, **TOLD, on=ON)
    assert nodes_on(ON).count() == 1


def test_a_node_moves_with_what_lies_below_it_and_never_below_itself(chain: Chain, node: ChainNode) -> None:
    low = make_node(chain, "示例下级", parent=node)
    lowest = make_node(chain, "示例再下级", parent=low)
    place = {"stage": "midstream", "order": 3}
    for wrong in (node, low, lowest):
        with pytest.raises(Refused, match="它自己或它的下级"):
            move_node(node, parent=wrong, **place, **TOLD, on=LATER)
    with pytest.raises(Refused, match="不在这条产业链上"):
        move_node(node, parent=make_node(make_chain("second"), "示例外"), **place, **TOLD, on=LATER)
    other = make_node(chain, "示例旁")
    moved = move_node(node, parent=other, **place, **TOLD, on=LATER)
    assert (moved.parent, moved.stage, moved.order) == (other, "midstream", 3)
    low.refresh_from_db()
    assert low.parent == node
    assert list(faults()) == []


def test_only_an_empty_node_is_removed_and_the_firms_in_the_way_are_named(
    chain: Chain, node: ChainNode
) -> None:
    firms = [make_firm(f"示例{letter}企业") for letter in "甲乙"]
    members = [join_chain(node, firm, role="ordinary", **TOLD, on=ON) for firm in firms]
    with pytest.raises(Refused, match="还有2家企业：") as refusal:
        remove_node(node, **TOLD, on=LATER)
    assert all(firm.name in str(refusal.value) for firm in firms)
    for member in members:
        leave_chain(member, **TOLD, on=LATER)
    with pytest.raises(Refused, match="还有2家企业"):
        remove_node(node, **TOLD, on=date(2026, 3, 1))
    remove_node(node, **TOLD, on=LATER)
    assert not nodes_on(LATER).exists()
    assert nodes_on(date(2026, 3, 1)).get() == node
    assert make_node(chain, "示例电芯") != node, "its name is free again"
    with pytest.raises(Refused, match="已于2026-03-02删除"):
        remove_node(node, **TOLD, on=LATER)
    assert list(faults()) == []


def test_a_refusal_names_no_firm_that_the_reader_may_not_see(node: ChainNode) -> None:
    for letter in "甲乙":
        join_chain(node, make_firm(f"示例{letter}企业"), role="ordinary", **TOLD, on=ON)
    seen = Enterprise.objects.filter(name="示例甲企业")
    with pytest.raises(Refused, match="还有2家企业：示例甲企业等。") as refusal:
        remove_node(node, **TOLD, on=LATER, nameable=seen)
    assert "示例乙企业" not in str(refusal.value)
    with pytest.raises(Refused, match="还有2家企业：您无权查看名称。"):
        remove_node(node, **TOLD, on=LATER, nameable=Enterprise.objects.none())


def test_a_node_with_nodes_below_stays(chain: Chain, node: ChainNode) -> None:
    low = make_node(chain, "示例下级", parent=node)
    with pytest.raises(Refused, match="下面还有环节：示例下级"):
        remove_node(node, **TOLD, on=LATER)
    remove_node(low, **TOLD, on=LATER)
    remove_node(node, **TOLD, on=LATER)


# ---- firms --------------------------------------------------------------------------------------------------------


def test_a_firm_may_stand_on_several_nodes_but_once_on_each(chain: Chain, node: ChainNode) -> None:
    firm, other = make_firm("示例甲企业"), make_node(chain, "示例模组")
    join_chain(node, firm, role="key", **TOLD, on=ON)
    join_chain(other, firm, role="ordinary", **TOLD, on=ON)
    with pytest.raises(Refused, match="“示例甲企业”已经在“示例电芯”环节"):
        join_chain(node, firm, role="ordinary", **TOLD, on=LATER)
    assert members_on(LATER).count() == 2


def test_a_firm_that_left_may_come_back_on_the_same_day_in_another_role(node: ChainNode) -> None:
    firm = make_firm("示例甲企业")
    first = join_chain(node, firm, role="ordinary", **TOLD, on=ON)
    leave_chain(first, **TOLD, on=LATER, reason="示例")
    second = join_chain(node, firm, role="key", **TOLD, on=LATER)
    assert [member.role for member in members_on(date(2026, 3, 1))] == ["ordinary"]
    assert [member.role for member in members_on(LATER)] == ["key"]
    assert verbs("chain_member", first.pk) == ["join", "leave"]
    assert verbs("chain_member", second.pk) == ["join"]
    with pytest.raises(Refused, match="已于2026-03-02退链"):
        leave_chain(first, **TOLD, on=LATER)
    with pytest.raises(Refused, match="不能早于入链日期"):
        leave_chain(second, **TOLD, on=ON)


def test_a_firm_does_not_come_before_it_left(node: ChainNode) -> None:
    firm = make_firm("示例甲企业")
    leave_chain(join_chain(node, firm, role="ordinary", **TOLD, on=ON), **TOLD, on=LATER)
    with pytest.raises(Refused, match="已经在"):
        join_chain(node, firm, role="ordinary", **TOLD, on=date(2026, 2, 1))


def test_a_firm_does_not_come_before_the_node_was_there(chain: Chain) -> None:
    late = add_node(chain, NewNode("示例晚", "upstream"), **TOLD, on=LATER)
    with pytest.raises(Refused, match="不能早于环节设立的2026-03-02"):
        join_chain(late, make_firm("示例甲企业"), role="ordinary", **TOLD, on=ON)


def test_many_firms_join_with_few_queries_and_whole_chains_of_changes(
    chain: Chain, node: ChainNode, django_assert_max_num_queries: object
) -> None:
    joinings = [Joining(node, make_firm(f"示例企业{number}"), "ordinary") for number in range(60)]
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        join_chain_many(joinings, **TOLD, on=ON)
    assert ChainMember.objects.count() == 60
    assert list(faults()) == []


def test_a_firms_places_go_along_when_it_turns_out_to_be_a_double(chain: Chain, node: ChainNode) -> None:
    other = make_node(chain, "示例模组")
    firm, double = make_firm("示例甲企业"), make_firm("示例甲企业（重复）")
    join_chain(node, firm, role="key", **TOLD, on=ON)
    doubled = join_chain(node, double, role="ordinary", **TOLD, on=ON)
    alone = join_chain(other, double, role="ordinary", **TOLD, on=ON)
    merge_enterprises(firm, double, reason="示例", actor=SYSTEM, on=LATER, now=NOW)
    alone.refresh_from_db()
    assert alone.enterprise == firm
    assert doubled.pk not in set(members_on(LATER).values_list("pk", flat=True)), "it stands there once"
    assert members_on(LATER).count() == 2
    assert list(faults()) == []
