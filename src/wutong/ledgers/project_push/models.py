"""The detail rows of a project's life and of a rectification, and the dated lamp rules."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from wutong.cases.models import CaseDetail
from wutong.registers.projects.models import Project


class ProjectPush(CaseDetail):
    """The life of one project (推进): its state is the state of this case."""

    case_type: ClassVar[str] = "project_push"

    project = models.OneToOneField(Project, models.PROTECT, related_name="push", verbose_name=_("项目"))
    latest_progress = models.TextField(_("最新进展"), default="", max_length=1000)

    class Meta:
        verbose_name = _("项目推进")


class BlockingClass(models.TextChoices):
    LAND = "land", _("土地")
    REVIEW = "review", _("环评能评")
    PERMIT = "permit", _("许可")
    MONEY = "money", _("资金")
    MARKET = "market", _("市场")
    INVESTOR = "investor", _("投资方变更")
    LABOUR = "labour", _("用工")


class Rectification(CaseDetail):
    """A problem of a project and what is done about it (问题整改)."""

    case_type: ClassVar[str] = "rectification"

    problem = models.CharField(_("存在问题"), max_length=200)
    blocking_class = models.CharField(_("卡点类别"), max_length=20, choices=BlockingClass)
    measure = models.TextField(_("整改措施"), max_length=500)

    class Meta:
        verbose_name = _("问题整改")


class LampRule(models.Model):
    """Days after which a stalled project turns yellow or red, by stage and size band. Edited by the office."""

    stage = models.CharField(
        _("阶段"), max_length=20, choices=[("signed", _("签约未开工")), ("started", _("开工未投产"))]
    )
    band_from_yuan = models.BigIntegerField(_("规模下限（元）"))
    yellow_days = models.PositiveIntegerField(_("黄灯天数"))
    red_days = models.PositiveIntegerField(_("红灯天数"))
    idle_yellow_days = models.PositiveIntegerField(_("无进展黄灯天数"))
    idle_red_days = models.PositiveIntegerField(_("无进展红灯天数"))
    edition = models.CharField(_("版本"), max_length=30)
    clause = models.CharField(_("条款"), max_length=30)
    valid_from = models.DateField(_("生效日期"))
    valid_to = models.DateField(_("失效日期"), null=True)

    class Meta:
        verbose_name = _("亮灯规则")
        constraints = [
            models.UniqueConstraint(fields=["stage", "band_from_yuan", "valid_from"], name="lamp_rule_once")
        ]
