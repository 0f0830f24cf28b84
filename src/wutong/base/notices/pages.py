"""The own notice choices, and the address that receipts come to."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from wutong.base.accounts.models import Account
from wutong.base.audit.addresses import client_address
from wutong.base.notices.adapters import is_configured, receipt_key
from wutong.base.notices.choices import choices_of, save_choices
from wutong.base.notices.forms import NoticeChoicesForm
from wutong.base.notices.kinds import Group
from wutong.base.notices.masking import mask_destination
from wutong.base.notices.models import Channel, NoticeAddress
from wutong.base.notices.receipts import (
    LONGEST_BODY,
    Malformed,
    accept_receipts,
    is_genuine,
    record_forgery,
)
from wutong.base.personal.ciphers import Undecryptable
from wutong.base.personal.masking import HIDDEN


@sensitive_post_parameters("address_sms", "address_work_chat", "address_email")
@never_cache
@require_http_methods(["GET", "POST"])
def choices(request: HttpRequest) -> HttpResponse:
    """How the signed-in person wants to be told. Addresses are shown masked, never in full."""
    account = request.user
    if not isinstance(account, Account):
        raise TypeError("SessionRules let a visitor through")
    current = {group: choice for (_pk, group), choice in choices_of([account.pk], Group.values).items()}
    form = NoticeChoicesForm(
        request.POST if request.method == "POST" else None,
        current=current,
        channels=[channel for channel in Channel if is_configured(channel)],
        known={row.channel: _masked(row) for row in NoticeAddress.objects.filter(account=account)},
    )
    if request.method == "POST" and form.is_valid():
        save_choices(account, form.choices(), form.addresses(), now=timezone.now())
        messages.success(request, _("已保存。"))
        return redirect("notice_choices")
    return render(request, "notices/choices.html", {"form": form}, status=422 if form.errors else 200)


def _masked(row: NoticeAddress) -> str:
    try:
        return mask_destination(row.value)
    except Undecryptable:
        return HIDDEN


@csrf_exempt
@login_not_required
@require_POST
def receipt(request: HttpRequest, adapter: str) -> HttpResponse:
    """What a provider tells about its messages. Whoever cannot sign learns nothing and leaves a line in the audit."""
    key = receipt_key(adapter)
    if not key:
        raise Http404
    body = request.read(LONGEST_BODY + 1)
    if len(body) > LONGEST_BODY:
        return HttpResponse(status=413)
    now = timezone.now()
    timestamp = request.headers.get("X-Wutong-Timestamp", "")
    given = request.headers.get("X-Wutong-Signature", "")
    if not is_genuine(key, timestamp, body, given, now):
        record_forgery(adapter, client_address(request), now)
        return HttpResponse(status=403)
    try:
        accept_receipts(adapter, body, now)
    except Malformed:
        return HttpResponse(status=400)
    return HttpResponse(status=204)
