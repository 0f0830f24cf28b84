"""Random lives of projects, told to the engine in sets so that thousands take seconds. All names are invented."""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import QuerySet

from wutong.base.lamps.testing import make_edition
from wutong.base.money import YI
from wutong.cases.act import act_many
from wutong.cases.models import Case, Change
from wutong.cases.steps import Step
from wutong.ledgers.project_push.services import NewProject, enter_projects
from wutong.ledgers.project_push.stalled.queries import STALLED
from wutong.registers.organisation.actors import SYSTEM
from wutong.registers.organisation.models import Unit
from wutong.rules.lamps import LampRule

SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST_DAY, LAST_DAY = date(2021, 1, 4), date(2026, 6, 30)
ROUNDS = 6
AMOUNTS = (0, YI // 2, YI, 3 * YI, 5 * YI, 5 * YI - 1, 8 * YI, 10 * YI, 12 * YI, 50 * YI, 66 * YI)
FORWARD = {
    "lead": ("negotiate",),
    "negotiating": ("appraise",),
    "appraised": ("sign",),
    "signed": ("start", "register"),
    "registered": ("start",),
    "started": ("produce",),
    "in_production": ("reach_capacity",),
}
TARGET = {
    "negotiate": "negotiating",
    "appraise": "appraised",
    "sign": "signed",
    "register": "registered",
    "start": "started",
    "produce": "in_production",
    "reach_capacity": "at_capacity",
    "suspend": "suspended",
    "terminate": "terminated",
}


@dataclass
class Told:
    """What has been told of one project so far."""

    case: Case
    state: str
    last_on: date
    before_aside: str = ""
    is_over: bool = field(default=False)


def moment(number: int) -> datetime:
    """When the steps of a round become known: one round after the other, long after they happened."""
    return datetime(2026, 7, 1, 9, 0, tzinfo=SHANGHAI) + timedelta(days=number)


def dated_lamp_rules(change_on: date) -> None:
    """Two editions: the earlier one ends the day before the later one begins. No rule for started below 1 亿."""
    for edition, factor, start in (("第一版", 1, date(2022, 3, 1)), ("第二版", 2, change_on)):
        rules = []
        for stage, band in (
            ("signed", 0), ("signed", YI), ("signed", 10 * YI), ("started", YI), ("started", 50 * YI),
        ):  # fmt: skip
            days = (60 + 90 * (band // YI > 1) + 120 * (stage == "started")) * factor
            lines = (
                ("days_in_stage", "red", days + 100),
                ("days_in_stage", "yellow", days),
                ("days_idle", "red", 90 * factor),
                ("days_idle", "yellow", 45 * factor),
            )
            for metric, colour, line in lines:
                rules.append(LampRule(metric, "over", line, colour, stage, band, clause="第1条"))  # type: ignore[arg-type]
        make_edition(STALLED, edition, rules, start)


def tell_histories(count: int, unit: Unit, dice: random.Random) -> list[Case]:
    """`count` projects with up to ROUNDS steps each: forward, aside and back, amounts, progress, corrected days."""
    new = []
    for index in range(count):
        state = dice.choice(["lead", "appraised", "signed", "signed", "registered", "started"])
        amount = dice.choice(AMOUNTS)
        new.append(
            NewProject(
                name=f"示例项目{index:04d}号",
                investor_name=f"示例投资方{index % 97:02d}号",
                total_investment_yuan=amount,
                state=state,
                opened_on=_day_between(dice, FIRST_DAY, LAST_DAY - timedelta(days=400)),
                host_unit=unit,
            )
        )
    with quick_updates():
        return _tell(new, dice)


def _tell(new: Sequence[NewProject], dice: random.Random) -> list[Case]:
    cases = enter_projects(new, actor=SYSTEM, now=moment(0))
    told = [Told(case, item.state, item.opened_on) for case, item in zip(cases, new, strict=True)]
    for number in range(1, ROUNDS + 1):
        _tell_round(told, number, dice)
    return cases


@contextmanager
def quick_updates() -> Iterator[None]:
    """Within the block sets of rows are updated by one prepared statement per table: the same values, without the
    long CASE expressions that take most of the time when thousands of histories are told."""

    def update_all(rows: QuerySet[Any], objs: Any, fields: Any, batch_size: int | None = None) -> int:
        meta, quote = rows.model._meta, connection.ops.quote_name
        columns = [meta.get_field(name) for name in fields]
        values = [
            [*(c.get_db_prep_save(getattr(item, c.attname), connection) for c in columns), item.pk]
            for item in objs
        ]
        told = ", ".join(f"{quote(column.column)} = %s" for column in columns)
        with connection.cursor() as cursor:
            cursor.executemany(
                f"UPDATE {quote(meta.db_table)} SET {told} WHERE {quote(meta.pk.column)} = %s", values
            )
        return len(values)

    with patch.object(QuerySet, "bulk_update", update_all):
        yield


def _tell_round(told: Sequence[Told], number: int, dice: random.Random) -> None:
    correcting = [item for item in told if not item.is_over and dice.random() < 0.15]
    steps = _corrections(correcting, dice)
    chosen = {item.case.pk for item in correcting}
    steps += [step for item in told if item.case.pk not in chosen and (step := _step(item, dice))]
    done = act_many(steps, actor=SYSTEM, now=moment(number))
    cases = {item.case.pk: item.case for item in done}
    for item in told:
        if item.case.pk in cases:
            item.case = cases[item.case.pk]
            item.last_on = item.case.changed_on


def _step(item: Told, dice: random.Random) -> Step | None:
    if item.is_over:
        return None
    on = item.last_on + timedelta(days=dice.choice([0, 1, 9, 30, 44, 46, 75, 120, 240]))
    if on > LAST_DAY:
        return None
    if item.state == "suspended":
        verb = dice.choice(["resume", "resume", "note_progress", "revise_amount"])
    else:
        forward = FORWARD[item.state]
        verb = dice.choices(
            [dice.choice(forward), "note_progress", "suspend", "revise_amount", "terminate"],
            weights=[8, 4, 3, 1, 0.4],
        )[0]
    if verb == "suspend":
        item.before_aside = item.state
    if verb == "resume":
        item.state = item.before_aside
    item.state = TARGET.get(verb, item.state)
    item.is_over = item.state in {"terminated", "at_capacity"}
    return Step(
        item.case,
        verb,
        on,
        data={"latest_progress": f"进展{on}"} if verb == "note_progress" else {},
        reason="示例理由",
        amount_yuan=dice.choice(AMOUNTS) if verb == "revise_amount" else None,
    )


def _corrections(chosen: Sequence[Told], dice: random.Random) -> list[Step]:
    """A day is moved between its neighbours; what was corrected before may be corrected again."""
    lives: dict[int, list[Change]] = defaultdict(list)
    replaced = set()
    for change in Change.objects.filter(case__in=[item.case.pk for item in chosen]).order_by("seq"):
        lives[change.case_id].append(change)
        replaced.add(change.replaces_id)
    steps = []
    for item in chosen:
        life = sorted(
            (change for change in lives[item.case.pk] if change.pk not in replaced),
            key=lambda change: change.position,
        )
        place = dice.randrange(len(life))
        earliest = life[place - 1].effective_on if place else life[0].effective_on - timedelta(days=200)
        latest = life[place + 1].effective_on if place + 1 < len(life) else LAST_DAY
        on = _day_between(dice, earliest, latest)
        steps.append(Step(item.case, "correct", on, reason="示例更正", replaces=life[place]))
    return steps


def _day_between(dice: random.Random, first: date, last: date) -> date:
    return first + timedelta(days=dice.randint(0, (last - first).days))
