"""Planned against actual nodes as one SVG drawing, worked out on the server.

A hollow diamond is the plan, a solid disc what happened, the line between them the delay: pale when the node was
reached late, red while it is still open. What happened after the data day is not shown. The same numbers stand in
a table below the drawing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from wutong.ui.formats import days_text, short_date_text
from wutong.ui.panels import Panel
from wutong.ui.tables import Text
from wutong.ui.time_axis import TEXT_SIZE, Scale, Tick, number, shortened, text_width, ticks

WIDTH = 748
TOP = 24
ROW_HEIGHT = 30
FOOT_HEIGHT = 20
RIGHT_MARGIN = 92  # room for the label of the last node
LEFT_MIN, LEFT_MAX = 96, 200
LABEL_GAP = 11
GROUND_EDGE = 6  # of the ground under a text that stands on a line


@dataclass(frozen=True)
class Node:
    """A milestone: when it was planned and when it happened; either may be unknown. `href` opens it."""

    label: Text
    planned_on: date | None
    actual_on: date | None
    href: str = ""


Standing = Literal["reached", "overdue", "ahead", "unplanned", "open"]


@dataclass(frozen=True)
class NodeRow:
    """A node with its place in the drawing. Coordinates are SVG attributes, therefore text.

    `days_late` is negative when a node was reached early and None when there is nothing to compare.
    """

    label: str
    short_label: str
    href: str
    planned_on: date | None
    actual_on: date | None
    standing: Standing
    days_late: int | None
    text: str
    sentence: str
    y: str
    text_y: str
    line_y: str
    diamond_x: str
    diamond_y: str
    diamond_centre: str
    disc_x: str
    bar_x: str
    bar_y: str
    bar_width: str
    text_x: str
    text_anchor_end: bool
    ground_x: str
    ground_width: str
    text_css: str

    @property
    def bar_css(self) -> str:
        return "m-late" if self.standing == "overdue" else "m-c2"


@dataclass(frozen=True)
class NodesChart:
    """Everything `ui/panels/nodes.html` writes into the SVG."""

    view_box: str
    right: str
    bottom: str
    ticks: Sequence[Tick]
    as_of_x: str
    as_of_text_y: str
    as_of_label: str
    rows: Sequence[NodeRow]


def days_late(node: Node, as_of: date) -> int | None:
    """Days from plan to event, or from plan to the data day while the node is open and its plan has passed."""
    if node.planned_on is None:
        return None
    actual_on = happened_on(node, as_of)
    if actual_on is not None:
        return (actual_on - node.planned_on).days
    return (as_of - node.planned_on).days if node.planned_on < as_of else None


def happened_on(node: Node, as_of: date) -> date | None:
    """The day the node was reached, if that was known on the data day."""
    return node.actual_on if node.actual_on is not None and node.actual_on <= as_of else None


def standing(node: Node, as_of: date) -> Standing:
    """How the node stands on the data day."""
    if happened_on(node, as_of):
        return "reached" if node.planned_on else "unplanned"
    if node.planned_on is None:
        return "open"
    return "overdue" if node.planned_on < as_of else "ahead"


def time_scale(nodes: Sequence[Node], as_of: date, left: float, text_size: float = TEXT_SIZE) -> Scale:
    """A scale from the first of the earliest month to the latest day, the data day always on it."""
    days = [as_of]
    for node in nodes:
        days.extend(day for day in (node.planned_on, happened_on(node, as_of)) if day)
    first = min(days).replace(day=1)
    return Scale(first, max(days), left, WIDTH - RIGHT_MARGIN * text_size / TEXT_SIZE, text_size)


def draw_nodes(nodes: Sequence[Node], as_of: date, text_size: float = TEXT_SIZE) -> NodesChart:
    """Places every node on the drawing; `text_size` in pixels is larger where it is read from afar."""
    names = (text_width(str(node.label), text_size) + 24 for node in nodes)
    left = min(max([LEFT_MIN, *names]), LEFT_MAX * text_size / TEXT_SIZE)
    scale = time_scale(nodes, as_of, left, text_size)
    bottom = TOP + ROW_HEIGHT * len(nodes) + 4
    return NodesChart(
        view_box=f"0 0 {WIDTH} {bottom + FOOT_HEIGHT}",
        right=str(WIDTH),
        bottom=str(bottom),
        ticks=ticks(scale),
        as_of_x=number(scale.x(as_of)),
        as_of_text_y=str(bottom + 14),
        as_of_label=gettext("数据日 %(day)s") % {"day": short_date_text(as_of)},
        rows=[_row(node, as_of, scale, TOP + ROW_HEIGHT * index + 15) for index, node in enumerate(nodes)],
    )


def _row(node: Node, as_of: date, scale: Scale, y: float) -> NodeRow:
    label = str(node.label)
    how = standing(node, as_of)
    late = days_late(node, as_of)
    actual_on = happened_on(node, as_of)
    text = _text(node.planned_on, actual_on, how, late)
    planned_x = scale.x(node.planned_on) if node.planned_on else None
    actual_x = scale.x(actual_on) if actual_on else None
    bar_end = scale.x(as_of) if how == "overdue" else actual_x
    bar = (
        (planned_x, bar_end - planned_x)
        if planned_x is not None and bar_end is not None and late and late > 0
        else None
    )
    mark_x = max(x for x in (planned_x, bar_end, scale.left) if x is not None)
    gap = 8 if how == "overdue" else LABEL_GAP
    at_end = mark_x + gap + text_width(text, scale.text_size) > WIDTH
    before = (bar[0] if bar else mark_x) - LABEL_GAP
    if before - text_width(text, scale.text_size) < scale.left:
        before = mark_x - gap  # no room beside the line: the text stands on it, on a ground of its own
    on_line = at_end and bar is not None and before > bar[0]
    width = text_width(text, scale.text_size)
    return NodeRow(
        label=label,
        short_label=shortened(label, scale.left - 12, scale.text_size),
        href=node.href,
        planned_on=node.planned_on,
        actual_on=actual_on,
        standing=how,
        days_late=late,
        text=text,
        sentence=_sentence(label, text, node.planned_on, how),
        y=number(y),
        text_y=number(y + 4),
        line_y=number(y + 15),
        diamond_x=_optional(planned_x, -5),
        diamond_y=number(y - 5),
        diamond_centre="" if planned_x is None else f"{number(planned_x)} {number(y)}",
        disc_x=_optional(actual_x),
        bar_x=number(bar[0]) if bar else "",
        bar_y=number(y - 1.5),
        bar_width=number(bar[1]) if bar else "",
        text_x=number(before if at_end else mark_x + gap),
        text_anchor_end=at_end,
        ground_x=number(before - width - GROUND_EDGE) if on_line else "",
        ground_width=number(width + 2 * GROUND_EDGE),
        text_css={"overdue": "t-red t-halo", "ahead": "t-dim", "open": "t-dim"}.get(how, "t-halo"),
    )


def _text(planned_on: date | None, actual_on: date | None, how: Standing, late: int | None) -> str:
    """The few words beside the mark."""
    if how == "overdue":
        return gettext("已晚%(days)s，计划%(day)s") % {"days": days_text(late), "day": _slash(planned_on)}
    if how == "ahead":
        return gettext("计划%(day)s") % {"day": _slash(planned_on)}
    if how == "open":
        return gettext("未定")
    if how == "unplanned":
        return gettext("%(day)s，无计划") % {"day": _slash(actual_on)}
    if not late:
        return gettext("%(day)s，按期") % {"day": _slash(actual_on)}
    pattern = gettext("%(day)s，晚%(days)s") if late > 0 else gettext("%(day)s，早%(days)s")
    return pattern % {"day": _slash(actual_on), "days": days_text(abs(late))}


def _sentence(label: str, text: str, planned_on: date | None, how: Standing) -> str:
    """What a screen reader says for the link: it contains the words that are seen."""
    if planned_on is None or how == "open":
        return gettext("%(label)s，%(text)s") % {"label": label, "text": text}
    return gettext("%(label)s，%(text)s；计划%(day)s") % {
        "label": label,
        "text": text,
        "day": planned_on.isoformat(),
    }


def _slash(day: date | None) -> str:
    return f"{day:%m/%d}" if day else ""


def _optional(value: float | None, offset: float = 0) -> str:
    return "" if value is None else number(value + offset)


@dataclass(frozen=True)
class NodesPanel(Panel):
    """The drawing with its table. `id` is needed when nodes have no `href`: they lead to their row of the table.
    `text_size` is what the style sheet of the page gives its words, in pixels."""

    template: ClassVar[str] = "ui/panels/nodes.html"
    nodes: Sequence[Node]
    as_of: date
    text_size: float = TEXT_SIZE

    @property
    def chart(self) -> NodesChart:
        return draw_nodes(self.nodes, self.as_of, self.text_size)

    @property
    def caption(self) -> Text:
        return _("各节点计划与实际时间")
