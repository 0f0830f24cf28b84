"""Where things are: paths, committed files, layers, models. Used by the tests of the house."""

import ast
import functools
import subprocess
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.db import models

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src"
PACKAGE = SOURCE / "wutong"
DOCS = ROOT / "docs"

LAYERS = (
    "site",
    "cli",
    "sample",
    "desk",
    "api",
    "ledgers",
    "ledgerkit",
    "indicators",
    "exchange",
    "cases",
    "registers",
    "ui",
    "base",
)
"""From the highest to the lowest, as in the contract "house" of pyproject.toml."""


@functools.cache
def committed_files() -> tuple[Path, ...]:
    """Files that are or would be committed. Without git (an unpacked archive) the tests that ask are skipped."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    return tuple(path for name in listed.split("\0") if name and (path := ROOT / name).is_file())


def python_files(*, tests: bool = True) -> list[Path]:
    """Python files of the product, without migrations."""
    files = [path for path in sorted(PACKAGE.rglob("*.py")) if "migrations" not in path.parts]
    return files if tests else [path for path in files if "tests" not in path.relative_to(PACKAGE).parts]


def short(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def own_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("wutong.")]


def layer(module: str) -> int:
    """Height of a module's layer, the lowest is 0; what is not ours lies below everything."""
    parts = module.split(".")
    if parts[0] != "wutong":
        return -1
    return len(LAYERS) - 1 - LAYERS.index(parts[1])


def ledger(module: str) -> str:
    """The ledger that a module belongs to, or empty."""
    parts = module.split(".")
    return parts[2] if parts[:2] == ["wutong", "ledgers"] and len(parts) > 2 else ""


def ledger_packages() -> list[str]:
    return sorted(path.name for path in (PACKAGE / "ledgers").iterdir() if (path / "__init__.py").exists())


def calls(path: Path) -> Iterator[tuple[int, str, int]]:
    """Line, dotted name (`timezone.now`, `date.today`) and number of arguments of every call in a file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func), len(node.args) + len(node.keywords)
