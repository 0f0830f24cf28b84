"""The stalled finder: set-based, as of any day, independent of nightly runs."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Case as CaseWhen
from django.db.models import F, Max, Min, OuterRef, Q, QuerySet, Subquery, When
from django.utils.translation import gettext as _

from wutong.cases.history import changes_as_known
from wutong.cases.models import Case, Change
from wutong.cases.procedures import CORRECT_VERB
from wutong.ledgerkit.policy import visible_cases
from wutong.ledgers.project_push.models import LampRule, ProjectPush
from wutong.ledgers.project_push.rules import (
    COLOUR_ORDER,
    WINDOW_MONTHS,
    Life,
    Stage,
    Threshold,
    Verdict,
    judge,
    months_before,
    stalled_stage,
)
from wutong.registers.organisation.actors import Actor
from wutong.registers.projects.bands import band_label, band_of

CASE_TYPE = ProjectPush.case_type


@dataclass(frozen=True)
class Stalled:
    """One stalled project as of a day."""

    case_id: int
    number: str
    stage: Stage
    amount_yuan: int
    life: Life
    verdict: Verdict
    rule: LampRule | None
    blocking_class: str = ""

    def reason(self) -> str:
        """Why the lamp shows its colour, in one sentence."""
        words = {
            "signed": _("签约%(days)s天未开工") % {"days": self.verdict.days},
            "started": _("开工%(days)s天未投产") % {"days": self.verdict.days},
        }[self.stage]
        if self.verdict.colour == "pause":
            return _("%(words)s，暂停中不计时") % {"words": words}
        if self.verdict.cause == "idle":
            words = _("%(words)s，%(idle)s天无进展") % {"words": words, "idle": self.verdict.idle_days}
        if self.verdict.colour == "red":
            return _("%(words)s，超红灯线%(over)s天") % {"words": words, "over": self.verdict.over}
        if self.verdict.colour == "yellow":
            return _("%(words)s，超黄灯线%(over)s天") % {"words": words, "over": self.verdict.over}
        return words

    def rule_words(self) -> str:
        """The rule that decides, with its edition, clause, band and line."""
        if self.rule is None:
            return _("没有适用的亮灯规则")
        line = {
            ("red", "stage"): self.rule.red_days,
            ("yellow", "stage"): self.rule.yellow_days,
            ("red", "idle"): self.rule.idle_red_days,
            ("yellow", "idle"): self.rule.idle_yellow_days,
        }.get((self.verdict.colour, self.verdict.cause), self.rule.yellow_days)
        return _("亮灯规则%(edition)s%(clause)s，%(band)s档，%(line)s天") % {
            "edition": self.rule.edition,
            "clause": self.rule.clause,
            "band": band_label(band_of(self.amount_yuan)),
            "line": line,
        }


def stalled_projects(
    actor: Actor,
    as_of: date,
    *,
    known_at: datetime | None = None,
    projects: Q | None = None,
) -> list[Stalled]:
    """All stalled projects that the actor may see: red first, then by amount, then by number.

    Three queries whatever their number. `projects` narrows by columns of `ProjectPush`.
    """
    cases = visible_cases(actor, CASE_TYPE)
    if projects is not None:
        cases = cases.filter(pk__in=ProjectPush.objects.filter(projects).values("case_id"))
    return stalled_among(cases, as_of, known_at)


def stalled_among(cases: QuerySet[Case], as_of: date, known_at: datetime | None = None) -> list[Stalled]:
    rows = list(_lives(cases, as_of, known_at))
    was_suspended = any(row["suspended_on"] for row in rows)
    suspensions = _suspensions(cases, as_of, known_at) if was_suspended else {}
    rules = lamp_rules_on(as_of) if rows else []
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
        rule = rule_for(rules, stage, amount)
        verdict = judge(life, stage, as_of, _threshold(rule))
        found.append(Stalled(row["case_id"], row["number"], stage, amount, life, verdict, rule))
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
            amount=Subquery(last.values("amount_yuan")[:1]),
        )
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


def lamp_rules_on(on: date) -> list[LampRule]:
    in_force = Q(valid_to__isnull=True) | Q(valid_to__gte=on)
    return list(LampRule.objects.filter(in_force, valid_from__lte=on))


def rule_for(rules: Iterable[LampRule], stage: str, amount_yuan: int) -> LampRule | None:
    """The rule of the largest band that the project reaches; of two editions in force the later one."""
    band = band_of(amount_yuan)
    fitting = [rule for rule in rules if rule.stage == stage and rule.band_from_yuan <= band]
    return max(fitting, key=lambda rule: (rule.band_from_yuan, rule.valid_from), default=None)


def _threshold(rule: LampRule | None) -> Threshold | None:
    if rule is None:
        return None
    return Threshold(rule.yellow_days, rule.red_days, rule.idle_yellow_days, rule.idle_red_days)


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
