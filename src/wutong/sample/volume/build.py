"""Builds the zone block by block: what stands already is not built again, so that a run that broke off goes on."""

import os
import random
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from datetime import date, datetime
from multiprocessing import get_context

from django.db import connection, models, transaction

from wutong.base.zone.services import name_zone
from wutong.cases.models import Assignment, Case
from wutong.cases.numbers import take_numbers
from wutong.cases.registry import latest
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.enterprises.services import NewEnterprise, register_enterprises
from wutong.registers.organisation.models import Official, Unit
from wutong.registers.organisation.post_services import RosterRow, appoint_many
from wutong.registers.organisation.services import open_unit
from wutong.sample.organisation import ZONE_OPENED, build_organisation
from wutong.sample.volume import plan
from wutong.sample.volume.copies import (
    Order,
    Parent,
    Rows,
    Seat,
    Template,
    copied_rows,
    hold_templates,
    seats_for,
    template_of,
)
from wutong.sample.volume.projects import build_projects
from wutong.sample.volume.size import Size
from wutong.sample.volume.templates import KINDS, Bench, Kind, sample_document
from wutong.sample.volume.writing import (
    analyse,
    is_half_built,
    next_keys,
    put_indexes_aside,
    put_indexes_back,
    write_rows,
    written_fast,
)

ZONE_NAME = "示例规模园区"
BLOCKS = 100
SET = 500
"""Entries of a register that are written together."""
COPIES = 1_000
"""Cases that are copied together."""
TEMPLATES = 100
"""Templates of each case type of a full zone."""
AT_LEAST = 20
"""Projects that the smallest zone has: problems stand below some of them."""
LEADERS = 40
"""So many of the people lead cases."""
WAITING = 4
"""Sets of copies that are on their way at once: so much memory, whatever the size."""
ROOM = 100_000
"""Keys of each table that a block may use while copies with later keys are being made."""
Keys = dict[type[models.Model], int]
Report = Callable[[str], None]


def build_volume(size: Size, *, today: date, now: datetime, report: Report, processes: int = 0) -> None:
    """Bring the configured database to this size. The database is empty, or was built by this before.

    `processes` copy cases while this one writes; 0 stands for as many as there are processors.
    """
    began = time.monotonic()

    def told(words: str) -> None:
        report(f"{words}（已用{time.monotonic() - began:.0f}秒）")

    with written_fast():
        if not Unit.objects.exists():
            with transaction.atomic():
                build_organisation(today, now)
                name_zone(ZONE_NAME, "379998", is_set_up=True, now=now)
        put_indexes_aside()
        _organisation(size, now)
        _blocks(size, today, now, told, processes or os.cpu_count() or 1)
        told("正在建立索引")
        put_indexes_back()
        analyse()
    told(f"完成：企业{Enterprise.objects.count()}家，办件{Case.objects.count()}件")


def is_complete(size: Size) -> bool:
    """Whether everything of this size stands and nothing waits to be finished."""
    return (
        not is_half_built()
        and Case.objects.count() >= size.cases
        and _built_enterprises() >= size.enterprises
        and Case.objects.filter(case_type="project_push").count() >= size.projects
    )


def _organisation(size: Size, now: datetime) -> None:
    root = Unit.objects.get(code="root")
    with transaction.atomic():
        for number in range(Unit.objects.count(), size.units):
            open_unit(
                code=f"v{number}", name=f"示例{number}处", kind="department", parent=root, actor=None,
                on=ZONE_OPENED, now=now,
            )  # fmt: skip
    units = list(Unit.objects.filter(code__startswith="v").order_by("pk")) or [root]
    missing = range(Official.objects.count(), size.officials)
    for block in _sets(missing):
        appoint_many(
            [
                RosterRow(f"V{number:06d}", plan.person(number), units[number % len(units)], "科员")
                for number in block
            ],
            actor=None, on=ZONE_OPENED, now=now,
        )  # fmt: skip


def _built_enterprises() -> int:
    return Enterprise.objects.filter(code__startswith=plan.CODE_BEGINS).count()


def _enterprises(wanted: int, today: date, now: datetime) -> None:
    for block in _sets(range(_built_enterprises(), wanted)):
        firms = [plan.firm(number) for number in block]
        register_enterprises(
            [
                NewEnterprise(
                    item.name,
                    item.code,
                    (item.former,) if item.former else (),
                    {"industry_code": item.industry_code},
                )
                for item in firms
            ],
            actor=None, on=today, now=now,
        )  # fmt: skip


def _sets(numbers: range) -> Iterator[range]:
    return (numbers[start : start + SET] for start in range(0, len(numbers), SET))


# ---- blocks -------------------------------------------------------------------------------------------------------


