"""The words of the minutes are kept, and the minutes are issued: frozen as files, signed by somebody else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from wutong.base.errors import Conflict, NotAllowed, Refused
from wutong.base.files.services import store_file
from wutong.cases.act import act
from wutong.cases.models import Case
from wutong.cases.steps import NewEvidence
from wutong.ledgers.meetings.agenda_services import lock_meeting
from wutong.ledgers.meetings.minutes import minutes_of
from wutong.ledgers.meetings.minutes_files import docx_of, file_name, pdf_of
from wutong.ledgers.meetings.models import DispatchMeeting, MinutesSection
from wutong.ledgers.meetings.procedure import ISSUE, RECORD
from wutong.registers.history.models import RegisterChange
from wutong.registers.history.services import record
from wutong.registers.organisation.actors import Actor


@dataclass(frozen=True)
class Written:
    """The words of one part, and the number of the last change that whoever wrote them had seen."""

    text: str
    seq: int


@transaction.atomic
def write_minutes(
    meeting: DispatchMeeting, texts: Mapping[str, Written], *, actor: Actor, as_of: date, now: datetime
) -> int:
    """Keep the parts whose words differ; returns how many. Raises Conflict when somebody wrote the same part meanwhile,
    and names it."""
    lock_meeting(meeting, actor, RECORD, ("in_session", "minuted"))
    parts = {part.key: part for part in minutes_of(meeting, actor, as_of).parts}
    known = {row.key: row for row in MinutesSection.objects.filter(meeting=meeting)}
    count = 0
    for key, written in texts.items():
        part = parts.get(key)
        text = written.text.replace("\r\n", "\n").strip()
        if part is None or text == part.text:
            continue
        if written.seq != part.seq:
            heading = part.heading or _("开头")
            raise Conflict(
                _("“%(heading)s”刚被别人改过，您的改动没有写入。") % {"heading": heading}, [part.text]
            )
        record(
            known.get(key, MinutesSection(meeting=meeting, key=key)),
            {"meeting": meeting, "key": key, "text": text},
            actor=actor.account,
            effective_on=as_of,
            now=now,
            verb="write",
        )
        count += 1
    return count


@transaction.atomic
def issue_minutes(
    meeting: DispatchMeeting,
    *,
    expected_seq: int | None = None,
    actor: Actor,
    on: date,
    as_of: date,
    now: datetime,
) -> Case:
    """Issue the minutes: both files are frozen as proof of the case, and the meeting is over.

    Raises NotAllowed for whoever wrote them, Refused when the issuer may not see all that they say.
    """
    case = lock_meeting(meeting, actor, ISSUE, ("minuted",))
    _require_another_hand(meeting, actor)
    minutes = minutes_of(meeting, actor, as_of)
    if minutes.hidden:
        raise Refused(_("纪要里有%(count)s处不在您的查看范围，不能由您签发。") % {"count": minutes.hidden})
    evidence = [
        NewEvidence(
            "minutes",
            store_file(content, name=name, actor=actor.account, now=now),
            name,
            on,
        )
        for content, name in (
            (docx_of(minutes, on), file_name(meeting, "docx")),
            (pdf_of(minutes, on), file_name(meeting, "pdf")),
        )
    ]
    return act(
        case,
        "issue",
        actor=actor,
        now=now,
        effective_on=on,
        evidence=evidence,
        expected_seq=expected_seq,
    ).case


def _require_another_hand(meeting: DispatchMeeting, actor: Actor) -> None:
    """Who wrote a part of the minutes does not issue them."""
    if actor.account is None:
        return
    parts = list(MinutesSection.objects.filter(meeting=meeting).values_list("pk", flat=True))
    own = RegisterChange.objects.filter(
        entry_kind=MinutesSection.entry_kind, entry_id__in=parts, actor=actor.account
    )
    if own.exists():
        raise NotAllowed(_("纪要要由另一个人签发：有的段落是您自己写的。"))
