"""A person's due days as an iCalendar feed (RFC 5545): one VTODO for each running clock, read by calendar programs."""

import hashlib
from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from icalendar import Calendar, Todo

from wutong.base.feeds.queries import account_of_token
from wutong.cases.clocks.counting import counting_now
from wutong.cases.models import Change, Clock
from wutong.cases.registry import case_type_of
from wutong.desk.due_clocks import due_line, of, running_clocks, with_cases
from wutong.ledgerkit.registry import pages_of
from wutong.registers.organisation.actors import actor_of

MOST = 1000
EVERY = timedelta(hours=1)


@login_not_required
def due_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The feed behind a secret address; 404 for an unknown one, without saying more."""
    account = account_of_token(secret)
    if account is None:
        raise Http404
    now = timezone.now()
    actor = actor_of(account, timezone.localdate(now))
    written = Change.objects.filter(case=OuterRef("case")).order_by("-seq").values("recorded_at")[:1]
    clocks = with_cases(of("me", running_clocks(actor), actor)).annotate(written_at=Subquery(written))
    counting = counting_now()
    with translation.override(account.language):
        feed = Calendar()
        feed.add("prodid", "-//Wutong//Due days//ZH")
        feed.add("version", "2.0")
        feed.add("method", "PUBLISH")
        feed.add("x-wr-calname", _("梧桐到期提醒"))
        feed.add("refresh-interval", EVERY, parameters={"value": "DURATION"})
        for clock in clocks.order_by("due_on", "due_at", "pk")[:MOST]:
            feed.add_component(_todo(request, clock, due_line(counting, clock, now).lamp.colour))
    content = feed.to_ical()
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponseNotModified(headers={"ETag": etag, "Cache-Control": "private, max-age=300"})
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["ETag"] = etag
    response["Cache-Control"] = "private, max-age=300"
    response["Content-Disposition"] = 'inline; filename="due.ics"'
    response["X-Robots-Tag"] = "noindex"
    return response


def _todo(request: HttpRequest, clock: Clock, colour: str) -> Todo:
    """A lead or an unsigned project is told by its number only: a calendar program keeps what it reads."""
    case, kind = clock.case, case_type_of(clock.case)
    definition = kind.procedure.clock(clock.code)
    todo = Todo()
    todo.add("uid", f"clock-{clock.pk}@wutong")
    # When the case was last written: the same answer for the same state, so that a change is noticed.
    todo.add("dtstamp", clock.written_at)  # type: ignore[attr-defined]
    todo.add("last-modified", clock.written_at)  # type: ignore[attr-defined]
    state = kind.procedure.state(case.state)
    is_secret = state.restricted or (state.kind == "aside" and kind.procedure.restricted_states())
    words = "" if is_secret else f" {case.title}"
    todo.add("summary", f"{definition.label}：{case.number}{words}")
    todo.add("description", f"{clock.article}")
    todo.add("due", clock.due_at if clock.due_at is not None else clock.due_on)
    todo.add("status", "NEEDS-ACTION")
    todo.add("priority", {"red": 1, "yellow": 3}.get(colour, 5))
    todo.add("categories", [str(kind.procedure.label)])
    todo.add("url", request.build_absolute_uri(_path(clock)))
    return todo


def _path(clock: Clock) -> str:
    return reverse("case_detail", args=[pages_of(clock.case.case_type).slug, clock.case.number])
