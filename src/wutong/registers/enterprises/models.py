"""Enterprises and the people one speaks to there."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from wutong.base.personal.fields import EncryptedTextField
from wutong.base.personal.masking import mask_name, mask_phone
from wutong.registers.history.models import RegisterEntry


class Enterprise(RegisterEntry):
    """A firm. `code` is empty while it is not known (a foreign investor, a firm still to be founded)."""

    entry_kind: ClassVar[str] = "enterprise"

    code = models.CharField(_("统一社会信用代码"), max_length=18, null=True, unique=True)
    name = models.CharField(_("企业名称"), max_length=200)
    folded_name = models.CharField(_("名称检索形"), max_length=200, db_index=True)
    registered_on = models.DateField(_("成立日期"), null=True)
    address = models.CharField(_("注册地址"), max_length=200, default="")

    class Meta:
        verbose_name = _("企业")

    def __str__(self) -> str:
        return self.name


class Contact(RegisterEntry):
    """A person at an enterprise: everything about this person is personal."""

    entry_kind: ClassVar[str] = "contact"

    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="contacts", verbose_name=_("企业")
    )
    name = EncryptedTextField(_("联系人"), default="", purpose=_("项目联络"), keep_days=1825, mask=mask_name)
    phone = EncryptedTextField(
        _("联系电话"), default="", purpose=_("项目联络"), keep_days=1825, mask=mask_phone
    )
    phone_index = models.CharField(_("电话检索值"), max_length=64, default="", db_index=True)
    post = models.CharField(_("职务"), max_length=50, default="")
    is_erased = models.BooleanField(_("是否已清除"), default=False)

    class Meta:
        verbose_name = _("联系人")
