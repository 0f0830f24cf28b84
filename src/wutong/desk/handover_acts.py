"""What is done to handovers: draw up the list, choose receivers, hand over, drop, sign."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import reverse
from django.utils.translation import gettext as _

from wutong.base.errors import Refused
from wutong.cases.handover import services
from wutong.cases.handover.models import Handover, HandoverLine, HandoverState, Outcome
from wutong.desk.handover_forms import LACKING, PICKED, DropForm, NewHandoverForm, ReceiverForm, SureForm
from wutong.desk.handovers import find_handover, handover_crumbs, handover_href
from wutong.desk.organisation import find_official, official_crumbs, official_href
from wutong.ledgerkit.saving import answer_form
from wutong.ledgerkit.viewer import account_of, now_of, today_of, viewer
from wutong.ui.responses import saved_response


def new(request: HttpRequest, pk: int) -> HttpResponse:
    """Draw up the list of everything that somebody holds."""
    services.require_may_hand_over(viewer(request))
    found = find_official(pk)

    def save(typed: dict[str, Any]) -> str:
        made = services.draft_handover(found, **typed, actor=viewer(request), now=now_of(request))
        return handover_href(made)

    form = NewHandoverForm(request.POST or None, today=today_of(request))
    label = _("拟定交接清单")
    return answer_form(request, form, label, save, official_href(found), official_crumbs(found, label))


def choose(request: HttpRequest, number: str) -> HttpResponse:
    """One receiver for all lines, for those without, or for those that are ticked."""
    services.require_may_hand_over(viewer(request))
    found = find_handover(request, number)
    lines = _open_lines(found)
    ticked = [line.pk for line in lines if str(line.pk) == request.GET.get("line", "")]
    initial = {"scope": PICKED if ticked else LACKING, "lines": ticked}
    form = ReceiverForm(request.POST or None, handover=found, open_lines=lines, initial=initial)

    def save(typed: dict[str, Any]) -> str:
        chosen = dict.fromkeys(form.chosen(), typed["receiver"])
        services.choose_receivers(
            found,
            chosen,
            keeps_units=typed["keeps_units"],
            actor=viewer(request),
            now=now_of(request),
        )
        return handover_href(found)

    label = _("选接收人")
    return answer_form(request, form, label, save, handover_href(found), handover_crumbs(found, label))


def _open_lines(found: Handover) -> list[HandoverLine]:
    """Lines that may have a receiver. Raises Refused for a list that is not a draft any more."""
    if found.state != HandoverState.DRAFTED:
        raise Refused(_("这份交接已不能再改。"))
    lines = found.lines.filter(outcome=Outcome.OPEN).exclude(kind__in=services.ONLY_ENDS)
    return list(lines.order_by("pk"))


def act(request: HttpRequest, number: str) -> HttpResponse:
    """Ask, then hand over everything at once."""
    services.require_may_hand_over(viewer(request))
    found = find_handover(request, number)

    def save(_typed: dict[str, Any]) -> str:
        services.hand_over(found, actor=viewer(request), now=now_of(request))
        messages.success(request, _("已移交。请移交人和接收人在这一页签字。"))
        return handover_href(found)

    form = SureForm(request.POST if request.method == "POST" else None)
    label = _("移交")
    intro = _("清单上的事一次全部移交，每件办件留一条变更。移交以后，%(name)s手上不再有任何事。") % {
        "name": found.giver.name
    }
    crumbs = handover_crumbs(found, label)
    return answer_form(request, form, label, save, handover_href(found), crumbs, intro=intro, stop=True)


def again(request: HttpRequest, number: str) -> HttpResponse:
    """Bring the list up to date."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    found = find_handover(request, number)
    services.list_again(found, actor=viewer(request), now=now_of(request))
    messages.success(request, _("清单已更新。"))
    return saved_response(request, handover_href(found))


def drop(request: HttpRequest, number: str) -> HttpResponse:
    """Ask, then put a draft aside for good."""
    services.require_may_hand_over(viewer(request))
    found = find_handover(request, number)

    def save(typed: dict[str, Any]) -> str:
        services.drop_handover(found, **typed, actor=viewer(request), now=now_of(request))
        return reverse("handovers")

    form = DropForm(request.POST or None)
    label = _("作废")
    crumbs = handover_crumbs(found, label)
    return answer_form(request, form, label, save, handover_href(found), crumbs, stop=True)


def sign(request: HttpRequest, number: str) -> HttpResponse:
    """The giver or a receiver signs with the own account."""
    found = find_handover(request, number)

    def save(_typed: dict[str, Any]) -> str:
        services.sign_handover(found, account=account_of(request), now=now_of(request))
        messages.success(request, _("已签字。"))
        return handover_href(found)

    form = SureForm(request.POST if request.method == "POST" else None)
    label = _("签字")
    intro = _("签字表示您已逐项核对清单。签字留账号和时间，不能撤回。")
    crumbs = handover_crumbs(found, label)
    return answer_form(request, form, label, save, handover_href(found), crumbs, intro=intro)
