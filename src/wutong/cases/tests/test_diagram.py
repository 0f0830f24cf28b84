"""The drawing of a procedure: every state is a box, every step to another state is a line, nothing overlaps."""

import re
from itertools import combinations

import pytest

from wutong.cases.diagram import Drawing, diagram_rows, draw_procedure
from wutong.cases.procedures import BACK, STAY, Procedure
from wutong.cases.registry import all_types


def every_procedure() -> list[Procedure]:
    return [kind.procedure for kind in all_types()]


@pytest.fixture(params=every_procedure(), ids=lambda procedure: procedure.case_type)
def procedure(request: pytest.FixtureRequest) -> Procedure:
    found: Procedure = request.param
    return found


def boxes(svg: str) -> list[tuple[float, float, float, float]]:
    pattern = r'<rect [^>]*x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"'
    return [tuple(map(float, found)) for found in re.findall(pattern, svg)]  # type: ignore[misc]


def test_every_state_has_its_box_inside_the_drawing_and_no_two_touch(procedure: Procedure) -> None:
    drawing, drawn = Drawing(procedure), boxes(draw_procedure(procedure))
    assert len(drawn) == len(procedure.states)
    for x, y, width, height in drawn:
        assert x >= 0 and x + width <= drawing.width
        assert y >= 0 and y + height <= drawing.height
    for (ax, ay, width, height), (bx, by, _w, _h) in combinations(drawn, 2):
        assert abs(ax - bx) >= width or abs(ay - by) >= height


def test_only_the_current_state_is_filled(procedure: Procedure) -> None:
    for state in procedure.states:
        svg = draw_procedure(procedure, state.code)
        assert svg.count('class="m-c1"') == svg.count("t-onfill") == 1
        assert re.search(rf'class="t-onfill"[^>]*>{state.label}<', svg)
    assert "t-onfill" not in draw_procedure(procedure)


def test_every_step_to_another_state_has_its_line(procedure: Procedure) -> None:
    drawing = Drawing(procedure)
    pairs = {(source, target) for target, sources in drawing.arrows.items() for source in sources}
    collected = {
        target for source, target in pairs if source in drawing.order and target not in drawing.order
    }
    # A state off the way that is reached from the way has one more line: the one that carries the arrow's head.
    between = {pair for pair in pairs if pair[0] not in drawing.order and pair[1] not in drawing.order}
    assert len(drawing.lines()) == len(pairs) + len(collected)
    assert sum(has_head for _path, has_head in drawing.lines()) == len(
        {pair for pair in pairs if pair[1] in drawing.order}
    ) + len(collected) + len(between)


def test_the_table_beside_it_names_every_step(procedure: Procedure) -> None:
    steps = [item for item in procedure.transitions if item.target != STAY]
    rows = diagram_rows(procedure)
    assert [str(verb) for _from, verb, _to in rows] == [str(item.label) for item in steps]
    for (_from, _verb, to), item in zip(rows, steps, strict=True):
        assert to == "↩" if item.target == BACK else str(to) == str(procedure.state(item.target).label)
