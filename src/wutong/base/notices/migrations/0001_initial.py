import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import wutong.base.personal.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=60, verbose_name="种类")),
                ("params", models.JSONField(default=dict, verbose_name="内容参数")),
                ("link", models.CharField(max_length=300, verbose_name="链接")),
                ("key", models.CharField(max_length=200, unique=True, verbose_name="去重键")),
                ("batch", models.UUIDField(verbose_name="写入批次")),
                ("awaits_digest", models.BooleanField(default=False, verbose_name="待汇总")),
                ("created_at", models.DateTimeField(verbose_name="通知时间")),
                ("read_at", models.DateTimeField(null=True, verbose_name="阅读时间")),
                (
                    "recipient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="收件人",
                    ),
                ),
            ],
            options={
                "verbose_name": "通知",
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[("sms", "短信"), ("work_chat", "企业微信"), ("email", "电子邮件")],
                        max_length=10,
                        verbose_name="送达渠道",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("created", "待发送"),
                            ("sent", "已发送"),
                            ("delivered", "已送达"),
                            ("failed_temporarily", "暂未发出，稍后再试"),
                            ("failed", "未送达"),
                        ],
                        default="created",
                        max_length=20,
                        verbose_name="送达状态",
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="发送次数")),
                ("next_try_at", models.DateTimeField(verbose_name="下次发送时间")),
                ("claimed_at", models.DateTimeField(null=True, verbose_name="领取时间")),
                ("sent_at", models.DateTimeField(null=True, verbose_name="发送时间")),
                ("delivered_at", models.DateTimeField(null=True, verbose_name="送达时间")),
                ("reference", models.CharField(default="", max_length=100, verbose_name="平台回执号")),
                ("reason", models.CharField(default="", max_length=200, verbose_name="未送达原因")),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="notices.notice",
                        verbose_name="通知",
                    ),
                ),
            ],
            options={
                "verbose_name": "送达",
            },
        ),
        migrations.CreateModel(
            name="NoticeAddress",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[("sms", "短信"), ("work_chat", "企业微信"), ("email", "电子邮件")],
                        max_length=10,
                        verbose_name="送达渠道",
                    ),
                ),
                ("value", wutong.base.personal.fields.EncryptedTextField(verbose_name="地址")),
                ("changed_at", models.DateTimeField(verbose_name="修改时间")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notice_addresses",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="账号",
                    ),
                ),
            ],
            options={
                "verbose_name": "通知地址",
            },
        ),
        migrations.CreateModel(
            name="NoticeChoice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("group", models.CharField(max_length=20, verbose_name="通知分组")),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("at_once", "随时发"),
                            ("digest", "并入每天早上的汇总"),
                            ("inbox", "只进收件箱"),
                        ],
                        max_length=10,
                        verbose_name="通知时机",
                    ),
                ),
                ("channels", models.JSONField(default=list, verbose_name="送达渠道")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notice_choices",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="账号",
                    ),
                ),
            ],
            options={
                "verbose_name": "通知方式",
            },
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["recipient", "-created_at"], name="notice_inbox"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("read_at__isnull", True)), fields=["recipient"], name="notice_unread"
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("awaits_digest", True)), fields=["recipient"], name="notice_awaits_digest"
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("read_at__isnull", False)), fields=["read_at"], name="notice_read"
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state__in", ("created", "failed_temporarily"))),
                fields=["next_try_at"],
                name="notice_delivery_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(fields=("notice", "channel"), name="notice_delivery_once"),
        ),
        migrations.AddConstraint(
            model_name="noticeaddress",
            constraint=models.UniqueConstraint(fields=("account", "channel"), name="notice_address_channel"),
        ),
        migrations.AddConstraint(
            model_name="noticechoice",
            constraint=models.UniqueConstraint(fields=("account", "group"), name="notice_choice_group"),
        ),
    ]
