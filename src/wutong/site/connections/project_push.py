"""What happens elsewhere because of the ledger `project_push`."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from wutong.cases.models import Assignment, Case, Change
from wutong.cases.registry import react_to
from wutong.cases.steps import Holder
from wutong.ledgerkit.policy import visible_cases
from wutong.ledgers.project_push.lists.order_links import OrderLink, declare_orders
from wutong.ledgers.supervision_orders.models import SupervisionOrder
from wutong.ledgers.supervision_orders.pages import order_lamp
from wutong.ledgers.supervision_orders.services import issue_order, press_harder
from wutong.registers.organisation.actors import SYSTEM, Actor


@react_to("rectification", "escalate")
def issue_order_for_rectification(case: Case, change: Change, actor: Actor, now: datetime) -> None:
    """A rectification that is escalated becomes a supervision order, under the lead official of its project. Escalated
    again while that order is open, it presses the order harder instead of issuing another one.

    The system issues it: whoever may escalate need not have the right to issue orders by hand. What is published when
    it lists an order names neither project nor problem, which not everybody may see.
    """
    known = (
        SupervisionOrder.objects.filter(source=case, case__is_open=True)
        .select_related("case")
        .order_by("-pk")
        .first()
    )
    if known is not None:
        press_harder(
            known,
            words=_("项目问题整改超时未完成"),
            reason=change.reason,
            actor=SYSTEM,
            on=change.effective_on,
            now=now,
        )
        return
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


@declare_orders
def orders_of_rectifications(
    actor: Actor, case_ids: Collection[int], as_of: date
) -> Mapping[int, Sequence[OrderLink]]:
    """The orders that came of rectifications, those that the reader may see, newest first."""
    found: dict[int, list[OrderLink]] = defaultdict(list)
    orders = (
        SupervisionOrder.objects.filter(
            source__in=case_ids, case__in=visible_cases(actor, SupervisionOrder.case_type)
        )
        .select_related("case")
        .order_by("-pk")
    )
    for order in orders:
        lamp = order_lamp(order.case, as_of)
        href = reverse("case_detail", args=["orders", order.case.number])
        found[order.source_id or 0].append(
            OrderLink(order.case.number, href, order.level.label, lamp.text, lamp.colour)
        )
    return found
