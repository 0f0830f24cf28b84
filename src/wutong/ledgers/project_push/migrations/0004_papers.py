"""What holds a project up may be its papers."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("project_push", "0003_project_facts")]

    operations = [
        migrations.AlterField(
            model_name="rectification",
            name="blocking_class",
            field=models.CharField(
                choices=[
                    ("land", "土地"),
                    ("review", "环评能评"),
                    ("permit", "许可"),
                    ("money", "资金"),
                    ("market", "市场"),
                    ("investor", "投资方变更"),
                    ("labour", "用工"),
                    ("papers", "手续资料"),
                ],
                max_length=20,
                verbose_name="卡点类别",
            ),
        ),
    ]
