"""The detail rows of supervision orders and of leaders' instructions."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from wutong.cases.models import Case, CaseDetail
from wutong.registers.organisation.models import Official


class OrderLevel(models.TextChoices):
    """How hard an order presses. A level only ever rises; it ends with the order."""

    EVERYDAY = "everyday", _("日常督办")
    LISTED = "listed", _("挂牌督办")
    TALK = "talk", _("约谈")


class SupervisionOrder(CaseDetail):
    """What is ordered, where it comes from, and what was answered (督办).

    Its level is not a column of its own: it follows from what was written when it rose, so that the two cannot differ.
    """

    case_type: ClassVar[str] = "supervision_order"

    matter = models.CharField(_("督办事项"), max_length=200)
    demand = models.TextField(_("督办要求"), max_length=500)
    source = models.ForeignKey(
        Case, models.PROTECT, null=True, related_name="orders", verbose_name=_("来源办件")
    )
    answer = models.TextField(_("办理情况"), default="", max_length=1000)
    listing_words = models.CharField(_("公示内容"), default="", max_length=200)
    talk_on = models.DateField(_("约谈日期"), null=True)
    talked_to = models.CharField(_("约谈对象"), default="", max_length=200)
    talk_notes = models.TextField(_("约谈情况"), default="", max_length=1000)
    commitments = models.TextField(_("承诺事项"), default="", max_length=1000)

    class Meta:
        verbose_name = _("督办")

    @property
    def level(self) -> OrderLevel:
        if self.talk_on is not None:
            return OrderLevel.TALK
        return OrderLevel.LISTED if self.listing_words else OrderLevel.EVERYDAY


AT_LEVEL: dict[str, Q] = {
    OrderLevel.EVERYDAY: Q(talk_on__isnull=True, listing_words=""),
    OrderLevel.LISTED: Q(talk_on__isnull=True) & ~Q(listing_words=""),
    OrderLevel.TALK: Q(talk_on__isnull=False),
}
"""The same as `level`, as a condition on rows."""


class Urgency(models.TextChoices):
    ORDINARY = "ordinary", _("平件")
    URGENT = "urgent", _("加急")
    EXTRA_URGENT = "extra_urgent", _("特急")


class Instruction(CaseDetail):
    """What a leader wrote on a document (领导批示): the source of one or several orders. It is handled by whoever received
    it, and closed when its orders are."""

    case_type: ClassVar[str] = "instruction"

    leader = models.ForeignKey(Official, models.PROTECT, related_name="+", verbose_name=_("批示领导"))
    given_on = models.DateField(_("批示日期"))
    document_title = models.CharField(_("来文标题"), max_length=200)
    document_no = models.CharField(_("来文文号"), max_length=100, default="")
    about = models.ForeignKey(
        Case, models.PROTECT, null=True, related_name="instructions", verbose_name=_("相关办件")
    )
    text = models.TextField(_("批示内容"), max_length=1000)
    urgency = models.CharField(_("紧急程度"), max_length=20, choices=Urgency, default=Urgency.ORDINARY)
    summary = models.TextField(_("办理综述"), max_length=2000, default="")

    class Meta:
        verbose_name = _("领导批示")
