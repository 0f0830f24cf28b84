"""The shape of a chain, without a database."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from wutong.registers.chains.shape import below, gaps, in_tree_order


@dataclass(frozen=True)
class Node:
    pk: int
    parent_id: int | None = None
    order: int = 0


@st.composite
def forests(draw: st.DrawFn) -> list[Node]:
    """Nodes whose parents have smaller keys, in any order."""
    count = draw(st.integers(0, 12))
    nodes = [
        Node(pk, draw(st.sampled_from([None, *range(1, pk)])), draw(st.integers(0, 3)))
        for pk in range(1, count + 1)
    ]
    return draw(st.permutations(nodes))


def test_nodes_stand_after_the_one_above_them_and_in_their_order() -> None:
    nodes = [Node(1, order=2), Node(2, order=1), Node(3, 1, order=2), Node(4, 1, order=1), Node(5, 4)]
    assert [(node.pk, depth) for node, depth in in_tree_order(nodes)] == [
        (2, 0),
        (1, 0),
        (4, 1),
        (5, 2),
        (3, 1),
    ]


def test_a_node_whose_parent_is_gone_stands_at_the_top() -> None:
    assert [(node.pk, depth) for node, depth in in_tree_order([Node(7, 99)])] == [(7, 0)]


@given(nodes=forests())
def test_every_node_is_drawn_once_below_its_parent(nodes: list[Node]) -> None:
    drawn = in_tree_order(nodes)
    depth_of = {node.pk: depth for node, depth in drawn}
    assert sorted(depth_of) == sorted(node.pk for node in nodes) and len(drawn) == len(nodes)
    place = {node.pk: index for index, (node, _depth) in enumerate(drawn)}
    for node in nodes:
        if node.parent_id is not None:
            assert depth_of[node.pk] == depth_of[node.parent_id] + 1
            assert place[node.pk] > place[node.parent_id]


def test_a_node_without_firms_and_without_nodes_below_is_a_gap() -> None:
    nodes = [Node(1), Node(2, 1), Node(3, 1), Node(4)]
    assert gaps(nodes, {2: 3}) == {3, 4}
    assert gaps(nodes, {1: 1, 2: 3, 3: 1, 4: 1}) == set()
    assert gaps([], {}) == set()


@given(nodes=forests(), pk=st.integers(1, 12))
def test_what_lies_below_a_node_is_a_whole_branch(nodes: list[Node], pk: int) -> None:
    branch = below(nodes, pk)
    assert pk in branch
    assert all((node.pk in branch) == (node.pk == pk or node.parent_id in branch) for node in nodes)


def test_a_circle_is_walked_once() -> None:
    assert below([Node(1, 2), Node(2, 1)], 1) == {1, 2}
