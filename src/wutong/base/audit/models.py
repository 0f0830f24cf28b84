"""One chain of events per actor."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from wutong.base.chain.rows import ChainedRow, ChainHeadModel

WORDS_LENGTH = 200


class Outcome(models.TextChoices):
    OK = "ok", _("成功")
    REFUSED = "refused", _("被拒绝")
    FAILED = "failed", _("失败")


class AuditChain(ChainHeadModel):
    """The chain of one actor: `system`, `anonymous` or `account:<id>`. Its head is the only part that moves."""

    account_name = models.CharField(_("链名"), max_length=40, unique=True)

    class Meta:
        verbose_name = _("审计链")
        verbose_name_plural = _("审计链")

    def __str__(self) -> str:
        return self.account_name

    @property
    def chain_name(self) -> str:
        return f"audit:{self.account_name}"


class AuditEvent(ChainedRow):
    """What somebody did or tried. `detail` holds plain facts and never a personal value."""

    chain = models.ForeignKey(AuditChain, models.PROTECT, related_name="events", verbose_name=_("审计链"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("操作人")
    )
    action = models.CharField(_("操作"), max_length=60)
    outcome = models.CharField(_("结果"), max_length=10, choices=Outcome)
    target_kind = models.CharField(_("对象类别"), max_length=60, blank=True)
    target_id = models.CharField(_("对象标识"), max_length=100, blank=True)
    address = models.CharField(_("来源地址"), max_length=64, blank=True)
    words = models.CharField(_("说明"), max_length=WORDS_LENGTH, blank=True)
    detail = models.JSONField(_("详情"), default=dict)

    class Meta:
        verbose_name = _("审计记录")
        verbose_name_plural = _("审计记录")
        constraints = [models.UniqueConstraint(fields=["chain", "seq"], name="audit_event_chain_seq")]
        indexes = [
            models.Index(fields=["recorded_at"], name="audit_event_recorded"),
            models.Index(fields=["target_kind", "target_id"], name="audit_event_target"),
            models.Index(fields=["action", "recorded_at"], name="audit_event_action"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.outcome}"

    def chain_name(self) -> str:
        return self.chain.chain_name

    def content(self) -> dict[str, Any]:
        return {
            "actor": self.actor_id,
            "action": self.action,
            "outcome": self.outcome,
            "target_kind": self.target_kind,
            "target_id": self.target_id,
            "address": self.address,
            "words": self.words,
            "detail": self.detail,
        }
