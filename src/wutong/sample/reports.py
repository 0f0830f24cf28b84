"""Reporting rounds of the sample zone: last month's is under way, the one before is locked."""

import random
from datetime import date, datetime, timedelta

from wutong.base.calendar.services import working_calendar
from wutong.base.money import WAN
from wutong.cases.rounds.models import Report, Round
from wutong.cases.rounds.periods import Period, ended_before
from wutong.cases.rounds.services import HandIn, lock_round, open_round, return_reports, submit_reports
from wutong.ledgers.project_push.models import ProjectPush
from wutong.ledgers.project_push.reports.rounds import PROJECT_MONTH
from wutong.registers.organisation.actors import SYSTEM
from wutong.sample.organisation import Zone
from wutong.sample.papers import morning
from wutong.sample.plan import SEED


def reported_periods(today: date) -> list[Period]:
    """The two months that are told in rounds, the older one first; earlier ones were entered without."""
    last = ended_before("month", today)
    return [ended_before("month", last.first_day), last]


def build_reports(zone: Zone, today: date) -> None:
    dice = random.Random(SEED + 5)  # noqa: S311
    for period in reported_periods(today):
        opened = working_calendar().add_workdays(period.last_day, 1).on
        if opened > today:
            continue
        found = open_round(PROJECT_MONTH, period, actor=SYSTEM, on=opened, now=morning(opened))
        if period == reported_periods(today)[0]:
            _hand_in(found, opened + timedelta(days=2), 1.0, dice)
            ended = max(found.due_on + timedelta(days=1), opened)
            lock_round(
                found, actor=zone.actors["supervisor"], on=min(ended, today), now=morning(min(ended, today))
            )
        else:
            _hand_in(found, min(opened + timedelta(days=1), today), 0.7, dice)
            _return_one(found, zone, min(opened + timedelta(days=2), today))


def _hand_in(found: Round, on: date, share: float, dice: random.Random) -> None:
    """Progress that is said already is said again: a report alone brings no project forward."""
    reports = list(Report.objects.filter(round=found).select_related("case").order_by("pk"))
    pushes = ProjectPush.objects.in_bulk([report.case_id for report in reports])
    handings = []
    for report in reports:
        if dice.random() >= share:
            continue
        amount = report.case.amount_yuan or 0
        planned = amount // 36 // WAN * WAN
        values = {
            "planned_yuan": planned,
            "done_yuan": planned * dice.randint(50, 120) // 100 // WAN * WAN,
            "progress": pushes[report.case_id].latest_progress or "按计划推进（示例）。",
            "arrived_yuan": None,
            "source": None,
        }
        handings.append(HandIn(report, values))
    submit_reports(found, handings, actor=SYSTEM, on=on, now=_noon(on))


def _return_one(found: Round, zone: Zone, on: date) -> None:
    report = Report.objects.filter(round=found, state="submitted").order_by("pk").first()
    if report is not None:
        words = "完成投资与开票金额不符，请核对后重报（示例）"
        return_reports(found, [report], reason=words, actor=zone.actors["supervisor"], on=on, now=_noon(on))


def _noon(on: date) -> datetime:
    return morning(on) + timedelta(hours=3)
