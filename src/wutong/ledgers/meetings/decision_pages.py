"""Decisions of all meetings with what became of them; correcting and withdrawing one."""

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.ledgerkit.policy import visible_cases
from wutong.ledgerkit.registry import ledger_of
from wutong.ledgerkit.saving import answer_form
from wutong.ledgerkit.viewer import now_of, today_of, viewer
from wutong.ledgers.meetings.agenda_pages import found_meeting, meeting_crumbs, require
from wutong.ledgers.meetings.decision_services import correct_decision, decision_words, withdraw_decision
from wutong.ledgers.meetings.forms import CorrectionForm, ReasonForm
from wutong.ledgers.meetings.models import Decision, DispatchMeeting
from wutong.ledgers.meetings.pages import STANDING_WORDS, decision_cells, hidden_words
from wutong.ledgers.meetings.procedure import HELD, RECORD
from wutong.ledgers.meetings.queries import follow_up
from wutong.registers.organisation.models import Unit
from wutong.ui.forms import FilterForm
from wutong.ui.pages import Chip, Crumb, ListPage
from wutong.ui.tables import Cell, Column, Row, Table

PAGE = 50
COLUMNS = (
    Column("text", gettext_lazy("事项"), "name", phone="show"),
    Column("state", gettext_lazy("落实"), "lamp", phone="show"),
    Column("meeting", gettext_lazy("会议")),
    Column("number", gettext_lazy("决定序号")),
    Column("item", gettext_lazy("项目"), "long", phone="show"),
    Column("who", gettext_lazy("责任"), phone="show"),
    Column("due", gettext_lazy("时限"), "date", phone="show"),
    Column("made", gettext_lazy("生成"), "long"),
)


class DecisionFilters(FilterForm):
    """`meeting` is a number, `unit` a unit's key, `year` the year of the meetings: what the figures of the hall open."""

    q = forms.CharField(label=gettext_lazy("事项、项目"), required=False, max_length=50)
    meeting = forms.CharField(label=gettext_lazy("会议编号"), required=False, max_length=30)
    unit = forms.ModelChoiceField(
        Unit.objects.order_by("path"),
        label=gettext_lazy("责任单位"),
        required=False,
        empty_label=gettext_lazy("全部单位"),
    )
    state = forms.ChoiceField(
        label=gettext_lazy("落实"),
        required=False,
        choices=[("", gettext_lazy("全部")), *STANDING_WORDS.items()],
    )
    year = forms.IntegerField(
        label=gettext_lazy("年份"),
        required=False,
        min_value=2000,
        max_value=2100,
        widget=forms.TextInput(attrs={"size": 6, "inputmode": "numeric"}),
    )


def decisions(request: HttpRequest) -> HttpResponse:
    """Every decision that the reader may see, the latest meeting first."""
    form = DecisionFilters(request.GET)
    form.is_valid()
    wanted = {name: value for name, value in form.cleaned_data.items() if value not in (None, "")}
    rows = Decision.objects.filter(meeting__case__state__in=HELD)
    if "meeting" in wanted:
        rows = rows.filter(meeting__case__number=wanted["meeting"].replace("\0", ""))
    if "unit" in wanted:
        rows = rows.filter(unit=wanted["unit"])
    if "year" in wanted:
        rows = rows.filter(meeting__year=wanted["year"])
    if "q" in wanted:
        text = wanted["q"].strip().replace("\0", "")
        rows = rows.filter(text__icontains=text) | rows.filter(item__case__title__icontains=text)
    found = follow_up(rows, viewer(request), today_of(request))
    shown = [row for row in reversed(found.rows) if wanted.get("state", row.standing) == row.standing]
    page_count = max(1, -(-len(shown) // PAGE))
    number = request.GET.get("page", "1")
    page = min(int(number), page_count) if number.isdecimal() and 0 < len(number) < 9 else 1
    first = max(0, page - 1) * PAGE
    kept = request.GET.copy()
    kept.pop("page", None)
    table = Table(
        caption=_("会议决定"),
        columns=COLUMNS,
        rows=[
            Row(str(row.decision.pk), decision_cells(row) | {"meeting": _meeting_cell(row.decision)})
            for row in shown[first : first + PAGE]
        ],
        row_count=len(shown),
        first_number=first + 1,
        page=max(1, page),
        page_count=page_count,
        query=kept.urlencode(),
        empty=_("没有符合条件的决定。"),
    )
    context = ListPage(
        title=_("会议决定"),
        table=table,
        intro=_("每次调度会的决定和落实情况。已完成、办理中、已超期按生成的办件判断。"),
        crumbs=[Crumb(ledger_of(DispatchMeeting.case_type).menu_group), Crumb(_("会议决定"))],
        filters=form,
        filter_chips=_chips(request, form, wanted),
        clear_href=request.path if wanted else "",
        foot_notes=[hidden_words(found.hidden)] if found.hidden and not wanted else [],
    )
    return render(request, "ui/list.html", {"page": context})


def _meeting_cell(decision: Decision) -> Cell:
    return Cell(decision.meeting.title, note=decision.meeting.meeting_on.isoformat())


def _chips(request: HttpRequest, form: FilterForm, wanted: dict[str, object]) -> list[Chip]:
    chips = []
    for name, value in wanted.items():
        rest = request.GET.copy()
        rest.pop(name, None)
        rest.pop("page", None)
        label = STANDING_WORDS.get(str(value), value) if name == "state" else value
        href = f"{request.path}?{rest.urlencode()}" if rest else request.path
        chips.append(Chip(f"{form.fields[name].label}：{label}", href))
    return chips


def _found_decision(request: HttpRequest, meeting: str, decision: int) -> Decision:
    row = (
        Decision.objects.filter(
            pk=decision,
            meeting=found_meeting(request, meeting),
            item__case__in=visible_cases(viewer(request)),
        )
        .select_related("meeting__case__host_person", "item__case", "unit", "person")
        .first()
    )
    if row is None:
        raise Http404
    return row


def correct(request: HttpRequest, meeting: str, decision: int) -> HttpResponse:
    found = _found_decision(request, meeting, decision)
    require(request, found.meeting, RECORD)
    form = CorrectionForm(request.POST or None, decision=found)
    back = reverse("meeting_item", args=[meeting, found.item_id])

    def save(data: dict[str, object]) -> str:
        correct_decision(
            found,
            form.understood(today_of(request)),
            str(data["reason"]),
            expected_seq=form.cleaned_data["expected_seq"],
            actor=viewer(request),
            on=today_of(request),
            now=now_of(request),
        )
        return back

    words = _("只改文字，生成的办件不动；改单位、人、时限或种类，没人办过的办件撤销重开。")
    return answer_form(
        request, form, _("更正决定"), save, back, meeting_crumbs(found.meeting, _("更正决定")), intro=words
    )


def withdraw(request: HttpRequest, meeting: str, decision: int) -> HttpResponse:
    found = _found_decision(request, meeting, decision)
    require(request, found.meeting, RECORD)
    form = ReasonForm(request.POST or None, initial={"expected_seq": found.last_seq})
    back = reverse("meeting_item", args=[meeting, found.item_id])

    def save(data: dict[str, object]) -> str:
        withdraw_decision(
            found,
            str(data["reason"]),
            expected_seq=form.cleaned_data["expected_seq"],
            actor=viewer(request),
            on=today_of(request),
            now=now_of(request),
        )
        return back

    return answer_form(
        request,
        form,
        _("撤回决定"),
        save,
        back,
        meeting_crumbs(found.meeting, _("撤回决定")),
        intro=f"{decision_words(found)}：{found.text}",
        stop=True,
    )
