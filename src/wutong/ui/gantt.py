"""Many things over time as one SVG drawing: planned stretch hollow, actual stretch solid, lateness red.

A Gantt drawing of one page of rows; the same days stand in the table below it. What happens after the data day is not
shown as actual.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import ClassVar

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from wutong.ui.formats import days_text, short_date_text
from wutong.ui.map_drawing import MARKS
from wutong.ui.panels import Panel
from wutong.ui.tables import LampColour, Text
from wutong.ui.time_axis import Scale, number, shortened, ticks

WIDTH, LEFT, RIGHT = 1120, 250, 1096
TOP, ROW_HEIGHT, FOOT = 28, 34, 24


@dataclass(frozen=True)
class Mark:
    """A node of a row: a hollow diamond where it is planned, a disc where it was reached."""

    label: Text
    planned_on: date | None
    actual_on: date | None


@dataclass(frozen=True)
class GanttRow:
    """One thing. `begun_on` to `ended_on` is what happened (`ended_on` None: it goes on), `planned_from` to `planned_to`
    what was planned; `marks` are its nodes."""

    label: str
    href: str
    lamp: LampColour
    begun_on: date | None
    ended_on: date | None
    planned_from: date | None
    planned_to: date | None
    marks: Sequence[Mark] = ()

    def days_late(self, as_of: date) -> int:
        """Days from the planned end to the end, or to the data day while it goes on; 0 without a plan or in time."""
        if self.planned_to is None:
            return 0
        end = self.ended_on if self.ended_on and self.ended_on <= as_of else as_of
        return max(0, (end - self.planned_to).days)


@dataclass(frozen=True)
class GanttPanel(Panel):
    """The drawing with its table."""

    template: ClassVar[str] = "ui/panels/gantt.html"
    rows: Sequence[GanttRow]
    as_of: date

    @property
    def svg(self) -> SafeString:
        return mark_safe(draw_gantt(self.rows, self.as_of))  # noqa: S308

    @property
    def late(self) -> list[tuple[GanttRow, int]]:
        return [(row, row.days_late(self.as_of)) for row in self.rows]


def draw_gantt(rows: Sequence[GanttRow], as_of: date) -> str:
    """The SVG as text; labels are escaped."""
    scale = _scale(rows, as_of)
    bottom = TOP + ROW_HEIGHT * len(rows)
    parts = []
    for tick in ticks(scale):
        parts.append(
            f'<line class="g-grid" x1="{tick.x}" x2="{tick.x}" y1="{TOP - 6}" y2="{bottom}"/>'
            f'<text class="t-dim" x="{tick.text_x}" y="16">{escape(tick.label)}</text>'
        )
    for index, row in enumerate(rows):
        parts += _row(row, TOP + ROW_HEIGHT * index + ROW_HEIGHT / 2, scale, as_of)
    x = number(scale.x(as_of))
    said = _("数据日 %(day)s") % {"day": short_date_text(as_of)}
    parts.append(f'<line class="g-now" x1="{x}" x2="{x}" y1="{TOP - 6}" y2="{bottom}"/>')
    parts.append(
        f'<text class="t-strong" x="{x}" y="{bottom + 16}" text-anchor="middle">{escape(said)}</text>'
    )
    title = escape(_("项目计划与实际时间，同样的日子见下方表格"))
    return (
        f'<svg viewBox="0 0 {WIDTH} {bottom + FOOT}" role="group" aria-label="{title}">{"".join(parts)}</svg>'
    )


def _scale(rows: Sequence[GanttRow], as_of: date) -> Scale:
    days = [as_of]
    for row in rows:
        days += [day for day in (row.begun_on, row.ended_on, row.planned_from, row.planned_to) if day]
        days += [day for mark in row.marks for day in (mark.planned_on, mark.actual_on) if day]
    return Scale(min(days).replace(day=1), max(days), LEFT, RIGHT)


def _row(row: GanttRow, y: float, scale: Scale, as_of: date) -> list[str]:
    parts = [
        f'<line class="g-grid" x1="0" x2="{WIDTH}" y1="{number(y + ROW_HEIGHT / 2)}" y2="{number(y + ROW_HEIGHT / 2)}"/>'
    ]
    if row.planned_from and row.planned_to and row.planned_to > row.planned_from:
        parts.append(_bar("m-plan", scale.x(row.planned_from), scale.x(row.planned_to), y - 10, 8))
    end = row.ended_on if row.ended_on and row.ended_on <= as_of else as_of
    if row.begun_on and row.begun_on <= as_of:
        parts.append(_bar("m-c1", scale.x(row.begun_on), scale.x(end), y + 1, 8))
    late = row.days_late(as_of)
    if late and row.planned_to:
        parts.append(_bar("m-late", scale.x(row.planned_to), scale.x(end), y + 11, 3))
    for mark in row.marks:
        if mark.planned_on:
            x = scale.x(mark.planned_on)
            title = escape(_("%(node)s计划%(day)s") % {"node": mark.label, "day": mark.planned_on})
            parts.append(
                f'<path class="m-plan" d="M{x:.1f} {y - 12:.1f}l6 6l-6 6l-6 -6z"><title>{title}</title></path>'
            )
        if mark.actual_on and mark.actual_on <= as_of:
            title = escape(_("%(node)s%(day)s完成") % {"node": mark.label, "day": mark.actual_on})
            parts.append(
                f'<circle class="k-node" cx="{number(scale.x(mark.actual_on))}" cy="{number(y + 5)}" r="5">'
                f"<title>{title}</title></circle>"
            )
    lamp = MARKS.get(row.lamp, MARKS["grey"]).format(x=9, y=y, l=4, t=y - 5, r=10.5)
    words = _("%(name)s，晚%(days)s") % {"name": row.label, "days": days_text(late)} if late else row.label
    parts.append(
        f'{lamp}<a href="{escape(row.href)}" aria-label="{escape(words)}"><title>{escape(words)}</title>'
        f'<rect fill="transparent" x="0" y="{number(y - ROW_HEIGHT / 2)}" width="{LEFT - 8}" height="{ROW_HEIGHT}"/>'
        f'<text x="22" y="{number(y + 4)}">{escape(shortened(row.label, LEFT - 40))}</text></a>'
    )
    return parts


def _bar(css: str, left: float, right: float, top: float, height: float) -> str:
    return f'<rect class="{css}" x="{number(left)}" y="{number(top)}" width="{number(max(right - left, 1))}" height="{number(height)}"/>'
