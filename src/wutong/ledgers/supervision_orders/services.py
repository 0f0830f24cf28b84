"""What is done to supervision orders."""

from datetime import date, datetime

from wutong.cases.act import act
from wutong.cases.models import Case
from wutong.cases.steps import Holder, NewCase
from wutong.ledgers.supervision_orders.models import SupervisionOrder
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.organisation.actors import Actor


def issue_order(
    *,
    matter: str,
    demand: str,
    holders: list[Holder],
    source: Case | None,
    actor: Actor,
    on: date,
    now: datetime,
    reason: str = "",
    enterprise: Enterprise | None = None,
) -> Case:
    """An order to one unit; the clock of the answer starts on `on`. It concerns the firm of its source, if it has one."""
    new = NewCase(
        SupervisionOrder.case_type,
        title=matter,
        state="issued",
        detail={"matter": matter[:200], "demand": demand, "source": source},
        enterprise=enterprise or (source.enterprise if source else None),
    )
    return act(new, "open", actor=actor, now=now, effective_on=on, holders=holders, reason=reason).case
