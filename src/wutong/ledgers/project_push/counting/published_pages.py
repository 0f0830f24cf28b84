"""Published counts (已公布的统计): publishing one, and reading it with what is known now beside it."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.base.errors import NotAllowed
from wutong.ledgerkit.saving import answer_form
from wutong.ledgerkit.viewer import now_of, viewer
from wutong.ledgers.project_push.counting.pages import (
    Period,
    RowsPage,
    answer_rows,
    asked_number,
    chosen_kind,
    crumbs,
    group_tabs,
    paged_groups,
    period_of,
    rows_of,
    sees_all,
    total_cell,
)
from wutong.ledgers.project_push.counting.publishing import PUBLISH, Reading, publish_count
from wutong.ledgers.project_push.counting.queries import Cause
from wutong.ledgers.project_push.counting.rules import ALL, Difference
from wutong.ledgers.project_push.counting.words import (
    RULES,
    number_words,
    size_tables,
    value_text,
)
from wutong.ledgers.project_push.models import ProjectPush, PublishedCount
from wutong.ledgers.project_push.procedures import PROJECT_LIFE
from wutong.ui.forms import HouseForm
from wutong.ui.pages import Crumb, ListPage
from wutong.ui.panels import TablePanel
from wutong.ui.tables import Cell, Column, Row, Table, day_cell, place_of

PAGE_SIZE = 50
DIFFERENCES_SHOWN = 200


class PublishForm(HouseForm):
    title = forms.CharField(label=gettext_lazy("标题"), max_length=100)
    from_on = forms.DateField(
        label=gettext_lazy("期初"), required=False, help_text=gettext_lazy("不填就从有记录以来算起。")
    )
    as_of = forms.DateField(label=gettext_lazy("数据日"))


def publish(request: HttpRequest) -> HttpResponse:
    """Freeze a count. Whoever may not publish does not get the form either."""
    actor = viewer(request)
    if not (actor.has(PUBLISH) and sees_all(actor)):
        raise NotAllowed(_("您没有“公布项目统计”的权限。"))
    if request.method == "POST":
        form = PublishForm(request.POST)
    else:
        period = period_of(request)
        title = _("%(period)s项目统计") % {"period": period.words}
        form = PublishForm(initial={"title": title, "from_on": period.from_on, "as_of": period.as_of})

    def save(typed: dict[str, Any]) -> str:
        item = publish_count(
            typed["title"], typed["from_on"], typed["as_of"], actor=actor, now=now_of(request)
        )
        messages.success(request, _("已公布“%(title)s”。") % {"title": item.title})
        return reverse("published_count", args=[item.pk])

    label = _("公布项目统计")
    return answer_form(
        request, form, label, save, reverse("project_counts"), crumbs(Crumb(label)),
        intro=_("公布后数字不再变；以后知道的变化另外列出，写明是哪一条变更造成的。"),
    )  # fmt: skip


def published_counts(request: HttpRequest) -> HttpResponse:
    """What was published, the latest first. Everybody who works here may read the totals."""
    found = PublishedCount.objects.select_related("published_by").defer("numbers").order_by("-pk")
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page", "1"))
    rows = [
        Row(
            str(item.pk),
            {
                "title": Cell(item.title, href=reverse("published_count", args=[item.pk])),
                "from_on": day_cell(item.from_on),
                "as_of": day_cell(item.as_of),
                "who": Cell(_who(item)),
                "at": Cell(_moment(item)),
            },
        )
        for item in page.object_list
    ]
    columns = [
        Column("title", _("标题"), "name", phone="show"),
        Column("from_on", _("期初"), "date"),
        Column("as_of", _("数据日"), "date", phone="show"),
        Column("who", _("公布人"), phone="show"),
        Column("at", _("公布时间"), phone="show"),
    ]
    listed = ListPage(
        title=_("已公布的统计"),
        intro=_("公布的数字不改；合并、更正以后数字会不同，差在哪里、为什么，在各自的页面上。"),
        table=Table(
            _("已公布的统计"), columns, rows, **place_of(page), empty=_("还没有公布过。"),
        ),
        crumbs=crumbs(Crumb(_("已公布的统计"))),
    )  # fmt: skip
    return render(request, "ui/list.html", {"page": listed})


def _who(item: PublishedCount) -> str:
    return item.published_by.display_name if item.published_by else _("系统")


def _moment(item: PublishedCount) -> str:
    return f"{localtime(item.published_at):%Y-%m-%d %H:%M}"


def _reading(request: HttpRequest, count_pk: int) -> Reading:
    item = PublishedCount.objects.select_related("published_by").filter(pk=count_pk).first()
    if item is None:
        raise Http404
    return Reading(item, viewer(request))


def published_count(request: HttpRequest, count_pk: int) -> HttpResponse:
    """The frozen numbers, what they are now, and which changes make the difference."""
    reading = _reading(request, count_pk)
    item = reading.published
    period = Period(item.from_on, item.as_of)

    def cell(key: str) -> Cell:
        measure = key.partition("/")[0]
        value = reading.value(key)
        href = ""
        if key in reading.numbers:
            href = reverse("published_count_rows", args=[item.pk]) + "?" + urlencode({"number": key})
        return Cell(value_text(measure, value), value=value, href=href, note=_note(reading, key, value))

    kind = chosen_kind(request)
    context: dict[str, Any] = {
        "title": item.title,
        "intro": _("%(who)s %(at)s公布，%(period)s。") % {
            "who": _who(item), "at": _moment(item), "period": period.words,
        },
        "crumbs": crumbs(Crumb(_("已公布的统计"), reverse("published_counts")), Crumb(item.title)),
        "actions": [],
        "tabs": group_tabs(request),
        "notes": [*_notes(reading), RULES],
    }  # fmt: skip
    blocks = []
    if kind:
        keys = sorted({key.partition("/")[2] for key in reading.numbers if f"/{kind}:" in key})
        context["table"] = paged_groups(request, kind, keys, reading.names, cell, reading.value)
    else:
        blocks = size_tables(cell, period.words, _("截至%(on)s") % {"on": period.as_of})
    context["blocks"] = blocks
    context["differences"] = _differences_panel(reading)
    return render(request, "project_push/counts.html", context)


def _note(reading: Reading, key: str, value: int) -> str:
    """What the number is now, for those who may see all projects, where it is another one."""
    if not reading.sees_all:
        return ""
    number = reading.now.numbers.get(key)
    now = number.value if number else 0
    if now == value:
        return ""
    measure = key.partition("/")[0]
    sign = "+" if now > value else ""
    return _("现为%(now)s（%(change)s）") % {
        "now": value_text(measure, now),
        "change": sign + value_text(measure, now - value),
    }


def _notes(reading: Reading) -> list[str]:
    notes = []
    if reading.sees_all and not reading.is_repeated:
        notes.append(_("按公布时所知重算，与公布的数字不一致，请核对。"))
    if reading.sees_all and reading.is_repeated:
        notes.append(_("按公布时所知重算，与公布的数字一致。"))
    if not reading.sees_all:
        hidden = {pk for number in reading.published.numbers["numbers"].values() for pk in number["ids"]}
        count = len(hidden - reading.visible)
        if count:
            notes.append(_("另有%(count)s个项目不在您的查看范围。") % {"count": count})
        notes.append(_("现在的数字只列给能查看全部项目的人；您能查看的项目有变化的，列在下面。"))
    return notes


def _differences_panel(reading: Reading) -> TablePanel:
    by_case: dict[int, list[Difference]] = defaultdict(list)
    for item in reading.differences:
        by_case[item.case_id].append(item)
    shown = sorted(by_case)[:DIFFERENCES_SHOWN]
    details = {
        row.case_id: row
        for row in ProjectPush.objects.select_related("case", "project").filter(case__in=shown)
    }
    rows = []
    for case_id in shown:
        case = details[case_id].case
        rows.append(
            Row(
                case.number,
                {
                    "project": Cell(
                        details[case_id].project.name,
                        note=case.number,
                        href=reverse("case_detail", args=["projects", case.number]),
                    ),
                    "numbers": Cell("；".join(difference_words(by_case[case_id], reading))),
                    "causes": Cell("；".join(map(cause_words, reading.causes.get(case_id, ()))) or NO_CAUSE),
                },
            )
        )
    columns = [
        Column("project", _("项目"), "name", phone="show"),
        Column("numbers", _("差在哪里（公布→现在）"), "long", phone="show"),
        Column("causes", _("公布之后的变更"), "long", phone="show"),
    ]
    note = _("%(count)s个项目与公布时不同") % {"count": len(by_case)}
    if len(by_case) > DIFFERENCES_SHOWN:
        note += _("，列出前%(count)s个") % {"count": DIFFERENCES_SHOWN}
    return TablePanel(
        title=_("与现在的差别"), note=note, id="differences", empty=_("与公布时完全一样。"),
        table=Table(_("与现在的差别"), columns, rows, len(rows)),
    )  # fmt: skip


NO_CAUSE = gettext_lazy("没有找到公布之后的变更")


def difference_words(found: Sequence[Difference], reading: Reading) -> list[str]:
    """What of one project differs. Where a measure differs as a whole, that says it; else where it moved."""
    whole = {item.key.partition("/")[0] for item in found if item.key.endswith(f"/{ALL}")}
    words = []
    for item in found:
        measure, _slash, group = item.key.partition("/")
        if (measure in whole) != (group == ALL):
            continue
        names = {group: reading.names.get(group, "")}
        words.append(
            f"{number_words(item.key, names)} "
            f"{value_text(measure, item.then)}→{value_text(measure, item.now)}"
        )
    return words


def cause_words(cause: Cause) -> str:
    """A change as the explanation of a difference: its day, what was done, who recorded it when, and why."""
    transition = PROJECT_LIFE.transition(cause.verb)
    what = str(transition.label) if transition else _("登记")
    if cause.what:
        what += f"（{cause.what}）"
    words = _("%(on)s %(what)s，%(who)s %(at)s登记") % {
        "on": cause.on,
        "what": what,
        "who": cause.who,
        "at": f"{localtime(cause.recorded_at):%Y-%m-%d %H:%M}",
    }
    return f"{words}：{cause.reason}" if cause.reason else words


def published_count_rows(request: HttpRequest, count_pk: int) -> HttpResponse:
    """The projects behind a frozen number that the reader may see, with the deciding event as it was known."""
    reading, key = _reading(request, count_pk), asked_number(request)
    if key not in reading.numbers:
        raise Http404
    item = reading.published
    measure, _slash, group = key.partition("/")
    visible = [pk for pk in reading.rows_of(key) if pk in reading.then.projects]
    notes = []
    if reading.hidden(key):
        notes.append(_("另有%(count)s个项目不在您的查看范围。") % {"count": reading.hidden(key)})
    period = Period(item.from_on, item.as_of)
    shown = RowsPage(
        title=number_words(key, reading.names),
        intro=_("公布的“%(title)s”，%(period)s：%(value)s") % {
            "title": item.title, "period": period.words, "value": value_text(measure, reading.value(key)),
        },
        measure=measure,
        rows=rows_of(reading.then, key, visible),
        total=total_cell(measure, sum(reading.then.number(measure, group).parts.get(pk, 0) for pk in visible)),
        notes=notes,
    )  # fmt: skip
    page = reverse("published_count", args=[item.pk])
    path = crumbs(
        Crumb(_("已公布的统计"), reverse("published_counts")), Crumb(item.title, page), Crumb(shown.title)
    )
    return answer_rows(request, shown, path)
