"""Case, change, assignment, task, evidence, gate rule, number. A ledger adds its own columns in a `CaseDetail`."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from wutong.base.chain.rows import AppendOnlyModel, ChainedRow, ChainHeadModel
from wutong.base.files.models import StoredFile
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.organisation.models import Official, Unit


class Case(ChainHeadModel):
    """A case (办件): work on a thing. Every column below `procedure_version` is a projection of its changes,
    written by `act` only and recounted by `wutong verify`."""

    case_type = models.CharField(_("事项"), max_length=30)
    number = models.CharField(_("办件编号"), max_length=30, unique=True)
    title = models.CharField(_("标题"), max_length=200)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="children", verbose_name=_("上级办件")
    )
    enterprise = models.ForeignKey(
        Enterprise,
        models.PROTECT,
        null=True,
        db_index=False,
        related_name="cases",
        verbose_name=_("相关企业"),
    )
    procedure_version = models.PositiveSmallIntegerField(_("流程版本"))
    state = models.CharField(_("状态"), max_length=30)
    is_open = models.BooleanField(_("是否在办"), default=True)
    result = models.CharField(_("办结结果"), max_length=30, default="")
    opened_on = models.DateField(_("开始日期"))
    changed_on = models.DateField(_("最近变更生效日期"))
    changed_at = models.DateTimeField(_("最近变更生效时间"), null=True)
    closed_on = models.DateField(_("办结日期"), null=True)
    host_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, related_name="hosted_cases", verbose_name=_("责任单位")
    )
    host_person = models.ForeignKey(
        Official, models.PROTECT, null=True, related_name="hosted_cases", verbose_name=_("责任人")
    )
    leader = models.ForeignKey(
        Official, models.PROTECT, null=True, related_name="led_cases", verbose_name=_("包保领导")
    )
    due_on = models.DateField(_("到期日"), null=True)
    amount_yuan = models.BigIntegerField(_("涉及金额（元）"), null=True)

    class Meta:
        verbose_name = _("办件")
        indexes = [
            models.Index(fields=["case_type", "leader", "state", "due_on"], name="case_leader_state_due"),
            models.Index(fields=["case_type", "state"], name="case_type_state"),
            # Whether any case of a type has changed is read from the index alone.
            models.Index(fields=["case_type", "last_seq"], name="case_type_last_seq"),
            models.Index(fields=["enterprise", "opened_on"], name="case_enterprise_opened"),
        ]

    def __str__(self) -> str:
        return self.number

    def chain_name(self) -> str:
        return f"case:{self.pk}"


class CaseDetail(models.Model):
    """The columns of one ledger, one row per case."""

    case = models.OneToOneField(
        Case, models.PROTECT, primary_key=True, related_name="+", verbose_name=_("办件")
    )

    case_type: ClassVar[str]

    class Meta:
        abstract = True


class Change(ChainedRow):
    """What happened to a case: written once by `act`, chained per case.

    `effective_on` is the day in the world, `recorded_at` the moment of knowledge. `position` is the place in the
    case's life: a correction takes the position of the change that it replaces. `effective_at` is the moment in the
    world, known where a clock of the procedure counts hours or minutes.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="changes", verbose_name=_("办件"))
    position = models.PositiveIntegerField(_("位次"))
    effective_on = models.DateField(_("生效日期"))
    effective_at = models.DateTimeField(_("生效时间"), null=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("操作人")
    )
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("代谁操作")
    )
    verb = models.CharField(_("动作"), max_length=30)
    state_before = models.CharField(_("变更前状态"), max_length=30, default="")
    state_after = models.CharField(_("变更后状态"), max_length=30)
    amount_yuan = models.BigIntegerField(_("变更后涉及金额（元）"), null=True)
    reason = models.CharField(_("理由"), max_length=500, default="")
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="replaced_by", verbose_name=_("更正哪一条")
    )
    request_key = models.CharField(_("防重键"), max_length=64, null=True, unique=True)
    snapshot = models.JSONField(_("变更后内容"), default=dict)

    class Meta:
        verbose_name = _("变更")
        constraints = [models.UniqueConstraint(fields=["case", "seq"], name="change_case_seq")]
        indexes = [
            models.Index(fields=["state_after", "effective_on", "case"], name="change_state_effective"),
            models.Index(fields=["case", "position"], name="change_case_position"),
        ]

    def chain_name(self) -> str:
        return f"case:{self.case_id}"

    def content(self) -> dict[str, Any]:
        moment = {} if self.effective_at is None else {"effective_at": self.effective_at}
        return {
            **moment,
            "position": self.position,
            "effective_on": self.effective_on,
            "actor": self.actor_id,
            "on_behalf_of": self.on_behalf_of_id,
            "verb": self.verb,
            "state_before": self.state_before,
            "state_after": self.state_after,
            "amount_yuan": self.amount_yuan,
            "reason": self.reason,
            "replaces": self.replaces_id,
            "request_key": self.request_key,
            "snapshot": self.snapshot,
        }


