"""Addresses of the interface for programs: /api/v1/, described by /api/v1/openapi.json."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, ValidationError

from wutong.api.access import SignedIn
from wutong.api.cases import router
from wutong.api.shapes import Problem
from wutong.base.errors import DomainError
from wutong.ledgerkit.middleware import audit_refusal, status_of

signed_in = SignedIn()
View = Callable[..., HttpResponse]


def described_to_officials(view: View) -> View:
    """The description names every field and step that a zone has: it is for those who may use them."""

    @wraps(view)
    def guarded(request: HttpRequest, **parts: Any) -> HttpResponse:
        if not signed_in.authenticate(request, None):
            return not_signed_in(request, AuthenticationError())
        return view(request, **parts)

    return guarded


# The page with the interactive description would load foreign scripts: the description itself is enough.
api = NinjaAPI(
    title="Wutong",
    version="1",
    auth=signed_in,
    docs_url=None,
    docs_decorator=described_to_officials,
    urls_namespace="api",
)
api.add_router("/cases", router)


def _answer(request: HttpRequest, status: int, problem: Problem) -> HttpResponse:
    return api.create_response(request, problem.model_dump(), status=status)


@api.exception_handler(DomainError)
def refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    audit_refusal(request, error)
    return _answer(
        request,
        status_of(error),
        Problem(
            message=str(error.message),
            fields={name: str(words) for name, words in error.fields.items()},
            items=[str(item) for item in getattr(error, "items", [])],
            changes=[str(item) for item in getattr(error, "changes", [])],
        ),
    )


@api.exception_handler(Http404)
def not_found(request: HttpRequest, _error: Http404) -> HttpResponse:
    return _answer(request, 404, Problem(message=_("没有找到，或者不在您的查看范围。")))


@api.exception_handler(AuthenticationError)
def not_signed_in(request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    return _answer(request, 401, Problem(message=_("请先登录，并修改初始密码。")))


@api.exception_handler(ValidationError)
def malformed(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """What is not even the JSON that was asked for. Where it is wrong is told by its place, in the client's own names."""
    fields = {".".join(str(part) for part in item["loc"]): str(item["msg"]) for item in error.errors}
    return _answer(request, 422, Problem(message=_("请求的格式不对。"), fields=fields))


urlpatterns = [path("api/v1/", api.urls)]
for pattern in urlpatterns[0].url_patterns:
    # Answered with 401 instead of the way to the sign-in page.
    vars(pattern.callback)["login_required"] = False
