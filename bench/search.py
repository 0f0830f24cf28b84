"""Search at full size: `python -m bench.search --directory DIR [--url URL] [--firms 100000 --cases 1000000]`.

Fills an SQLite file in DIR, or the empty PostgreSQL database at URL, with invented firms and cases (rows of cases are
without changes: only what a search reads is made), asks 500 questions of 16 kinds as somebody who sees everything and
as somebody who sees one unit, and 100 hopeless ones; prints how many had their answer among the first five, and the
50th and 95th percentile of wall and CPU time by kind. `--asked` asks a database that was filled before.
"""

import argparse
import itertools
import os
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

BLOCK = 5000
UNITS, PEOPLE = 300, 3000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--directory", type=Path, required=True)
    parser.add_argument("--url", default="")
    parser.add_argument("--firms", type=int, default=100_000)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--asked", action="store_true", help="the database was filled before")
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "wutong.site.settings.sample"
    os.environ["WUTONG_DATA_DIR"] = str(options.directory.resolve())
    os.environ["DATABASE_URL"] = options.url
    import django

    django.setup()

    from wutong.desk.tests.search_questions import planned_world

    world = planned_world(options.firms, options.cases, UNITS, PEOPLE)
    if not options.asked:
        fill(world)
    ask(world)


def fill(world: Any) -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone

    from wutong.base.search.services import write_documents
    from wutong.cases.models import Assignment, Case
    from wutong.cases.searching import case_documents
    from wutong.registers.enterprises.models import Enterprise, FormerName
    from wutong.registers.enterprises.names import fold_name
    from wutong.registers.enterprises.searching import enterprise_documents
    from wutong.registers.organisation.models import Official, Unit
    from wutong.registers.organisation.searching import official_documents, unit_documents
    from wutong.site.seeds import load_seeds

    call_command("migrate", verbosity=0)
    load_seeds()
    today = timezone.localdate()
    began, cpu = time.monotonic(), time.process_time()
    root = Unit.objects.create(code="root", name="示例管委会", kind="committee", path="/1/", valid_from=today)
    units = [
        Unit(
            code=f"u{n}",
            name=f"示例{n}处",
            kind="department",
            parent=root,
            path=f"/1/{n + 2}/",
            valid_from=today,
        )
        for n in range(UNITS)
    ]
    Unit.objects.bulk_create(units)
    people = [
        Official(staff_no=f"S{n:05d}", name=name, unit=units[n % UNITS], from_on=today)
        for n, name in enumerate(world.people)
    ]
    Official.objects.bulk_create(people, batch_size=500)
    write_documents(unit_documents([unit.pk for unit in units]))
    write_documents(official_documents([person.pk for person in people]))
    for block in batches(world.firms):
        made = Enterprise.objects.bulk_create(
            [Enterprise(name=firm.name, folded_name=fold_name(firm.name), code=firm.code) for firm in block],
            batch_size=500,
        )
        FormerName.objects.bulk_create(
            FormerName(enterprise=enterprise, name=firm.former, folded_name=fold_name(firm.former))
            for enterprise, firm in zip(made, block, strict=True)
            if firm.former
        )
        write_documents(enterprise_documents([enterprise.pk for enterprise in made]))
    counter = itertools.count(1)
    for block in batches(world.matters):
        cases = Case.objects.bulk_create(
            [
                Case(
                    case_type="supervision_order", number=f"DB2026-{next(counter):07d}", title=matter.title,
                    procedure_version=1, state="issued", opened_on=today, changed_on=today,
                    host_unit=units[matter.unit], last_seq=1,
                )
                for matter in block
            ],
            batch_size=500,
        )  # fmt: skip
        Assignment.objects.bulk_create(
            [
                Assignment(
                    case=case, role="host", unit=units[matter.unit], person=people[matter.unit], from_on=today
                )
                for case, matter in zip(cases, block, strict=True)
            ],
            batch_size=500,
        )
        write_documents(case_documents([case.pk for case in cases]))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(
        f"filled with {len(world.firms)} firms and {len(world.matters)} cases in {time.monotonic() - began:.0f} s,"
        f" {time.process_time() - cpu:.0f} s CPU",
        flush=True,
    )


def batches(rows: list[Any]) -> Any:
    return (rows[start : start + BLOCK] for start in range(0, len(rows), BLOCK))


def ask(world: Any) -> None:
    from django.utils import timezone

    from wutong.cases.models import Case
    from wutong.desk.search import search_hits
    from wutong.desk.tests.search_questions import hopeless, questions
    from wutong.registers.enterprises.models import Enterprise
    from wutong.registers.organisation.actors import Actor
    from wutong.registers.organisation.models import Official, Unit

    today = timezone.localdate()
    keys = {
        "enterprise": list(Enterprise.objects.order_by("pk").values_list("pk", flat=True)),
        "official": list(Official.objects.order_by("pk").values_list("pk", flat=True)),
        "case": list(Case.objects.order_by("pk").values_list("pk", flat=True)),
    }
    numbers = list(Case.objects.order_by("pk").values_list("number", flat=True))
    asked = [*questions(world, numbers), *hopeless(world)]
    unit = Unit.objects.get(code="u7")
    person = Official.objects.select_related("unit").filter(unit=unit).order_by("pk")[0]
    mine = {index for index, matter in enumerate(world.matters) if matter.unit == 7}
    own = {keys["case"][index] for index in mine}
    every = frozenset({"supervision.see_all", "project_push.see_all"})
    account: Any = object()
    for label, rights in (("sees everything", every), ("sees one unit", frozenset())):
        wall: dict[str, list[float]] = defaultdict(list)
        cpu: dict[str, list[float]] = defaultdict(list)
        right: dict[str, int] = defaultdict(int)
        leaks = 0
        for question in asked:
            actor = Actor("asks", account, person, rights, today)
            began, used = time.perf_counter(), time.process_time()
            found = [(hit.kind, hit.target_id) for hit in search_hits(actor, question.text, 20)]
            wall[question.kind].append(time.perf_counter() - began)
            cpu[question.kind].append(time.process_time() - used)
            if rights == frozenset():
                leaks += len({key for kind, key in found if kind == "case"} - own)
            if question.answer is None:
                right[question.kind] += found == []
                continue
            kind, index = question.answer
            permitted = kind != "case" or bool(rights) or index in mine
            key = (kind, keys[kind][index])
            right[question.kind] += key in found[:5] if permitted else key not in found
        print(
            f"\n{label}: {sum(right.values())} of {len(asked)} as they should be, {leaks} foreign cases shown"
        )
        print(f"{'kind':14}{'asked':>6}{'right':>6}{'p50 ms':>9}{'p95 ms':>9}{'CPU p95':>9}")
        for kind, times in wall.items():
            print(
                f"{kind:14}{len(times):6}{right[kind]:6}{percentile(times, 0.5):9.1f}{percentile(times, 0.95):9.1f}"
                f"{percentile(cpu[kind], 0.95):9.1f}"
            )


def percentile(times: list[float], part: float) -> float:
    """In milliseconds."""
    return sorted(times)[min(len(times) - 1, int(len(times) * part))] * 1000


if __name__ == "__main__":
    main()
