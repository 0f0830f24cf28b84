"""`wutong migrate` and `wutong serve` on an empty directory: a product that answers and stops cleanly."""

import http.client
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests import house

pytestmark = [pytest.mark.house, pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def processes_with(directory: Path) -> list[int]:
    """Processes that were started with this data directory."""
    mark = f"WUTONG_DATA_DIR={directory}".encode()
    found = []
    for environment in Path("/proc").glob("[0-9]*/environ"):
        try:
            if mark in environment.read_bytes().split(b"\0"):
                found.append(int(environment.parent.name))
        except (PermissionError, FileNotFoundError, ProcessLookupError):
            continue
    return found


def answer_of(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    status = connection.getresponse().status
    connection.close()
    return status


def scheduled_work_is_done(database: Path) -> bool:
    """The job that is due from the first moment on has been enqueued by the tick and run by the worker."""
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        connection = sqlite3.connect(database, timeout=5)
        done = connection.execute("SELECT count(*) FROM jobs_jobticket WHERE done_at IS NOT NULL").fetchone()[
            0
        ]
        connection.close()
        if done:
            return True
        time.sleep(0.2)
    return False


def test_the_product_starts_on_an_empty_directory_answers_and_leaves_no_process(tmp_path: Path) -> None:
    port = free_port()
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    environment |= {
        "DJANGO_SETTINGS_MODULE": "wutong.site.settings.sample",
        "WUTONG_DATA_DIR": str(tmp_path),
        "PYTHONUNBUFFERED": "1",
    }
    wutong = [sys.executable, "-m", "wutong.cli"]
    subprocess.run([*wutong, "migrate"], cwd=house.ROOT, env=environment, check=True)

    serving = subprocess.Popen(
        [*wutong, "serve", "--port", str(port)],
        cwd=house.ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert serving.stdout
    try:
        assert f"http://127.0.0.1:{port}" in serving.stdout.readline()
        assert answer_of(port, "/") in {200, 302}
        assert len(processes_with(tmp_path)) >= 4
        assert scheduled_work_is_done(tmp_path / "wutong.sqlite3"), "tick and worker do their part"
    finally:
        serving.send_signal(signal.SIGTERM)
        code = serving.wait(40)
    assert code == 0
    deadline = time.monotonic() + 5
    while processes_with(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert processes_with(tmp_path) == []
