"""Telling whether a worker's process on this machine is still the same one."""

import os
import socket
from pathlib import Path

_STATE, _STARTED = 0, 19
"""Positions after the name in /proc/<pid>/stat (proc(5): fields 3 and 22)."""
_GONE = ("Z", "X")


def this_host() -> str:
    return socket.gethostname()[:200]


def process_mark(pid: int) -> str:
    """When the process began, as the kernel counts it; empty when it has ended or the system does not tell."""
    try:
        line = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    fields = line.rpartition(")")[2].split()
    return "" if fields[_STATE] in _GONE else fields[_STARTED]


def is_running(pid: int, mark: str) -> bool:
    """Whether the process with this number and mark lives on this machine. A number used again is not it."""
    if mark:
        return process_mark(pid) == mark
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
