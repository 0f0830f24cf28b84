"""Industrial chains, their nodes, and which firm stands on which node from when to when.

All dates are half open: from the first day until the day before the last.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from wutong.registers.enterprises.models import Enterprise
from wutong.registers.history.models import RegisterEntry
from wutong.registers.industries.models import LeadingIndustry


class Chain(RegisterEntry):
    """A chain that the zone works on. Who leads it (链长) and who is its liaison stands in the register of leads."""

    entry_kind: ClassVar[str] = "chain"

    code = models.CharField(_("产业链编码"), max_length=30, unique=True)
    name = models.CharField(_("产业链名称"), max_length=50)
    leading_industry = models.ForeignKey(
        LeadingIndustry, models.PROTECT, related_name="chains", verbose_name=_("主导产业")
    )
    description = models.CharField(_("说明"), max_length=500, default="")
    valid_from = models.DateField(_("建立日期"))
    valid_to = models.DateField(_("撤销日期"), null=True)

    class Meta:
        verbose_name = _("产业链")

    def __str__(self) -> str:
        return self.name


class Stage(models.TextChoices):
    UPSTREAM = "upstream", _("上游")
    MIDSTREAM = "midstream", _("中游")
    DOWNSTREAM = "downstream", _("下游")


class ChainNode(RegisterEntry):
    """A step of a chain, perhaps below another one. A removed node stays as a row that has ended."""

    entry_kind: ClassVar[str] = "chain_node"

    chain = models.ForeignKey(Chain, models.PROTECT, related_name="nodes", verbose_name=_("产业链"))
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="children", verbose_name=_("上级环节")
    )
    name = models.CharField(_("环节名称"), max_length=50)
    stage = models.CharField(_("位置"), max_length=10, choices=Stage)
    order = models.PositiveSmallIntegerField(_("顺序"), default=0)
    valid_from = models.DateField(_("设立日期"))
    valid_to = models.DateField(_("删除日期"), null=True)

    class Meta:
        verbose_name = _("产业链环节")

    def __str__(self) -> str:
        return self.name


class MemberRole(models.TextChoices):
    KEY = "key", _("链主企业")
    BACKBONE = "backbone", _("骨干企业")
    ORDINARY = "ordinary", _("一般企业")


class ChainMember(RegisterEntry):
    """An enterprise's time on a node. It may stand on several nodes, on each of them once at a time."""

    entry_kind: ClassVar[str] = "chain_member"

    node = models.ForeignKey(ChainNode, models.PROTECT, related_name="members", verbose_name=_("产业链环节"))
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="chain_memberships", verbose_name=_("企业")
    )
    role = models.CharField(_("链上角色"), max_length=10, choices=MemberRole)
    from_on = models.DateField(_("入链日期"))
    to_on = models.DateField(_("退链日期"), null=True)

    class Meta:
        verbose_name = _("链上企业")
        constraints = [
            models.UniqueConstraint(
                fields=["node", "enterprise"], condition=Q(to_on__isnull=True), name="chain_member_once"
            ),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")), name="chain_member_dates"
            ),
        ]
