"""The rules of a signed-in session.

Everything needs a signed-in account unless its view carries Django's `login_not_required`. A session ends after
WUTONG_IDLE_MINUTES without a request, unless a declared rule keeps it awake for this very request. An initial or
expired password must be changed before anything else. An ordinary page costs one query for the session and one for the
account, and no write: the moment of the last request is renewed once a minute.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.utils import timezone, translation
from django_htmx.http import HttpResponseClientRedirect

from wutong.base.accounts.models import Account
from wutong.base.accounts.passwords import is_expired
from wutong.base.audit.addresses import client_address
from wutong.base.audit.services import record_event

SEEN_AT = "seen_at"
RENEW_SECONDS = 60
PASSWORD_VIEW = "accounts:password"  # noqa: S105
OPEN_WITH_OLD_PASSWORD = {PASSWORD_VIEW, "accounts:sign_out"}

Awake = Callable[[HttpRequest, datetime, datetime], bool]
"""Request of a signed-in account, the moment of the one before, now. True lets an idle session go on."""
_awake: list[Awake] = []


def keep_awake(rule: Awake) -> None:
    """Declare requests that an idle session survives (the hall of a running meeting). A rule is asked only when the
    session would end, and must be bounded in time by itself. Safe to repeat."""
    if rule not in _awake:
        _awake.append(rule)


class SessionRules:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        now = timezone.now()
        request.idled_out = False  # type: ignore[attr-defined]
        if isinstance(account := _account(request), Account):
            if _is_idle(request, now):
                _end_session(request, account, now)
            else:
                _renew(request, now)
                translation.activate(account.language)
                request.LANGUAGE_CODE = translation.get_language()
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: object, kwargs: object
    ) -> HttpResponse | None:
        account = _account(request)
        if not isinstance(account, Account):
            return to_sign_in(request) if getattr(view, "login_required", True) else None
        if not getattr(view, "login_required", True):
            return None
        where = request.resolver_match.view_name if request.resolver_match else ""
        if where in OPEN_WITH_OLD_PASSWORD:
            return None
        if account.must_change_password or is_expired(account, timezone.now()):
            return redirect_for(request, resolve_url(PASSWORD_VIEW))
        return None


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and back afterwards: to the page itself, never to a fragment or to a sent form."""
    query = {}
    if back := _page_of(request):
        query["next"] = back
    if getattr(request, "idled_out", False):
        query["reason"] = "idle"
    url = resolve_url(settings.LOGIN_URL)
    return redirect_for(request, f"{url}?{urlencode(query)}" if query else url)


def redirect_for(request: HttpRequest, url: str) -> HttpResponse:
    """A redirect of the whole page, also when htmx asked for a fragment."""
    if _is_htmx(request):
        return HttpResponseClientRedirect(url)
    return HttpResponseRedirect(url)


def _account(request: HttpRequest) -> object:
    """The signed-in account, resolved from Django's lazy `request.user`."""
    user = getattr(request, "user", None)
    return user if user is not None and user.is_authenticated else None


def _is_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _page_of(request: HttpRequest) -> str:
    if _is_htmx(request):
        parts = urlsplit(request.headers.get("HX-Current-URL", ""))
        return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return request.get_full_path() if request.method in {"GET", "HEAD"} else ""


def _is_idle(request: HttpRequest, now: datetime) -> bool:
    seen_at = request.session.get(SEEN_AT)
    if seen_at is None or now.timestamp() - seen_at <= settings.WUTONG_IDLE_MINUTES * 60:
        return False
    before = datetime.fromtimestamp(seen_at, UTC)
    return not any(rule(request, before, now) for rule in _awake)


def _renew(request: HttpRequest, now: datetime) -> None:
    seen_at = request.session.get(SEEN_AT)
    if seen_at is None or now.timestamp() - seen_at >= RENEW_SECONDS:
        request.session[SEEN_AT] = int(now.timestamp())


def _end_session(request: HttpRequest, account: Account, now: datetime) -> None:
    record_event(
        action="sign_out_idle",
        now=now,
        actor=account,
        target_kind="accounts.account",
        target_id=account.pk,
        words="长时间未操作，自动退出",
        address=client_address(request),
    )
    logout(request)
    request.idled_out = True  # type: ignore[attr-defined]
