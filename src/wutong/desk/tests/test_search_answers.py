"""Five hundred questions of all kinds have their answer among the first five, a hundred hopeless ones have none, and
nobody is answered with what he may not see."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from wutong.cases.act import act_many
from wutong.cases.models import Case
from wutong.cases.steps import Holder, NewCase, Step
from wutong.desk.search import search_hits
from wutong.desk.tests.search_questions import Question, World, hopeless, planned_world, questions
from wutong.ledgerkit.policy import visible_cases
from wutong.ledgerkit.testing import Zone, account_with, make_zone
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.enterprises.services import NewEnterprise, register_enterprises
from wutong.registers.organisation.actors import SYSTEM, Actor, actor_of
from wutong.registers.organisation.models import Official, Unit
from wutong.registers.organisation.services import appoint_official, open_unit

pytestmark = pytest.mark.django_db
UNITS = 6


@dataclass(frozen=True)
class Told:
    """The world as it was written, with its keys in the order of the plan."""

    zone: Zone
    world: World
    keys: dict[str, list[int]]
    numbers: list[str]
    units: list[Unit]


@pytest.fixture(scope="module")
def told(django_db_setup: None, django_db_blocker: Any) -> Iterator[Told]:
    """Written once for all questions, and taken back at the end."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        yield _written()
        transaction.set_rollback(True)


def _written() -> Told:
    zone = make_zone()
    world = planned_world(firms=400, matters=500, units=UNITS)
    on, now = zone.today, zone.now
    units = [
        open_unit(
            code=f"q{number}",
            name=f"示例{number}处",
            kind="department",
            parent=zone.root,
            actor=None,
            on=on,
            now=now,
        )
        for number in range(UNITS)
    ]
    new = [NewEnterprise(firm.name, firm.code, (firm.former,) if firm.former else ()) for firm in world.firms]
    firms = register_enterprises(new, actor=None, on=on, now=now)
    people = [
        appoint_official(
            staff_no=f"Q{number}",
            name=name,
            unit=units[0],
            post="",
            phone="",
            account=None,
            actor=None,
            on=on,
            now=now,
        )
        for number, name in enumerate(world.people)
    ]
    steps = [
        Step(
            NewCase(
                "supervision_order",
                title=matter.title,
                state="issued",
                detail={"matter": matter.title, "demand": "示例"},
                number=f"DB{on.year}-{number + 1000:05d}",
            ),
            "open",
            on,
            holders=[Holder("host", units[matter.unit])],
        )
        for number, matter in enumerate(world.matters)
    ]
    cases = [done.case for done in act_many(steps, actor=SYSTEM, now=now)]
    keys = {
        "enterprise": [firm.pk for firm in firms],
        "case": [case.pk for case in cases],
        "official": [person.pk for person in people],
    }
    return Told(zone, world, keys, [case.number for case in cases], units)


def actor_with(told: Told, unit: Unit, *rights: str) -> Actor:
    name = f"asks{Official.objects.count()}"
    return actor_of(account_with(name, unit, told.zone.now, *rights), told.zone.today)


def answers(actor: Actor, text: str, limit: int = 5) -> list[tuple[str, int]]:
    return [(hit.kind, hit.target_id) for hit in search_hits(actor, text, limit)]


def test_five_hundred_questions_of_all_kinds_are_answered_among_the_first_five(told: Told) -> None:
    actor = actor_with(told, told.units[0], "supervision.see_all", "project_push.see_all")
    asked = questions(told.world, told.numbers)
    assert len(asked) == 500
    missed = [item for item in asked if _key(told, item) not in answers(actor, item.text)]
    assert missed == []
    assert len({item.kind for item in asked}) == 16


def _key(told: Told, question: Question) -> tuple[str, int]:
    assert question.answer is not None
    kind, index = question.answer
    return kind, told.keys[kind][index]


def test_a_hundred_hopeless_questions_have_no_answer(told: Told) -> None:
    actor = actor_with(told, told.units[0], "supervision.see_all", "project_push.see_all")
    asked = list(hopeless(told.world))
    assert len(asked) == 100
    assert [item.text for item in asked if answers(actor, item.text)] == []


def test_who_sees_one_unit_is_answered_with_its_cases_and_no_other(told: Told) -> None:
    actor = actor_with(told, told.units[2])
    mine = set(visible_cases(actor).values_list("pk", flat=True))
    assert mine == {
        key for key, matter in zip(told.keys["case"], told.world.matters, strict=True) if matter.unit == 2
    }
    for item in questions(told.world, told.numbers):
        found = answers(actor, item.text, limit=20)
        assert {key for kind, key in found if kind == "case"} <= mine, item
        if item.answer is not None and (item.answer[0] != "case" or _key(told, item)[1] in mine):
            assert _key(told, item) in found[:5], item


def test_the_same_word_in_every_title_still_finds_the_own_cases(told: Told) -> None:
    actor = actor_with(told, told.units[3])
    found = answers(actor, "办理", limit=20)
    assert len(found) == 20
    assert {Case.objects.get(pk=key).host_unit_id for kind, key in found if kind == "case"} == {
        told.units[3].pk
    }


def test_a_firm_that_is_not_disclosed_answers_nobody(told: Told) -> None:
    actor = actor_with(told, told.units[0], "supervision.see_all", "project_push.see_all")
    hidden = register_enterprises(
        [NewEnterprise("示例未公开储能公司", is_disclosed=False)],
        actor=None,
        on=told.zone.today,
        now=told.zone.now,
    )[0]
    for text in ("未公开储能", "wgkcn", "slwgkcngs"):
        assert ("enterprise", hidden.pk) not in answers(actor, text, limit=20)
    Enterprise.objects.filter(pk=hidden.pk).update(is_disclosed=True)
    assert ("enterprise", hidden.pk) in answers(actor, "未公开储能", limit=20)
