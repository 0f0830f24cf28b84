"""A procedure drawn from its declaration: the way in one row, what leads off it in a row below, steps as arrows.

Four kinds of arrows keep the drawing legible: straight ones along the way, brackets above it (steps that skip a state
or lead back), below it one collecting line per state that can be reached from several others, and brackets below the
row of what leads off (steps from one such state to another).
"""

from html import escape

from wutong.cases.procedures import BACK, STAY, Procedure, State, Text, main_states

BOX_HEIGHT, GAP, MARGIN = 32, 18, 4
BOX_MIN, LETTER = 72, 13
LANE, FIRST_LANE = 12, 14
"""Distance between lines that run beside each other, and of the first one from the boxes."""
MARKER = (
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" '
    'orient="auto"><path class="m-c3" d="M0 0L8 4L0 8z"/></marker></defs>'
)
Arrows = dict[str, list[str]]
"""Sources by target, without steps that stay where they are."""
Line = tuple[str, bool]
"""The path of a line, and whether it ends in an arrow's head."""


class Drawing:
    """Where the boxes stand, and the lines between them."""

    def __init__(self, procedure: Procedure) -> None:
        self.way = main_states(procedure)
        self.aside = [state for state in procedure.states if state not in self.way]
        longest = max(len(str(state.label)) for state in procedure.states)
        self.box_width = max(BOX_MIN, longest * LETTER + 12)
        self.order = {state.code: index for index, state in enumerate(self.way)}
        self.arrows = _arrows(procedure)
        self.above = [
            (source, target)
            for target, sources in self.arrows.items()
            for source in sources
            if source in self.order and target in self.order and self.order[target] != self.order[source] + 1
        ]
        self.above.sort(key=lambda pair: abs(self.order[pair[0]] - self.order[pair[1]]))
        self.top = MARGIN + (FIRST_LANE + LANE * len(self.above) if self.above else 0)
        self.bottom = self.top + BOX_HEIGHT
        below = [state for state in self.aside if self._sources_on_way(state.code)]
        self.lower = self.bottom + FIRST_LANE + LANE * len(below) + 12
        self.width = 2 * MARGIN + len(self.way) * self.box_width + (len(self.way) - 1) * GAP
        off = {state.code for state in self.aside}
        self.below = [
            (source, target)
            for target, sources in self.arrows.items()
            for source in sources
            if source in off and target in off
        ]
        self.height = (self.lower + BOX_HEIGHT if self.aside else self.bottom) + MARGIN
        if self.below:
            self.height += FIRST_LANE + LANE * (len(self.below) - 1)

    def place(self, code: str) -> tuple[float, float]:
        """The upper left corner of a state's box."""
        step = self.box_width + GAP
        if code in self.order:
            return MARGIN + self.order[code] * step, self.top
        index = [state.code for state in self.aside].index(code)
        return self.width - MARGIN - self.box_width - (len(self.aside) - 1 - index) * step, self.lower

    def middle(self, code: str) -> float:
        return self.place(code)[0] + self.box_width / 2

    def lines(self) -> list[Line]:
        heads = [*self._along(), *self._brackets(), *self._back_from_aside(), *self._between()]
        return [*((path, True) for path in heads), *self._collecting()]

    def _along(self) -> list[str]:
        y = self.top + BOX_HEIGHT / 2
        return [
            f"M{self.place(source)[0] + self.box_width:g} {y:g}H{self.place(target)[0]:g}"
            for target, sources in self.arrows.items()
            for source in sources
            if target in self.order and self.order.get(source, -2) + 1 == self.order[target]
        ]

    def _brackets(self) -> list[str]:
        lines = []
        for lane, (source, target) in enumerate(self.above):
            y = self.top - FIRST_LANE - lane * LANE
            start, end = self.middle(source) + 8 + 4 * lane, self.middle(target) - 8 - 4 * lane
            lines.append(f"M{start:g} {self.top:g}V{y:g}H{end:g}V{self.top:g}")
        return lines

    def _back_from_aside(self) -> list[str]:
        y = self.lower + BOX_HEIGHT / 2
        return [
            f"M{self.place(source)[0]:g} {y:g}H{self.middle(target) - 14:g}V{self.bottom:g}"
            for target, sources in self.arrows.items()
            for source in sources
            if target in self.order and source not in self.order
        ]

    def _between(self) -> list[str]:
        bottom = self.lower + BOX_HEIGHT
        lines = []
        for lane, (source, target) in enumerate(self.below):
            y = bottom + FIRST_LANE + lane * LANE
            start, end = self.middle(source) + 8 + 4 * lane, self.middle(target) - 8 - 4 * lane
            lines.append(f"M{start:g} {bottom:g}V{y:g}H{end:g}V{bottom:g}")
        return lines

    def _collecting(self) -> list[Line]:
        lines: list[Line] = []
        lane = 0
        for state in self.aside:
            sources = self._sources_on_way(state.code)
            if not sources:
                continue
            y = self.bottom + FIRST_LANE + lane * LANE
            shift = (lane - 0.5) * 14 if len(sources) > 1 else 0
            starts = [self.middle(code) + shift for code in sources]
            end = self.middle(state.code)
            lines += [(f"M{start:g} {self.bottom:g}V{y:g}H{end:g}", False) for start in starts]
            lines.append((f"M{end:g} {y:g}V{self.lower:g}", True))
            lane += 1
        return lines

    def _sources_on_way(self, target: str) -> list[str]:
        return [source for source in self.arrows.get(target, ()) if source in self.order]


