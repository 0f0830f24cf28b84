"""Enterprises: who they are, what they were called, what they report for each year, and which two were one."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from wutong.base.chain.rows import AppendOnlyModel
from wutong.registers.history.models import RegisterEntry
from wutong.registers.places.models import SpatialUnit


class Status(models.TextChoices):
    """What the firm does (经营状态); dated by the change that wrote it."""

    FOUNDING = "founding", _("筹建")
    OPERATING = "operating", _("在营")
    RESTING = "resting", _("停产停业")
    MOVED_OUT = "moved_out", _("迁出")
    REVOKED = "revoked", _("吊销")
    DEREGISTERED = "deregistered", _("注销")


class Enterprise(RegisterEntry):
    """A firm. `code` is empty while it is not known (a foreign investor, a firm still to be founded).

    `is_disclosed`: everybody may know of it. A firm known only from a project that is not signed yet is not.
    `merged_into`: this entry was a double of that one; nothing hangs on it any more.
    """

    entry_kind: ClassVar[str] = "enterprise"

    code = models.CharField(_("统一社会信用代码"), max_length=18, null=True, unique=True)
    name = models.CharField(_("企业名称"), max_length=200)
    folded_name = models.CharField(_("名称检索形"), max_length=200, db_index=True)
    registered_on = models.DateField(_("成立日期"), null=True)
    address = models.CharField(_("注册地址"), max_length=200, default="")
    real_address = models.CharField(_("实际经营地址"), max_length=200, default="")
    place = models.ForeignKey(
        SpatialUnit, models.PROTECT, null=True, related_name="enterprises", verbose_name=_("所属镇街园区")
    )
    industry_code = models.CharField(_("行业代码"), max_length=5, default="", db_index=True)
    business = models.CharField(_("主营业务"), max_length=500, default="")
    capital_yuan = models.BigIntegerField(_("注册资本（元）"), null=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="subsidiaries", verbose_name=_("母公司")
    )
    group_name = models.CharField(_("所属集团"), max_length=100, default="")
    status = models.CharField(_("经营状态"), max_length=20, choices=Status, default=Status.OPERATING)
    is_disclosed = models.BooleanField(_("是否公开"), default=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="merged", verbose_name=_("并入")
    )

    class Meta:
        verbose_name = _("企业")
        indexes = [models.Index(fields=["merged_into", "name", "id"], name="enterprise_by_name")]

    def __str__(self) -> str:
        return self.name


class FormerName(RegisterEntry):
    """A name that a firm had (曾用名). `to_on` is empty when nobody knows until when."""

    entry_kind: ClassVar[str] = "former_name"

    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="former_names", verbose_name=_("企业")
    )
    name = models.CharField(_("曾用名"), max_length=200)
    folded_name = models.CharField(_("名称检索形"), max_length=200, db_index=True)
    to_on = models.DateField(_("停用日期"), null=True)

    class Meta:
        verbose_name = _("企业曾用名")
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "folded_name"], name="former_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class EnterpriseTag(RegisterEntry):
    """A word that an office puts on a firm, from a day to a day."""

    entry_kind: ClassVar[str] = "enterprise_tag"

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="tags", verbose_name=_("企业"))
    word = models.CharField(_("标签"), max_length=20, db_index=True)
    from_on = models.DateField(_("起始日期"))
    to_on = models.DateField(_("结束日期"), null=True)

    class Meta:
        verbose_name = _("企业标签")
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "word"], condition=Q(to_on__isnull=True), name="enterprise_tag_once"
            ),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")), name="enterprise_tag_dates"
            ),
        ]

    def __str__(self) -> str:
        return self.word


class YearReport(RegisterEntry):
    """What one source says about one firm and one year. `values` holds what `facts.MEASURES` names: counts and yuan
    as integers, other numbers as decimal text. What the source does not say has no key: it is missing, not zero."""

    entry_kind: ClassVar[str] = "year_report"

    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="year_reports", verbose_name=_("企业")
    )
    year = models.PositiveSmallIntegerField(_("年度"))
    source = models.CharField(_("来源"), max_length=100)
    dated_on = models.DateField(_("来源日期"))
    values = models.JSONField(_("指标"), default=dict)

    class Meta:
        verbose_name = _("企业年度数据")
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "year", "source", "dated_on"], name="year_report_once"
            ),
        ]


class EnterpriseKey(models.Model):
    """A form of a name or an address that doubles are found by. Derived from the entry, never shown."""

    class Kind(models.TextChoices):
        NAME = "name", _("名称")
        SOUND = "sound", _("读音")
        ADDRESS = "address", _("地址")

    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="keys", verbose_name=_("企业"))
    kind = models.CharField(_("种类"), max_length=10, choices=Kind)
    value = models.CharField(_("比对形"), max_length=200)

    class Meta:
        verbose_name = _("企业比对形")
        indexes = [models.Index(fields=["kind", "value", "enterprise"], name="enterprise_key_value")]


class Distinct(AppendOnlyModel):
    """Somebody looked at two firms that seem to be one and says that they are two."""

    first = models.ForeignKey(Enterprise, models.PROTECT, related_name="+", verbose_name=_("企业"))
    second = models.ForeignKey(Enterprise, models.PROTECT, related_name="+", verbose_name=_("另一家企业"))
    reason = models.CharField(_("理由"), max_length=500)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("操作人")
    )
    decided_at = models.DateTimeField(_("认定时间"))

    class Meta:
        verbose_name = _("非重复认定")
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="distinct_pair_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="distinct_pair_order"),
        ]


class Merge(RegisterEntry):
    """One merge of a double into the firm that stays, and whether it was taken back. `moved` lists what went along:
    `[label of the model, column, key]`."""

    entry_kind: ClassVar[str] = "merge"

    kept = models.ForeignKey(Enterprise, models.PROTECT, related_name="merges", verbose_name=_("保留的企业"))
    double = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="merges_away", verbose_name=_("被并入的企业")
    )
    moved = models.JSONField(_("转移的记录"), default=list)
    filled = models.JSONField(_("补入的内容"), default=dict)
    is_undone = models.BooleanField(_("是否已撤销"), default=False)

    class Meta:
        verbose_name = _("企业合并")
