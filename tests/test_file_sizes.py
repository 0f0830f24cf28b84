"""Modules stay small enough to be read at once."""

import warnings

import pytest

from tests import house

pytestmark = pytest.mark.house

WARN_ABOVE = 400
FAIL_ABOVE = 600
KINDS = {".py", ".html", ".css", ".js", ".sh"}


def test_no_file_is_too_long() -> None:
    sizes = {
        house.short(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in house.committed_files()
        if path.suffix in KINDS and "migrations" not in path.parts
    }
    long = {name: size for name, size in sizes.items() if size > WARN_ABOVE}
    if long:
        warnings.warn(f"over {WARN_ABOVE} lines: {long}", stacklevel=1)
    assert {name: size for name, size in long.items() if size > FAIL_ABOVE} == {}
