"""Backup and restore of a large zone: `python -m bench.backup --cases 50000 --directory DIR`.

Makes a zone with so many cases (two changes each, with valid chains) in DIR, backs it up and restores it elsewhere;
prints seconds, CPU seconds and peak memory of each; nothing is asserted. `--source URL` and `--target URL` name empty
PostgreSQL databases, otherwise both are SQLite files in DIR. `--engine` is not asked: each URL says it.
All names in the zone are invented.
"""

import argparse
import copy
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SETTINGS = "wutong.site.settings.sample"
PASSPHRASE = "only-for-the-measurement"
BLOCK = 2000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=50_000)
    parser.add_argument("--directory", type=Path, required=True, help="empty or absent")
    parser.add_argument("--source", default="", help="URL of an empty database")
    parser.add_argument("--target", default="", help="URL of another empty database")
    parser.add_argument("--fill", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.fill:
        fill(options.cases)
        return
    base = options.directory.resolve()
    base.mkdir(parents=True, exist_ok=True)
    source, target = (
        environment(base / "source", options.source),
        environment(base / "target", options.target),
    )
    wutong = [sys.executable, "-m", "wutong.cli"]
    measured("migrate", [*wutong, "migrate", "--without-static"], source)
    measured("fill", [sys.executable, "-m", "bench.backup", "--fill"]
             + ["--cases", str(options.cases), "--directory", str(base)], source)  # fmt: skip
    backup, keys = str(base / "backup"), str(base / "keys.locked")
    measured("backup", [*wutong, "backup", "--into", backup, "--keys", keys], source)
    measured("restore", [*wutong, "restore", backup, "--keys", keys], target)


def environment(data: Path, url: str) -> dict[str, str]:
    """Each database has its own data directory; the keys travel by the file."""
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    own = {
        "DJANGO_SETTINGS_MODULE": SETTINGS,
        "WUTONG_DATA_DIR": str(data),
        "WUTONG_KEY_PASSPHRASE": PASSPHRASE,
    }
    return kept | own | ({"DATABASE_URL": url} if url else {})


def measured(label: str, command: list[str], variables: dict[str, str]) -> None:
    """Peak memory is that of the largest process; the server of PostgreSQL is not counted."""
    began = time.monotonic()
    process = subprocess.Popen(command, env=variables)
    _pid, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - began
    print(
        f"{label}: {seconds:.1f} s, {usage.ru_utime + usage.ru_stime:.1f} s CPU, {usage.ru_maxrss / 1024:.0f} MB",
        flush=True,
    )
    if code := os.waitstatus_to_exitcode(status):
        sys.exit(f"{label} ended with {code}")


def fill(count: int) -> None:
    """One order is issued and answered as people do it, then copied with new numbers and sealed again."""
    import django

    django.setup()

    from django.core.management.color import no_style
    from django.db import connection, transaction
    from django.utils import timezone

    from wutong.cases.models import Case
    from wutong.cases.numbers import take_numbers
    from wutong.sample.zone import build_zone
    from wutong.site.seeds import load_seeds

    now = timezone.now()
    load_seeds()
    build_zone(today=timezone.localdate(now), now=now)
    case = answered_order(now)
    rows = rows_of(case)
    models = [Case, *rows]
    prefix, year = "DB", case.opened_on.year
    next_keys = {
        model: (model._default_manager.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1
        for model in models
    }
    for start in range(0, count, BLOCK):
        with transaction.atomic():
            block: dict[type, list[Any]] = {model: [] for model in models}
            for number in take_numbers(prefix, year, min(BLOCK, count - start)):
                for row in copied(case, rows, number, next_keys):
                    block[type(row)].append(row)
            for model, new in block.items():
                model._default_manager.bulk_create(new, batch_size=500)
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


def answered_order(now: Any) -> Any:
    from datetime import timedelta

    from django.utils.timezone import localdate

    from wutong.cases.act import act
    from wutong.cases.steps import Holder
    from wutong.ledgers.supervision_orders.services import issue_order
    from wutong.registers.organisation.actors import SYSTEM
    from wutong.registers.organisation.models import Official

    people = list(Official.objects.select_related("unit").order_by("pk")[:3])
    today = localdate(now)
    case = issue_order(
        matter="示例督办事项",
        demand="示例：按期反馈办理情况",
        holders=[
            Holder(role, person.unit, person)
            for role, person in zip(("host", "lead_official", "supervisor"), people, strict=True)
        ],
        source=None,
        actor=SYSTEM,
        on=today - timedelta(days=1),
        now=now,
    )
    return act(
        case, "answer", actor=SYSTEM, now=now, effective_on=today, data={"answer": "示例：已办理"}
    ).case


def rows_of(case: Any) -> dict[type, list[Any]]:
    """The rows of the case besides itself, in an order in which they can be inserted."""
    from wutong.cases.models import Assignment, Change, Clock, ClockSegment, ClockSuspension, Task
    from wutong.ledgers.supervision_orders.models import SupervisionOrder

    clocks = list(Clock.objects.filter(case=case).order_by("pk"))
    return {
        SupervisionOrder: [SupervisionOrder.objects.get(pk=case.pk)],
        Change: list(Change.objects.filter(case=case).order_by("seq")),
        Assignment: list(Assignment.objects.filter(case=case).order_by("pk")),
        Task: list(Task.objects.filter(case=case).order_by("pk")),
        Clock: clocks,
        ClockSegment: list(ClockSegment.objects.filter(clock__in=clocks).order_by("pk")),
        ClockSuspension: list(ClockSuspension.objects.filter(clock__in=clocks).order_by("pk")),
    }


def copied(case: Any, rows: dict[type, list[Any]], number: str, next_keys: dict[type, int]) -> Iterator[Any]:
    from wutong.base.chain.rows import Head
    from wutong.cases.models import Case, Change

    new = copy.copy(case)
    new._state = type(case._state)()
    new.pk, new.number, new.title = next_keys[Case], number, f"示例督办事项{number}"
    next_keys[Case] += 1
    head = Head()
    keys: dict[tuple[type, int], int] = {}
    parts = []
    for model, originals in rows.items():
        for original in originals:
            row = copy.copy(original)
            row._state = type(original._state)()
            if hasattr(original, "case_id"):
                row.case_id = new.pk
            if model._meta.pk.name == "id":
                row.pk = keys[model, original.pk] = next_keys[model]
                next_keys[model] += 1
            for name, value in list(vars(row).items()):
                field = next((item for item in model._meta.local_fields if item.attname == name), None)
                if field is not None and field.is_relation and (field.related_model, value) in keys:
                    setattr(row, name, keys[field.related_model, value])
            if hasattr(row, "matter"):
                row.matter = new.title
            if model is Change:
                row.snapshot = dict(original.snapshot)
                if row.seq == 1:
                    data = {**original.snapshot["data"], "matter": new.title}
                    row.snapshot |= {"number": number, "title": new.title, "data": data}
                head = row.seal(after=head, now=original.recorded_at)
            parts.append(row)
    new.set_head(head, new.chain_name())
    yield new
    yield from parts


if __name__ == "__main__":
    main()
