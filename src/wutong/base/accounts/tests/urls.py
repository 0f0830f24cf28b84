"""A signed-in page and a public page that need no template, beside all pages of the project."""

import os
from importlib import import_module

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.utils import translation


def ledger(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"台账 {request.user} {translation.get_language()}")


@login_not_required
def public(request: HttpRequest) -> HttpResponse:
    return HttpResponse("公开")


urlpatterns = [
    path("ledger/", ledger),
    path("public/", public),
    path("", include(import_module(os.environ["DJANGO_SETTINGS_MODULE"]).ROOT_URLCONF)),
]
