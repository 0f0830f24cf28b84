"""Whether a gate rule begins and ends for running cases too. Rules that are there went on holding for all cases."""

import django.db.models.deletion
from django.db import migrations, models

CHOICES = [("new", "生效后新开始的办件"), ("all", "正在办理的也适用")]


def keep_holding(apps, _schema_editor):
    apps.get_model("cases", "GateRule").objects.update(starts_for="all", ends_for="all")


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_cases_of_firms")]

    operations = [
        migrations.AddField(
            model_name="gaterule",
            name="starts_for",
            field=models.CharField(choices=CHOICES, default="new", max_length=10, verbose_name="生效对象"),
        ),
        migrations.AddField(
            model_name="gaterule",
            name="ends_for",
            field=models.CharField(choices=CHOICES, default="new", max_length=10, verbose_name="失效对象"),
        ),
        migrations.AddField(
            model_name="gaterule",
            name="replaces",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replaced_by",
                to="cases.gaterule",
                verbose_name="取代哪一条",
            ),
        ),
        migrations.RunPython(keep_holding, migrations.RunPython.noop),
    ]
