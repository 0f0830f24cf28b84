"""What stands around every page: menu from the ledgers' declarations, the zone, the day, the person."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any, cast
from urllib.parse import urlencode

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from wutong.base.accounts.models import Account
from wutong.base.errors import Refused
from wutong.base.notices.queries import unread_count
from wutong.base.zone.queries import zone_name
from wutong.ledgerkit.registry import ledgers
from wutong.ledgerkit.viewer import as_of, today_of, viewer
from wutong.ui.frame import Density, Frame, Language, MenuGroup, MenuItem, TextSize, Theme

LANGUAGES = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant", "en": "en"}


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor. Anonymous pages get no frame and draw themselves bare, with the name of the zone."""
    account = getattr(request, "user", None)
    if not isinstance(account, Account):
        return {"bare": {"zone_name": _zone_name, "sample": settings.WUTONG_SAMPLE}}
    try:
        day = as_of(request)
    except Refused:
        day = today_of(request)
    back = urlencode({"next": request.get_full_path()})
    return {
        "frame": Frame(
            zone_name=getattr(account, "zone_name", None) or str(settings.WUTONG_ZONE_NAME),
            sample=settings.WUTONG_SAMPLE,
            as_of=day,
            as_of_href=f"{reverse('choose_day')}?{back}",
            menu=_menu(request),
            tabbar=_tabbar(request),
            inbox_href=reverse("inbox"),
            unread=_unread(request, account),
            user_name=viewer(request).name,
            user_href=reverse("accounts:preferences"),
            theme=cast(Theme, account.theme),
            text_size=cast(TextSize, account.text_size),
            density=cast(Density, account.density),
            language=cast(Language, LANGUAGES.get(get_language() or "", "zh-Hans")),
        )
    }


def _zone_name() -> str:
    """Asked by templates of visitors only when they draw it; an error page is drawn without a database too."""
    try:
        return zone_name() or str(settings.WUTONG_ZONE_NAME)
    except DatabaseError:
        return str(settings.WUTONG_ZONE_NAME)


def _unread(request: HttpRequest, account: Account) -> Callable[[], int]:
    """The number came with the account; only an account that was read without it is asked, once for a page."""
    if hasattr(account, "unread_notices"):
        return lambda: account.unread_notices or 0
    asked: Callable[[], int] | None = getattr(request, "wutong_unread", None)
    if asked is None:
        asked = cache(lambda: unread_count(account))
        request.wutong_unread = asked  # type: ignore[attr-defined]
    return asked


def _menu(request: HttpRequest) -> list[MenuGroup]:
    groups: dict[str, list[MenuItem]] = {
        str(_("工作台")): [
            _item(request, _("今日"), reverse("today")),
            _item(request, _("超时"), reverse("overdue")),
            _item(request, _("单位看板"), reverse("unit_board")),
            _item(request, _("到期日历"), reverse("due_calendar")),
            _item(request, _("我的填报"), reverse("my_reports")),
            _item(request, _("填报轮次"), reverse("rounds")),
        ]
    }
    if getattr(request.user, "zone_in_setup", False) and viewer(request).has("organisation.manage"):
        groups[str(_("工作台"))].insert(0, _item(request, _("设置向导"), reverse("setup")))
    for ledger in ledgers():
        for pages in ledger.pages:
            if pages.in_menu:
                item = _item(request, pages.listing.title, reverse("case_list", args=[pages.slug]))
                groups.setdefault(str(ledger.menu_group), []).append(item)
        for own in ledger.own_pages:
            if own.label and (not own.rights or any(viewer(request).has(right) for right in own.rights)):
                item = _item(request, own.label, reverse(own.name))
                groups.setdefault(str(ledger.menu_group), []).append(item)
    groups.setdefault(str(_("企业")), []).append(_item(request, _("企业名录"), reverse("enterprises")))
    groups[str(_("企业"))].append(_item(request, _("人员"), reverse("people")))
    groups[str(_("产业"))] = [
        _item(request, _("产业链"), reverse("chains")),
        _item(request, _("行业"), reverse("industries")),
    ]
    groups[str(_("地域"))] = [
        _item(request, _("地域单元"), reverse("places")),
        _item(request, _("行政区划"), reverse("divisions")),
    ]
    groups.setdefault(str(_("组织")), []).append(_item(request, _("组织机构"), reverse("organisation")))
    groups[str(_("组织"))].append(_item(request, _("交接"), reverse("handovers")))
    groups[str(_("规则"))] = [
        _item(request, _("准入条件"), reverse("gate_rules")),
        _item(request, _("亮灯规则"), reverse("lamp_rules")),
        _item(request, _("工作日历"), reverse("calendar_years")),
        _item(request, _("公文版式"), reverse("official_layouts")),
    ]
    if viewer(request).has("audit.read"):
        groups[str(_("审计"))] = [_item(request, _("审计记录"), reverse("audit"))]
    if viewer(request).has("jobs.see"):
        groups[str(_("系统"))] = [_item(request, _("后台任务"), reverse("jobs"))]
    return [MenuGroup(label, items, open=True) for label, items in _one_current(groups).items()]


def _one_current(groups: dict[str, list[MenuItem]]) -> dict[str, list[MenuItem]]:
    """Of the pages whose address begins the one that is open, only the nearest is marked."""
    hrefs = [str(item.href) for items in groups.values() for item in items if item.current]
    nearest = max(hrefs, key=len, default="")
    return {
        label: [replace(item, current=item.current and item.href == nearest) for item in items]
        for label, items in groups.items()
    }


def _item(request: HttpRequest, label: Any, href: str) -> MenuItem:
    is_current = request.path == href or (href != "/" and request.path.startswith(href))
    return MenuItem(label, href, current=is_current)


def _tabbar(request: HttpRequest) -> list[MenuItem]:
    items = [_item(request, _("今日"), reverse("today"))]
    for ledger in ledgers()[:1]:
        for pages in ledger.pages[:2]:
            items.append(_item(request, pages.listing.title, reverse("case_list", args=[pages.slug])))
    return items
