"""Answers of a form's view: the whole page, or only the drawer when a script on the page asked for it."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect

from wutong.ui.pages import FormPage


def asks_for_fragment(request: HttpRequest) -> bool:
    """True when the page's script fetches a part of a page (HtmxMiddleware looked at the header)."""
    return bool(getattr(request, "htmx", False))


def form_response(request: HttpRequest, page: FormPage) -> HttpResponse:
    """The form as a page or as a drawer. A form with errors is answered with 422."""
    template = "ui/drawer.html" if asks_for_fragment(request) else "ui/form_page.html"
    status = 422 if page.form.is_bound and page.form.errors else 200
    response = render(request, template, {"page": page}, status=status)
    # One address has two bodies: a cache must not hand the drawer to somebody who goes back to the page.
    patch_vary_headers(response, ["HX-Request"])
    return response


def saved_response(request: HttpRequest, href: str) -> HttpResponse:
    """After saving: where the reader goes next, from the page as from the drawer."""
    if asks_for_fragment(request):
        return HttpResponseClientRedirect(href)
    return HttpResponseRedirect(href)
