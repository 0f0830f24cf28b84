"""Units change their names and places; what they were on a day stays known. All names are invented."""

import random
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from wutong.base.errors import Refused
from wutong.registers.history.verify import faults
from wutong.registers.organisation.models import Unit, UnitKind
from wutong.registers.organisation.queries import Named, unit_name_at, unit_names
from wutong.registers.organisation.services import open_unit
from wutong.registers.organisation.unit_services import UnitRow, move_unit, open_units, rename_unit

pytestmark = pytest.mark.django_db
FIRST, LATER, TODAY = date(2024, 1, 1), date(2025, 6, 1), date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def unit(code: str, parent: Unit | None = None) -> Unit:
    return open_unit(
        code=code, name=f"示例{code}", kind=UnitKind.DEPARTMENT, parent=parent, actor=None, on=FIRST, now=NOW
    )


def test_a_renamed_unit_keeps_its_old_name_for_its_time() -> None:
    works = unit("works")
    rename_unit(works, name="示例建设局", actor=None, on=LATER, now=NOW)
    assert works.name == "示例建设局"
    assert unit_name_at(works, date(2025, 5, 31)) == "示例works"
    assert unit_name_at(works, LATER) == "示例建设局"
    assert unit_name_at(works, date(2023, 12, 31)) == ""
    assert unit_names(works) == [Named("示例works", FIRST, LATER), Named("示例建设局", LATER, None)]
    assert list(faults()) == []


def test_names_come_one_after_the_other() -> None:
    works = unit("works")
    rename_unit(works, name="示例建设局", actor=None, on=LATER, now=NOW)
    with pytest.raises(Refused, match="早于上一次更名"):
        rename_unit(works, name="示例别名", actor=None, on=date(2025, 1, 1), now=NOW)
    with pytest.raises(Refused, match="相同"):
        rename_unit(works, name="示例建设局", actor=None, on=TODAY, now=NOW)
    with pytest.raises(Refused, match="还没有到"):
        rename_unit(works, name="示例别名", actor=None, on=date(2026, 3, 3), now=NOW)


def test_a_moved_unit_takes_everything_below_it_along() -> None:
    root = unit("root")
    left, right = unit("left", root), unit("right", root)
    child = unit("child", left)
    grandchild = unit("grandchild", child)
    move_unit(child, parent=right, actor=None, on=LATER, now=NOW)
    child.refresh_from_db()
    grandchild.refresh_from_db()
    assert child.parent_id == right.pk
    assert child.path == f"{right.path}{child.pk}/"
    assert grandchild.path == f"{right.path}{child.pk}/{grandchild.pk}/"
    left.refresh_from_db()
    assert left.path == f"{root.path}{left.pk}/"
    assert list(faults()) == []


def test_a_unit_is_not_moved_below_itself() -> None:
    root = unit("root")
    child = unit("child", unit("middle", root))
    for target in (child, root):
        with pytest.raises(Refused, match="不能成为它的上级"):
            move_unit(root, parent=target, actor=None, on=LATER, now=NOW)


def test_a_list_of_units_comes_in_any_order() -> None:
    root = unit("root")
    rows = [
        UnitRow("c", "示例丙", "department", "b"),
        UnitRow("a", "示例甲", "department", "root"),
        UnitRow("b", "示例乙", "department", "a"),
    ]
    third, first, second = open_units(rows, actor=None, on=FIRST, now=NOW)
    assert first.path == f"{root.path}{first.pk}/"
    assert Unit.objects.get(code="c").path == f"{root.path}{first.pk}/{second.pk}/{third.pk}/"
    assert list(faults()) == []


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([UnitRow("a", "甲", "town", "b"), UnitRow("b", "乙", "town", "a")], "互为上级：a、b"),
        ([UnitRow("a", "甲", "town", "nowhere")], "nowhere"),
        ([UnitRow("a", "甲", "town"), UnitRow("a", "乙", "town")], "重复或已登记：a"),
        ([UnitRow("root", "甲", "town")], "重复或已登记：root"),
    ],
)
def test_a_list_that_is_wrong_is_refused_as_a_whole(rows: list[UnitRow], words: str) -> None:
    unit("root")
    with pytest.raises(Refused, match=words):
        open_units(rows, actor=None, on=FIRST, now=NOW)
    assert Unit.objects.count() == 1


def test_opening_many_units_takes_no_query_for_each() -> None:
    def queries(count: int) -> int:
        rows = [UnitRow(f"{count}-{number}", f"示例{number}", "town", f"r{count}") for number in range(count)]
        with CaptureQueriesContext(connection) as captured:
            open_units([UnitRow(f"r{count}", "示例", "committee"), *rows], actor=None, on=FIRST, now=NOW)
        return len(captured)

    assert queries(3) == queries(60)


class PathsAreTheWayFromTheRoot(TestCase):
    """Whatever is moved: every path is that of the parent, with the own key."""

    @given(st.randoms(use_true_random=False))
    def test_after_any_moves(self, dice: random.Random) -> None:
        units = [unit("u0")]
        for number in range(1, 8):
            units.append(unit(f"u{number}", dice.choice(units)))
        for _move in range(6):
            moved, parent = dice.choice(units), dice.choice(units)
            try:
                move_unit(moved, parent=parent, actor=None, on=LATER, now=NOW)
            except Refused:
                continue
        for item in Unit.objects.select_related("parent"):
            assert item.path == f"{item.parent.path if item.parent else '/'}{item.pk}/"
