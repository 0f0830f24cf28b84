"""One address, two bodies: the page, and the drawer when a script on the page asks."""

import pytest
from django import forms
from django.http import HttpRequest
from django.test import RequestFactory
from django_htmx.middleware import HtmxDetails

from wutong.ui import responses
from wutong.ui.forms import HouseForm
from wutong.ui.pages import FormPage
from wutong.ui.responses import form_response, saved_response


class Visit(HouseForm):
    next_step = forms.CharField(label="下一步")


def request_of(*, script: bool) -> HttpRequest:
    headers = {"HX-Request": "true"} if script else {}
    request = RequestFactory().get("/visits/new/", headers=headers)
    request.htmx = HtmxDetails(request)
    return request


@pytest.fixture
def drawn(monkeypatch):
    """What would be drawn: the templates have their own tests."""

    def remember(request, template, context, status):
        response = responses.HttpResponse(template, status=status)
        response.page = context["page"]
        return response

    monkeypatch.setattr(responses, "render", remember)


def page_of(data: dict[str, str] | None = None) -> FormPage:
    return FormPage("走访记录", Visit(data), "提交", "/visits/")


@pytest.mark.parametrize(("script", "template"), [(False, b"ui/form_page.html"), (True, b"ui/drawer.html")])
def test_the_script_gets_the_drawer_and_the_reader_the_page(drawn, script, template):
    response = form_response(request_of(script=script), page_of())
    assert response.content == template
    assert response.status_code == 200
    assert "HX-Request" in response["Vary"], "a cache must keep the two bodies apart"


def test_a_form_with_errors_is_answered_as_refused(drawn):
    assert form_response(request_of(script=False), page_of({})).status_code == 422
    assert form_response(request_of(script=False), page_of({"next_step": "送资料"})).status_code == 200


def test_after_saving_page_and_drawer_both_move_on():
    page = saved_response(request_of(script=False), "/visits/7/")
    assert (page.status_code, page["Location"]) == (302, "/visits/7/")
    drawer = saved_response(request_of(script=True), "/visits/7/")
    assert (drawer.status_code, drawer["HX-Redirect"]) == (200, "/visits/7/")
