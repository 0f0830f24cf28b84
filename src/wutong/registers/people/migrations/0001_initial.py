"""Contacts of enterprises become the register of people: the same rows, the same chains, a table of its own name."""

import django.db.models.deletion
from django.db import migrations, models

import wutong.base.personal.fields

START = "0" * 64


class Migration(migrations.Migration):
    initial = True

    dependencies = [("enterprises", "0002_one_register")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Person",
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
                            models.CharField(default=START, max_length=64, verbose_name="链尾校验值"),
                        ),
                        ("head_mac", models.CharField(default="", max_length=64, verbose_name="链尾签名")),
                        (
                            "name",
                            wutong.base.personal.fields.EncryptedTextField(default="", verbose_name="联系人"),
                        ),
                        (
                            "phone",
                            wutong.base.personal.fields.EncryptedTextField(
                                default="", verbose_name="联系电话"
                            ),
                        ),
                        (
                            "phone_index",
                            models.CharField(
                                db_index=True, default="", max_length=64, verbose_name="电话检索值"
                            ),
                        ),
                        ("post", models.CharField(default="", max_length=50, verbose_name="职务")),
                        ("is_erased", models.BooleanField(default=False, verbose_name="是否已清除")),
                        (
                            "enterprise",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="people",
                                to="enterprises.enterprise",
                                verbose_name="企业",
                            ),
                        ),
                    ],
                    options={"verbose_name": "人员"},
                ),
            ],
        ),
    ]
