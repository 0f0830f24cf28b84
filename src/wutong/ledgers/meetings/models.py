"""The detail row of a meeting, its agenda, what it decided, and the words of its minutes."""

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from wutong.base.chain.rows import AppendOnlyModel
from wutong.cases.models import Case, CaseDetail
from wutong.registers.history.models import RegisterEntry
from wutong.registers.organisation.models import Official, Unit


class DispatchMeeting(CaseDetail):
    """One dispatch meeting (调度会). Chair, recorder and participants are assignments of its case.

    `ordinal` counts the meetings of a year; `begins` is a time of the day as it is announced (08:30).
    """

    case_type: ClassVar[str] = "dispatch_meeting"

    year = models.PositiveSmallIntegerField(_("年份"))
    ordinal = models.PositiveSmallIntegerField(_("第几次"))
    title = models.CharField(_("会议名称"), max_length=100)
    meeting_on = models.DateField(_("会议日期"))
    begins = models.CharField(
        _("开始时间"),
        max_length=5,
        validators=[RegexValidator(r"^([01]\d|2[0-3]):[0-5]\d$", _("请写成08:30。"))],
    )
    place = models.CharField(_("会议地点"), max_length=100)
    excused = models.CharField(_("请假"), max_length=300, default="", blank=True)
    attending = models.CharField(_("列席"), max_length=300, default="", blank=True)

    class Meta:
        verbose_name = _("调度会")
        constraints = [models.UniqueConstraint(fields=["year", "ordinal"], name="meeting_of_year_once")]


class ItemState(models.TextChoices):
    WAITING = "waiting", _("待议")
    DISCUSSED = "discussed", _("已议")
    SKIPPED = "skipped", _("本次未议")
    REMOVED = "removed", _("已移出")


class AgendaItem(RegisterEntry):
    """One case on the agenda of a meeting (议题). Lamp, reason and days are those of the day the agenda was made and
    do not follow the case afterwards; why something was removed stands in its history."""

    entry_kind: ClassVar[str] = "agenda_item"

    meeting = models.ForeignKey(
        DispatchMeeting, models.PROTECT, related_name="items", verbose_name=_("调度会")
    )
    position = models.PositiveSmallIntegerField(_("顺序"))
    case = models.ForeignKey(Case, models.PROTECT, related_name="agenda_items", verbose_name=_("办件"))
    leader = models.ForeignKey(
        Official, models.PROTECT, null=True, related_name="+", verbose_name=_("包保领导")
    )
    lamp = models.CharField(_("亮灯"), max_length=10, default="")
    reason = models.CharField(_("上会原因"), max_length=500, default="")
    days_over = models.PositiveIntegerField(_("超线天数"), default=0)
    source = models.CharField(_("来源"), max_length=30, default="")
    state = models.CharField(_("状态"), max_length=20, choices=ItemState, default=ItemState.WAITING)

    class Meta:
        verbose_name = _("议题")
        constraints = [models.UniqueConstraint(fields=["meeting", "case"], name="agenda_case_once")]


class Decision(RegisterEntry):
    """What a meeting decided about one item (会议决定). `kinds` are codes of declared kinds, joined by a plus sign.

    `version` counts the corrections: results of earlier versions were taken back.
    """

    entry_kind: ClassVar[str] = "meeting_decision"

    meeting = models.ForeignKey(
        DispatchMeeting, models.PROTECT, related_name="decisions", verbose_name=_("调度会")
    )
    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="decisions", verbose_name=_("议题"))
    number = models.PositiveSmallIntegerField(_("决定序号"))
    text = models.CharField(_("事项"), max_length=500)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name=_("责任单位"))
    person = models.ForeignKey(
        Official, models.PROTECT, null=True, related_name="+", verbose_name=_("责任人")
    )
    due_on = models.DateField(_("时限"), null=True)
    kinds = models.CharField(_("生成"), max_length=100)
    version = models.PositiveSmallIntegerField(_("第几稿"), default=1)
    withdrawn_on = models.DateField(_("撤回日期"), null=True)
    request_key = models.CharField(_("防重键"), max_length=64, null=True, unique=True)

    class Meta:
        verbose_name = _("会议决定")
        constraints = [models.UniqueConstraint(fields=["meeting", "number"], name="decision_number_once")]


class DecisionResult(AppendOnlyModel):
    """What a decision did: the case it opened or changed, and the change that it wrote there. Those of the decision's
    present version hold; earlier ones were taken back when it was corrected."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="results", verbose_name=_("会议决定"))
    version = models.PositiveSmallIntegerField(_("第几稿"))
    kind = models.CharField(_("种类"), max_length=30)
    case = models.ForeignKey(Case, models.PROTECT, related_name="decided_by", verbose_name=_("办件"))
    seq = models.PositiveIntegerField(_("变更序号"))

    class Meta:
        verbose_name = _("决定生成的办件")
        constraints = [
            models.UniqueConstraint(fields=["decision", "version", "kind"], name="decision_result_once")
        ]


class MinutesSection(RegisterEntry):
    """The words of one part of the minutes (纪要) where somebody wrote others than those that follow from the rows."""

    entry_kind: ClassVar[str] = "minutes_section"

    meeting = models.ForeignKey(
        DispatchMeeting, models.PROTECT, related_name="sections", verbose_name=_("调度会")
    )
    key = models.CharField(_("部分"), max_length=30)
    text = models.TextField(_("内容"), max_length=3000)

    class Meta:
        verbose_name = _("纪要段落")
        constraints = [models.UniqueConstraint(fields=["meeting", "key"], name="minutes_section_once")]
