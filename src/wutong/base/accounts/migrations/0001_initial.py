import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from wutong.base.chain.operations import AppendOnly


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Account",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("name", models.CharField(max_length=60, unique=True, verbose_name="登录名")),
                ("display_name", models.CharField(max_length=60, verbose_name="姓名")),
                ("is_active", models.BooleanField(default=True, verbose_name="启用")),
                ("must_change_password", models.BooleanField(default=True, verbose_name="须修改密码")),
                ("password_changed_at", models.DateTimeField(verbose_name="密码修改时间")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                (
                    "language",
                    models.CharField(
                        choices=[("zh-hans", "简体中文"), ("zh-hant", "繁體中文"), ("en", "English")],
                        default="zh-hans",
                        max_length=10,
                        verbose_name="语言",
                    ),
                ),
                (
                    "theme",
                    models.CharField(
                        choices=[("light", "浅色"), ("dark", "深色")],
                        default="light",
                        max_length=10,
                        verbose_name="配色",
                    ),
                ),
                (
                    "text_size",
                    models.CharField(
                        choices=[("normal", "标准字号"), ("large", "大字号")],
                        default="normal",
                        max_length=10,
                        verbose_name="字号",
                    ),
                ),
                (
                    "density",
                    models.CharField(
                        choices=[("normal", "标准间距"), ("compact", "紧凑")],
                        default="normal",
                        max_length=10,
                        verbose_name="表格间距",
                    ),
                ),
            ],
            options={
                "verbose_name": "账号",
                "verbose_name_plural": "账号",
            },
        ),
        migrations.CreateModel(
            name="Role",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=60, unique=True, verbose_name="编码")),
                ("name", models.CharField(max_length=60, verbose_name="名称")),
                ("is_officer", models.BooleanField(default=False, verbose_name="三员角色")),
            ],
            options={
                "verbose_name": "角色",
                "verbose_name_plural": "角色",
            },
        ),
        migrations.CreateModel(
            name="PasswordHistory",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="密码摘要")),
                ("set_at", models.DateTimeField(verbose_name="设置时间")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="passwords",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="账号",
                    ),
                ),
            ],
            options={
                "verbose_name": "历史密码",
                "verbose_name_plural": "历史密码",
            },
        ),
        migrations.CreateModel(
            name="RoleGrant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("from_on", models.DateField(verbose_name="生效日")),
                ("to_on", models.DateField(blank=True, null=True, verbose_name="失效日")),
                ("is_officer", models.BooleanField(default=False, verbose_name="三员角色")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="grants",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="账号",
                    ),
                ),
                (
                    "role",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="grants",
                        to="accounts.role",
                        verbose_name="角色",
                    ),
                ),
            ],
            options={
                "verbose_name": "角色授予",
                "verbose_name_plural": "角色授予",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_officer", True), ("to_on__isnull", True)),
                        fields=("account",),
                        name="accounts_one_officer",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("to_on__isnull", True)),
                        fields=("account", "role"),
                        name="accounts_one_open_grant",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("to_on__isnull", True), ("to_on__gte", models.F("from_on")), _connector="OR"
                        ),
                        name="accounts_grant_period",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RoleRight",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("right", models.CharField(max_length=100, verbose_name="权限")),
                (
                    "role",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rights",
                        to="accounts.role",
                        verbose_name="角色",
                    ),
                ),
            ],
            options={
                "verbose_name": "角色权限",
                "verbose_name_plural": "角色权限",
                "constraints": [
                    models.UniqueConstraint(fields=("role", "right"), name="accounts_role_right")
                ],
            },
        ),
        AppendOnly("PasswordHistory"),
    ]
