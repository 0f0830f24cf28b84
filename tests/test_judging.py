"""The condition that is put together once finds what the plain policy finds, wherever it stands in a query."""

from collections.abc import Iterator

import pytest
from django.db.models import Exists, OuterRef

from tests.secret_world import World, make_world
from wutong.cases.models import Case, Clock
from wutong.ledgerkit import judging
from wutong.ledgerkit.policy import _visible_cases, of_visible_case, visible_cases
from wutong.registers.organisation.actors import Actor, actor_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> Iterator[World]:
    judging.forget()
    yield make_world()
    judging.forget()


def actors(world: World) -> Iterator[tuple[str, Actor]]:
    for code, account in world.zone.accounts.items():
        yield code, actor_of(account, world.zone.today)
    for official in (world.zone.host, world.zone.verifier, world.zone.leader):
        if official.account is not None:
            yield official.name, actor_of(official.account, world.zone.today)


def test_everybody_sees_the_cases_of_the_plain_policy(world: World) -> None:
    seen = set()
    for who, actor in actors(world):
        plain = set(_visible_cases(actor).values_list("pk", flat=True))
        for _time in range(2):
            assert set(visible_cases(actor).values_list("pk", flat=True)) == plain, who
        seen.add(frozenset(plain))
    assert len(seen) > 3, "the people of the world see different cases"


def test_it_judges_the_case_of_the_query_it_stands_in(world: World) -> None:
    for who, actor in actors(world):
        plain = set(_visible_cases(actor).values_list("pk", flat=True))
        clocks = Clock.objects.filter(of_visible_case(actor))
        assert set(clocks.values_list("case", flat=True)) <= plain, who
        assert set(Clock.objects.exclude(of_visible_case(actor)).values_list("case", flat=True)).isdisjoint(
            plain
        )
        parents = Case.objects.filter(Exists(visible_cases(actor).filter(pk=OuterRef("parent_id"))))
        assert set(parents.values_list("parent", flat=True)) <= plain, who
        both = (
            visible_cases(actor).filter(state="working").union(visible_cases(actor).exclude(state="working"))
        )
        assert {case.pk for case in both} == plain, who
        assert set(Case.objects.filter(pk__in=visible_cases(actor)).values_list("pk", flat=True)) == plain, (
            who
        )


def test_a_second_page_of_the_same_person_puts_nothing_together(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = world.zone.accounts["clerk"]
    expected = set(visible_cases(actor_of(account, world.zone.today)))

    def again(_actor: Actor) -> None:
        raise AssertionError("put together again")

    monkeypatch.setattr("wutong.ledgerkit.policy._visible_cases", again)
    assert set(visible_cases(actor_of(account, world.zone.today))) == expected