def _blocks(size: Size, today: date, now: datetime, report: Report, processes: int) -> None:
    """Each block is a part of everything, so that rows of all kinds lie among each other, as in a zone that has grown.
    A block is one transaction: when it breaks off, nothing of it stands."""
    people = list(Official.objects.select_related("unit").order_by("pk"))
    teams = list(Unit.objects.filter(kind="team").order_by("pk"))
    document = sample_document(now)

    def projects(firms: int, wanted: int) -> None:
        known = Case.objects.filter(case_type="project_push").count()
        build_projects(
            known, max(0, wanted - known), firms=firms, people=people, teams=teams, leaders=people[:LEADERS], document=document, today=today,
            now=now,
        )  # fmt: skip

    with transaction.atomic():
        first = size.part(1, BLOCKS)
        _enterprises(first.enterprises, today, now)
        projects(first.enterprises, max(first.projects, AT_LEAST))
    bench = Bench(random.Random(plan.SEED), people, _open_projects(), document, today)  # noqa: S311
    templates = _templates(size, bench)
    connection.close()
    with _copying_processes(processes, templates) as pool, written_fast():
        copier = _Copier(pool, templates, [(person.unit_id, person.pk) for person in people], size)
        for block in range(1, BLOCKS + 1):
            wanted = size.part(block, BLOCKS)
            with transaction.atomic(), copier.copying(wanted):
                _enterprises(wanted.enterprises, today, now)
                projects(wanted.enterprises, wanted.projects)
            if block % (BLOCKS // 20) == 0:
                report(f"企业 {wanted.enterprises}/{size.enterprises}，办件 {wanted.cases}/{size.cases}")


@contextmanager
def _copying_processes(count: int, templates: Sequence[Template]) -> Iterator[ProcessPoolExecutor]:
    """All of them begin here, while no connection is open that they would inherit."""
    with ProcessPoolExecutor(count, get_context("fork"), hold_templates, (templates,)) as pool:
        pool.submit(hold_templates, templates).result()
        yield pool


def _share(kind: Kind, wanted: Size) -> int:
    """How many of the cases that are no projects are of this kind; the first kind takes what the others leave."""
    others = wanted.cases - wanted.projects
    if kind is KINDS[0]:
        return others - sum(_share(item, wanted) for item in KINDS[1:])
    return others * kind.share // 100


def _open_projects() -> list[Case]:
    return list(
        Case.objects.filter(case_type="project_push", state__in=["signed", "registered", "started"]).order_by(
            "pk"
        )
    )


def _templates(size: Size, bench: Bench) -> list[Template]:
    """A few of each kind and ending, in the shares of the kind; fewer for a small zone."""
    made = []
    for kind in KINDS:
        count = max(10, min(TEMPLATES, _share(kind, size) // 20))
        for ending, share in kind.endings:
            for _each in range(max(1, count * share // 100)):
                with transaction.atomic():
                    made.append(template_of(kind.work(bench, ending)))
    return made


class _Copier:
    """Gives out numbers and keys, has the rows made by other processes, and writes them in the order given out."""

    def __init__(
        self, pool: ProcessPoolExecutor, templates: Sequence[Template], people: Sequence[Seat], size: Size
    ) -> None:
        self.pool, self.templates, self.people, self.size = pool, templates, people, size

    @contextmanager
    def copying(self, wanted: Size) -> Iterator[None]:
        """The cases that are missing are copied while the block inside works; their keys leave room for its rows."""
        planned = deque(self._planned(wanted))
        waiting = deque(self._submit(planned) for _each in range(min(WAITING, len(planned))))
        yield
        while waiting:
            write_rows(waiting.popleft().result())
            if planned:
                waiting.append(self._submit(planned))

    def _submit(self, planned: "deque[tuple[list[Order], Keys]]") -> "Future[Rows]":
        return self.pool.submit(copied_rows, *planned.popleft())

    def _planned(self, wanted: Size) -> Iterator[tuple[list[Order], Keys]]:
        keys: Keys = {}
        for kind in KINDS:
            own = [i for i, item in enumerate(self.templates) if item.case.case_type == kind.case_type]
            first = self.templates[own[0]]
            known = Case.objects.filter(case_type=kind.case_type).count()
            until = _share(kind, wanted)
            dice = random.Random(f"{plan.SEED}:{kind.case_type}:{known}")  # noqa: S311
            parents = _parents(dice, COPIES) if first.case.parent_id else []
            tables = [model for model in first.counts if model is not first.detail and model not in keys]
            keys |= {model: key + ROOM for model, key in next_keys(tables).items()}
            for start in range(known, until, COPIES):
                numbers = range(start, min(start + COPIES, until))
                orders = self._orders(kind, own, numbers, parents, dice)
                yield orders, dict(keys)
                for order in orders:
                    for model, rows in self.templates[order.template].counts.items():
                        if model in keys:
                            keys[model] += rows

    def _orders(
        self, kind: Kind, own: Sequence[int], numbers: range, parents: Sequence[Parent], dice: random.Random
    ) -> list[Order]:
        chosen = dice.choices(own, k=len(numbers))
        prefix = latest(kind.case_type).procedure.number_prefix
        years: dict[int, int] = {}
        for index in chosen:
            year = self.templates[index].case.opened_on.year
            years[year] = years.get(year, 0) + 1
        taken = {year: iter(take_numbers(prefix, year, count)) for year, count in sorted(years.items())}
        return [
            Order(
                index,
                next(taken[self.templates[index].case.opened_on.year]),
                plan.title(number, self.size.enterprises),
                seats_for(self.templates[index], self.people, self.people[:LEADERS], dice),
                dice.choice(parents) if parents else None,
            )
            for number, index in zip(numbers, chosen, strict=True)
        ]


def _parents(dice: random.Random, count: int) -> list[Parent]:
    """Some of the projects that are under way, with who holds or held them."""
    projects = _open_projects()
    chosen = dice.sample(projects, min(count, len(projects)))
    held: dict[int, list[Seat]] = {case.pk: [] for case in chosen}
    for seat in Assignment.objects.filter(case__in=held):
        held[seat.case_id].append((seat.unit_id, seat.person_id))
    return [Parent(case.pk, case.case_type, case.enterprise_id, tuple(held[case.pk])) for case in chosen]
