"""A committed file names no package registry and no folder of somebody's machine."""

import re

import pytest

from tests import house

pytestmark = pytest.mark.house

# Written in pieces, so that this file does not name them either.
REGISTRIES = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("npmmirror", "com"),
        ("yarnpkg", "com"),
        ("deb", "debian", "org"),
        ("archive", "ubuntu", "com"),
    )
]
MACHINE_FOLDERS = re.compile(r"(?<![\w.~}/-])/(?:work|root|home|tmp|mnt|Users)/[\w.-]+")
LOCKS = re.compile(r"requirements/.*|package(-lock)?\.json|\.npmrc|pyproject\.toml")


def texts() -> list[tuple[str, str]]:
    found = []
    for path in house.committed_files():
        try:
            found.append((house.short(path), path.read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            continue
    return found


def test_no_file_names_a_registry() -> None:
    found = [f"{name}: {registry}" for name, text in texts() for registry in REGISTRIES if registry in text]
    assert found == []


def test_no_lock_file_holds_an_address() -> None:
    found = [
        name for name, text in texts() if LOCKS.fullmatch(name) and re.search(r"https?://|--index-url", text)
    ]
    assert found == []


def test_no_file_names_a_folder_of_a_machine() -> None:
    found = [f"{name}: {match}" for name, text in texts() for match in MACHINE_FOLDERS.findall(text)]
    assert found == []
