"""The databases that are measured: built once by `wutong sample --volume`, found again afterwards."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

SETTINGS = "wutong.site.settings.sample"
WUTONG = [sys.executable, "-m", "wutong.cli"]


@dataclass(frozen=True)
class MeasuredZone:
    """`url` is what DATABASE_URL says; `data` holds the keys that its chains are sealed with."""

    label: str
    url: str
    data: Path

    def environment(self, **more: str) -> dict[str, str]:
        own = {
            "DJANGO_SETTINGS_MODULE": SETTINGS,
            "DATABASE_URL": self.url,
            "WUTONG_DATA_DIR": str(self.data),
        }
        return {**os.environ, **own, **more}

    def run(self, *command: str) -> None:
        subprocess.run(command, env=self.environment(), check=True)


def zones_in(directory: Path, postgresql: str) -> list[MeasuredZone]:
    """SQLite as a file in the directory; PostgreSQL where a URL of a database was given."""
    data = directory / "data"
    found = [MeasuredZone("SQLite", f"sqlite://{directory / 'volume.sqlite3'}", data)]
    if postgresql:
        found.append(MeasuredZone("PostgreSQL", postgresql, data))
    return found


def build(zone: MeasuredZone, volume: str) -> None:
    """Does nothing when it stands. The process that builds works with the target alone, and no other zone."""
    target = zone.url.removeprefix("sqlite://") if zone.url.startswith("sqlite") else zone.url
    environment = zone.environment(DATABASE_URL="")
    subprocess.run([*WUTONG, "sample", "--volume", volume, "--into", target], env=environment, check=True)
    zone.run(*WUTONG, "migrate")
