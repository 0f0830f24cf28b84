"""The record of what was uploaded for import, and what became of it; how a zone lays out its official documents."""

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


LAYOUT_TEXT_LENGTH, COPIES_LENGTH = 60, 500


class OfficialLayout(models.Model):
    """How documents of a kind look in this zone (公文版式), within GB/T 9704. A kind without a row looks as the standard
    has it. Fonts are names: a word processor takes its own, a PDF the nearest one of the server."""

    class Kind(models.TextChoices):
        MINUTES = "minutes", _("会议纪要")
        NOTICE = "notice", _("通知")

    kind = models.CharField(_("文种"), max_length=20, choices=Kind, unique=True)
    mark = models.CharField(_("发文机关标志"), max_length=LAYOUT_TEXT_LENGTH)
    number_pattern = models.CharField(_("发文字号格式"), max_length=LAYOUT_TEXT_LENGTH)
    copies_to = models.CharField(_("抄送机关"), max_length=COPIES_LENGTH, blank=True)
    printed_by = models.CharField(_("印发机关"), max_length=LAYOUT_TEXT_LENGTH, blank=True)
    is_red = models.BooleanField(_("红色版头"), default=True)
    is_sealed = models.BooleanField(_("加盖印章"), default=True)
    title_font = models.CharField(_("标题字体"), max_length=60)
    body_font = models.CharField(_("正文字体"), max_length=60)
    heading_font = models.CharField(_("一级标题字体"), max_length=60)
    subheading_font = models.CharField(_("二级标题字体"), max_length=60)
    number_font = models.CharField(_("页码字体"), max_length=60)
    revision = models.PositiveIntegerField(_("修订次数"), default=1)
    changed_at = models.DateTimeField(_("修改时间"))
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("修改人")
    )

    class Meta:
        verbose_name = _("公文版式")
        verbose_name_plural = _("公文版式")
        constraints = [
            models.CheckConstraint(
                condition=Q(number_pattern__contains="{number}"), name="exchange_layout_has_number"
            )
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
