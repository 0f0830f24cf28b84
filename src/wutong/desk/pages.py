"""Pages that cross ledgers: today, search, the day shown, enterprises, audit."""

from datetime import date

from django import forms
from django.core.paginator import Paginator
from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.base.audit.queries import events
from wutong.base.errors import NotAllowed
from wutong.cases.models import Assignment, Case, Task
from wutong.cases.registry import case_type_of
from wutong.desk.enterprises import named, visible_enterprises
from wutong.desk.today_panels import clocks_panel, notices_panel
from wutong.ledgerkit.clock_panel import moment_shown
from wutong.ledgerkit.ledger import ListQuery
from wutong.ledgerkit.policy import visible_cases
from wutong.ledgerkit.registry import ledgers, pages_of
from wutong.ledgerkit.viewer import as_of, now_of, today_of, viewer
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.organisation.actors import Actor
from wutong.registers.organisation.models import Unit
from wutong.ui.forms import HouseForm
from wutong.ui.pages import Crumb, FormPage, ListPage
from wutong.ui.panels import ListItem, ListPanel, Stat, StatCards
from wutong.ui.responses import form_response
from wutong.ui.tables import Cell, Column, Row, Table

SEARCH_LIMIT = 20
DUE_FIRST = F("due_on").asc(nulls_last=True)
LED = 10
"""So many cases of a lead official stand on the first page."""
PAGE_SIZE = 50


def case_href(case: Case) -> str:
    return reverse("case_detail", args=[pages_of(case.case_type).slug, case.number])


def today(request: HttpRequest) -> HttpResponse:
    """What the signed-in person owes: open tasks of the own roles, soonest due first."""
    actor, day = viewer(request), as_of(request)
    mine = _owed(actor)
    overdue = [task for task in mine if task.case.due_on is not None and task.case.due_on < day]
    hosted = list(
        visible_cases(actor).filter(host_person=actor.official, is_open=True).order_by(DUE_FIRST, "pk")[:10]
        if actor.official
        else []
    )
    stats = StatCards(
        [
            Stat(_("我的待办"), str(len(mine)), _("件"), href="#tasks", date_note=day.isoformat()),
            Stat(
                _("其中超时"),
                str(len(overdue)),
                _("件"),
                href="#tasks",
                alarm=bool(overdue),
                date_note=day.isoformat(),
            ),
            *_ledger_stats(request),
        ],
        label=_("今日"),
    )
    panel = ListPanel(
        title=_("我的待办"),
        id="tasks",
        empty=_("没有欠办的事。"),
        items=[_task_item(task, day) for task in mine],
    )
    cases = ListPanel(
        title=_("我主办的事"),
        id="hosted",
        empty=_("没有主办的事。"),
        items=[
            ListItem(
                case.title,
                case_href(case),
                case_type_of(case).procedure.state(case.state).label,
                note=case.number,
            )
            for case in hosted
        ],
    )
    at = moment_shown(day, now_of(request), today_of(request))
    clocks = clocks_panel(actor, day, at)
    blocks = [stats, *notices_panel(request), panel, clocks, cases, *_led_panel(actor, day)]
    return render(request, "desk/today.html", {"blocks": blocks, "day": day})


def _ledger_stats(request: HttpRequest) -> list[Stat]:
    """What the saved views of the ledgers count, for those who see anything there."""
    stats: list[Stat] = []
    for ledger in ledgers():
        pages = ledger.pages[0]
        query = ListQuery(viewer(request), as_of(request))
        counts = pages.listing.counts(query) if pages.listing.counts else {}
        if not any(counts.values()):
            continue
        href = reverse("case_list", args=[pages.slug])
        stats += [
            Stat(
                view.label if view.key else pages.listing.title,
                str(counts[view.key]),
                _("个"),
                href=_with_day(request, f"{href}?view={view.key}" if view.key else href, query.as_of),
                alarm=view.alarm and counts[view.key] > 0,
                date_note=query.as_of.isoformat(),
            )
            for view in pages.listing.views
            if view.key in counts
        ]
    return stats


