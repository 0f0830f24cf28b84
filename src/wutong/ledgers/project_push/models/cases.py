"""The detail rows of a project's life and of a rectification."""

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
    PAPERS = "papers", _("手续资料")


class Rectification(CaseDetail):
    """A problem of a project and what is done about it (问题整改)."""

    case_type: ClassVar[str] = "rectification"

    problem = models.CharField(_("存在问题"), max_length=200)
    blocking_class = models.CharField(_("卡点类别"), max_length=20, choices=BlockingClass)
    measure = models.TextField(_("整改措施"), max_length=500)

    class Meta:
        verbose_name = _("问题整改")
