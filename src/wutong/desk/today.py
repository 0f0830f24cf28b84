"""The first page: what a person was told, which clocks run, what is owed, and the figures of the ledgers. One screen."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from wutong.base.notices.models import Notice
from wutong.base.notices.queries import MOST_COUNTED, unread_count
from wutong.base.notices.words import words_of
from wutong.cases.clocks.counting import counting_now
from wutong.cases.clocks.scales import Counting
from wutong.cases.clocks.words import basis_words, due_words
from wutong.cases.models import Assignment, Case, Clock, Task
from wutong.cases.registry import case_type_of
from wutong.cases.rounds.queries import owed_rounds
from wutong.cases.rounds.rights import RUN
from wutong.desk.due_clocks import (
    DueLine,
    case_href,
    clocks_on,
    due_lines,
    held_roles,
    is_late,
    of,
    page_moment,
    running_clocks,
    shown_types,
    soon_at,
    with_cases,
)
from wutong.desk.overdue import link
from wutong.desk.pages import with_day
from wutong.ledgerkit.ledger import ListQuery
from wutong.ledgerkit.policy import visible_cases
from wutong.ledgerkit.registry import ledgers
from wutong.ledgerkit.viewer import account_of, as_of, today_of, viewer
from wutong.registers.organisation.actors import Actor
from wutong.ui.panels import Block, ListItem, ListPanel, PanelEnd, Stat, StatCards, TablePanel
from wutong.ui.tables import Cell, Column, Row, Table

DUE_FIRST = F("due_on").asc(nulls_last=True)
NOTICES = 5
CLOCKS = LED = HOSTED = 10
"""So many of each stand on the first page; the figures on top open all of them."""


def today(request: HttpRequest) -> HttpResponse:
    """What concerns the signed-in person, what is late or soonest due first."""
    actor, counting = viewer(request), counting_now()
    day, at = page_moment(request, counting)
    owed = owed_tasks(actor)
    context = {
        "day": day,
        "stats": StatCards(
            [*_own_stats(request, owed, counting, day, at), *_ledger_stats(request)], label=_("今日")
        ),
        "main": [
            _clocks_panel(actor, counting, day, at),
            _tasks_panel(owed, day),
            *_rounds_panel(actor, day),
            *_stand_in_panel(actor, day),
        ],
        "side": [*_notices_panel(request), _hosted_panel(actor), *_led_panel(actor, day)],
    }
    return render(request, "desk/today.html", context)


# ---- figures -----------------------------------------------------------------------------------------------------


def _own_stats(
    request: HttpRequest, owed: Sequence[Task], counting: Counting, day: date, at: datetime
) -> list[Stat]:
    actor = viewer(request)
    overdue = sum(_is_overdue(task.case, day) for task in owed)
    clocks = of("me", clocks_on(actor, day), actor)
    late = clocks.filter(is_late(at, day)).count() if actor.official else 0
    soon = soon_at(clocks, at, day, counting).count() if actor.official else 0
    page_day = "" if day == today_of(request) else day.isoformat()

    def stat(label: str, value: int, unit: str, href: str, *, alarm: bool = False) -> Stat:
        return Stat(label, str(value), unit, href=href, alarm=alarm and value > 0, date_note=day.isoformat())

    return [
        stat(_("我的待办"), len(owed), _("件"), "#tasks"),
        stat(_("其中超时"), overdue, _("件"), "#tasks", alarm=True),
        stat(
            _("我的超时时限"),
            late,
            _("项"),
            link("overdue_cases", page_day, who="me", kind="overdue"),
            alarm=True,
        ),
        stat(_("3个工作日内到期"), soon, _("项"), link("overdue_cases", page_day, who="me", kind="soon")),
    ]


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
                href=with_day(request, f"{href}?view={view.key}" if view.key else href, query.as_of),
                alarm=view.alarm and counts[view.key] > 0,
                date_note=query.as_of.isoformat(),
            )
            for view in pages.listing.views
            if view.key in counts
        ]
    return stats


# ---- clocks ------------------------------------------------------------------------------------------------------


def _clocks_panel(actor: Actor, counting: Counting, day: date, at: datetime) -> TablePanel:
    """Running clocks of the cases in which the person holds a role, late ones on top, then what is due first."""
    lines = due_lines(counting, _first_clocks(actor), at) if actor.official else []
    columns = (
        Column("case", _("办件"), "name", phone="show"),
        Column("lamp", _("剩余"), "lamp", phone="show"),
        Column("due", _("到期"), "date", phone="show"),
        Column("basis", _("依据"), "long"),
    )
    href = link("overdue_cases", "", who="me", kind="running")
    return TablePanel(
        title=_("我的时限"),
        note=_("超时的在前，先到期的在前"),
        id="clocks",
        end=PanelEnd(_("全部时限"), href) if lines else None,
        table=Table(_("我的时限"), columns, [_clock_row(line) for line in lines], len(lines)),
        empty=_("没有在走的时限。"),
    )


def _first_clocks(actor: Actor) -> QuerySet[Clock]:
    mine = with_cases(of("me", running_clocks(actor), actor))
    return mine.order_by(F("missed_on").asc(nulls_last=True), "due_on", "due_at", "pk")[:CLOCKS]


def _clock_row(line: DueLine) -> Row:
    clock, case = line.clock, line.case
    cells = {
        "case": Cell(case.title, href=line.href, note=f"{case.number}，{line.label}"),
        "lamp": Cell(line.lamp.text, lamp=line.lamp.colour, note=line.lamp.reason),  # type: ignore[arg-type]
        "due": Cell(due_words(clock), clock.due_on, note=_("暂定") if clock.is_provisional else ""),
        "basis": Cell(f"{basis_words(clock.basis)}：{clock.article}"),
    }
    return Row(str(clock.pk), cells, href=line.href)


# ---- tasks -------------------------------------------------------------------------------------------------------


def owed_tasks(actor: Actor) -> list[Task]:
    """Open tasks whose role the actor holds: in person, or through the unit or a team when nobody is named."""
    if actor.official is None:
        return []
    held = held_roles(actor).filter(case__case_type__in=shown_types())
    roles = set(held.values_list("case", "role"))
    tasks = Task.objects.filter(closed_on__isnull=True, case__in=held.values("case")).select_related("case")
    owed = [task for task in tasks if (task.case_id, task.role) in roles]
    return sorted(owed, key=lambda task: (task.case.due_on or date.max, task.case_id))


def _tasks_panel(owed: Sequence[Task], day: date) -> ListPanel:
    items = [_task_item(task, day) for task in owed]
    return ListPanel(title=_("我的待办"), id="tasks", empty=_("没有欠办的事。"), items=items)


def _rounds_panel(actor: Actor, day: date) -> list[Block]:
    """The reporting rounds in which the actor has something to hand in; red once the due day is over. Whoever runs
    rounds finds the way to them here."""
    items = [
        ListItem(
            item.title,
            reverse("round_fill", args=[item.round_id]),
            _("%(due)s截止") % {"due": item.due_on},
            "alarm" if item.due_on < day else "mut",
            _("%(count)s项待报，其中退回%(returned)s项") % {"count": item.count, "returned": item.returned}
            if item.returned
            else _("%(count)s项待报") % {"count": item.count},
        )
        for item in owed_rounds(actor)
    ]
    if not items and not actor.has(RUN):
        return []
    end = PanelEnd(_("填报轮次"), reverse("rounds"))
    empty = _("没有待报的。")
    return [ListPanel(title=_("我的填报"), id="rounds", items=items, end=end, empty=empty)]


def _stand_in_panel(actor: Actor, day: date) -> list[Block]:
    """What those owe in person for whom the actor stands in today, each marked with the name."""
    names = {person.official_id: person.name for person in actor.reach.stands_in_for}
    if not names:
        return []
    held = Assignment.objects.filter(
        person__in=names, to_on__isnull=True, case__is_open=True, case__case_type__in=shown_types()
    )
    people = {(case, role): person for case, role, person in held.values_list("case", "role", "person")}
    tasks = Task.objects.filter(closed_on__isnull=True, case__in=held.values("case")).select_related("case")
    owed = [task for task in tasks if (task.case_id, task.role) in people]
    items = []
    for task in sorted(owed, key=lambda task: (task.case.due_on or date.max, task.case_id)):
        item, name = _task_item(task, day), names[people[task.case_id, task.role]]
        items.append(replace(item, note=_("代%(name)s，%(note)s") % {"name": name, "note": item.note}))
    empty = _("代理的人现在没有待办。")
    return [ListPanel(title=_("代理的待办"), id="stand-in-tasks", empty=empty, items=items)]


def _task_item(task: Task, day: date) -> ListItem:
    case = task.case
    state = case_type_of(case).procedure.state(task.state)
    words = state.task.words if state.task else state.label
    side = case.due_on.isoformat() if case.due_on else _("无时限")
    css = "alarm" if _is_overdue(case, day) else "mut"
    return ListItem(case.title, case_href(case), side, css, f"{case.number}，{words}")


def _is_overdue(case: Case, day: date) -> bool:
    return case.due_on is not None and case.due_on < day


# ---- what stands beside ------------------------------------------------------------------------------------------


def _notices_panel(request: HttpRequest) -> list[Block]:
    """The newest unread notices; without any no panel, for the bell is there."""
    account = account_of(request)
    newest = Notice.objects.filter(recipient=account, read_at__isnull=True).order_by("-created_at", "-pk")
    items = []
    for notice in newest[:NOTICES]:
        words = words_of(notice)
        items.append(ListItem(words.title, reverse("notice", args=[notice.pk]), note=words.text))
    if not items:
        return []
    # The number comes with the account; only one that was read without it is asked.
    known = getattr(account, "unread_notices", None)
    count = unread_count(account) if known is None else known
    number = f"{MOST_COUNTED - 1}+" if count >= MOST_COUNTED else str(count)
    end = PanelEnd(_("未读%(number)s条") % {"number": number}, reverse("inbox"))
    return [ListPanel(title=_("通知"), id="notices", items=items, end=end)]


def _hosted_panel(actor: Actor) -> ListPanel:
    items = []
    if actor.official is not None:
        hosted = visible_cases(actor).filter(
            host_person=actor.official, is_open=True, case_type__in=shown_types()
        )
        for case in hosted.order_by(DUE_FIRST, "pk")[:HOSTED]:
            state = case_type_of(case).procedure.state(case.state).label
            items.append(ListItem(case.title, case_href(case), state, note=case.number))
    return ListPanel(title=_("我主办的事"), id="hosted", empty=_("没有主办的事。"), items=items)


def _led_panel(actor: Actor, day: date) -> list[Block]:
    """Open cases of which the actor is the lead official, what is due first on top."""
    if actor.official is None:
        return []
    led = visible_cases(actor).filter(leader=actor.official, is_open=True, case_type__in=shown_types())
    items = []
    for case in led.order_by(DUE_FIRST, "-pk")[:LED]:
        state = case_type_of(case).procedure.state(case.state).label
        side = case.due_on.isoformat() if case.due_on else state
        css = "alarm" if _is_overdue(case, day) else "mut"
        items.append(ListItem(case.title, case_href(case), side, css, case.number))
    return [ListPanel(title=_("我包保的事"), note=_("先到期的在前"), id="led", items=items)] if items else []
