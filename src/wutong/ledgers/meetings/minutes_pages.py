"""The minutes: read and written as a draft, downloaded, issued."""

from datetime import date
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from wutong.base.errors import Conflict, NotAllowed, Refused
from wutong.cases.models import Evidence
from wutong.ledgerkit.detail_pages import case_file
from wutong.ledgerkit.middleware import audit_refusal, status_of
from wutong.ledgerkit.saving import answer_form
from wutong.ledgerkit.viewer import now_of, today_of, viewer
from wutong.ledgers.meetings.agenda_pages import found_meeting, may, meeting_crumbs
from wutong.ledgers.meetings.forms import IssueForm
from wutong.ledgers.meetings.minutes import Minutes, minutes_of
from wutong.ledgers.meetings.minutes_files import docx_of, file_name, pdf_of
from wutong.ledgers.meetings.minutes_services import Written, issue_minutes, write_minutes
from wutong.ledgers.meetings.models import DispatchMeeting
from wutong.ledgers.meetings.pages import hidden_words
from wutong.ledgers.meetings.procedure import DISPATCH_MEETING, ISSUE, RECORD
from wutong.ledgers.meetings.queries import agenda_of, decisions_of
from wutong.ui.pages import Action

FORMS = {
    "docx": (docx_of, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "pdf": (pdf_of, "application/pdf"),
}


def minutes(request: HttpRequest, meeting: str) -> HttpResponse:
    """The draft with a field for every part; POST keeps the words. A conflict keeps what was typed."""
    found = found_meeting(request, meeting)
    actor, today = viewer(request), today_of(request)
    conflict: Conflict | None = None
    typed: dict[str, str] = {}
    if request.method == "POST":
        typed = {
            name.removeprefix("text-"): str(request.POST[name])
            for name in request.POST
            if name.startswith("text-")
        }
        texts = {key: Written(text, _seq(request.POST.get(f"seq-{key}", "0"))) for key, text in typed.items()}
        try:
            write_minutes(found, texts, actor=actor, as_of=_day(found, today), now=now_of(request))
        except Conflict as error:
            audit_refusal(request, error)
            conflict = error
        else:
            return HttpResponseRedirect(request.path)
    drawn = minutes_of(found, actor, _day(found, today))
    can_write = found.case.state in {"in_session", "minuted"} and may(request, found, RECORD)
    context = {
        "meeting": found,
        "minutes": drawn,
        "parts": [(part, typed.get(part.key, part.text)) for part in drawn.parts],
        "crumbs": meeting_crumbs(found, _("纪要")),
        "actions": _actions(request, found, drawn),
        "can_write": can_write,
        "conflict": conflict,
        "hidden": hidden_words(drawn.hidden),
        "files": _files(found) if not drawn.hidden else [],
    }
    return render(request, "meetings/minutes.html", context, status=status_of(conflict) if conflict else 200)


def _day(meeting: DispatchMeeting, today: date) -> date:
    """What the minutes say of the time before the meeting is told as of its day."""
    return max(meeting.meeting_on, today) if meeting.case.state == "planned" else meeting.meeting_on


def _seq(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else 0


def _actions(request: HttpRequest, meeting: DispatchMeeting, drawn: Minutes) -> list[Action]:
    number = meeting.case.number
    actions = []
    if not drawn.hidden and meeting.case.state != "closed":
        actions += [
            Action(_("草稿（DOCX）"), reverse("meeting_minutes_file", args=[number, "docx"])),
            Action(_("草稿（PDF）"), reverse("meeting_minutes_file", args=[number, "pdf"])),
        ]
    if meeting.case.state == "minuted" and may(request, meeting, ISSUE):
        actions.append(Action(_("签发纪要"), reverse("meeting_issue", args=[number]), main=True, drawer=True))
    return actions


def _files(meeting: DispatchMeeting) -> list[tuple[Evidence, str]]:
    rows = Evidence.objects.filter(case=meeting.case_id, kind="minutes").select_related("file").order_by("pk")
    return [(row, reverse("meeting_file", args=[meeting.case.number, row.pk])) for row in rows]


def minutes_file(request: HttpRequest, meeting: str, form: str) -> HttpResponse:
    """The draft as a file. The issued one is downloaded as it was frozen."""
    found = found_meeting(request, meeting)
    if form not in FORMS:
        raise Http404
    drawn = minutes_of(found, viewer(request), _day(found, today_of(request)))
    _require_all(drawn.hidden)
    if found.case.state not in {"in_session", "minuted"}:
        raise Refused(_("现在没有纪要草稿。已签发的纪要在会议的文件里。"))
    write, content_type = FORMS[form]
    response = HttpResponse(write(drawn, None), content_type=content_type)
    name = quote(file_name(found, form))
    response["Content-Disposition"] = f"attachment; filename=\"minutes.{form}\"; filename*=UTF-8''{name}"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _require_all(hidden: int) -> None:
    if hidden:
        raise NotAllowed(_("纪要里有%(count)s处不在您的查看范围，不能下载全文。") % {"count": hidden})


def meeting_file(request: HttpRequest, meeting: str, evidence_id: int) -> HttpResponse:
    """A file of a meeting. Minutes name every case that was spoken about: only whoever sees them all gets them."""
    found = found_meeting(request, meeting)
    evidence = Evidence.objects.filter(case=found.case_id, pk=evidence_id).first()
    if evidence is not None and evidence.kind == "minutes":
        actor, on = viewer(request), found.meeting_on
        _require_all(agenda_of(found, actor).hidden + decisions_of(found, actor, on).hidden)
    return case_file(request, "meetings", meeting, evidence_id)


def issue(request: HttpRequest, meeting: str) -> HttpResponse:
    """Takes the place of the form that the declaration of the step would give: what is issued is made here."""
    found = found_meeting(request, meeting)
    if request.method != "POST":
        if not may(request, found, ISSUE):
            raise NotAllowed(_("您没有“签发纪要”的权限，或这一步要由另一个人来做。"))
        if found.case.state != "minuted":
            raise Refused(
                _("%(number)s现在是“%(state)s”，不能“签发纪要”。")
                % {"number": found.case.number, "state": DISPATCH_MEETING.state(found.case.state).label}
            )
    initial = {"effective_on": today_of(request), "expected_seq": found.case.last_seq}
    form = IssueForm(request.POST or None, initial=initial)
    back = reverse("meeting_minutes", args=[meeting])

    def save(data: dict[str, object]) -> str:
        on = form.cleaned_data["effective_on"]
        if on > today_of(request):
            message = _("还没到这一天。请填已经发生的日期。")
            raise Refused(message, fields={"effective_on": message})
        issue_minutes(
            found,
            expected_seq=form.cleaned_data["expected_seq"],
            actor=viewer(request),
            on=on,
            as_of=found.meeting_on,
            now=now_of(request),
        )
        return back

    return answer_form(
        request,
        form,
        _("签发纪要"),
        save,
        back,
        meeting_crumbs(found, _("签发纪要")),
        intro=_("签发后纪要定稿存档，不能再改；同时生成DOCX和PDF各一份。"),
    )
