"""The record of what was uploaded for import, and what became of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from wutong.base.files.models import StoredFile


class ImportBatch(models.Model):
    """One upload (导入批次): checked, then imported once, or refused as a whole.

    The file is the only source of the rows: they are read again from it when they are imported. `report` says
    places and counts, never a value of a cell. A refused upload whose content is not kept has no stored file.
    """

    class State(models.TextChoices):
        CHECKED = "checked", _("已预检")
        IMPORTED = "imported", _("已入库")
        REFUSED = "refused", _("未通过")

    sheet_code = models.CharField(_("表"), max_length=60)
    file_name = models.CharField(_("文件名"), max_length=200)
    stored_file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, related_name="+", verbose_name=_("文件")
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("上传人")
    )
    created_at = models.DateTimeField(_("上传时间"))
    state = models.CharField(_("状态"), max_length=10, choices=State)
    accepted_count = models.PositiveIntegerField(_("可入库行数"), default=0)
    refused_count = models.PositiveIntegerField(_("有错行数"), default=0)
    skipped_count = models.PositiveIntegerField(_("跳过行数"), default=0)
    report = models.JSONField(_("预检结果"), default=dict)
    imported_at = models.DateTimeField(_("入库时间"), null=True)
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("入库人")
    )
    idempotency_key = models.CharField(_("提交标识"), max_length=64, unique=True)

    class Meta:
        verbose_name = _("导入批次")
        verbose_name_plural = _("导入批次")
        indexes = [models.Index(fields=["sheet_code", "created_at"], name="exchange_sheet_created")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="imported", imported_at__isnull=False, imported_by__isnull=False)
                | (~Q(state="imported") & Q(imported_at__isnull=True, imported_by__isnull=True)),
                name="exchange_imported_by_whom",
            )
        ]

    def __str__(self) -> str:
        return self.file_name
