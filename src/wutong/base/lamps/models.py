"""Editions of lamp rules, and their rows."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

EDITION_LENGTH, TITLE_LENGTH, SOURCE_LENGTH, CLAUSE_LENGTH = 30, 100, 200, 30


class LampRuleSet(models.Model):
    """One edition of the lamp rules of a subject: a draft until it is published, an example for ever.

    Published editions of a subject follow one another without gap or overlap: each ends on the day before the next
    one begins, the last one is open. `revision` counts the changes of a draft, `digest` is the SHA-256 of what was
    published.
    """

    subject = models.CharField(_("对象"), max_length=40)
    edition = models.CharField(_("版本"), max_length=EDITION_LENGTH)
    title = models.CharField(_("名称"), max_length=TITLE_LENGTH)
    source = models.CharField(_("依据（文件名称和文号）"), max_length=SOURCE_LENGTH, default="")
    valid_from = models.DateField(_("生效日期"), null=True)
    valid_to = models.DateField(_("失效日期"), null=True)
    published_at = models.DateTimeField(_("发布时间"), null=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("发布人")
    )
    is_example = models.BooleanField(_("示例"), default=False)
    copied_from = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="copies", verbose_name=_("复制自")
    )
    revision = models.PositiveIntegerField(_("修订次数"), default=0)
    digest = models.CharField(_("内容摘要"), max_length=64, default="")

    class Meta:
        verbose_name = _("亮灯规则版本")
        constraints = [
            models.UniqueConstraint(fields=["subject", "edition"], name="lamp_set_edition"),
            models.UniqueConstraint(fields=["subject", "valid_from"], name="lamp_set_one_start"),
            models.UniqueConstraint(
                fields=["subject"],
                condition=Q(published_at__isnull=False, valid_to__isnull=True),
                name="lamp_set_one_open",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=False, valid_from__isnull=False, is_example=False)
                | Q(published_at__isnull=True, valid_from__isnull=True, valid_to__isnull=True),
                name="lamp_set_published",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="lamp_set_days",
            ),
        ]

    def __str__(self) -> str:
        return self.edition

    @property
    def is_published(self) -> bool:
        return self.published_at is not None

    @property
    def is_draft(self) -> bool:
        return not self.is_published and not self.is_example


class Comparators(models.TextChoices):
    OVER = "over", _("超过")
    AT_LEAST = "at_least", _("达到")
    UNDER = "under", _("低于")
    AT_MOST = "at_most", _("不超过")


class RuleColours(models.TextChoices):
    YELLOW = "yellow", _("黄灯")
    RED = "red", _("红灯")


class Actions(models.TextChoices):
    """What has to follow. It is told to people; nothing happens by itself."""

    NONE = "", _("不另作要求")
    REMIND = "remind", _("提醒责任单位")
    SUPERVISION_ORDER = "supervision_order", _("交督办")
    LEAVE_LIBRARY = "leave_library", _("移出推进库")


class LampRule(models.Model):
    """A row of an edition: past which line of which metric the lamp turns. Rows of a published edition never change."""

    rule_set = models.ForeignKey(
        LampRuleSet, models.PROTECT, related_name="rules", verbose_name=_("亮灯规则版本")
    )
    position = models.PositiveSmallIntegerField(_("顺序"))
    group = models.CharField(_("适用范围"), max_length=30)
    band_from_yuan = models.BigIntegerField(_("规模下限（元）"), default=0)
    metric = models.CharField(_("看什么"), max_length=40)
    comparator = models.CharField(_("怎么比"), max_length=10, choices=Comparators)
    threshold = models.DecimalField(_("界线"), max_digits=9, decimal_places=2)
    colour = models.CharField(_("亮什么灯"), max_length=10, choices=RuleColours)
    consecutive = models.PositiveSmallIntegerField(_("连续期数"), default=1)
    excuse_allowed = models.BooleanField(_("暂停期间不亮灯"), default=True)
    action = models.CharField(_("措施"), max_length=30, choices=Actions, default="", blank=True)
    deadline_days = models.PositiveSmallIntegerField(_("措施期限（天）"), null=True)
    clause = models.CharField(_("条款"), max_length=CLAUSE_LENGTH, default="")

    class Meta:
        verbose_name = _("亮灯规则")
        constraints = [
            models.UniqueConstraint(
                fields=["rule_set", "group", "band_from_yuan", "metric", "colour", "consecutive", "action"],
                name="lamp_rule_alike",
            ),
            models.CheckConstraint(condition=Q(band_from_yuan__gte=0), name="lamp_rule_band"),
            models.CheckConstraint(condition=Q(consecutive__gte=1), name="lamp_rule_periods"),
        ]

    def __str__(self) -> str:
        return f"{self.rule_set_id} {self.position}"
