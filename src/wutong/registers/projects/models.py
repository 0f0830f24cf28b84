"""Projects: identity and dated facts. A project's life is one long case of the ledger `project_push`."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from wutong.registers.enterprises.models import Enterprise
from wutong.registers.history.models import RegisterEntry
from wutong.registers.organisation.models import Unit


class Project(RegisterEntry):
    entry_kind: ClassVar[str] = "project"

    code = models.CharField(_("项目编号"), max_length=30, unique=True)
    name = models.CharField(_("项目名称"), max_length=200)
    identity = models.CharField(_("查重值"), max_length=64, unique=True)
    investor = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="invested_projects", verbose_name=_("投资方")
    )
    company = models.ForeignKey(
        Enterprise, models.PROTECT, null=True, related_name="own_projects", verbose_name=_("项目公司")
    )
    team = models.ForeignKey(
        Unit, models.PROTECT, null=True, related_name="projects", verbose_name=_("产业招商组")
    )
    content = models.TextField(_("建设内容"), default="")
    place = models.CharField(_("建设地点"), max_length=100, default="")
    total_investment_yuan = models.BigIntegerField(_("总投资（元）"))
    phase_one_yuan = models.BigIntegerField(_("一期投资（元）"), null=True)
    land_mu = models.DecimalField(_("用地（亩）"), max_digits=10, decimal_places=2, null=True)
    plan_start_on = models.DateField(_("计划开工"), null=True)
    plan_production_on = models.DateField(_("计划投产"), null=True)
    longitude = models.DecimalField(_("经度"), max_digits=9, decimal_places=6, null=True)
    latitude = models.DecimalField(_("纬度"), max_digits=9, decimal_places=6, null=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="doubles", verbose_name=_("并入项目")
    )

    class Meta:
        verbose_name = _("项目")
        constraints = [
            models.CheckConstraint(condition=Q(total_investment_yuan__gte=0), name="project_investment"),
        ]

    def __str__(self) -> str:
        return self.name


class ProjectMerge(RegisterEntry):
    """One merge of a project that was entered twice into the entry that stays, and whether it was taken back. `moved`
    lists the facts that went along: `[label of the model, key]`."""

    entry_kind: ClassVar[str] = "project_merge"

    kept = models.ForeignKey(Project, models.PROTECT, related_name="merges", verbose_name=_("保留的项目"))
    double = models.ForeignKey(
        Project, models.PROTECT, related_name="merges_away", verbose_name=_("被并入的项目")
    )
    moved = models.JSONField(_("转移的记录"), default=list)
    is_undone = models.BooleanField(_("是否已撤销"), default=False)

    class Meta:
        verbose_name = _("项目合并")


class ProjectDistinct(RegisterEntry):
    """Somebody looked at two projects that seem to be one and says that they are two, and whether that was taken back.
    `first` was entered earlier."""

    entry_kind: ClassVar[str] = "project_distinct"

    first = models.ForeignKey(Project, models.PROTECT, related_name="+", verbose_name=_("项目"))
    second = models.ForeignKey(Project, models.PROTECT, related_name="+", verbose_name=_("另一个项目"))
    is_undone = models.BooleanField(_("是否已撤销"), default=False)

    class Meta:
        verbose_name = _("项目非重复认定")
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="project_distinct_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="project_distinct_order"),
        ]
