"""The national classification, and the industries that the zone leads with ("3+1")."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from wutong.registers.history.models import RegisterEntry


class IndustryLevel(models.TextChoices):
    SECTION = "section", _("门类")
    DIVISION = "division", _("大类")
    GROUP = "group", _("中类")
    CLASS = "class", _("小类")


class IndustryClass(models.Model):
    """One code of one edition of the classification. Reference data: loaded, never typed."""

    code = models.CharField(_("行业代码"), max_length=4)
    name = models.CharField(_("行业名称"), max_length=100)
    level = models.CharField(_("层级"), max_length=10, choices=IndustryLevel)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="children", verbose_name=_("上级行业")
    )
    edition = models.CharField(_("标准号"), max_length=30)
    valid_from = models.DateField(_("实施日期"))
    valid_to = models.DateField(_("废止日期"), null=True)

    class Meta:
        verbose_name = _("行业分类")
        constraints = [
            models.UniqueConstraint(fields=["edition", "code"], name="industry_class_code"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class IndustryKind(models.TextChoices):
    LEADING = "leading", _("主导产业")
    FUTURE = "future", _("未来产业")


class LeadingIndustry(RegisterEntry):
    """An industry that the zone leads with, from `valid_from` until the day before `valid_to`.

    `definition` lists the prefixes of codes that belong to it; `IndustryScope` is the same as rows, to be asked.
    """

    entry_kind: ClassVar[str] = "leading_industry"

    code = models.CharField(_("产业编码"), max_length=30, unique=True)
    name = models.CharField(_("产业名称"), max_length=50)
    kind = models.CharField(_("产业类别"), max_length=10, choices=IndustryKind)
    order = models.PositiveSmallIntegerField(_("顺序"), default=0)
    definition = models.CharField(_("行业代码范围"), max_length=500, default="")
    valid_from = models.DateField(_("确定日期"))
    valid_to = models.DateField(_("调整日期"), null=True)

    class Meta:
        verbose_name = _("主导产业")

    def __str__(self) -> str:
        return self.name


class IndustryScope(models.Model):
    """Codes that begin with `code_prefix` belong to the leading industry, from `valid_from` until before `valid_to`."""

    leading_industry = models.ForeignKey(
        LeadingIndustry, models.PROTECT, related_name="scopes", verbose_name=_("主导产业")
    )
    code_prefix = models.CharField(_("行业代码前缀"), max_length=4)
    valid_from = models.DateField(_("起始日期"))
    valid_to = models.DateField(_("截止日期"), null=True)

    class Meta:
        verbose_name = _("主导产业范围")
        constraints = [
            models.UniqueConstraint(
                fields=["code_prefix"], condition=Q(valid_to__isnull=True), name="industry_scope_once"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="industry_scope_dates",
            ),
        ]
