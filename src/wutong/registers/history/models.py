"""The changes of register entries, and what an entry needs to have a chain."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from wutong.base.chain.rows import ChainedRow, ChainHeadModel


class RegisterEntry(ChainHeadModel):
    """A thing that lives for years. Its facts are written by `record` only."""

    entry_kind: ClassVar[str]
    digested: ClassVar[frozenset[str]] = frozenset()
    """Facts that stand in changes as a keyed digest only, because they can be erased."""

    class Meta:
        abstract = True

    def chain_name(self) -> str:
        return f"{self.entry_kind}:{self.pk}"


class RegisterChange(ChainedRow):
    """One dated change of one register entry: which facts, from which day, by whom, why."""

    entry_kind = models.CharField(_("登记类别"), max_length=30)
    entry_id = models.BigIntegerField(_("登记号"))
    effective_on = models.DateField(_("生效日期"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("操作人")
    )
    verb = models.CharField(_("动作"), max_length=30)
    reason = models.CharField(_("理由"), max_length=500, default="")
    snapshot = models.JSONField(_("变更后内容"), default=dict)

    class Meta:
        verbose_name = _("登记变更")
        constraints = [
            models.UniqueConstraint(fields=["entry_kind", "entry_id", "seq"], name="history_entry_seq"),
        ]
        indexes = [
            models.Index(fields=["entry_kind", "effective_on"], name="history_effective"),
        ]

    def chain_name(self) -> str:
        return f"{self.entry_kind}:{self.entry_id}"

    def content(self) -> dict[str, Any]:
        return {
            "effective_on": self.effective_on,
            "actor": self.actor_id,
            "verb": self.verb,
            "reason": self.reason,
            "snapshot": self.snapshot,
        }
