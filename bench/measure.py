"""Pages of a large zone, on SQLite and PostgreSQL: `python -m bench.measure --directory DIR [--postgresql URL]`.

Builds the zone where it does not stand yet (`wutong sample --volume`), starts the web server as `wutong serve` does,
and asks every page by HTTP on loopback with a signed-in session: queries, CPU of the server for each request, the
50th and 95th of a hundred answers at one and at eight visitors, size, peak memory; the stalled finder as of any day;
then the search (`bench.search`). Writes `measured.json` and `measured.md` into DIR. Nothing is asserted.
"""

import argparse
import json
import os
import platform
import signal
import statistics
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench.pages import Scenario, scenarios, sessions
from bench.server import Server, serving
from bench.visits import Visitor, compressed_kilobytes, visit
from bench.zones import MeasuredZone, build, zones_in

FINDER_DAYS = (0, 1, 90, 365, 800)
WARM = 24
"""Requests before the measured ones."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--directory", type=Path, default=Path("var/bench"))
    parser.add_argument(
        "--postgresql", default="", metavar="URL", help="an empty database, or one built before"
    )
    parser.add_argument("--volume", default="full", help="full, or a part of it such as 1/10")
    parser.add_argument("--requests", type=int, default=100, help="of each kind and number of visitors")
    parser.add_argument("--only", default="", help="scenarios whose name holds this")
    parser.add_argument("--without-search", action="store_true")
    parser.add_argument("--zone", nargs=2, metavar=("LABEL", "URL"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    directory = options.directory.resolve()
    directory.mkdir(parents=True, exist_ok=True)
    if options.zone:
        label, url = options.zone
        measured = measure(MeasuredZone(label, url, directory / "data"), directory, options)
        (directory / f"measured.{label}.json").write_text(json.dumps(measured, ensure_ascii=False, indent=1))
        return
    found = []
    for zone in zones_in(directory, options.postgresql):
        build(zone, options.volume)
        # One process for each database: settings are read once.
        given = [argument for argument in sys.argv[1:] if argument]
        command = [sys.executable, "-m", "bench.measure", *given, "--zone", zone.label, zone.url]
        subprocess.run(command, env=zone.environment(), check=True)
        one = json.loads((directory / f"measured.{zone.label}.json").read_text())
        if not options.without_search:
            one["search"] = searched(zone)
        found.append(one)
    (directory / "measured.json").write_text(json.dumps(found, ensure_ascii=False, indent=1))
    (directory / "measured.md").write_text("\n\n".join(map(as_markdown, found)) + "\n")
    print((directory / "measured.md").read_text())


def measure(zone: MeasuredZone, directory: Path, options: argparse.Namespace) -> dict[str, Any]:
    import django

    django.setup()

    from django.db import connection
    from django.utils import timezone

    # Whoever ends the measurement ends its web server too.
    signal.signal(signal.SIGTERM, lambda *_told: sys.exit(1))
    today = timezone.localdate()
    tokens = sessions()
    told = scenarios(today)
    rows = []
    finder = [finder_on(today - timedelta(days=days)) for days in FINDER_DAYS]
    with serving(zone, directory / f"server.{zone.label}.log") as server:
        for number, scenario in enumerate(told):
            if options.only in scenario.label:
                row = measured_page(scenario, server, tokens, options.requests, number)
                rows.append(row)
                print(f"{zone.label}: {row}", flush=True)
        peak = server.peak_megabytes()
    return {
        "database": zone.label,
        "version": version(connection),
        "python": platform.python_version(),
        "processors": os.cpu_count(),
        "sizes": sizes(),
        "finder": finder,
        "pages": rows,
        "peak_megabytes": round(peak),
        "requests": options.requests,
    }


def measured_page(
    scenario: Scenario, server: Server, tokens: dict[str, str], requests: int, number: int
) -> dict[str, Any]:
    session = tokens[scenario.reader]
    queries, kilobytes = queries_and_size(scenario, session, server.port)
    place = 10
    # Every process and thread of the server has answered before anything is measured.
    visit(server.port, session, scenario.asks(WARM, place), 8)
    place += WARM
    answers = {}
    cpu = 0.0
    for visitors in (1, 8):
        before = server.cpu_seconds()
        times = visit(server.port, session, scenario.asks(requests, place), visitors)
        place += requests
        if visitors == 1:
            cpu = (server.cpu_seconds() - before) / times.count * 1000
        answers[f"p50_at_{visitors}"] = round(times.p50, 1)
        answers[f"p95_at_{visitors}"] = round(times.p95, 1)
    return {
        "page": scenario.label, "queries": queries, "cpu_ms": round(cpu, 1), **answers,
        "kilobytes": round(kilobytes, 1),
    }  # fmt: skip


def queries_and_size(scenario: Scenario, session: str, port: int) -> tuple[int, float]:
    """Counted in this process, on the second request; the size is that of the page by HTTP."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(HTTP_HOST="127.0.0.1")
    client.cookies["sessionid"] = session
    paths = scenario.paths()
    counts = []
    for place in range(2):
        path = next(paths)
        with CaptureQueriesContext(connection) as asked:
            answer = client.post(path, scenario.fields(place)) if scenario.fields else client.get(path)
        if answer.status_code not in {200, 302, 303, 204} or (scenario.fields and answer.status_code == 200):
            raise SystemExit(f"{path}: {answer.status_code} {answer.content.decode()[-1500:]}")
        counts.append(len(asked))
    body = "" if scenario.fields else Visitor(port, session).get(path)
    return counts[-1], compressed_kilobytes(body)


