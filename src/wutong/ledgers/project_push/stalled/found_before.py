"""What the stalled finder has found for today: each process keeps it as long as it holds, and renews what changed.

The truth stays in the changes, and an answer is never old. Every change of a case counts its `last_seq` up by one and
nothing counts it down, so that the sum over all projects says whether anything has happened; it is read before what
follows from it, so that what happens in between is noticed the next time. Then only the cases whose `last_seq` moved
are found again. The edition of the rules, and the planned days where a rule looks at them, are compared as well.

Inside a transaction nothing is kept or taken: one would see there what nobody else sees yet and may be taken back.
"""

import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Subquery, Sum

from wutong.base.lamps.queries import current_and_previous
from wutong.cases.models import Case
from wutong.ledgerkit.policy import hidden_states, listed_cases, visible_cases
from wutong.ledgers.project_push.models import ProjectPush
from wutong.ledgers.project_push.stalled.queries import (
    CASE_TYPE,
    STALLED,
    Stalled,
    Summary,
    in_order,
    planned_days,
    stalled_among,
    summarised,
)
from wutong.ledgers.project_push.stalled.rules import POINTS_BEHIND
from wutong.registers.organisation.actors import Actor
from wutong.rules.lamps import RuleSet

DAYS_KEPT = 2
"""Today, and around midnight the day before."""
MOST_RENEWED = 400
"""When more cases have changed than that, all are found again."""
FEW = 200
"""So many cases are named to the database one by one."""

Rules = tuple[RuleSet | None, RuleSet | None]
Plans = Mapping[tuple[int, str], date | None]


class Standing(NamedTuple):
    """What of a case decides whether it must be found again, and who may see it by right."""

    last_seq: int
    state: str
    parent_id: int | None


class Mark(NamedTuple):
    """Tells one state of all projects from every other one: the sum of their numbers of changes, and the newest
    project with the end of its chain, so that another database under the same name is noticed too."""

    changes: int
    newest: int
    head_hash: str


@dataclass(frozen=True)
class Found:
    """All stalled projects as of one day, in order, and what they were found from. Never changed, only replaced.
    `doubtful` keeps which of them the rights of some readers do not open by themselves."""

    mark: Mark
    standings: Mapping[int, Standing]
    rules: Rules
    plans: Plans
    items: tuple[Stalled, ...]
    summary: Summary
    doubtful: dict[frozenset[str], tuple[int, ...]] = field(default_factory=dict)

    def doubtful_for(self, hidden: frozenset[str]) -> tuple[int, ...]:
        """Cases in a hidden state or below another one. What stalls has been signed or started, and thereby has come
        out of the restricted states."""
        if hidden not in self.doubtful:
            standings = ((item.case_id, self.standings[item.case_id]) for item in self.items)
            self.doubtful[hidden] = tuple(
                pk for pk, standing in standings if standing.state in hidden or standing.parent_id is not None
            )
        return self.doubtful[hidden]


_found: dict[tuple[str, date], Found] = {}
_lock = threading.Lock()


def may_be_kept() -> bool:
    """Not inside a transaction."""
    return not connection.in_atomic_block


def stalled_today(actor: Actor, today: date) -> Sequence[Stalled]:
    """The same as the finder as of `today`, as known now, for this actor. Two queries while nothing changes for
    somebody with a zone-wide right, one more for others."""
    return _seen(actor, _renewed(today))


def summary_of(items: Sequence[Stalled]) -> Summary:
    """Known already when these are all that were found."""
    for found in list(_found.values()):
        if found.items is items:
            return found.summary
    return summarised(items)


def forget() -> None:
    """Find everything anew the next time."""
    with _lock:
        _found.clear()


# ---- finding ------------------------------------------------------------------------------------------------------


