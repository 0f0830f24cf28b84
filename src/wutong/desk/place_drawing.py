"""A place with its neighbours and the places inside it as one SVG drawing: shapes only."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import shapely
from django.utils.translation import gettext as _

from wutong.ui.map_drawing import WIDTH, path_of, scale_of

MOST_LABELS = 30
LETTER, LINE = 12.0, 16.0
SPARE = 8.0


@dataclass(frozen=True)
class DrawnPlace:
    """A shape in degrees with the name it bears; `href` opens it."""

    name: str
    shape: Any
    href: str = ""


def draw_place(own: DrawnPlace, inside: Sequence[DrawnPlace], beside: Sequence[DrawnPlace]) -> str:
    """The SVG as text; names are escaped. What lies beside is cut off at the edge."""
    scale = scale_of(own.shape)
    flat_own = scale.flat(own.shape)
    # A little more than what is seen, so that the cut itself is not.
    frame = shapely.box(-SPARE, -SPARE, WIDTH + SPARE, scale.height + SPARE)
    parts = []
    for place in beside:
        shape = shapely.intersection(scale.flat(place.shape), frame)
        if not shapely.is_empty(shape):
            parts.append(_linked(place, f'<path class="m-plan" fill-opacity="0" d="{path_of(shape)}"/>'))
    parts.append(
        f'<path class="m-c2" fill-opacity="0.22" fill-rule="evenodd" d="{path_of(flat_own)}"/>'
        f'<path class="l-c1" d="{path_of(flat_own)}"><title>{escape(own.name)}</title></path>'
    )
    flat_inside = [(place, scale.flat(place.shape)) for place in inside]
    for place, shape in flat_inside:
        parts.append(
            _linked(
                place, f'<path class="m-plan" fill-opacity="0" stroke-dasharray="5 2" d="{path_of(shape)}"/>'
            )
        )
    labelled = flat_inside or [(own, flat_own)]
    if len(labelled) <= MOST_LABELS:
        parts += _labels([(place.name, shape) for place, shape in labelled])
    title = _("“%(name)s”的边界图") % {"name": own.name}
    return (
        f'<svg viewBox="0 0 {WIDTH:g} {scale.height:g}" width="{WIDTH:g}" height="{scale.height:g}" role="group" '
        f'aria-label="{escape(title)}"><title>{escape(title)}</title>{"".join(parts)}</svg>'
    )


def _linked(place: DrawnPlace, path: str) -> str:
    named = path.replace("/>", f"><title>{escape(place.name)}</title></path>")
    if not place.href:
        return named
    return f'<a href="{escape(place.href)}" aria-label="{escape(place.name)}">{named}</a>'


def _labels(named: Sequence[tuple[str, Any]]) -> list[str]:
    """Names in their shapes, where there is room; what would cover another name moves down a line."""
    texts: list[str] = []
    taken: list[tuple[float, float, float]] = []
    for name, shape in named:
        point, (west, _south, east, _north) = shape.representative_point(), shapely.bounds(shape)
        wide = len(name) * LETTER
        if wide > (east - west) * 1.3:
            continue
        y = point.y + 4
        while any(abs(x - point.x) < (wide + other) / 2 and abs(line - y) < LINE for x, line, other in taken):
            y += LINE
        taken.append((point.x, y, wide))
        texts.append(
            f'<text class="t-halo" x="{point.x:.1f}" y="{y:.1f}" text-anchor="middle" '
            f'aria-hidden="true" pointer-events="none">{escape(name)}</text>'
        )
    return texts
