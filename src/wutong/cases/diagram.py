"""A procedure drawn from its declaration: states as boxes on one column per kind, transitions as arrows."""

from html import escape

from wutong.cases.procedures import BACK, STAY, Procedure, Text

WIDTH, BOX_WIDTH, BOX_HEIGHT, GAP = 300, 104, 30, 26
LEFT, RIGHT = 8, 188


def draw_procedure(procedure: Procedure, current: str = "") -> str:
    """SVG: the straight way runs down on the left, aside and closed states stand on the right.

    The same content stands as a table beside it (`diagram_rows`), so the drawing carries no text of its own
    beyond the names of states.
    """
    places: dict[str, tuple[int, int]] = {}
    left = [state for state in procedure.states if state.kind == "open"]
    right = [state for state in procedure.states if state.kind != "open"]
    for column, x in ((left, LEFT), (right, RIGHT)):
        for index, state in enumerate(column):
            places[state.code] = (x, 8 + index * (BOX_HEIGHT + GAP))
    height = 16 + max(len(left), len(right)) * (BOX_HEIGHT + GAP)
    parts = [
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(str(procedure.label))}">'
        '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
        'orient="auto-start-reverse"><path class="m-c3" d="M0 0L8 4L0 8z"/></marker></defs>'
    ]
    drawn: set[tuple[str, str]] = set()
    for source, target in _arrows(procedure):
        if (source, target) not in drawn:
            drawn.add((source, target))
            parts.append(_arrow(places[source], places[target]))
    for state in procedure.states:
        x, y = places[state.code]
        css = "m-c1" if state.code == current else "m-plan"
        text = "t-onfill" if state.code == current else "t-strong"
        parts.append(
            f'<rect class="{css}" x="{x}" y="{y}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="3"/>'
            f'<text class="{text}" x="{x + BOX_WIDTH / 2:g}" y="{y + 20}" text-anchor="middle">'
            f"{escape(str(state.label))}</text>"
        )
    parts.append("</svg>")
    return "".join(parts)


def _arrows(procedure: Procedure) -> list[tuple[str, str]]:
    arrows = []
    for item in procedure.transitions:
        if item.target in {STAY, BACK}:
            continue
        sources = item.source or tuple(state.code for state in procedure.states if state.kind == "open")
        arrows += [(source, item.target) for source in sources if source != item.target]
    return arrows


def _arrow(start: tuple[int, int], end: tuple[int, int]) -> str:
    (x1, y1), (x2, y2) = start, end
    if x1 == x2:
        x = x1 + BOX_WIDTH / 2
        if y2 > y1 and y2 - y1 == BOX_HEIGHT + GAP:
            path = f"M{x:g} {y1 + BOX_HEIGHT}V{y2}"
        else:
            side = x1 + BOX_WIDTH
            path = f"M{side} {y1 + 15}C{side + 34} {y1 + 15} {side + 34} {y2 + 15} {side} {y2 + 15}"
    elif x2 > x1:
        path = f"M{x1 + BOX_WIDTH} {y1 + 15}L{x2} {y2 + 15}"
    else:
        path = f"M{x1} {y1 + 15}L{x2 + BOX_WIDTH} {y2 + 15}"
    return f'<path class="l-c3" d="{path}" marker-end="url(#arrow)"/>'


def diagram_rows(procedure: Procedure) -> list[tuple[Text, Text, Text]]:
    """From, verb, to: one row per transition that leads to another state."""
    rows: list[tuple[Text, Text, Text]] = []
    for item in procedure.transitions:
        if item.target == STAY:
            continue
        sources = item.source or tuple(state.code for state in procedure.states if state.kind == "open")
        target = "↩" if item.target == BACK else procedure.state(item.target).label
        rows.append(("、".join(str(procedure.state(code).label) for code in sources), item.label, target))
    return rows
