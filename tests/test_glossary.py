"""The terms of the field stand in the glossary, in both languages."""

import re
from collections.abc import Iterator

import pytest

from tests import house
from wutong.base.accounts import rights
from wutong.cases.registry import all_types

pytestmark = pytest.mark.house

ROW = re.compile(r"^\|([^|]+)\|([^|]+)\|([^|]+)\|$")


def rows() -> Iterator[tuple[str, str, str]]:
    """English, Chinese and meaning of every row, without headings."""
    for line in (house.DOCS / "glossary.md").read_text(encoding="utf-8").splitlines():
        match = ROW.match(line)
        if match:
            english, chinese, meaning = (cell.strip() for cell in match.groups())
            if english != "English" and set(english) != {"-"}:
                yield english, chinese, meaning


def terms() -> set[str]:
    """Chinese terms; a cell may hold several, separated by 、."""
    return {term.strip() for _, chinese, _ in rows() for term in chinese.split("、")}


def missing(labels: dict[str, str]) -> dict[str, str]:
    known = terms()
    return {code: label for code, label in sorted(labels.items()) if label not in known}


def test_every_row_is_complete_and_no_term_is_explained_twice() -> None:
    assert [row for row in rows() if not all(row)] == []
    english = [row[0] for row in rows()]
    assert sorted({term for term in english if english.count(term) > 1}) == []


def test_every_model_is_in_the_glossary() -> None:
    labels = {model._meta.label: str(model._meta.verbose_name) for model in house.own_models()}
    assert labels
    assert missing(labels) == {}


def test_every_state_is_in_the_glossary() -> None:
    labels = {
        f"{case_type.procedure.case_type}.{state.code}": str(state.label)
        for case_type in all_types()
        for state in case_type.procedure.states
    }
    assert labels
    assert missing(labels) == {}


def test_every_right_is_in_the_glossary() -> None:
    labels = {right.code: str(right.label) for right in rights.all_rights()}
    assert labels
    assert missing(labels) == {}
