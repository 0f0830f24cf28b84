"""What the ledger `supervision_orders` tells elsewhere."""

from django.db.models import QuerySet

from wutong.cases.models import Case
from wutong.ledgerkit.policy import visible_cases
from wutong.ledgerkit.timeline import TimelineSource, declare_timeline
from wutong.ledgers.supervision_orders.models import SupervisionOrder
from wutong.registers.organisation.actors import Actor


def orders_about(case: Case, actor: Actor) -> QuerySet[Case]:
    """The orders that came of a case or of one of its sub-cases, as far as the actor may see them. Two parts, each with
    an index of its own: as one condition they would be looked for among all orders."""
    own = SupervisionOrder.objects.filter(source=case).values("case_id")
    below = SupervisionOrder.objects.filter(source__parent=case).values("case_id")
    return visible_cases(actor, SupervisionOrder.case_type).filter(pk__in=own.union(below, all=True))


declare_timeline(
    TimelineSource("supervision_orders", also=orders_about, case_types=("project_push", "rectification"))
)
