"""Counts that were told to somebody: they never change, what was learned later stands beside them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from wutong.base.chain.rows import AppendOnlyModel


class PublishedCount(AppendOnlyModel):
    """A table of project counts as it was published (公布口径): as of which day, with what was known when, and which
    projects each number held. `known_at` repeats it exactly; a later count names the changes that make the difference."""

    title = models.CharField(_("标题"), max_length=100)
    from_on = models.DateField(_("期初"), null=True)
    as_of = models.DateField(_("数据日"))
    known_at = models.DateTimeField(_("已知至"))
    numbers = models.JSONField(_("数字"))
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("公布人")
    )
    published_at = models.DateTimeField(_("公布时间"))

    class Meta:
        verbose_name = _("公布的项目数")
        indexes = [models.Index(fields=["as_of"], name="published_count_as_of")]
