"""Handovers (交接): what somebody held, who takes it over, and that both have signed the list."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from wutong.cases.models import Case
from wutong.registers.history.models import RegisterEntry
from wutong.registers.organisation.models import Official, Unit


class HandoverState(models.TextChoices):
    DRAFTED = "drafted", _("拟定")
    DONE = "done", _("已移交")
    SIGNED = "signed", _("已签字")
    DROPPED = "dropped", _("已作废")


class HeldKind(models.TextChoices):
    """What somebody may hold. A post and the own stand-in only end; the others may pass to a receiver."""

    CASE = "case", _("办件")
    LEAD = "lead", _("挂钩")
    OVERSIGHT = "oversight", _("分管")
    TEAM = "team", _("招商组")
    STANDS_IN = "stands_in", _("代理他人")
    STOOD_IN = "stood_in", _("由人代理")
    POST = "post", _("职位")


class Outcome(models.TextChoices):
    OPEN = "open", _("待移交")
    PASSED = "passed", _("已移交")
    ENDED = "ended", _("已终止")
    GONE = "gone", _("已不在手上")


class Handover(RegisterEntry):
    """One person hands over everything on one day. After it the giver holds nothing."""

    entry_kind: ClassVar[str] = "handover"

    number = models.CharField(_("交接编号"), max_length=30, unique=True)
    giver = models.ForeignKey(Official, models.PROTECT, related_name="handovers", verbose_name=_("移交人"))
    effective_on = models.DateField(_("交接日期"))
    reason = models.CharField(_("交接事由"), max_length=200)
    state = models.CharField(_("交接状态"), max_length=20, choices=HandoverState)
    done_at = models.DateTimeField(_("移交时间"), null=True)

    class Meta:
        verbose_name = _("交接")
        indexes = [models.Index(fields=["giver", "effective_on"], name="handover_giver")]

    def __str__(self) -> str:
        return self.number


class HandoverLine(RegisterEntry):
    """One thing on the list. `target_id` is the key of what is held (a seat on a case, a lead, a membership …);
    `label` names it as it was then, without names of persons. `unit` is told where a case stays with another unit
    than the receiver's."""

    entry_kind: ClassVar[str] = "handover_line"

    handover = models.ForeignKey(Handover, models.PROTECT, related_name="lines", verbose_name=_("交接"))
    kind = models.CharField(_("类别"), max_length=20, choices=HeldKind)
    target_id = models.BigIntegerField(_("对象号"))
    label = models.CharField(_("事项名称"), max_length=200)
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+", verbose_name=_("办件"))
    receiver = models.ForeignKey(
        Official, models.PROTECT, null=True, related_name="received_lines", verbose_name=_("接收人")
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, related_name="+", verbose_name=_("移交后的责任单位")
    )
    outcome = models.CharField(_("移交结果"), max_length=20, choices=Outcome, default=Outcome.OPEN)

    class Meta:
        verbose_name = _("交接事项")
        constraints = [
            models.UniqueConstraint(fields=["handover", "kind", "target_id"], name="handover_line_once")
        ]


class HandoverSignature(RegisterEntry):
    """The giver or a receiver has read the list and says that it is right."""

    entry_kind: ClassVar[str] = "handover_signature"

    handover = models.ForeignKey(Handover, models.PROTECT, related_name="signatures", verbose_name=_("交接"))
    official = models.ForeignKey(Official, models.PROTECT, related_name="+", verbose_name=_("签字人"))
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("签字账号")
    )
    signed_at = models.DateTimeField(_("签字时间"))

    class Meta:
        verbose_name = _("交接签字")
        constraints = [models.UniqueConstraint(fields=["handover", "official"], name="handover_signed_once")]