def _renewed(today: date) -> Found:
    key = _database(), today
    with _lock:
        known = _found.get(key)
    mark, rules = _mark(), current_and_previous(STALLED, today)
    plans = _plans(rules)
    if known is not None and (known.mark, known.rules, known.plans) == (mark, rules, plans):
        return known
    with _lock:
        # Whoever waited here finds that another thread has just done it, for this mark or a later one.
        newer = _found.get(key)
        if newer is not known and newer is not None and newer.mark == mark and newer.rules == rules:
            return newer
        found = _find(known, today, mark, rules, plans)
        _found[key] = found
        for old in sorted(_found, key=lambda item: item[1])[:-DAYS_KEPT]:
            del _found[old]
    return found


def _find(known: Found | None, today: date, mark: Mark, rules: Rules, plans: Plans) -> Found:
    standings = {
        pk: Standing(last_seq, state, parent_id)
        for pk, last_seq, state, parent_id in Case.objects.filter(case_type=CASE_TYPE).values_list(
            "pk", "last_seq", "state", "parent_id"
        )
    }
    moved = _moved(known, standings, rules, plans)
    if moved is None:
        items = stalled_among(Case.objects.filter(case_type=CASE_TYPE), today)
    else:
        assert known is not None, "something is compared with what was known"
        again = stalled_among(Case.objects.filter(pk__in=moved), today) if moved else []
        items = sorted([*(item for item in known.items if item.case_id not in moved), *again], key=in_order)
    return Found(mark, standings, rules, plans, tuple(items), summarised(items))


def _moved(
    known: Found | None, standings: Mapping[int, Standing], rules: Rules, plans: Plans
) -> Collection[int] | None:
    """Cases that have to be found again; None for all of them."""
    if known is None or known.rules != rules or known.plans != plans:
        return None
    if known.mark.newest not in standings or not known.standings.keys() <= standings.keys():
        return None
    moved = {pk for pk, standing in standings.items() if known.standings.get(pk) != standing}
    return moved if len(moved) <= MOST_RENEWED else None


def _mark() -> Mark:
    with connection.cursor() as cursor:
        cursor.execute(*_mark_sql(connection.vendor))
        row = cursor.fetchone()
    return Mark(*row) if row else Mark(0, 0, "")


@cache
def _mark_sql(_vendor: str) -> tuple[str, tuple[Any, ...]]:
    """Every page of the list asks it: it is worked out once."""
    projects = Case.objects.filter(case_type=CASE_TYPE).order_by().values("case_type")
    total = Subquery(projects.annotate(total=Sum("last_seq")).values("total"))
    newest = ProjectPush.objects.order_by("-case_id").values_list(total, "case_id", "case__head_hash")[:1]
    sql, params = newest.query.sql_with_params()
    return sql, tuple(params)


def _plans(rules: Rules) -> Plans:
    """Planned days belong to the register, whose changes are not those of the case."""
    if any(rule_set is not None and POINTS_BEHIND in rule_set.metrics for rule_set in rules):
        return planned_days(Case.objects.filter(case_type=CASE_TYPE))
    return {}


def _database() -> str:
    """One process may work with several databases (tests do)."""
    told = connection.settings_dict
    parts = (connection.alias, *(told.get(name) for name in ("ENGINE", "HOST", "PORT", "NAME", "OPTIONS")))
    return repr(parts)


# ---- who may see it -----------------------------------------------------------------------------------------------


def _seen(actor: Actor, found: Found) -> Sequence[Stalled]:
    hidden = hidden_states(actor, CASE_TYPE)
    if hidden is None:
        ids = set(listed_cases(actor, CASE_TYPE).values_list("pk", flat=True))
        return [item for item in found.items if item.case_id in ids]
    doubtful = found.doubtful_for(hidden)
    if not doubtful:
        return found.items
    visible = visible_cases(actor, CASE_TYPE)
    if len(doubtful) <= FEW:
        visible = visible.filter(pk__in=doubtful)
    unseen = set(doubtful).difference(visible.values_list("pk", flat=True))
    return [item for item in found.items if item.case_id not in unseen]
