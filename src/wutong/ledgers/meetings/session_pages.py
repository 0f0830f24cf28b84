"""The hall: one item on the wall, decisions typed while people speak. Everything works without a script, too."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers

from wutong.base.errors import DomainError
from wutong.ledgerkit.middleware import audit_refusal, status_of
from wutong.ledgerkit.viewer import now_of, today_of, viewer
from wutong.ledgers.meetings.agenda_pages import found_item, found_meeting, may
from wutong.ledgers.meetings.decision_services import record_decision
from wutong.ledgers.meetings.declared import brief_of
from wutong.ledgers.meetings.forms import DecisionForm
from wutong.ledgers.meetings.models import AgendaItem, Decision, DispatchMeeting
from wutong.ledgers.meetings.pages import (
    STANDING_LAMPS,
    STANDING_WORDS,
    case_href,
    hidden_words,
    results_words,
)
from wutong.ledgers.meetings.people import first_letters
from wutong.ledgers.meetings.procedure import RECORD
from wutong.ledgers.meetings.queries import (
    Agenda,
    Follow,
    agenda_of,
    decisions_of,
    follow_up,
    held_since,
    kind_words_of,
    previous_meeting,
    unit_results,
)
from wutong.registers.organisation.queries import officials_on, units_on
from wutong.ui.nodes_chart import NodesPanel
from wutong.ui.responses import asks_for_fragment

SHOWN = 5
"""So many decisions of the last meeting stand on the wall, the late ones first; the others behind a link."""
WALL_TEXT = 17
"""Pixels of the words in the drawing of nodes on a wall, as the style sheet of the hall sets them."""
STOP_ASKING = 286
"""Tells htmx that there will be nothing new."""
LATE_FIRST = {"overdue": 0, "running": 1, "done": 2, "noted": 3, "withdrawn": 4}


@dataclass(frozen=True)
class Line:
    """A decision as the wall shows it."""

    decision: Decision
    words: str
    standing: str
    lamp: str
    made: str
    made_numbers: str
    made_href: str
    case_href: str


def line(row: Follow) -> Line:
    made = next(
        (item for item in row.results if item.is_seen and item.case.pk != row.decision.item.case_id), None
    )
    return Line(
        row.decision,
        str(STANDING_WORDS[row.standing]),
        row.standing,
        STANDING_LAMPS.get(row.standing, "grey"),
        kind_words_of(row.decision),
        results_words(row.results),
        case_href(made.case) if made else "",
        case_href(row.decision.item.case),
    )


def session(request: HttpRequest, meeting: str) -> HttpResponse:
    """To the first item that waits."""
    found = found_meeting(request, meeting)
    shown = agenda_of(found, viewer(request))
    first = shown.first_waiting()
    if first is not None:
        return HttpResponseRedirect(reverse("meeting_item", args=[meeting, first.pk]))
    return render(request, "meetings/session.html", _hall(request, found, shown))


def session_item(request: HttpRequest, meeting: str, item: int) -> HttpResponse:
    """One item on the wall. POST writes a decision: a script gets the rows with the next empty one, everybody else comes
    back to the page. What is refused stays in the row with what was typed."""
    found = found_item(request, meeting, item)
    form = DecisionForm(request.POST or None, meeting=found.meeting)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            new = form.understood(today_of(request))
            record_decision(found, new, actor=viewer(request), now=now_of(request))
        except DomainError as error:
            audit_refusal(request, error)
            form.add_refusal(error)
            status = status_of(error)
        else:
            if not asks_for_fragment(request):
                return HttpResponseRedirect(f"{request.path}#id_text")
            form = DecisionForm(meeting=found.meeting)
            found.refresh_from_db(fields=["state"])
    elif request.method == "POST":
        status = 422
    if asks_for_fragment(request):
        context = _rows(request, found) | {"form": form, "can_record": True}
        response = render(request, "meetings/decide.html", context, status=status)
        patch_vary_headers(response, ["HX-Request"])
        return response
    shown = agenda_of(found.meeting, viewer(request))
    context = _hall(request, found.meeting, shown) | _on_the_wall(request, found, shown) | {"form": form}
    response = render(request, "meetings/session.html", context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def session_rows(request: HttpRequest, meeting: str, item: int) -> HttpResponse:
    """The saved rows, asked for again and again: what the other recorder has typed appears here."""
    found = found_item(request, meeting, item)
    status = 200 if found.meeting.case.state == "in_session" else STOP_ASKING
    context = _rows(request, found) | {"can_record": _can_record(request, found.meeting)}
    return render(request, "meetings/decision_rows.html", context, status=status)


def _can_record(request: HttpRequest, meeting: DispatchMeeting) -> bool:
    return meeting.case.state == "in_session" and may(request, meeting, RECORD)


def _rows(request: HttpRequest, item: AgendaItem) -> dict[str, Any]:
    found = follow_up(Decision.objects.filter(item=item), viewer(request), today_of(request))
    last = item.meeting.decisions.order_by("-number").values_list("number", flat=True).first() or 0
    return {
        "meeting": item.meeting,
        "item": item,
        "lines": [line(row) for row in found.rows],
        "next_number": last + 1,
        "in_session": item.meeting.case.state == "in_session",
    }


def _on_the_wall(request: HttpRequest, item: AgendaItem, shown: Agenda) -> dict[str, Any]:
    today = today_of(request)
    brief = brief_of(item.case, viewer(request), today)
    panel = (
        NodesPanel(title="", nodes=brief.nodes, as_of=today, id="nodes", text_size=WALL_TEXT)
        if brief.nodes
        else None
    )
    in_hall = any(other.pk == item.pk for other in shown.items)
    return _rows(request, item) | {
        "brief": brief,
        "nodes": panel,
        "case_href": case_href(item.case),
        "before": shown.beside(item, -1) if in_hall else None,
        "after": shown.beside(item, 1) if in_hall else None,
        "place": shown.at(item) + 1 if in_hall else 0,
    }


def _hall(request: HttpRequest, meeting: DispatchMeeting, shown: Agenda) -> dict[str, Any]:
    actor, today = viewer(request), today_of(request)
    can_record = _can_record(request, meeting)
    context: dict[str, Any] = {
        "meeting": meeting,
        "agenda": _grouped(shown),
        "count": len(shown.items),
        "hidden": hidden_words(shown.hidden),
        "in_session": meeting.case.state == "in_session",
        "can_record": can_record,
        "board": unit_results(follow_up(held_since(date(today.year, 1, 1), today), actor, today).rows),
        "board_year": today.year,
    }
    before = previous_meeting(meeting)
    if before is not None:
        last = decisions_of(before, actor, today)
        rows = sorted(last.followed, key=lambda row: (LATE_FIRST[row.standing], row.decision.number))
        context |= {
            "last": before,
            "last_counts": [
                (state, STANDING_WORDS[state], len(last.of(state)))
                for state in ("done", "running", "overdue")
            ],
            "last_total": len(rows),
            "last_lines": [line(row) for row in rows[:SHOWN]],
            "last_hidden": hidden_words(last.hidden),
        }
    if can_record:
        context |= {
            "units": [(unit.name, first_letters(unit.name)) for unit in units_on(today).order_by("path")],
            "people": [
                (who.name, f"{who.unit.name} {first_letters(who.name)}")
                for who in officials_on(today).select_related("unit").order_by("unit__path", "pk")
            ],
        }
    return context


def _grouped(shown: Agenda) -> list[tuple[str, Sequence[AgendaItem]]]:
    """Under their lead officials, in the order of the agenda."""
    return [
        (str(leader or ""), list(items)) for leader, items in groupby(shown.items, lambda item: item.leader)
    ]
