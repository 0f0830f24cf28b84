"""The web server as `wutong serve` starts it, and what it costs: CPU seconds and peak memory of its processes."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.zones import MeasuredZone

HOST, WORKERS = "127.0.0.1", 2
TICKS = os.sysconf("SC_CLK_TCK")


class Server:
    """One process tree; only its own processes are looked at and ended."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process, self.port = process, port

    def processes(self) -> list[int]:
        """The master and its workers."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [self.process.pid, *map(int, children.read_text().split())]

    def cpu_seconds(self) -> float:
        """Used by the workers so far, in user and system mode. A database server has processes of its own."""
        ticks = 0
        for pid in self.processes():
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / TICKS

    def peak_megabytes(self) -> float:
        """The most that one worker has had in memory."""
        peaks = []
        for pid in self.processes()[1:]:
            lines = Path(f"/proc/{pid}/status").read_text().splitlines()
            peaks += [int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")]
        return max(peaks, default=0.0)


@contextmanager
def serving(zone: MeasuredZone, log: Path) -> Iterator[Server]:
    """Pages only: no background jobs and no tick, which would change what is measured."""
    from wutong.cli.commands.serve import children

    port = _free_port()
    pages = children(HOST, port, WORKERS, 1)[0]
    with log.open("wb") as stream:
        process = subprocess.Popen(
            pages.argv, env=zone.environment(), stdout=stream, stderr=stream, start_new_session=True
        )
        try:
            _wait_until_ready(process, port, log)
            yield Server(process, port)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    for _time in range(600):
        if process.poll() is not None:
            raise SystemExit(f"the server ended: {log.read_text(errors='replace')[-2000:]}")
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("the server does not answer")
