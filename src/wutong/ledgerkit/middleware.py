"""A refusal that no page has caught: plain words, the right status, and a line in the audit."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from wutong.base.accounts.models import Account
from wutong.base.audit.addresses import client_address
from wutong.base.audit.services import record_failure
from wutong.base.errors import Conflict, DomainError, NotAllowed
from wutong.ledgerkit.viewer import now_of


def status_of(error: DomainError) -> int:
    if isinstance(error, NotAllowed):
        return 403
    return 409 if isinstance(error, Conflict) else 422


def audit_refusal(request: HttpRequest, error: DomainError) -> None:
    """What was refused stays on record, outside the transaction that was rolled back."""
    record_failure(
        action="refused_request",
        now=now_of(request),
        actor=request.user if isinstance(request.user, Account) else None,
        outcome="refused",
        target_kind="path",
        target_id=request.path[:200],
        words=type(error).__name__,
        address=client_address(request),
    )


def _case_href(request: HttpRequest) -> str:
    """The page of the case that was asked for, when the address names one."""
    found = request.resolver_match
    if found is None or found.view_name not in {"case_act", "case_open"}:
        return ""
    return reverse("case_detail", args=[found.kwargs["slug"], found.kwargs["number"]])


class PlainErrors:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, DomainError):
            return None
        audit_refusal(request, error)
        status = status_of(error)
        context = {
            "message": error.message,
            "items": getattr(error, "items", []),
            "changes": getattr(error, "changes", []),
            "back_href": _case_href(request),
        }
        return render(request, f"ui/errors/{status}.html", context, status=status)