def _led_panel(actor: Actor, day: date) -> list[ListPanel]:
    """Open cases of which the actor is the lead official, what is due first on top."""
    if actor.official is None:
        return []
    led = list(
        visible_cases(actor).filter(leader=actor.official, is_open=True).order_by(DUE_FIRST, "-pk")[:LED]
    )
    if not led:
        return []
    items = []
    for case in led:
        late = case.due_on is not None and case.due_on < day
        side = (
            case.due_on.isoformat() if case.due_on else case_type_of(case).procedure.state(case.state).label
        )
        items.append(ListItem(case.title, case_href(case), side, "alarm" if late else "mut", case.number))
    return [ListPanel(title=_("我包保的事"), note=_("先到期的在前"), id="led", items=items)]


def _owed(actor: Actor) -> list[Task]:
    """Open tasks whose role the actor holds: in person, or through the unit or a team when nobody is named."""
    if actor.official is None:
        return []
    units = {actor.official.unit_id, *actor.team_ids}
    held = Q(person=actor.official) | Q(person__isnull=True, unit__in=units)
    roles = {
        (item.case_id, item.role)
        for item in Assignment.objects.filter(held, to_on__isnull=True, case__is_open=True)
    }
    tasks = Task.objects.filter(closed_on__isnull=True, case__in={case for case, _role in roles})
    owed = [task for task in tasks.select_related("case") if (task.case_id, task.role) in roles]
    return sorted(owed, key=lambda task: (task.case.due_on or date.max, task.case_id))


def _task_item(task: Task, day: date) -> ListItem:
    case = task.case
    state = case_type_of(case).procedure.state(task.state)
    words = state.task.words if state.task else state.label
    late = case.due_on is not None and case.due_on < day
    side = case.due_on.isoformat() if case.due_on else _("无时限")
    return ListItem(case.title, case_href(case), side, "alarm" if late else "mut", f"{case.number}，{words}")


class DayForm(HouseForm):
    day = forms.DateField(label=gettext_lazy("数据日"), help_text=gettext_lazy("页面按这一天的情况重算。"))
    next = forms.CharField(widget=forms.HiddenInput, required=False)


def choose_day(request: HttpRequest) -> HttpResponse:
    """Choose the day that the pages show; it stands in the address of the page one comes back to."""
    given = request.GET.get("next", "/")
    form = DayForm(request.POST or None, initial={"day": today_of(request), "next": given})
    if request.method == "POST" and form.is_valid():
        return HttpResponseRedirect(_with_day(request, form.cleaned_data["next"], form.cleaned_data["day"]))
    back = given if _is_own(request, given) else "/"
    return form_response(
        request,
        FormPage(_("数据日"), form, _("按这一天看"), back, crumbs=[Crumb(_("数据日"))], draft=False),
    )


def _is_own(request: HttpRequest, url: str) -> bool:
    return url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()}) and url.startswith("/")


def _with_day(request: HttpRequest, url: str, day: date) -> str:
    if not _is_own(request, url):
        url = "/"
    path, _mark, query = url.partition("?")
    kept = [part for part in query.split("&") if part and not part.startswith("as_of=")]
    if day != today_of(request):
        kept.append(f"as_of={day.isoformat()}")
    return f"{path}?{'&'.join(kept)}" if kept else path


def search(request: HttpRequest) -> HttpResponse:
    """Cases by title or number, enterprises by name or code; only what the person may see."""
    actor = viewer(request)
    text = request.GET.get("q", "").replace("\0", "").strip()[:50]
    cases: list[Case] = []
    enterprises: list[Enterprise] = []
    if text:
        cases = list(
            visible_cases(actor)
            .filter(Q(title__icontains=text) | Q(number__icontains=text))
            .order_by("-is_open", "-pk")[:SEARCH_LIMIT]
        )
        enterprises = list(visible_enterprises(actor).filter(named(text)).order_by("name")[:SEARCH_LIMIT])
    blocks = [
        ListPanel(
            title=_("办件"),
            id="cases",
            empty=_("没有找到。可以换一个词，或只写名称里的几个字。"),
            items=[
                ListItem(case.title, case_href(case), case_type_of(case).procedure.label, note=case.number)
                for case in cases
            ],
        ),
        ListPanel(
            title=_("企业"),
            id="enterprises",
            empty=_("没有找到。"),
            items=[
                ListItem(item.name, reverse("enterprise", args=[item.pk]), item.code or "")
                for item in enterprises
            ],
        ),
    ]
    return render(request, "desk/search.html", {"blocks": blocks, "text": text})


