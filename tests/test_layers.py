"""Imports go down only, and nothing below the edges reads the clock."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests import house

pytestmark = pytest.mark.house

CLOCK = {
    "timezone.now",
    "datetime.now",
    "datetime.today",
    "datetime.datetime.now",
    "date.today",
    "datetime.date.today",
    "time.time",
}
CLOCK_WITHOUT_ARGUMENT = {"timezone.localdate", "timezone.localtime", "localdate", "localtime"}
"""With an argument these only convert a moment that was passed in."""
EDGES = {"cli", "sample", "desk"}
"""Packages at the edge of the product: they ask the clock and pass the answer down."""
EDGE_MODULES = {
    "pages.py",
    "middleware.py",
    "views.py",
    "viewer.py",
    "frame.py",
    "backend.py",
    "tasks.py",
    "clock.py",
    "testing.py",
}
"""Modules that answer a request or run a task, in any package."""


def test_every_contract_about_imports_is_kept() -> None:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-logo"]
    environment = {**os.environ, "PYTHONPATH": str(house.SOURCE)}
    result = subprocess.run(
        command, cwd=house.ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_layers_of_the_tests_are_the_layers_of_the_contract() -> None:
    configuration = tomllib.loads((house.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = {contract["id"]: contract for contract in configuration["tool"]["importlinter"]["contracts"]}
    layers = [name.strip("()") for name in contracts["house"]["layers"]]
    assert layers == [*house.LAYERS, "rules"]


def test_only_the_edges_read_the_clock() -> None:
    found = [
        f"{house.short(path)}:{line} {name}"
        for path in house.python_files(tests=False)
        if path.relative_to(house.PACKAGE).parts[0] not in EDGES and path.name not in EDGE_MODULES
        if "pages" not in path.relative_to(house.PACKAGE).parts
        for line, name, arguments in house.calls(path)
        if name in CLOCK or (name in CLOCK_WITHOUT_ARGUMENT and not arguments)
    ]
    assert found == [], "now, on and as_of are parameters"
