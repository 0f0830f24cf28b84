"""Writes of lead assignments."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from wutong.base.accounts.models import Account
from wutong.base.errors import Refused
from wutong.registers.chains.models import Chain
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.history.services import record
from wutong.registers.leads.models import LeadAssignment, LeadRole
from wutong.registers.organisation.days import require_not_before
from wutong.registers.organisation.models import Official
from wutong.registers.organisation.post_services import require_in_office


@transaction.atomic
def assign_lead(
    official: Official,
    *,
    role: str = LeadRole.LEAD,
    enterprise: Enterprise | None = None,
    chain: Chain | None = None,
    actor: Account | None,
    on: date,
    now: datetime,
    to_on: date | None = None,
) -> LeadAssignment:
    """An official answers for one firm or one chain from a day on. Raises Refused for who leads it already."""
    if (enterprise is None) == (chain is None):
        raise Refused(_("请选一家企业或一条产业链，二者选一。"))
    locked = Official.objects.select_for_update().get(pk=official.pk)
    require_in_office(locked, on)
    if chain is not None and chain.valid_to is not None and chain.valid_to <= on:
        raise Refused(_("%(chain)s已于%(on)s撤销。") % {"chain": chain.name, "on": chain.valid_to})
    if to_on is not None and to_on <= on:
        raise Refused(_("结束日期要晚于起始日期。"), fields={"to_on": _("要晚于起始日期")})
    held = LeadAssignment.objects.filter(
        official=official, role=role, enterprise=enterprise, chain=chain, to_on__isnull=True
    )
    if held.exists():
        raise Refused(
            _("%(name)s已经是%(target)s的%(role)s。")
            % {"name": official.name, "target": enterprise or chain, "role": LeadRole(role).label}
        )
    facts = {
        "official": official,
        "enterprise": enterprise,
        "chain": chain,
        "role": role,
        "from_on": on,
        "to_on": to_on,
    }
    return record(LeadAssignment(), facts, actor=actor, effective_on=on, now=now, verb="assign")


def end_lead(
    lead: LeadAssignment, *, actor: Account | None, on: date, now: datetime, reason: str = ""
) -> LeadAssignment:
    """The last day was the one before `on`."""
    if lead.to_on is not None and lead.to_on <= on:
        raise Refused(_("这项挂钩已于%(on)s结束。") % {"on": lead.to_on})
    require_not_before(on, lead.from_on, _("起始日期"))
    return record(lead, {"to_on": on}, actor=actor, effective_on=on, now=now, verb="end", reason=reason)
