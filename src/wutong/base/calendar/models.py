"""The working-day calendar: one row per year with the State Council's notice, that year's exceptions, and the
office hours as dated rows."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class CalendarYear(models.Model):
    """A year whose notice is recorded. A year without a row is unpublished: due dates in it are provisional."""

    year = models.PositiveSmallIntegerField(_("年份"), primary_key=True)
    notice = models.CharField(_("国务院办公厅通知文号"), max_length=100)
    published_on = models.DateField(_("通知日期"))
    revision = models.PositiveIntegerField(_("修订次数"), default=0)

    class Meta:
        verbose_name = _("日历年")


class CalendarDay(models.Model):
    """An exception to Monday-Friday: a weekday off, or a make-up working day (调休)."""

    year = models.ForeignKey(
        CalendarYear, on_delete=models.PROTECT, related_name="days", verbose_name=_("年份")
    )
    day = models.DateField(_("日期"), unique=True)
    is_workday = models.BooleanField(_("是否上班"))

    class Meta:
        verbose_name = _("日历例外日")


class OfficeHours(models.Model):
    """Office hours from a day until the next row: summer and winter are two rows a year.

    Working hours and minutes of city clocks count within them. Without a break both spans are one.
    """

    valid_from = models.DateField(_("生效日期"), unique=True)
    label = models.CharField(_("名称"), max_length=30)
    opens = models.TimeField(_("上午上班"))
    break_from = models.TimeField(_("上午下班"), null=True)
    break_to = models.TimeField(_("下午上班"), null=True)
    closes = models.TimeField(_("下午下班"))
    source = models.CharField(_("依据"), max_length=100, default="")
    revision = models.PositiveIntegerField(_("修订次数"), default=0)

    class Meta:
        verbose_name = _("办公时间")
        constraints = [
            models.CheckConstraint(
                condition=Q(break_from__isnull=True, break_to__isnull=True, closes__gt=F("opens"))
                | Q(
                    break_from__gt=F("opens"),
                    break_to__gt=F("break_from"),
                    closes__gt=F("break_to"),
                ),
                name="office_hours_order",
            )
        ]
