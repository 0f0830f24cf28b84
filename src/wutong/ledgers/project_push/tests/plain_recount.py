"""The stalled list counted again, in plain Python from the rows of `Change` and `LampRule`.

Shares nothing with the finder: no query, no rule, no arithmetic. One project is walked once through all days.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby

from wutong.base.lamps.models import LampRule
from wutong.cases.models import Change

SILENT = {"reassign", "suspend", "resume", "check_evidence", "revise_amount"}
"""Verbs that bring no project forward."""


@dataclass(frozen=True, order=True)
class Line:
    """One line of the list; lines sort as the list does."""

    rank: int
    minus_amount: int
    number: str
    stage: str
    lamp: str
    days: int
    idle: int


@dataclass
class Walk:
    """One project while its changes pass by."""

    first: dict[str, date] = field(default_factory=dict)
    progress: date | None = None
    is_over: bool = False
    amount: int = 0
    rests: list[list[date]] = field(default_factory=list)
    resting: date | None = None


@dataclass(frozen=True)
class Event:
    """A change as it counts: its (corrected) day, and verb and amount of what happened on it."""

    on: date
    verb: str
    before: str
    after: str
    amount: int


def load() -> tuple[list[Change], list[LampRule]]:
    return list(Change.objects.order_by("case_id", "seq")), list(LampRule.objects.select_related("rule_set"))


def recount(
    changes: Sequence[Change],
    rules: Sequence[LampRule],
    days: Iterable[date],
    known_at: datetime | None = None,
) -> dict[date, list[Line]]:
    """The list of every day, from changes that were recorded by `known_at`."""
    wanted = sorted(set(days))
    found: dict[date, list[Line]] = {day: [] for day in wanted}
    for _case, rows in groupby(changes, key=lambda change: change.case_id):
        told = list(rows)
        number = told[0].snapshot["number"]
        events = _events([row for row in told if known_at is None or row.recorded_at <= known_at])
        for day, line in _walk(number, events, wanted, rules):
            found[day].append(line)
    return {day: sorted(lines) for day, lines in found.items()}


def _events(rows: Sequence[Change]) -> list[Event]:
    """A correction moves the day of what it corrects, and nothing else."""
    original = {row.pk: row for row in rows if row.replaces_id is None}
    stands_for = {pk: pk for pk in original}
    day = {pk: row.effective_on for pk, row in original.items()}
    for row in rows:
        if row.replaces_id is not None:
            stands_for[row.pk] = stands_for[row.replaces_id]
            day[stands_for[row.pk]] = row.effective_on
    return [
        Event(day[pk], row.verb, row.state_before, row.state_after, row.amount_yuan or 0)
        for pk, row in original.items()
    ]


def _walk(
    number: str, events: Sequence[Event], days: Sequence[date], rules: Sequence[LampRule]
) -> Iterable[tuple[date, Line]]:
    walk, place = Walk(), 0
    for day in days:
        while place < len(events) and events[place].on <= day:
            _pass(walk, events[place])
            place += 1
        line = _line(number, walk, day, rules)
        if line is not None:
            yield day, line


def _pass(walk: Walk, event: Event) -> None:
    if event.after != event.before:
        walk.first.setdefault(event.after, event.on)
        if event.after == "suspended":
            walk.resting = event.on
        elif event.before == "suspended" and walk.resting is not None:
            walk.rests.append([walk.resting, event.on])
            walk.resting = None
    walk.is_over = walk.is_over or event.after in {"terminated", "at_capacity"}
    walk.amount = event.amount
    if event.verb not in SILENT:
        walk.progress = event.on


def _line(number: str, walk: Walk, day: date, rules: Sequence[LampRule]) -> Line | None:
    if walk.is_over or "in_production" in walk.first:
        return None
    stage = "started" if "started" in walk.first else "signed"
    since = walk.first.get(stage)
    if since is None or not _within_two_years(since, day):
        return None
    days = _running(since, day, walk)
    idle = _running(max(since, walk.progress) if walk.progress else since, day, walk)
    lamp = "pause" if walk.resting is not None else _lamp(stage, walk.amount, day, days, idle, rules)
    rank = ("red", "yellow", "pause", "grey", "green").index(lamp)
    return Line(rank, -walk.amount, number, stage, lamp, days, idle)


def _within_two_years(since: date, day: date) -> bool:
    """The second anniversary is outside; of 29 February it is 1 March."""
    return (since.year + 2, since.month, since.day) > (day.year, day.month, day.day)


def _running(since: date, day: date, walk: Walk) -> int:
    """Days after `since` up to `day` on which the project did not rest."""
    rests: list[Sequence[date]] = [*walk.rests]
    if walk.resting is not None:
        rests.append((walk.resting, day))
    count = day.toordinal() - since.toordinal()
    for start, end in rests:
        if end > since:
            count -= end.toordinal() - max(start, since).toordinal()
    return count


def _lamp(stage: str, amount: int, day: date, days: int, idle: int, rules: Sequence[LampRule]) -> str:
    fitting = [
        rule
        for rule in rules
        if rule.group == stage and rule.band_from_yuan <= amount and _is_in_force(rule, day)
    ]
    if not fitting:
        return "grey"
    band = max(rule.band_from_yuan for rule in fitting)
    lines = {(rule.metric, rule.colour): rule.threshold for rule in fitting if rule.band_from_yuan == band}
    assert len(lines) == 4, "each band of the histories has all its lines"
    for lamp in ("red", "yellow"):
        if days > lines["days_in_stage", lamp] or idle > lines["days_idle", lamp]:
            return lamp
    return "green"


def _is_in_force(rule: LampRule, day: date) -> bool:
    first, last = rule.rule_set.valid_from, rule.rule_set.valid_to
    return first is not None and first <= day and (last is None or day <= last)
