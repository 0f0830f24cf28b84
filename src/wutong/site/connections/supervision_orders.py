"""What the ledger `supervision_orders` tells elsewhere."""

from django.db.models import Q, QuerySet

from wutong.cases.models import Case
from wutong.ledgerkit.policy import visible_cases
from wutong.ledgerkit.timeline import TimelineSource, declare_timeline
from wutong.ledgers.supervision_orders.models import SupervisionOrder
from wutong.registers.organisation.actors import Actor


def orders_about(case: Case, actor: Actor) -> QuerySet[Case]:
    """The orders that came of a case or of one of its sub-cases, as far as the actor may see them."""
    orders = SupervisionOrder.objects.filter(Q(source=case) | Q(source__parent=case))
    return visible_cases(actor, SupervisionOrder.case_type).filter(pk__in=orders.values("case_id"))


declare_timeline(
    TimelineSource("supervision_orders", also=orders_about, case_types=("project_push", "rectification"))
)
