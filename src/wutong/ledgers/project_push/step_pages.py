"""Steps of a project that ask for more than the form of their transition: whom or what they are about."""

from datetime import date

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.base.errors import NotAllowed, Refused
from wutong.cases.models import Assignment, Case
from wutong.cases.procedures import Transition
from wutong.cases.registry import case_type_of
from wutong.cases.who import is_allowed
from wutong.ledgerkit.detail_pages import find_detail
from wutong.ledgerkit.viewer import viewer
from wutong.ledgers.project_push.models import ProjectPush
from wutong.ui.pages import Crumb
from wutong.ui.tables import Text

SLUG = "projects"


def find_project(request: HttpRequest, number: str) -> ProjectPush:
    """A project that the reader may see, or 404."""
    _ledger, _pages, detail = find_detail(request, SLUG, number)
    assert isinstance(detail, ProjectPush)
    return detail


def asked_step(request: HttpRequest, case: Case, verb: str) -> Transition:
    """The step, when the reader may take it now; whoever may not does not get its form either."""
    procedure = case_type_of(case).procedure
    transition = procedure.transition(verb)
    assert transition is not None, f"{procedure.case_type} has no step {verb}"
    held = list(Assignment.objects.filter(case=case, to_on__isnull=True))
    if not is_allowed(viewer(request), transition.who, held):
        raise NotAllowed(_("您没有“%(verb)s”的权限。") % {"verb": transition.label})
    if not procedure.is_possible(transition, case.state):
        raise Refused(
            _("%(number)s现在是“%(state)s”，不能“%(verb)s”。")
            % {"number": case.number, "state": procedure.state(case.state).label, "verb": transition.label}
        )
    return transition


def no_future(on: date, today: date) -> None:
    """Raises Refused for a day to come."""
    if on > today:
        message = gettext_lazy("还没到这一天。请填已经发生的日期。")
        raise Refused(message, fields={"effective_on": message})


def project_href(number: str) -> str:
    return reverse("case_detail", args=[SLUG, number])


def step_crumbs(case: Case, label: Text) -> list[Crumb]:
    return [
        Crumb(_("招商")),
        Crumb(_("项目推进库"), reverse("case_list", args=[SLUG])),
        Crumb(case.number, project_href(case.number)),
        Crumb(label),
    ]
