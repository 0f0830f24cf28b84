"""Rounds, the reports of a round, and which reminders went out.

Every hand-in, return, correction and lock of a report is a chained change of its register entry, with the values that
held from then on: the history of a report is the list of its changes.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from wutong.cases.models import Case
from wutong.registers.history.models import RegisterEntry
from wutong.registers.organisation.models import Official, Unit


class Round(RegisterEntry):
    """One period of one kind of report: opened, due, and at some time locked."""

    entry_kind: ClassVar[str] = "report_round"

    kind = models.CharField(_("填报种类"), max_length=30)
    period = models.CharField(_("填报期"), max_length=10)
    opened_on = models.DateField(_("发起日期"))
    due_on = models.DateField(_("填报截止日"))
    locked_at = models.DateTimeField(_("锁定时间"), null=True)
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("锁定人")
    )

    class Meta:
        verbose_name = _("填报轮次")
        constraints = [models.UniqueConstraint(fields=["kind", "period"], name="round_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.period}"


class ReportState(models.TextChoices):
    OWED = "owed", _("待报")
    SUBMITTED = "submitted", _("已报")
    RETURNED = "returned", _("已退回")
    LOCKED = "locked", _("已锁定")


class Report(RegisterEntry):
    """What is reported of one case in one round. `unit` and `person` owed it when the round was opened, `due_unit` and
    `due_person` on the due day; who owes it now is the host of the case. `first_submitted_on` never changes, so that
    what came late stays late. `submitted_by` is the author of the values that hold."""

    entry_kind: ClassVar[str] = "round_report"

    round = models.ForeignKey(Round, models.PROTECT, related_name="reports", verbose_name=_("填报轮次"))
    case = models.ForeignKey(Case, models.PROTECT, related_name="reports", verbose_name=_("办件"))
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, related_name="+", verbose_name=_("发起时的责任单位")
    )
    person = models.ForeignKey(
        Official, models.PROTECT, null=True, related_name="+", verbose_name=_("发起时的责任人")
    )
    due_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, related_name="+", verbose_name=_("截止日的责任单位")
    )
    due_person = models.ForeignKey(
        Official, models.PROTECT, null=True, related_name="+", verbose_name=_("截止日的责任人")
    )
    state = models.CharField(_("填报状态"), max_length=10, choices=ReportState, default=ReportState.OWED)
    values = models.JSONField(_("填报内容"), default=dict)
    first_submitted_on = models.DateField(_("首次报送日期"), null=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("填报人")
    )
    return_reason = models.CharField(_("退回理由"), max_length=500, default="")

    class Meta:
        verbose_name = _("填报")
        constraints = [models.UniqueConstraint(fields=["round", "case"], name="round_report_once")]
        indexes = [models.Index(fields=["round", "state"], name="round_report_state")]


class RoundReminder(models.Model):
    """A reminder of a round that went out: each of its steps once, whoever asks at the same moment."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="reminders", verbose_name=_("填报轮次"))
    step = models.CharField(_("提醒步骤"), max_length=20)
    sent_at = models.DateTimeField(_("提醒时间"))

    class Meta:
        verbose_name = _("催报记录")
        constraints = [models.UniqueConstraint(fields=["round", "step"], name="round_reminder_once")]
