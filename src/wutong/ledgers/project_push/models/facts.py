"""Dated facts of a project: nodes, investment by year and month, money arrived, participants, visits.

All but visits are register entries, written by `record`: a planned day that moves keeps its history. Money is whole yuan.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from wutong.base.chain.rows import AppendOnlyModel
from wutong.registers.history.models import RegisterEntry
from wutong.registers.organisation.models import Official, Unit
from wutong.registers.projects.models import Project


class NodeCode(models.TextChoices):
    """The nodes of a project (节点), in the order of its life. The states of its case are nodes too and stand in its
    changes: signing, start, production, capacity are never written here."""

    FILING = "filing", _("立项备案")
    APPROVAL = "approval", _("项目批准")
    LAND = "land", _("取得用地")
    ENERGY = "energy", _("节能审查")
    ENVIRONMENT = "environment", _("环评批复")
    PLANNING = "planning", _("规划许可")
    PERMIT = "permit", _("施工许可")
    BUILDING = "building", _("主体施工")
    TOPPED_OUT = "topped_out", _("主体封顶")
    COMPLETION = "completion", _("竣工验收")
    EQUIPMENT = "equipment", _("设备安装")
    TRIAL = "trial", _("试生产")


class ProjectNode(RegisterEntry):
    """One node of a project: until when it is planned, when it was reached, who answers for it, by which document."""

    entry_kind: ClassVar[str] = "project_node"

    project = models.ForeignKey(Project, models.PROTECT, related_name="nodes", verbose_name=_("项目"))
    code = models.CharField(_("节点"), max_length=20, choices=NodeCode)
    plan_on = models.DateField(_("完成时限"), null=True)
    actual_on = models.DateField(_("完成日期"), null=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name=_("责任单位"))
    person = models.ForeignKey(
        Official, models.PROTECT, null=True, related_name="+", verbose_name=_("责任人")
    )
    arrangement = models.CharField(_("安排"), max_length=500, default="")
    outcome = models.CharField(_("完成情况"), max_length=500, default="")
    document_no = models.CharField(_("文号"), max_length=100, default="")

    class Meta:
        verbose_name = _("项目节点")
        constraints = [models.UniqueConstraint(fields=["project", "code"], name="project_node_once")]


class YearPlan(RegisterEntry):
    """The planned investment of a project in one year (年度计划投资)."""

    entry_kind: ClassVar[str] = "project_year_plan"

    project = models.ForeignKey(Project, models.PROTECT, related_name="year_plans", verbose_name=_("项目"))
    year = models.PositiveSmallIntegerField(_("年份"))
    planned_yuan = models.BigIntegerField(_("计划完成投资（元）"))

    class Meta:
        verbose_name = _("年度投资计划")
        constraints = [
            models.UniqueConstraint(fields=["project", "year"], name="project_year_plan_once"),
            models.CheckConstraint(condition=Q(planned_yuan__gte=0), name="project_year_plan_amount"),
        ]


class MonthReport(RegisterEntry):
    """The investment of a project in one month as reported (月报): planned and done. A month that nobody reported has no
    row: it is missing, not nought."""

    entry_kind: ClassVar[str] = "project_month"

    project = models.ForeignKey(Project, models.PROTECT, related_name="months", verbose_name=_("项目"))
    year = models.PositiveSmallIntegerField(_("年份"))
    month = models.PositiveSmallIntegerField(_("月份"))
    planned_yuan = models.BigIntegerField(_("计划完成投资（元）"), null=True)
    done_yuan = models.BigIntegerField(_("完成投资（元）"))
    progress = models.CharField(_("形象进度"), max_length=1000, default="")

    class Meta:
        verbose_name = _("投资月报")
        constraints = [
            models.UniqueConstraint(fields=["project", "year", "month"], name="project_month_once"),
            models.CheckConstraint(condition=Q(month__gte=1, month__lte=12), name="project_month_number"),
        ]


class FundSource(models.TextChoices):
    OWN = "own", _("企业自筹")
    OUTSIDE = "outside", _("省外资金")
    BANK = "bank", _("银行贷款")
    FISCAL = "fiscal", _("财政资金")
    FUND = "fund", _("产业基金")
    FOREIGN = "foreign", _("境外资金")
    OTHER = "other", _("其他")


class ProjectFunds(RegisterEntry):
    """Money that was planned and arrived in one month from one source (到位资金)."""

    entry_kind: ClassVar[str] = "project_funds"

    project = models.ForeignKey(Project, models.PROTECT, related_name="funds", verbose_name=_("项目"))
    year = models.PositiveSmallIntegerField(_("年份"))
    month = models.PositiveSmallIntegerField(_("月份"))
    source = models.CharField(_("资金来源"), max_length=20, choices=FundSource)
    planned_yuan = models.BigIntegerField(_("计划到位（元）"), null=True)
    arrived_yuan = models.BigIntegerField(_("到位（元）"))
    source_note = models.CharField(_("来源说明"), max_length=200, default="")

    class Meta:
        verbose_name = _("到位资金")
        constraints = [
            models.UniqueConstraint(fields=["project", "year", "month", "source"], name="project_funds_once"),
            models.CheckConstraint(condition=Q(month__gte=1, month__lte=12), name="project_funds_month"),
        ]


class PartnerRole(models.TextChoices):
    SURVEY = "survey", _("勘察单位")
    DESIGN = "design", _("设计单位")
    BUILDER = "builder", _("施工单位")
    SUPERVISOR = "supervisor", _("监理单位")
    EQUIPMENT = "equipment", _("设备供应商")
    FINANCE = "finance", _("融资机构")
    OTHER = "other", _("其他")


class Participant(RegisterEntry):
    """A firm that takes part in a project (参与单位), from a day to the day before `to_on`."""

    entry_kind: ClassVar[str] = "project_participant"

    project = models.ForeignKey(Project, models.PROTECT, related_name="participants", verbose_name=_("项目"))
    role = models.CharField(_("参与角色"), max_length=20, choices=PartnerRole)
    name = models.CharField(_("单位名称"), max_length=200)
    from_on = models.DateField(_("起始日期"))
    to_on = models.DateField(_("结束日期"), null=True)

    class Meta:
        verbose_name = _("参与单位")


class ProjectVisit(AppendOnlyModel):
    """Somebody of the zone was at the project (走访): happened once, never changes."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="visits", verbose_name=_("项目"))
    on = models.DateField(_("走访日期"))
    visitors = models.CharField(_("走访人员"), max_length=200)
    place = models.CharField(_("走访地点"), max_length=100, default="")
    said = models.TextField(_("了解的情况"), max_length=1000)
    next_step = models.CharField(_("下一步"), max_length=500, default="")
    next_on = models.DateField(_("下一步时限"), null=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("登记人")
    )
    recorded_at = models.DateTimeField(_("登记时间"))

    class Meta:
        verbose_name = _("项目走访")
        indexes = [models.Index(fields=["project", "on"], name="project_visit_on")]
