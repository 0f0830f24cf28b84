"""The working-day calendar: one row per year with the State Council's notice, and that year's exceptions."""

from django.db import models
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
