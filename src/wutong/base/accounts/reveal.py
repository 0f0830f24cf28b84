"""Showing a personal value in full: a right, a reason, and a line in the audit, always all three."""

from datetime import date, datetime
from typing import Literal

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from wutong.base.accounts.models import Account
from wutong.base.accounts.rights import has_right
from wutong.base.audit.services import record_event
from wutong.base.errors import NotAllowed, Refused
from wutong.base.personal.ciphers import Undecryptable
from wutong.base.personal.fields import personal_field

MIN_REASON = 4


def reveal(
    instance: models.Model,
    field_name: str,
    *,
    actor: Account,
    reason: str,
    on: date,
    now: datetime,
    address: str = "",
) -> str:
    """The plain text of an encrypted field, for somebody who may see the row.

    Raises NotAllowed without the right `personal.unmask`, Refused for a reason of fewer than four characters or a
    value that cannot be decrypted, TypeError for a field that is not encrypted. Each of these, and the success,
    is in the audit before this function ends. So that no rollback can take the line away, it must be called
    outside a transaction: inside one it raises RuntimeError.
    """
    field = personal_field(instance, field_name)
    reason = " ".join(reason.split())

    def audit(outcome: Literal["ok", "refused", "failed"], words: str) -> None:
        with transaction.atomic(durable=True):
            record_event(
                action="reveal_personal",
                now=now,
                actor=actor,
                outcome=outcome,
                target_kind=instance._meta.label_lower,
                target_id=instance.pk,
                words=words,
                detail={"field": field_name, "reason": reason},
                address=address,
            )

    if not has_right(actor, "personal.unmask", on):
        audit("refused", "查看完整个人信息被拒绝：没有权限")
        raise NotAllowed(_("您没有查看完整个人信息的权限。工作需要的，请向安全管理员申请。"))
    if len(reason) < MIN_REASON:
        audit("refused", "查看完整个人信息被拒绝：没有写明事由")
        wrong = _("请写明查看事由，至少4个字。")
        raise Refused(wrong, fields={"reason": wrong})
    try:
        value: str = getattr(instance, field.attname)
    except Undecryptable:
        audit("failed", "查看完整个人信息失败：内容无法解密")
        raise Refused(_("该信息无法解密，可能已被改动或缺少密钥。请联系系统管理员。")) from None
    audit("ok", f"查看完整个人信息：{field.verbose_name}")
    return value
