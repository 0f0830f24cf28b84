import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """The level follows from what is written when an order rises; until now there was one level only."""

    dependencies = [
        ("cases", "0004_cases_of_firms"),
        ("organisation", "0001_initial"),
        ("supervision_orders", "0001_initial"),
    ]

    operations = [
        migrations.RemoveField(model_name="supervisionorder", name="level"),
        migrations.AddField(
            model_name="supervisionorder",
            name="listing_words",
            field=models.CharField(default="", max_length=200, verbose_name="公示内容"),
        ),
        migrations.AddField(
            model_name="supervisionorder",
            name="talk_on",
            field=models.DateField(null=True, verbose_name="约谈日期"),
        ),
        migrations.AddField(
            model_name="supervisionorder",
            name="talked_to",
            field=models.CharField(default="", max_length=200, verbose_name="约谈对象"),
        ),
        migrations.AddField(
            model_name="supervisionorder",
            name="talk_notes",
            field=models.TextField(default="", max_length=1000, verbose_name="约谈情况"),
        ),
        migrations.AddField(
            model_name="supervisionorder",
            name="commitments",
            field=models.TextField(default="", max_length=1000, verbose_name="承诺事项"),
        ),
        migrations.CreateModel(
            name="Instruction",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="cases.case",
                        verbose_name="办件",
                    ),
                ),
                ("given_on", models.DateField(verbose_name="批示日期")),
                ("document_title", models.CharField(max_length=200, verbose_name="来文标题")),
                ("document_no", models.CharField(default="", max_length=100, verbose_name="来文文号")),
                ("text", models.TextField(max_length=1000, verbose_name="批示内容")),
                (
                    "urgency",
                    models.CharField(
                        choices=[("ordinary", "平件"), ("urgent", "加急"), ("extra_urgent", "特急")],
                        default="ordinary",
                        max_length=20,
                        verbose_name="紧急程度",
                    ),
                ),
                ("summary", models.TextField(default="", max_length=2000, verbose_name="办理综述")),
                (
                    "about",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="instructions",
                        to="cases.case",
                        verbose_name="相关办件",
                    ),
                ),
                (
                    "leader",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisation.official",
                        verbose_name="批示领导",
                    ),
                ),
            ],
            options={"verbose_name": "领导批示"},
        ),
    ]
