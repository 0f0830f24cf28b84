"""Notices, how each person wants them, and their way out of the product."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from wutong.base.notices.masking import mask_destination
from wutong.base.personal.fields import EncryptedTextField

KEY_LENGTH = 200
LINK_LENGTH = 300
REFERENCE_LENGTH = 100


class Channel(models.TextChoices):
    """Ways out of the product. The inbox is no channel: everything is there anyway."""

    SMS = "sms", _("短信")
    WORK_CHAT = "work_chat", _("企业微信")
    EMAIL = "email", _("电子邮件")


class Mode(models.TextChoices):
    AT_ONCE = "at_once", _("随时发")
    DIGEST = "digest", _("并入每天早上的汇总")
    INBOX = "inbox", _("只进收件箱")


class DeliveryState(models.TextChoices):
    CREATED = "created", _("待发送")
    SENT = "sent", _("已发送")
    DELIVERED = "delivered", _("已送达")
    FAILED_TEMPORARILY = "failed_temporarily", _("暂未发出，稍后再试")
    FAILED = "failed", _("未送达")


TO_SEND = (DeliveryState.CREATED, DeliveryState.FAILED_TEMPORARILY)


class Notice(models.Model):
    """Something one person is told. Its words are made when it is read, from `kind` and `params`.

    `key` names what is told and to whom, so that it is told once. `batch` names the call that wrote the row: by
    it `notify` knows its own rows from those that were there. `awaits_digest` until a morning digest has it.
    """

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="notices", verbose_name=_("收件人")
    )
    kind = models.CharField(_("种类"), max_length=60)
    params = models.JSONField(_("内容参数"), default=dict)
    link = models.CharField(_("链接"), max_length=LINK_LENGTH)
    key = models.CharField(_("去重键"), max_length=KEY_LENGTH, unique=True)
    batch = models.UUIDField(_("写入批次"))
    awaits_digest = models.BooleanField(_("待汇总"), default=False)
    created_at = models.DateTimeField(_("通知时间"))
    read_at = models.DateTimeField(_("阅读时间"), null=True)

    class Meta:
        verbose_name = _("通知")
        indexes = [
            models.Index(fields=["recipient", "-created_at"], name="notice_inbox"),
            models.Index(fields=["recipient"], condition=Q(read_at__isnull=True), name="notice_unread"),
            models.Index(fields=["recipient"], condition=Q(awaits_digest=True), name="notice_awaits_digest"),
            models.Index(fields=["read_at"], condition=Q(read_at__isnull=False), name="notice_read"),
        ]

    def __str__(self) -> str:
        return self.key


class NoticeChoice(models.Model):
    """How a person wants the notices of one group. Stored only when it differs from what the product does."""

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notice_choices", verbose_name=_("账号")
    )
    group = models.CharField(_("通知分组"), max_length=20)
    mode = models.CharField(_("通知时机"), max_length=10, choices=Mode)
    channels = models.JSONField(_("送达渠道"), default=list)

    class Meta:
        verbose_name = _("通知方式")
        constraints = [models.UniqueConstraint(fields=["account", "group"], name="notice_choice_group")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.group}"


class NoticeAddress(models.Model):
    """Where a channel reaches a person: mobile number, work-chat id or e-mail address. It belongs to the person."""

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notice_addresses", verbose_name=_("账号")
    )
    channel = models.CharField(_("送达渠道"), max_length=10, choices=Channel)
    value = EncryptedTextField(_("地址"), purpose=_("送达通知"), keep_days=365, mask=mask_destination)
    changed_at = models.DateTimeField(_("修改时间"))

    class Meta:
        verbose_name = _("通知地址")
        constraints = [models.UniqueConstraint(fields=["account", "channel"], name="notice_address_channel")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.channel}"


class Delivery(models.Model):
    """One notice on its way through one channel. A claimed delivery that has no outcome is never sent again."""

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="deliveries", verbose_name=_("通知"))
    channel = models.CharField(_("送达渠道"), max_length=10, choices=Channel)
    state = models.CharField(
        _("送达状态"), max_length=20, choices=DeliveryState, default=DeliveryState.CREATED
    )
    attempts = models.PositiveSmallIntegerField(_("发送次数"), default=0)
    next_try_at = models.DateTimeField(_("下次发送时间"))
    claimed_at = models.DateTimeField(_("领取时间"), null=True)
    sent_at = models.DateTimeField(_("发送时间"), null=True)
    delivered_at = models.DateTimeField(_("送达时间"), null=True)
    reference = models.CharField(_("平台回执号"), max_length=REFERENCE_LENGTH, default="")
    reason = models.CharField(_("未送达原因"), max_length=200, default="")

    class Meta:
        verbose_name = _("送达")
        constraints = [models.UniqueConstraint(fields=["notice", "channel"], name="notice_delivery_once")]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(state__in=TO_SEND), name="notice_delivery_due")
        ]

    def __str__(self) -> str:
        return self.idempotency_key

    @property
    def idempotency_key(self) -> str:
        """The same for every attempt: a gateway that knows it does not send twice, and its receipt names it."""
        return f"wutong-{self.pk}-{self.notice.created_at:%Y%m%d%H%M%S%f}"
