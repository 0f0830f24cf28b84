"""Who owes what, and what a round has come to. Pages narrow the rows to the cases that their reader may see."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from wutong.cases.models import Assignment, Case
from wutong.cases.rounds.declared import ReportKind, find_report_kind, report_kinds
from wutong.cases.rounds.models import Report, ReportState, Round
from wutong.registers.organisation.actors import Actor

TO_DO = (ReportState.OWED, ReportState.RETURNED)
MISSING = Q(first_submitted_on__isnull=True)
HANDED_IN = Q(first_submitted_on__isnull=False) & ~Q(state=ReportState.RETURNED)
ANSWERING_UNIT = Coalesce("due_unit", "case__host_unit")
"""The unit that a report counts for: the host of the due day, before it the present one."""


def seats_of(actor: Actor, roles: Iterable[str]) -> QuerySet[Assignment]:
    """Open seats of the cases that the actor holds: in person, through the own unit or team where nobody is named, or
    standing in. The rule of `cases.who.holds` for a whole set; form, workbook and correction ask this one."""
    if actor.official is None:
        return Assignment.objects.none()
    persons = {actor.official.pk, *actor.stands_in_for}
    units = {actor.official.unit_id, *actor.team_ids}
    held = Q(person__in=persons) | Q(person__isnull=True, unit__in=units)
    return Assignment.objects.filter(held, role__in=list(roles), to_on__isnull=True)


def is_owed_by(actor: Actor, kind: ReportKind) -> Q:
    """The condition on a report that the actor hands it in."""
    return Q(Exists(seats_of(actor, kind.roles).filter(case=OuterRef("case"))))


def own_reports(actor: Actor, kind: ReportKind) -> QuerySet[Report]:
    """All reports of a kind that the actor hands in; the system may hand in all."""
    reports = Report.objects.filter(round__kind=kind.code)
    return reports if actor.is_system else reports.filter(is_owed_by(actor, kind))


def is_late(on: date) -> Q:
    """First handed in after the due day, or not yet and the due day is over."""
    return Q(first_submitted_on__gt=F("round__due_on")) | Q(MISSING, round__due_on__lt=on)


def report_is_late(report: Report, on: date) -> bool:
    """The same for a report whose round was read with it."""
    return (report.first_submitted_on or on) > report.round.due_on


def rounds_in_use() -> QuerySet[Round]:
    """Rounds of the kinds that are declared, newest first."""
    codes = [kind.code for kind in report_kinds()]
    return Round.objects.filter(kind__in=codes).order_by("-period", "kind")


@dataclass(frozen=True)
class RoundFigures:
    """How many reports of a round are owed at all, handed in, missing, returned, late."""

    total: int = 0
    handed_in: int = 0
    missing: int = 0
    returned: int = 0
    late: int = 0


def _counts(on: date) -> dict[str, Count]:
    return {
        "total": Count("pk"),
        "handed_in": Count("pk", filter=HANDED_IN),
        "missing": Count("pk", filter=MISSING),
        "returned": Count("pk", filter=Q(state=ReportState.RETURNED)),
        "late": Count("pk", filter=is_late(on)),
    }


def _figures(row: Mapping[str, Any]) -> RoundFigures:
    return RoundFigures(row["total"], row["handed_in"], row["missing"], row["returned"], row["late"])


def figures_by_round(rounds: Sequence[Round], cases: QuerySet[Case], on: date) -> dict[int, RoundFigures]:
    """Figures of the rows among `cases`, one query."""
    found = Report.objects.filter(round__in=rounds, case__in=cases).order_by().values("round_id")
    return {row["round_id"]: _figures(row) for row in found.annotate(**_counts(on))}


def figures_by_unit(reports: QuerySet[Report], on: date) -> dict[int | None, RoundFigures]:
    """The same by the unit that each report counts for, one query."""
    found = reports.order_by().annotate(answering=ANSWERING_UNIT).values("answering")
    return {row["answering"]: _figures(row) for row in found.annotate(**_counts(on))}


@dataclass(frozen=True)
class OwedRound:
    """So many reports somebody still has to hand in for a round."""

    round_id: int
    kind: str
    period: str
    due_on: date
    count: int
    returned: int

    @property
    def title(self) -> str:
        kind = find_report_kind(self.kind)
        return kind.title(self.period) if kind else self.period


def owed_rounds(actor: Actor) -> list[OwedRound]:
    """What the actor has to hand in now, what is due first on top. One query."""
    if actor.official is None or not report_kinds():
        return []
    mine = Q()
    for kind in report_kinds():
        mine |= Q(round__kind=kind.code) & is_owed_by(actor, kind)
    found = Report.objects.filter(mine, state__in=TO_DO, round__locked_at__isnull=True)
    rows = (
        found.order_by()
        .values("round_id", period=F("round__period"), due_on=F("round__due_on"), kind=F("round__kind"))
        .annotate(count=Count("pk"), returned=Count("pk", filter=Q(state=ReportState.RETURNED)))
    )
    return sorted((OwedRound(**row) for row in rows), key=lambda item: (item.due_on, item.round_id))
