"""A person's due days for the own calendar program: an iCalendar feed (RFC 5545) with a VTODO for each running clock.

Whoever has the address reads it, and calendar programs keep what they read: titles of leads and unsigned projects stay
inside.
"""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.contrib.auth.decorators import login_not_required
from django.db.models import F, OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from icalendar import Calendar, Todo

from wutong.base.feeds.queries import account_of_token
from wutong.cases.clocks.counting import counting_now
from wutong.cases.clocks.words import basis_words
from wutong.cases.models import Change
from wutong.cases.registry import case_type_of
from wutong.desk.due_clocks import DueLine, due_line, may_leave, of, running_clocks
from wutong.registers.organisation.actors import actor_of

MOST = 1000
EVERY = timedelta(hours=1)
CONTENT_TYPE = "text/calendar; charset=utf-8"
FIRST = 1
"""The highest priority (RFC 5545, 3.8.1.9)."""


@csrf_exempt
@login_not_required
@require_safe
def due_feed(request: HttpRequest, secret: str) -> HttpResponseBase:
    """The feed behind a secret address; an address that opens nothing is not found, whatever the reason."""
    account = account_of_token(secret)
    if account is None:
        raise Http404
    now = timezone.now()
    actor = actor_of(account, timezone.localdate(now))
    written = Change.objects.filter(case=OuterRef("case")).order_by("-seq").values("recorded_at")[:1]
    clocks = of("me", running_clocks(actor), actor).select_related("case__parent")
    clocks = clocks.annotate(written_at=Subquery(written))
    counting = counting_now()
    with translation.override(account.language):
        lines = [
            due_line(counting, clock, now)
            for clock in clocks.order_by("due_on", F("due_at").asc(nulls_last=True), "pk")[:MOST]
        ]
        content = calendar_of(request, lines)
    response = HttpResponse(content, content_type=CONTENT_TYPE)
    response["ETag"] = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    # A program may keep it, and asks every time whether it still holds.
    response["Cache-Control"] = "private, no-cache"
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


def calendar_of(request: HttpRequest, lines: Iterable[DueLine]) -> bytes:
    """The whole calendar. The same clocks give the same bytes: nothing in it tells when it was asked for."""
    calendar = Calendar()
    calendar.add("prodid", "-//Wutong//Due days//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", _("梧桐到期日"))
    calendar.add("refresh-interval", EVERY, parameters={"VALUE": "DURATION"})
    for line in lines:
        calendar.add_component(todo_of(request, line))
    content: bytes = calendar.to_ical()
    return content


def todo_of(request: HttpRequest, line: DueLine) -> Todo:
    """One clock. DUE is a day for clocks of days and months, a moment in UTC for hours and minutes."""
    clock, case = line.clock, line.case
    written_at: datetime = clock.written_at  # type: ignore[attr-defined]
    todo = Todo()
    todo.add("uid", f"clock-{clock.pk}@wutong")
    # A calendar without METHOD was last revised when its content was (RFC 5545, 3.8.7.2).
    todo.add("dtstamp", written_at.astimezone(UTC))
    todo.add("last-modified", written_at.astimezone(UTC))
    words = f"{line.label}：{case.number}"
    todo.add("summary", plain(f"{words} {case.title}" if may_leave(case) else words))
    basis = f"{basis_words(clock.basis)}：{clock.article}"
    note = _("暂定：该年度放假通知未公布") if clock.is_provisional else ""
    todo.add("description", plain("\n".join(part for part in (basis, note) if part)))
    todo.add("due", clock.due_on if clock.due_at is None else clock.due_at.astimezone(UTC))
    todo.add("status", "NEEDS-ACTION")
    if line.lamp.colour == "red":
        todo.add("priority", FIRST)
    todo.add("categories", [plain(str(case_type_of(case).procedure.label))])
    todo.add("url", request.build_absolute_uri(line.href))
    return todo


def plain(text: str) -> str:
    """Without control characters, which a content line must not have; a line break stays one (RFC 5545, 3.1)."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(char for char in lines if char == "\n" or (char >= " " and char != "\x7f"))
