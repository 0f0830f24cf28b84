"""Machines of a drill: each has a data directory and a database of its own, and is asked through `wutong`."""

import os
import secrets
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from tests import house
from wutong.base.backup.key_file import keys_in, ring_of
from wutong.base.backup.manifest import Manifest, read_manifest

PASSPHRASE = "only for this drill"
POSTGRESQL = os.environ.get("DATABASE_URL", "") if "postgres" in os.environ.get("DATABASE_URL", "") else ""

COUNT = "from wutong.{module} import {model}; print({model}.objects.count())"


@dataclass(frozen=True)
class Place:
    """A machine of its own: a data directory and a database."""

    data: Path
    url: str

    @property
    def environment(self) -> dict[str, str]:
        own = {
            "DJANGO_SETTINGS_MODULE": "wutong.site.settings.sample",
            "WUTONG_DATA_DIR": str(self.data),
            "WUTONG_KEY_PASSPHRASE": PASSPHRASE,
            "DATABASE_URL": self.url,
        }
        unwanted = {"WUTONG_KEY_DIR", "WUTONG_ANCHOR_DIR"}
        return {key: value for key, value in os.environ.items() if key not in unwanted} | own

    def started(self, *arguments: object) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, *map(str, arguments)],
            cwd=house.ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: object) -> tuple[int, str]:
        """Exit code and all that `wutong` said."""
        process = self.started("-m", "wutong.cli", *arguments)
        said, errors = process.communicate(timeout=300)
        return process.returncode, said + errors

    def done(self, *arguments: object) -> str:
        code, said = self.run(*arguments)
        assert code == 0, said
        return said

    def count(self, module: str, model: str) -> int:
        return int(
            self.done("manage", "shell", "--no-imports", "-c", COUNT.format(module=module, model=model))
        )

    def cases(self) -> int:
        return self.count("cases.models", "Case")


class Land:
    """Makes places, and clears their databases away."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.databases: list[str] = []

    def place(self, *, postgresql: bool = bool(POSTGRESQL)) -> Place:
        name = f"wutong_drill_{secrets.token_hex(5)}"
        url = ""
        if postgresql:
            url = urlunsplit(urlsplit(POSTGRESQL)._replace(path=f"/{name}"))
            self.ask(f"CREATE DATABASE {name}")
            self.databases.append(name)
        return Place(self.directory / name, url)

    def clear(self) -> None:
        for name in self.databases:
            self.ask(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def ask(self, statement: str) -> None:
        server = urlunsplit(urlsplit(POSTGRESQL)._replace(path="/postgres"))
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(statement)


@dataclass(frozen=True)
class Zone:
    """A zone in work, its backup and its keys."""

    place: Place
    backup: Path
    keys: Path

    def manifest(self) -> Manifest:
        return read_manifest(self.backup, ring_of(keys_in(self.place.data / "keys"), "anchor"))
