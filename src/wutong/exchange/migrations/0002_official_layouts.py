import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("exchange", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="OfficialLayout",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("minutes", "会议纪要"), ("notice", "通知")],
                        max_length=20,
                        unique=True,
                        verbose_name="文种",
                    ),
                ),
                ("mark", models.CharField(max_length=60, verbose_name="发文机关标志")),
                ("number_pattern", models.CharField(max_length=60, verbose_name="发文字号格式")),
                ("copies_to", models.CharField(blank=True, max_length=500, verbose_name="抄送机关")),
                ("printed_by", models.CharField(blank=True, max_length=60, verbose_name="印发机关")),
                ("is_red", models.BooleanField(default=True, verbose_name="红色版头")),
                ("is_sealed", models.BooleanField(default=True, verbose_name="加盖印章")),
                ("title_font", models.CharField(max_length=60, verbose_name="标题字体")),
                ("body_font", models.CharField(max_length=60, verbose_name="正文字体")),
                ("heading_font", models.CharField(max_length=60, verbose_name="一级标题字体")),
                ("subheading_font", models.CharField(max_length=60, verbose_name="二级标题字体")),
                ("number_font", models.CharField(max_length=60, verbose_name="页码字体")),
                ("revision", models.PositiveIntegerField(default=1, verbose_name="修订次数")),
                ("changed_at", models.DateTimeField(verbose_name="修改时间")),
                (
                    "changed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="修改人",
                    ),
                ),
            ],
            options={
                "verbose_name": "公文版式",
                "verbose_name_plural": "公文版式",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("number_pattern__contains", "{number}")),
                        name="exchange_layout_has_number",
                    )
                ],
            },
        ),
    ]