class Assignment(models.Model):
    """Who held which role in a case, from when to when. Delay is charged along these intervals.

    `is_awaited`: the host waits for this helper's answer; what is late meanwhile is the helper's.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="assignments", verbose_name=_("办件"))
    role = models.CharField(_("角色"), max_length=30)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("单位"))
    person = models.ForeignKey(Official, models.PROTECT, null=True, related_name="+", verbose_name=_("人员"))
    from_on = models.DateField(_("起始日期"))
    from_at = models.DateTimeField(_("起始时间"), null=True)
    to_on = models.DateField(_("结束日期"), null=True)
    to_at = models.DateTimeField(_("结束时间"), null=True)
    is_awaited = models.BooleanField(_("是否等待反馈"), default=False)

    class Meta:
        verbose_name = _("责任区间")
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(role="host", to_on__isnull=True), name="one_open_host"
            ),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")), name="assignment_dates"
            ),
        ]
        indexes = [
            models.Index(fields=["person", "case"], name="assignment_person"),
            models.Index(fields=["unit", "case"], name="assignment_unit"),
        ]


class Task(models.Model):
    """What a holder of a role owes while a case is in a state."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="tasks", verbose_name=_("办件"))
    role = models.CharField(_("角色"), max_length=30)
    state = models.CharField(_("状态"), max_length=30)
    opened_on = models.DateField(_("产生日期"))
    closed_on = models.DateField(_("完成日期"), null=True)

    class Meta:
        verbose_name = _("待办")
        indexes = [models.Index(fields=["closed_on", "case"], name="task_open")]


class Evidence(AppendOnlyModel):
    """A file that proves something about a case (佐证)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="evidence", verbose_name=_("办件"))
    change = models.ForeignKey(Change, models.PROTECT, related_name="evidence", verbose_name=_("变更"))
    kind = models.CharField(_("佐证种类"), max_length=30)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("文件"))
    name = models.CharField(_("文件名"), max_length=200)
    dated_on = models.DateField(_("文件日期"))
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("上传人")
    )

    class Meta:
        verbose_name = _("佐证")


class EvidenceCheck(AppendOnlyModel):
    """Somebody else looked at a piece of evidence and says whether it proves what it should."""

    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="checks", verbose_name=_("佐证"))
    change = models.ForeignKey(Change, models.PROTECT, related_name="+", verbose_name=_("变更"))
    is_accepted = models.BooleanField(_("是否认可"))
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("核验人")
    )

    class Meta:
        verbose_name = _("佐证核验")


class GateRule(models.Model):
    """One item of a gate (准入条件): field, document, approval or count that must be there to enter a state.

    Read alike by form, API, import and the "what is missing" panel. `valid_from` and `valid_to` compare with the day
    the case was opened, so that a running case keeps the edition of its time; `starts_for` and `ends_for` say where
    the office has decided that running cases follow the change too (then the day of the transition counts).
    `band_from_yuan` is the lowest size the rule holds for. `replaces` is the rule that this one takes the place of.
    """

    class For(models.TextChoices):
        NEW = "new", _("生效后新开始的办件")
        ALL = "all", _("正在办理的也适用")

    case_type = models.CharField(_("事项"), max_length=30)
    state = models.CharField(_("进入状态"), max_length=30)
    kind = models.CharField(
        _("类别"),
        max_length=20,
        choices=[
            ("field", _("字段")),
            ("document", _("文件")),
            ("approval", _("批复")),
            ("count", _("数量")),
        ],
    )
    item = models.CharField(_("条件"), max_length=30)
    label = models.CharField(_("名称"), max_length=100)
    minimum = models.PositiveIntegerField(_("最少数量"), default=1)
    band_from_yuan = models.BigIntegerField(_("规模下限（元）"), default=0)
    provider = models.CharField(_("办理单位"), max_length=50, default="")
    edition = models.CharField(_("版本"), max_length=30)
    valid_from = models.DateField(_("生效日期"))
    valid_to = models.DateField(_("失效日期"), null=True)
    starts_for = models.CharField(_("生效对象"), max_length=10, choices=For, default=For.NEW)
    ends_for = models.CharField(_("失效对象"), max_length=10, choices=For, default=For.NEW)
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="replaced_by", verbose_name=_("取代哪一条")
    )
    order = models.PositiveSmallIntegerField(_("顺序"), default=0)

    class Meta:
        verbose_name = _("准入条件")
        constraints = [
            models.UniqueConstraint(
                fields=["case_type", "state", "item", "band_from_yuan", "valid_from"], name="gate_rule_once"
            )
        ]


class NumberCounter(models.Model):
    """The last case number of a type and year. Signed, so that a removed last case is noticed."""

    prefix = models.CharField(_("编号前缀"), max_length=10)
    year = models.PositiveSmallIntegerField(_("年份"))
    last = models.PositiveIntegerField(_("最后编号"), default=0)
    mac = models.CharField(_("签名"), max_length=64, default="")

    class Meta:
        verbose_name = _("编号计数")
        constraints = [models.UniqueConstraint(fields=["prefix", "year"], name="number_counter_once")]
