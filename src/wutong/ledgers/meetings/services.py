"""What is done to a meeting as a whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from wutong.base.errors import Refused
from wutong.cases.act import act
from wutong.cases.models import Case, Change
from wutong.cases.numbers import take_numbers
from wutong.cases.registry import react_to
from wutong.cases.steps import Holder, NewCase
from wutong.ledgers.meetings.models import DispatchMeeting
from wutong.ledgers.meetings.procedure import DISPATCH_MEETING, HOST, PARTICIPANT, RECORDER
from wutong.registers.organisation.actors import Actor
from wutong.registers.organisation.models import Official


@dataclass(frozen=True)
class NewMeeting:
    """A meeting to be announced. Without a title it is called by its place in the year."""

    meeting_on: date
    begins: str
    place: str
    chair: Official
    recorder: Official
    participants: Sequence[Official] = ()
    title: str = ""


@transaction.atomic
def plan_meeting(new: NewMeeting, *, actor: Actor, on: date, now: datetime) -> Case:
    """Announce a meeting: its number, its place in the year, who leads it and who writes.

    Raises Refused when one person would lead and write.
    """
    if new.chair.pk == new.recorder.pk:
        message = _("记录人不能是主持人：纪要由记录人整理、由主持人签发。")
        raise Refused(message, fields={"recorder": message})
    # The counter stays locked: two who plan at the same moment do not get the same place in the year.
    [number] = take_numbers(DISPATCH_MEETING.number_prefix, on.year, 1)
    year = new.meeting_on.year
    last = DispatchMeeting.objects.filter(year=year).aggregate(last=Max("ordinal"))["last"] or 0
    title = new.title.strip() or f"第{last + 1}次调度会"
    return act(
        NewCase(
            DispatchMeeting.case_type,
            title=title,
            state="planned",
            number=number,
            detail={
                "year": year,
                "ordinal": last + 1,
                "title": title,
                "meeting_on": new.meeting_on,
                "begins": new.begins,
                "place": new.place.strip(),
            },
        ),
        "open",
        actor=actor,
        now=now,
        effective_on=on,
        holders=[
            Holder(HOST, new.chair.unit, new.chair),
            Holder(RECORDER, new.recorder.unit, new.recorder),
            *(Holder(PARTICIPANT, person.unit, person) for person in new.participants),
        ],
    ).case


@react_to(DispatchMeeting.case_type, "start")
def begin_on_its_day(case: Case, change: Change, _actor: Actor, _now: datetime) -> None:
    """What a meeting decides holds from its day: it is opened on that day and on no other."""
    meeting_on = DispatchMeeting.objects.values_list("meeting_on", flat=True).get(case=case)
    if change.effective_on != meeting_on:
        message = _("会议定在%(on)s。日期有变的，先“调整安排”，再开会。") % {"on": meeting_on}
        raise Refused(message, fields={"effective_on": message})
