"""Blocks of the first page: what was told, and the clocks of the cases that a person holds."""

from datetime import date, datetime

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from wutong.base.accounts.models import Account
from wutong.base.notices.queries import inbox
from wutong.base.notices.words import words_of
from wutong.cases.clocks.counting import counting_now
from wutong.cases.clocks.words import due_words
from wutong.desk.due_clocks import due_lines, of, running_clocks, with_cases
from wutong.registers.organisation.actors import Actor
from wutong.ui.panels import ListItem, ListPanel, PanelEnd

NOTICES = 5
CLOCKS = 10


def notices_panel(request: HttpRequest) -> list[ListPanel]:
    """The newest unread notices; none, no panel."""
    assert isinstance(request.user, Account), "pages need a signed-in account"
    unread = list(inbox(request.user).filter(read_at__isnull=True)[:NOTICES])
    if not unread:
        return []
    items = []
    for notice in unread:
        words = words_of(notice)
        items.append(ListItem(words.title, reverse("notice", args=[notice.pk]), note=words.text))
    end = PanelEnd(_("全部通知"), reverse("inbox"))
    return [ListPanel(title=_("通知"), id="notices", items=items, end=end)]


def clocks_panel(actor: Actor, day: date, at: datetime) -> ListPanel:
    """Running clocks of the cases that the person holds, the soonest first."""
    counting = counting_now()
    held = with_cases(of("me", running_clocks(actor), actor)).order_by("due_on", "due_at", "pk")[:CLOCKS]
    items = []
    for line in due_lines(counting, held, at):
        note = "，".join(part for part in (f"{line.case.number} {line.label}", line.lamp.reason) if part)
        items.append(
            ListItem(
                line.case.title,
                line.href,
                line.lamp.text,
                f"lamp lamp--{line.lamp.colour}",
                f"{note}，{_('到期')}{due_words(line.clock)}",
            )
        )
    end = PanelEnd(_("到期日历"), reverse("due_calendar"))
    return ListPanel(title=_("我的时限"), id="clocks", items=items, end=end, empty=_("没有在走的时限。"))
