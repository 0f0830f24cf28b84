"""Names say what a thing is."""

import pytest

from tests import house

pytestmark = pytest.mark.house

EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc"}


def test_no_module_has_a_name_that_says_nothing() -> None:
    names = {
        house.short(path)
        for path in house.committed_files()
        if EMPTY_NAMES.intersection(
            {part.removesuffix(path.suffix) for part in path.relative_to(house.ROOT).parts}
        )
    }
    assert names == set()


def test_tests_lie_where_they_are_found() -> None:
    lost = [
        house.short(path)
        for path in house.python_files()
        if path.name.startswith("test_") and path.parent.name != "tests"
    ]
    assert lost == []
    without_package = [
        house.short(path)
        for path in sorted(house.PACKAGE.rglob("tests"))
        if path.is_dir() and list(path.glob("*.py")) and not (path / "__init__.py").exists()
    ]
    assert without_package == []
