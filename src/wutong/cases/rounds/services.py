"""What is done in rounds: open, hand in, return, correct, lock. One function is one act in one transaction.

A refusal about a cell names it `<report>-<field>`, as the editable table and the workbook know it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from wutong.base.calendar.services import working_calendar
from wutong.base.errors import Conflict, NotAllowed, Refused
from wutong.cases.models import Assignment
from wutong.cases.rounds.declared import Handed, ReportKind, Text, report_kind
from wutong.cases.rounds.models import Report, ReportState, Round
from wutong.cases.rounds.periods import Period
from wutong.cases.rounds.queries import own_reports
from wutong.cases.rounds.rights import require
from wutong.cases.rounds.telling import tell_of_return
from wutong.registers.history.intervals import holds_on
from wutong.registers.history.services import Fact, record, record_many
from wutong.registers.organisation.actors import Actor

LEAST_WORKDAYS = 3
"""A round that is opened late leaves at least so many working days."""
REASON_LENGTH = 500


@dataclass(frozen=True)
class HandIn:
    """Typed values for one report; `seq` is its last change that the author has seen (None: not asked)."""

    report: Report
    values: Mapping[str, Any]
    seq: int | None = None


def cell_name(report: Report, code: str) -> str:
    return f"{report.pk}-{code}"


# ---- opening -----------------------------------------------------------------------------------------------------


@transaction.atomic
def open_round(
    kind: ReportKind, period: Period, *, actor: Actor, on: date, now: datetime, due_on: date | None = None
) -> Round:
    """The round of a period with one report for every case that owes it. A second time adds the cases that have come
    since; a locked round stays as it is. Raises Refused for a period that is not over, and for a due day that is."""
    require(actor, kind.right)
    if on <= period.last_day:
        raise Refused(
            _("%(period)s还没有结束，不能发起填报。") % {"period": period.label},
            fields={"period": _("还没有结束")},
        )
    if due_on is not None and due_on < on:
        raise Refused(_("截止日%(due)s已经过去。") % {"due": due_on}, fields={"due_on": _("不能早于今天")})
    found = _opened(kind, period, actor, on, now, due_on)
    if found.locked_at is None:
        _add_reports(found, kind, period, actor, on, now)
    return found


def _opened(
    kind: ReportKind, period: Period, actor: Actor, on: date, now: datetime, due_on: date | None
) -> Round:
    rounds = Round.objects.select_for_update().filter(kind=kind.code, period=period.code)
    known = rounds.first()
    if known is not None:
        return known
    facts = {
        "kind": kind.code,
        "period": period.code,
        "opened_on": on,
        "due_on": due_on or max(kind.due_on(period), working_calendar().add_workdays(on, LEAST_WORKDAYS).on),
    }
    try:
        with transaction.atomic():
            return record(Round(), facts, actor=actor.account, effective_on=on, now=now, verb="open")
    except IntegrityError:
        return rounds.get()  # somebody else was first


def _add_reports(
    found: Round, kind: ReportKind, period: Period, actor: Actor, on: date, now: datetime
) -> None:
    present = set(Report.objects.filter(round=found).values_list("case", flat=True))
    facts = [
        Fact(
            Report(),
            {
                "round": found,
                "case": case,
                "unit_id": case.host_unit_id,
                "person_id": case.host_person_id,
                "state": ReportState.OWED.value,
            },
        )
        for case in kind.subjects(period, on)
        if case.pk not in present
    ]
    record_many(facts, actor=actor.account, effective_on=on, now=now, verb="open")


# ---- handing in --------------------------------------------------------------------------------------------------


@transaction.atomic
def submit_reports(
    found: Round, handings: Sequence[HandIn], *, actor: Actor, on: date, now: datetime, source: str = ""
) -> list[Report]:
    """Hand in reports of one round, all or none; those that say nothing new are passed over. Returns those written.

    Raises Refused with the cells that are wrong, NotAllowed for a report of others, Conflict when one was changed since.
    """
    kind = report_kind(found.kind)
    told = {item.report.pk: item for item in handings}
    locked = _locked(found, kind, told, actor)
    if any(report.state == ReportState.LOCKED for report in locked):
        raise Refused(
            _("%(round)s已经锁定。报过的数要改，请由填报人用“更正”。") % {"round": kind.title(found.period)}
        )
    return _hand_in(found, kind, locked, told, actor, on, now, "submit", source)


@transaction.atomic
def correct_report(
    found: Round, handing: HandIn, *, reason: str, actor: Actor, on: date, now: datetime
) -> Report:
    """Change a report after the lock: only its author may, with a reason. One that nobody handed in in time can still
    be handed in so; it stays late. Raises Refused, NotAllowed, Conflict."""
    kind = report_kind(found.kind)
    told = {handing.report.pk: handing}
    (report,) = _locked(found, kind, told, actor)
    if report.state != ReportState.LOCKED:
        raise Refused(_("这一轮还没有锁定，请直接在“填报”里修改。"))
    require_author(report, actor)
    if not reason.strip():
        raise Refused(_("请写明更正理由。"), fields={"reason": _("请写明理由")})
    written = _hand_in(found, kind, [report], told, actor, on, now, "correct", reason)
    if not written:
        raise Refused(_("内容没有变化，不用更正。"))
    return written[0]


def not_the_holder() -> NotAllowed:
    return NotAllowed(_("只有这件事的责任人能填报，请让主办来填。"))


def require_author(report: Report, actor: Actor) -> None:
    """Raises NotAllowed for everybody but the author of the values that hold."""
    account = actor.account.pk if actor.account else None
    if report.submitted_by_id is not None and report.submitted_by_id != account:
        raise NotAllowed(_("锁定以后只有填报人本人能更正。"))


def _locked(found: Round, kind: ReportKind, told: Mapping[int, HandIn], actor: Actor) -> list[Report]:
    """The reports, locked in one order. Raises NotAllowed when one is not the actor's to hand in, Conflict when one has
    changed since the author saw it."""
    own = own_reports(actor, kind).filter(round=found, pk__in=list(told))
    reports = list(own.select_for_update(of=("self",)).select_related("case").order_by("pk"))
    if len(reports) != len(told):
        raise not_the_holder()
    changed = [
        report for report in reports if (seq := told[report.pk].seq) is not None and seq != report.last_seq
    ]
    if changed:
        raise Conflict(
            _("您打开之后，有%(count)s行已被别人改过，没有写入。请看完变化再提交。")
            % {"count": len(changed)},
            [f"{report.case.number} {report.case.title}" for report in changed],
        )
    for report in reports:
        report.round = found
    return reports


def _hand_in(
    found: Round,
    kind: ReportKind,
    reports: Sequence[Report],
    told: Mapping[int, HandIn],
    actor: Actor,
    on: date,
    now: datetime,
    verb: str,
    reason: str,
) -> list[Report]:
    period = kind.period_of(found.period)
    _judge_values(kind, period, reports, told)
    handed, facts = [], []
    for report in reports:
        stored = kind.stored(told[report.pk].values)
        is_first = report.first_submitted_on is None
        if stored == report.values and report.state != ReportState.RETURNED and not is_first:
            continue
        handed.append(Handed(report.case, told[report.pk].values, kind.typed(report.values)))
        written: dict[str, Any] = {"values": stored, "submitted_by": actor.account, "return_reason": ""}
        if report.state != ReportState.LOCKED:
            written["state"] = ReportState.SUBMITTED.value
        if is_first:
            written["first_submitted_on"] = on
        facts.append(Fact(report, written))
    words = reason.strip()[:REASON_LENGTH]
    record_many(facts, actor=actor.account, effective_on=on, now=now, verb=verb, reason=words)
    if handed:
        kind.accept(period, handed, actor=actor, on=on, now=now, reason=words)
    return [fact.entry for fact in facts if isinstance(fact.entry, Report)]


def _judge_values(
    kind: ReportKind, period: Period, reports: Sequence[Report], told: Mapping[int, HandIn]
) -> None:
    needed = kind.needed([report.case_id for report in reports], period)
    faults: dict[str, Text] = {}
    for report in reports:
        found = kind.faults_of(told[report.pk].values, needed.get(report.case_id, frozenset()))
        faults |= {cell_name(report, code): words for code, words in found.items()}
    if faults:
        raise Refused(_("有%(count)s格要改，没有写入任何数据。") % {"count": len(faults)}, fields=faults)


# ---- returning and locking ---------------------------------------------------------------------------------------


@transaction.atomic
def return_reports(
    found: Round, reports: Iterable[Report], *, reason: str, actor: Actor, on: date, now: datetime
) -> int:
    """Give reports back to their authors with a reason, who are told. Returns how many. Raises Refused for one that
    nobody handed in, and in a locked round."""
    kind = report_kind(found.kind)
    require(actor, kind.review_right)
    if not reason.strip():
        raise Refused(_("请写明退回理由。"), fields={"reason": _("请写明理由")})
    keys = [report.pk for report in reports]
    if not keys:
        raise Refused(_("请勾选要退回的填报。"), fields={"reports": _("请勾选")})
    locked = list(
        Report.objects.filter(round=found, pk__in=keys)
        .select_for_update(of=("self",))
        .select_related("case", "submitted_by")
        .order_by("pk")
    )
    for report in locked:
        if report.state != ReportState.SUBMITTED:
            raise Refused(
                _("“%(title)s”现在是“%(state)s”，不能退回。")
                % {"title": report.case.title, "state": report.get_state_display()}
            )
    words = reason.strip()[:REASON_LENGTH]
    facts = [Fact(report, {"state": ReportState.RETURNED.value, "return_reason": words}) for report in locked]
    record_many(facts, actor=actor.account, effective_on=on, now=now, verb="return", reason=words)
    tell_of_return(found, locked, words, now)
    return len(locked)


@transaction.atomic
def lock_round(found: Round, *, actor: Actor, on: date, now: datetime) -> Round:
    """End the round: nothing is handed in or returned any more, only corrected. Returned reports must be settled first.
    What nobody handed in stays missing. Raises Refused before the due day is over."""
    kind = report_kind(found.kind)
    require(actor, kind.right)
    current = Round.objects.select_for_update().get(pk=found.pk)
    if current.locked_at is not None:
        raise Refused(_("%(round)s已经锁定。") % {"round": kind.title(found.period)})
    reports = list(Report.objects.filter(round=current).select_for_update().order_by("pk"))
    missing = sum(report.first_submitted_on is None for report in reports)
    if missing and on <= current.due_on:
        raise Refused(
            _("还有%(count)s项没有报，截止日%(due)s还没过，不能锁定。")
            % {"count": missing, "due": current.due_on}
        )
    returned = sum(report.state == ReportState.RETURNED for report in reports)
    if returned:
        raise Refused(_("还有%(count)s项退回后没有重报，不能锁定。") % {"count": returned})
    if on > current.due_on:
        remember_who_owed(current, on=on, now=now)
        reports = list(Report.objects.filter(round=current).order_by("pk"))
    record_many(
        [Fact(report, {"state": ReportState.LOCKED.value}) for report in reports],
        actor=actor.account,
        effective_on=on,
        now=now,
        verb="lock",
    )
    facts = {"locked_at": now.astimezone(UTC), "locked_by": actor.account}
    return record(current, facts, actor=actor.account, effective_on=on, now=now, verb="lock")


@transaction.atomic
def remember_who_owed(found: Round, *, on: date, now: datetime) -> int:
    """Once the due day is over: write down the host of that day on every report that does not say it yet. It is read
    from the intervals of the seats, therefore it may come late. Returns how many were written."""
    if on <= found.due_on:
        return 0
    reports = list(
        Report.objects.filter(round=found, due_unit__isnull=True).select_for_update().order_by("pk")
    )
    seats = Assignment.objects.filter(
        holds_on(found.due_on), role="host", case__in=[report.case_id for report in reports]
    ).order_by("pk")
    hosts = {case: (unit, person) for case, unit, person in seats.values_list("case", "unit", "person")}
    facts = [
        Fact(report, {"due_unit_id": hosts[report.case_id][0], "due_person_id": hosts[report.case_id][1]})
        for report in reports
        if report.case_id in hosts
    ]
    record_many(facts, actor=None, effective_on=on, now=now, verb="fall_due")
    return len(facts)
