"""The rows of the sample zone that the pages are opened for, by what they are for.

Numbers depend on the day the zone was built, so they are looked up in the running product:
`python -m tests.browser.sample_rows` prints them as JSON. A published count and a meeting that goes on are no part of
the sample; they are made here, and the open round on the few days on which it has none.
"""

import json
from datetime import date, datetime, timedelta

import django


def rows_of_the_zone(today: date, now: datetime) -> dict[str, str]:
    """Numbers and keys by name, as the addresses in `places` name them."""
    return {**_cases(today), **_rounds(today, now), **_meetings(now), "count": _published_count(today, now)}


def _cases(today: date) -> dict[str, str]:
    from wutong.cases.models import Case
    from wutong.ledgers.project_push.stalled.queries import stalled_projects
    from wutong.ledgers.supervision_orders.models import AT_LEVEL, SupervisionOrder
    from wutong.registers.organisation.actors import SYSTEM

    red = [item for item in stalled_projects(SYSTEM, today) if item.verdict.colour == "red"]
    project = next(item.number for item in red if item.stage == "signed")

    def numbers(case_type: str, state: str) -> list[str]:
        found = Case.objects.filter(case_type=case_type, state=state).order_by("pk")
        return list(found.values_list("number", flat=True))

    everyday = SupervisionOrder.objects.filter(AT_LEVEL["everyday"], case__state="issued")
    signed = [number for number in numbers("project_push", "signed") if number != project]
    return {
        "project": project,
        "written_by_two": signed[-1],
        "written_twice": signed[-2],
        "submitted": numbers("rectification", "submitted")[0],
        "working": numbers("rectification", "working")[0],
        "order": numbers("supervision_order", "issued")[0],
        "everyday": everyday.order_by("pk")[0].case.number,
        "instruction": Case.objects.filter(case_type="instruction").order_by("pk")[0].number,
    }


def _rounds(today: date, now: datetime) -> dict[str, str]:
    """In the first days of a month, before its first working day, the round of the last month is not yet open."""
    from wutong.cases.rounds.models import Report, Round
    from wutong.cases.rounds.periods import ended_before
    from wutong.cases.rounds.services import open_round
    from wutong.ledgers.project_push.reports.rounds import PROJECT_MONTH
    from wutong.registers.organisation.actors import SYSTEM

    last = Round.objects.filter(locked_at=None).order_by("period").last()
    last = last or open_round(PROJECT_MONTH, ended_before("month", today), actor=SYSTEM, on=today, now=now)
    report = Report.objects.filter(round=last).order_by("-state", "pk")[0]
    return {"round": str(last.pk), "report": str(report.pk)}


def _meetings(now: datetime) -> dict[str, str]:
    from wutong.ledgers.meetings.models import DispatchMeeting

    by_day = DispatchMeeting.objects.order_by("meeting_on", "pk").select_related("case")
    *_first, held, planned = list(by_day)
    going_on = _meeting_that_goes_on(held.meeting_on - timedelta(days=3), now)
    return {"held": held.case.number, "planned": planned.case.number, "going_on": going_on}


def _meeting_that_goes_on(on: date, now: datetime) -> str:
    """Before the last one of the sample, so that no later meeting follows it up."""
    from wutong.cases.act import act
    from wutong.ledgers.meetings.agenda_services import make_agenda
    from wutong.ledgers.meetings.models import DispatchMeeting
    from wutong.ledgers.meetings.services import NewMeeting, plan_meeting
    from wutong.registers.organisation.actors import SYSTEM
    from wutong.registers.organisation.models import Official

    people = {official.name: official for official in Official.objects.all()}
    new = NewMeeting(
        meeting_on=on,
        begins="14:30",
        place="管委会二楼会议室（示例）",
        chair=people["周明远"],
        recorder=people["林晓岚"],
        participants=[people["郑海川"], people["雷震"]],
    )
    case = plan_meeting(new, actor=SYSTEM, on=on, now=now)
    make_agenda(DispatchMeeting.objects.get(case=case), actor=SYSTEM, as_of=on, now=now)
    case.refresh_from_db()
    act(case, "start", actor=SYSTEM, now=now, effective_on=on)
    return case.number


def _published_count(today: date, now: datetime) -> str:
    from wutong.ledgers.project_push.counting.publishing import publish_count
    from wutong.registers.organisation.actors import SYSTEM

    begun = date(today.year, 1, 1)
    return str(publish_count("示例公布", begun, today, actor=SYSTEM, now=now).pk)


if __name__ == "__main__":
    django.setup()
    from django.utils import timezone

    print(json.dumps(rows_of_the_zone(timezone.localdate(), timezone.now())))
