"""Dispatch meetings of the sample zone: two held ones whose decisions became rows, and the next one with its agenda."""

from collections.abc import Sequence
from datetime import date, timedelta

from wutong.base.errors import Refused
from wutong.cases.act import act
from wutong.cases.models import Case
from wutong.ledgers.meetings.agenda_services import make_agenda
from wutong.ledgers.meetings.decision_services import NewDecision, record_decision
from wutong.ledgers.meetings.minutes_services import issue_minutes
from wutong.ledgers.meetings.models import DispatchMeeting
from wutong.ledgers.meetings.services import NewMeeting, plan_meeting
from wutong.registers.organisation.actors import SYSTEM
from wutong.sample.organisation import Zone
from wutong.sample.papers import morning

DECISIONS = (
    ("补齐余热利用章节，报省级审查窗口", "economy", "郑海川", 7, "rectify"),
    ("与省级窗口对接评审排期", "land", "许可欣", 5, "order"),
    ("核对施工图审查意见，逐条销号", "construction", "雷震", 9, "rectify"),
    ("函告投资方按约补足首期资本金", "economy", "郑海川", 12, "order"),
    ("环评批复前置材料一次告知企业", "ecology", "段文博", 6, "rectify"),
    ("企业反映的临时用电由园区协调解决，会后反馈", "construction", "雷震", None, "note"),
)
"""Words, unit, person, days until due, what becomes of it. All invented."""


def mondays(today: date) -> list[date]:
    """The last two Mondays before today, and the one that comes."""
    next_one = today + timedelta(days=(7 - today.weekday()) % 7)
    return [next_one - timedelta(days=14), next_one - timedelta(days=7), next_one]


def build_meetings(zone: Zone, today: date) -> None:
    days = mondays(today)
    for index, day in enumerate(days):
        meeting = _planned(zone, day, min(day - timedelta(days=4), today))
        if index < 2:
            make_agenda(meeting, actor=SYSTEM, as_of=day, now=morning(day))
            _hold(meeting, zone, day, DECISIONS[index:][: 6 - index])
            _issue(meeting, zone, min(day + timedelta(days=1), today), today)
        else:
            make_agenda(meeting, actor=SYSTEM, as_of=today, now=morning(today))


def _planned(zone: Zone, day: date, on: date) -> DispatchMeeting:
    people = zone.officials
    new = NewMeeting(
        meeting_on=day,
        begins="08:30",
        place="管委会三楼会议室（示例）",
        chair=people["周明远"],
        recorder=people["林晓岚"],
        participants=[
            people[name] for name in ("韩东升", "马文静", "孙立群", "郑海川", "许可欣", "雷震", "段文博")
        ],
    )
    case = plan_meeting(new, actor=SYSTEM, on=on, now=morning(on))
    return DispatchMeeting.objects.select_related("case").get(case=case)


def _hold(
    meeting: DispatchMeeting,
    zone: Zone,
    day: date,
    decisions: Sequence[tuple[str, str, str, int | None, str]],
) -> None:
    """Every decision on an item of its own, typed by the recorder."""
    _take(meeting.case, "start", day)
    items = list(meeting.items.order_by("position"))
    for item, (text, unit, person, days, kinds) in zip(items, decisions, strict=False):
        new = NewDecision(
            text=f"{text}（示例）",
            unit=zone.units[unit],
            person=zone.officials[person],
            due_on=day + timedelta(days=days) if days else None,
            kinds=kinds,
        )
        record_decision(item, new, actor=zone.actors["clerk"], now=morning(day))
    _take(meeting.case, "adjourn", day)


def _issue(meeting: DispatchMeeting, zone: Zone, on: date, today: date) -> None:
    """On a machine without Chinese fonts there is no PDF: the minutes then stay a draft."""
    try:
        issue_minutes(meeting, actor=zone.actors["leader"], on=on, as_of=today, now=morning(on))
    except Refused:
        return


def _take(case: Case, verb: str, on: date) -> None:
    act(Case.objects.get(pk=case.pk), verb, actor=SYSTEM, now=morning(on), effective_on=on)
