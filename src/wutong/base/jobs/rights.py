"""Who may look at the background jobs, and who may start a failed one again."""

from django.utils.translation import gettext_lazy as _

from wutong.base.accounts.rights import Right, declare_rights

SEE = "jobs.see"
RETRY = "jobs.retry"

declare_rights(
    Right(SEE, _("查看后台任务"), _("查看后台任务的运行、等待和失败情况。")),
    Right(RETRY, _("重试后台任务"), _("让失败的后台任务再试一次，每次都记入审计。")),
)
