"""The inbox: what a person was told, unread first. Nobody else ever sees what was read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from wutong.base.notices import queries, services
from wutong.base.notices.kinds import Group, translated
from wutong.base.notices.links import is_inside
from wutong.base.notices.models import Channel, Notice
from wutong.base.notices.words import Line, words_of
from wutong.ledgerkit.viewer import account_of, now_of
from wutong.ui.formats import long_date_text
from wutong.ui.links import query_link
from wutong.ui.pages import Tab
from wutong.ui.tables import Table, place_of

PAGE_SIZE = 50
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True)
class Item:
    """A notice as the page shows it."""

    pk: int
    href: str
    title: str
    text: str
    lines: Sequence[Line]
    time: str
    is_unread: bool
    failures: Sequence[str]


@dataclass(frozen=True)
class Day:
    """Unread or read notices of one day."""

    id: str
    title: str
    items: Sequence[Item]


def inbox(request: HttpRequest) -> HttpResponse:
    """Notices of the signed-in person, by day, filtered by group."""
    account, group = account_of(request), _group(request.GET.get("group", ""))
    pages = Paginator(queries.inbox(account, group), PAGE_SIZE)
    page = pages.get_page(request.GET.get("page", "1"))
    found = list(page.object_list)
    pager = Table(
        _("收件箱"),
        (),
        # The pager counts rows; the page draws them itself.
        found,  # type: ignore[arg-type]
        **place_of(page),
        query=urlencode({"group": group}) if group else "",
    )
    context = {
        "days": _days(found),
        "tabs": _tabs(group),
        "group": group,
        "pager_table": pager,
        "up_to": max((item.pk for item in found), default=0),
        "has_unread": any(item.read_at is None for item in found),
    }
    return render(request, "desk/inbox.html", context)


@require_http_methods(["GET", "POST"])
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a notice: it is read, and the way leads on. POST marks it as read and stays in the inbox."""
    found = Notice.objects.filter(recipient=account_of(request), pk=min(pk, LARGEST_ID)).first()
    if found is None:
        raise Http404
    services.read_notice(found, now_of(request))
    if request.method == "POST":
        return HttpResponseRedirect(_back(_group(request.POST.get("group", ""))))
    return HttpResponseRedirect(found.link if is_inside(found.link) else reverse("inbox"))


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark as read what was there when the page was drawn; what came since stays unread."""
    group, given = _group(request.POST.get("group", "")), request.POST.get("up_to", "")
    up_to = min(int(given), LARGEST_ID) if given.isascii() and given.isdecimal() and len(given) < 20 else 0
    count = services.read_all(account_of(request), now_of(request), up_to=up_to, group=group)
    messages.success(
        request, ngettext("已把%(count)d条标为已读。", "已把%(count)d条标为已读。", count) % {"count": count}
    )
    return HttpResponseRedirect(_back(group))


def _group(text: str) -> str:
    """A known group; anything else means all."""
    return text if text in Group.values else ""


def _back(group: str) -> str:
    return reverse("inbox") + (query_link("", ("group", group)) if group else "")


def _tabs(group: str) -> list[Tab]:
    tabs = [Tab(_("全部"), None, reverse("inbox"), current=not group)]
    return tabs + [Tab(item.label, None, _back(item.value), current=item.value == group) for item in Group]


def _days(found: Sequence[Notice]) -> list[Day]:
    """The notices come in order: unread first, then by day."""

    def part(item: Notice) -> tuple[bool, date]:
        return item.read_at is None, timezone.localdate(item.created_at)

    days = []
    for (is_unread, day), items in groupby(found, key=part):
        words = _("未读，%(day)s") if is_unread else _("已读，%(day)s")
        name = f"{'unread' if is_unread else 'read'}-{day.isoformat()}"
        days.append(Day(name, words % {"day": long_date_text(day)}, [_item(item) for item in items]))
    return days


def _item(found: Notice) -> Item:
    words = words_of(found)
    failed: list[Any] = getattr(found, "failed_deliveries", [])
    return Item(
        found.pk,
        reverse("notice", args=[found.pk]),
        words.title,
        words.text,
        words.lines,
        timezone.localtime(found.created_at).strftime("%H:%M"),
        found.read_at is None,
        [
            _("%(channel)s未送达：%(reason)s")
            % {"channel": Channel(item.channel).label, "reason": translated(item.reason)}
            for item in failed
        ],
    )
