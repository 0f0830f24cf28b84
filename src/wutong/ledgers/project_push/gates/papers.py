"""What a project lacks of its papers (手续) after it went past a gate: it stays open as one rectification, with a due day.

A gate is passed without its items in two ways only: somebody else let the project past (容缺办理), or its start or
production is entered as a claim of the past. In both ways the change of the project names the items, and in the same
transaction a rectification is opened with them, unless one is open already that names them all.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from wutong.cases.act import act_many
from wutong.cases.models import Assignment, Case, Change
from wutong.cases.registry import react_to_sets
from wutong.cases.steps import Holder, NewCase, Step
from wutong.cases.waivers import WAIVED, labels_lacking
from wutong.ledgers.project_push.models import BlockingClass, Rectification
from wutong.ledgers.project_push.procedures import PROJECT_LIFE
from wutong.registers.organisation.actors import SYSTEM, Actor
from wutong.registers.organisation.models import Official, Unit

DAYS = 30
"""Calendar days in which papers are to be brought in."""
GATED = ("sign", "start", "produce", "backfill_start", "backfill_production")
HOLDERS = ("host", "lead_official", "verifier")
PROBLEM_LENGTH, MEASURE_LENGTH = 200, 500


@dataclass(frozen=True)
class Lack:
    """What one project lacks, by the states it entered. `checked_by` is the unit of who let it pass."""

    project: Case
    states: Sequence[str]
    labels: Sequence[str]
    reason: str = ""
    checked_by: Unit | None = None


@react_to_sets(PROJECT_LIFE.case_type, *GATED)
def keep_papers_open(done: Sequence[tuple[Case, Change]], _actor: Actor, now: datetime) -> None:
    """The items without which projects entered a state become rectifications below them."""
    lacking = [(case, change) for case, change in done if labels_lacking(change)]
    if not lacking:
        return
    named = _measures_open(case for case, _change in lacking)
    units = _units_of(change.snapshot[WAIVED]["by"] for _case, change in lacking if WAIVED in change.snapshot)
    lacks = [
        Lack(
            case,
            [change.state_after],
            labels_lacking(change),
            reason=change.reason,
            checked_by=units.get(change.snapshot.get(WAIVED, {}).get("by")),
        )
        for case, change in lacking
        if not any(all(label in measure for label in labels_lacking(change)) for measure in named[case.pk])
    ]
    open_papers(lacks, now=now)


def open_papers(lacks: Sequence[Lack], *, now: datetime) -> list[Case]:
    """One rectification per project. The system opens them: whoever enters a claim need not have the right to raise
    problems. The host of the project is to bring the papers; somebody else closes it."""
    if not lacks:
        return []
    on = localdate(now)
    held: dict[int, dict[str, Assignment]] = defaultdict(dict)
    seats = Assignment.objects.filter(
        case__in=[lack.project for lack in lacks], role__in=HOLDERS, to_on__isnull=True
    )
    for seat in seats.select_related("unit", "person__unit"):
        held[seat.case_id][seat.role] = seat
    steps = [_opening(lack, held[lack.project.pk], on) for lack in lacks]
    return [done.case for done in act_many(steps, actor=SYSTEM, now=now)]


def _opening(lack: Lack, held: dict[str, Assignment], on: date) -> Step:
    holders = [Holder(role, seat.unit, seat.person) for role, seat in held.items()]
    if "verifier" not in held and lack.checked_by is not None:
        holders.append(Holder("verifier", lack.checked_by))
    problem = problem_words(lack.states, lack.labels)
    return Step(
        NewCase(
            Rectification.case_type,
            title=problem,
            state="working",
            detail={
                "problem": problem,
                "blocking_class": BlockingClass.PAPERS,
                "measure": measure_words(lack.labels),
            },
            parent=lack.project,
        ),
        "open",
        on,
        reason=lack.reason,
        holders=holders,
        due_on=on + timedelta(days=DAYS),
    )


def problem_words(states: Iterable[str], labels: Sequence[str]) -> str:
    """`补齐开工、投产手续（3项）`"""
    names = "、".join(str(PROJECT_LIFE.state(state).label) for state in states)
    return (_("补齐%(states)s手续（%(count)s项）") % {"states": names, "count": len(labels)})[:PROBLEM_LENGTH]


def measure_words(labels: Iterable[str]) -> str:
    return (_("逐项补交，由另一人核验：%(items)s") % {"items": "；".join(labels)})[:MEASURE_LENGTH]


def _measures_open(cases: Iterable[Case]) -> dict[int, list[str]]:
    """What the open rectifications of papers name, by project."""
    named: dict[int, list[str]] = defaultdict(list)
    rows = Rectification.objects.filter(
        case__parent__in=list(cases), case__is_open=True, blocking_class=BlockingClass.PAPERS
    )
    for parent_id, measure in rows.values_list("case__parent_id", "measure"):
        named[parent_id or 0].append(measure)
    return named


def _units_of(account_ids: Iterable[int | None]) -> dict[int | None, Unit]:
    wanted = {pk for pk in account_ids if pk is not None}
    if not wanted:
        return {}
    officials = Official.objects.filter(account__in=wanted)
    return {item.account_id: item.unit for item in officials.select_related("unit")}
