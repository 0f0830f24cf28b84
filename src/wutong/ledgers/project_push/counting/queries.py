"""Counts of projects: as of any day, as known at any moment, with the projects behind every number."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from wutong.cases.history import changes_as_known
from wutong.cases.models import Case, Change
from wutong.cases.procedures import CLOCK_VERBS
from wutong.ledgerkit.policy import visible_cases
from wutong.ledgers.project_push.counting.rules import (
    NOTHING,
    STOCK,
    Booking,
    Counted,
    LifeEvent,
    Number,
    count,
    numbers,
)
from wutong.ledgers.project_push.models import ProjectPush
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.organisation.actors import Actor
from wutong.registers.organisation.models import Unit
from wutong.registers.projects.bands import BANDS_YUAN

CASE_TYPE = ProjectPush.case_type
CHANGE_INVESTOR = "change_investor"
COUNT_NOTHING = ("note_progress", "hand_in", "check_evidence", *CLOCK_VERBS)
"""Verbs that change nothing a count looks at; they are the most, and are not read."""


@dataclass(frozen=True)
class Counts:
    """A count of a period as it is known. `numbers` holds what is not nought, by `measure/group`."""

    from_on: date | None
    as_of: date
    known_at: datetime | None
    projects: Mapping[int, Counted]
    numbers: Mapping[str, Number]

    def number(self, measure: str, group: str) -> Number:
        return self.numbers.get(f"{measure}/{group}", NOTHING)

    @cached_property
    def groups(self) -> Mapping[str, list[int]]:
        """Keys of the units, teams and investors that something was booked to (0: to nobody known)."""
        found: dict[str, set[int]] = defaultdict(set)
        for key in self.numbers:
            kind, _colon, pk = key.partition("/")[2].partition(":")
            if kind in ("unit", "team", "investor"):
                found[kind].add(int(pk))
        return {kind: sorted(keys) for kind, keys in found.items()}

    def deciding(self, measure: str, group: str, case_id: int) -> list[Booking]:
        """What put a project into a number: its bookings, or for the stock the event that brought it into its
        state."""
        item = self.projects[case_id]
        if measure.startswith(STOCK):
            return [Booking(measure, item.state_on, item.state_seq, 1, item.investor, item.unit, item.team)]
        kind, _colon, pk = group.partition(":")
        found = [booking for booking in item.bookings if booking.measure == measure]
        if kind in ("unit", "team", "investor"):
            found = [booking for booking in found if (getattr(booking, kind) or 0) == int(pk)]
        return found


def project_counts(
    actor: Actor, from_on: date | None, as_of: date, known_at: datetime | None = None
) -> Counts:
    """The count of the projects that the actor may see, from a day (None: the beginning) to a day. Two queries.

    The same `known_at` gives the same count for ever: what is recorded later is not known to it.
    """
    found = count(lives(visible_cases(actor, CASE_TYPE), known_at), from_on, as_of)
    return Counts(from_on, as_of, known_at, found, numbers(found, BANDS_YUAN))


def lives(cases: QuerySet[Case], known_at: datetime | None = None) -> dict[int, list[LifeEvent]]:
    """What happened to projects as known at a moment, in the order of their lives. Two queries."""
    first_told = {
        (case_id, seq): (verb, investor, holders)
        for case_id, seq, verb, investor, holders in _corrected(cases, known_at)
    }
    rows = (
        changes_as_known(known_at=known_at)
        .filter(case__in=cases)
        .exclude(verb__in=COUNT_NOTHING)
        .order_by("case_id", "position")
        .values_list(
            "case_id", "seq", "position", "effective_on", "state_before", "state_after", "amount_yuan",
            "verb", "snapshot__enterprise", "snapshot__holders",
        )
    )  # fmt: skip
    found: dict[int, list[LifeEvent]] = defaultdict(list)
    for case_id, seq, position, on, before, after, amount, verb, investor, holders in rows:
        # A correction moves a day: what happened on it was told by the change that first stood there.
        verb, investor, holders = first_told.get((case_id, position), (verb, investor, holders))
        seats = {item["role"]: item["unit"] for item in holders or ()}
        found[case_id].append(
            LifeEvent(
                seq, on, before, after, amount or 0, investor, seats.get("host"), seats.get("team"),
                is_new_investor=verb == CHANGE_INVESTOR,
            )
        )  # fmt: skip
    return found


def _corrected(cases: QuerySet[Case], known_at: datetime | None) -> QuerySet[Change, Any]:
    """The changes whose place was taken by a correction that is known: what they told still holds."""
    later = Change.objects.filter(case=OuterRef("case_id"), position=OuterRef("seq"), replaces__isnull=False)
    if known_at is not None:
        later = later.filter(recorded_at__lte=known_at)
    return Change.objects.filter(Exists(later), case__in=cases, replaces__isnull=True).values_list(
        "case_id", "seq", "verb", "snapshot__enterprise", "snapshot__holders"
    )


def group_names(groups: Mapping[str, Iterable[int]]) -> dict[str, str]:
    """Names of units, teams and investors by `unit:12`. Two queries."""
    units = {*groups.get("unit", ()), *groups.get("team", ())}
    unit_names = dict(Unit.objects.filter(pk__in=units).values_list("pk", "name"))
    firm_names = dict(
        Enterprise.objects.filter(pk__in=list(groups.get("investor", ()))).values_list("pk", "name")
    )
    told = {}
    for kind, keys in groups.items():
        names = firm_names if kind == "investor" else unit_names
        for pk in keys:
            told[f"{kind}:{pk}"] = names.get(pk) or _("未指定")
    return told


@dataclass(frozen=True)
class Cause:
    """A change that was recorded after a count was published and may make it another one."""

    case_id: int
    verb: str
    what: str
    on: date
    recorded_at: datetime
    who: str
    reason: str


ALWAYS = ("correct", "merge_into", "unmerge", "follow_enterprise")
"""Verbs that change counts of days before their own."""


def causes(case_ids: Sequence[int], known_at: datetime, as_of: date) -> dict[int, list[Cause]]:
    """Per project the changes recorded since that a count of the day looks at, in the order in which they became
    known. One query; the caller has made sure that the reader may see the projects."""
    rows = (
        Change.objects.filter(case__in=case_ids, recorded_at__gt=known_at)
        .exclude(verb__in=COUNT_NOTHING)
        .select_related("actor", "replaces")
        .order_by("case_id", "seq")
    )
    found: dict[int, list[Cause]] = defaultdict(list)
    for row in rows:
        if row.effective_on > as_of and row.verb not in ALWAYS:
            continue
        who = row.actor.display_name if row.actor else _("系统")
        what = _("原为%(on)s") % {"on": row.replaces.effective_on} if row.replaces else ""
        found[row.case_id].append(
            Cause(row.case_id, row.verb, what, row.effective_on, row.recorded_at, who, row.reason)
        )
    return found
