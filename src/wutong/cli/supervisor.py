"""Keeps a few child processes running until the parent is told to stop.

A child that dies before everything is ready means a wrong set-up: all stop and the exit code is 1. A child that
dies later is started again after a pause that doubles while it keeps dying. Children live in process groups of
their own, so that Ctrl+C reaches them once, through the parent, and nothing outlives it.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import FrameType

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of <linux/prctl.h>


@dataclass(frozen=True)
class Child:
    """A process to keep running; `name` stands in messages."""

    name: str
    argv: Sequence[str]


@dataclass(frozen=True)
class Patience:
    """Seconds: first and longest pause before a restart, a life that resets the pause, the time to finish."""

    first_pause: float = 1
    longest_pause: float = 60
    steady_after: float = 30
    finish: float = 25
    poll: float = 0.2


class Supervisor:
    """Runs `children`; `is_ready` is asked until it says yes, then `on_ready` is called once."""

    def __init__(
        self,
        children: Sequence[Child],
        *,
        is_ready: Callable[[], bool],
        on_ready: Callable[[], None],
        report: Callable[[str], None],
        patience: Patience | None = None,
    ) -> None:
        self._is_ready = is_ready
        self._on_ready = on_ready
        self._report = report
        self._patience = patience or Patience()
        self._kept = [_Kept(child, self._patience) for child in children]
        self._stopping = False

    def run(self) -> int:
        """Block until a stop signal arrives (0) or a child dies before everything is ready (1)."""
        before = {number: signal.signal(number, self._stop) for number in STOP_SIGNALS}
        try:
            return self._watch()
        finally:
            self._finish()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _watch(self) -> int:
        ready = False
        for kept in self._kept:
            kept.start()
        while not self._stopping:
            for kept in self._kept:
                code = kept.poll()
                if code is None:
                    continue
                if not ready:
                    self._report(f"{kept.child.name}未能启动（退出码 {code}）。")
                    return 1
                pause = kept.plan_restart()
                self._report(f"{kept.child.name}已退出（退出码 {code}），{pause:g} 秒后重新启动。")
            if not ready and self._is_ready():
                ready = True
                self._on_ready()
            time.sleep(self._patience.poll)
        return 0

    def _finish(self) -> None:
        deadline = time.monotonic() + self._patience.finish
        for kept in self._kept:
            kept.signal(signal.SIGTERM)
        for kept in self._kept:
            kept.wait_or_kill(deadline)


class _Kept:
    """One child, its process and when it may start again."""

    def __init__(self, child: Child, patience: Patience) -> None:
        self.child = child
        self._patience = patience
        self._pause = patience.first_pause
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._start_again: float | None = None

    def start(self) -> None:
        self._started = time.monotonic()
        self._start_again = None
        self._process = subprocess.Popen(
            self.child.argv,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
        )

    def poll(self) -> int | None:
        """The exit code when the child has just been found dead; starts it again when its pause is over."""
        if self._start_again is not None:
            if time.monotonic() >= self._start_again:
                self.start()
            return None
        return self._process.poll() if self._process else None

    def plan_restart(self) -> float:
        """Seconds until the restart: the pause doubles while the child keeps dying young."""
        self.kill_group()
        now = time.monotonic()
        if now - self._started >= self._patience.steady_after:
            self._pause = self._patience.first_pause
        pause = self._pause
        self._start_again = now + pause
        self._pause = min(self._pause * 2, self._patience.longest_pause)
        return pause

    def signal(self, number: signal.Signals) -> None:
        if self._process and self._process.poll() is None:
            self._process.send_signal(number)

    def wait_or_kill(self, deadline: float) -> None:
        if self._process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(max(0.0, deadline - time.monotonic()))
        self.kill_group()
        self._process.wait()

    def kill_group(self) -> None:
        """End what the child left behind; its group has the child's number."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)


def _die_with_parent() -> None:
    """Ask the kernel to end this child when the parent is killed without a chance to say so."""
    ctypes.CDLL(None).prctl(PARENT_DEATH_SIGNAL, signal.SIGTERM)