AUDIT_COLUMNS = (
    Column("at", gettext_lazy("时间"), "name", phone="show"),
    Column("actor", gettext_lazy("人员"), phone="show"),
    Column("words", gettext_lazy("事项"), "long", phone="show"),
    Column("outcome", gettext_lazy("结果"), phone="show"),
    Column("target", gettext_lazy("对象"), "long"),
    Column("address", gettext_lazy("网络地址")),
)


def audit(request: HttpRequest) -> HttpResponse:
    """The audit for the audit officer, newest first."""
    if not viewer(request).has("audit.read"):
        raise NotAllowed(_("只有审计员可以查阅审计记录。"))
    outcomes = {"ok": _("成功"), "refused": _("拒绝"), "failed": _("失败")}
    pages = Paginator(events().select_related("actor").order_by("-pk"), PAGE_SIZE)
    page = pages.get_page(request.GET.get("page", "1"))
    rows = [
        Row(
            str(event.pk),
            {
                "at": Cell(timezone.localtime(event.recorded_at).strftime("%Y-%m-%d %H:%M:%S")),
                "actor": Cell(event.actor.display_name if event.actor else _("系统")),
                "words": Cell(event.words or event.action, note=event.action),
                "outcome": Cell(outcomes[event.outcome]),
                "target": Cell(f"{event.target_kind} {event.target_id}"),
                "address": Cell(event.address),
            },
        )
        for event in page.object_list
    ]
    table = Table(
        _("审计记录"),
        AUDIT_COLUMNS,
        rows,
        pages.count,
        first_number=page.start_index() or 1,
        page=page.number,
        page_count=pages.num_pages,
    )
    crumbs = [Crumb(_("审计")), Crumb(_("审计记录"))]
    page_data = ListPage(title=_("审计记录"), table=table, intro=_("只增不改，按账号成链。"), crumbs=crumbs)
    return render(request, "ui/list.html", {"page": page_data})


UNIT_COLUMNS = (
    Column("name", gettext_lazy("单位"), "name", phone="show"),
    Column("kind", gettext_lazy("类别"), phone="show"),
    Column("parent", gettext_lazy("上级单位")),
    Column("officials", gettext_lazy("在职人数"), "number", phone="show"),
    Column("since", gettext_lazy("设立日期"), "date"),
)


def organisation(request: HttpRequest) -> HttpResponse:
    """The unit tree with the number of officials in office."""
    viewer(request)
    in_office = Count("officials", filter=Q(officials__to_on__isnull=True))
    units = list(
        Unit.objects.filter(valid_to__isnull=True)
        .select_related("parent")
        .annotate(in_office=in_office)
        .order_by("path")
    )
    rows = [
        Row(
            unit.code,
            {
                "name": Cell("　" * (unit.path.count("/") - 2) + unit.name),
                "kind": Cell(unit.get_kind_display()),
                "parent": Cell(unit.parent.name if unit.parent else ""),
                "officials": Cell(str(unit.in_office), value=unit.in_office),
                "since": Cell(unit.valid_from.isoformat(), value=unit.valid_from),
            },
        )
        for unit in units
    ]
    table = Table(_("组织机构"), UNIT_COLUMNS, rows, len(rows), empty=_("还没有登记单位。"))
    page = ListPage(title=_("组织机构"), table=table, crumbs=[Crumb(_("组织机构"))])
    return render(request, "ui/list.html", {"page": page})
