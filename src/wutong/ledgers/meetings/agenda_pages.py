"""The agenda of one meeting: made, put in order, changed by hand."""

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wutong.base.errors import NotAllowed, Refused
from wutong.cases.models import Assignment, Case
from wutong.cases.procedures import Who
from wutong.cases.who import is_allowed
from wutong.ledgerkit.policy import visible_cases
from wutong.ledgerkit.registry import ledger_of
from wutong.ledgerkit.saving import answer_form
from wutong.ledgerkit.viewer import now_of, today_of, viewer
from wutong.ledgers.meetings.agenda_services import (
    add_item,
    make_agenda,
    mark_item,
    move_item,
    new_proposals,
    remove_item,
)
from wutong.ledgers.meetings.declared import sources
from wutong.ledgers.meetings.forms import ItemForm, ReasonForm
from wutong.ledgers.meetings.models import AgendaItem, DispatchMeeting, ItemState
from wutong.ledgers.meetings.pages import hidden_words
from wutong.ledgers.meetings.procedure import PREPARE
from wutong.ledgers.meetings.queries import agenda_of, removed_items, visible_meetings
from wutong.ui.pages import Crumb

STEPS = {"up": -1, "down": 1}
FARTHEST = 500


def found_meeting(request: HttpRequest, number: str) -> DispatchMeeting:
    """404 for a meeting that the reader may not see."""
    if "\0" in number:
        raise Http404
    meeting = visible_meetings(viewer(request)).filter(case__number=number).first()
    if meeting is None:
        raise Http404
    return meeting


def found_item(request: HttpRequest, number: str, item_pk: int) -> AgendaItem:
    """404 for an item of a case that the reader may not see."""
    meeting = found_meeting(request, number)
    item = (
        AgendaItem.objects.filter(pk=item_pk, meeting=meeting, case__in=visible_cases(viewer(request)))
        .select_related("meeting__case__host_person", "case", "leader")
        .first()
    )
    if item is None:
        raise Http404
    return item


def may(request: HttpRequest, meeting: DispatchMeeting, who: Who) -> bool:
    return is_allowed(
        viewer(request), who, Assignment.objects.filter(case=meeting.case_id, to_on__isnull=True)
    )


def require(request: HttpRequest, meeting: DispatchMeeting, who: Who) -> None:
    if not may(request, meeting, who):
        raise NotAllowed(_("您不能改这次会议的议程和决定。请由记录人或有权限的人来做。"))


def meeting_crumbs(meeting: DispatchMeeting, *last: str) -> list[Crumb]:
    return [
        Crumb(ledger_of(DispatchMeeting.case_type).menu_group),
        Crumb(_("调度会"), reverse("case_list", args=["meetings"])),
        Crumb(meeting.title, reverse("case_detail", args=["meetings", meeting.case.number])),
        *(Crumb(words) for words in last),
    ]


def agenda(request: HttpRequest, meeting: str) -> HttpResponse:
    """The agenda; POST makes it. Whoever prepares the meeting also sees what is new since it was made."""
    found = found_meeting(request, meeting)
    actor, today = viewer(request), today_of(request)
    if request.method == "POST":
        make_agenda(found, actor=actor, as_of=today, now=now_of(request))
        return HttpResponseRedirect(request.path)
    can_prepare = found.case.state in {"planned", "in_session"} and may(request, found, PREPARE)
    labels = {source.code: source.label for source in sources()} | {"by_hand": _("人工加入")}
    shown = agenda_of(found, actor)
    proposals = new_proposals(found, actor, today) if can_prepare else []
    titles = dict(
        Case.objects.filter(pk__in=[item.case_id for _code, item in proposals]).values_list("pk", "title")
    )
    context = {
        "meeting": found,
        "crumbs": meeting_crumbs(found, _("议程")),
        "items": [(place, item, labels.get(item.source, "")) for place, item in enumerate(shown.items, 1)],
        "hidden": hidden_words(shown.hidden),
        "removed": removed_items(found, actor),
        "proposals": [(titles[item.case_id], item) for _code, item in proposals],
        "can_prepare": can_prepare,
        "moved": request.GET.get("moved", ""),
    }
    return render(request, "meetings/agenda.html", context)


@require_POST
def agenda_move(request: HttpRequest, meeting: str, item: int) -> HttpResponse:
    """One up or down, or dragged by several places. The pressed button has the focus again afterwards."""
    found = found_item(request, meeting, item)
    said = request.POST.get("step", "")
    step = STEPS.get(said) or _dragged(request.POST.get("by", ""))
    move_item(found, step, actor=viewer(request), on=today_of(request), now=now_of(request))
    query = urlencode({"moved": f"{found.pk}-{said}"})
    return HttpResponseRedirect(f"{reverse('meeting_agenda', args=[meeting])}?{query}#item-{found.pk}")


def _dragged(text: str) -> int:
    try:
        by = int(text)
    except ValueError:
        raise Refused(_("没有说移到哪里。")) from None
    return max(-FARTHEST, min(FARTHEST, by))


def agenda_remove(request: HttpRequest, meeting: str, item: int) -> HttpResponse:
    found = found_item(request, meeting, item)
    require(request, found.meeting, PREPARE)
    href = reverse("meeting_agenda", args=[meeting])

    def save(data: dict[str, object]) -> str:
        remove_item(
            found, str(data["reason"]), actor=viewer(request), on=today_of(request), now=now_of(request)
        )
        return href

    return answer_form(
        request,
        ReasonForm(request.POST or None),
        _("移出议程"),
        save,
        href,
        meeting_crumbs(found.meeting, _("移出议程")),
        intro=f"{found.case.number} {found.case.title}",
        stop=True,
    )


def agenda_add(request: HttpRequest, meeting: str) -> HttpResponse:
    found = found_meeting(request, meeting)
    require(request, found, PREPARE)
    href = reverse("meeting_agenda", args=[meeting])
    form = ItemForm(request.POST or None, initial={"case": request.GET.get("case", "")})

    def save(data: dict[str, object]) -> str:
        number = str(data["case"]).strip().upper()
        case = visible_cases(viewer(request)).filter(number=number).first()
        if case is None or case.pk == found.pk:
            message = _("没有编号是%(number)s的办件。") % {"number": number}
            raise Refused(message, fields={"case": message})
        add_item(
            found,
            case,
            reason=str(data["reason"]),
            actor=viewer(request),
            as_of=today_of(request),
            now=now_of(request),
        )
        return href

    return answer_form(request, form, _("加入议程"), save, href, meeting_crumbs(found, _("加入议程")))


@require_POST
def agenda_mark(request: HttpRequest, meeting: str, item: int) -> HttpResponse:
    """Discussed or not this time; on to the next item."""
    found = found_item(request, meeting, item)
    state = request.POST.get("state", "")
    if state not in {ItemState.DISCUSSED, ItemState.SKIPPED, ItemState.WAITING}:
        raise Refused(_("没有说这一项怎么样了。"))
    mark_item(found, state, actor=viewer(request), now=now_of(request))
    shown = agenda_of(found.meeting, viewer(request))
    following = None if state == ItemState.WAITING else shown.beside(found, 1)
    target = following or found
    return HttpResponseRedirect(reverse("meeting_item", args=[meeting, target.pk]))