def finder_on(day: Any) -> dict[str, Any]:
    """The plain finder, nothing remembered; the best of three, so that other work on the machine counts less."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from wutong.ledgers.project_push.stalled.queries import stalled_projects
    from wutong.registers.organisation.actors import SYSTEM

    wall, cpu, found, asked = [], [], [], 0
    for _time in range(3):
        began, used = time.perf_counter(), time.process_time()
        with CaptureQueriesContext(connection) as queries:
            found = stalled_projects(SYSTEM, day)
        wall.append(time.perf_counter() - began)
        cpu.append(time.process_time() - used)
        asked = len(queries)
    return {
        "as_of": day.isoformat(), "found": len(found), "queries": asked,
        "seconds": round(min(wall), 3), "cpu_seconds": round(statistics.median(cpu), 3),
    }  # fmt: skip


def sizes() -> dict[str, int]:
    from wutong.cases.models import Case, Change
    from wutong.registers.enterprises.models import Enterprise
    from wutong.registers.organisation.models import Official, Unit

    return {
        "enterprises": Enterprise.objects.count(),
        "cases": Case.objects.count(),
        "changes": Change.objects.count(),
        "projects": Case.objects.filter(case_type="project_push").count(),
        "units": Unit.objects.count(),
        "officials": Official.objects.count(),
    }


def version(connection: Any) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SHOW server_version" if connection.vendor == "postgresql" else "SELECT sqlite_version()"
        )
        return str(cursor.fetchone()[0]).partition(" ")[0]


def searched(zone: MeasuredZone) -> str:
    command = [sys.executable, "-m", "bench.search"]
    return subprocess.run(command, env=zone.environment(), check=True, capture_output=True, text=True).stdout


def as_markdown(found: dict[str, Any]) -> str:
    size = ", ".join(f"{count:,} {name}" for name, count in found["sizes"].items())
    lines = [
        f"## {found['database']} {found['version']}",
        "",
        f"{size}. Python {found['python']}, {found['processors']} processors. Most memory of a web process: "
        f"{found['peak_megabytes']} MB.",
        "",
        "| page | queries | CPU ms | p50, 1 visitor | p95, 1 visitor | p50, 8 | p95, 8 | kB compressed |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for row in found["pages"]:
        lines.append(
            f"| {row['page']} | {row['queries']} | {row['cpu_ms']} | {row['p50_at_1']} | {row['p95_at_1']} "
            f"| {row['p50_at_8']} | {row['p95_at_8']} | {row['kilobytes'] or '–'} |"
        )
    lines += [
        "",
        "| stalled finder as of | found | queries | seconds | CPU seconds |",
        "|---|--:|--:|--:|--:|",
    ]
    lines += [
        f"| {item['as_of']} | {item['found']:,} | {item['queries']} | {item['seconds']} | {item['cpu_seconds']} |"
        for item in found["finder"]
    ]
    if found.get("search"):
        lines += ["", "Search (`bench.search`):", "", "```", found["search"].strip(), "```"]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
