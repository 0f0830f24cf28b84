"""Child processes are kept running and none outlives the parent."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

SLEEPER = "import time; time.sleep(60)"
# A parent that says "ready" at once and writes what the supervisor reports.
PARENT = """
import sys
from wutong.cli.supervisor import Child, Patience, Supervisor
children = [Child(f"子进程{n}", [sys.executable, "-c", code]) for n, code in enumerate(sys.argv[2:])]
ready_after = iter([False] * int(sys.argv[1]) + [True] * 10_000)
sys.exit(Supervisor(
    children,
    is_ready=lambda: next(ready_after),
    on_ready=lambda: print("ready", flush=True),
    report=lambda line: print(line, flush=True),
    patience=Patience(first_pause=0.1, longest_pause=0.2, finish=2, poll=0.05),
).run())
"""


def start_parent(*codes: str, ready_after: int = 0) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PARENT, str(ready_after), *codes],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )


def writes_its_number(path: Path, after: str = SLEEPER) -> str:
    return f"import os; open({str(path)!r}, 'a').write(f'{{os.getpid()}}\\n'); {after}"


def numbers(path: Path) -> list[int]:
    return [int(line) for line in path.read_text().splitlines()] if path.exists() else []


def wait_for_numbers(path: Path, count: int) -> list[int]:
    deadline = time.monotonic() + 10
    while len(numbers(path)) < count:
        assert time.monotonic() < deadline, f"{path.name}: {numbers(path)}"
        time.sleep(0.05)
    return numbers(path)


def is_alive(number: int) -> bool:
    try:
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def assert_gone(process_numbers: list[int]) -> None:
    deadline = time.monotonic() + 5
    while any(is_alive(number) for number in process_numbers):
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_signal_ends_all_children_and_the_exit_is_clean(
    tmp_path: Path, number: signal.Signals
) -> None:
    parent = start_parent(writes_its_number(tmp_path / "a"), writes_its_number(tmp_path / "b"))
    children = wait_for_numbers(tmp_path / "a", 1) + wait_for_numbers(tmp_path / "b", 1)
    parent.send_signal(number)
    assert parent.wait(10) == 0
    assert_gone(children)


def test_a_child_that_dies_is_started_again(tmp_path: Path) -> None:
    parent = start_parent(writes_its_number(tmp_path / "a"))
    assert parent.stdout
    assert parent.stdout.readline() == "ready\n"
    first = wait_for_numbers(tmp_path / "a", 1)[0]
    os.kill(first, signal.SIGKILL)
    second = wait_for_numbers(tmp_path / "a", 2)[1]
    assert parent.stdout.readline() == "子进程0已退出（退出码 -9），0.1 秒后重新启动。\n"
    parent.terminate()
    assert parent.wait(10) == 0
    assert_gone([second])


def test_a_child_that_keeps_dying_waits_longer(tmp_path: Path) -> None:
    # It lives long enough to be ready first.
    sleeper = writes_its_number(tmp_path / "b", after="import time; time.sleep(0.3)")
    parent = start_parent(sleeper)
    assert parent.stdout
    lines = [parent.stdout.readline() for _ in range(4)]
    parent.terminate()
    assert parent.wait(10) == 0
    assert [line.split("，")[-1] for line in lines[1:]] == [
        "0.1 秒后重新启动。\n",
        "0.2 秒后重新启动。\n",
        "0.2 秒后重新启动。\n",
    ]


def test_a_child_that_cannot_start_stops_everything(tmp_path: Path) -> None:
    parent = start_parent(writes_its_number(tmp_path / "a"), "import sys; sys.exit(3)", ready_after=10_000)
    output, _ = parent.communicate(timeout=10)
    assert parent.returncode == 1
    assert output == "子进程1未能启动（退出码 3）。\n"
    assert_gone(numbers(tmp_path / "a"))


def test_grandchildren_and_deaf_children_are_ended_too(tmp_path: Path) -> None:
    grandchild = writes_its_number(tmp_path / "grandchild")
    deaf = (
        "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        f"subprocess.Popen([sys.executable, '-c', {grandchild!r}]); time.sleep(60)"
    )
    parent = start_parent(writes_its_number(tmp_path / "child", after=deaf))
    processes = wait_for_numbers(tmp_path / "child", 1) + wait_for_numbers(tmp_path / "grandchild", 1)
    parent.terminate()
    assert parent.wait(10) == 0
    assert_gone(processes)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of their parent's death")
def test_children_end_when_the_parent_is_killed(tmp_path: Path) -> None:
    parent = start_parent(writes_its_number(tmp_path / "a"))
    children = wait_for_numbers(tmp_path / "a", 1)
    parent.kill()
    parent.wait(10)
    assert_gone(children)
