"""Checks of the code that need no database: ruff, mypy, and the tests of the house marked `house`.

Prints one line per check, and what a check found only when it failed.
"""

import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"

STATIC_CHECKS: dict[str, list[str]] = {
    "ruff check": ["ruff", "check", "--quiet", "."],
    "ruff format": ["ruff", "format", "--check", "--quiet", "."],
    "mypy": ["mypy", "--no-error-summary"],
}
HOUSE_TESTS = ["pytest", "-q", "--durations=0", "--durations-min=5", "-m", "house", "tests", "src"]


def main() -> int:
    failed = failed_checks(STATIC_CHECKS)
    tests = subprocess.run([BIN / HOUSE_TESTS[0], *HOUSE_TESTS[1:]], cwd=ROOT, check=False).returncode
    return 1 if failed or tests else 0


def failed_checks(checks: dict[str, list[str]]) -> list[str]:
    """Run the checks side by side and return the names of those that failed."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        results = list(pool.map(lambda name: _passes(name, checks[name]), checks))
    return [name for name, passed in zip(checks, results, strict=True) if not passed]


def _passes(name: str, argv: Sequence[str]) -> bool:
    started = time.monotonic()
    result = subprocess.run([BIN / argv[0], *argv[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    passed = result.returncode == 0
    took = f"{time.monotonic() - started:.0f} s"
    print(f"{name}: {'passed' if passed else 'FAILED'} ({took})", flush=True)
    if not passed:
        print(result.stdout + result.stderr, flush=True)
    return passed


if __name__ == "__main__":
    sys.exit(main())
