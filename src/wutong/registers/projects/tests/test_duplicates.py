"""Projects that may be one: by name, place or amount of one investor; by the same name of another."""

from wutong.registers.projects.duplicates import likeness
from wutong.registers.projects.models import Project


def project(name: str, investor: int = 1, place: str = "", yuan: int = 1) -> Project:
    return Project(name=name, investor_id=investor, place=place, total_investment_yuan=yuan)


def test_one_investor_and_names_alike_may_be_one_project() -> None:
    assert likeness(project("示例储能电池项目"), project("示例储能电池项目（一期）", yuan=2)) == "like_name"
    assert likeness(project("示例储能电池生产基地"), project("示例储能电池产业基地", yuan=2)) == "like_name"


def test_one_investor_with_one_place_or_one_amount_may_be_one_project() -> None:
    here, there = project("示例储能", place="示例路1号"), project("冷链物流园", place="示例路 1号", yuan=2)
    assert likeness(here, there) == "same_place"
    assert likeness(project("示例储能", yuan=5), project("冷链物流园", yuan=5)) == "same_amount"
    assert likeness(project("示例储能", yuan=0), project("冷链物流园", yuan=0)) == ""


def test_another_investor_makes_another_project_unless_the_name_is_the_same() -> None:
    assert likeness(project("示例储能"), project("示例储能", investor=2)) == "same_name"
    assert likeness(project("示例储能"), project("示例储能二期", investor=2)) == ""
    assert likeness(project("示例储能"), project("冷链物流园", yuan=2)) == ""
