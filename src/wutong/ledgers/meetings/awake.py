"""A running meeting does not time out: whoever has its hall open stays signed in, on its day only."""

import re
from datetime import datetime

from django.http import HttpRequest
from django.utils.timezone import localdate

from wutong.base.accounts.middleware import keep_awake
from wutong.base.accounts.rights import rights_of
from wutong.cases.models import Assignment
from wutong.ledgers.meetings.models import DispatchMeeting
from wutong.ledgers.meetings.procedure import RECORD

HALL = re.compile(r"^/meetings/([^/\0]+)/session/")


def is_in_hall(request: HttpRequest, seen_at: datetime, now: datetime) -> bool:
    """A request for the hall of a meeting that is in session today, by somebody who was there today already and has a
    seat in it or may record in any. Two queries at most, only for a session that would have ended."""
    match = HALL.match(request.path_info)
    if match is None or localdate(seen_at) != localdate(now):
        return False
    running = DispatchMeeting.objects.filter(
        case__number=match.group(1), case__state="in_session", meeting_on=localdate(now)
    )
    account = request.user
    if RECORD.right in rights_of(account, localdate(now)):
        return running.exists()
    seats = Assignment.objects.filter(
        case__in=running.values("case"), to_on__isnull=True, person__account=account.pk
    )
    return seats.exists()


def declare() -> None:
    keep_awake(is_in_hall)
