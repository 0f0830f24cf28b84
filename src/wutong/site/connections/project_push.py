"""What happens elsewhere because of the ledger `project_push`."""

from datetime import datetime

from django.utils.translation import gettext as _

from wutong.cases.models import Assignment, Case, Change
from wutong.cases.registry import react_to
from wutong.cases.steps import Holder
from wutong.ledgers.supervision_orders.services import issue_order
from wutong.registers.organisation.actors import SYSTEM, Actor


@react_to("rectification", "escalate")
def issue_order_for_rectification(case: Case, change: Change, actor: Actor, now: datetime) -> None:
    """A rectification that is escalated becomes a supervision order, under the lead official of its project.

    The system issues it: whoever may escalate need not have the right to issue orders by hand.
    """
    cases = [case.pk, case.parent_id]
    open_now = Assignment.objects.filter(case__in=cases, to_on__isnull=True).select_related("unit", "person")
    roles = {"host": "host", "lead_official": "lead_official", "verifier": "supervisor"}
    holders: dict[str, Holder] = {}
    for item in sorted(open_now, key=lambda item: item.case_id == case.pk):
        if item.role in roles and (item.role != "host" or item.case_id == case.pk):
            holders[item.role] = Holder(roles[item.role], item.unit, item.person)
    issue_order(
        matter=case.title,
        demand=_("整改%(number)s：%(reason)s") % {"number": case.number, "reason": change.reason},
        holders=list(holders.values()),
        source=case,
        actor=SYSTEM,
        on=change.effective_on,
        now=now,
        reason=change.reason,
    )
