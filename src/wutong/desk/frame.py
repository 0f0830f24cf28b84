"""What stands around every page: menu from the ledgers' declarations, the zone, the day, the person."""

from collections.abc import Callable
from functools import cache
from typing import Any, cast
from urllib.parse import urlencode

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language

from wutong.base.accounts.models import Account
from wutong.base.errors import Refused
from wutong.base.notices.queries import unread_count
from wutong.base.zone.queries import zone_name
from wutong.desk.menu import menu_of, tabbar_of
from wutong.ledgerkit.viewer import as_of, today_of, viewer
from wutong.ui.frame import Density, Frame, Language, TextSize, Theme

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
            menu=menu_of(
                viewer(request).rights, request.path, in_setup=getattr(account, "zone_in_setup", False)
            ),
            tabbar=tabbar_of(request.path),
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
