"""What the minutes of a meeting say: parts that follow from the rows, unless the recorder wrote other words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import override

from wutong.ledgers.meetings.models import AgendaItem, DispatchMeeting, ItemState, MinutesSection
from wutong.ledgers.meetings.people import names_in
from wutong.ledgers.meetings.queries import (
    Attendance,
    Follow,
    FollowUp,
    agenda_of,
    attendance_of,
    decisions_of,
    previous_meeting,
)
from wutong.registers.organisation.actors import Actor
from wutong.ui.formats import long_date_text, short_date_text

OPENING, FOLLOW_UP = "opening", "follow_up"
NUMERALS = "零一二三四五六七八九"


@dataclass(frozen=True)
class Part:
    """A part of the minutes. `seq` is the last change of the words that somebody wrote, 0 for those that follow from the
    rows; `lines` are its decisions, which are corrected where they were made."""

    key: str
    heading: str
    text: str
    lines: Sequence[str] = ()
    seq: int = 0


@dataclass(frozen=True)
class Minutes:
    """`hidden` items and decisions are of cases that the reader may not see: what he has is an excerpt."""

    meeting: DispatchMeeting
    arrangements: Sequence[tuple[str, str]]
    people: Sequence[tuple[str, str]]
    parts: Sequence[Part]
    hidden: int


@override("zh-hans")
def minutes_of(meeting: DispatchMeeting, actor: Actor, as_of: date) -> Minutes:
    """The minutes as they stand, in Chinese whoever reads them. About twelve queries, whatever the number of items."""
    agenda = agenda_of(meeting, actor)
    decided = decisions_of(meeting, actor, as_of)
    held = [row for row in decided.rows if row.standing != "withdrawn"]
    by_item: dict[int, list[Follow]] = {}
    for row in held:
        by_item.setdefault(row.decision.item_id, []).append(row)
    spoken = [item for item in agenda.items if item.state == ItemState.DISCUSSED or item.pk in by_item]
    written = {row.key: row for row in MinutesSection.objects.filter(meeting=meeting)}
    people = attendance_of(meeting)
    parts = [_part(OPENING, "", _opening(meeting, people, len(spoken)), written)]
    before = previous_meeting(meeting)
    last = decisions_of(before, actor, meeting.meeting_on) if before else FollowUp()
    place = 1
    if last.followed:
        heading = _("%(place)s、上次会议决定落实情况") % {"place": numeral(place)}
        parts.append(_part(FOLLOW_UP, heading, _follow_words(last), written))
        place += 1
    for item in spoken:
        lines = [
            _("（%(place)s）%(words)s") % {"place": numeral(at), "words": decision_sentence(row)}
            for at, row in enumerate(by_item.get(item.pk, ()), start=1)
        ]
        heading = _("%(place)s、%(title)s") % {"place": numeral(place), "title": _item_title(item)}
        parts.append(_part(item_key(item), heading, _situation(item), written, lines))
        place += 1
    return Minutes(
        meeting,
        [(_("时间"), f"{long_date_text(meeting.meeting_on)} {meeting.begins}"), (_("地点"), meeting.place)],
        _people(meeting, people),
        parts,
        agenda.hidden + decided.hidden + last.hidden,
    )


def item_key(item: AgendaItem) -> str:
    return f"item-{item.pk}"


def _part(
    key: str, heading: str, text: str, written: dict[str, MinutesSection], lines: Sequence[str] = ()
) -> Part:
    own = written.get(key)
    return Part(key, heading, own.text if own else text, lines, own.last_seq if own else 0)


def _opening(meeting: DispatchMeeting, people: Attendance, count: int) -> str:
    return _(
        "%(on)s，%(chair)s在%(place)s主持召开%(title)s，逐个调度%(count)s个项目，听取上次会议决定落实情况，"
        "研究存在的问题。现纪要如下："
    ) % {
        "on": long_date_text(meeting.meeting_on),
        "chair": people.chair or "",
        "place": meeting.place,
        "title": meeting.title,
        "count": count,
    }


def _follow_words(last: FollowUp) -> str:
    words = _("上次会议决定%(all)s项，已完成%(done)s项，办理中%(running)s项，超期%(overdue)s项。") % {
        "all": len(last.followed),
        **{state: len(last.of(state)) for state in ("done", "running", "overdue")},
    }
    late = "；".join(
        _("%(text)s（%(unit)s）") % {"text": row.decision.text.rstrip("。"), "unit": row.decision.unit or ""}
        for row in last.of("overdue")
    )
    return words + (_("超期的是：%(late)s。") % {"late": late} if late else "")


def _item_title(item: AgendaItem) -> str:
    if item.leader is None:
        return str(item.case.title)
    return _("%(title)s（包保领导：%(leader)s）") % {"title": item.case.title, "leader": item.leader}


def _situation(item: AgendaItem) -> str:
    return _("%(reason)s。") % {"reason": item.reason.rstrip("。")} if item.reason else ""


def decision_sentence(row: Follow) -> str:
    """“余热利用章节报省级窗口。由经济发展部郑海川负责，1月19日前完成。”"""
    decision = row.decision
    words = [decision.text.rstrip("。；，") + "。"]
    who = f"{decision.unit or ''}{decision.person or ''}"
    if who and decision.due_on:
        words.append(
            _("由%(who)s负责，%(due)s前完成。") % {"who": who, "due": _due_words(decision.due_on, decision)}
        )
    elif who:
        words.append(_("由%(who)s负责。") % {"who": who})
    return "".join(words)


def _due_words(due_on: date, decision: object) -> str:
    year = decision.meeting.meeting_on.year  # type: ignore[attr-defined]
    return short_date_text(due_on) if due_on.year == year else long_date_text(due_on)


def _people(meeting: DispatchMeeting, people: Attendance) -> list[tuple[str, str]]:
    """出席, 请假, 列席, 主持, 记录 in the order of the official layout; what is empty is left out."""
    excused = names_in(meeting.excused)
    present = [who.name for who in people.participants if who.name not in excused]
    pairs = [
        (_("出席"), "、".join(present)),
        (_("请假"), "、".join(excused)),
        (_("列席"), "、".join(names_in(meeting.attending))),
        (_("主持"), str(people.chair or "")),
        (_("记录"), str(people.recorder or "")),
    ]
    return [pair for pair in pairs if pair[1]]


def numeral(number: int) -> str:
    """12 → 十二, as far as an agenda goes."""
    if number < 10:
        return NUMERALS[number]
    if number > 99:
        return str(number)
    tens, ones = divmod(number, 10)
    return ("" if tens == 1 else NUMERALS[tens]) + "十" + (NUMERALS[ones] if ones else "")
