"""Backup and restore of a large zone: `python -m bench.backup --directory DIR --volume 1/20`.

Builds a zone of this size in DIR (`wutong sample --volume`), backs it up and restores it elsewhere; prints seconds,
CPU seconds and peak memory of each; nothing is asserted. `--source URL` and `--target URL` name empty PostgreSQL
databases, otherwise both are SQLite files in DIR.
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from bench.zones import WUTONG, MeasuredZone, build

PASSPHRASE = "only-for-the-measurement"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--volume", default="1/20", help="full, or a part of it such as 1/20")
    parser.add_argument("--directory", type=Path, required=True, help="empty or absent")
    parser.add_argument("--source", default="", help="URL of an empty database, or of one built before")
    parser.add_argument("--target", default="", help="URL of another empty database")
    options = parser.parse_args()
    base = options.directory.resolve()
    source = zone_in(base / "source", options.source)
    target = zone_in(base / "target", options.target)
    build(source, options.volume)
    backup, keys = str(base / "backup"), str(base / "keys.locked")
    measured("backup", [*WUTONG, "backup", "--into", backup, "--keys", keys], source)
    measured("restore", [*WUTONG, "restore", backup, "--keys", keys], target)


def zone_in(data: Path, url: str) -> MeasuredZone:
    """Each database has its own data directory; the keys travel by the file."""
    data.mkdir(parents=True, exist_ok=True)
    return MeasuredZone(data.name, url or f"sqlite://{data / 'wutong.sqlite3'}", data)


def measured(label: str, command: list[str], zone: MeasuredZone) -> None:
    """Peak memory is that of the largest process; the server of PostgreSQL is not counted."""
    began = time.monotonic()
    process = subprocess.Popen(command, env=zone.environment(WUTONG_KEY_PASSPHRASE=PASSPHRASE))
    _pid, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - began
    print(
        f"{label}: {seconds:.1f} s, {usage.ru_utime + usage.ru_stime:.1f} s CPU, {usage.ru_maxrss / 1024:.0f} MB",
        flush=True,
    )
    if code := os.waitstatus_to_exitcode(status):
        sys.exit(f"{label} ended with {code}")


if __name__ == "__main__":
    main()
