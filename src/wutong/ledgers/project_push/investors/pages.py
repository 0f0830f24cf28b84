"""The step by which a project gets another investor."""

import secrets
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.ledgerkit.saving import answer_form
from wutong.ledgerkit.viewer import now_of, today_of, viewer
from wutong.ledgers.project_push.investors.change import VERB, change_investor, investor_named
from wutong.ledgers.project_push.step_pages import (
    asked_step,
    find_project,
    no_future,
    project_href,
    step_crumbs,
)
from wutong.ui.forms import HouseForm


class InvestorForm(HouseForm):
    expected_seq = forms.IntegerField(widget=forms.HiddenInput, required=False)
    request_key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    investor = forms.CharField(label=gettext_lazy("新投资方"), max_length=200)
    code = forms.CharField(
        label=gettext_lazy("统一社会信用代码"), max_length=18, required=False,
        help_text=gettext_lazy("不知道可以不填；登记过的企业不用填。"),
    )  # fmt: skip
    effective_on = forms.DateField(label=gettext_lazy("日期"), help_text=gettext_lazy("变更生效的那一天。"))
    reason = forms.CharField(
        label=gettext_lazy("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


def change_investor_page(request: HttpRequest, project_no: str) -> HttpResponse:
    """The form of the change; a firm that nobody knew is registered with it."""
    detail = find_project(request, project_no)
    case = detail.case
    step = asked_step(request, case, VERB)
    form = InvestorForm(
        request.POST or None,
        initial={
            "expected_seq": case.last_seq,
            "request_key": secrets.token_hex(16),
            "effective_on": today_of(request),
        },
    )

    def save(typed: dict[str, Any]) -> str:
        no_future(typed["effective_on"], today_of(request))
        actor, now = viewer(request), now_of(request)
        with transaction.atomic():
            investor = investor_named(typed["investor"], typed["code"], actor=actor, now=now)
            change_investor(
                case, investor, reason=typed["reason"], actor=actor, on=typed["effective_on"], now=now,
                expected_seq=typed["expected_seq"], request_key=typed["request_key"] or None,
            )  # fmt: skip
        messages.success(request, _("投资方已变更为“%(investor)s”。") % {"investor": investor})
        return project_href(case.number)

    intro = _("%(number)s %(title)s，现投资方：%(investor)s。%(words)s") % {
        "number": case.number,
        "title": case.title,
        "investor": detail.project.investor,
        "words": step.words,
    }
    return answer_form(
        request, form, step.label, save, project_href(case.number), step_crumbs(case, step.label), intro=intro
    )
