"""Signing in and out, the own password, the own preferences."""

from datetime import datetime, timedelta
from typing import Any

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from wutong.base.accounts.forms import PasswordForm, PreferencesForm, SignInForm
from wutong.base.accounts.middleware import SEEN_AT, redirect_for
from wutong.base.accounts.models import Account
from wutong.base.accounts.passwords import is_expired
from wutong.base.accounts.services import change_password, save_preferences
from wutong.base.audit.addresses import client_address
from wutong.base.audit.services import ANONYMOUS, OutcomeCode, record_event
from wutong.base.errors import DomainError

TARGET = "accounts.account"


@login_not_required
@sensitive_post_parameters("password")
@never_cache
@csrf_protect
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """A wrong name, a wrong password and a stopped account get the same answer."""
    if request.user.is_authenticated:
        return redirect(_next(request))
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        name, typed = form.cleaned_data["name"], form.cleaned_data["password"]
        account = authenticate(request, name=name, password=typed)
        if isinstance(account, Account):
            return _signed_in(request, account, now)
        is_locked = getattr(request, "axes_locked_out", False)
        action, words = ("sign_in_locked", "登录被锁定") if is_locked else ("sign_in", "登录失败")
        _audit_visitor(request, action, name, now, words)
        form.add_error(None, _("登录名或密码不正确。连续输错5次将锁定30分钟。"))
    return render(
        request,
        "accounts/sign_in.html",
        {
            "form": form,
            "next": _next(request),
            "is_idle": request.GET.get("reason") == "idle",
            "is_empty": not Account.objects.exists(),
        },
        status=422 if form.errors else 200,
    )


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    if isinstance(account := request.user, Account):
        _audit_own(request, account, "sign_out", timezone.now(), "退出登录")
    logout(request)
    return redirect_for(request, resolve_url(settings.LOGIN_URL))


@sensitive_post_parameters("old", "new", "again")
@never_cache
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """The own password. Changing it ends the account's other sessions: they carry a digest of the old one."""
    account, now = _own(request), timezone.now()
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            change_password(account, form.cleaned_data["old"], form.cleaned_data["new"], now)
        except DomainError as error:
            _show(form, error)
        else:
            update_session_auth_hash(request, account)
            messages.success(request, _("密码已修改。其他设备上的登录已退出。"))
            return redirect(settings.LOGIN_REDIRECT_URL)
    context = {
        "form": form,
        "is_initial": account.must_change_password,
        "is_expired": is_expired(account, now),
        "days": settings.WUTONG_PASSWORD_DAYS,
    }
    return render(request, "accounts/password.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    account = _own(request)
    chosen = {name: getattr(account, name) for name in PreferencesForm.base_fields}
    form = PreferencesForm(request.POST or None, initial=chosen)
    if request.method == "POST" and form.is_valid():
        save_preferences(account, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("已保存。"))
        return redirect("accounts:preferences")
    return render(request, "accounts/preferences.html", {"form": form}, status=422 if form.errors else 200)


def locked_out(request: HttpRequest, response: HttpResponse | None, credentials: Any) -> HttpResponse:
    """The answer while account and address are locked, put in place of the sign-in page by the middleware."""
    name = str((credentials or {}).get("name") or "")
    until = _locked_until(request, name)
    minutes = max(1, -int((timezone.now() - until).total_seconds() // 60))
    page = render(request, "accounts/locked_out.html", {"until": until, "minutes": minutes}, status=429)
    page["Retry-After"] = str(minutes * 60)
    return page


def _locked_until(request: HttpRequest, name: str) -> datetime:
    address = getattr(request, "axes_ip_address", None)
    last = (
        AccessAttempt.objects.filter(username=name, ip_address=address)
        .order_by("-attempt_time")
        .values_list("attempt_time", flat=True)
        .first()
    )
    cool_off: timedelta = get_cool_off(request) or timedelta()
    return (last or timezone.now()) + cool_off


def _signed_in(request: HttpRequest, account: Account, now: datetime) -> HttpResponse:
    with transaction.atomic():
        login(request, account)
        _audit_own(request, account, "sign_in", now, "登录")
    request.session[SEEN_AT] = int(now.timestamp())
    return redirect(_next(request))


def _next(request: HttpRequest) -> str:
    """Where to go after signing in: an address of this host, or the start page."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_own = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_own else resolve_url(settings.LOGIN_REDIRECT_URL)


def _own(request: HttpRequest) -> Account:
    if not isinstance(account := request.user, Account):
        raise TypeError("SessionRules let a visitor through")
    return account


def _show(form: Form, error: DomainError) -> None:
    for field, words in error.fields.items():
        form.add_error(field if field in form.fields else None, str(words))
    if not error.fields:
        form.add_error(None, str(error.message))


def _audit_own(request: HttpRequest, account: Account, action: str, now: datetime, words: str) -> None:
    record_event(
        action=action,
        now=now,
        actor=account,
        target_kind=TARGET,
        target_id=account.pk,
        words=words,
        address=client_address(request),
    )


def _audit_visitor(request: HttpRequest, action: str, name: str, now: datetime, words: str) -> None:
    """Names the account when there is one. What was typed stays out: people type passwords into this field."""
    outcome: OutcomeCode = "refused"
    record_event(
        action=action,
        now=now,
        outcome=outcome,
        target_kind=TARGET,
        target_id=Account.objects.filter(name=name).values_list("pk", flat=True).first() or "",
        words=words,
        address=client_address(request),
        chain_name=ANONYMOUS,
    )
