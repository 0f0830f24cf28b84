"""Reads of meetings. An item or a decision is seen by whoever sees the case that it is about; of the others a reader
learns how many there are."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from wutong.cases.models import Assignment, Case, Change
from wutong.cases.registry import case_type_of
from wutong.ledgerkit.policy import of_visible_case, visible_cases
from wutong.ledgers.meetings.declared import kinds, kinds_of
from wutong.ledgers.meetings.models import AgendaItem, Decision, DecisionResult, DispatchMeeting, ItemState
from wutong.ledgers.meetings.procedure import HELD, PARTICIPANT, RECORDER
from wutong.ledgers.meetings.rules import Followed, Standing, standing
from wutong.registers.organisation.actors import Actor
from wutong.registers.organisation.models import Official, Unit


def meetings() -> QuerySet[DispatchMeeting]:
    return DispatchMeeting.objects.select_related("case__host_person", "case__host_unit")


def visible_meetings(actor: Actor) -> QuerySet[DispatchMeeting]:
    return meetings().filter(case__in=visible_cases(actor, DispatchMeeting.case_type))


def meeting_words(meeting: DispatchMeeting) -> str:
    """“第2次调度会”: how people call it within its year."""
    return str(meeting.title)


def previous_meeting(meeting: DispatchMeeting) -> DispatchMeeting | None:
    """The last one that was held before this one."""
    return (
        meetings()
        .filter(case__state__in=HELD)
        .filter(Q(meeting_on__lt=meeting.meeting_on) | Q(meeting_on=meeting.meeting_on, pk__lt=meeting.pk))
        .order_by("-meeting_on", "-pk")
        .first()
    )


# ---- the agenda ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Agenda:
    """Items that a reader sees, in their order, and the number of those that he does not."""

    items: Sequence[AgendaItem]
    hidden: int

    def at(self, item: AgendaItem) -> int:
        return next(place for place, other in enumerate(self.items) if other.pk == item.pk)

    def beside(self, item: AgendaItem, step: int) -> AgendaItem | None:
        place = self.at(item) + step
        return self.items[place] if 0 <= place < len(self.items) else None

    def first_waiting(self) -> AgendaItem | None:
        waiting = (item for item in self.items if item.state == ItemState.WAITING)
        return next(waiting, self.items[0] if self.items else None)


def agenda_of(meeting: DispatchMeeting, actor: Actor) -> Agenda:
    """One query."""
    seen = visible_cases(actor).filter(pk=OuterRef("case_id"))
    rows = list(
        AgendaItem.objects.filter(meeting=meeting)
        .exclude(state=ItemState.REMOVED)
        .annotate(is_seen=Exists(seen))
        .select_related("case__leader", "case__host_unit", "case__host_person", "leader")
        .order_by("position", "pk")
    )
    shown = [row for row in rows if row.is_seen]
    return Agenda(shown, len(rows) - len(shown))


def removed_items(meeting: DispatchMeeting, actor: Actor) -> list[AgendaItem]:
    return list(
        AgendaItem.objects.filter(
            meeting=meeting, state=ItemState.REMOVED, case__in=visible_cases(actor)
        ).select_related("case")
    )


def is_restricted(case: Case) -> bool:
    """In a state that only few may know of (leads, talks), or laid aside without ever having left them. Such a case is
    not spoken about before a full hall."""
    procedure = case_type_of(case).procedure
    secret = procedure.restricted_states()
    if not secret:
        return False
    if procedure.state(case.state).kind == "open":
        return case.state in secret
    known = [state.code for state in procedure.states if state.kind == "open" and not state.restricted]
    return not Change.objects.filter(case=case, state_after__in=known).exists()


# ---- decisions -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Result:
    """`is_seen`: the reader may open the case."""

    kind: str
    case: Case
    is_seen: bool
    is_followed: bool


@dataclass(frozen=True)
class Follow:
    """A decision and what became of it."""

    decision: Decision
    standing: Standing
    results: Sequence[Result] = ()


@dataclass(frozen=True)
class FollowUp:
    """Decisions that a reader sees with what became of them, and the number of the others."""

    rows: Sequence[Follow] = ()
    hidden: int = 0

    def of(self, wanted: Standing) -> list[Follow]:
        return [row for row in self.rows if row.standing == wanted]

    @property
    def followed(self) -> list[Follow]:
        return [row for row in self.rows if row.standing in {"done", "running", "overdue"}]


def follow_up(decisions: QuerySet[Decision], actor: Actor, as_of: date) -> FollowUp:
    """Three queries whatever their number."""
    seen = visible_cases(actor).filter(pk=OuterRef("item__case_id"))
    found = list(
        decisions.annotate(is_seen=Exists(seen))
        .select_related("unit", "person", "item__case", "item__leader", "meeting__case")
        .order_by("meeting__meeting_on", "meeting_id", "number")
    )
    shown = [row for row in found if row.is_seen]
    results = _results([row.pk for row in shown], actor)
    rows = [_follow(row, results.get(row.pk, ()), as_of) for row in shown]
    return FollowUp(rows, len(found) - len(shown))


def _results(decisions: Collection[int], actor: Actor) -> dict[int, list[tuple[DecisionResult, bool]]]:
    found: dict[int, list[tuple[DecisionResult, bool]]] = defaultdict(list)
    if decisions:
        seen = visible_cases(actor).filter(pk=OuterRef("case_id"))
        rows = DecisionResult.objects.filter(decision__in=decisions).annotate(is_seen=Exists(seen))
        for row in rows.select_related("case").order_by("pk"):
            found[row.decision_id].append((row, row.is_seen))
    return found


def _follow(decision: Decision, results: Iterable[tuple[DecisionResult, bool]], as_of: date) -> Follow:
    followed = {kind.code for kind in kinds() if kind.is_followed and kind.write}
    rows = [
        Result(row.kind, row.case, is_seen, row.kind in followed)
        for row, is_seen in results
        if row.version == decision.version
    ]
    if decision.withdrawn_on is not None:
        return Follow(decision, "withdrawn", rows)
    cases = [Followed(row.case.is_open, row.case.due_on) for row in rows if row.is_followed]
    return Follow(decision, standing(cases, as_of), rows)


def decisions_of(meeting: DispatchMeeting, actor: Actor, as_of: date) -> FollowUp:
    return follow_up(Decision.objects.filter(meeting=meeting), actor, as_of)


def _about(case_ids: Collection[int]) -> QuerySet[Decision]:
    """Decisions about these cases, or that made them; withdrawn ones are left out."""
    made = DecisionResult.objects.filter(
        decision=OuterRef("pk"), case__in=case_ids, version=OuterRef("version")
    )
    held = Decision.objects.filter(withdrawn_on__isnull=True)
    return held.filter(Q(item__case__in=case_ids) | Q(Exists(made)))


def decisions_about(case_ids: Collection[int], actor: Actor, as_of: date) -> list[Follow]:
    """What meetings decided about these cases, or made of them, the oldest first, with what became of it. Two queries."""
    return list(follow_up(_about(case_ids), actor, as_of).rows)


def told_about(case: Case, actor: Actor) -> list[tuple[Decision, bool]]:
    """The same for the timeline of one case, with whether the reader may open the meeting. One query."""
    return [
        (row, row.opens_meeting)
        for row in _about([case.pk])
        .filter(of_visible_case(actor, "item__case_id"))
        .annotate(opens_meeting=Exists(visible_cases(actor).filter(pk=OuterRef("meeting_id"))))
        .select_related("unit", "person", "meeting__case")
        .order_by("meeting__meeting_on", "number")
    ]


@dataclass
class UnitResults:
    """What a unit was told by meetings and what became of it. Nothing else is counted: no visits, no reports."""

    unit: Unit
    done: int = 0
    running: int = 0
    overdue: int = 0


def unit_results(rows: Iterable[Follow]) -> list[UnitResults]:
    """Per unit, in the order of the organisation."""
    found: dict[int, UnitResults] = {}
    for row in rows:
        unit = row.decision.unit
        if unit is None or row.standing in {"noted", "withdrawn"}:
            continue
        own = found.setdefault(unit.pk, UnitResults(unit))
        setattr(own, row.standing, getattr(own, row.standing) + 1)
    return sorted(found.values(), key=lambda own: own.unit.path)


def held_since(first: date, last: date) -> QuerySet[Decision]:
    """Decisions of the meetings from one day to another."""
    return Decision.objects.filter(
        meeting__meeting_on__gte=first, meeting__meeting_on__lte=last, meeting__case__state__in=HELD
    )


def kind_words_of(decision: Decision) -> str:
    return "＋".join(str(kind.label) for kind in kinds_of(decision.kinds))


# ---- who is there ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Attendance:
    chair: Official | None = None
    recorder: Official | None = None
    participants: Sequence[Official] = field(default_factory=tuple)


def attendance_of(meeting: DispatchMeeting) -> Attendance:
    """One query."""
    seats = (
        Assignment.objects.filter(case=meeting.case_id, to_on__isnull=True)
        .select_related("person__unit")
        .order_by("pk")
    )
    by_role: dict[str, list[Official]] = defaultdict(list)
    for seat in seats:
        if seat.person is not None:
            by_role[seat.role].append(seat.person)
    recorder = by_role[RECORDER]
    chair = by_role["host"]
    return Attendance(chair[0] if chair else None, recorder[0] if recorder else None, by_role[PARTICIPANT])


def decision_counts(meeting_ids: Collection[int]) -> dict[int, int]:
    """Decisions that hold, per meeting. For the list: how much was decided is no secret, what it is about is."""
    rows = Decision.objects.filter(meeting__in=meeting_ids, withdrawn_on__isnull=True)
    return dict(rows.values_list("meeting").annotate(count=Count("pk")))
