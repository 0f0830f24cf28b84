"""Facts of a register entry as they were on a day, and as they were known at a moment."""

from datetime import UTC, date, datetime

import pytest

from wutong.base.errors import Conflict
from wutong.registers.history.queries import facts_at
from wutong.registers.history.services import Fact, record, record_many
from wutong.registers.history.verify import faults
from wutong.registers.organisation.models import Unit, UnitKind
from wutong.registers.organisation.services import open_unit

pytestmark = pytest.mark.django_db


def known(month: int) -> datetime:
    return datetime(2026, month, 1, 1, 0, tzinfo=UTC)


@pytest.fixture
def unit() -> Unit:
    """Opened in January, renamed in March (known in March)."""
    unit = open_unit(
        code="works", name="一月名", kind=UnitKind.DEPARTMENT, parent=None, actor=None, on=date(2026, 1, 1), now=known(1)
    )  # fmt: skip
    return record(unit, {"name": "三月名"}, actor=None, effective_on=date(2026, 3, 1), now=known(3))


def name_on(month: int, *, known_in: int | None = None) -> str | None:
    found = facts_at(
        "unit",
        "name",
        entries=Unit.objects.values("pk"),
        as_of=date(2026, month, 15),
        known_at=known(known_in) if known_in else None,
    )
    return next(iter(found.values()), None)


def test_a_fact_holds_from_its_day_on(unit: Unit) -> None:
    assert [name_on(month) for month in (1, 2, 3, 12)] == ["一月名", "一月名", "三月名", "三月名"]


def test_before_its_first_day_a_fact_is_not_there(unit: Unit) -> None:
    found = facts_at("unit", "name", entries=Unit.objects.values("pk"), as_of=date(2025, 12, 31))
    assert found == {}


def test_what_was_entered_late_holds_from_its_day_but_was_not_known(unit: Unit) -> None:
    record(unit, {"name": "二月名"}, actor=None, effective_on=date(2026, 2, 1), now=known(6))
    assert [name_on(month) for month in (1, 2, 3)] == ["一月名", "二月名", "三月名"]
    assert name_on(2, known_in=5) == "一月名"
    assert name_on(2, known_in=6) == "二月名"


def test_of_two_records_of_one_day_the_later_one_holds(unit: Unit) -> None:
    record(unit, {"name": "三月改名"}, actor=None, effective_on=date(2026, 3, 1), now=known(7))
    assert name_on(3) == "三月改名"
    assert name_on(3, known_in=6) == "三月名"


def test_a_record_of_other_facts_does_not_touch_this_one(unit: Unit) -> None:
    record(unit, {"valid_to": date(2026, 12, 31)}, actor=None, effective_on=date(2026, 5, 1), now=known(5))
    assert name_on(6) == "三月名"


def test_facts_of_many_entries_are_one_query(unit: Unit, django_assert_num_queries: object) -> None:
    for number in range(5):
        open_unit(
            code=f"u{number}", name=f"示例{number}", kind=UnitKind.TEAM, parent=unit, actor=None, on=date(2026, 4, 1), now=known(4)
        )  # fmt: skip
    with django_assert_num_queries(1):  # type: ignore[operator]
        found = facts_at("unit", "name", entries=Unit.objects.values("pk"), as_of=date(2026, 4, 2))
    assert sorted(found.values()) == sorted(["三月名", *(f"示例{number}" for number in range(5))])


def test_the_second_of_two_people_is_refused(unit: Unit) -> None:
    seen = unit.last_seq
    first, second = Unit.objects.get(pk=unit.pk), Unit.objects.get(pk=unit.pk)
    facts = {"actor": None, "effective_on": date(2026, 4, 1), "now": known(4), "expected_seq": seen}
    record(first, {"name": "第一人"}, **facts)  # type: ignore[arg-type]
    with pytest.raises(Conflict):
        record(second, {"name": "第二人"}, **facts)  # type: ignore[arg-type]
    assert Unit.objects.get(pk=unit.pk).name == "第一人"
    assert list(faults()) == []


def test_a_stale_copy_writes_on_at_the_end_of_the_chain(unit: Unit) -> None:
    stale = Unit.objects.get(pk=unit.pk)
    record(unit, {"name": "四月名"}, actor=None, effective_on=date(2026, 4, 1), now=known(4))
    record(stale, {"code": "works2"}, actor=None, effective_on=date(2026, 5, 1), now=known(5))
    assert list(faults()) == []
    assert name_on(5) == "四月名"
    assert Unit.objects.get(pk=unit.pk).name == "四月名"


def test_many_entries_are_written_with_as_many_queries_as_one(django_assert_max_num_queries: object) -> None:
    def facts(count: int) -> list[Fact]:
        rows = range(count)
        return [
            Fact(Unit(), {"code": f"n{count}-{n}", "name": f"{n}", "kind": "team", "valid_from": date(2026, 1, 1)})
            for n in rows
        ]  # fmt: skip

    for count in (1, 40):
        with django_assert_max_num_queries(7):  # two of them bring the search up to date  # type: ignore[operator]
            record_many(facts(count), actor=None, effective_on=date(2026, 1, 1), now=known(1))
    assert list(faults()) == []
