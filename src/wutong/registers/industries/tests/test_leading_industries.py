"""Which leading industry a code belongs to, on which day."""

from datetime import UTC, date, datetime

import pytest

from wutong.base.errors import Refused
from wutong.registers.history.models import RegisterChange
from wutong.registers.history.verify import faults
from wutong.registers.industries.models import LeadingIndustry
from wutong.registers.industries.queries import leading_industries, leading_industry_of, scope_table
from wutong.registers.industries.services import (
    close_leading_industry,
    define_leading_industry,
    open_leading_industry,
)

pytestmark = pytest.mark.django_db
ON, LATER = date(2026, 1, 5), date(2026, 6, 1)
NOW = datetime(2026, 7, 1, 1, 0, tzinfo=UTC)


def opened(code: str, name: str, *prefixes: str, order: int = 1) -> LeadingIndustry:
    return open_leading_industry(
        code=code, name=name, kind="leading", order=order, prefixes=prefixes, actor=None, on=ON, now=NOW
    )


@pytest.fixture
def energy() -> LeadingIndustry:
    return opened("energy", "示例新能源", "C384", "3415")


@pytest.fixture
def equipment() -> LeadingIndustry:
    return opened("equipment", "示例装备", "34", "38", order=2)


def test_the_longest_prefix_wins(energy: LeadingIndustry, equipment: LeadingIndustry) -> None:
    assert leading_industry_of("C3841", ON) == energy
    assert leading_industry_of("3821", ON) == equipment
    assert leading_industry_of("3415", ON) == energy
    assert leading_industry_of("341", ON) == equipment
    assert leading_industry_of("6510", ON) is None


def test_before_its_first_day_and_from_its_last_day_an_industry_claims_nothing(
    energy: LeadingIndustry,
) -> None:
    assert leading_industry_of("384", date(2026, 1, 4)) is None
    close_leading_industry(energy, actor=None, on=LATER, now=NOW)
    assert leading_industry_of("384", date(2026, 5, 31)) == energy
    assert leading_industry_of("384", LATER) is None
    assert list(leading_industries(LATER)) == []
    with pytest.raises(Refused, match="不是主导产业"):
        close_leading_industry(energy, actor=None, on=LATER, now=NOW)


def test_a_new_definition_holds_from_its_day_and_the_old_one_until_then(
    energy: LeadingIndustry, equipment: LeadingIndustry
) -> None:
    define_leading_industry(energy, ["384", "3825"], actor=None, on=LATER, now=NOW)
    assert leading_industry_of("3415", ON) == energy
    assert leading_industry_of("3415", LATER) == equipment
    assert leading_industry_of("3825", ON) == equipment
    assert leading_industry_of("3825", LATER) == energy
    changes = RegisterChange.objects.filter(entry_kind="leading_industry", entry_id=energy.pk).order_by("seq")
    assert [change.verb for change in changes] == ["open", "define", "define"]
    assert [change.snapshot.get("definition") for change in changes] == [None, "3415、384", "3825、384"]
    assert list(faults()) == []


def test_a_prefix_belongs_to_one_industry_only(energy: LeadingIndustry) -> None:
    with pytest.raises(Refused, match="“384”已经属于“示例新能源”"):
        opened("other", "示例其他", "384")
    assert not LeadingIndustry.objects.filter(code="other").exists()
    close_leading_industry(energy, actor=None, on=LATER, now=NOW)
    other = opened("third", "示例第三", "384")
    assert leading_industry_of("384", LATER) == other


def test_a_definition_is_not_changed_behind_a_later_one(energy: LeadingIndustry) -> None:
    define_leading_industry(energy, ["385"], actor=None, on=LATER, now=NOW)
    with pytest.raises(Refused, match="不能再往前改"):
        define_leading_industry(energy, ["386"], actor=None, on=ON, now=NOW)


@pytest.mark.parametrize("prefix", ["C", "电池", "99"])
def test_a_definition_takes_codes_of_divisions_and_below(energy: LeadingIndustry, prefix: str) -> None:
    with pytest.raises(Refused):
        define_leading_industry(energy, [prefix], actor=None, on=ON, now=NOW)


def test_a_code_of_an_industry_is_taken_once(energy: LeadingIndustry) -> None:
    with pytest.raises(Refused, match="energy"):
        opened("energy", "示例重复")


def test_many_codes_are_asked_with_one_query(
    energy: LeadingIndustry, equipment: LeadingIndustry, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        table = scope_table(ON)
        assert [table.industry_of(code) for code in ("3841", "3829", "0111")] == [energy, equipment, None]
