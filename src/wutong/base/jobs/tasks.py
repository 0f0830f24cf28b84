"""The package's own job."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wutong.base.jobs.declared import job
from wutong.base.jobs.pruning import prune_jobs


@job(name="jobs.prune", label=_("清理旧的后台任务记录"), max_seconds=600, in_transaction=False)
def prune() -> None:
    """Remove ended tasks whose time has come."""
    prune_jobs(timezone.now())
