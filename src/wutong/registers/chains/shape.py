"""The shape of a chain: nodes in the order of the drawing, and its weak spots. Knows no database."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, TypeVar


class Placed(Protocol):
    """What is asked of a node."""

    @property
    def pk(self) -> int: ...
    @property
    def parent_id(self) -> int | None: ...
    @property
    def order(self) -> int: ...


N = TypeVar("N", bound=Placed)


def in_tree_order(nodes: Iterable[N]) -> list[tuple[N, int]]:
    """Every node after the one above it, with its depth (0 at the top); neighbours by their order.

    A node whose parent is not among the nodes stands at the top.
    """
    listed = sorted(nodes, key=lambda node: (node.order, node.pk))
    known = {node.pk for node in listed}
    below: dict[int | None, list[N]] = {}
    for node in listed:
        below.setdefault(node.parent_id if node.parent_id in known else None, []).append(node)
    ordered: list[tuple[N, int]] = []
    waiting = [(node, 0) for node in reversed(below.get(None, []))]
    while waiting:
        node, depth = waiting.pop()
        ordered.append((node, depth))
        waiting += [(child, depth + 1) for child in reversed(below.get(node.pk, []))]
    return ordered


def gaps(nodes: Sequence[Placed], firms: Mapping[int, int]) -> set[int]:
    """Keys of the nodes where the chain breaks (断点、缺链): no node below them, and no firm on them.

    `firms` is the number of firms by node. A node that only gathers others is no gap: those below it are.
    """
    gathering = {node.parent_id for node in nodes}
    return {node.pk for node in nodes if node.pk not in gathering and not firms.get(node.pk)}


def below(nodes: Iterable[Placed], pk: int) -> set[int]:
    """Keys of all nodes under one, itself included."""
    children: dict[int | None, list[int]] = {}
    for node in nodes:
        children.setdefault(node.parent_id, []).append(node.pk)
    found, waiting = set(), [pk]
    while waiting:
        here = waiting.pop()
        if here not in found:
            found.add(here)
            waiting += children.get(here, [])
    return found
