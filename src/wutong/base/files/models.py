"""One row per content, whoever uploads it and how often."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from wutong.base.chain.rows import AppendOnlyModel


class StoredFile(AppendOnlyModel):
    """A content and where it came from first. The use of a file keeps its own name; `name` is the first one."""

    sha256 = models.CharField("SHA-256", max_length=64, unique=True)
    size = models.PositiveBigIntegerField(_("字节数"))
    content_type = models.CharField(_("内容类型"), max_length=100)
    name = models.CharField(_("文件名"), max_length=200)
    created_at = models.DateTimeField(_("保存时间"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("保存人")
    )

    class Meta:
        verbose_name = _("文件")
        verbose_name_plural = _("文件")

    def __str__(self) -> str:
        return self.name
