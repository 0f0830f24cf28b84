"""Lead assignments (挂钩): which leader or liaison answers for a firm or a chain. The lead official of a project is the
assignment of its case and never stands here."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from wutong.registers.chains.models import Chain
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.history.models import RegisterEntry
from wutong.registers.organisation.models import Official


class LeadRole(models.TextChoices):
    LEAD = "lead", _("挂钩领导或链长")
    LIAISON = "liaison", _("联络员")


class LeadAssignment(RegisterEntry):
    """An official answers for one firm or one chain, from a day to the day before `to_on`."""

    entry_kind: ClassVar[str] = "lead_assignment"

    official = models.ForeignKey(Official, models.PROTECT, related_name="leads", verbose_name=_("工作人员"))
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, null=True, related_name="leads", verbose_name=_("企业")
    )
    chain = models.ForeignKey(
        Chain, models.PROTECT, null=True, related_name="leads", verbose_name=_("产业链")
    )
    role = models.CharField(_("挂钩角色"), max_length=20, choices=LeadRole)
    from_on = models.DateField(_("起始日期"))
    to_on = models.DateField(_("结束日期"), null=True)

    class Meta:
        verbose_name = _("挂钩")
        constraints = [
            models.CheckConstraint(
                condition=Q(enterprise__isnull=True, chain__isnull=False)
                | Q(enterprise__isnull=False, chain__isnull=True),
                name="lead_of_one_target",
            ),
            models.UniqueConstraint(
                fields=["official", "enterprise", "role"],
                condition=Q(to_on__isnull=True, enterprise__isnull=False),
                name="lead_of_enterprise_once",
            ),
            models.UniqueConstraint(
                fields=["official", "chain", "role"],
                condition=Q(to_on__isnull=True, chain__isnull=False),
                name="lead_of_chain_once",
            ),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")), name="lead_dates"
            ),
        ]

    @property
    def target(self) -> Enterprise | Chain:
        target = self.enterprise or self.chain
        assert target is not None, "a lead has a target"
        return target

    def role_label(self) -> str:
        """The word of the field: 链长 for a chain, 挂钩领导 for a firm."""
        if self.role == LeadRole.LIAISON:
            return str(_("联络员"))
        return str(_("链长") if self.chain_id else _("挂钩领导"))
