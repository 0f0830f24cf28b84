"""Two limits around a running job: a polite one that the job's code can clean up after, and a hard one."""

import faulthandler
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

GRACE_SECONDS = 15
"""So long after its limit a job may still clean up before its process is ended."""


class TookTooLong(BaseException):
    """The job ran longer than it may. No `Exception`, so that a job which catches those does not go on."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Within the block TookTooLong is raised after so many seconds. Main thread only."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise TookTooLong(f"stopped after {seconds:g} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def hard_limit(seconds: float) -> Iterator[None]:
    """Within the block the whole process ends after so many seconds, whatever it is doing.

    The interpreter's own watchdog is used: it is a thread of C that needs no lock of Python, so it also ends a
    process that hangs in a library. It writes to the error output where the process was.
    """
    faulthandler.dump_traceback_later(seconds, exit=True, file=sys.__stderr__ or sys.stderr)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
