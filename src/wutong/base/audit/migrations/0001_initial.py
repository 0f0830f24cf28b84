import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from wutong.base.chain.operations import AppendOnly


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditChain",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("last_seq", models.PositiveIntegerField(default=0, verbose_name="最新变更序号")),
                (
                    "head_hash",
                    models.CharField(
                        default="0000000000000000000000000000000000000000000000000000000000000000",
                        max_length=64,
                        verbose_name="链尾校验值",
                    ),
                ),
                ("head_mac", models.CharField(default="", max_length=64, verbose_name="链尾签名")),
                ("account_name", models.CharField(max_length=40, unique=True, verbose_name="链名")),
            ],
            options={
                "verbose_name": "审计链",
                "verbose_name_plural": "审计链",
            },
        ),
        migrations.CreateModel(
            name="AuditEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seq", models.PositiveIntegerField(verbose_name="序号")),
                ("recorded_at", models.DateTimeField(verbose_name="登记时间")),
                ("key_number", models.PositiveSmallIntegerField(verbose_name="密钥号")),
                ("prev_hash", models.CharField(max_length=64, verbose_name="前一条校验值")),
                ("hash", models.CharField(max_length=64, verbose_name="校验值")),
                ("action", models.CharField(max_length=60, verbose_name="操作")),
                (
                    "outcome",
                    models.CharField(
                        choices=[("ok", "成功"), ("refused", "被拒绝"), ("failed", "失败")],
                        max_length=10,
                        verbose_name="结果",
                    ),
                ),
                ("target_kind", models.CharField(blank=True, max_length=60, verbose_name="对象类别")),
                ("target_id", models.CharField(blank=True, max_length=100, verbose_name="对象标识")),
                ("address", models.CharField(blank=True, max_length=64, verbose_name="来源地址")),
                ("words", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                ("detail", models.JSONField(default=dict, verbose_name="详情")),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="操作人",
                    ),
                ),
                (
                    "chain",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="audit.auditchain",
                        verbose_name="审计链",
                    ),
                ),
            ],
            options={
                "verbose_name": "审计记录",
                "verbose_name_plural": "审计记录",
                "indexes": [
                    models.Index(fields=["recorded_at"], name="audit_event_recorded"),
                    models.Index(fields=["target_kind", "target_id"], name="audit_event_target"),
                    models.Index(fields=["action", "recorded_at"], name="audit_event_action"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("chain", "seq"), name="audit_event_chain_seq")
                ],
            },
        ),
        AppendOnly("AuditEvent"),
    ]
