"""Several people at the same moment: threads with connections of their own.

On PostgreSQL they meet in the test database; on SQLite in a database file, with the locking of the product (every
transaction begins IMMEDIATE).
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection, connections

from wutong.site.databases import database_from_url


def together(*actions: Callable[[], Any]) -> list[Any]:
    """Run each in a thread with a connection of its own, all starting at one moment. Gives values or errors."""
    start = threading.Barrier(len(actions))
    results: list[Any] = [None] * len(actions)

    def run(place: int, action: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            start.wait(10)
            results[place] = action()
        except Exception as error:  # the test looks at it
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    return results


@contextmanager
def meeting_place(folder: Path) -> Iterator[None]:
    """A database that threads share: the test database of PostgreSQL, or a file of SQLite in `folder`."""
    if connection.vendor == "sqlite":
        with database_file(folder / "wutong.sqlite3"):
            yield
    else:
        yield


class database_file:
    """Within the block the default connection of every thread is a SQLite file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> None:
        self.kept = connections["default"]
        self.settings = connections.settings["default"]
        configured = {**self.settings, **database_from_url(f"sqlite://{self.path}", self.path.parent)}
        connections.settings["default"] = configured
        connections["default"] = connections.create_connection("default")
        call_command("migrate", verbosity=0)

    def __exit__(self, *_error: object) -> None:
        connections["default"].close()
        connections.settings["default"] = self.settings
        connections["default"] = self.kept
