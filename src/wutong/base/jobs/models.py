"""What the queue does not keep: attempts and their errors, who works, and when something is due again."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult

from wutong.base.jobs.declared import CODE_LENGTH

KEY_LENGTH = 200
ERROR_LENGTH = 300


class JobWorker(models.Model):
    """A process that runs jobs. `process_mark` tells it from a later process with the same number."""

    host = models.CharField(_("主机"), max_length=200)
    pid = models.PositiveIntegerField(_("进程号"))
    process_mark = models.CharField(_("进程标识"), max_length=40, blank=True)
    started_at = models.DateTimeField(_("启动时间"))
    seen_at = models.DateTimeField(_("最近报到时间"))

    class Meta:
        verbose_name = _("后台进程")
        verbose_name_plural = _("后台进程")

    def __str__(self) -> str:
        return f"{self.host} {self.pid}"


class JobTicket(models.Model):
    """One row per task of the queue. `worker` is set while an attempt runs; `attempts` and `worker` together are
    the lease: whoever ends an attempt names both, and one who lost them changes nothing. `done_at` is the mark that
    the job has run wholly; it is written in the transaction of the job itself."""

    task = models.OneToOneField(
        DBTaskResult, models.CASCADE, primary_key=True, related_name="ticket", verbose_name=_("任务")
    )
    code = models.CharField(_("任务代码"), max_length=CODE_LENGTH)
    key = models.CharField(_("唯一标识"), max_length=KEY_LENGTH, null=True)
    attempts = models.PositiveSmallIntegerField(_("尝试次数"), default=0)
    worker = models.ForeignKey(
        JobWorker, models.PROTECT, null=True, related_name="tickets", verbose_name=_("后台进程")
    )
    done_at = models.DateTimeField(_("完成时间"), null=True)
    error_class = models.CharField(_("错误类别"), max_length=200, blank=True)
    error_text = models.CharField(_("错误说明"), max_length=ERROR_LENGTH, blank=True)
    prune_at = models.DateTimeField(_("清理时间"), null=True)

    class Meta:
        verbose_name = _("后台任务")
        verbose_name_plural = _("后台任务")
        constraints = [models.UniqueConstraint(fields=["code", "key"], name="jobs_ticket_key")]
        indexes = [models.Index(fields=["prune_at"], name="jobs_ticket_prune")]

    def __str__(self) -> str:
        return f"{self.code} {self.key or self.task_id}"


class JobSchedule(models.Model):
    """When a declared schedule is due next. `rhythm` is kept to notice that the declaration has changed."""

    name = models.CharField(_("名称"), max_length=CODE_LENGTH, unique=True)
    rhythm = models.CharField(_("周期"), max_length=40)
    next_at = models.DateTimeField(_("下次运行时间"))
    last_at = models.DateTimeField(_("上次运行时间"), null=True)

    class Meta:
        verbose_name = _("定时计划")
        verbose_name_plural = _("定时计划")

    def __str__(self) -> str:
        return self.name
