"""What is found: one row for each thing that has a name or a number; and what a person opened or keeps at hand."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SearchEntry(models.Model):
    """Derived from what it finds, in the same transaction; can be made anew at any time (`wutong reindex`).

    `names` and `codes` are what is compared at the end, one a line; the first name is the present one. `tokens` is
    what the full-text index of the database reads. `is_many`: one of the kinds that there are a hundred times more of.
    """

    kind = models.CharField(_("种类"), max_length=20)
    target_id = models.BigIntegerField(_("对象号"))
    is_many = models.BooleanField(_("是否大类"), default=False)
    names = models.TextField(_("名称"), default="")
    codes = models.TextField(_("编号"), default="")
    tokens = models.TextField(_("检索词"))

    class Meta:
        verbose_name = _("检索条目")
        constraints = [models.UniqueConstraint(fields=["kind", "target_id"], name="search_entry_once")]


class SearchMark(models.Model):
    """Something that a person opened from the search, or pinned."""

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="search_marks", verbose_name=_("账号")
    )
    kind = models.CharField(_("种类"), max_length=20)
    target_id = models.BigIntegerField(_("对象号"))
    opened_at = models.DateTimeField(_("打开时间"))
    is_pinned = models.BooleanField(_("是否置顶"), default=False)

    class Meta:
        verbose_name = _("检索记录")
        constraints = [
            models.UniqueConstraint(fields=["account", "kind", "target_id"], name="search_mark_once")
        ]
        indexes = [models.Index(fields=["account", "is_pinned", "-opened_at"], name="search_mark_recent")]
