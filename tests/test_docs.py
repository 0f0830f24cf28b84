"""What exists is documented."""

import re

import pytest

from tests import house
from wutong.cli.main import COMMANDS, load_command

pytestmark = pytest.mark.house


def all_docs() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(house.DOCS.rglob("*.md")))


def operations() -> str:
    return (house.DOCS / "operations.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("module", COMMANDS)
def test_every_command_is_documented(module: str) -> None:
    assert f"`wutong {load_command(module).NAME}" in operations()


def test_every_make_target_is_documented() -> None:
    makefile = (house.ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE)
    assert [target for target in targets if f"`make {target}" not in operations()] == []


def test_every_environment_variable_is_documented() -> None:
    variables = set()
    for path in sorted((house.PACKAGE / "site/settings").glob("*.py")):
        variables |= set(re.findall(r'environ(?:\.get\(|\[)"(\w+)"', path.read_text(encoding="utf-8")))
    assert sorted(name for name in variables if f"`{name}`" not in operations()) == []


def test_every_ledger_is_documented() -> None:
    docs = all_docs()
    assert [name for name in house.ledger_packages() if f"`{name}`" not in docs] == []


def test_every_page_of_the_docs_is_in_the_index() -> None:
    index = (house.DOCS / "README.md").read_text(encoding="utf-8")
    pages = [path.relative_to(house.DOCS).as_posix() for path in sorted(house.DOCS.rglob("*.md"))]
    assert [page for page in pages if page != "README.md" and f"({page})" not in index] == []


def test_no_link_of_the_docs_is_broken() -> None:
    broken = []
    for path in sorted([*house.DOCS.rglob("*.md"), *house.ROOT.glob("*.md")]):
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
            if not (path.parent / target).exists():
                broken.append(f"{house.short(path)} → {target}")
    assert broken == []
