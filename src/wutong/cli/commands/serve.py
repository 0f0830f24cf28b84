"""Serves pages, background tasks and the tick as one process tree."""

import argparse
import os
import socket
import sys

from wutong.base.errors import Refused
from wutong.cli.product import APPLICATION
from wutong.cli.supervisor import Child, Supervisor

NAME = "serve"
HELP = "启动网页服务、后台任务和定时任务"
NEEDS_DJANGO = False
THREADS = 4
TICK_SECONDS = 60


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="监听地址（默认 %(default)s）")
    parser.add_argument("--port", type=int, default=8000, help="端口（默认 %(default)s）")
    parser.add_argument(
        "--workers", type=int, default=min(2, os.cpu_count() or 1), help="网页进程数（默认 %(default)s）"
    )
    parser.add_argument(
        "--job-workers", type=_one_or_more, default=1, help="后台任务进程数（默认 %(default)s）"
    )


def run(options: argparse.Namespace) -> int:
    refuse_taken_port(options.host, options.port)
    address = f"http://{options.host}:{options.port}"

    def announce() -> None:
        print(f"梧桐已启动：{address}（按 Ctrl+C 停止）", flush=True)

    supervisor = Supervisor(
        children(options.host, options.port, options.workers, options.job_workers),
        is_ready=lambda: answers(options.host, options.port),
        on_ready=announce,
        report=lambda line: print(line, file=sys.stderr, flush=True),
    )
    return supervisor.run()


def children(host: str, port: int, workers: int, job_workers: int) -> list[Child]:
    python = sys.executable
    return [
        # Preloading makes the port answer only when the application is complete, and saves memory.
        Child(
            "网页服务",
            [python, "-m", "gunicorn", APPLICATION, "--preload", "--worker-class", "gthread"]
            + ["--workers", str(workers), "--threads", str(THREADS), "--bind", f"{host}:{port}"]
            + ["--graceful-timeout", "20", "--log-level", "warning"],
        ),
        *(
            Child(f"后台任务{number}", [python, "-m", "wutong.cli", "worker"])
            for number in range(1, job_workers + 1)
        ),
        Child("定时任务", [python, "-m", "wutong.cli", "tick", "--every", str(TICK_SECONDS)]),
    ]


def answers(host: str, port: int) -> bool:
    try:
        with socket.create_connection((_reachable(host), port), timeout=1):
            return True
    except OSError:
        return False


def refuse_taken_port(host: str, port: int) -> None:
    """Say so before anything starts; the web server itself would only retry and give up."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Refused(
                f"不能监听 {host}:{port}（{error.strerror}）。请换一个端口，例如：make run PORT={port + 1}"
            ) from error


def _one_or_more(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("至少要有 1 个进程")
    return number


def _reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
