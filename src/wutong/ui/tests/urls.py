"""The two addresses that the frame names, so that templates render without the rest of the house."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def _nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


urlpatterns = [
    path("search/", _nothing, name="search"),
    path("search/suggest/", _nothing, name="search_suggest"),
    path("accounts/", include(([path("sign-out/", _nothing, name="sign_out")], "accounts"))),
]
