"""A declaration that cannot work never starts, and every declaration can be drawn."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from wutong.cases.diagram import diagram_rows, draw_procedure
from wutong.cases.procedures import (
    BACK,
    ClockEffect,
    Procedure,
    RoleDef,
    State,
    Transition,
    Who,
    faults_of_procedure,
)
from wutong.cases.registry import CaseType, all_types, register
from wutong.cases.testing import ERRAND, Errand

HOST = Who(roles=("host",))
SIMPLE = Procedure(
    case_type="simple",
    version=1,
    label="简单",
    number_prefix="JD",
    states=(State("open", "在办"), State("closed", "办结", kind="closed")),
    transitions=(Transition("close", "办结", ("open",), "closed", HOST),),
    opens_in=("open",),
    may_open=Who(right="simple.open"),
)


def with_transition(**values: object) -> Procedure:
    given = {"verb": "more", "label": "另办", "source": ("open",), "target": "closed", "who": HOST, **values}
    return replace(SIMPLE, transitions=(*SIMPLE.transitions, Transition(**given)))  # type: ignore[arg-type]


def test_a_sound_declaration_has_no_fault() -> None:
    assert faults_of_procedure(SIMPLE) == []
    assert faults_of_procedure(ERRAND) == []


@pytest.mark.parametrize(
    ("procedure", "fault"),
    [
        (with_transition(target="lost"), "more names the unknown state lost"),
        (with_transition(source=("lost",)), "more names the unknown state lost"),
        (with_transition(clocks=(ClockEffect("limit", "start"),)), "more names the unknown clock limit"),
        (with_transition(who=Who(roles=("boss",))), "more names the unknown role boss"),
        (with_transition(who=Who(roles=("host",), never=("boss",))), "more names the unknown role boss"),
        (with_transition(assigns=("boss",)), "more names the unknown role boss"),
        (with_transition(who=Who()), "nobody may more"),
        (with_transition(not_by_actor_of=("lost",)), "more names the unknown verb lost"),
        (with_transition(evidence=("photo",)), "more names the unknown evidence photo"),
        (with_transition(verb="close"), "verb close is declared twice"),
        (replace(SIMPLE, open_clocks=(ClockEffect("limit", "start"),)), "opening names the unknown clock limit"),
        (replace(SIMPLE, opens_in=("lost",)), "opening names the unknown state lost"),
        (replace(SIMPLE, roles=(RoleDef("boss", "领导"),)), "there is no host role"),
        (
            replace(SIMPLE, states=(*SIMPLE.states, State("island", "孤岛", kind="closed"))),
            "state island cannot be reached",
        ),
        (replace(SIMPLE, states=(*SIMPLE.states, SIMPLE.states[0])), "state open is declared twice"),
    ],
)  # fmt: skip
def test_what_cannot_work_is_named(procedure: Procedure, fault: str) -> None:
    assert fault in faults_of_procedure(procedure)


def test_a_state_that_is_never_left_is_named() -> None:
    dead = replace(
        SIMPLE,
        states=(*SIMPLE.states, State("dead", "死路")),
        transitions=(*SIMPLE.transitions, Transition("strand", "搁浅", ("open",), "dead", HOST)),
    )
    assert faults_of_procedure(dead) == ["state dead cannot be left"]


def test_a_state_aside_is_left_by_going_back() -> None:
    aside = replace(
        SIMPLE,
        states=(*SIMPLE.states, State("rest", "搁置", kind="aside")),
        transitions=(
            *SIMPLE.transitions,
            Transition("rest", "搁置", ("open",), "rest", HOST),
            Transition("resume", "恢复", ("rest",), BACK, HOST),
        ),
    )
    assert faults_of_procedure(aside) == []


def test_a_broken_declaration_is_not_registered() -> None:
    with pytest.raises(ValueError, match="simple: more names the unknown state lost"):
        register(CaseType(with_transition(target="lost"), Errand))
    assert all(kind.procedure.case_type != "simple" for kind in all_types())


def test_every_installed_procedure_is_sound() -> None:
    assert all_types()
    for kind in all_types():
        assert faults_of_procedure(kind.procedure) == []


def drawn(procedure: Procedure, current: str = "") -> ElementTree.Element:
    return ElementTree.fromstring(draw_procedure(procedure, current))


@pytest.mark.parametrize("procedure", [SIMPLE, ERRAND, *(kind.procedure for kind in all_types())])
def test_the_drawing_is_well_formed_and_names_every_state(procedure: Procedure) -> None:
    svg = drawn(procedure, procedure.states[0].code)
    assert [text.text for text in svg.iter("text")] == [str(state.label) for state in procedure.states]
    assert [box.get("class") for box in svg.iter("rect")].count("m-c1") == 1
    width, height = (float(number) for number in svg.get("viewBox", "").split()[2:])
    for box in svg.iter("rect"):
        assert 0 <= float(box.get("x", "-1")) <= width - float(box.get("width", "0"))
        assert 0 <= float(box.get("y", "-1")) <= height - float(box.get("height", "0"))
    assert all("style" not in element.attrib for element in svg.iter())


def test_labels_are_escaped() -> None:
    nasty = '</text><script>alert("1")</script> & <b>'
    procedure = replace(SIMPLE, label=f'" onload="x{nasty}', states=(State("open", nasty), SIMPLE.states[1]))
    svg = drawn(procedure)
    assert next(svg.iter("text")).text == nasty
    assert svg.get("aria-label") == procedure.label
    assert list(svg.iter("script")) == []


def test_the_table_beside_the_drawing_has_a_row_for_each_way() -> None:
    rows = [tuple(map(str, row)) for row in diagram_rows(ERRAND)]
    assert ("办理中", "申请核查", "待核查") in rows
    assert ("搁置", "恢复", "↩") in rows
    assert len(rows) == sum(item.target != "" for item in ERRAND.transitions)