def draw_procedure(procedure: Procedure, current: str = "") -> str:
    """The drawing as SVG with the current state filled.

    The same content stands as a table beside it (`diagram_rows`), so the drawing carries no text of its own
    beyond the names of states.
    """
    drawing = Drawing(procedure)
    parts = [
        f'<svg viewBox="0 0 {drawing.width} {drawing.height}" width="{drawing.width}" height="{drawing.height}" '
        f'role="img" aria-label="{escape(str(procedure.label))}">{MARKER}'
    ]
    for path, has_head in drawing.lines():
        head = ' marker-end="url(#arrow)"' if has_head else ""
        parts.append(f'<path class="l-c3" d="{path}"{head}/>')
    parts += [_box(drawing, state, state.code == current) for state in procedure.states]
    parts.append("</svg>")
    return "".join(parts)


def _box(drawing: Drawing, state: State, is_current: bool) -> str:
    x, y = drawing.place(state.code)
    box, text = ("m-c1", "t-onfill") if is_current else ("m-plan", "t-strong")
    return (
        f'<rect class="{box}" x="{x:g}" y="{y:g}" width="{drawing.box_width}" height="{BOX_HEIGHT}" rx="3"/>'
        f'<text class="{text}" x="{x + drawing.box_width / 2:g}" y="{y + 20.5:g}" text-anchor="middle">'
        f"{escape(str(state.label))}</text>"
    )


def _arrows(procedure: Procedure) -> Arrows:
    arrows: Arrows = {}
    for item in procedure.transitions:
        if item.target in {STAY, BACK}:
            continue
        sources = arrows.setdefault(item.target, [])
        for code in _sources(procedure, item.source):
            if code != item.target and code not in sources:
                sources.append(code)
    return arrows


def _sources(procedure: Procedure, named: tuple[str, ...]) -> tuple[str, ...]:
    """A step that names no state can be taken from every open one."""
    return named or tuple(state.code for state in procedure.states if state.kind == "open")


def diagram_rows(procedure: Procedure) -> list[tuple[Text, Text, Text]]:
    """From, verb, to: one row per transition that leads to another state."""
    rows: list[tuple[Text, Text, Text]] = []
    for item in procedure.transitions:
        if item.target == STAY:
            continue
        sources = _sources(procedure, item.source)
        target = "↩" if item.target == BACK else procedure.state(item.target).label
        rows.append(("、".join(str(procedure.state(code).label) for code in sources), item.label, target))
    return rows
