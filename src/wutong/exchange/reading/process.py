"""Starts the reading child, keeps its limits and turns what it says into a `Workbook` or a refusal."""

import logging
import os
import selectors
import signal
import subprocess  # noqa: S404
import sys
import time
from pathlib import Path
from typing import IO

import wutong
from wutong.exchange.reading.grid import Workbook
from wutong.exchange.reading.protocol import Answer
from wutong.exchange.reading.refusals import refusal
from wutong.exchange.reading.unreadable import Unreadable

OUTPUT_MAX_BYTES = 192 * 1024 * 1024
READ_BYTES = 256 * 1024
SOURCE = Path(wutong.__file__).resolve().parents[1]
ENVIRONMENT = {"PYTHONPATH": str(SOURCE), "PYTHONUTF8": "1", "LC_ALL": "C.UTF-8"}
log = logging.getLogger(__name__)


def read_workbook(path: Path, *, memory_bytes: int, seconds: int) -> Workbook:
    """Reads an .xlsx, .xls or .csv file in a child process of at most `memory_bytes` address space and `seconds`.

    The parent survives whatever the file does to the child. Raises `Refused` in plain words.
    """
    try:
        with path.open("rb") as file:
            return _converse(file, memory_bytes, seconds)
    except Unreadable as unreadable:
        raise refusal(unreadable) from unreadable


def _converse(file: IO[bytes], memory_bytes: int, seconds: int) -> Workbook:
    # -P keeps the working directory out of the module path; -B: the child may not write a file anyway.
    command = [
        sys.executable,
        "-P",
        "-B",
        "-m",
        "wutong.exchange.reading.child",
        str(memory_bytes),
        str(seconds),
    ]
    with subprocess.Popen(  # noqa: S603
        command,
        stdin=file,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=ENVIRONMENT,
        cwd="/",
        start_new_session=True,
    ) as child:
        try:
            answer = _listen(child, seconds)
        finally:
            child.kill()
    if answer.refusal:
        raise answer.refusal
    workbook = answer.workbook()
    if workbook is None:
        log.warning("The workbook reader stopped with return code %s", child.returncode)
        if child.returncode == -signal.SIGXCPU:
            raise Unreadable("time", seconds=seconds)
        raise Unreadable("stopped")
    return workbook


def _listen(child: subprocess.Popen[bytes], seconds: int) -> Answer:
    assert child.stdout is not None
    answer, rest, received = Answer(), b"", 0
    deadline = time.monotonic() + seconds
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        while True:
            left = deadline - time.monotonic()
            if left <= 0 or not selector.select(left):
                raise Unreadable("time", seconds=seconds)
            data = os.read(child.stdout.fileno(), READ_BYTES)
            if not data:
                break
            received += len(data)
            if received > OUTPUT_MAX_BYTES:
                raise Unreadable("memory")
            *lines, rest = (rest + data).split(b"\n")
            try:
                for line in lines:
                    answer.add(line)
            except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
                log.warning("The workbook reader said something unknown: %s", type(error).__name__)
                raise Unreadable("stopped") from error
    try:
        child.wait(timeout=max(1.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired as error:
        raise Unreadable("time", seconds=seconds) from error
    return answer
