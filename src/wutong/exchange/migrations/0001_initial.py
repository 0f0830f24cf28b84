import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("files", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportBatch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sheet_code", models.CharField(max_length=60, verbose_name="表")),
                ("file_name", models.CharField(max_length=200, verbose_name="文件名")),
                ("created_at", models.DateTimeField(verbose_name="上传时间")),
                (
                    "state",
                    models.CharField(
                        choices=[("checked", "已预检"), ("imported", "已入库"), ("refused", "未通过")],
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("accepted_count", models.PositiveIntegerField(default=0, verbose_name="可入库行数")),
                ("refused_count", models.PositiveIntegerField(default=0, verbose_name="有错行数")),
                ("skipped_count", models.PositiveIntegerField(default=0, verbose_name="跳过行数")),
                ("report", models.JSONField(default=dict, verbose_name="预检结果")),
                ("imported_at", models.DateTimeField(null=True, verbose_name="入库时间")),
                ("idempotency_key", models.CharField(max_length=64, unique=True, verbose_name="提交标识")),
                (
                    "actor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="上传人",
                    ),
                ),
                (
                    "imported_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="入库人",
                    ),
                ),
                (
                    "stored_file",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="files.storedfile",
                        verbose_name="文件",
                    ),
                ),
            ],
            options={
                "verbose_name": "导入批次",
                "verbose_name_plural": "导入批次",
                "indexes": [models.Index(fields=["sheet_code", "created_at"], name="exchange_sheet_created")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("imported_at__isnull", False),
                                ("imported_by__isnull", False),
                                ("state", "imported"),
                            ),
                            models.Q(
                                models.Q(("state", "imported"), _negated=True),
                                ("imported_at__isnull", True),
                                ("imported_by__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="exchange_imported_by_whom",
                    )
                ],
            },
        ),
    ]
