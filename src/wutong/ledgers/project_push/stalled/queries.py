"""The stalled finder: set-based, as of any day, independent of nightly runs."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Case as CaseWhen
from django.db.models import F, Max, Min, OuterRef, Q, QuerySet, Subquery, When
from django.urls import reverse
from django.utils.translation import gettext as _

from wutong.base.lamps.queries import current_and_previous
from wutong.base.lamps.subjects import Replayed
from wutong.base.lamps.words import COLOUR_WORDS
from wutong.cases.history import changes_as_known
from wutong.cases.models import Case, Change
from wutong.cases.procedures import CORRECT_VERB
from wutong.ledgerkit.policy import visible_cases
from wutong.ledgers.project_push.models import ProjectPush
from wutong.ledgers.project_push.stalled.lamp_words import basis_words, reason_words
from wutong.ledgers.project_push.stalled.rules import (
    COLOUR_ORDER,
    POINTS_BEHIND,
    WINDOW_MONTHS,
    Life,
    Stage,
    Verdict,
    judge,
    months_before,
    stalled_stage,
)
from wutong.registers.organisation.actors import Actor
from wutong.rules.lamps import RuleSet

CASE_TYPE = ProjectPush.case_type


STALLED = "project_push.stalled"
"""The subject of the lamp rules that stalled projects are judged by."""


@dataclass(frozen=True)
class Stalled:
    """One stalled project as of a day, with the edition of the lamp rules it was judged by and the one before."""

    case_id: int
    number: str
    stage: Stage
    amount_yuan: int
    life: Life
    verdict: Verdict
    rule_set: RuleSet | None
    plan_on: date | None = None
    previous: RuleSet | None = None

    def reason(self) -> str:
        """Why the lamp shows its colour, in one sentence."""
        return reason_words(self.stage, self.verdict)

    def rule_words(self) -> str:
        """The rule that decides, with its edition, clause, band and line."""
        return basis_words(self.rule_set, self.stage, self.amount_yuan, self.verdict)

    def under(self, rule_set: RuleSet, as_of: date) -> "Stalled":
        """The same project on the same day under another edition."""
        verdict = judge(self.life, self.stage, as_of, rule_set, self.amount_yuan, self.plan_on)
        return replace(self, verdict=verdict, rule_set=rule_set)


@dataclass(frozen=True)
class Summary:
    """What a list says of all its rows at once; `amounts` are in yuan, the smallest first."""

    total_yuan: int
    stages: Mapping[str, int]
    lamps: Mapping[str, int]
    amounts: Sequence[int]

    def reaching(self, band_yuan: int) -> int:
        """How many are at least of that size."""
        return len(self.amounts) - bisect_left(self.amounts, band_yuan)


def summarised(items: Sequence[Stalled]) -> Summary:
    amounts = sorted([item.amount_yuan for item in items])
    return Summary(
        sum(amounts),
        Counter([item.stage for item in items]),
        Counter([item.verdict.lamp.colour for item in items]),
        amounts,
    )


def stalled_projects(
    actor: Actor,
    as_of: date,
    *,
    known_at: datetime | None = None,
    projects: Q | None = None,
    tried: RuleSet | None = None,
) -> list[Stalled]:
    """All stalled projects that the actor may see: red first, then by amount, then by number.

    Three queries whatever their number, one more where a rule looks at planned days. `projects` narrows by columns of
    `ProjectPush`. With `tried` the rows know what that edition asks for as well, so that they can be judged `under` it.
    """
    cases = visible_cases(actor, CASE_TYPE)
    if projects is not None:
        cases = cases.filter(pk__in=ProjectPush.objects.filter(projects).values("case_id"))
    return stalled_among(cases, as_of, known_at, tried)


def stalled_among(
    cases: QuerySet[Case], as_of: date, known_at: datetime | None = None, tried: RuleSet | None = None
) -> list[Stalled]:
    """The stalled ones among these cases, in the order of the list."""
    rows = list(_lives(cases, as_of, known_at))
    was_suspended = any(row["suspended_on"] for row in rows)
    suspensions = _suspensions(cases, as_of, known_at) if was_suspended else {}
    rule_set, previous = current_and_previous(STALLED, as_of) if rows else (None, None)
    asked = [item for item in (rule_set, previous, tried) if item is not None]
    plans = planned_days(cases) if any(POINTS_BEHIND in item.metrics for item in asked) else {}
    found = []
    for row in rows:
        life = Life(
            signed_on=row["signed_on"],
            started_on=row["started_on"],
            produced_on=row["produced_on"],
            ended_on=row["ended_on"],
            progress_on=row["progress_on"],
            suspensions=tuple(suspensions.get(row["case_id"], ())),
        )
        stage = stalled_stage(life, as_of)
        if stage is None:
            continue
        amount = row["amount"] or 0
        plan_on = plans.get((row["case_id"], stage))
        verdict = judge(life, stage, as_of, rule_set, amount, plan_on)
        item = Stalled(
            row["case_id"], row["number"], stage, amount, life, verdict, rule_set, plan_on, previous
        )
        found.append(item)
    return sorted(found, key=in_order)


def in_order(item: Stalled) -> tuple[int, int, str]:
    return COLOUR_ORDER[item.verdict.colour], -item.amount_yuan, item.number


def _lives(cases: QuerySet[Case], as_of: date, known_at: datetime | None) -> QuerySet[Change, Any]:
    """One row per project that may be stalled: the first day in each state, the last recorded progress."""
    known = changes_as_known(as_of, known_at)
    last = known.filter(case=OuterRef("case_id")).order_by("-position")
    earliest = months_before(as_of, WINDOW_MONTHS)

    def first(state: str) -> Min:
        return Min("effective_on", filter=Q(state_after=state) & ~Q(state_before=state))

    # A correction moves a day: what happened on it is told by the change that first took its place.
    told_first = Change.objects.filter(case=OuterRef("case_id"), seq=OuterRef("position"))
    what = When(verb=CORRECT_VERB, then=Subquery(told_first.values("verb")[:1]))
    return (
        known.filter(case__in=cases)
        .annotate(what=CaseWhen(what, default=F("verb")))
        .values("case_id", number=F("case__number"))
        .annotate(
            signed_on=first("signed"),
            started_on=first("started"),
            produced_on=first("in_production"),
            ended_on=Min("effective_on", filter=Q(state_after__in=["terminated", "at_capacity"])),
            suspended_on=first("suspended"),
            progress_on=Max("effective_on", filter=~Q(what__in=NOT_PROGRESS)),
            merged_at=Max("position", filter=Q(state_after="merged") & ~Q(state_before="merged")),
            unmerged_at=Max("position", filter=Q(state_before="merged") & ~Q(state_after="merged")),
            amount=Subquery(last.values("amount_yuan")[:1]),
        )
        # By what the changes themselves say: a look at the last one would be taken for each of them.
        .filter(Q(merged_at__isnull=True) | Q(unmerged_at__gt=F("merged_at")))
        .filter(ended_on__isnull=True, produced_on__isnull=True)
        .filter(Q(started_on__gt=earliest) | Q(started_on__isnull=True, signed_on__gt=earliest))
    )


NOT_PROGRESS = ("reassign", "suspend", "resume", "check_evidence", "revise_amount")
"""Verbs that change who or how, but do not bring a project forward."""


def _suspensions(
    cases: QuerySet[Case], as_of: date, known_at: datetime | None
) -> Mapping[int, list[tuple[date, date | None]]]:
    changes = (
        changes_as_known(as_of, known_at)
        .filter(Q(state_after="suspended") | Q(state_before="suspended"), case__in=cases)
        .order_by("case_id", "position")
        .values_list("case_id", "state_before", "state_after", "effective_on")
    )
    found: dict[int, list[tuple[date, date | None]]] = defaultdict(list)
    for case_id, before, after, on in changes:
        if after == "suspended" and before != "suspended":
            found[case_id].append((on, None))
        elif before == "suspended" and after != "suspended" and found[case_id]:
            found[case_id][-1] = (found[case_id][-1][0], on)
    return found


def planned_days(cases: QuerySet[Case]) -> dict[tuple[int, str], date | None]:
    """The planned end of each stage, as the register holds it today."""
    found: dict[tuple[int, str], date | None] = {}
    for case_id, start_on, production_on in ProjectPush.objects.filter(case__in=cases).values_list(
        "case_id", "project__plan_start_on", "project__plan_production_on"
    ):
        found[case_id, "signed"], found[case_id, "started"] = start_on, production_on
    return found


def replay_stalled(actor: Actor, as_of: date, rule_set: RuleSet) -> list[Replayed]:
    """All stalled projects that the actor may see, judged by the edition in force and by another one. One query more
    than the list."""
    found = stalled_projects(actor, as_of, tried=rule_set)
    titles = dict(Case.objects.filter(pk__in=[item.case_id for item in found]).values_list("pk", "title"))
    replayed = []
    for item in found:
        other = item.under(rule_set, as_of)
        replayed.append(
            Replayed(
                number=item.number,
                name=titles[item.case_id],
                href=reverse("case_detail", args=["projects", item.number]),
                colour=item.verdict.colour,
                reason=item.reason(),
                other_colour=other.verdict.colour,
                other_reason=other.reason(),
            )
        )
    return replayed


def said_before(item: Stalled, as_of: date) -> str:
    """What the edition before the one in force would say of a project, if that is another colour; else empty."""
    if item.previous is None:
        return ""
    before = item.under(item.previous, as_of)
    if before.verdict.colour == item.verdict.colour:
        return ""
    return _("按上一版（%(edition)s）会是%(lamp)s：%(reason)s") % {
        "edition": item.previous.edition,
        "lamp": COLOUR_WORDS[before.verdict.colour],
        "reason": before.reason(),
    }


def projects_for_page(case_ids: Iterable[int]) -> dict[int, ProjectPush]:
    """Detail rows with everything a list shows, one query."""
    rows = ProjectPush.objects.select_related(
        "case__host_unit",
        "case__host_person",
        "case__leader",
        "project__investor",
        "project__team",
    ).filter(case__in=list(case_ids))
    return {row.case_id: row for row in rows}
