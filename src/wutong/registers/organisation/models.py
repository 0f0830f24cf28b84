"""Units, officials and who belongs to which team. Names of officials at work are not secret; their telephone
numbers are personal."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from wutong.base.personal.fields import EncryptedTextField
from wutong.base.personal.masking import mask_phone
from wutong.registers.history.models import RegisterEntry


class UnitKind(models.TextChoices):
    COMMITTEE = "committee", _("管委会")
    DEPARTMENT = "department", _("部门")
    TEAM = "team", _("产业招商组")
    TOWN = "town", _("镇街")
    COMPANY = "company", _("国有公司")


class Unit(RegisterEntry):
    """A unit of the zone. `path` is `/<id>/<id>/` from the root, so that a subtree is one prefix."""

    entry_kind: ClassVar[str] = "unit"

    code = models.CharField(_("单位编码"), max_length=30, unique=True)
    name = models.CharField(_("单位名称"), max_length=100)
    kind = models.CharField(_("单位类别"), max_length=20, choices=UnitKind)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="children", verbose_name=_("上级单位")
    )
    path = models.CharField(_("路径"), max_length=200, default="", db_index=True)
    valid_from = models.DateField(_("设立日期"))
    valid_to = models.DateField(_("撤销日期"), null=True)

    class Meta:
        verbose_name = _("单位")

    def __str__(self) -> str:
        return self.name


class Official(RegisterEntry):
    """A person who works for the zone. Signs in with `account`, if there is one."""

    entry_kind: ClassVar[str] = "official"
    digested: ClassVar[frozenset[str]] = frozenset({"name"})

    staff_no = models.CharField(_("工号"), max_length=30, unique=True)
    name = models.CharField(_("姓名"), max_length=50)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="officials", verbose_name=_("单位"))
    post = models.CharField(_("职务"), max_length=50, default="")
    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="official", verbose_name=_("账号")
    )
    phone = EncryptedTextField(_("电话"), default="", purpose=_("工作联系"), keep_days=3650, mask=mask_phone)
    from_on = models.DateField(_("任职日期"))
    to_on = models.DateField(_("离任日期"), null=True)

    class Meta:
        verbose_name = _("工作人员")

    def __str__(self) -> str:
        return self.name


class TeamMember(models.Model):
    """An official's time in an industry promotion team."""

    team = models.ForeignKey(Unit, models.PROTECT, related_name="memberships", verbose_name=_("招商组"))
    official = models.ForeignKey(Official, models.PROTECT, related_name="memberships", verbose_name=_("成员"))
    is_leader = models.BooleanField(_("是否组长"), default=False)
    from_on = models.DateField(_("加入日期"))
    to_on = models.DateField(_("离开日期"), null=True)

    class Meta:
        verbose_name = _("招商组成员")
        constraints = [
            models.UniqueConstraint(
                fields=["team", "official"], condition=Q(to_on__isnull=True), name="team_member_once"
            ),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")), name="team_member_dates"
            ),
        ]
