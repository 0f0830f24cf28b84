"""One register of people: who speaks for a firm, who advises the zone, whom the zone wants to keep."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from wutong.base.personal.fields import EncryptedTextField
from wutong.base.personal.masking import mask_id_number, mask_name, mask_phone
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.history.models import RegisterEntry


class Person(RegisterEntry):
    """A person outside the staff. Everything about this person is personal (个人信息保护法第四条): values are
    encrypted, masked by default, kept for `keep_days` after `confirmed_on`, and erased then.

    One person may be a contact, an expert and a talent at once. Entries, ciphertexts and digests began as those of
    contacts of enterprises and keep the names that they had then.
    """

    entry_kind: ClassVar[str] = "contact"

    name = EncryptedTextField(
        _("姓名"), default="", purpose=_("工作联络"), keep_days=1825, mask=mask_name,
        bound_to="enterprises.contact.name",
    )  # fmt: skip
    name_index = models.CharField(_("姓名检索值"), max_length=64, default="", db_index=True)
    phone = EncryptedTextField(
        _("联系电话"), default="", purpose=_("工作联络"), keep_days=1825, mask=mask_phone,
        bound_to="enterprises.contact.phone",
    )  # fmt: skip
    phone_index = models.CharField(_("电话检索值"), max_length=64, default="", db_index=True)
    id_number = EncryptedTextField(
        _("证件号码"), default="", purpose=_("人才认定与待遇核发"), keep_days=1825, mask=mask_id_number
    )
    id_number_index = models.CharField(_("证件号检索值"), max_length=64, default="", db_index=True)
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, null=True, related_name="people", verbose_name=_("所在企业")
    )
    employer = models.CharField(_("工作单位"), max_length=100, default="")
    post = models.CharField(_("职务"), max_length=50, default="")
    is_contact = models.BooleanField(_("是否企业联系人"), default=True)
    is_expert = models.BooleanField(_("是否专家"), default=False)
    is_talent = models.BooleanField(_("是否人才"), default=False)
    speciality = models.CharField(_("专业领域"), max_length=100, default="")
    degree = models.CharField(_("学历学位"), max_length=50, default="")
    talent_class = models.CharField(_("人才类别"), max_length=50, default="")
    confirmed_on = models.DateField(_("最近核实日期"), null=True)
    is_erased = models.BooleanField(_("是否已清除"), default=False)

    class Meta:
        verbose_name = _("人员")
