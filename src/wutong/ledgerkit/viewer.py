"""Who looks, and at which day: read once from the request, passed down from there."""

from datetime import date, datetime

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from wutong.base.accounts.models import Account
from wutong.base.accounts.rights import require_right
from wutong.base.errors import Refused
from wutong.registers.organisation.actors import Actor, actor_of


def now_of(request: HttpRequest) -> datetime:
    """The moment of the request; one and the same for everything that it does."""
    moment: datetime | None = getattr(request, "wutong_now", None)
    if moment is None:
        moment = timezone.now()
        request.wutong_now = moment  # type: ignore[attr-defined]
    return moment


def today_of(request: HttpRequest) -> date:
    return timezone.localdate(now_of(request))


def viewer(request: HttpRequest) -> Actor:
    """The actor behind a signed-in request, built once."""
    actor: Actor | None = getattr(request, "wutong_actor", None)
    if actor is None:
        assert isinstance(request.user, Account), "pages need a signed-in account"
        actor = actor_of(request.user, today_of(request))
        request.wutong_actor = actor  # type: ignore[attr-defined]
    return actor


def account_of(request: HttpRequest) -> Account:
    """The account behind a page: every page of the desk has one."""
    account = viewer(request).account
    assert account is not None, "pages need a signed-in account"
    return account


def holder_of(request: HttpRequest, right: str) -> Account:
    """The account, when it has the right. Raises NotAllowed for everybody else."""
    account = account_of(request)
    require_right(account, right, today_of(request))
    return account


def as_of(request: HttpRequest) -> date:
    """The day that the page shows: `?as_of=2024-01-15`, else today."""
    text = request.GET.get("as_of", "")
    if not text:
        return today_of(request)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Refused(_("数据日“%(text)s”不是日期，请写成2024-01-15。") % {"text": text[:20]}) from None
    if not 1990 <= day.year <= 2100:
        raise Refused(_("数据日%(day)s太早或太晚。") % {"day": day})
    return day
