"""Two people at the same moment: one writes, the other is told; numbers have no gaps; nobody is thrown out.

On PostgreSQL the threads meet in the test database; on SQLite in a database file of their own, with the locking of
the product (every transaction begins IMMEDIATE).
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from wutong.base.errors import Conflict
from wutong.cases.act import Done
from wutong.cases.models import Case, Change, NumberCounter
from wutong.cases.testing import Zone, do, errand, errands, make_zone
from wutong.cases.tests.at_once import meeting_place, together
from wutong.cases.verify import faults

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def zone(transactional_db: None, tmp_path: Path) -> Iterator[Zone]:
    with meeting_place(tmp_path), errands():
        yield make_zone()


def test_of_two_people_on_one_case_one_writes_and_the_other_is_told(zone: Zone) -> None:
    case = errand(zone)
    for round_number in range(5):
        seen = Case.objects.get(pk=case.pk).last_seq
        results = together(
            lambda seen=seen: do(case, "note", zone.host, data={"words": "甲"}, expected_seq=seen),  # type: ignore[misc]
            lambda seen=seen: do(case, "note", zone.leader, data={"words": "丙"}, expected_seq=seen),  # type: ignore[misc]
        )
        winners = [item for item in results if isinstance(item, Done)]
        losers = [item for item in results if isinstance(item, Conflict)]
        assert (len(winners), len(losers)) == (1, 1), results
        winner = winners[0].change.actor
        assert winner is not None
        assert [words.partition("于")[0] for words in losers[0].changes] == [winner.display_name]
        assert Change.objects.filter(case=case).count() == 2 + round_number
    assert list(faults()) == []


def test_people_who_do_not_look_write_one_after_the_other(zone: Zone) -> None:
    case = errand(zone)
    results = together(*[lambda: do(case, "visit", zone.host) for _ in range(6)])
    assert all(isinstance(item, Done) for item in results), results
    seqs = Change.objects.filter(case=case).order_by("seq").values_list("seq", flat=True)
    assert list(seqs) == list(range(1, 8))
    assert list(faults()) == []


def test_cases_opened_at_once_have_numbers_without_gaps(zone: Zone) -> None:
    results = together(*[lambda: errand(zone) for _ in range(8)])
    assert all(isinstance(item, Case) for item in results), results
    numbers = sorted(item.number for item in results)
    assert numbers == [f"CS2026-{number:04d}" for number in range(1, 9)]
    assert NumberCounter.objects.get().last == 8
    assert list(faults()) == []


def test_a_double_click_is_one_change(zone: Zone) -> None:
    case = errand(zone)
    results = together(
        *[
            lambda: do(case, "note", zone.host, data={"words": "一次"}, expected_seq=1, request_key="k")
            for _ in range(4)
        ]
    )
    assert all(isinstance(item, Done) for item in results), results
    assert len({item.change.pk for item in results}) == 1
    assert Change.objects.filter(case=case).count() == 2


def test_a_double_click_opens_one_case(zone: Zone) -> None:
    from wutong.cases.act import act
    from wutong.cases.steps import NewCase
    from wutong.cases.testing import MONDAY, NOW, TYPE
    from wutong.registers.organisation.actors import SYSTEM

    def open_once() -> Done:
        return act(
            NewCase(TYPE, title="示例差事", state="working"), "open", actor=SYSTEM, now=NOW,
            effective_on=MONDAY, holders=zone.holders(), due_on=MONDAY, request_key="k",
        )  # fmt: skip

    results = together(*[open_once for _ in range(4)])
    assert all(isinstance(item, Done) for item in results), results
    assert len({item.case.pk for item in results}) == 1
    assert Case.objects.count() == 1
    assert list(faults()) == []


def test_a_case_is_not_closed_while_a_sub_case_is_opened_below_it(zone: Zone) -> None:
    for _round in range(4):
        parent = errand(zone)
        do(parent, "permit", zone.host)
        together(
            lambda parent=parent: do(parent, "finish", zone.host),  # type: ignore[misc]
            lambda parent=parent: errand(zone, parent=parent),  # type: ignore[misc]
        )
        parent.refresh_from_db()
        has_open_child = Case.objects.filter(parent=parent, is_open=True).exists()
        assert parent.is_open == has_open_child
    assert list(faults()) == []


def test_the_locking_of_the_product_is_tested(zone: Zone) -> None:
    configured = connection.settings_dict
    if connection.vendor == "sqlite":
        assert configured["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
        assert "memory" not in str(configured["NAME"])
    else:
        assert configured["ENGINE"] == settings.DATABASES["default"]["ENGINE"]
