"""The rows of a clock. Days are in `*_on`; clocks of hours and minutes have the moment in `*_at` as well."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from wutong.cases.models.cases import Case, Change, Evidence


class Clock(models.Model):
    """A time limit of one case: a budget and the segments in which it ran (see `clocks.state`).

    `budget` is in units, as the law writes it; `total`, `consumed` and `late` are in ticks (working days, days, seconds).
    `next_at` is the moment at which the sweep has to look at it again. `fired` are the rungs that are done.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="clocks", verbose_name=_("办件"))
    code = models.CharField(_("时限"), max_length=30)
    basis = models.CharField(_("依据类别"), max_length=20)
    article = models.CharField(_("依据"), max_length=200)
    unit = models.CharField(_("单位"), max_length=20)
    rolls = models.BooleanField(_("末日遇休息日是否顺延"), default=True)
    budget = models.PositiveIntegerField(_("预算"))
    total = models.PositiveBigIntegerField(_("预算（计时单元）"), default=0)
    started_on = models.DateField(_("起算日期"), null=True)
    started_at = models.DateTimeField(_("起算时间"), null=True)
    running_since = models.DateField(_("本段起算日期"), null=True)
    running_since_at = models.DateTimeField(_("本段起算时间"), null=True)
    consumed = models.PositiveBigIntegerField(_("以前各段已用"), default=0)
    late = models.PositiveBigIntegerField(_("其中超时"), default=0)
    due_on = models.DateField(_("到期日"), null=True)
    due_at = models.DateTimeField(_("到期时间"), null=True)
    is_provisional = models.BooleanField(_("是否暂定"), default=False)
    state = models.CharField(_("时限状态"), max_length=20)
    missed_on = models.DateField(_("超时起始日期"), null=True)
    missed_at = models.DateTimeField(_("超时起始时间"), null=True)
    ended_on = models.DateField(_("结束日期"), null=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True)
    extensions = models.PositiveSmallIntegerField(_("已延期次数"), default=0)
    rungs = models.JSONField(_("提醒阶梯"), default=list)
    fired = models.JSONField(_("已到的阶梯"), default=list)
    next_at = models.DateTimeField(_("下次检查时间"), null=True)
    supersedes = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="superseded_by", verbose_name=_("取代哪个时限")
    )

    class Meta:
        verbose_name = _("时限")
        constraints = [
            models.UniqueConstraint(
                fields=["case", "code"], condition=Q(ended_on__isnull=True), name="one_live_clock"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["met", "void", "superseded"], ended_on__isnull=True),
                name="clock_ended",
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="clock_next"),
            models.Index(fields=["due_on"], condition=Q(ended_on__isnull=True), name="clock_live_due"),
        ]


class ClockSegment(models.Model):
    """One stretch in which a clock ran; open while it runs. What lies after `late_from` is delay."""

    clock = models.ForeignKey(Clock, models.PROTECT, related_name="segments", verbose_name=_("时限"))
    from_on = models.DateField(_("起始日期"))
    from_at = models.DateTimeField(_("起始时间"), null=True)
    to_on = models.DateField(_("结束日期"), null=True)
    to_at = models.DateTimeField(_("结束时间"), null=True)
    late_from_on = models.DateField(_("超时起始日期"), null=True)
    late_from_at = models.DateTimeField(_("超时起始时间"), null=True)

    class Meta:
        verbose_name = _("计时段")
        constraints = [
            models.UniqueConstraint(
                fields=["clock"], condition=Q(to_on__isnull=True), name="one_open_segment"
            )
        ]


class ClockSuspension(models.Model):
    """A time in which a clock rests, with its permitted reason, its end told in advance and its notice."""

    clock = models.ForeignKey(Clock, models.PROTECT, related_name="suspensions", verbose_name=_("时限"))
    change = models.ForeignKey(Change, models.PROTECT, related_name="+", verbose_name=_("变更"))
    reason = models.CharField(_("中止理由"), max_length=30)
    article = models.CharField(_("依据"), max_length=200)
    from_on = models.DateField(_("起始日期"))
    from_at = models.DateTimeField(_("起始时间"), null=True)
    ends_on = models.DateField(_("最迟恢复日期"), null=True)
    ends_at = models.DateTimeField(_("最迟恢复时间"), null=True)
    to_on = models.DateField(_("恢复日期"), null=True)
    to_at = models.DateTimeField(_("恢复时间"), null=True)
    notice = models.ForeignKey(
        Evidence, models.PROTECT, null=True, related_name="+", verbose_name=_("书面告知")
    )

    class Meta:
        verbose_name = _("中止计时")
        constraints = [
            models.UniqueConstraint(
                fields=["clock"], condition=Q(to_on__isnull=True), name="one_open_suspension"
            ),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")), name="suspension_dates"
            ),
        ]


class ClockRung(models.Model):
    """A rung that was reached: inserting the row is the claim, therefore it happens once.

    `is_late_entry`: it lay in the past when the case was entered, and nothing followed. `ended_by`: the due day moved on, or a
    completion was entered that lay before it; then the rung no longer counts and may be reached again.
    """

    clock = models.ForeignKey(Clock, models.PROTECT, related_name="reached", verbose_name=_("时限"))
    rung = models.CharField(_("阶梯"), max_length=30)
    reached_at = models.DateTimeField(_("到达时间"))
    change = models.ForeignKey(Change, models.PROTECT, related_name="+", verbose_name=_("变更"))
    is_late_entry = models.BooleanField(_("是否补录"), default=False)
    ended_by = models.ForeignKey(
        Change, models.PROTECT, null=True, related_name="+", verbose_name=_("因哪次变更不再计")
    )

    class Meta:
        verbose_name = _("时限阶梯")
        constraints = [
            models.UniqueConstraint(
                fields=["clock", "rung"], condition=Q(ended_by__isnull=True), name="rung_once"
            )
        ]


class ClockRule(models.Model):
    """What an office sets about a clock of a case type: days, source and rungs, from a day on.

    Holds for clocks that start while it is in force; a running clock keeps what it started with.
    """

    case_type = models.CharField(_("事项"), max_length=30)
    clock = models.CharField(_("时限"), max_length=30)
    budget = models.PositiveIntegerField(_("预算"), null=True)
    article = models.CharField(_("依据"), max_length=200)
    rungs = models.JSONField(_("提醒阶梯"), null=True)
    edition = models.CharField(_("版本"), max_length=30)
    valid_from = models.DateField(_("生效日期"))
    valid_to = models.DateField(_("失效日期"), null=True)

    class Meta:
        verbose_name = _("时限规则")
        constraints = [
            models.UniqueConstraint(fields=["case_type", "clock", "valid_from"], name="clock_rule_once")
        ]
