"""Counts of projects told again from the rows of `Change`, in two other ways: one project after the other in plain
Python, and by questions to the database. They share nothing with the counting rules or their queries."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from itertools import groupby

from django.db import connection

from wutong.cases.models import Change

STATES = ("signed", "registered", "started", "in_production", "at_capacity")
Parts = dict[str, dict[int, int]]
"""By measure what each project gives; by `measure@investor` what it gives to each investor."""


def plain_parts(from_on: date | None, as_of: date, known_at: datetime | None = None) -> Parts:
    """Everything a count of all projects holds."""
    parts: Parts = defaultdict(dict)
    rows = Change.objects.filter(case__case_type="project_push").order_by("case_id", "seq")
    for case_id, found in groupby(rows, key=lambda row: row.case_id):
        known = [row for row in found if known_at is None or row.recorded_at <= known_at]
        for name, value in _of_one(known, from_on or date.min, as_of).items():
            parts[name][case_id] = value
    return parts


def _of_one(rows: Iterable[Change], first: date, last: date) -> dict[str, int]:
    days: dict[int, date] = {}
    originals: dict[int, Change] = {}
    for row in rows:
        days[row.position] = row.effective_on
        if row.replaces_id is None:
            originals[row.seq] = row
    told = [(days[seq], row) for seq, row in sorted(originals.items())]
    if not told or told[-1][1].state_after == "merged":
        return {}
    result: dict[str, int] = {}
    owner_of = _owners([row for _on, row in told])

    def add(name: str, on: date, value: int, seq: int) -> None:
        if first <= on <= last and value:
            result[name] = result.get(name, 0) + value
            key = f"{name}@{owner_of[seq]}"
            result[key] = result.get(key, 0) + value

    reached: set[str] = set()
    amount: int | None = None
    for on, row in told:
        came = row.state_after if row.state_after != row.state_before else None
        rises = amount is not None and bool(reached)
        now = row.amount_yuan or 0
        if came in STATES and came not in reached:
            add(came, on, 1, row.seq)
            if came == "signed" and not reached:
                add("contract", on, now, row.seq)
            reached.add(came)
        if came == "terminated" and reached and "over" not in result:
            add("terminated", on, 0 if "gone" in reached else 1, row.seq)
            reached.add("gone")
        if rises and now > (amount or 0):
            add("increase", on, now - (amount or 0), row.seq)
        if rises and now < (amount or 0):
            add("decrease", on, now - (amount or 0), row.seq)
        amount = now
    return result


def _owners(rows: list[Change]) -> dict[int, int | None]:
    """Per change the investor that it belongs to: read backwards, an entry that a firm was merged into stands for
    everything since the last change of investors."""
    owners: dict[int, int | None] = {}
    later: list[Change] = []
    firm: int | None = None
    for row in reversed(rows):
        later.append(row)
        if firm is None:
            firm = row.snapshot.get("enterprise")
        if row.verb in ("change_investor", "open"):
            owners |= {item.seq: firm for item in later}
            later, firm = [], None
    return owners


def asked_numbers(from_on: date | None, as_of: date) -> dict[str, tuple[int, ...]]:
    """Per state the projects whose first entry lies in the period, as one question to the database."""
    sql = """
        WITH known AS (
            SELECT c.* FROM cases_change c JOIN cases_case p ON p.id = c.case_id
            WHERE p.case_type = 'project_push' AND p.state <> 'merged'
              AND NOT EXISTS (SELECT 1 FROM cases_change r WHERE r.replaces_id = c.id)
        )
        SELECT state_after, case_id FROM known WHERE state_before <> state_after
        GROUP BY state_after, case_id HAVING min(effective_on) >= %s AND min(effective_on) <= %s
        ORDER BY state_after, case_id
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [from_on or date(1900, 1, 1), as_of])
        found: dict[str, list[int]] = defaultdict(list)
        for state, case_id in cursor.fetchall():
            found[state].append(case_id)
    return {state: tuple(found[state]) for state in STATES}
