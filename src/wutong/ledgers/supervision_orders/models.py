"""The detail row of a supervision order."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from wutong.cases.models import Case, CaseDetail


class OrderLevel(models.TextChoices):
    EVERYDAY = "everyday", _("日常督办")


class SupervisionOrder(CaseDetail):
    """What is ordered, where it comes from, and what was answered (督办)."""

    case_type: ClassVar[str] = "supervision_order"

    level = models.CharField(_("督办级别"), max_length=20, choices=OrderLevel, default=OrderLevel.EVERYDAY)
    matter = models.CharField(_("督办事项"), max_length=200)
    demand = models.TextField(_("督办要求"), max_length=500)
    source = models.ForeignKey(
        Case, models.PROTECT, null=True, related_name="orders", verbose_name=_("来源办件")
    )
    answer = models.TextField(_("办理情况"), default="", max_length=1000)

    class Meta:
        verbose_name = _("督办")
