"""Search at full size: `python -m bench.search`, in a database that `wutong sample --volume` has built.

Asks 500 questions of 16 kinds as somebody who sees everything and as somebody who sees one unit, and 100 hopeless
ones; prints how many had their answer among the first five, and the 50th and 95th percentile of wall and CPU time by
kind. DATABASE_URL and WUTONG_DATA_DIR say where the database and its keys are, as for `wutong`.
"""

import os
import time
from collections import defaultdict
from typing import Any

from bench.visits import percentile
from bench.zones import SETTINGS

ORDER = "supervision_order"


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    import django

    django.setup()
    ask()


def ask() -> None:
    from django.utils import timezone

    from wutong.cases.models import Assignment, Case
    from wutong.desk.search import search_hits
    from wutong.desk.tests.search_questions import hopeless, questions
    from wutong.registers.enterprises.models import Enterprise
    from wutong.registers.organisation.actors import Actor
    from wutong.registers.organisation.models import Official, Unit

    today = timezone.localdate()
    cases = list(Case.objects.filter(case_type=ORDER).order_by("pk").values_list("pk", "number", "title"))
    people = list(Official.objects.filter(staff_no__startswith="V").order_by("pk").values_list("pk", "name"))
    codes = dict(Enterprise.objects.exclude(code=None).values_list("code", "pk"))
    world = world_of(codes, [title for _pk, _number, title in cases], [name for _pk, name in people])
    keys = {
        "enterprise": [codes[firm.code] for firm in world.firms],
        "official": [pk for pk, _name in people],
        "case": [pk for pk, _number, _title in cases],
    }
    asked = [*questions(world, [number for _pk, number, _title in cases]), *hopeless(world)]
    units = list(Unit.objects.filter(code__startswith="v").order_by("pk"))
    unit = units[len(units) // 2]
    person = Official.objects.select_related("unit").filter(unit=unit).order_by("pk")[0]
    own = set(Assignment.objects.filter(unit=unit).values_list("case_id", flat=True))
    own |= set(Case.objects.filter(parent__in=list(own)[:30_000]).values_list("pk", flat=True))
    every = frozenset({"supervision.see_all", "project_push.see_all", "project_push.see_unsigned"})
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
            if not rights:
                leaks += len({key for kind, key in found if kind == "case"} - own)
            if question.answer is None:
                right[question.kind] += found == []
                continue
            kind, index = question.answer
            key = (kind, keys[kind][index])
            permitted = kind != "case" or bool(rights) or key[1] in own
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


def world_of(codes: dict[str, int], titles: list[str], people: list[str]) -> Any:
    """The firms and cases of the database, as the questions want them."""
    from wutong.desk.tests.search_questions import Firm, Matter, World, _letters
    from wutong.sample.volume import plan

    count = sum(code.startswith(plan.CODE_BEGINS) for code in codes)
    firms = [plan.firm(number) for number in range(count)]
    return World(
        [Firm(firm.name, firm.word, firm.code, firm.former) for firm in firms],
        [Matter(title, 0) for title in titles],
        people,
        [_letters(firm.name) for firm in firms],
    )


if __name__ == "__main__":
    main()
