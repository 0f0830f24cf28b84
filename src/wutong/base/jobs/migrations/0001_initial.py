import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("django_tasks_database", "0021_conditional_partial_index_ordering"),
    ]

    operations = [
        migrations.CreateModel(
            name="JobSchedule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100, unique=True, verbose_name="名称")),
                ("rhythm", models.CharField(max_length=40, verbose_name="周期")),
                ("next_at", models.DateTimeField(verbose_name="下次运行时间")),
                ("last_at", models.DateTimeField(null=True, verbose_name="上次运行时间")),
            ],
            options={
                "verbose_name": "定时计划",
                "verbose_name_plural": "定时计划",
            },
        ),
        migrations.CreateModel(
            name="JobWorker",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("host", models.CharField(max_length=200, verbose_name="主机")),
                ("pid", models.PositiveIntegerField(verbose_name="进程号")),
                ("process_mark", models.CharField(blank=True, max_length=40, verbose_name="进程标识")),
                ("started_at", models.DateTimeField(verbose_name="启动时间")),
                ("seen_at", models.DateTimeField(verbose_name="最近报到时间")),
            ],
            options={
                "verbose_name": "后台进程",
                "verbose_name_plural": "后台进程",
            },
        ),
        migrations.CreateModel(
            name="JobTicket",
            fields=[
                (
                    "task",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="ticket",
                        serialize=False,
                        to="django_tasks_database.dbtaskresult",
                        verbose_name="任务",
                    ),
                ),
                ("code", models.CharField(max_length=100, verbose_name="任务代码")),
                ("key", models.CharField(max_length=200, null=True, verbose_name="唯一标识")),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="尝试次数")),
                ("done_at", models.DateTimeField(null=True, verbose_name="完成时间")),
                ("error_class", models.CharField(blank=True, max_length=200, verbose_name="错误类别")),
                ("error_text", models.CharField(blank=True, max_length=300, verbose_name="错误说明")),
                ("prune_at", models.DateTimeField(null=True, verbose_name="清理时间")),
                (
                    "worker",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tickets",
                        to="jobs.jobworker",
                        verbose_name="后台进程",
                    ),
                ),
            ],
            options={
                "verbose_name": "后台任务",
                "verbose_name_plural": "后台任务",
                "indexes": [models.Index(fields=["prune_at"], name="jobs_ticket_prune")],
                "constraints": [models.UniqueConstraint(fields=("code", "key"), name="jobs_ticket_key")],
            },
        ),
    ]
